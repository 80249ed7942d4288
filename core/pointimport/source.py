"""The file of points as columns with places: text tables by their columns, vector files by their geometry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .. import crs as coordinates
from ..errors import InputError
from ..monitor import Monitor
from ..pointfile import column_of, read_points
from . import families
from .columns import EASTING, LATITUDE, LONGITUDE, NORTHING, check_dates, date_in, find, named, preview
from .families import Family
from .params import ImportPointsParams
from .table import Table, read_table

_TEXT = (".csv", ".txt", ".tsv", ".dat", ".asc")
_FIELD = "INPUT"


@dataclass(frozen=True)
class Source:
    """Columns and series as stored, places x, y (n,) in `crs` (which the user's choice overrides), and the family."""

    table: Table
    days: tuple[date, ...]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    crs: str
    family: Family


def read_source(params: ImportPointsParams, monitor: Monitor) -> Source:
    """Read the whole file; nothing is converted yet."""
    path = Path(params.input)
    if path.suffix.lower() in _TEXT:
        return _from_text(path, params, monitor)
    return _from_layer(path, params)


def _from_text(path: Path, params: ImportPointsParams, monitor: Monitor) -> Source:
    table = read_table(path, lambda name: date_in(name, params.date_pattern) is not None, monitor, _FIELD)
    if families.is_stamps(table):
        table, found, family = families.stamps(table, path)
        days = dict(zip(table.dated, found))
    else:
        family = families.egms(path, table.names) or Family("table")
        days = {name: day for name in table.dated for day in [date_in(name, params.date_pattern)] if day}
    check_dates(table.names, days, params.date_pattern)
    x, y, crs = _places(table, family, params)
    return Source(table, tuple(days.values()), _column(table, x), _column(table, y), crs, family)


def _from_layer(path: Path, params: ImportPointsParams) -> Source:
    points = read_points(path, params.layer, _FIELD)
    dated = {column_of(day): day for day in points.dates}
    columns = dict(points.attributes)
    series = [points.series]
    for name in list(columns):
        day = date_in(name, params.date_pattern)
        if day is not None:
            dated[name] = day
            series.append(_numbers(columns.pop(name), name)[:, None].astype(np.float32))
    check_dates([*columns, *dated], dated, params.date_pattern)
    joined = np.concatenate(series, axis=1) if dated else np.empty((len(points), 0), np.float32)
    table = Table(columns, tuple(dated), joined)
    family = families.egms(path, table.names) or Family("layer")
    if params.x_field:
        x, y, _ = _places(table, family, params)
        return Source(table, tuple(dated.values()), _column(table, x), _column(table, y), params.crs, family)
    return Source(table, tuple(dated.values()), points.x, points.y, params.crs or points.crs, family)


def _places(table: Table, family: Family, params: ImportPointsParams) -> tuple[str, str, str]:
    """Columns of x and y, and their system: the user's choice, else the family's, else by the usual names."""
    names = table.names
    if params.x_field:
        x, y = named(names, params.x_field, "X_FIELD"), named(names, params.y_field, "Y_FIELD")
        return x, y, params.crs
    if family.x:
        return family.x, family.y, params.crs or family.crs
    x, y = find(names, LONGITUDE), find(names, LATITUDE)
    if x and y:
        return x, y, params.crs or coordinates.WGS84
    x, y = find(names, EASTING), find(names, NORTHING)
    if x and y:
        return x, y, params.crs
    raise InputError(
        "Columns",
        preview(names),
        "columns longitude and latitude, easting and northing, or x and y",
        "Give X_FIELD and Y_FIELD",
    )


def _column(table: Table, name: str) -> NDArray[np.float64]:
    if name in table.dated:
        raise InputError("X_FIELD and Y_FIELD", name, "columns with coordinates", "This is a date")
    return _numbers(table.columns[name], name)


def _numbers(values: NDArray, name: str) -> NDArray[np.float64]:
    try:
        return np.asarray(values, np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(
            "Columns", name, "a column of numbers", "Text stands where numbers should: correct it"
        ) from error
