"""Uncertainty of a subsided volume from the noise of the ground that stands still, its spatial correlation included.

With the covariance C(h) of the noise at distance h, and n(h) the number of pixel pairs of the summed area at the
lag h, the variance of the sum is F0^2 times the sum over all lags of n(h) C(h): exact for stationary noise. Summing
the variances of pixels alone would be too small by the number of pixels that share their noise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]
Flags = NDArray[np.bool_]

MIN_PIXELS = 100
MAX_LAG = 60  # pixels
_NEGLIGIBLE = 0.02  # of the variance: beyond the first lag below it the sampled covariance is noise itself


@dataclass(frozen=True)
class Covariance:
    """Covariance of the noise: `values` [m2] at the lags 0, 1, 2 ... times `step` [m]; 0 beyond."""

    values: Float64
    step: float

    @property
    def std(self) -> float:
        """Standard deviation of a pixel [m]."""
        return float(np.sqrt(self.values[0]))

    def at(self, distance: Float64) -> Float64:
        """Covariance [m2] at distances [m], any shape."""
        place = np.rint(distance / self.step).astype(np.intp)
        return np.append(self.values, 0.0)[np.minimum(place, len(self.values))]


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
    step = max(size)
    place = np.rint(_distances(lag, size) / step).astype(np.intp)
    inside = place <= lag
    total = np.bincount(place[inside], products[inside], lag + 1)
    count = np.bincount(place[inside], pairs[inside], lag + 1)
    covariance = np.divide(total, count, out=np.zeros(lag + 1), where=count > 0)
    small = np.flatnonzero(covariance <= _NEGLIGIBLE * covariance[0])
    return Covariance(covariance[: small[0]] if len(small) and small[0] else covariance[:1], step)


def volume_std(covariance: Covariance, counted: Flags, size: tuple[float, float], area: float) -> float:
    """Standard deviation [m3] of the volume summed over the flagged pixels of a window; `area` of a pixel [m2]."""
    rows, cols = np.flatnonzero(counted.any(axis=1)), np.flatnonzero(counted.any(axis=0))
    if not len(rows):
        return 0.0
    part = counted[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1].astype(np.float64)
    lag = len(covariance.values) * int(np.ceil(max(size) / min(size)))
    pairs = np.rint(_autocorrelation(part, lag))
    variance = float((pairs * covariance.at(_distances(lag, size))).sum())
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
