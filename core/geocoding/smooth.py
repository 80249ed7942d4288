"""Polynomials of two coordinates with two values, such as longitude and latitude of row and column."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

Float64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Smooth:
    """A polynomial of two coordinates with two values: Chebyshev terms (2, n, n) over centre and half span."""

    centre: Float64
    half: Float64
    terms: Float64

    def at(self, first: Float64, second: Float64) -> Float64:
        """Both values at places of any shape, (2, ...)."""
        u, v = self._scaled(first, 0), self._scaled(second, 1)
        return np.stack([chebyshev.chebval2d(u, v, terms) for terms in self.terms])

    def on_grid(self, first: Float64, second: Float64) -> Float64:
        """Both values at every one of m first with every one of n second coordinates, (2, m, n)."""
        u, v = self._scaled(first, 0), self._scaled(second, 1)
        return np.stack([chebyshev.chebgrid2d(u, v, terms) for terms in self.terms])

    def slopes(self, first: Float64, second: Float64) -> Float64:
        """Derivatives of both values, (2, 2, ...): value, then coordinate."""
        u, v = self._scaled(first, 0), self._scaled(second, 1)
        return np.stack(
            [
                np.stack(
                    [
                        chebyshev.chebval2d(u, v, chebyshev.chebder(terms, axis=axis)) / self.half[axis]
                        for axis in range(2)
                    ]
                )
                for terms in self.terms
            ]
        )

    def _scaled(self, values: Float64, axis: int) -> Float64:
        return np.asarray((values - self.centre[axis]) / self.half[axis], np.float64)


def fitted(first: Float64, second: Float64, values: Float64, degree: int) -> Smooth:
    """Least squares through points: coordinates (n,), values (2, n)."""
    centre = np.array([0.5 * (axis.min() + axis.max()) for axis in (first, second)])
    half = np.array([max(0.5 * np.ptp(axis), 1e-9) for axis in (first, second)])
    degrees = [min(degree, np.unique(axis).size - 1) for axis in (first, second)]
    matrix = chebyshev.chebvander2d((first - centre[0]) / half[0], (second - centre[1]) / half[1], degrees)
    found = np.linalg.lstsq(matrix, values.T, rcond=None)[0]
    return Smooth(centre, half, found.T.reshape(2, degrees[0] + 1, degrees[1] + 1))
