"""Effective looks: independent samples in an average, not its number of pixels."""

from __future__ import annotations

import numpy as np


def independent_fraction(amplitudes: np.ndarray) -> float:
    """Independent samples per pixel of a stack, 0 to 1, from the speckle's own correlation.

    amplitudes : (M, rows, cols), missing as NaN; two dates at least.
    """
    raise NotImplementedError


def effective_looks(
    count: np.ndarray, minimum: int = 18, fraction: float = 1.0, looks: float = 1.0
) -> np.ndarray:
    """Looks after adaptive averaging, float32: looks * max(1, fraction * (count + 1)).

    count : SHP without the centre; pixels with `minimum` or fewer keep their `looks`.
    """
    raise NotImplementedError
