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


def spread_over_images(
    x: Float64,
    measured: NDArray[np.bool_] | None,
    years: Float64,
    removed: tuple[Float64, Float64] | None = None,
) -> Float64:
    """(P,) standard deviation of the slope by leaving out one image at a time (jackknife).

    Leaving out image n takes all its pairs away at once, so what pairs share (the atmosphere of
    their images) counts in full. As the other dates keep their displacement when the noise is
    that of images, the slope without date n needs no new inversion:
    v - v_(n) = s_n e_n / (1 - h_n), with residual e_n and leverage h_n of the line
    (Efron & Stein 1981; Miller 1974). The line's residual also holds real non-linear motion. It does
    not hold the noise of single pairs, which wanders along the series: that one's share of the
    variance, known from the pair residuals, is to be added.

    x : (N, P) series. measured : (N, P) dates with data, None for all; the others take no part.
    removed : (f, c) when f (N, P or 1) times a coefficient has been removed from x, which would change
    by c (N, P) with image n: then v - v_(n) loses c_n times the slope of f without image n.
    NaN with fewer than three such dates.
    """
    if measured is None:
        centred = (years - years.mean())[:, None]
        images = np.array([float(len(years))])
    else:
        centred = _centred(years, measured)
        images = np.sum(measured, axis=0, dtype=np.float64)
    enough = images >= 3.0
    images = np.where(enough, images, np.nan)
    square = np.sum(centred * centred, axis=0)
    s = centred / np.where(square > 0.0, square, 1.0)
    share = s / (1.0 - 1.0 / images - centred * s)
    change = _off_the_line(x, measured, centred, s)
    change *= share
    if removed is not None:
        factor, grown = removed
        change -= grown * (np.sum(s * factor, axis=0) - share * _off_the_line(factor, measured, centred, s))
    total = np.sum(change, axis=0)
    change *= change
    squares = np.sum(change, axis=0) - total * total / images
    return np.sqrt(np.maximum(squares, 0.0) * (images - 1.0) / images)


def _off_the_line(
    x: Float64, measured: NDArray[np.bool_] | None, centred: Float64, slope: Float64
) -> Float64:
    """(N, P) residuals of the line through the measured dates; 0 at the others."""
    if measured is None:
        residual = x - np.mean(x, axis=0)
        residual -= centred * (slope[:, 0] @ x)
        return residual
    residual = (x - np.sum(x * measured, axis=0) / np.maximum(np.sum(measured, axis=0), 1)) * measured
    residual -= centred * np.sum(slope * residual, axis=0)
    return residual


def _centred(years: Float64, measured: NDArray[np.bool_]) -> Float64:
    """(N, P) time minus its mean over each pixel's dates with data; 0 at the others."""
    count = np.maximum(np.sum(measured, axis=0), 1)
    return (years[:, None] - years @ measured / count) * measured
