"""How subsidence grows in time: functions of the years since the extraction, 0 before it and 1 in the end.

knothe      1 - exp(-c t)                 c [1/yr] (Knothe 1953: dW/dt = c (W_final - W))
weibull     1 - exp(-(t / T)^kappa)       T [yr], kappa [-]; the same as 1 - exp(-a t^kappa) with a = T^-kappa
linear      the extracted share itself    no delay: static PIM

An area that is extracted from one date to another moves by the mean of its growth over the times of its extraction.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

QUADRATURE = 24  # nodes over the time of extraction; the Weibull function has a cusp at its start

_GAUSS = np.polynomial.legendre.leggauss(QUADRATURE)

Float64 = NDArray[np.float64]


def knothe(years: Float64, rate: float) -> Float64:
    """Growth since an extraction at time 0; rate c [1/yr]."""
    return -np.expm1(-rate * np.maximum(years, 0.0))


def weibull(years: Float64, scale: float, shape: float) -> Float64:
    """Growth since an extraction at time 0; scale T [yr] has 63 % behind it, shape kappa [-] above 1 starts slowly."""
    return -np.expm1(-((np.maximum(years, 0.0) / scale) ** shape))


def extracted(years: Float64, start: float, end: float) -> Float64:
    """Share extracted at each time when the extraction goes on evenly from start to end [yr]."""
    if end <= start:
        return (years >= start).astype(np.float64)
    return np.clip((years - start) / (end - start), 0.0, 1.0)


def knothe_over(years: Float64, start: float, end: float, rate: float) -> Float64:
    """Mean Knothe growth of an area that is extracted evenly from start to end [yr]; closed form."""
    if end <= start:
        return knothe(years - start, rate)
    done = np.clip(years, start, end)
    since_first = np.maximum(years - start, 0.0)
    since_last = np.maximum(years - done, 0.0)
    delayed = (np.exp(-rate * since_last) - np.exp(-rate * since_first)) / rate
    return ((done - start) - delayed) / (end - start)


def growth_over(years: Float64, start: float, end: float, growth: Callable[[Float64], Float64]) -> Float64:
    """Mean growth of an area that is extracted evenly from start to end [yr], by quadrature.

    growth takes the years since an extraction. Each time has nodes of its own between start and itself.
    """
    if end <= start:
        return growth(years - start)
    place, weight = _GAUSS
    length = np.clip(years, start, end) - start
    at = start + 0.5 * (place[:, None] + 1.0) * length
    return 0.5 * (weight @ growth(years - at)) * length / (end - start)
