"""What changes from date to date in a series: high-pass in time, with trend and seasons set aside.

A Gaussian of 90 days alone keeps 35 % of an annual signal. So trend, annual and semi-annual terms are fitted first,
only their residual is split by the Gaussian, and what is high-pass goes on: the fitted terms are never in it.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ...units import DAYS_PER_YEAR

SPARE = 4  # dates beyond the terms of the model
LEAST_DATES = 2 + SPARE

Float64 = NDArray[np.float64]


def harmonics(years: Float64) -> int:
    """Seasonal terms that a series carries: 2 (annual, semi-annual), 1 (annual), or 0 below one year or few dates."""
    if len(years) == 0 or years[-1] - years[0] < 1.0:
        return 0
    return int(np.clip((len(years) - SPARE - 2) // 2, 0, 2))


def model(years: Float64, seasons: int) -> Float64:
    """(N, 2 + 2 seasons) constant, trend, and cosine and sine of each season."""
    centred = years - years.mean()
    columns = [np.ones_like(years), centred]
    for number in range(1, seasons + 1):
        angle = 2.0 * math.pi * number * years
        columns += [np.cos(angle), np.sin(angle)]
    return np.stack(columns, axis=1)


def high_pass(years: Float64, days: float, seasons: int) -> Float64:
    """(N, N) operator (I - T)(I - P): P projects on the model, T is the Gaussian mean of deviation `days`."""
    design = model(years, seasons)
    aside = np.eye(len(years)) - design @ np.linalg.pinv(design)
    lag = (years[:, None] - years) * DAYS_PER_YEAR / days
    weight = np.exp(-0.5 * lag * lag)
    weight /= weight.sum(axis=1, keepdims=True)
    operator: Float64 = (np.eye(len(years)) - weight) @ aside
    return operator


def filtered(
    series: NDArray[np.float32], years: Float64, days: float, operator: Float64
) -> NDArray[np.float32]:
    """(N, P) high-pass of series (N, P); NaN where a date is missing or a pixel has too few dates.

    operator : that of all dates. Pixels that lack some get the operator of their own dates.
    """
    known = np.isfinite(series)
    out = np.full(series.shape, np.nan, np.float32)
    whole = known.all(axis=0)
    out[:, whole] = operator @ series[:, whole].astype(np.float64)
    partial = np.flatnonzero(~whole & (known.sum(axis=0) >= LEAST_DATES))
    if not len(partial):
        return out
    patterns, member = np.unique(known[:, partial], axis=1, return_inverse=True)
    for number, pattern in enumerate(patterns.T):
        pixels = partial[member.ravel() == number]
        own = years[pattern]
        part = high_pass(own, days, harmonics(own)) @ series[np.ix_(pattern, pixels)].astype(np.float64)
        out[np.ix_(pattern, pixels)] = part
    return out
