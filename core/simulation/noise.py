"""What disturbs an interferogram: turbulent atmosphere, decorrelation, and the generators they draw from."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]

SPECTRAL_EXPONENT = 11.0 / 3.0  # of the 2-D power spectrum of refractive turbulence (Hanssen 2001, 4.7)


def generator(seed: int, *stream: str | int) -> np.random.Generator:
    """An independent random generator for a named purpose, so that parts can be made in any order."""
    words = [zlib.crc32(str(part).encode()) for part in stream]
    return np.random.default_rng([seed, *words])


def turbulence(
    shape: tuple[int, int], spacing: tuple[float, float], outer_scale: float, rng: np.random.Generator
) -> Float64:
    """Isotropic random field of mean 0 and expected variance 1 with the spectrum of turbulence.

    shape : (rows, columns). spacing : pixel size (north, east) [m]. outer_scale [m] : beyond it the
    spectrum levels off (von Karman): P(k) ~ (k^2 + k0^2)^(-11/6), k0 = 1 / outer_scale.
    Drawn on twice the extent and cropped, because the Fourier field itself is periodic.
    """
    rows, cols = 2 * shape[0], 2 * shape[1]
    north = np.fft.fftfreq(rows, spacing[0])[:, None]
    east = np.fft.rfftfreq(cols, spacing[1])[None, :]
    power = (north**2 + east**2 + outer_scale**-2.0) ** (-SPECTRAL_EXPONENT / 2.0)
    power[0, 0] = 0.0
    # The half spectrum stands for the whole: inner columns count twice.
    weight = np.full(power.shape[1], 2.0)
    weight[0] = 1.0
    if cols % 2 == 0:
        weight[-1] = 1.0
    mean_power = float((power * weight).sum() / (rows * cols))
    white = np.fft.rfft2(rng.standard_normal((rows, cols)))
    field = np.fft.irfft2(white * np.sqrt(power / mean_power), s=(rows, cols))
    return np.asarray(field[: shape[0], : shape[1]])


def phase_deviation(coherence: Float64, looks: float) -> Float64:
    """Standard deviation of the multilooked phase [rad], sqrt((1 - g^2) / (2 L g^2)).

    The Cramer-Rao bound (Rodriguez & Martin 1992), close for the many looks of a product.
    """
    squared = np.clip(coherence, 1e-3, 1.0) ** 2
    return np.sqrt((1.0 - squared) / (2.0 * looks * squared))


def estimated_coherence(coherence: Float64, looks: float, rng: np.random.Generator) -> Float64:
    """Coherence as it would be estimated from `looks` independent looks.

    Standard deviation (1 - g^2) / sqrt(2 L) (Touzi et al. 1999, many looks); kept within 0 and 1.
    """
    deviation = (1.0 - coherence**2) / np.sqrt(2.0 * looks)
    return np.clip(coherence + deviation * rng.standard_normal(coherence.shape), 0.0, 1.0)


def temporal_coherence(days: float, growth: float, urban: Float64) -> Float64:
    """Coherence left after `days`, for land from rural (urban 0) to built-up (urban 1).

    growth : vegetation between 0 (winter) and 1 (high summer), mean of the two dates; it shortens
    the decay of rural land from 100 to 30 days. Built-up land decays over 1.5 years. All of them
    end at a floor.
    """
    rural = 0.14 + 0.56 * np.exp(-days / (100.0 * (1.0 - 0.7 * growth)))
    built = 0.50 + 0.36 * np.exp(-days / 550.0)
    return rural + (built - rural) * urban


def geometric_coherence(bperp: float) -> float:
    """Share of the coherence that the perpendicular baseline [m] leaves, linear to zero at 4 km."""
    return max(0.0, 1.0 - abs(bperp) / 4000.0)
