"""How much of the azimuth and range spectrum two images of a burst share.

What they do not share is noise in the interferogram. Synchronised Sentinel-1 passes in a narrow orbital tube share more
than 95 % of both (H), for which no spectral filter is applied; the shares are reported so that this can be seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .bursts_match import BurstPair
from .carrier import carrier_of
from .geometry import geo2rdr, rdr2geo, span_of
from .orbit import Orbit

AROUND = 1000.0  # m of range on either side of the middle, for the slope of the range difference


@dataclass(frozen=True)
class SharedBands:
    """Shares of the processed bands (0 to 1) that both images hold, at the middle of a burst on the ellipsoid."""

    azimuth: float
    range: float


def shared_bands(pair: BurstPair, reference: Orbit, secondary: Orbit) -> SharedBands:
    """The shared bands of a pair of bursts with the orbits of their dates.

    Azimuth: difference of the Doppler centroids at the same ground, which grows with wrong synchronisation.
    Range: the fringe frequency f0 d(R2 - R1)/dR1 of level ground, f0 Bperp / (R tan theta) (Gatelli et al. 1994).
    """
    first, second = pair.reference, pair.secondary
    line, sample = 0.5 * (first.lines - 1), 0.5 * (first.samples - 1)
    reach = first.ranges(sample) + AROUND * np.array([-1.0, 0.0, 1.0])
    own, other = reference.since(first.epoch), secondary.since(second.epoch)
    points = rdr2geo(own, first.times(np.full(3, line)), reach)
    times, ranges = geo2rdr(other, points, span_of(second))
    doppler = carrier_of(second, other).centroid(
        second.line_of(times[1]), second.sample_of(ranges[1])
    ) - carrier_of(first, own).centroid(line, sample)
    slope = (ranges[2] - ranges[0]) / (reach[2] - reach[0]) - 1.0
    return SharedBands(
        _share(float(doppler), first.azimuth_band.width),
        _share(float(slope) * first.radar_frequency, first.range_band.width),
    )


def _share(shift: float, width: float) -> float:
    return max(0.0, 1.0 - abs(shift) / width)
