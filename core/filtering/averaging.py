"""Averages of an interferogram over the homogeneous neighbours."""

from __future__ import annotations

import numpy as np

from . import coherence
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
        samples = selection.count.astype(np.float32) + 1
    else:
        planes = [np.where(there, plane, 0) for plane in planes]
        real, imaginary, samples = neighbour_sums(np.stack([*planes, there]), selection)
    return _means(interferogram, real, imaginary, samples, minimum)


def average_and_coherence(
    interferogram: np.ndarray,
    intensity1: np.ndarray,
    intensity2: np.ndarray,
    selection: Selection,
    minimum: int = 18,
) -> tuple[np.ndarray, np.ndarray]:
    """What `average` and `coherence.shp_coherence` give, from one pass over the neighbours.

    Arguments are theirs. A value that lacks an intensity takes no part in the average either: that makes no
    difference where the intensities are those of the selection's amplitudes. Needs some 90 bytes per pixel.
    """
    check_minimum(minimum)
    check_grid("Interferogram", interferogram, selection.count.shape)
    planes, there = coherence.planes_of(interferogram, intensity1, intensity2)
    sums = neighbour_sums(planes, selection)
    real, imaginary, _, _, samples = sums
    return _means(interferogram, real, imaginary, samples, minimum), coherence.ratio(sums, there)


def _means(
    interferogram: np.ndarray, real: np.ndarray, imaginary: np.ndarray, samples: np.ndarray, minimum: int
) -> np.ndarray:
    """Sums over samples, where there are more than `minimum` beside the pixel, which must have a value itself."""
    result = interferogram.astype(np.complex64)
    smooth = np.isfinite(interferogram) & (samples > minimum + 1)
    result.real[smooth] = real[smooth] / samples[smooth]
    result.imag[smooth] = imaginary[smooth] / samples[smooth]
    return result
