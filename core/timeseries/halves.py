"""The normal matrix without weights or gaps, inverted once and applied to many pixels in two halves.

A pair links dates at most b apart. So b dates in the middle part the network: they follow from all dates, and with them
known each half follows from its own, for half the multiplications of the whole inverse:

    x_m = (A^T A)^-1 r  (rows of the middle),    x_h = L_hh^-1 r_h - L_hh^-1 L_hm x_m,    L = A^T A
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .matrix import Network, incidence

Float64 = NDArray[np.float64]

_LEAST = 3  # halves with middles are longer than this many middles, or the whole is applied


@dataclass(frozen=True, eq=False)
class Halves:
    """The inverse of one connected network; the first date is 0.

    inverse : (N, N). The middle is start <= date < stop. middle : (stop - start, N). first : (start, stop) on right
    hand sides of the first half and the middle's solution; last : (N - stop, N - start) likewise.
    """

    inverse: Float64
    start: int
    stop: int
    middle: Float64
    first: Float64
    last: Float64

    @staticmethod
    def of(network: Network) -> Halves:
        """Prepare a connected network."""
        matrix = incidence(network)
        normal = matrix.T @ matrix
        inverse = np.zeros_like(normal)
        inverse[1:, 1:] = np.linalg.inv(normal[1:, 1:])
        count, b = network.N, int((network.later - network.earlier).max())
        if count <= _LEAST * b:
            return Halves(inverse, count, count, inverse[count:], inverse, inverse[count:, count:])
        start = (count - b) // 2
        stop = start + b
        own = np.zeros((start, start))
        own[1:, 1:] = np.linalg.inv(normal[1:start, 1:start])
        other = np.linalg.inv(normal[stop:, stop:])
        return Halves(
            inverse,
            start,
            stop,
            np.ascontiguousarray(inverse[start:stop]),
            np.hstack([own, -own @ normal[:start, start:stop]]),
            np.hstack([-other @ normal[stop:, start:stop], other]),
        )

    def solve(self, right: Float64, out: Float64) -> None:
        """Put x (N, n) of right hand sides (N, n) into `out`; `right` is overwritten."""
        middle = slice(self.start, self.stop)
        np.matmul(self.middle, right, out=out[middle])
        right[middle] = out[middle]
        np.matmul(self.first, right[: self.stop], out=out[: self.start])
        np.matmul(self.last, right[self.start :], out=out[self.stop :])
