"""Mean velocity of a time series and its spread over the images."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]


def slope(years: Float64) -> Float64:
    """(N,) weights s with velocity = s . x: least-squares line with intercept over all dates.

    s sums to zero, so a constant added to the series changes nothing. years : (N,), N at least 2.
    """
    centred = years - years.mean()
    return centred / (centred @ centred)


def spread_over_images(x: Float64, measured: NDArray[np.bool_] | None, years: Float64) -> Float64:
    """(P,) standard deviation of the slope by leaving out one image at a time (jackknife).

    Leaving out image n takes all its pairs away at once, so what pairs share (the atmosphere of
    their images) counts in full. As the other dates keep their displacement when the noise is
    that of images, the slope without date n needs no new inversion:
    v - v_(n) = s_n e_n / (1 - h_n), with residual e_n and leverage h_n of the line
    (Efron & Stein 1981; Miller 1974). The line's residual also holds real non-linear motion.

    x : (N, P) series. measured : (N, P) dates with data, None for all; the others carry
    no information and are left out of the sum. NaN with fewer than three such dates.
    """
    count = len(years)
    if count < 3:
        return np.full(x.shape[1], np.nan)
    centred = years - years.mean()
    s = slope(years)
    leverage = 1.0 / count + centred * s
    velocity = s @ x
    change = x - np.mean(x, axis=0)
    change -= centred[:, None] * velocity
    change *= (s / (1.0 - leverage))[:, None]
    if measured is None:
        images = np.full(x.shape[1], float(count))
    else:
        change *= measured
        images = np.sum(measured, axis=0, dtype=np.float64)
    enough = images >= 3.0
    images = np.where(enough, images, np.nan)
    total = np.sum(change, axis=0)
    change *= change
    squares = np.sum(change, axis=0) - total * total / images
    return np.sqrt(np.maximum(squares, 0.0) * (images - 1.0) / images)
