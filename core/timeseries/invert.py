"""Pairs to time series: one block of pixels, arrays in and arrays out.

Per pixel, with x_n the phase of date n relative to the first and y the pair phases:
minimise the sum of w (y - (x_later - x_earlier))^2 (or of the absolute values), fill what the
valid pairs leave open, then d = -(lambda / 4 pi) x. Pixels that share one design and have no
gaps are one matrix product (`halves`); all others are solved together by `banded`. Work goes in chunks of
pixels that stay in cache; the numbers of a pixel do not depend on the chunk or block it is in.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Optional

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..units import phase_to_metres
from . import banded
from .chunk import Design, Solution, solve
from .matrix import Network
from .options import Inverted, Options

__all__ = ["Inverted", "Network", "Options", "invert", "memory"]

Float32 = NDArray[np.float32]

_CHUNK_BYTES = 8 << 20
_LARGEST_FREED = 31 << 20


@lru_cache(maxsize=8)
def _design(network: Network) -> Design:
    return Design.of(network)


def invert(
    phase: Float32,
    coherence: Optional[Float32],
    network: Network,
    wavelength: float,
    options: Options,
    height_factor: Optional[NDArray] = None,
) -> Inverted:
    """Displacement series, velocity and quality of P pixels.

    phase : (M, P) unwrapped pair phase [rad], growing with range, NaN = missing, already
        referenced. coherence : (M, P) 0-1, needed for weights="coherence" (NaN there makes the
        pair missing), else ignored. wavelength : [m]. height_factor : (M, P) or (M, 1) phase per
        metre of height error [rad/m], 4 pi Bperp / (lambda R sin theta), needed for dem_error; the
        height of a pixel whose factors are not all known is NaN and not removed.

    Raises InputError for shapes that do not fit and for missing coherence or height factors.
    """
    options.validate()
    _check(phase, coherence, network, options, height_factor)
    result = _empty(network, phase.shape[1], options)
    design = _design(network)
    factor = height_factor if options.dem_error else None
    size = chunk_size(design.layout)
    _settle_allocator()
    for start in range(0, phase.shape[1], size):
        columns = slice(start, start + size)
        solution = solve(
            design,
            options,
            phase[:, columns],
            None if coherence is None or options.weights == "none" else coherence[:, columns],
            factor[:, columns] if factor is not None and factor.shape[1] > 1 else factor,
        )
        _store(result, columns, solution, phase_to_metres(wavelength))
    return result


def memory(network: Network, options: Options) -> tuple[int, int]:
    """(bytes per pixel, fixed bytes) at the peak of `invert`: its inputs, outputs and work arrays."""
    pairs = 4 * network.M * (2 if options.weights == "coherence" else 1)
    heights = 4 * network.M if options.dem_error else 0
    outputs = 4 * network.N + 4 * 5 + 2 * 4 + (4 * 3 if options.dem_error else 0)
    layout = banded.Layout.of(network)
    rows = 12 * network.M + 2 * network.N * layout.b + 12 * network.N
    return pairs + heights + outputs, 8 * rows * chunk_size(layout) + 32 * network.M * network.N


def chunk_size(layout: banded.Layout) -> int:
    """Pixels that are worked on together: the band of a chunk stays in cache."""
    size = _CHUNK_BYTES // (8 * layout.b * layout.network.N)
    return int(min(max(size, 256), 4096))


def _settle_allocator() -> None:
    """Keep the memory of one chunk for the next one.

    The C library of Linux gives freed arrays back to the system unless it has seen one of their
    size freed before (below 32 MiB); the work arrays of every chunk would then be mapped and
    cleared anew, a third of the whole time. Elsewhere this does nothing.
    """
    seen = np.empty(_LARGEST_FREED, np.uint8)
    del seen


def _check(
    phase: Float32,
    coherence: Optional[Float32],
    network: Network,
    options: Options,
    height_factor: Optional[NDArray],
) -> None:
    if phase.ndim != 2 or len(phase) != network.M:
        raise InputError("Phase", f"an array of shape {phase.shape}", f"{network.M} pairs by pixels")
    if options.weights == "coherence" and (coherence is None or coherence.shape != phase.shape):
        raise InputError(
            "Weights", "coherence", "a coherence for every phase", "Use no weights, or import the coherence"
        )
    if not options.dem_error:
        return
    if height_factor is None or height_factor.shape not in (phase.shape, (network.M, 1)):
        raise InputError(
            "Height error", "no height factors", "one per pair, or one per pair and pixel", "Switch it off"
        )
    if height_factor.shape[1] == 1 and not np.all(np.isfinite(height_factor)):
        raise InputError(
            "Height error",
            "an unknown baseline",
            "a baseline for every pair",
            "Switch it off, or add the baselines",
        )


def _empty(network: Network, pixels: int, options: Options) -> Inverted:
    def layer() -> Float32:
        return np.full(pixels, np.nan, np.float32)

    return Inverted(
        displacement=np.empty((network.N, pixels), np.float32),
        velocity=layer(),
        velocity_std=layer(),
        velocity_std_images=layer(),
        temporal_coherence=layer(),
        redundancy=np.zeros(pixels, np.int16),
        residual_rms=layer(),
        pairs_used=np.zeros(pixels, np.int16),
        components=np.zeros(pixels, np.int16),
        gaps=np.zeros(pixels, np.int16),
        pair_residual_sumsq=np.zeros(network.M),
        pair_count=np.zeros(network.M),
        height_error=layer() if options.dem_error else None,
        height_error_std=layer() if options.dem_error else None,
        velocity_height_correlation=layer() if options.dem_error else None,
    )


def _store(result: Inverted, columns: slice, solution: Solution, metres: float) -> None:
    """Put one chunk into the block's arrays, in metres."""
    solved = solution.solved
    unknown = ~solved
    displacement = result.displacement[:, columns]
    np.multiply(solution.x, metres, out=displacement, casting="same_kind")
    displacement[0] = 0.0
    displacement[:, unknown] = np.nan

    scale = abs(metres)
    redundancy = np.where(solved, solution.redundancy, 0)
    free = np.where(redundancy > 0, redundancy, np.nan)
    pairs = np.where(solved, solution.count, np.nan)
    fit = solution.fit
    result.velocity[columns] = np.where(solved, metres * solution.slope, np.nan)
    from_pairs = solution.slope_variance * fit.weighted / free
    result.velocity_std[columns] = scale * np.sqrt(from_pairs)
    # Noise of pairs wanders with the series instead of scattering about its line: the images do not tell it.
    both = np.hypot(solution.spread, np.sqrt(np.nan_to_num(from_pairs)))
    result.velocity_std_images[columns] = np.where(solved, scale * both, np.nan)
    result.temporal_coherence[columns] = fit.coherence / pairs
    result.residual_rms[columns] = np.sqrt(fit.squares / pairs)
    result.redundancy[columns] = redundancy
    result.pairs_used[columns] = solution.count
    result.components[columns] = np.where(solved, solution.subsets - solution.gaps, 0)
    result.gaps[columns] = np.where(solved, solution.gaps, 0)
    result.pair_residual_sumsq += fit.pair_squares
    result.pair_count += solution.pair_count
    height = solution.height
    if height is not None and solution.correlation is not None:
        for layer, value in (
            (result.height_error, height.height),
            (result.height_error_std, height.std),
            # The velocity in metres has the opposite sign of the slope of the phase.
            (result.velocity_height_correlation, -solution.correlation),
        ):
            if layer is not None:
                layer[columns] = np.where(solved, value, np.nan)
