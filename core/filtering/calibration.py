"""Amplitudes of several dates brought to one level.

Each date is multiplied by one factor, so that its geometric mean over the pixels that have an
amplitude on every date is the same as on the other dates. The mean of logarithms is not pulled
by the few very bright scatterers, which an arithmetic mean is, and a gain that differs from
date to date is a factor, not an offset.
"""

from __future__ import annotations

import math

import numpy as np

from ..errors import InputError


def has_all_dates(amplitudes: np.ndarray) -> np.ndarray:
    """(rows, cols) bool: finite and above 0 on every date of (M, rows, cols)."""
    valid = np.ones(amplitudes.shape[1:], bool)
    for date in amplitudes:
        valid &= (date > 0) & (date < np.inf)  # NaN is neither
    return valid


def row_log_sums(amplitudes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sums that calibration needs, row by row, so that blocks of rows join without a trace.

    amplitudes : (M, rows, cols); a pixel counts only where every date is finite and above 0.
    Returns the sums of ln(amplitude), (M, rows) float64, and the pixels counted, (rows,) int64.
    """
    valid = has_all_dates(amplitudes)
    sums = np.empty(amplitudes.shape[:2])
    for index, date in enumerate(amplitudes):
        logarithm = np.log(np.where(valid, date, 1.0), dtype=np.float64)
        sums[index] = logarithm.sum(axis=1)
    return sums, valid.sum(axis=1)


def calibration_factors(sums: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Factors (M,) float64 that give every date the same geometric mean; their product is 1.

    sums, counts : of all rows of the image, as `row_log_sums` returns them (joined along rows).
    Raises InputError when no pixel has an amplitude on every date.
    """
    pixels = int(counts.sum())
    if not pixels:
        raise InputError(
            "Amplitudes",
            f"{len(sums)} dates",
            "at least one pixel with an amplitude above 0 on every date",
            "Leave out the dates that are empty or do not cover the area",
        )
    means = np.array([math.fsum(date) for date in sums]) / pixels
    return np.exp(means.mean() - means)


def calibrate_amplitudes(
    amplitudes: np.ndarray, factors: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Calibrated amplitudes (M, rows, cols) float32, missing as NaN, and the factors (M,) float64.

    Missing is what is not finite or not above 0. factors : of the whole image when the
    amplitudes are a block of it; by default they are estimated from these amplitudes.
    """
    if factors is None:
        factors = calibration_factors(*row_log_sums(amplitudes))
    calibrated = np.empty(amplitudes.shape, np.float32)
    for date, factor, target in zip(amplitudes, factors, calibrated):
        np.multiply(date, np.float32(factor), out=target, casting="same_kind")
        target[~((date > 0) & (date < np.inf))] = np.nan
    return calibrated, factors
