"""Algorithms of the group Corridor."""
