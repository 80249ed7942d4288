"""Algorithms of the group Mining."""
