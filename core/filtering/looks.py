"""Effective looks: independent samples in an average, not its number of pixels.

Pixels closer than the resolution share speckle. The looks of an average of N pixels with the
correlations r of their speckle are N^2 / sum over all pairs |r|^2, which for N pixels that hang
together is about N / sum over all lags |r(lag)|^2: the sum is the number of pixels per
independent sample. At the rim of a set pixels have fewer correlated neighbours, so a small
set has some more looks than this says: it errs to the safe side.
"""

from __future__ import annotations

import numpy as np

from ..errors import InputError
from .calibration import has_all_dates

REACH = 3  # pixels: farther apart, speckle of real sensors does not correlate
BACKGROUND = (5, 6)  # lags (pixels) that show what correlates over the whole scene


def independent_fraction(amplitudes: np.ndarray) -> float:
    """Independent samples per pixel of a stack, above 0 to 1, from the speckle's own correlation.

    amplitudes : (M, rows, cols) float32, calibrated, missing as NaN; two dates at least, and some
    hundred thousand values for 1 %. They are held several times: give a part of a large scene.

    The intensity over its mean in time has the speckle's |r|^2 as correlation, without the scene's
    texture. The response of a radar is a product of range and azimuth, so lags along rows and along
    columns are enough. What correlates beyond the resolution (weather, a calibration left over) is
    taken off as the mean at lags 5 and 6.
    """
    dates, rows, columns = amplitudes.shape
    if dates < 2 or min(rows, columns) <= max(BACKGROUND):
        raise InputError(
            "Amplitudes",
            f"{dates} x {rows} x {columns} (dates x rows x columns)",
            f"two dates and {max(BACKGROUND) + 1} x {max(BACKGROUND) + 1} pixels or more",
        )
    valid = has_all_dates(amplitudes)
    intensity = np.square(np.where(valid, amplitudes, 0), dtype=np.float32)
    mean = intensity.mean(axis=0)
    speckle = np.where(valid, intensity / np.where(valid, mean, 1) - 1, 0).astype(np.float32)
    pixels_per_sample = _samples(speckle, valid, 1) * _samples(speckle, valid, 2)
    return float(1 / max(1.0, pixels_per_sample))


def _samples(speckle: np.ndarray, valid: np.ndarray, axis: int) -> float:
    """Pixels per independent sample along one axis: the sum of |r|^2 over all lags."""
    background = np.mean([_correlation(speckle, valid, axis, lag) for lag in BACKGROUND])
    near = np.array([_correlation(speckle, valid, axis, lag) for lag in range(1, REACH + 1)])
    return float(1 + 2 * ((near - background) / (1 - background)).sum()) if background < 1 else 1.0


def _correlation(speckle: np.ndarray, valid: np.ndarray, axis: int, lag: int) -> float:
    """Correlation of speckle (M, rows, cols) with itself `lag` pixels on; 0 where it does not vary."""
    size = speckle.shape[axis]
    first, second = (np.take(speckle, range(start, start + size - lag), axis) for start in (0, lag))
    both = np.logical_and(*(np.take(valid, range(start, start + size - lag), axis - 1) for start in (0, lag)))
    one, two = first[:, both], second[:, both]
    product, energy1, energy2 = (
        np.einsum("tp,tp->", a, b, dtype=np.float64) for a, b in ((one, two), (one, one), (two, two))
    )
    norm = np.sqrt(energy1 * energy2)
    return float(product / norm) if norm > 0 else 0.0


def effective_looks(
    count: np.ndarray, minimum: int = 18, fraction: float = 1.0, looks: float = 1.0
) -> np.ndarray:
    """Looks after adaptive averaging, float32: looks * max(1, fraction * (count + 1)).

    count : SHP without the centre; pixels with `minimum` or fewer keep their `looks`.
    fraction : independent samples per pixel, as `independent_fraction` estimates.
    """
    averaged = np.maximum(1, fraction * (count.astype(np.float32) + 1))
    return (looks * np.where(count > minimum, averaged, 1)).astype(np.float32)
