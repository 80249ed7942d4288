"""How well the pairs of a pixel, an interferogram and a date agree with the inverted series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .matrix import Network

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """Residuals of P pixels summed up.

    weighted : (P,) sum of w r^2. squares : (P,) sum of r^2 [rad^2].
    coherence : (P,) |sum exp(j r)| over the valid pairs, not divided.
    pair_squares : (M,) sum of r^2 of the pixels of each pair [rad^2].
    """

    weighted: Float64
    squares: Float64
    coherence: Float64
    pair_squares: Float64


def residuals(y: Float64, valid: NDArray[np.bool_], x: Float64, network: Network) -> Float64:
    """(M, P) pair phase minus that of the series [rad]; 0 where missing."""
    residual = x[network.earlier]
    residual -= x[network.later]
    residual += y
    residual *= valid
    return residual


def fit(residual: Float64, valid: NDArray[np.bool_], weight: Float64 | None) -> Fit:
    """Sums over the residuals (M, P), 0 where missing; weight None: all 1."""
    # A missing pair has residual 0, hence cosine 1 and sine 0. Single precision is ample here.
    angle = residual.astype(np.float32)
    missing = len(residual) - np.sum(valid, axis=0)
    real = np.sum(np.cos(angle), axis=0, dtype=np.float64) - missing
    imaginary = np.sum(np.sin(angle), axis=0, dtype=np.float64)
    square = residual * residual
    squares = np.sum(square, axis=0)
    pair_squares = np.sum(square, axis=1)
    if weight is None:
        weighted = squares
    else:
        square *= weight
        weighted = np.sum(square, axis=0)
    return Fit(weighted, squares, np.hypot(real, imaginary), pair_squares)


def pair_rms(sumsq: Float64, count: Float64) -> Float64:
    """(M,) residual RMS of each interferogram [rad]; NaN without pixels."""
    return np.sqrt(np.divide(sumsq, count, out=np.full(len(sumsq), np.nan), where=count > 0))


def date_rms(network: Network, sumsq: Float64, count: Float64) -> Float64:
    """(N,) residual RMS over all pairs of each date [rad]; NaN without pixels."""
    total = np.zeros((2, network.N))
    for end in (network.earlier, network.later):
        np.add.at(total[0], end, sumsq)
        np.add.at(total[1], end, count)
    return pair_rms(total[0], total[1])
