"""How well two sets of values of the same places agree."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]
NORMAL = 1.4826  # makes the median absolute deviation of normal errors their standard deviation


@dataclass(frozen=True)
class Agreement:
    """Statistics of two sets; differences are first minus second, in the unit of the values.

    mean, std (divisor n - 1), median, nmad (1.4826 median |d - median|), rmse of the differences.
    pearson, spearman : correlations. slope, intercept : least-squares line of second on first. orthogonal : slope of
    the line with the smallest orthogonal distances, right when both have errors of one size. NaN where undefined.
    """

    count: int
    mean: float
    std: float
    median: float
    nmad: float
    rmse: float
    pearson: float
    spearman: float
    slope: float
    intercept: float
    orthogonal: float


def agreement(first: Float64, second: Float64) -> Agreement:
    """Compare finite values (n,) of the same places."""
    difference = first - second
    median = float(np.median(difference))
    several = len(difference) > 1
    pearson = spearman = slope = orthogonal = math.nan
    if several:
        covariance = np.cov(first, second)
        (xx, xy), (_, yy) = covariance.tolist()
        if xx > 0 and yy > 0:
            pearson = xy / math.sqrt(xx * yy)
            spearman = _correlation(_ranks(first), _ranks(second))
        if xx > 0:
            slope = xy / xx
            orthogonal = _orthogonal(xx, xy, yy)
    return Agreement(
        len(difference),
        float(difference.mean()),
        float(difference.std(ddof=1)) if several else math.nan,
        median,
        NORMAL * float(np.median(np.abs(difference - median))),
        float(np.sqrt(np.mean(difference**2))),
        pearson,
        spearman,
        slope,
        float(second.mean() - slope * first.mean()),
        orthogonal,
    )


def _orthogonal(xx: float, xy: float, yy: float) -> float:
    """Slope of the first principal axis (Deming regression with equal errors); NaN when no direction stands out."""
    if xy == 0.0:
        return 0.0 if xx > yy else math.nan
    return (yy - xx + math.hypot(yy - xx, 2.0 * xy)) / (2.0 * xy)


def _ranks(values: Float64) -> Float64:
    from scipy.stats import rankdata

    return np.asarray(rankdata(values), np.float64)


def _correlation(first: Float64, second: Float64) -> float:
    return float(np.corrcoef(first, second)[0, 1])
