"""Mean series of the points around marked places, and of groups of places."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ... import crs as coordinates
from ...component import VERTICAL, to_vertical
from ...errors import InputError
from ...pointfile import PointSet
from ...pointsource import incidence_of
from ...validation.benchmarks import around, mean_series
from ...vector import VectorInput
from .lags import without_line
from .params import PointSeriesParams

Float64 = NDArray[np.float64]

ALL = "all"
_NAMES = ("name", "NAME", "Name", "id", "ID")
_QUANTILES = (16.0, 84.0)


@dataclass(frozen=True)
class Place:
    """Points around one marked place; arrays (N,) over the dates, NaN without a value.

    x, y : in the points' system. mean : displacement [mm] relative to the first date with a value. std : between the
    points. low, high : between which two thirds of the points lie. counts : points with a value.
    """

    name: str
    group: str
    x: float
    y: float
    points: int
    mean: Float64
    std: Float64
    low: Float64
    high: Float64
    counts: NDArray[np.intp]


@dataclass(frozen=True)
class GroupMean:
    """Mean over the places of a group of their series without their lines, (N,) [mm], and its spread over places."""

    name: str
    places: int
    mean: Float64
    std: Float64


@dataclass(frozen=True)
class Marked:
    """All places in the order of the layer, those without points by name, and how the series were turned."""

    dates: tuple[date, ...]
    crs: str
    places: tuple[Place, ...]
    without: tuple[str, ...]
    angle: str

    @property
    def days(self) -> NDArray[np.int64]:
        """Dates as day numbers (date.toordinal)."""
        return np.array([day.toordinal() for day in self.dates])

    @property
    def groups(self) -> tuple[GroupMean, ...]:
        """The groups in the order in which their first places come."""
        names = dict.fromkeys(place.group for place in self.places)
        return tuple(self._group(name) for name in names)

    def _group(self, name: str) -> GroupMean:
        lines = np.stack([without_line(self.days, p.mean) for p in self.places if p.group == name])
        mean, std = _spread(lines)
        return GroupMean(name, len(lines), mean, std)


def marked_places(points: PointSet, params: PointSeriesParams) -> Marked:
    """The places with points; refused when none has any, and points without a series or coordinate system."""
    name = points.name or "the points"
    if not points.crs:
        raise InputError("POINTS", name, "a layer with a coordinate system", "Assign a CRS to the layer")
    if len(points.dates) < 2:
        seen = ", ".join([*points.attributes][:12]) or "none"
        raise InputError(
            "POINTS",
            f"{name}: {len(points.dates)} columns of dates among {seen}",
            "points with a series: columns such as D20160501 [mm]",
            "Import the points with 'importpoints'",
        )
    x, y, labels, groups = _read(params.locations, params)
    metric = coordinates.true_metric_for(params.locations.crs, float(np.median(x)), float(np.median(y)))
    east, north = coordinates.transform(points.x, points.y, points.crs, metric)
    usable = np.flatnonzero(np.isfinite(east) & np.isfinite(north) & np.isfinite(points.series).any(axis=1))
    centres = np.column_stack(coordinates.transform(x, y, params.locations.crs, metric))
    if not len(usable):
        raise InputError("POINTS", name, "points with values in their columns of dates")
    near, nearest = around(east[usable], north[usable], centres, params.radius)
    empty = [place for place, index in enumerate(near) if not len(index)]
    if len(empty) == len(near):
        raise InputError(
            "LOCATIONS",
            f"no point of {name} within {params.radius:g} m of {', '.join(labels[:4])}"
            f" (the nearest is {nearest.min():.0f} m away)",
            "places among the points",
            "Check the CRS of both layers, or enlarge RADIUS",
        )
    own_x, own_y = coordinates.transform(x, y, params.locations.crs, points.crs)
    angle = "not needed"
    places = []
    for number, index in enumerate(near):
        if not len(index):
            continue
        series = points.series[usable[index]].astype(np.float64)
        if params.component == VERTICAL:
            theta, angle = incidence_of(points, usable[index], params.incidence, name)
            series = to_vertical(series, theta[:, None])[np.isfinite(theta)]
        places.append(_place(labels[number], groups[number], (own_x[number], own_y[number]), series))
    without = tuple(f"{labels[place]} (nearest point at {nearest[place]:.0f} m)" for place in empty)
    return Marked(points.dates, points.crs, tuple(places), without, angle)


def _place(name: str, group: str, where: tuple[float, float], series: Float64) -> Place:
    counts = np.isfinite(series).sum(axis=0)
    mean = mean_series(series)
    first = np.flatnonzero(counts)
    start = mean[first[0]] if len(first) else 0.0
    _, std = _spread(series)
    low, high = np.full((2, len(counts)), np.nan)
    low[first], high[first] = np.nanpercentile(series[:, first], _QUANTILES, axis=0)
    x, y = (float(value) for value in where)
    return Place(name, group, x, y, len(series), mean - start, std, low - start, high - start, counts)


def _spread(series: Float64) -> tuple[Float64, Float64]:
    """Mean and standard deviation over series (n, N) of what is there; NaN without a value, and of one value."""
    counts = np.isfinite(series).sum(axis=0)
    mean = mean_series(series)
    square = np.nansum((series - mean) ** 2, axis=0)
    std = np.sqrt(np.divide(square, counts - 1.0, out=np.full(len(mean), np.nan), where=counts > 1))
    return mean, std


def _read(layer: VectorInput, params: PointSeriesParams) -> tuple[Float64, Float64, list[str], list[str]]:
    """Coordinates, names and groups of the marked places."""
    places = []
    for geometry in layer.geometries():
        centre = geometry.Centroid()  # of a multipoint too
        places.append((centre.GetX(), centre.GetY()))
    rows: list[dict[str, Any]] = [*layer.attributes] or [{} for _ in places]
    labels = [_label(row, number, params.name_field) for number, row in enumerate(rows)]
    groups = [_text(row.get(params.group_field)) or "(none)" if params.group_field else ALL for row in rows]
    for number, label in enumerate(labels):
        if label in labels[:number]:
            labels[number] = f"{label} ({number + 1})"
    x, y = np.array(places, np.float64).T
    return x, y, labels, groups


def _label(row: dict[str, Any], number: int, field: str) -> str:
    for key in (field,) if field else _NAMES:
        if _text(row.get(key)):
            return _text(row[key])
    return f"P{number + 1}"


def _text(value: Any) -> str:
    return "" if value is None else str(value)
