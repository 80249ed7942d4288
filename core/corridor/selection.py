"""Points of a corridor: those abreast of the line, within a radius."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import crs as coordinates
from ..monitor import Monitor
from .chainage import Alignment, Float64, Index


@dataclass(frozen=True)
class Selection:
    """Points in the corridor: `index` (k,) into the input, chainage and distance (k,) [m].

    x, y : (k,) in the alignment's system.
    """

    index: Index
    chainage: Float64
    distance: Float64
    x: Float64
    y: Float64


def select(
    x: NDArray[Any],
    y: NDArray[Any],
    crs: str,
    alignment: Alignment,
    radius: float,
    monitor: Monitor | None = None,
) -> Selection:
    """Points (n,) in any system that are within `radius` [m] of the line and not past its ends.

    Past an end, a point is abreast of no part of the line; counting it there would heap a half disc
    of points into the first or the last bin.
    """
    box = bounds(alignment, radius, crs)
    near = np.flatnonzero((x >= box[0]) & (x <= box[2]) & (y >= box[1]) & (y <= box[3]))
    east, north = coordinates.transform(np.asarray(x)[near], np.asarray(y)[near], crs, alignment.crs)
    place = alignment.project(east, north, radius, monitor)
    inside = np.isfinite(place.distance) & ~place.beyond
    return Selection(
        near[inside], place.chainage[inside], place.distance[inside], east[inside], north[inside]
    )


def joined(parts: list[Selection]) -> Selection:
    """Several selections behind one another."""
    names = ("index", "chainage", "distance", "x", "y")
    return Selection(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def subset(chosen: Selection, keep: NDArray[Any]) -> Selection:
    """The entries that a mask or an index array keeps."""
    return Selection(
        chosen.index[keep], chosen.chainage[keep], chosen.distance[keep], chosen.x[keep], chosen.y[keep]
    )


def in_order(chosen: Selection) -> Selection:
    """By index, so that sums do not depend on the order of the parts."""
    return subset(chosen, np.argsort(chosen.index, kind="stable"))


def bounds(alignment: Alignment, radius: float, crs: str) -> tuple[float, float, float, float]:
    """(x min, y min, x max, y max) in `crs` of a box that holds the corridor."""
    low_x, high_x = alignment.x.min() - radius, alignment.x.max() + radius
    low_y, high_y = alignment.y.min() - radius, alignment.y.max() + radius
    # The sides bend in another system: sample them, and leave a margin for what lies between samples.
    side = np.linspace(0.0, 1.0, 41)
    along_x, along_y = low_x + side * (high_x - low_x), low_y + side * (high_y - low_y)
    edge_x = np.concatenate([along_x, along_x, np.full(41, low_x), np.full(41, high_x)])
    edge_y = np.concatenate([np.full(41, low_y), np.full(41, high_y), along_y, along_y])
    x, y = coordinates.transform(edge_x, edge_y, alignment.crs, crs)
    margin_x, margin_y = 0.01 * np.ptp(x), 0.01 * np.ptp(y)
    return (
        float(x.min() - margin_x),
        float(y.min() - margin_y),
        float(x.max() + margin_x),
        float(y.max() + margin_y),
    )
