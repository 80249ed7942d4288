"""Polygons as closed rings of vertices, and the points inside them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from osgeo import ogr

from .chainage import Float64

_CHUNK = 4_000_000


def rings_of(geometry: ogr.Geometry) -> list[tuple[Float64, ...]]:
    """Rings (closed, holes too) of every polygon of a geometry without curves."""
    kind = ogr.GT_Flatten(geometry.GetGeometryType())
    if kind == ogr.wkbPolygon:
        return [
            tuple(
                np.array(geometry.GetGeometryRef(i).GetPoints(), np.float64)[:, :2]
                for i in range(geometry.GetGeometryCount())
            )
        ]
    if kind in (ogr.wkbMultiPolygon, ogr.wkbGeometryCollection):
        return [r for i in range(geometry.GetGeometryCount()) for r in rings_of(geometry.GetGeometryRef(i))]
    return []


def inside(x: Float64, y: Float64, rings: tuple[Float64, ...]) -> NDArray[np.bool_]:
    """Even-odd rule over all rings: a ray to the right crosses the boundary an odd number of times."""
    odd = np.zeros(x.shape, bool)
    for ring in rings:
        step = max(1, _CHUNK // len(x))
        for start in range(0, len(ring) - 1, step):
            a, b = ring[start : start + step + 1][:-1], ring[start + 1 : start + step + 1]
            spans = (a[:, 1] > y[:, None]) != (b[:, 1] > y[:, None])
            rise = np.where(a[:, 1] == b[:, 1], 1.0, b[:, 1] - a[:, 1])
            crossing = a[:, 0] + (y[:, None] - a[:, 1]) / rise * (b[:, 0] - a[:, 0])
            odd ^= ((spans & (x[:, None] < crossing)).sum(axis=1) % 2).astype(bool)
    return odd
