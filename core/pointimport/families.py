"""Known producers of point tables: what their files say without words.

EGMS (European Ground Motion Service, Copernicus): CSV with `pid`, one column YYYYMMDD per date in mm. Levels 2a and 2b
are along the line of sight, with `incidence_angle`, `track_angle` and `los_*`; level 3 is vertical or eastward on a
100 m grid, told by U or E in the file's name. `easting` and `northing` are in EPSG:3035 (EGMS product description).

StaMPS: the CSV that the manual of StaMPS-Visualizer exports from ps_plot: no names, first row = longitude and latitude
of the reference, nothing, and the dates as MATLAB day numbers less one; then one row per point with longitude,
latitude, velocity [mm/yr] and displacements [mm]. Unverified on real data.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .columns import find
from .table import Table

EGMS_CRS = "EPSG:3035"
_COMPONENT = re.compile(r"_100km_([UE])(?:_|\.|$)", re.IGNORECASE)
_TRACK = re.compile(r"EGMS_L2[ab]_0*(\d+)_", re.IGNORECASE)
_STAMPS = re.compile(r"^(?:[A-Za-z]\w*_|Var)(\d+)$")
_FROM_MATLAB = 365  # MATLAB's day 1 is year 0: ordinal = (number in the file + 1) - 366


@dataclass(frozen=True)
class Family:
    """What the form of a file implies: x and y columns and their system, attributes the same for all points, notes."""

    name: str
    x: str = ""
    y: str = ""
    crs: str = ""
    constants: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def egms(path: Path, names: Sequence[str]) -> Family | None:
    """The EGMS family of a file with these columns, None for other files."""
    x, y = find(names, ("easting",)), find(names, ("northing",))
    if not (find(names, ("pid",)) and find(names, ("mean_velocity",)) and x and y):
        return None
    if find(names, ("los_up",)) or find(names, ("incidence_angle",)):
        match = _TRACK.search(path.name)
        track = {"track": match.group(1)} if match else {}
        return Family("EGMS level 2", x, y, EGMS_CRS, track)
    match = _COMPONENT.search(path.name)
    if match is None:
        note = "The name does not say whether these are vertical (U) or east (E) motions: no direction was set."
        return Family("EGMS level 3", x, y, EGMS_CRS, {}, (note,))
    if match.group(1).upper() == "U":
        up = {"incidence": 0.0, "los_east": 0.0, "los_north": 0.0, "los_up": 1.0, "track": "vertical"}
        return Family("EGMS level 3, vertical", x, y, EGMS_CRS, up)
    east = {"los_east": 1.0, "los_north": 0.0, "los_up": 0.0, "track": "east"}
    note = "These are eastward motions: positive is to the east, not toward a satellite."
    return Family("EGMS level 3, east", x, y, EGMS_CRS, east, (note,))


def passes(track_angle: NDArray[np.float64]) -> NDArray[Any]:
    """Pass per point from EGMS's track angle, clockwise from north [deg]: northward is ascending."""
    return np.where(np.cos(np.radians(track_angle)) > 0, "ascending", "descending").astype(object)


def is_stamps(table: Table) -> bool:
    """Whether a table has numbered columns, and a first row whose third value is missing."""
    numbers = [_STAMPS.match(name) for name in table.names]
    plain = not table.dated and len(numbers) > 4 and all(numbers)
    return plain and bool(np.isnan(_row(table, 0)[2])) and not bool(np.isnan(_row(table, 0)[3:]).any())


def stamps(table: Table, path: Path) -> tuple[Table, list[date], Family]:
    """Longitude, latitude, velocity and series of a StaMPS export, its dates, and the family."""
    head = _row(table, 0)
    columns = list(table.columns.values())
    days = [_day(number, path) for number in head[3:].tolist()]
    series = np.stack([column[1:] for column in columns[3:]], axis=1).astype(np.float32)
    named = {"lon": columns[0][1:], "lat": columns[1][1:], "velocity": columns[2][1:]}
    dated = tuple(f"D{day:%Y%m%d}" for day in days)
    note = f"Reference of StaMPS: longitude {head[0]:.5f}, latitude {head[1]:.5f}."
    return Table(named, dated, series), days, Family("StaMPS", "lon", "lat", "EPSG:4326", {}, (note,))


def _row(table: Table, index: int) -> NDArray[np.float64]:
    values = [column[index] for column in table.columns.values()]
    return np.array([value if isinstance(value, float) else np.nan for value in values])


def _day(number: float, path: Path) -> date:
    try:
        if number > 1e7:  # written as YYYYMMDD
            return date(int(number) // 10000, int(number) // 100 % 100, int(number) % 100)
        return date.fromordinal(round(number) - _FROM_MATLAB)
    except (ValueError, OverflowError) as error:
        raise InputError(
            "INPUT",
            f"{path.name}: {number} in the row of dates",
            "MATLAB day numbers less one, as StaMPS-Visualizer's script writes them",
            "Export again",
        ) from error
