"""Parameters of the cross-validation of two tracks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Union

from .. import crs as coordinates
from ..component import VERTICAL
from ..errors import InputError
from ..outputfolder import check_output
from ..pointfile import PointSet
from .direction import DIRECTIONS
from .observations import Source

VELOCITY, DISPLACEMENT = "velocity", "displacement"
COMPARE = (VELOCITY, DISPLACEMENT)


@dataclass(frozen=True)
class CrossParams:
    """What `run_crossvalidate` needs.

    spacing : side of the cells [m]. component : vertical, azimuth (horizontal towards `azimuth` [deg clockwise from
    north]) or los. compare : velocity, or displacement between the first and last date, not before `start` nor after
    `end`, that both tracks have within `max_days`. min_points : per cell and track. remove_offset : take the median
    difference off the first track. field : attribute of points with the velocity [mm/yr]. incidence1, incidence2
    [deg] : for tracks that do not know theirs. crs : metric system of the cells, empty to choose.
    """

    track1: Source
    track2: Source
    output: Union[str, Path]
    spacing: float = 50.0
    component: str = VERTICAL
    azimuth: float = 90.0
    compare: str = VELOCITY
    start: date | None = None
    end: date | None = None
    max_days: int = 6
    min_points: int = 1
    remove_offset: bool = False
    field: str = "velocity"
    incidence1: float | None = None
    incidence2: float | None = None
    crs: str = ""

    @property
    def unit(self) -> str:
        """Unit of the compared values."""
        return "mm/yr" if self.compare == VELOCITY else "mm"

    def validate(self) -> None:
        """Raise InputError for a value that cannot be used."""
        check_output(self.output, "crossvalidate")
        if same_source(self.track1, self.track2):
            raise InputError("TRACK2", "the same layer as TRACK1", "another track", "Choose the second track")
        check_cells(self.spacing, self.min_points, self.crs)
        if self.component not in DIRECTIONS:
            raise InputError("COMPONENT", self.component, ", ".join(DIRECTIONS))
        if not math.isfinite(self.azimuth):
            raise InputError("AZIMUTH", self.azimuth, "degrees clockwise from north")
        if self.compare not in COMPARE:
            raise InputError("COMPARE", self.compare, ", ".join(COMPARE))
        if self.start and self.end and self.end <= self.start:
            raise InputError("END", self.end, f"a date after START, {self.start}")
        if self.max_days < 0:
            raise InputError("MAX_DAYS", self.max_days, "0 or more")
        if not self.field:
            raise InputError("FIELD", self.field, "the name of the field with the velocity")
        for name, value in (("INCIDENCE1", self.incidence1), ("INCIDENCE2", self.incidence2)):
            check_incidence_parameter(name, value)


def same_source(first: Source, second: Source) -> bool:
    """Whether two sources are the same layer."""
    if isinstance(first, PointSet) or isinstance(second, PointSet):
        return first is second
    return first == second


def check_cells(spacing: float, min_points: int, crs: str) -> None:
    """Refuse sizes, numbers and systems that cells cannot have."""
    if not (math.isfinite(spacing) and spacing > 0):
        raise InputError("SPACING", spacing, "a length above 0 m")
    if min_points < 1:
        raise InputError("MIN_POINTS", min_points, "1 or more")
    if crs:
        coordinates.parse(crs)


def check_incidence_parameter(name: str, value: float | None) -> None:
    """Refuse an incidence outside 0 to below 90 degrees."""
    if value is not None and not 0.0 <= value < 90.0:
        raise InputError(name, value, "0 to below 90 degrees", "0 means that the values are vertical")
