"""A secondary burst at the reference's pixels: deramp, windowed sinc along range and azimuth, carrier again.

Methods, section 2. The work goes tile by tile, so that its arrays stay in the processor's cache and need no memory
of a burst's size. Within a tile all lines are interpolated along range first, each at the range positions of the
pixels that it serves most, then all columns along azimuth. This is exact where range offsets are constant over the
lines of the azimuth kernel; a baseline of 150 m over a slope of 45 degrees changes them by 0.002 samples per line.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .carrier import Carrier, Complex64, Float32, Float64, phasors
from .resample_kernel import PHASES, Kernel, Sinc, kernel_of, weights

TILE_ROWS, TILE_COLUMNS = 64, 512
FARTHEST = 8.0  # pixels from a tile's median offset; beyond is no terrain but a fault of the DEM
MISSING = np.complex64(complex(np.nan, np.nan))


@dataclass(frozen=True, eq=False)
class Secondary:
    """Pixels of a burst to interpolate.

    image : a window of the burst, complex64 (lines, samples), every pixel of it valid.
    origin : line and sample of its first pixel. carrier : of the burst.
    """

    image: Complex64
    origin: tuple[int, int]
    carrier: Carrier


def resample(
    secondary: Secondary, lines: Float64, samples: Float64, kernel: Kernel | None = None
) -> Complex64:
    """Values of a secondary burst at fractional positions, with its carrier there; complex64, shape of `lines`.

    lines, samples : positions in the secondary burst, float64 (rows, columns) of the reference's grid, so that they
    grow by about 1 per pixel; NaN where there is none. kernel : by default that of the burst's swath.

    NaN where a position is missing, its kernel reaches out of the image, or it lies more than 8 pixels off its tile.
    """
    if lines.shape != samples.shape or lines.ndim != 2:
        raise ValueError(f"lines {lines.shape} and samples {samples.shape} are not two arrays of one shape")
    chosen = kernel or kernel_of(secondary.carrier.burst.swath)
    out = np.full(lines.shape, MISSING, np.complex64)
    for row in range(0, lines.shape[0], TILE_ROWS):
        for column in range(0, lines.shape[1], TILE_COLUMNS):
            tile = slice(row, row + TILE_ROWS), slice(column, column + TILE_COLUMNS)
            _fill(out[tile], secondary, lines[tile], samples[tile], chosen)
    return out


def _fill(out: Complex64, secondary: Secondary, lines: Float64, samples: Float64, kernel: Kernel) -> None:
    """Fill one tile, which is NaN, where the image reaches."""
    size, origin = secondary.image.shape, secondary.origin
    known = _reached(lines - origin[0], size[0], kernel.azimuth)
    known &= _reached(samples - origin[1], size[1], kernel.range)
    if not known.any():
        return
    down = lines - np.arange(out.shape[0])[:, None]
    along = samples - np.arange(out.shape[1])
    for offset in (down, along):
        near = offset if known.all() else offset[known]
        if near.max() - near.min() > FARTHEST:
            known &= np.abs(offset - np.median(near)) <= FARTHEST
    if not known.any():
        return
    if not known.all():  # where nothing is asked for, any offset of the tile will do
        down, along = (np.where(known, offset, offset[known][0]) for offset in (down, along))
    real, imaginary = _interpolate(secondary, down, along, kernel)
    cosine, sine = _carrier_at(secondary.carrier, down, along)
    out.real = real * cosine - imaginary * sine
    out.imag = real * sine + imaginary * cosine
    out[~known] = MISSING


def _reached(positions: Float64, size: int, sinc: Sinc) -> NDArray[np.bool_]:
    """Whether all taps lie inside an axis of a size; False for NaN."""
    return np.asarray((positions >= sinc.before) & (positions < size - sinc.taps // 2), bool)


def _interpolate(secondary: Secondary, down: Float64, along: Float64, kernel: Kernel) -> Float32:
    """The deramped burst's real and imaginary part, (2, rows, columns); offsets are lines and samples less indices."""
    rows, columns = down.shape
    top, left = int(np.floor(down.min())), int(np.floor(along.min()))
    drop, reach = int(np.floor(down.max())) - top, int(np.floor(along.max())) - left
    before = kernel.azimuth.before
    height = rows + kernel.azimuth.taps - 1 + drop
    width = columns + kernel.range.taps - 1 + reach
    source = _deramped(secondary, (top - before, left - kernel.range.before), (height, width))
    phases = _phases(along - left)
    if len(phases) > 1:  # a line of the burst takes the positions of the row in the middle of its reach
        phases = phases[np.clip(np.arange(height) - before - drop // 2, 0, rows - 1)]
    table = weights(kernel.range, reach)
    crossed = _weighted([source[:, :, tap : tap + columns] for tap in range(len(table))], phases, table)
    table = weights(kernel.azimuth, drop)
    return _weighted([crossed[:, tap : tap + rows] for tap in range(len(table))], _phases(down - top), table)


def _deramped(secondary: Secondary, first: tuple[int, int], shape: tuple[int, int]) -> Float32:
    """A window of the burst without its carrier as real and imaginary part, 0 outside the image; (2, *shape)."""
    lines, samples = (start + np.arange(count) for start, count in zip(first, shape))
    (top, bottom), (left, right) = (
        (max(start, low), min(start + count, low + size))
        for start, count, low, size in zip(first, shape, secondary.origin, secondary.image.shape)
    )
    image = secondary.image[
        top - secondary.origin[0] : bottom - secondary.origin[0],
        left - secondary.origin[1] : right - secondary.origin[1],
    ]
    inside = slice(top - first[0], bottom - first[0]), slice(left - first[1], right - first[1])
    carrier = secondary.carrier
    eta = carrier.eta(lines[inside[0]])
    cosine, sine = phasors(carrier.coefficients(samples[inside[1]]).cycles(eta[:, None]))
    real, imaginary = image.real, image.imag
    out = np.zeros((2, *shape), np.float32)
    out[0][inside] = real * cosine + imaginary * sine
    out[1][inside] = imaginary * cosine - real * sine
    return out


def _phases(offsets: Float64) -> NDArray[np.intp]:
    """Columns of a table of weights; axes along which they differ by one at most are reduced to length 1."""
    phases = np.rint(offsets * PHASES).astype(np.intp)
    for axis in range(2):
        low, high = phases.min(axis=axis, keepdims=True), phases.max(axis=axis, keepdims=True)
        if np.all(high - low <= 1):
            phases = low
    return phases


def _weighted(views: list[Float32], phases: NDArray[np.intp], table: Float32) -> Float32:
    """Sum of the views, each (2, rows, columns), times their weights at the phases, which broadcast against them."""
    total = np.empty(views[0].shape, np.float32)
    product = np.empty_like(total)
    for tap, view in enumerate(views):
        weight = table[tap].take(phases, mode="clip")
        if tap == 0:
            np.multiply(view, weight, out=total)
            continue
        np.multiply(view, weight, out=product)
        total += product
    return total


def _carrier_at(carrier: Carrier, down: Float64, along: Float64) -> tuple[Float32, Float32]:
    """Cosine and sine of the carrier at a tile's positions.

    Its coefficients are linear over the few samples by which a column's positions differ: below 1e-6 cycles.
    """
    rows, columns = down.shape
    middle = float(along.mean())
    centres = np.arange(columns) + middle
    coefficients = carrier.coefficients(centres)
    slope = carrier.coefficients(centres - 0.5).change(carrier.coefficients(centres + 0.5))
    eta = carrier.eta(down + np.arange(rows)[:, None])
    return phasors(coefficients.cycles(eta) + (along - middle) * slope.cycles(eta))
