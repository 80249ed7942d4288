"""Amplitudes of several dates brought to one level."""

from __future__ import annotations

import numpy as np


def row_log_sums(amplitudes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sums that calibration needs, row by row, so that blocks of rows join without a trace.

    amplitudes : (M, rows, cols); a pixel counts only where every date is finite and above 0.
    Returns the sums of ln(amplitude), (M, rows) float64, and the pixels counted, (rows,) int64.
    """
    raise NotImplementedError


def calibration_factors(sums: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Factors (M,) float64 that give every date the same geometric mean; their product is 1.

    sums, counts : of all rows of the image, as `row_log_sums` returns them (joined along rows).
    Raises InputError when no pixel has an amplitude on every date.
    """
    raise NotImplementedError


def calibrate_amplitudes(
    amplitudes: np.ndarray, factors: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Calibrated amplitudes (M, rows, cols) float32, missing as NaN, and the factors (M,) float64.

    Missing is what is not finite or not above 0. factors : of the whole image when the
    amplitudes are a block of it; by default they are estimated from these amplitudes.
    """
    raise NotImplementedError
