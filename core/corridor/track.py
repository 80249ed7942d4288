"""What the profile needs of one track: the points of the corridor with their rate."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .chainage import Float64, Index
from .heatmap import HeatMap


@dataclass(frozen=True)
class Track:
    """Points (or pixels) of one track inside the corridor, arrays (k,).

    value : rate of the component asked for [mm/yr], finite. chainage, distance [m]; x, y in the alignment's
    system. index : which rows of the source they are (flat pixel numbers for a raster). Pixels that are coarse for
    the bins occur once per part of them; share is what one entry counts (1 for points).
    read : points with a rate in the whole source (in the corridor's window for a raster).
    without_incidence : points of the corridor left out because their incidence is unknown.
    hull : convex hull (m, 2) of the data in the alignment's system.
    unit_assumed : the source does not state a unit, and its rates were taken as mm/yr.
    on_line : rate of the pixel under the middle of each bin, (bins,); empty for points.
    scale : (k,) what makes the component asked for of the line of sight; empty means 1.
    heat : displacement per bin and date, where the series were asked for and are known.
    """

    name: str
    source: str
    value: Float64
    chainage: Float64
    distance: Float64
    x: Float64
    y: Float64
    index: Index
    read: int
    hull: Float64
    incidence: str
    without_incidence: int = 0
    on_line: Float64 = field(default_factory=lambda: np.empty(0))
    share: float = 1.0
    unit_assumed: bool = False
    scale: Float64 = field(default_factory=lambda: np.empty(0))
    heat: HeatMap | None = None

    @property
    def count(self) -> int:
        """Points or pixels in the corridor, each counted once."""
        return len(np.unique(self.index))
