"""Interferogram and coherence of two coregistered images, averaged over looks."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Complex64 = NDArray[np.complex64]
Float32 = NDArray[np.float32]
LEAST_KNOWN = 0.5  # of the pixels of a cell


def interferogram(
    first: Complex64, second: Complex64, looks: tuple[int, int], window: int
) -> tuple[Complex64, Float32]:
    """Mean of first x conj(second) over cells, and the coherence over a window of cells.

    first, second : complex64 (rows, columns), missing as NaN; rows and columns that do not fill a cell are left out.
    Returns complex64 and float32 of (rows // looks[0], columns // looks[1]).

    Coherence is |sum z| / sqrt(sum I1 sum I2) over window x window cells, clipped at the edges (Touzi et al. 1999, eq.
    3). It is biased: without any coherence its mean is sqrt(pi / (4 L)), L the independent pixels of the window. Cells
    with fewer than half their pixels are NaN in both.
    """
    known = np.isfinite(first) & np.isfinite(second)
    one, two = np.where(known, first, 0.0), np.where(known, second, 0.0)
    count = cells(known, looks)
    planes = [cells(plane, looks) for plane in _products(one, two)]
    enough = count >= LEAST_KNOWN * looks[0] * looks[1]
    mean = np.full(count.shape, complex(np.nan, np.nan), np.complex64)
    mean.real[enough], mean.imag[enough] = (plane[enough] / count[enough] for plane in planes[:2])
    real, imaginary, first_power, second_power = (
        _window_sums(np.where(enough, plane, 0.0), window) for plane in planes
    )
    power = first_power * second_power
    coherence = np.full(count.shape, np.nan, np.float32)
    usable = enough & (power > 0.0)
    coherence[usable] = np.hypot(real[usable], imaginary[usable]) / np.sqrt(power[usable])
    return mean, np.minimum(coherence, np.float32(1.0))


def cells(values: NDArray[Any], looks: tuple[int, int]) -> NDArray[Any]:
    """Sums over whole cells, in double precision."""
    rows, columns = values.shape[0] // looks[0], values.shape[1] // looks[1]
    cut = values[: rows * looks[0], : columns * looks[1]].reshape(rows, looks[0], columns, looks[1])
    kind = np.complex128 if np.iscomplexobj(values) else np.float64
    return np.asarray(cut.sum(axis=(1, 3), dtype=kind))


def middles(values: NDArray[Any], looks: tuple[int, int]) -> NDArray[np.float64]:
    """Values at the middles of whole cells; where a middle falls between pixels, the mean of those beside it."""
    beside = [sorted({(count - 1) // 2, count // 2}) for count in looks]
    found = [values[row :: looks[0], column :: looks[1]] for row in beside[0] for column in beside[1]]
    return np.asarray(np.mean(found, axis=0, dtype=np.float64), np.float64)


def _products(one: Complex64, two: Complex64) -> tuple[NDArray[Any], ...]:
    """Real and imaginary part of one x conj(two), and the two powers.

    From real numbers, because numpy's complex product may round differently at the end of an array.
    """
    a, b, c, d = one.real, one.imag, two.real, two.imag
    return a * c + b * d, b * c - a * d, a * a + b * b, c * c + d * d


def _window_sums(plane: NDArray[Any], window: int) -> NDArray[np.float64]:
    """Sums over window x window, clipped at the edges; each sum by itself, so that blocks give the same bytes."""
    half = window // 2
    total = np.asarray(plane, np.float64)
    for axis in range(2):
        padded = np.pad(total, [(half, half) if this == axis else (0, 0) for this in range(2)])
        total = np.asarray(sum(_shifted(padded, axis, step, total.shape[axis]) for step in range(window)))
    return total


def _shifted(padded: NDArray[Any], axis: int, step: int, size: int) -> NDArray[Any]:
    return padded[step : step + size] if axis == 0 else padded[:, step : step + size]
