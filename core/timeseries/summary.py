"""Numbers and thumbnails of one raster, read block by block."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..blocks import Plan
from ..raster import StackReader
from ..stack import Grid, Item

SAMPLE = 2_000_000  # values from which quantiles are taken
PREVIEW = 900  # pixels of a thumbnail's longer side

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Summary:
    """Statistics over the valid pixels; NaN when there is none.

    `sample` holds all values, or evenly spaced ones where there are more than two million.
    `preview` is the raster thinned to at most 900 pixels a side, every `step`-th row and column.
    """

    count: int
    minimum: float
    maximum: float
    mean: float
    sample: NDArray[np.float32]
    preview: NDArray[np.float32]
    step: int

    def quantile(self, share: float) -> float:
        """Quantile of the sample."""
        return float(np.quantile(self.sample, share)) if self.sample.size else math.nan


def summarize_raster(reader: StackReader, item: Item, grid: Grid, steps: Plan) -> Summary:
    """Read a raster once from top to bottom; the answer does not depend on the blocks."""
    step = max(1, math.ceil(max(grid.shape) / PREVIEW))
    stride = max(1, math.ceil(grid.width * grid.height / SAMPLE))
    count, total = 0, []
    low, high = math.inf, -math.inf
    sample, preview = [], []
    for window in steps.blocks:
        values = reader.read(item, window)
        first = window.row * grid.width
        taken = values.ravel()[(-first) % stride :: stride]
        sample.append(taken[np.isfinite(taken)])
        preview.append(values[(-window.row) % step :: step, ::step])
        for row in values:
            valid = row[np.isfinite(row)]
            if valid.size:
                count += valid.size
                total.append(float(valid.sum(dtype=np.float64)))
                low, high = min(low, float(valid.min())), max(high, float(valid.max()))
    mean = math.fsum(total) / count if count else math.nan
    return Summary(
        count,
        low if count else math.nan,
        high if count else math.nan,
        mean,
        np.concatenate(sample),
        np.concatenate(preview),
        step,
    )


def round_up(value: float) -> float:
    """The next 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten: ends of colour scales."""
    if not (math.isfinite(value) and value > 0):
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    for factor in (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0):
        if value <= factor * power * (1 + 1e-9):
            return factor * power
    return 10.0 * power


def rates(years: Float64, series: Float64) -> Float64:
    """Least-squares slope of each row of `series` (A, N) against `years` (N,), with intercept; NaN if any is."""
    centred = years - years.mean()
    return (series * centred).sum(axis=-1) / (centred @ centred)
