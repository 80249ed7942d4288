"""The Goldstein filter: every patch's spectrum is multiplied by its own magnitude to a power.

    Z'(u, v) = S{|Z(u, v)|}^alpha Z(u, v)

(Goldstein & Werner 1998, Geophys. Res. Lett. 25(21), 4035-4038, eq. 4), over patches that overlap and are
joined with weights that fall linearly from the centre. alpha may follow the coherence: one less the mean
coherence of the patch (Baran et al. 2003, IEEE TGRS 41(9), 2114-2118).

The magnitude is taken relative to the patch's root mean square, so that the filter knows no unit and strong
patches do not drown their neighbours. Patches lie at fixed rows and columns of the whole image, reach over its
edges, and are transformed one row of patches at a time: a pixel's result does not depend on the block it is in.
Missing values enter as 0, which adds no fringes, and come out missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError

WINDOWS = (8, 16, 32, 64, 128, 256)
OVERLAPS = (0.5, 0.75, 0.875)
Complex64 = NDArray[np.complex64]
Float32 = NDArray[np.float32]


@dataclass(frozen=True)
class GoldsteinOptions:
    """How strongly, and over what, the filter works.

    alpha : 0 (nothing changes) to 1, or None for one less the coherence of each patch.
    window : rows and columns of a patch, a power of two. overlap : share of a patch that its neighbour
    covers too: 0.5, 0.75 or 0.875. smoothing : odd side of the boxcar S over the spectrum; 1 for none, which
    filters harder at the same alpha and is what most programs do.
    """

    alpha: float | None = 0.5
    window: int = 32
    overlap: float = 0.5
    smoothing: int = 1

    @property
    def step(self) -> int:
        """Pixels from one patch to the next."""
        return round(self.window * (1.0 - self.overlap))

    @property
    def halo(self) -> int:
        """Rows that a block needs above and below: all that any patch over it covers."""
        return self.window - 1

    def validate(self) -> None:
        """Raise InputError for a value that cannot be used."""
        if self.alpha is not None and not 0.0 <= self.alpha <= 1.0:
            raise InputError("ALPHA", self.alpha, "a number from 0 (no filtering) to 1")
        if self.window not in WINDOWS:
            raise InputError("WINDOW", self.window, ", ".join(str(size) for size in WINDOWS))
        if self.overlap not in OVERLAPS:
            raise InputError("OVERLAP", self.overlap, "0.5, 0.75 or 0.875")
        if self.smoothing % 2 == 0 or not 1 <= self.smoothing < self.window:
            raise InputError("SMOOTHING", self.smoothing, f"an odd number below the window ({self.window})")

    def validate_for(self, rows: int, columns: int) -> None:
        """Raise InputError for an image smaller than the window."""
        if self.window > min(rows, columns):
            raise InputError(
                "WINDOW",
                self.window,
                f"at most the image's smaller side ({min(rows, columns)} pixels)",
                "Choose a smaller window",
            )


def goldstein(
    interferogram: NDArray[Any],
    options: GoldsteinOptions = GoldsteinOptions(),
    coherence: Float32 | None = None,
    first_row: int = 0,
) -> NDArray[Any]:
    """The filtered interferogram, of the kind that came in.

    interferogram : wrapped phase [rad], float (rows, cols), or complex (rows, cols), which weighs the phases with
        their magnitudes; missing as NaN, and complex 0 is missing too. The result is float32 phase or complex64.
    coherence : (rows, cols), 0 to 1, for alpha None; patches without any known coherence stay as they are.
    first_row : row of the image that the array begins with; blocks need `options.halo` rows more on both
        sides, fewer at the image's edge.
    """
    is_phase = not np.iscomplexobj(interferogram)
    data = unit_phasor(interferogram) if is_phase else np.asarray(interferogram, np.complex64)
    valid = np.isfinite(data) & (data != 0)
    if options.alpha is None and coherence is None:
        raise ValueError("alpha from coherence needs the coherence")
    filtered = _filtered(np.where(valid, data, np.complex64(0)), options, coherence, first_row)
    if is_phase:
        return np.where(valid, np.angle(filtered), np.float32(np.nan))
    return np.where(valid, filtered, np.complex64(complex(np.nan, np.nan)))


def unit_phasor(phase: NDArray[Any]) -> Complex64:
    """exp(i phase), complex64, of a phase [rad]; NaN stays NaN."""
    out = np.empty(phase.shape, np.complex64)
    np.cos(phase, out=out.real, casting="same_kind")
    np.sin(phase, out=out.imag, casting="same_kind")
    return out


# At its peak, per pixel of the array: the data as given, as complex, framed, and summed; the coherence's float64 sums.
BYTES_PER_PIXEL = 64


def _filtered(
    data: Complex64, options: GoldsteinOptions, coherence: Float32 | None, first_row: int
) -> Complex64:
    """Overlap-add of all patches, complex64 (rows, cols)."""
    size, step = options.window, options.step
    rows, cols = data.shape
    frame = _Frame.around(rows, cols, first_row, size, step)
    padded = frame.put(data)
    out = np.zeros_like(padded)
    ramp = (np.minimum(np.arange(size), np.arange(size)[::-1]) + 0.5) * (4.0 * step / size**2)
    weight = np.outer(ramp, ramp).astype(np.float32)  # of all patches over a pixel it adds up to 1
    if options.alpha is None and coherence is not None:
        exponents = _exponents(frame.put(coherence), frame.put(np.isfinite(coherence)), size, step)
    else:
        exponents = np.full((frame.strips, 1), options.alpha, np.float32)
    for strip, exponent in enumerate(exponents):
        part = slice(strip * step, strip * step + size)
        patches = _shaped(_patches(padded[part], size, step), exponent[:, None, None], options.smoothing)
        patches *= weight
        for shift in range(0, size, step):
            columns = slice(shift, shift + len(patches) * step)
            pieces = patches[:, :, shift : shift + step].transpose(1, 0, 2)
            out[part, columns] += pieces.reshape(size, -1)
    return frame.take(out, rows, cols)


@dataclass(frozen=True)
class _Frame:
    """Where the data stands in an array that whole patches cover; patches begin at multiples of the step."""

    above: int
    left: int
    strips: int
    shape: tuple[int, int]

    @classmethod
    def around(cls, rows: int, cols: int, first_row: int, size: int, step: int) -> _Frame:
        above, left = size - step + first_row % step, size - step
        strips, across = -(-(above + rows) // step), -(-(left + cols) // step)
        return cls(above, left, strips, ((strips - 1) * step + size, (across - 1) * step + size))

    def put(self, values: NDArray[Any]) -> NDArray[Any]:
        """The values with zeros around them."""
        out = np.zeros(self.shape, values.dtype)
        self.take(out, *values.shape)[...] = values
        return out

    def take(self, framed: NDArray[Any], rows: int, cols: int) -> NDArray[Any]:
        """The data's part of a framed array, as a view."""
        return framed[self.above : self.above + rows, self.left : self.left + cols]


