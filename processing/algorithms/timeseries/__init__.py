"""Algorithms of the group Time series."""
