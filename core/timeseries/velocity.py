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


def slope_of_measured(years: Float64, measured: NDArray[np.bool_]) -> Float64:
    """(N, P) weights as `slope`, of each pixel over its own dates with data; 0 at the others.

    What fills dates without data is not motion: a pixel whose signal is lost halfway would seem to
    slow down. measured : (N, P). All 0 with fewer than two such dates.
    """
    centred = _centred(years, measured)
    square = np.sum(centred * centred, axis=0)
    return centred / np.where(square > 0.0, square, 1.0)


def spread_over_images(x: Float64, measured: NDArray[np.bool_] | None, years: Float64) -> Float64:
    """(P,) standard deviation of the slope by leaving out one image at a time (jackknife).

    Leaving out image n takes all its pairs away at once, so what pairs share (the atmosphere of
    their images) counts in full. As the other dates keep their displacement when the noise is
    that of images, the slope without date n needs no new inversion:
    v - v_(n) = s_n e_n / (1 - h_n), with residual e_n and leverage h_n of the line
    (Efron & Stein 1981; Miller 1974). The line's residual also holds real non-linear motion.

    x : (N, P) series. measured : (N, P) dates with data, None for all; the others take no part.
    NaN with fewer than three such dates.
    """
    if measured is None:
        centred = (years - years.mean())[:, None]
        images = np.full(x.shape[1], float(len(years)))
        change = x - np.mean(x, axis=0)
    else:
        centred = _centred(years, measured)
        images = np.sum(measured, axis=0, dtype=np.float64)
        change = x - np.sum(x * measured, axis=0) / np.maximum(images, 1.0)
        change *= measured
    enough = images >= 3.0
    images = np.where(enough, images, np.nan)
    square = np.sum(centred * centred, axis=0)
    s = centred / np.where(square > 0.0, square, 1.0)
    change -= centred * np.sum(s * change, axis=0)
    change *= s / (1.0 - 1.0 / images - centred * s)
    total = np.sum(change, axis=0)
    change *= change
    squares = np.sum(change, axis=0) - total * total / images
    return np.sqrt(np.maximum(squares, 0.0) * (images - 1.0) / images)


def _centred(years: Float64, measured: NDArray[np.bool_]) -> Float64:
    """(N, P) time minus its mean over each pixel's dates with data; 0 at the others."""
    count = np.maximum(np.sum(measured, axis=0), 1)
    return (years[:, None] - years @ measured / count) * measured
