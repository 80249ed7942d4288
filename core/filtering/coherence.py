"""Coherence magnitude in a boxcar window or over homogeneous neighbours.

    |sum z| / sqrt(sum I1  sum I2),   z = s1 conj(s2),  I1 = |s1|^2,  I2 = |s2|^2

(Touzi et al. 1999, eq. 3; over homogeneous neighbours as Ferretti et al. 2011.) Where only z is known,
|z| may stand for both intensities: that is the coherence of the phases weighted by amplitude.

The magnitude of a sample coherence is biased: for L independent samples without any coherence
its mean is about sqrt(pi / (4 L)), not 0, and it needs the phase to be even over the window: a
fringe lowers it. `bias.unbiased` takes the first out; a model of the fringes must be
removed from z beforehand for the second.
"""

from __future__ import annotations

import numpy as np

from .checks import check_complex, check_grid
from .neighbourhood import Neighbourhood
from .selection import Selection
from .sums import neighbour_sums


def boxcar_coherence(
    interferogram: np.ndarray, intensity1: np.ndarray, intensity2: np.ndarray, window: Neighbourhood
) -> np.ndarray:
    """Coherence in a window clipped at the edges, float32 (rows, cols), 0 to 1.

    interferogram : complex64 (rows, cols) z = s1 conj(s2), before filtering; missing as NaN.
    intensity1, intensity2 : |s1|^2 and |s2|^2, float32 (rows, cols), in the units of z.
    NaN where the pixel itself is missing, and where it is alone: one sample has coherence 1
    by construction. A block needs `window.halo` rows more on either side.
    """
    window.validate()
    planes, there = planes_of(interferogram, intensity1, intensity2)
    return ratio(_window_sums(_window_sums(planes, 2, window.columns), 1, window.rows), there)


def shp_coherence(
    interferogram: np.ndarray, intensity1: np.ndarray, intensity2: np.ndarray, selection: Selection
) -> np.ndarray:
    """As `boxcar_coherence`, over each pixel and its homogeneous neighbours.

    Pixels without any neighbour are NaN. Needs the halo of the selection, and some 85 bytes per pixel.
    """
    check_grid("Interferogram", interferogram, selection.count.shape)
    planes, there = planes_of(interferogram, intensity1, intensity2)
    return ratio(neighbour_sums(planes, selection), there)


def planes_of(
    interferogram: np.ndarray, intensity1: np.ndarray, intensity2: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """What is summed, (5, rows, cols) float32: z (real, imaginary), I1, I2, and 1 where all are there.

    Also returns (rows, cols) bool, where all are there.
    """
    check_complex(interferogram)
    check_grid("First intensity", intensity1, interferogram.shape, "interferogram")
    check_grid("Second intensity", intensity2, interferogram.shape, "interferogram")
    there = np.isfinite(interferogram) & np.isfinite(intensity1) & np.isfinite(intensity2)
    planes = np.zeros((5, *interferogram.shape), np.float32)
    parts = (interferogram.real, interferogram.imag, intensity1, intensity2, there)
    for part, plane in zip(parts, planes):
        np.copyto(plane, part, where=there, casting="same_kind")
    return planes, there


def _window_sums(planes: np.ndarray, axis: int, size: int) -> np.ndarray:
    """Sums over `size` places centred on each place along one axis, clipped at both ends.

    Adds the places in order. Running sums would be faster, but their rounding depends on where a block begins.
    """
    source = np.moveaxis(planes, axis, 0)
    sums = np.zeros_like(planes)
    target = np.moveaxis(sums, axis, 0)
    length = len(source)
    for shift in range(-(size // 2), size // 2 + 1):
        first, last = max(0, -shift), min(length, length - shift)
        if first < last:
            target[first:last] += source[first + shift : last + shift]
    return sums


def ratio(sums: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Coherence from the sums of `planes_of`; NaN where not `there`, and of a single sample."""
    real, imaginary, energy1, energy2, samples = sums
    energy = np.sqrt(energy1) * np.sqrt(energy2)
    known = there & (samples > 1) & (energy > 0)
    coherence = np.full(real.shape, np.nan, np.float32)
    np.divide(np.hypot(real, imaginary), energy, out=coherence, where=known)
    return np.minimum(coherence, 1)
