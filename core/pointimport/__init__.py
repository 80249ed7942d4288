"""Measurement points of other programs: tables and layers with a column per date."""
