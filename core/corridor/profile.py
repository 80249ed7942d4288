"""The profile of one track: statistics per bin, unevenness, zones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import settlement
from .area import Lattice, inside_hull
from .bins import Bins, bin_index, bin_statistics
from .chainage import Float64
from .track import Track
from .zones import Zone, affected_bins, find_zones


@dataclass(frozen=True)
class Profile:
    """Everything per bin, arrays (bins,), and the zones.

    area : of the corridor where there are data [km2]. density : points per km2, NaN where area is 0.
    differential [mm/yr per 100 m] to the next bin, distortion [urad/yr], curvature [urad/m/yr]: of the medians.
    affected : bins past the threshold inside a zone. on_line_affected : length [m] past the threshold by the pixels
    under the line; None without a raster.
    """

    track: Track
    edges: Float64
    bins: Bins
    area: Float64
    density: Float64
    differential: Float64
    distortion: Float64
    curvature: Float64
    zones: tuple[Zone, ...]
    affected: NDArray[np.bool_]
    on_line_affected: float | None

    @property
    def middle(self) -> Float64:
        """Chainage of the middle of each bin [m]."""
        return 0.5 * (self.edges[1:] + self.edges[:-1])

    @property
    def lengths(self) -> Float64:
        """Length of each bin [m]."""
        return np.diff(self.edges)

    @property
    def affected_length(self) -> float:
        """Length of the affected bins [m]."""
        return float(self.lengths[self.affected].sum())


def profile_of(
    track: Track, edges: Float64, lattice: Lattice, threshold: float, min_length: float, max_gap: float
) -> Profile:
    """Statistics of one track's points in the bins between `edges` (bins + 1,) [m]."""
    bins = bin_statistics(track.chainage, track.value, edges, track.index)
    middle = 0.5 * (edges[1:] + edges[:-1])
    covered = inside_hull(lattice.x, lattice.y, track.hull)
    index = bin_index(lattice.chainage[covered], edges)
    area = np.bincount(index, minlength=len(middle)) * lattice.cell / 1e6
    density = np.full(len(middle), np.nan)
    amount = np.bincount(bin_index(track.chainage, edges), minlength=len(middle)) * track.share
    density[area > 0] = amount[area > 0] / area[area > 0]
    differential = settlement.differential(middle, bins.median)
    zones = find_zones(edges, bins.median, threshold, min_length, max_gap)
    on_line = None
    if len(track.on_line):
        direct = find_zones(edges, track.on_line, threshold, min_length, max_gap)
        on_line = float(np.diff(edges)[affected_bins(direct, track.on_line, threshold)].sum())
    return Profile(
        track=track,
        edges=edges,
        bins=bins,
        area=area,
        density=density,
        differential=differential,
        distortion=settlement.angular_distortion(differential),
        curvature=settlement.curvature(middle, bins.median),
        zones=tuple(zones),
        affected=affected_bins(zones, bins.median, threshold),
        on_line_affected=on_line,
    )
