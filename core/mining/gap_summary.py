"""Gaps of funnels in numbers: pixels, ground, widths, and what is too wide."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .. import crs as coordinates
from .funnel_areas import Funnels
from .gap_reach import MIDDLE, TRUSTED, Flags, Float64, Size, depths, nearest
from .gaps import Filling
from .subsidence import SubsidenceSeries


@dataclass(frozen=True)
class GapSummary:
    """Gaps of each funnel at the last date, (K,).

    footprint, missing_area [m2]: ground of the funnel, and that of its pixels without a value. missing, filled,
    unfilled : pixels without a value, those of them that count by their filled value, and those too far from any
    value although they lie beside ground that counts. half_width, widest [m]: of the bowl, and of its widest gap.
    middle : the deepest point lies in a gap wider than an eighth of the bowl.
    """

    footprint: Float64
    missing_area: Float64
    missing: NDArray[np.intp]
    filled: NDArray[np.intp]
    unfilled: NDArray[np.intp]
    half_width: Float64
    widest: Float64
    middle: Flags
    too_wide: Flags

    @property
    def share(self) -> Float64:
        """Part of the footprint without a value, (K,)."""
        return np.divide(
            self.missing_area, self.footprint, out=np.zeros(len(self.footprint)), where=self.footprint > 0
        )


def summarise(
    filling: Filling, series: SubsidenceSeries, funnels: Funnels, last: Float64, threshold: float, whole_grid: bool
) -> GapSummary:
    """Count the gaps at the last date. last : S [m] as read.

    The footprint of a funnel is its polygon. Without polygons (whole_grid) it is the ground that counts after
    filling, and ground too far from any value to be filled whose nearest value counts, up to one half-width away.
    """
    size, areas = coordinates.pixel_size(series.grid), series.pixel_area()[:, None]
    gap = ~np.isfinite(last)
    s = filling.onto(last[None], number=-1)[0]
    known = np.isfinite(s)
    counts = known & (np.nan_to_num(s) > threshold)
    distance = depths(gap, size)
    widths = np.zeros(int(funnels.labels.max(initial=0)) + 1)
    widths[list(funnels.ids)] = filling.half_widths
    beside = ~known & (distance <= widths[funnels.labels])
    unfilled = beside & counts[nearest(known, size)] if known.any() else beside
    footprint = counts | unfilled if whole_grid else np.ones(gap.shape, bool)
    concerned = np.where(gap & (counts | unfilled), distance, 0.0)

    def per_funnel(flags: Flags) -> list[Flags]:
        return [flags & (funnels.labels == number) for number in funnels.ids]

    widest = np.array([concerned[part].max(initial=0.0) for part in per_funnel(gap)])
    beyond = np.array([int(part.sum()) for part in per_funnel(unfilled)], np.intp)
    trusted = np.maximum(TRUSTED * filling.half_widths, max(size))
    return GapSummary(
        footprint=np.array([float((part * areas).sum()) for part in per_funnel(footprint)]),
        missing_area=np.array([float((part * areas).sum()) for part in per_funnel(gap & footprint)]),
        missing=np.array([int(part.sum()) for part in per_funnel(gap & footprint)], np.intp),
        filled=np.array([int(part.sum()) for part in per_funnel(gap & counts)], np.intp),
        unfilled=beyond,
        half_width=filling.half_widths,
        widest=widest,
        middle=_over_the_middle(s, gap, distance, funnels, filling.half_widths, size),
        too_wide=(widest > trusted) | (beyond > 0),
    )


def _over_the_middle(
    s: Float64, gap: Flags, distance: Float64, funnels: Funnels, widths: Float64, size: Size
) -> Flags:
    """Whether the deepest point of each funnel lies in a gap wider than an eighth of the bowl."""
    from scipy.ndimage import label, maximum

    parts, count = label(gap, structure=np.ones((3, 3)))
    width = np.append(0.0, maximum(distance, parts, np.arange(1, count + 1)))
    out = np.zeros(len(funnels.ids), bool)
    for k, number in enumerate(funnels.ids):
        inside = (funnels.labels == number) & np.isfinite(s)
        if inside.any():
            deepest = int(np.argmax(np.where(inside, s, -np.inf)))
            out[k] = width[parts.ravel()[deepest]] > max(MIDDLE * widths[k], *size)
    return out
