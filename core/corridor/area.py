"""Area of the corridor where there are data, by the same rule that selects the points.

The corridor is covered with a square lattice; a lattice cell counts when its centre would be selected
as a point and lies inside the hull of the data. So numerator and denominator of a density agree.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from osgeo import ogr

from ..monitor import Monitor
from .chainage import Alignment, Float64

_CELLS = 400_000  # lattice cells aimed at: areas are then right to about 0.1 %


@dataclass(frozen=True)
class Lattice:
    """Cells of the corridor: centres x, y (k,) in the alignment's system, chainage (k,) [m], area of one [m2]."""

    x: Float64
    y: Float64
    chainage: Float64
    cell: float


def corridor_lattice(alignment: Alignment, radius: float, monitor: Monitor | None = None) -> Lattice:
    """Lattice of the whole corridor, 1/64 to 1/8 of the radius wide."""
    spacing = math.sqrt(2.0 * radius * alignment.length / _CELLS)
    fine = 2 ** int(np.clip(round(math.log2(radius / spacing)), 3, 6))
    stations = np.linspace(0.0, alignment.length, max(2, math.ceil(2.0 * alignment.length / radius) + 1))
    x, y = alignment.at(stations)
    x0, y0 = float(x.min()), float(y.min())
    column, row = np.floor((x - x0) / radius).astype(np.int64), np.floor((y - y0) / radius).astype(np.int64)
    around = np.arange(-2, 3)
    blocks = np.unique(
        np.column_stack(
            [
                (column[:, None, None] + around[None, :, None] + 0 * around).ravel(),
                (row[:, None, None] + 0 * around[:, None] + around[None, None, :]).ravel(),
            ]
        ),
        axis=0,
    )
    inner = (np.arange(fine) + 0.5) / fine
    east = (x0 + (blocks[:, 0, None, None] + inner[None, :, None] + 0 * inner) * radius).ravel()
    north = (y0 + (blocks[:, 1, None, None] + 0 * inner[:, None] + inner[None, None, :]) * radius).ravel()
    place = alignment.project(east, north, radius, monitor)
    inside = np.isfinite(place.distance) & ~place.beyond
    return Lattice(east[inside], north[inside], place.chainage[inside], (radius / fine) ** 2)


def convex_hull(x: NDArray, y: NDArray) -> Float64:
    """Vertices (k, 2) of the convex hull of finite points, counter-clockwise; empty when it has no area."""
    good = np.isfinite(x) & np.isfinite(y)
    count = int(good.sum())
    if count < 3:
        return np.empty((0, 2))
    record = np.zeros(count, np.dtype([("order", "u1"), ("kind", "<u4"), ("x", "<f8"), ("y", "<f8")]))
    record["order"], record["kind"], record["x"], record["y"] = 1, 1, x[good], y[good]
    head = np.array([1], "u1").tobytes() + np.array([4, count], "<u4").tobytes()  # WKB multipoint
    hull = ogr.CreateGeometryFromWkb(head + record.tobytes()).ConvexHull()
    if hull is None or ogr.GT_Flatten(hull.GetGeometryType()) != ogr.wkbPolygon:
        return np.empty((0, 2))
    ring = np.array(hull.GetGeometryRef(0).GetPoints(), np.float64)[:-1, :2]
    turn = np.roll(ring, -1, axis=0)
    area = float((ring[:, 0] * turn[:, 1] - ring[:, 1] * turn[:, 0]).sum())
    return ring if area > 0 else ring[::-1]


def inside_hull(x: Float64, y: Float64, hull: Float64) -> NDArray[np.bool_]:
    """Whether points (n,) are in a convex counter-clockwise polygon, its edge included."""
    if not len(hull):
        return np.zeros(x.shape, bool)
    ring = np.roll(
        hull, -int(np.lexsort((hull[:, 1], hull[:, 0]))[0]), axis=0
    )  # lowest of the leftmost first
    rightmost = np.flatnonzero(ring[:, 0] == ring[:, 0].max())
    below = ring[: rightmost[0] + 1]
    above = ring[rightmost[-1] :][::-1]
    if above[0, 0] > ring[0, 0]:
        above = np.concatenate([ring[:1], above])
    inside = (x >= ring[0, 0]) & (x <= ring[rightmost[0], 0])
    inside &= y >= np.interp(x, below[:, 0], below[:, 1])
    inside &= y <= np.interp(x, above[:, 0], above[:, 1])
    return inside
