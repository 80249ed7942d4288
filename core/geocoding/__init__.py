"""From the radar's rows and columns to the map."""
