"""Helpers shared by tests, importable there as `groundline_tests`."""
