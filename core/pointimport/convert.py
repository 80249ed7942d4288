"""From a producer's columns to our measurement points: names, units, sign, order of dates."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import crs as coordinates
from ..errors import InputError
from ..pointfile import PointSet
from ..timeseries.velocity import slope_of_measured
from ..units import DAYS_PER_YEAR
from .columns import NAMES, PATTERNS, find, named, preview
from .families import passes
from .params import AWAY, UNITS, ImportPointsParams
from .source import Source

_TEXTS = ("track", "pass")
_SCALED = ("velocity", "velocity_std")
_LOS = ("los_east", "los_north", "los_up")
_RESERVED = ("fid", "geom")  # columns that every GeoPackage layer has
_PORTION = 20_000  # points whose velocity is fitted at a time

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Converted:
    """Points in our form; `origin` says where each attribute comes from; `notes` what a user must know."""

    points: PointSet
    origin: dict[str, str]
    notes: tuple[str, ...]


def convert(source: Source, params: ImportPointsParams, name: str) -> Converted:
    """Attributes under our names, displacements in mm toward the satellite, dates in order.

    Other columns keep their names and values. Without a velocity it is the least-squares slope of the series.
    """
    if not source.crs:
        raise InputError(
            "CRS", "none", "the coordinate system of the points", "The file does not say: choose it"
        )
    factor = UNITS[params.unit] * (-1.0 if params.sign == AWAY else 1.0)
    notes = list(source.family.notes)
    order = np.argsort(np.array([day.toordinal() for day in source.days], int), kind="stable")
    days = tuple(source.days[index] for index in order)
    series = source.table.series[:, order] if len(days) else source.table.series
    if factor != 1.0:
        series = series * np.float32(factor)
    mapped, origin = _mapped(source, params)
    for key in _SCALED:
        if key in mapped:
            mapped[key] = mapped[key] * (factor if key == "velocity" else abs(factor))
    if "velocity" not in mapped:
        if len(days) < 2:
            seen = preview(source.table.names)
            raise InputError(
                "Columns",
                seen,
                f"a column with the velocity, or dates as {PATTERNS}",
                "Give VELOCITY_FIELD or DATE_PATTERN",
            )
        mapped["velocity"] = trend(days, series)
        origin["velocity"] = "least-squares slope of the displacements"
    if not days:
        notes.append(f"No column is a date: velocities only. Columns seen: {preview(source.table.names)}.")
    notes += _line_of_sight(mapped, origin, params, len(source.x))
    used = set(origin.values()) | {source.family.x, source.family.y}
    others = {key: values for key, values in source.table.columns.items() if key not in used}
    attributes = {key: mapped[key] for key in NAMES if key in mapped}
    attributes.update(_free_names(others, [*attributes, *_RESERVED]))
    return Converted(
        PointSet(source.x, source.y, _wkt(source.crs), attributes, days, series, name), origin, tuple(notes)
    )


def trend(days: tuple[Any, ...], series: NDArray[np.float32]) -> Float64:
    """Least-squares slope with intercept (n,) [unit per year] of series (n, dates), NaN with fewer than two values."""
    years = np.array([day.toordinal() for day in days], np.float64) / DAYS_PER_YEAR
    out = np.full(len(series), np.nan)
    for start in range(0, len(series), _PORTION):
        part = series[start : start + _PORTION].astype(np.float64).T
        measured = np.isfinite(part)
        weights = slope_of_measured(years, measured)
        slope = np.sum(weights * np.where(measured, part, 0.0), axis=0)
        out[start : start + _PORTION] = np.where(measured.sum(axis=0) >= 2, slope, np.nan)
    return out


def _mapped(source: Source, params: ImportPointsParams) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """Our attributes as stored in the file, and the column that each came from."""
    columns = source.table.columns
    mapped: dict[str, NDArray[Any]] = {}
    origin: dict[str, str] = {}
    for key, names in NAMES.items():
        asked = params.velocity_field if key == "velocity" else ""
        column = named(columns, asked, "VELOCITY_FIELD") if asked else find(columns, names)
        if not column or (column in origin.values()):
            continue
        values = columns[column]
        if key in _TEXTS:
            mapped[key] = np.array([_label(value) for value in values.tolist()], dtype=object)
        elif values.dtype.kind in "fiu":
            mapped[key] = values.astype(np.float64)
        elif asked:
            raise InputError("VELOCITY_FIELD", asked, "a column of numbers", "Choose another column")
        else:
            continue
        origin[key] = column
    count = len(source.x)
    angle = find(columns, ("track_angle",))
    if source.family.name == "EGMS level 2" and angle and "pass" not in mapped:
        mapped["pass"], origin["pass"] = passes(columns[angle]), angle
    for key, value in source.family.constants.items():
        mapped[key] = np.full(count, value, dtype=object if isinstance(value, str) else np.float64)
        origin[key] = "the file's name"
    if params.track:
        mapped["track"], origin["track"] = np.full(count, params.track, dtype=object), "TRACK"
    return mapped, origin


def _line_of_sight(
    mapped: dict[str, NDArray[Any]], origin: dict[str, str], params: ImportPointsParams, count: int
) -> list[str]:
    """Complete incidence and unit vector from one another or from the parameters; what was done."""
    notes = []
    has_vector = all(key in mapped for key in _LOS)
    if has_vector and np.nanmedian(mapped["los_up"]) < 0:
        for key in _LOS:
            mapped[key] = -mapped[key]
        notes.append("The line-of-sight vectors pointed from the satellite to the ground and were turned round.")
    if has_vector:
        length = np.sqrt(sum(mapped[key] ** 2 for key in _LOS))
        if np.nanmax(np.abs(length - 1.0), initial=0.0) > 0.05:
            notes.append("Some line-of-sight vectors are not of length 1: check los_east, los_north and los_up.")
    elif params.incidence is not None:
        given = mapped.get("incidence", np.full(count, np.nan))
        theta = np.radians(np.where(np.isfinite(given), given, params.incidence))
        mapped["incidence"] = np.degrees(theta)
        origin.setdefault("incidence", "INCIDENCE")
        if params.heading is not None:
            angle = math.radians(params.heading)
            mapped["los_east"] = -np.sin(theta) * math.cos(angle)
            mapped["los_north"] = np.sin(theta) * math.sin(angle)
            mapped["los_up"] = np.cos(theta)
            origin.update(dict.fromkeys(_LOS, "INCIDENCE and HEADING"))
    if "incidence" not in mapped and has_vector and np.nanmin(mapped["los_up"]) > 0:
        mapped["incidence"] = np.degrees(np.arccos(np.clip(mapped["los_up"], -1.0, 1.0)))
        origin["incidence"] = "los_up"
    if "incidence" not in mapped and "los_up" not in mapped:
        notes.append(
            "The file does not say how the satellite looks: steps that need vertical motion will ask for the "
            "incidence angle. Give INCIDENCE and HEADING to store it."
        )
    return notes


def _free_names(columns: dict[str, NDArray[Any]], taken: list[str]) -> dict[str, NDArray[Any]]:
    """Columns under names that GeoPackage, which ignores case, takes beside `taken`."""
    seen = {name.lower() for name in taken}
    out = {}
    for name, values in columns.items():
        free = name
        while free.lower() in seen:
            free = f"source_{free}"
        seen.add(free.lower())
        out[free] = values
    return out


def _label(value: Any) -> str:
    """A track or pass as text; whole numbers without their decimals."""
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:g}"
    return str(value)


def _wkt(crs: str) -> str:
    return str(coordinates.parse(crs).ExportToWkt())
