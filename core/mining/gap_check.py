"""What filled gaps are worth: the same gaps laid over ground with values, filled, and compared.

The pattern of the gaps is shifted by eight steps that are wider than its widest gap. Where it falls on ground that
counts and has values, these are held out and filled like the gaps. The error of the sum is the bowl's curvature, the
noise that filling carries on, and the noise of what was held out; with white noise the last stands exactly for the
correlation of filled pixels with the pixels that they were filled from. The mean square over the shifts, scaled by
the ground held out and the ground filled, is the variance: an error common to all gaps is kept in full.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .funnel_areas import Funnels
from .gap_reach import Flags, Float64, Size, depths, reachable
from .thin_plate import ThinPlate

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_STEPS = ((0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1))


class GapCheck:
    """Held-out patches for one pattern of gaps at a time."""

    def __init__(self, counting: Funnels, limit: Float64, areas: Float64, size: Size) -> None:
        """counting : pixels that count by funnel, with a value or not. areas : of a pixel of each row [m2]."""
        self._labels, self._ids = counting.labels, counting.ids
        self._limit, self._areas, self._size = limit, np.broadcast_to(areas[:, None], limit.shape), size

    def prepare(self, gap: Flags, wanted: Flags) -> None:
        """Lay the filled pixels `wanted` of the pattern `gap` (rows, columns) over ground with values."""
        from scipy.sparse import vstack

        filled = wanted & (self._labels > 0)
        self._filled = self._ground(filled)
        errors = []
        held_square = np.zeros(len(self._ids) + 1)
        for shift in self._shifts(depths(gap, self._size)[filled].max(initial=0.0)):
            held = _shifted(filled, shift) & ~gap & (self._labels > 0)
            unknown = reachable(gap | held, self._limit, self._size)
            known = ~(gap | held)
            held &= unknown
            if held.any():
                errors.append(self._error(known, unknown, held))
                held_square += self._ground(held) ** 2
        self._held_square = held_square
        self._errors = vstack(errors, format="csr") if errors else None

    def std(self, s: Float64) -> Float64:
        """Standard deviation [m3] by the filling: each funnel, then all together; NaN where nothing tells it."""
        square = np.zeros(len(self._ids) + 1)
        if self._errors is not None:
            each = (self._errors @ np.nan_to_num(s).ravel()).reshape(-1, len(self._ids))
            square = np.append((each**2).sum(axis=0), (each.sum(axis=1) ** 2).sum())
        known = self._held_square > 0
        ratio = np.divide(square, self._held_square, out=np.full(len(square), np.nan), where=known)
        return np.where(self._filled > 0, np.sqrt(ratio) * self._filled, 0.0)

    def _error(self, known: Flags, unknown: Flags, held: Flags) -> csr_matrix:
        """Weights of all pixels in the error of the held-out volume of each funnel, (K, pixels)."""
        from scipy.sparse import csr_matrix

        owner = self._labels[None, held] == np.array(self._ids)[:, None]
        truth = csr_matrix(owner * self._areas[held])
        loads = np.zeros((len(self._ids), int(unknown.sum())))
        loads[:, held[unknown]] = truth.toarray()
        filled = ThinPlate(known, unknown, self._size).weights(loads)
        shape = (len(self._ids), held.size)
        return _spread(filled, known, shape) - _spread(truth, held, shape)

    def _ground(self, flags: Flags) -> Float64:
        return self._sums(flags, np.ones(int(flags.sum())))

    def _sums(self, flags: Flags, values: Float64) -> Float64:
        """Sum of values times ground over flagged pixels: each funnel, then all together, (K + 1,)."""
        amounts = np.bincount(self._labels[flags], values * self._areas[flags], max(self._ids) + 1)
        each = amounts[list(self._ids)]
        return np.append(each, each.sum())

    def _shifts(self, widest: float) -> list[tuple[int, int]]:
        east, north = (2 * int(np.ceil(widest / length)) + 1 for length in self._size)
        return [(down * north, right * east) for down, right in _STEPS]


def _spread(weights: csr_matrix, flags: Flags, shape: tuple[int, int]) -> csr_matrix:
    """Weights of flagged pixels as weights of all pixels."""
    from scipy.sparse import csr_matrix

    return csr_matrix((weights.data, np.flatnonzero(flags)[weights.indices], weights.indptr), shape)


def _shifted(flags: Flags, shift: tuple[int, int]) -> Flags:
    """Flags moved down and right by whole pixels; what leaves the map is lost."""
    out = np.zeros_like(flags)
    rows, cols = flags.shape
    down, right = shift
    if abs(down) < rows and abs(right) < cols:
        source = flags[max(-down, 0) : rows - max(down, 0), max(-right, 0) : cols - max(right, 0)]
        out[max(down, 0) : rows - max(-down, 0), max(right, 0) : cols - max(-right, 0)] = source
    return out
