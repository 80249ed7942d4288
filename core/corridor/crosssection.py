"""Cross-sections: the rate across the line at a chainage."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .bins import Bins, bin_statistics
from .chainage import Alignment, Float64
from .track import Track


@dataclass(frozen=True)
class CrossSection:
    """A strip across the line and what one track has in it.

    along [m] : length of its middle along the alignment. ends (2, 2) [m] : left and right end in the alignment's
    system. edges (bins + 1,) [m] : offsets, negative to the left in the direction of chainage. offset, value (k,) [m],
    [mm/yr] : its points, or parts of its pixels. bins : their statistics.
    """

    track: str
    along: float
    ends: Float64
    edges: Float64
    offset: Float64
    value: Float64
    bins: Bins


def cross_section(
    track: Track, alignment: Alignment, along: float, width: float, band: float
) -> CrossSection:
    """Points up to width / 2 [m] left and right of the line, in a strip of `band` [m] along it.

    The strip stands square on the chord of the line over the band, so that a kink of the line does not turn it.
    """
    half = 0.5 * band
    ends = np.clip([along - half, along + half], 0.0, alignment.length)
    x, y = alignment.at(np.array([along, *ends]))
    east, north = _direction(x[2] - x[1], y[2] - y[1], alignment, along)
    dx, dy = track.x - x[0], track.y - y[0]
    offset = dx * north - dy * east  # right of the direction of chainage
    inside = (np.abs(dx * east + dy * north) <= half) & (np.abs(offset) <= 0.5 * width)
    edges = np.linspace(-0.5 * width, 0.5 * width, max(1, round(width / band)) + 1)  # alike on both sides
    value = track.value[inside]
    bins = bin_statistics(offset[inside], value, edges, track.index[inside])
    side = np.array([-0.5, 0.5]) * width
    corners = np.column_stack([x[0] + side * north, y[0] - side * east])
    return CrossSection(track.name, along, corners, edges, offset[inside], value, bins)


def _direction(dx: float, dy: float, alignment: Alignment, along: float) -> tuple[float, float]:
    """Unit vector of a chord; where the line comes back to its place, that of the piece of line there."""
    if math.hypot(dx, dy) == 0.0:
        stations = alignment.stations
        index = int(np.clip(np.searchsorted(stations, along, side="right") - 1, 0, len(stations) - 2))
        dx = float(alignment.x[index + 1] - alignment.x[index])
        dy = float(alignment.y[index + 1] - alignment.y[index])
    length = math.hypot(dx, dy)
    return dx / length, dy / length
