"""Coherence magnitude in a boxcar window or over homogeneous neighbours.

The magnitude of a sample coherence is biased: for L independent samples without any coherence
its mean is about sqrt(pi / (4 L)), not 0. `bias.unbiased` takes the bias out.
"""

from __future__ import annotations

import numpy as np

from .selection import Neighbourhood, Selection


def boxcar_coherence(
    interferogram: np.ndarray, intensity1: np.ndarray, intensity2: np.ndarray, window: Neighbourhood
) -> np.ndarray:
    """|sum z| / sqrt(sum I1 sum I2) in a window clipped at the edges, float32 (rows, cols), 0 to 1.

    interferogram : complex64 (rows, cols) z = s1 conj(s2), before filtering; missing as NaN.
    intensity1, intensity2 : |s1|^2 and |s2|^2, float32 (rows, cols), in the units of z.
    NaN where the pixel itself is missing.
    """
    raise NotImplementedError


def shp_coherence(
    interferogram: np.ndarray, intensity1: np.ndarray, intensity2: np.ndarray, selection: Selection
) -> np.ndarray:
    """As `boxcar_coherence`, over each pixel and its homogeneous neighbours.

    Pixels without any neighbour would have 1 by construction: they are NaN.
    """
    raise NotImplementedError
