"""Averages of an interferogram over the homogeneous neighbours."""

from __future__ import annotations

import numpy as np

from .selection import Selection


def average(interferogram: np.ndarray, selection: Selection, minimum: int = 18) -> np.ndarray:
    """Mean of each pixel and its homogeneous neighbours, complex64 (rows, cols).

    interferogram : complex64 (rows, cols), missing as NaN; a missing value takes no part.
    A pixel with `minimum` or fewer neighbours (that have a value), and a missing one, stays
    bit for bit what it was. Needs the halo of the selection.
    """
    raise NotImplementedError
