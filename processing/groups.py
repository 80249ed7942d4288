"""The groups of the toolbox; their ids are part of the public interface."""

from __future__ import annotations

from typing import NamedTuple


class Group(NamedTuple):
    """A group of algorithms: a stable id and the title that the toolbox shows."""

    id: str
    title: str


DATA = Group("data", "Data")
INTERFEROMETRY = Group("interferometry", "Interferometry")
FILTERING = Group("filtering", "Filtering")
TIME_SERIES = Group("timeseries", "Time series")
VALIDATION = Group("validation", "Validation")
CORRIDOR = Group("corridor", "Corridor")
MINING = Group("mining", "Mining")

ALL = (DATA, INTERFEROMETRY, FILTERING, TIME_SERIES, VALIDATION, CORRIDOR, MINING)
