"""Averages of an interferogram over the homogeneous neighbours."""

from __future__ import annotations

import numpy as np

from .checks import check_complex, check_grid, check_minimum
from .selection import Selection
from .sums import neighbour_sums


def average(interferogram: np.ndarray, selection: Selection, minimum: int = 18) -> np.ndarray:
    """Mean of each pixel and its homogeneous neighbours, complex64 (rows, cols).

    interferogram : complex64 (rows, cols), missing as NaN; a missing value takes no part.
    A pixel with `minimum` or fewer neighbours (that have a value), and a missing one, stays
    bit for bit what it was. Needs the halo of the selection, and some 60 bytes per pixel.
    """
    check_minimum(minimum)
    check_complex(interferogram)
    check_grid("Interferogram", interferogram, selection.count.shape)
    there = np.isfinite(interferogram)
    planes = [interferogram.real, interferogram.imag]
    if there.all():
        real, imaginary = neighbour_sums(np.stack(planes), selection)
        weights = selection.count.astype(np.float32) + 1
    else:
        planes = [np.where(there, plane, 0) for plane in planes]
        real, imaginary, weights = neighbour_sums(np.stack([*planes, there]), selection)
    result = interferogram.astype(np.complex64)
    smooth = there & (weights > minimum + 1)
    result.real[smooth] = real[smooth] / weights[smooth]
    result.imag[smooth] = imaginary[smooth] / weights[smooth]
    return result
