"""The bias of the sample coherence (Touzi et al. 1999, IEEE TGRS 37(1), eq. 12)."""

from __future__ import annotations

import numpy as np


def expected_coherence(coherence: np.ndarray, looks: float) -> np.ndarray:
    """Mean of the sample coherence magnitude for a true coherence (0-1) and L independent looks."""
    raise NotImplementedError


def unbiased(coherence: np.ndarray, looks: np.ndarray | float) -> np.ndarray:
    """True coherence whose expected sample coherence is the one given; 0 below the noise level.

    coherence : sample coherence, any shape; looks : independent looks, a number or the same shape.
    """
    raise NotImplementedError
