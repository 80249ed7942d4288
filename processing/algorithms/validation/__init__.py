"""Algorithms of the group Validation."""
