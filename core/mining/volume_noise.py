"""Uncertainty of a subsided volume from the noise of the ground that stands still, its spatial correlation included.

With the covariance C(h) of the noise at distance h, and n(h) the number of pixel pairs of the summed area at the
lag h, the variance of the sum is F0^2 times the sum over all lags of n(h) C(h): exact for stationary noise. Summing
the variances of pixels alone would be too small by the number of pixels that share their noise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..stack import Stack
from ..timeseries.reference_record import recall

Float64 = NDArray[np.float64]
Flags = NDArray[np.bool_]

MIN_PIXELS = 100
MAX_LAG = 60  # pixels
_NEGLIGIBLE = 0.02  # of the variance: beyond the first lag below it the sampled covariance is noise itself


@dataclass(frozen=True)
class Covariance:
    """Covariance of the noise [m2] at the distances 0, 1, 2 ... times the larger pixel side; 0 beyond."""

    values: Float64

    @property
    def std(self) -> float:
        """Standard deviation of a pixel [m]."""
        return float(np.sqrt(self.values[0]))


def noise_covariance(noise: Float64, stable: Flags, size: tuple[float, float]) -> Covariance | None:
    """Covariance by distance of S [m] over the stable pixels of a window (rows, columns), mean removed.

    size : ground size (east, north) of a pixel [m]. None with fewer than 100 stable pixels.
    """
    stable = stable & np.isfinite(noise)
    if stable.sum() < MIN_PIXELS:
        return None
    values = np.where(stable, noise - noise[stable].mean(), 0.0)
    lag = min(MAX_LAG, min(noise.shape) - 1)
    pairs = np.rint(_autocorrelation(stable.astype(np.float64), lag))
    products = _autocorrelation(values, lag)
    place = np.rint(_distances(lag, size) / max(size)).astype(np.intp)
    inside = place <= lag
    total = np.bincount(place[inside], products[inside], lag + 1)
    count = np.bincount(place[inside], pairs[inside], lag + 1)
    covariance = np.divide(total, count, out=np.zeros(lag + 1), where=count > 0)
    small = np.flatnonzero(covariance <= _NEGLIGIBLE * covariance[0])
    return Covariance(covariance[: small[0]] if len(small) and small[0] else covariance[:1])


def gains(
    s: Float64, threshold: float, std: float, last: Float64 | None = None, last_std: float = 0.0
) -> Float64:
    """How much of a pixel's noise reaches the sum of the pixels beyond a threshold, any shape; 1 far beyond it.

    A pixel close to the threshold counts or not by the noise itself, which moves the sum by all of its S. The gain is
    the standard deviation of X 1[X > threshold] for X normal around `s` with `std` [m], over `std`. With `last`, S at
    the date that decides who counts, that of X 1[L > threshold] with independent L around `last` with `last_std`.
    """
    from scipy.special import ndtr

    if not std > 0:
        return np.asarray(np.nan_to_num(s if last is None else last, nan=-np.inf) > threshold, np.float64)
    if last is None:
        z = (s - threshold) / std
        chance, density = ndtr(z), np.exp(-0.5 * z**2) / np.sqrt(2.0 * np.pi)
        mean = s * chance + std * density
        variance = (s**2 + std**2) * chance + std * (s + threshold) * density - mean**2
    else:
        chance = (
            ndtr((last - threshold) / last_std) if last_std > 0 else (last > threshold).astype(np.float64)
        )
        variance = chance * std**2 + chance * (1.0 - chance) * s**2
    return np.asarray(np.nan_to_num(np.sqrt(np.maximum(variance, 0.0))) / std, np.float64)


def responses(s: Float64, threshold: float, std: float, deciding: bool = True) -> Float64:
    """Change of a pixel's expected part of the sum per change of the reference, any shape; 1 far beyond the threshold.

    s [m], with noise of `std` [m], at the date that decides who counts. There a change also lifts pixels over the
    threshold, which adds all of their S; at other dates (deciding=False) it does not.
    """
    from scipy.special import ndtr

    if not std > 0:
        return np.asarray(np.nan_to_num(s, nan=-np.inf) > threshold, np.float64)
    z = (np.nan_to_num(s, nan=-np.inf) - threshold) / std
    lifted = threshold / std * np.exp(-0.5 * z**2) / np.sqrt(2.0 * np.pi) if deciding else 0.0
    return np.asarray(ndtr(z) + lifted, np.float64)


def lag_counts(weights: NDArray, size: tuple[float, float]) -> Float64:
    """Sums of products of pixel weights by distance, in steps of the larger pixel side, up to 60 of them: (61,).

    With the weight 1 for the pixels of an area, the numbers of their pairs.
    """
    used = weights > 0
    rows, cols = np.flatnonzero(used.any(axis=1)), np.flatnonzero(used.any(axis=0))
    if not len(rows):
        return np.zeros(MAX_LAG + 1)
    part = weights[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1].astype(np.float64)
    lag = MAX_LAG * int(np.ceil(max(size) / min(size)))
    place = np.rint(_distances(lag, size) / max(size)).astype(np.intp)
    inside = place <= MAX_LAG
    sums = np.bincount(place[inside], _autocorrelation(part, lag)[inside], MAX_LAG + 1)
    return np.asarray(sums, np.float64)


def reference_counts(stack: Stack, size: tuple[float, float]) -> Float64:
    """What the covariance at each distance adds to the variance of the reference, (61,); 0 where none is recorded.

    size : ground size (east, north) of a pixel [m]. The medians that set a reference are taken for means, and areas for
    far from each other and from the ground that is summed.
    """
    areas, weights, _ = recall(stack)
    counts = np.zeros(MAX_LAG + 1)
    for area, weight in zip(areas, weights):
        rows, cols = area.rows - area.rows.min(), area.cols - area.cols.min()
        part = np.zeros((int(rows.max()) + 1, int(cols.max()) + 1))
        part[rows, cols] = weight / len(area.rows)
        counts += lag_counts(part, size)
    return counts


def reference_std(counts: Float64, covariance: Covariance) -> float:
    """Standard deviation [m] that the noise of the reference gives all pixels together; counts : `reference_counts`."""
    variance = float(counts[: len(covariance.values)] @ covariance.values)
    return float(np.sqrt(max(variance, 0.0)))


def volume_std(covariance: Covariance, weights: NDArray, size: tuple[float, float], area: float) -> float:
    """Standard deviation [m3] of the volume summed over the pixels of a map with their weights (1: counts).

    size : ground size (east, north) of a pixel [m]. area : of a pixel [m2].
    """
    counts = lag_counts(weights, size)
    variance = float(counts[: len(covariance.values)] @ covariance.values)
    return area * float(np.sqrt(max(variance, 0.0)))


def _autocorrelation(values: Float64, lag: int) -> Float64:
    """Sums of products at the lags -lag .. lag in both directions, shape (2 lag + 1, 2 lag + 1)."""
    shape = tuple(length + lag for length in values.shape)
    power = np.abs(np.fft.rfft2(values, shape)) ** 2
    whole = np.fft.irfft2(power, shape)
    steps = np.arange(-lag, lag + 1)
    out = np.zeros((len(steps), len(steps)))
    reach = [np.abs(steps) < length for length in values.shape]
    out[np.ix_(*reach)] = whole[np.ix_(steps[reach[0]], steps[reach[1]])]
    return out


def _distances(lag: int, size: tuple[float, float]) -> Float64:
    steps = np.arange(-lag, lag + 1, dtype=np.float64)
    return np.hypot(steps[:, None] * size[1], steps[None, :] * size[0])
