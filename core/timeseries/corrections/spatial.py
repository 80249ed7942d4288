"""What is smooth in space: a Gaussian mean that looks past missing pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

TRUNCATE = 3.0  # standard deviations


def reach(sigma: float) -> int:
    """Pixels on either side that a Gaussian of standard deviation `sigma` [pixels] looks at."""
    return int(TRUNCATE * sigma + 0.5)


def gaussian_mean(values: NDArray[np.float32], sigma: tuple[float, float]) -> NDArray[np.float64]:
    """(rows, cols) Gaussian mean of the known pixels; 0 where none is in reach.

    sigma : standard deviation [pixels] along rows and columns. Outside of the array nothing is known.
    """
    from scipy.ndimage import gaussian_filter1d

    known = np.isfinite(values)
    total = np.where(known, values, 0.0).astype(np.float64)
    weight = known.astype(np.float64)
    for axis, width in enumerate(sigma):
        for array in (total, weight):
            gaussian_filter1d(array, width, axis=axis, mode="constant", truncate=TRUNCATE, output=array)
    mean: NDArray[np.float64] = np.divide(total, weight, out=np.zeros_like(total), where=weight > 1e-12)
    return mean