def _exponents(coherence: Float32, known: NDArray[np.bool_], size: int, step: int) -> Float32:
    """One less the mean coherence of every patch, (strips, patches); 0 where no coherence is known."""
    sums = _patch_sums(np.where(known, coherence, np.float32(0)), size, step)
    counts = _patch_sums(known, size, step)
    mean = np.divide(sums, counts, out=np.ones_like(sums), where=counts > 0)
    return np.clip(1.0 - mean, 0.0, 1.0).astype(np.float32)


def _patch_sums(values: NDArray[Any], size: int, step: int) -> NDArray[np.float64]:
    """Sum over every patch, float64 (strips, patches), by way of cells of one step."""
    for axis in (0, 1):
        cells = np.moveaxis(values, axis, 0)
        cells = cells.reshape(-1, step, cells.shape[1]).sum(axis=1, dtype=np.float64)
        many = size // step
        added = sum(cells[shift : len(cells) - many + 1 + shift] for shift in range(many))
        values = np.moveaxis(np.asarray(added), 0, axis)
    return np.asarray(values)


def _patches(strip: NDArray[Any], size: int, step: int) -> NDArray[Any]:
    """All patches of a row of patches as a view, (patches, size, size)."""
    windows = np.lib.stride_tricks.sliding_window_view(strip, size, axis=1)[:, ::step]
    return windows.transpose(1, 0, 2)


def _shaped(patches: Complex64, exponent: Any, smoothing: int) -> Complex64:
    """Patches with their spectra multiplied by S{|Z| / rms}^exponent."""
    from scipy import fft

    spectrum = fft.fft2(patches)
    power = spectrum.real**2
    power += spectrum.imag**2
    mean = power.mean(axis=(1, 2), keepdims=True)
    power /= np.where(mean > 0, mean, np.float32(1))
    if smoothing > 1:
        power = np.sqrt(power)
        for axis in (1, 2):
            power = _boxcar(power, smoothing, axis)
        np.power(power, exponent, out=power)
    else:
        np.power(power, exponent * np.float32(0.5), out=power)
    spectrum *= power
    return np.asarray(fft.ifft2(spectrum, overwrite_x=True))


def _boxcar(values: Float32, side: int, axis: int) -> Float32:
    """Running mean of odd side along an axis that ends where it begins."""
    out = values.copy()
    for shift in range(1, side // 2 + 1):
        out += np.roll(values, shift, axis)
        out += np.roll(values, -shift, axis)
    out /= np.float32(side)
    return out
