"""Motion inside polygons: an airport, a station, a mine; and what lies around them."""
