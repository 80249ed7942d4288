"""Homogeneous neighbours pixel by pixel with scipy's test, to compare the fast selection with."""

from __future__ import annotations

import numpy as np
from scipy import ndimage, special, stats


def neighbours(amplitudes, window, differs, connected=False):
    """{(row, col): mask (window rows, window cols) bool}, the centre included; none where a date is missing."""
    _, rows, columns = amplitudes.shape
    valid = (np.isfinite(amplitudes) & (amplitudes > 0)).all(axis=0)
    up, left = window[0] // 2, window[1] // 2
    masks = {}
    for row, column in np.ndindex(rows, columns):
        mask = np.zeros(window, bool)
        for i, j in np.ndindex(window):
            r, c = row + i - up, column + j - left
            if valid[row, column] and 0 <= r < rows and 0 <= c < columns and valid[r, c]:
                mask[i, j] = not differs(amplitudes[:, row, column], amplitudes[:, r, c])
        if connected:
            parts, _ = ndimage.label(mask, np.ones((3, 3)))
            mask &= parts == parts[up, left]
        masks[row, column] = mask
    return masks


def ks_differs(alpha):
    """scipy's exact two-sample Kolmogorov-Smirnov test at level alpha."""
    return lambda a, b: stats.ks_2samp(a, b, method="exact").pvalue <= alpha


def glr_differs(alpha, looks=1.0):
    """Two-sided F test of the ratio of mean intensities."""

    def differs(a, b):
        ratio = np.mean(np.square(a, dtype=float)) / np.mean(np.square(b, dtype=float))
        freedom = 2 * looks * len(a)
        return 2 * min(special.fdtr(freedom, freedom, ratio), special.fdtrc(freedom, freedom, ratio)) < alpha

    return differs


def neighbour_values(image, masks, row, column):
    """Values of (rows, cols) that a pixel's mask chooses."""
    window = masks[row, column].shape
    padded = np.pad(image, [(size // 2, size // 2) for size in window])
    return padded[row : row + window[0], column : column + window[1]][masks[row, column]]
