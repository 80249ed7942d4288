"""Algorithms of the group Data."""
