"""Statistics of the rates inside one polygon, and how unevenly it moves."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]

QUANTILES = (0.05, 0.25, 0.75, 0.95)


@dataclass(frozen=True)
class Uneven:
    """Differences of the mean rate between neighbouring cells of side `length` [m].

    largest, q95 [mm/yr over the length]. distortion [urad/yr] : the largest over the length. x, y : between the two
    cells. pairs : neighbours compared. NaN where no two neighbouring cells have points.
    """

    largest: float
    q95: float
    distortion: float
    x: float
    y: float
    pairs: int


@dataclass(frozen=True)
class Rates:
    """Of n rates [mm/yr]; worst : the one farthest from zero, at x, y. NaN where n is 0 (std: below 2)."""

    count: int
    mean: float
    median: float
    std: float
    quantiles: tuple[float, ...]
    minimum: float
    maximum: float
    worst: float
    x: float
    y: float


def rates(value: Float64, x: Float64, y: Float64) -> Rates:
    """Statistics of rates (n,) at places."""
    if not len(value):
        return Rates(0, *(math.nan,) * 3, (math.nan,) * len(QUANTILES), *(math.nan,) * 5)
    worst = int(np.argmax(np.abs(value)))
    return Rates(
        len(value),
        float(value.mean()),
        float(np.median(value)),
        float(value.std(ddof=1)) if len(value) > 1 else math.nan,
        tuple(float(q) for q in np.quantile(value, QUANTILES)),
        float(value.min()),
        float(value.max()),
        float(value[worst]),
        float(x[worst]),
        float(y[worst]),
    )


def uneven(value: Float64, x: Float64, y: Float64, length: float, least: int) -> Uneven:
    """Differential motion over `length` [m] from rates (n,) at metric places.

    Rates are averaged in square cells of that side with at least `least` points, which keeps the noise of single
    points out; cells that share an edge are compared, and the difference is scaled to the length by the distance of
    the mean places of their points.
    """
    nothing = Uneven(*(math.nan,) * 5, 0)
    if len(value) < 2 * least:
        return nothing
    column, row = (np.floor(axis / length).astype(np.int64) for axis in (x, y))
    width = int(np.ptp(column)) + 2  # one empty column keeps rows apart
    cell = (row - row.min()) * width + column - column.min()
    found, place, count = np.unique(cell, return_inverse=True, return_counts=True)
    place = place.reshape(-1)
    means = [np.bincount(place, weights=axis) / count for axis in (value, x, y)]
    full = count >= least
    found, (rate, east, north) = found[full], (mean[full] for mean in means)
    differences, middles = [], []
    for step in (1, width):
        other = np.searchsorted(found, found + step)
        has = other < len(found)
        has[has] = found[other[has]] == found[has] + step
        one, two = np.flatnonzero(has), other[has]
        apart = np.hypot(east[one] - east[two], north[one] - north[two])
        differences.append(np.abs(rate[one] - rate[two]) * length / apart)
        middles.append(np.column_stack([east[one] + east[two], north[one] + north[two]]) / 2.0)
    size, middle = np.concatenate(differences), np.concatenate(middles)
    if not len(size):
        return nothing
    worst = int(np.argmax(size))
    return Uneven(
        float(size[worst]),
        float(np.quantile(size, 0.95)),
        float(size[worst]) / length * 1000.0,
        float(middle[worst, 0]),
        float(middle[worst, 1]),
        len(size),
    )
