"""Figures as matplotlib Figure objects, used by reports, docks and algorithms alike."""
