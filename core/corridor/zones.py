"""Affected zones: stretches of the line that move faster than a threshold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .chainage import Float64


@dataclass(frozen=True)
class Zone:
    """One stretch, bins `first` to `last` (both included).

    start, stop [m]: chainages of its ends. affected [m]: length of its bins past the threshold (bins
    bridged between them do not count). minimum, mean, maximum: of the rate of those bins, the mean weighted
    by length. peak [m]: chainage of the middle of the fastest bin.
    """

    first: int
    last: int
    start: float
    stop: float
    affected: float
    minimum: float
    mean: float
    maximum: float
    peak: float

    @property
    def length(self) -> float:
        """From end to end [m]."""
        return self.stop - self.start


def past_threshold(rate: Float64, threshold: float) -> NDArray[np.bool_]:
    """At or below a negative threshold, at or above a positive one; never where the rate is NaN."""
    with np.errstate(invalid="ignore"):
        return rate <= threshold if threshold < 0 else rate >= threshold


def find_zones(
    edges: Float64, rate: Float64, threshold: float, min_length: float = 0.0, max_gap: float = 0.0
) -> list[Zone]:
    """Zones of bins past the threshold.

    edges : (bins + 1,) [m]; rate : (bins,), NaN without data. Two runs of bins past the threshold are one zone
    when at most `max_gap` [m] lies between them, whether the bins there are slower or empty. Zones with
    less than `min_length` [m] of affected line are left out.
    """
    hit = np.flatnonzero(past_threshold(rate, threshold))
    if not len(hit):
        return []
    gaps = edges[hit[1:]] - edges[hit[:-1] + 1]
    groups = np.split(hit, np.flatnonzero(gaps > max_gap + 1e-9) + 1)
    zones = [_zone(edges, rate, group, threshold) for group in groups]
    return [zone for zone in zones if zone.affected >= min_length - 1e-9]


def affected_bins(zones: list[Zone], rate: Float64, threshold: float) -> NDArray[np.bool_]:
    """Bins past the threshold that belong to one of the zones."""
    inside = np.zeros(len(rate), bool)
    for zone in zones:
        inside[zone.first : zone.last + 1] = True
    return inside & past_threshold(rate, threshold)


def _zone(edges: Float64, rate: Float64, bins: NDArray[np.intp], threshold: float) -> Zone:
    lengths = edges[bins + 1] - edges[bins]
    values = rate[bins]
    worst = bins[int(np.argmin(values) if threshold < 0 else np.argmax(values))]
    first, last = int(bins[0]), int(bins[-1])
    return Zone(
        first=first,
        last=last,
        start=float(edges[first]),
        stop=float(edges[last + 1]),
        affected=float(lengths.sum()),
        minimum=float(values.min()),
        mean=float((values * lengths).sum() / lengths.sum()),
        maximum=float(values.max()),
        peak=float(0.5 * (edges[worst] + edges[worst + 1])),
    )
