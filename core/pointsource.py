"""Measurement points as an input: a layer read when the run starts, or points in memory, and what they know."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Union

import numpy as np
from numpy.typing import NDArray

from .component import check_incidence
from .errors import InputError
from .pointfile import PointSet, date_of, read_points

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class PointFile:
    """A point layer to be read when the run starts.

    layer : its name in the file, empty for the first. name : for people. crs : empty for the file's own.
    """

    path: str
    layer: str = ""
    name: str = ""
    crs: str = ""


Points = Union[PointSet, PointFile]


def load(source: Points, field: str = "POINTS") -> PointSet:
    """The points of a source, under the name and in the system that the user gave them."""
    if isinstance(source, PointSet):
        return with_series(source)
    points = read_points(source.path, source.layer, field)
    return replace(points, name=source.name or points.name, crs=source.crs or points.crs)


def with_series(points: PointSet) -> PointSet:
    """Points whose dates came as attributes, as layers in memory give them, with their series."""
    found = sorted((day, name) for name in points.attributes for day in [date_of(name)] if day is not None)
    found = [(day, name) for day, name in found if len(points.attributes[name]) == len(points)]
    if points.dates or not found:
        return points
    series = np.stack([np.asarray(points.attributes[name], np.float32) for _, name in found], axis=1)
    rest = {name: values for name, values in points.attributes.items() if date_of(name) is None}
    return replace(points, attributes=rest, dates=tuple(day for day, _ in found), series=series)


def track_name(points: PointSet) -> str:
    """Track and pass from the attributes when all points agree, else the name of the set."""
    parts = []
    for key in ("track", "pass"):
        values = {str(value) for value in points.attributes.get(key, np.empty(0)).tolist()} - {
            "",
            "nan",
            "None",
        }
        if len(values) == 1:
            parts.append(values.pop())
    return " ".join(parts) or points.name or "points"


def velocity_column(points: PointSet, field: str) -> Float64:
    """A numeric attribute as float64 (n,), or InputError naming the fields that are there."""
    if field not in points.attributes:
        seen = ", ".join(points.attributes) or "none"
        raise InputError(
            "FIELD",
            field,
            f"a field of {points.name or 'the points'}: {seen}",
            "Name the field with the velocity in mm/yr",
        )
    try:
        return np.asarray(points.attributes[field], np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(
            "FIELD", field, "a field of numbers", "Choose the velocity field, in mm/yr"
        ) from error


def incidence_of(
    points: PointSet,
    index: NDArray[np.intp],
    constant: float | None,
    name: str,
    field: str = "INCIDENCE",
    remedy: str = "or choose the component los",
) -> tuple[Float64, str]:
    """Incidence [deg] of the points `index` (k,), NaN where unknown, and where it comes from.

    From the attribute `incidence` [deg], where that is missing from `los_up`, else the constant [deg].
    field, remedy : the parameter of the constant and what else helps, for the message when all is unknown.
    """
    angle = np.full(len(index), np.nan)
    sources = []
    if "incidence" in points.attributes:
        angle = velocity_column(points, "incidence")[index]
        if np.isfinite(angle).any():
            sources.append("per point")
    missing = ~np.isfinite(angle)
    if missing.any() and "los_up" in points.attributes:
        angle[missing] = np.degrees(
            np.arccos(np.clip(velocity_column(points, "los_up")[index[missing]], -1.0, 1.0))
        )
        if np.isfinite(angle[missing]).any():
            sources.append("from los_up")
    missing = ~np.isfinite(angle)
    if missing.any() and constant is not None:
        angle[missing] = constant
        sources.append(f"{constant:g} deg where the points have none" if sources else f"{constant:g} deg")
    if not sources:
        raise InputError(
            field,
            f"unknown for {name}",
            f"points with a field `incidence` [deg] or `los_up`, or a value of {field}",
            f"Give {field} (0 if the rates are vertical already), {remedy}",
        )
    check_incidence(angle, name)
    return angle, ", ".join(sources)
