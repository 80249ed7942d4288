"""Ground truth: levelled heights, GNSS series or GNSS velocities, from a table or a layer.

Three forms: one line per point and date (name, longitude, latitude, date, and vertical_mm or east_mm, north_mm, up_mm);
one line per point with a column per date (vertical); one line per point with the velocities east, north, up and their
standard deviations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import crs as coordinates
from ..errors import InputError
from ..monitor import Monitor
from ..pointimport.columns import LATITUDE, LONGITUDE, date_in, find, preview
from ..pointimport.params import UNITS
from ..pointimport.table import read_table
from ..pointsource import Points, load
from ..timeseries.selection import parse_day

Float64 = NDArray[np.float64]

_NAME = ("name", "station", "benchmark", "id", "code", "point", "site")
_DATE = ("date", "day", "epoch")
_X, _Y = ("easting", "x"), ("northing", "y")
_PARTS = (
    ("east_mm", "east", "ve", "v_east", "e", "ee"),
    ("north_mm", "north", "vn", "v_north", "n", "nn"),
    ("vertical_mm", "up_mm", "up", "vertical", "vu", "v_up", "u", "uu", "height_mm", "subsidence_up"),
)
_ERRORS = (
    ("east_std", "std_east", "se", "sigma_e", "sig_e"),
    ("north_std", "std_north", "sn", "sigma_n", "sig_n"),
    ("up_std", "std_up", "vertical_std", "su", "sigma_u", "sig_u"),
)
_FORMS = "date and vertical_mm (or east_mm, north_mm, up_mm), or a column per date, or velocities east, north, up"


@dataclass(frozen=True)
class Truth:
    """B points at x, y in `crs`.

    motion : (3, D, B) displacement east, north, up [mm] at the D dates, or (3, 1, B) velocity [mm/yr] without dates;
    NaN unknown. std : (3, B) of velocities, NaN unknown. known : which components the source has at all.
    """

    name: str
    names: tuple[str, ...]
    x: Float64
    y: Float64
    crs: str
    dates: tuple[date, ...]
    motion: Float64
    std: Float64

    @property
    def known(self) -> tuple[bool, bool, bool]:
        """Whether east, north and up are in the source."""
        there = np.isfinite(self.motion).any(axis=(1, 2)).tolist()
        return bool(there[0]), bool(there[1]), bool(there[2])


def read_truth(layer: Points | None, table: str | Path, unit: str, crs: str = "") -> Truth:
    """Truth from a layer, or else from a table; lengths in `unit`. crs : of a table's x and y, empty for degrees."""
    factor = UNITS[unit]
    if layer is not None:
        points = load(layer, "TRUTH")
        if not points.crs:
            raise InputError("TRUTH", points.name, "a layer with a coordinate system", "Assign a CRS to the layer")
        dated = dict(zip(points.dates, points.series.astype(np.float64).T))
        return _truth(points.name, points.attributes, dated, points.x, points.y, points.crs, factor, "TRUTH")
    path = Path(table)
    if not path.is_file():
        raise InputError("TRUTH_TABLE", str(table) or "nothing", "an existing table, or a layer as TRUTH")
    found = read_table(path, lambda name: date_in(name) is not None, Monitor(), "TRUTH_TABLE")
    days = [day for name in found.dated for day in [date_in(name)] if day is not None]
    x, y = find(found.columns, LONGITUDE), find(found.columns, LATITUDE)
    system = crs or coordinates.WGS84
    if not (x and y):
        x, y = find(found.columns, _X), find(found.columns, _Y)
        system = crs
    if not (x and y and system):
        raise InputError(
            "TRUTH_TABLE",
            f"{path.name}: {preview(found.names)}",
            "columns longitude and latitude, or x and y with TRUTH_CRS",
            "Add them, or choose TRUTH_CRS",
        )
    columns = {name: values for name, values in found.columns.items() if name not in (x, y)}
    east, north = (np.asarray(found.columns[axis], np.float64) for axis in (x, y))
    dated = dict(zip(days, found.series.astype(np.float64).T))
    return _truth(path.stem, columns, dated, east, north, system, factor, "TRUTH_TABLE")


def _truth(
    name: str,
    columns: Mapping[str, NDArray[Any]],
    dated: Mapping[date, Float64],
    x: Float64,
    y: Float64,
    crs: str,
    factor: float,
    field: str,
) -> Truth:
    labels = _labels(columns, len(x))
    none = np.full((3, len(x)), np.nan)
    if dated:
        days = tuple(sorted(dated))
        motion = np.full((3, len(days), len(x)), np.nan)
        motion[2] = np.stack([dated[day] for day in days]) * factor
        return Truth(name, tuple(labels), x, y, crs, days, motion, none)
    parts = [_numbers(columns, wanted, len(x), field) * factor for wanted in _PARTS]
    if not any(np.isfinite(part).any() for part in parts):
        raise InputError(field, f"{name}: {preview(columns)}", f"columns with {_FORMS}", "Rename the columns")
    day_column = find(columns, _DATE)
    if day_column:
        return _long(name, labels, columns[day_column], parts, x, y, crs, field)
    std = np.stack([_numbers(columns, wanted, len(x), field) * factor for wanted in _ERRORS])
    return Truth(name, tuple(labels), x, y, crs, (), np.stack(parts)[:, None, :], std)


def _long(
    name: str,
    labels: list[str],
    days: NDArray[Any],
    parts: list[Float64],
    x: Float64,
    y: Float64,
    crs: str,
    field: str,
) -> Truth:
    """One line per point and date."""
    when = [_day(value, field) for value in days.tolist()]
    dates = sorted(set(when))
    names = list(dict.fromkeys(labels))
    row = np.array([dates.index(day) for day in when], int)
    column = np.array([names.index(label) for label in labels], int)
    motion = np.full((3, len(dates), len(names)), np.nan)
    for axis, part in enumerate(parts):
        motion[axis, row, column] = part
    first = [labels.index(label) for label in names]
    return Truth(
        name, tuple(names), x[first], y[first], crs, tuple(dates), motion, np.full((3, len(names)), np.nan)
    )


def _labels(columns: Mapping[str, NDArray[Any]], count: int) -> list[str]:
    column = find(columns, _NAME)
    if not column:
        return [str(number) for number in range(1, count + 1)]
    return [f"{value:g}" if isinstance(value, float) else str(value) for value in columns[column].tolist()]


def _numbers(columns: Mapping[str, NDArray[Any]], wanted: tuple[str, ...], count: int, field: str) -> Float64:
    """A column by one of its names; NaN without."""
    column = find(columns, wanted)
    if not column:
        return np.full(count, np.nan)
    try:
        return np.asarray(columns[column], np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(field, column, "a column of numbers", "Text stands where numbers should") from error


def _day(value: Any, field: str) -> date:
    text = f"{value:.0f}" if isinstance(value, float) else str(value)
    day = parse_day(text[:10], field)
    if day is None:
        raise InputError(field, "a line without a date", "a date in every line")
    return day
