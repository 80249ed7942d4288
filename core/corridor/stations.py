"""Stations and kilometre posts: points with a label, put onto the line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from osgeo import ogr

from ..errors import InputError
from ..vector import VectorInput
from .chainage import Alignment

SNAP = 500.0  # m: labels farther from the line are another line's


@dataclass(frozen=True)
class Station:
    """A labelled place: chainage [m] along the alignment, distance [m] of its point from the line."""

    name: str
    chainage: float
    distance: float


def snap_stations(
    layer: VectorInput, field: str, alignment: Alignment
) -> tuple[tuple[Station, ...], tuple[str, ...]]:
    """Stations in the order of chainage, and the labels of the points farther than `SNAP` from the line.

    Without a field, points are numbered. A point past an end belongs to that end.
    """
    layer.check("STATIONS", ("point",), "points")
    rows = layer.attributes or tuple({} for _ in layer.wkb)
    seen = list(rows[0])
    if field and field not in seen:
        raise InputError(
            "STATION_FIELD",
            field,
            f"a field of {layer.name or 'the layer'}: {', '.join(seen) or 'it has none'}",
        )
    labels: list[str] = []
    places: list[tuple[float, float]] = []
    for number, (geometry, row) in enumerate(zip(layer.geometries(alignment.crs), rows), 1):
        value = row.get(field) if field else number
        for point in _points(geometry):
            labels.append("" if value is None else str(value))
            places.append((point.GetX(), point.GetY()))
    xy = np.array(places, np.float64).reshape(-1, 2)
    found = alignment.project(xy[:, 0], xy[:, 1], SNAP)
    near = np.flatnonzero(np.isfinite(found.distance))
    order = near[np.argsort(found.chainage[near], kind="stable")]
    stations = tuple(
        Station(labels[index], float(found.chainage[index]), float(found.distance[index])) for index in order
    )
    return stations, tuple(label for label, far in zip(labels, ~np.isfinite(found.distance)) if far)


def _points(geometry: ogr.Geometry) -> list[ogr.Geometry]:
    if ogr.GT_Flatten(geometry.GetGeometryType()) == ogr.wkbPoint:
        return [geometry]
    return [geometry.GetGeometryRef(index).Clone() for index in range(geometry.GetGeometryCount())]
