"""The line as an alignment: chainage along it, and the place of every point relative to it.

Plane geometry in a metric system. Chainage counts in metres from the start of the line.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..monitor import Monitor

Float64 = NDArray[np.float64]
Index = NDArray[np.intp]

_CHUNK = 2_000_000  # point-segment distances computed at once (about 100 MB of work arrays)
_PER_CELL = 400  # points per cell of the search grid: few numpy calls, short candidate lists


@dataclass(frozen=True)
class Projected:
    """Where points lie relative to an alignment, each array of shape (n,).

    chainage [m] of the nearest place on the line; distance [m] to it; `beyond` is True where the
    point lies past an end of the line, so that it is abreast of no part of it. Points farther away
    than the search radius have distance inf and chainage NaN.
    """

    chainage: Float64
    distance: Float64
    beyond: NDArray[np.bool_]


@dataclass(frozen=True)
class Alignment:
    """A line without repeated vertices: x, y (n,) [m] in the metric system `crs`."""

    x: Float64
    y: Float64
    crs: str

    @property
    def stations(self) -> Float64:
        """Chainage of the vertices (n,) [m]."""
        return np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(self.x), np.diff(self.y)))])

    @property
    def length(self) -> float:
        """Length [m]."""
        return float(np.hypot(np.diff(self.x), np.diff(self.y)).sum())

    @property
    def closed(self) -> bool:
        """Whether the line ends where it starts, so that it has no ends."""
        return len(self.x) > 2 and self.x[0] == self.x[-1] and self.y[0] == self.y[-1]

    def at(self, chainage: NDArray[Any]) -> tuple[Float64, Float64]:
        """Coordinates at chainages, clipped to the line; same shape."""
        stations = self.stations
        return np.interp(chainage, stations, self.x), np.interp(chainage, stations, self.y)

    def piece(self, start: float, stop: float) -> Float64:
        """Vertices (k, 2) of the line between two chainages, ends included."""
        stations = self.stations
        inner = (stations > start) & (stations < stop)
        places = np.concatenate([[start], stations[inner], [stop]])
        x, y = self.at(places)
        return np.column_stack([x, y])

    def project(
        self, x: NDArray[Any], y: NDArray[Any], radius: float, monitor: Monitor | None = None
    ) -> Projected:
        """Chainage and distance of points (n,) in the alignment's system, exact to rounding.

        Of several places at the same distance the one with the lowest chainage counts.
        """
        east, north = self.x - self.x[0], self.y - self.y[0]  # small numbers: no loss in the squares
        px, py = np.asarray(x, np.float64) - self.x[0], np.asarray(y, np.float64) - self.y[0]
        segments = np.stack([east[:-1], north[:-1], np.diff(east), np.diff(north)])
        segment = _nearest_segments(px, py, segments, radius, monitor or Monitor())
        found = segment >= 0
        distance = np.full(px.shape, np.inf)
        chainage = np.full(px.shape, np.nan)
        beyond = np.zeros(px.shape, bool)
        chosen = segments[:, segment[found]]
        raw = _along(px[found], py[found], chosen)
        along = np.clip(raw, 0.0, 1.0)
        lengths = np.hypot(segments[2], segments[3])
        distance[found] = np.sqrt(_squared(px[found], py[found], chosen, along))
        chainage[found] = self.stations[segment[found]] + along * lengths[segment[found]]
        if not self.closed:
            last = segments.shape[1] - 1
            beyond[found] = ((segment[found] == 0) & (raw < 0.0)) | ((segment[found] == last) & (raw > 1.0))
        outside = distance > radius
        distance[outside], chainage[outside], beyond[outside] = np.inf, np.nan, False
        return Projected(chainage, distance, beyond)


def _along(px: Float64, py: Float64, segments: Float64) -> Float64:
    """Foot of the perpendicular as a fraction of the segment, not clipped."""
    ax, ay, dx, dy = segments
    return ((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy)


def _squared(px: Float64, py: Float64, segments: Float64, along: Float64) -> Float64:
    """Squared distance to the place `along` the segment."""
    ax, ay, dx, dy = segments
    u, v = px - ax - along * dx, py - ay - along * dy
    return u * u + v * v


def _distances(px: Float64, py: Float64, segments: Float64) -> Float64:
    """Squared distances of n points to m segments, (n, m)."""
    table = segments[:, None, :]
    along = np.clip(_along(px[:, None], py[:, None], table), 0.0, 1.0)
    return _squared(px[:, None], py[:, None], table, along)


def _nearest_segments(px: Float64, py: Float64, segments: Float64, radius: float, monitor: Monitor) -> Index:
    """Index of the nearest segment (n,), -1 where none can be within the radius.

    Points are sorted into square cells. The segment nearest to any point of a cell is no farther from
    the cell's centre than the nearest one there plus the cell's diagonal: only those are compared.
    """
    nearest = np.full(px.shape, -1, np.intp)
    lengths = np.hypot(segments[2], segments[3])
    low_x, high_x = _span(segments[0], segments[2])
    low_y, high_y = _span(segments[1], segments[3])
    usable = np.flatnonzero(
        (px >= low_x - radius) & (px <= high_x + radius) & (py >= low_y - radius) & (py <= high_y + radius)
    )
    if not len(usable):
        return nearest
    x, y = px[usable], py[usable]
    wide, tall = float(np.ptp(x)), float(np.ptp(y))
    size = max(
        math.sqrt(max(wide, 1.0) * max(tall, 1.0) * _PER_CELL / len(usable)), float(lengths.min()) / 4, 1e-3
    )
    size = max(size, max(wide, tall) / 30_000)  # the cell's number below stays small
    column, row = ((x - x.min()) // size).astype(np.int64), ((y - y.min()) // size).astype(np.int64)
    cells, first, order = _groups(row * (int(column.max()) + 1) + column)
    centre_x = x.min() + (cells % (int(column.max()) + 1) + 0.5) * size
    centre_y = y.min() + (cells // (int(column.max()) + 1) + 0.5) * size
    diagonal = size * math.sqrt(2.0) * (1.0 + 1e-9)
    step = max(1, _CHUNK // segments.shape[1])
    for start in range(0, len(cells), step):
        monitor.step(start / len(cells))
        reach = np.sqrt(_distances(centre_x[start : start + step], centre_y[start : start + step], segments))
        closest = reach.min(axis=1)
        for cell in np.flatnonzero(closest <= radius + diagonal / 2):
            members = order[first[start + cell] : first[start + cell + 1]]
            candidates = np.flatnonzero(reach[cell] <= closest[cell] + diagonal)
            nearest[usable[members]] = candidates[_best(x[members], y[members], segments[:, candidates])]
    return nearest


def _best(x: Float64, y: Float64, segments: Float64) -> Index:
    """Nearest of few segments for points, in portions that bound the memory."""
    step = max(1, _CHUNK // segments.shape[1])
    parts = [
        np.argmin(_distances(x[i : i + step], y[i : i + step], segments), axis=1)
        for i in range(0, len(x), step)
    ]
    return np.concatenate(parts)


def _span(start: Float64, delta: Float64) -> tuple[float, float]:
    return float(min(start.min(), (start + delta).min())), float(max(start.max(), (start + delta).max()))


def _groups(key: NDArray[np.int64]) -> tuple[NDArray[np.int64], Index, Index]:
    """Distinct keys in order, where each one's members start in `order` (one more entry closes it)."""
    order = np.argsort(key, kind="stable")
    ranked = key[order]
    first = np.concatenate([[0], np.flatnonzero(np.diff(ranked)) + 1])
    return ranked[first], np.append(first, len(key)).astype(np.intp), order
