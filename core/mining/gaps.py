"""Pixels without a value inside funnels, filled from the pixels around them.

A pixel that is masked, decorrelated or below the threshold of coherence is ground that sinks all the same. Left out,
it adds nothing to a volume; filled by a thin plate from the pixels around it, it adds what its surroundings do.

Limits, as parts of the half-width R of a bowl (the largest distance of its ground from ground that stands still),
from Gaussian bowls with one round gap in their middle: a half-width of R/4 leaves the volume 0.3 % wrong, 3R/8 2 %,
R/2 7 %, 3R/4 35 %. Wider gaps than R/4 are reported, ground farther than R/2 from any value is not filled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .. import crs as coordinates
from ..blocks import Compute, check_memory
from ..monitor import Monitor
from ..raster import Window
from .funnel_areas import Funnels, Labels
from .gap_check import GapCheck
from .gap_reach import Flags, Float64, Size, farthest, half_widths, reachable
from .subsidence import SubsidenceSeries
from .thin_plate import ThinPlate

FILL, LEAVE = "fill", "leave"
GAPS = (FILL, LEAVE)
_PER_DATE, _PER_PIXEL = 16, 3000  # bytes for a pixel without a value: its series, and the plate's equations


@dataclass(frozen=True)
class Filling:
    """Values for pixels without one, in funnels.

    places : flat row-major indices of the pixels on a grid of so many columns, rising, (F,). values : S [m], NaN
    where a pixel has a value of its own or is not filled, (N, F). half_widths : of the bowls [m], (K,). std :
    standard deviation [m3] that the filling gives the volume of each funnel and of all together, (N, K + 1), NaN
    where nothing can tell it; None when it was not asked for.
    """

    columns: int
    places: NDArray[np.intp]
    values: Float64
    half_widths: Float64
    std: Float64 | None = None

    def onto(self, s: Float64, row: int = 0, number: int | None = None) -> Float64:
        """S (dates, rows, all columns) from `row` on with its gaps filled; all dates, or one by its number."""
        low, high = np.searchsorted(self.places, np.array([row, row + s.shape[1]]) * self.columns)
        here = self.places[low:high] - row * self.columns
        found = self.values[slice(None) if number is None else [number], low:high]
        out = s.copy()
        flat = out.reshape(len(s), -1)
        flat[:, here] = np.where(np.isfinite(flat[:, here]), flat[:, here], found)
        return out


class GapFiller:
    """Fills maps of one area; what depends on the pattern of the gaps alone is kept from map to map."""

    def __init__(self, limit: Float64, size: Size, check: GapCheck | None = None) -> None:
        """limit : farthest distance [m] from a value at which a pixel is filled, shape of the maps."""
        self._limit, self._size, self._check = limit, size, check
        self._gap: Flags | None = None

    def fill(self, s: Float64) -> tuple[Float64, Float64 | None]:
        """S [m] with its gaps filled (rows, columns), and the standard deviation of the volumes by it [m3]."""
        gap = ~np.isfinite(s)
        if self._gap is None or not np.array_equal(gap, self._gap):
            self._gap, self._wanted = gap, reachable(gap, self._limit, self._size)
            self._plate = ThinPlate(~gap, self._wanted, self._size)
            if self._check is not None:
                self._check.prepare(gap, self._wanted)
        out = s.copy()
        out[self._wanted] = self._plate.fill(s)
        return out, None if self._check is None else self._check.std(s)


def fill_series(
    series: SubsidenceSeries,
    funnels: Funnels,
    threshold: float,
    last: Float64,
    numbers: Sequence[int] | None = None,
    check: bool = True,
    compute: Compute | None = None,
    monitor: Monitor | None = None,
) -> Filling:
    """Fill the gaps of the funnels.

    threshold [m] : ground beyond it is the bowl. last : S of the last date as read, (rows, columns). numbers : of the
    dates to fill, the N of the result; None for all. check : find out what the filling is worth, see `gap_check`.
    """
    monitor = monitor or Monitor()
    numbers = range(len(series.dates)) if numbers is None else numbers
    size = coordinates.pixel_size(series.grid)
    widths = half_widths(last, funnels, threshold, size)
    limit = farthest(widths, funnels, size)
    window = _around(funnels.labels, int(np.ceil(limit.max() / min(size))) + 2)
    part = np.s_[window.row : window.row + window.height, window.col : window.col + window.width]
    inside = funnels.labels[part] > 0
    _check_memory(int((inside & np.isnan(last[part])).sum()), len(numbers), compute or Compute())
    end, _ = GapFiller(limit[part], size).fill(last[part])
    counted = inside & (np.nan_to_num(end, nan=-np.inf) > threshold)
    held = None
    if check:
        counting = Funnels(np.where(counted, funnels.labels[part], 0).astype(np.int32), funnels.ids)
        areas = series.pixel_area()[window.row : window.row + window.height]
        held = GapCheck(counting, limit[part], areas, size)
    filler = GapFiller(limit[part], size, held)
    flags, found, stds = [], [], []
    for done, n in enumerate(numbers):
        monitor.step(done / len(numbers))
        s = series.read(window, [n])[0]
        filled, std = filler.fill(s)
        flags.append(inside & np.isnan(s) & np.isfinite(filled))
        found.append(filled[flags[-1]])
        stds.append(std)
    places, values = _joined(flags, found, window, series.grid.width)
    monitor.step(1.0)
    return Filling(series.grid.width, places, values, widths, np.array(stds, np.float64) if check else None)


def _check_memory(pixels: int, dates: int, compute: Compute) -> None:
    needed = pixels * (_PER_DATE * dates + _PER_PIXEL)
    check_memory(
        needed,
        compute,
        f"to fill {pixels:,} pixels without a value",
        "Draw FUNNELS around the mine, leave the gaps (GAPS=leave), or raise the budget in the settings",
    )


def _joined(
    flags: list[Flags], found: list[Float64], window: Window, columns: int
) -> tuple[NDArray[np.intp], Float64]:
    """Places and values of a `Filling` from the filled pixels of each date."""
    union = np.logical_or.reduce(flags)
    values = np.full((len(found), int(union.sum())), np.nan)
    for line, here, amounts in zip(values, flags, found):
        line[here[union]] = amounts
    rows, cols = np.nonzero(union)
    return (rows + window.row) * columns + cols + window.col, values


def _around(labels: Labels, margin: int) -> Window:
    """The funnels and some pixels around them."""
    height, width = labels.shape
    rows, cols = (np.flatnonzero((labels > 0).any(axis=axis)) for axis in (1, 0))
    top, bottom = max(int(rows[0]) - margin, 0), min(int(rows[-1]) + 1 + margin, height)
    left, right = max(int(cols[0]) - margin, 0), min(int(cols[-1]) + 1 + margin, width)
    return Window(top, left, bottom - top, right - left)
