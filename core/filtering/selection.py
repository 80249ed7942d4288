"""Statistically homogeneous pixels (SHP) around every pixel.

Two pixels are homogeneous when a two-sample test of their M amplitudes does not tell them
apart. Both tests are one comparison of bounds, planes (h, pixels) prepared once:
pixels p and q differ if and only if low_i(p) > high_i(q) or low_i(q) > high_i(p) for some i.

ks : a are the M amplitudes sorted; low_i = a[i], high_i = a[i + k - 1], i = 0 ... M - k. For
    sorted samples a and b, a[i] > b[i + k - 1] says that the distribution function of b is ahead
    of that of a by k / M or more just below a[i], so this is M D >= k exactly, ties or not.
glr : h = 1; low = mean intensity, high = critical ratio times mean intensity.

The image is laid flat, so that the comparison at one place in the window is one of two slices;
the test is symmetric, so half of the places serve both pixels of a pair.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from .calibration import has_all_dates
from .connected import keep_connected
from .neighbourhood import FlatImage, Neighbourhood
from .options import SelectionOptions

__all__ = ["Neighbourhood", "Selection", "SelectionOptions", "bytes_per_pixel", "select"]

# Pixels that are compared in one call: few calls, but planes that stay in the processor's cache.
SEGMENT = 12288


@dataclass(frozen=True)
class Selection:
    """The chosen neighbours of every pixel.

    count : (rows, cols) uint16, homogeneous neighbours without the pixel itself.
    tested : (rows, cols) bool, False where an amplitude is missing on some date; such a pixel
        has no neighbours and is nobody's neighbour.
    bits : (window rows, window columns, bytes) uint8, for every place in the window one bit
        per pixel of the image laid flat: whether the pixel there is chosen. The centre's are `tested`.
    """

    flat: FlatImage
    count: np.ndarray
    tested: np.ndarray
    bits: np.ndarray

    @property
    def neighbourhood(self) -> Neighbourhood:
        return self.flat.window

    def mask(self, row: int, column: int) -> np.ndarray:
        """Chosen pixels in the window of one pixel, (window rows, window columns) bool, with itself."""
        byte, bit = divmod(row * self.flat.width + column, 8)
        return (self.bits[:, :, byte] >> (7 - bit) & 1).astype(bool)


def bytes_per_pixel(dates: int, neighbourhood: Neighbourhood) -> int:
    """Memory that `select` needs at its peak for one pixel, amplitudes and result included."""
    amplitudes_and_sorted = 2 * 4 * dates
    window_bits = neighbourhood.rows * neighbourhood.columns // 8 + 1
    return amplitudes_and_sorted + window_bits + 16


def select(amplitudes: np.ndarray, options: SelectionOptions, threads: int = 2) -> Selection:
    """Homogeneous neighbours of every pixel.

    amplitudes : (M, rows, cols) float32, calibrated, missing as NaN (or not above 0), in any order of dates.
    A block needs `neighbourhood.halo` rows more above and below (fewer at the image's edge, where
    windows are clipped); its own rows are then what the whole image would have given.
    threads : parts of the image tested at the same time; the result is the same with any number.
    Raises InputError for options out of range and for too few dates.
    """
    options.validate()
    if amplitudes.ndim != 3:
        raise InputError("Amplitudes", f"{amplitudes.ndim} dimensions", "dates x rows x columns")
    dates, rows, columns = amplitudes.shape
    options.validate_dates(dates)
    flat = FlatImage(rows, columns, options.neighbourhood)
    tested = has_all_dates(amplitudes)
    usable = np.zeros(flat.length, bool)
    flat.lay(tested, usable)
    low, high = _bounds(amplitudes, usable, flat, options)
    bits = _neighbour_bits(low, high, usable, flat, threads)
    if options.connected:
        keep_connected(bits)
    return Selection(flat, _count(bits, flat) - tested, tested, bits)


def _bounds(
    amplitudes: np.ndarray, usable: np.ndarray, flat: FlatImage, options: SelectionOptions
) -> tuple[np.ndarray, np.ndarray]:
    """The planes `low` and `high`, (h, length + margin or more) float32.

    Untested pixels and padding are infinite, so they differ from every tested pixel.
    """
    dates = len(amplitudes)
    unusable = np.flatnonzero(~usable)
    if options.test == "ks":
        ordered = _infinite(dates, flat)
        flat.lay(amplitudes, ordered)
        ordered[:, unusable] = np.inf
        ordered.sort(axis=0)
        k = options.critical_count(dates)
        return ordered[: dates - k + 1], ordered[k - 1 :]
    energy = np.zeros(amplitudes.shape[1:])
    for date in amplitudes:
        energy += np.square(date, dtype=np.float64)
    low = _infinite(1, flat)
    flat.lay(energy / dates, low)
    low[:, unusable] = np.inf
    return low, low * np.float32(options.critical_ratio(dates))


def _infinite(planes: int, flat: FlatImage) -> np.ndarray:
    """Planes of infinity an odd number of cache lines apart.

    At a distance of a power of two, all planes of a pixel would share a few places in the cache.
    """
    lines = -(-(flat.length + flat.margin) // 16) | 1
    return np.full((planes, 16 * lines), np.inf, np.float32)


def _neighbour_bits(
    low: np.ndarray, high: np.ndarray, usable: np.ndarray, flat: FlatImage, threads: int
) -> np.ndarray:
    """Test every pixel against every place in its window; the bits of `Selection`."""
    window = flat.window
    bits = np.zeros((window.rows, window.columns, flat.length // 8), np.uint8)
    middle, centre = window.rows // 2, window.columns // 2
    bits[middle, centre] = np.packbits(usable)
    later = [
        (row, column)
        for row in range(middle, window.rows)
        for column in range(window.columns)
        if (row, column) > (middle, centre)
    ]
    planes = len(low)

    def test(start: int) -> None:
        own = slice(start, min(start + SEGMENT, flat.length))
        differs = np.empty((2 * planes + 1, own.stop - own.start), bool)
        np.logical_not(usable[own], out=differs[-1])
        for row, column in later:
            shift = flat.shift(row, column)
            other = slice(own.start + shift, own.stop + shift)
            np.greater(low[:, own], high[:, other], out=differs[:planes])
            np.greater(low[:, other], high[:, own], out=differs[planes:-1])
            any_differs = np.maximum.reduce(differs.view(np.uint8), axis=0)
            bits[row, column, own.start // 8 : own.stop // 8] = ~np.packbits(any_differs)

    with ThreadPoolExecutor(threads) as pool:  # numpy compares without holding Python's lock
        deque(pool.map(test, range(0, flat.length, SEGMENT)), maxlen=0)
    for row, column in later:
        shift = min(flat.shift(row, column), flat.length)
        mirrored = np.zeros(flat.length, np.uint8)
        mirrored[shift:] = np.unpackbits(bits[row, column])[: flat.length - shift]
        bits[window.rows - 1 - row, window.columns - 1 - column] = np.packbits(mirrored)
    return bits


def _count(bits: np.ndarray, flat: FlatImage) -> np.ndarray:
    """Bits set per pixel, centre included, (rows, cols) uint16."""
    total = np.zeros(flat.length, np.uint16)
    for row in bits:
        for start in range(0, flat.length, SEGMENT):
            own = slice(start, min(start + SEGMENT, flat.length))
            places = np.unpackbits(row[:, own.start // 8 : own.stop // 8], axis=1)
            total[own] += np.add.reduce(places, axis=0, dtype=np.uint8)  # a row of a window is short
    return flat.lift(total)
