"""Algorithms of the group Interferometry."""
