"""Series that are like a driver but have nothing to do with the ground: for significance.

Two null hypotheses. Phase: the same spectrum, season included, at other times (Theiler et al. 1992; for
correlations of serially correlated series Ebisuzaki 1997). Blocks: pieces of the driver in random order, which keeps
what is correlated over less than a piece and destroys the season (Kuensch 1989).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]


def phase_randomised(values: Float64, draws: int, rng: np.random.Generator) -> Float64:
    """(draws, n) series with the amplitudes of the spectrum of `values` (n,) and random phases."""
    spectrum = np.fft.rfft(values - values.mean())
    turn = rng.uniform(0.0, 2.0 * np.pi, (draws, len(spectrum)))
    turn[:, 0] = 0.0
    if len(values) % 2 == 0:
        turn[:, -1] = 0.0
    return np.asarray(np.fft.irfft(spectrum * np.exp(1j * turn), len(values), axis=1))


def blocks_shuffled(
    values: NDArray[Any], length: int, draws: int, rng: np.random.Generator
) -> NDArray[Any]:
    """(draws, n) series of pieces of `values` (n,), drawn with replacement, around whose end the start follows."""
    n = len(values)
    length = min(length, n)
    pieces = -(-n // length)
    starts = rng.integers(0, n, (draws, pieces))
    index = (starts[:, :, None] + np.arange(length)) % n
    return np.asarray(values[index.reshape(draws, -1)[:, :n]])
