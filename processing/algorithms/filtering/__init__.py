"""Algorithms of the group Filtering."""
