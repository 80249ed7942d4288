"""Interpolation across gaps of a map by a thin plate under slight tension, on the pixels themselves.

The plate passes through every known pixel and bends as little as it can in between. On a bowl it follows the
curvature, which a membrane (harmonic interpolation) cuts off: it never rises above the rim of a gap. The energy is
that of Smith & Wessel (Geophysics 55, 1990), bending plus tension, in finite differences of the terms that touch a
gap; a term that would reach beyond the pixels given is left out, so that edges are free.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Float64 = NDArray[np.float64]
Flags = NDArray[np.bool_]

TENSION_LENGTH = 10.0  # pixels over which tension begins to matter; it keeps edges of gaps without data from tilting

_ALL, _HEAD, _TAIL = slice(None), slice(None, -1), slice(1, None)
_THREE = (slice(None, -2), slice(1, -1), slice(2, None))


class ThinPlate:
    """The interpolation for one pattern of gaps, to be used on any number of maps."""

    def __init__(self, known: Flags, wanted: Flags, size: tuple[float, float]) -> None:
        """Prepare the pixels `wanted` from the pixels `known`, both (rows, columns) and apart from each other.

        size : ground size (east, north) of a pixel, any unit. From every wanted pixel a path over wanted neighbours
        (4) must lead to a known one.
        """
        from scipy.sparse.linalg import splu

        self._known, self._wanted = known, wanted
        if not wanted.any():
            return
        terms = _terms(known | wanted, wanted, size)
        unknown = terms[:, np.flatnonzero(wanted)]
        self._towards = -(unknown.T @ terms[:, np.flatnonzero(known)])
        self._solver = splu((unknown.T @ unknown).tocsc())

    def fill(self, values: Float64) -> Float64:
        """Values of the wanted pixels, in row-major order, from those of the known pixels of a map."""
        if not self._wanted.any():
            return np.zeros(0)
        return np.asarray(self._solver.solve(self._towards @ values[self._known]), np.float64)

    def weights(self, loads: Float64) -> csr_matrix:
        """Weights of the known pixels in weighted sums of the wanted ones: loads (sums, wanted) to (sums, known)."""
        from scipy.sparse import csr_matrix

        return csr_matrix(self._solver.solve(np.ascontiguousarray(loads.T)).T) @ self._towards


def _terms(domain: Flags, wanted: Flags, size: tuple[float, float]) -> csr_matrix:
    """One row per squared term of the energy that touches a wanted pixel, one column per pixel."""
    from scipy.sparse import vstack

    east, north = size
    mixed = np.sqrt(2.0) / (east * north)
    pull = 1.0 / (TENSION_LENGTH * np.sqrt(east * north))
    middle = np.array([1.0, -2.0, 1.0])
    step = np.array([-1.0, 1.0])
    return vstack(
        [
            _rows(domain, wanted, [(_ALL, part) for part in _THREE], middle / east**2),
            _rows(domain, wanted, [(part, _ALL) for part in _THREE], middle / north**2),
            _rows(
                domain,
                wanted,
                [(_HEAD, _HEAD), (_HEAD, _TAIL), (_TAIL, _HEAD), (_TAIL, _TAIL)],
                mixed * np.array([1.0, -1.0, -1.0, 1.0]),
            ),
            _rows(domain, wanted, [(_ALL, _HEAD), (_ALL, _TAIL)], pull * step / east),
            _rows(domain, wanted, [(_HEAD, _ALL), (_TAIL, _ALL)], pull * step / north),
        ],
        format="csc",
    )


def _rows(
    domain: Flags, wanted: Flags, parts: list[tuple[slice, slice]], factors: Float64
) -> csr_matrix:
    """A finite difference at all places where its pixels lie in the domain and one of them is wanted."""
    from scipy.sparse import csr_matrix

    here = np.logical_and.reduce([domain[part] for part in parts])
    here &= np.logical_or.reduce([wanted[part] for part in parts])
    place = np.arange(domain.size).reshape(domain.shape)
    columns = np.stack([place[part][here] for part in parts], axis=1)
    count, width = columns.shape
    starts = np.arange(0, count * width + 1, width)
    return csr_matrix((np.tile(factors, count), columns.ravel(), starts), shape=(count, domain.size))
