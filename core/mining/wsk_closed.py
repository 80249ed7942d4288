"""Closed-form least squares on complete data with one weight per interferogram.

Phases are d (L c) + h b: rank one in (interferograms x pixels) plus the baseline. The weighted phases are reduced to
their coordinates in an orthonormal basis of b and L (an M x (q + 1) product); the rest is residual whatever the
unknowns are. With the baseline coordinate set aside, the leading singular pair of what remains is the global least-
squares answer for (c, d): no iteration, no start value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]

CHUNK = 4096  # pixels at a time: what fits the cache of a core
_RANK = 1e-9  # directions of L that are weaker than this against the strongest are the baseline's


@dataclass(frozen=True, eq=False)
class Reduced:
    """Phases in few coordinates.

    Y : (m, P), the baseline's coordinate first. L : (m, q) and b : (m,) in the same coordinates. energy : (P,) weighted
    sum of squares of all phases, NaN where a phase is missing. free : (q, r) maps the last r coordinates to c.
    project : (m, M) makes the coordinates of phases.
    """

    Y: Float64
    L: Float64
    b: Float64
    energy: Float64
    free: Float64
    project: Float64

    @property
    def complete(self) -> bool:
        """Whether no phase is missing."""
        return bool(np.all(np.isfinite(self.energy)))


def reduce(phase: NDArray, L: Float64, b: Float64, weights: Optional[Float64]) -> Reduced:
    """Reduce phases (M, P) with weights (M,) or None; b is all zero where no height is estimated."""
    pairs, pixels = phase.shape
    root = np.ones(pairs) if weights is None else np.sqrt(weights)
    scaled_L, scaled_b = root[:, None] * L, root * b
    length = float(np.linalg.norm(scaled_b))
    first = scaled_b / length if length > 0 else np.zeros(pairs)
    rest = scaled_L - np.outer(first, first @ scaled_L)
    left, strength, right = np.linalg.svd(rest, full_matrices=False)
    kept = strength > _RANK * np.linalg.norm(scaled_L)
    Q = np.column_stack([first, left[:, kept]])
    project = np.ascontiguousarray((Q * root[:, None]).T)
    square = root**2
    Y = np.empty((Q.shape[1], pixels))
    energy = np.empty(pixels)
    for start in range(0, pixels, CHUNK):
        columns = slice(start, min(start + CHUNK, pixels))
        part = phase[:, columns].astype(np.float64)
        Y[:, columns] = project @ part
        np.square(part, out=part)
        energy[columns] = square @ part
    return Reduced(Y, Q.T @ scaled_L, Q.T @ scaled_b, energy, right[kept].T / strength[kept], project)


def leading(reduced: Reduced) -> Float64:
    """c (q,) of the direction that explains most of the phases, of either sign and any size."""
    rest = reduced.Y[1:]
    return np.asarray(reduced.free @ np.linalg.eigh(rest @ rest.T)[1][:, -1])
