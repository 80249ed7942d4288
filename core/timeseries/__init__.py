"""Displacement from pairs: inversion, its quality, reference and outputs."""
