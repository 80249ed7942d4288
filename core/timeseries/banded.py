"""Weighted least squares on a network, solved for many pixels at once.

With dates in order, the normal matrix A^T W A of a pixel is the Laplacian of its network: a graph
whose edges are the valid pairs and whose conductances are their weights (missing = 0). It is
banded, because pairs are short. Eliminating a date replaces it by a mesh between its later
neighbours (star-mesh transform), which is the LDL^T factorisation with nothing ever subtracted:

    s_k = sum_j a_kj,   l_kj = a_kj / s_k,   a_ij += l_ki a_kj   (i, j later than k)

So small and large weights keep their digits, and a subset of dates ends exactly where s_k == 0,
without a threshold. There the date is a root: its value is free and set to 0.

Arrays are dates or pairs first, pixels last and contiguous, float64. Every step is an elementwise
operation on rows of pixels, so the answer of a pixel does not depend on its neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .matrix import Network, incidence

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Float64 = NDArray[np.float64]
Int16 = NDArray[np.int16]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Layout:
    """Where the pairs of a network stand in the band.

    slot : (M,) row of each pair in the flattened N x b band; column j - i - 1 of date i.
    reach : (N,) band columns of each date that elimination can fill.
    b : half-bandwidth, the longest pair in dates.
    transposed : (N, M) A^T, -1 at the earlier and 1 at the later date of each pair.
    """

    network: Network
    slot: NDArray[np.intp]
    reach: tuple[int, ...]
    b: int
    transposed: csr_matrix

    @staticmethod
    def of(network: Network) -> Layout:
        """Layout of a network."""
        from scipy.sparse import csr_matrix

        earlier, later = network.earlier, network.later
        b = int((later - earlier).max())
        furthest = np.arange(network.N)
        np.maximum.at(furthest, earlier, later)
        reach = np.maximum.accumulate(furthest) - np.arange(network.N)
        transposed = csr_matrix(incidence(network).T)
        return Layout(network, earlier * b + (later - earlier - 1), tuple(int(n) for n in reach), b, transposed)

    def band(self, weight: Float64) -> Float64:
        """(N, b, P) band of conductances from (M, P) pair weights."""
        network = self.network
        flat = np.zeros((network.N * self.b, weight.shape[1]))
        flat[self.slot] = weight
        return flat.reshape(network.N, self.b, weight.shape[1])

    def gather(self, value: Float64) -> Float64:
        """(N, P) A^T value of (M, P) pair values."""
        return np.asarray(self.transposed @ value)


@dataclass(frozen=True, eq=False)
class Factor:
    """Factorised normal matrices of P pixels.

    ratio : (N, b, P) the l_kj. inverse : (N, P) 1 / s_k, and 1 at a root.
    root : (N, P) true where a subset of dates ends.
    """

    layout: Layout
    ratio: Float64
    inverse: Float64
    root: Bool

    @property
    def subsets(self) -> Int16:
        """(P,) subsets of the N dates, a date without data counting as one."""
        return np.sum(self.root, axis=0, dtype=np.int16)

    def take(self, columns: NDArray[np.intp]) -> Factor:
        """The same for some of the pixels."""
        return Factor(self.layout, self.ratio[:, :, columns], self.inverse[:, columns], self.root[:, columns])


def factor(layout: Layout, weight: Float64, ground: Float64 | None = None) -> Factor:
    """Factorise the normal matrices of (M, P) pair weights, at least 0.

    ground : (N, P) conductances added to the diagonal, at least 0; None for none.
    """
    band = layout.band(weight)
    pixels = weight.shape[1]
    inverse = np.empty((layout.network.N, pixels))
    root = np.empty((layout.network.N, pixels), np.bool_)
    update = np.empty((layout.b, pixels))
    for k, reach in enumerate(layout.reach if pixels else ()):
        edge = band[k, :reach]
        total = inverse[k]
        if ground is None:
            total[:] = 0.0
        else:
            total[:] = ground[k]
        for row in edge:
            total += row
        np.equal(total, 0.0, out=root[k])
        total += root[k]
        np.divide(1.0, total, out=total)
        ratio = edge * total
        for m in range(reach - 1):
            np.multiply(edge[m + 1 :], ratio[m], out=update[m + 1 : reach])
            band[k + 1 + m, : reach - 1 - m] += update[m + 1 : reach]
        if ground is not None:
            for m in range(reach):
                ground[k + 1 + m] += ratio[m] * ground[k]
        edge[:] = ratio
    return Factor(layout, band, inverse, root)


def solve(factors: Factor, right: Float64) -> Float64:
    """(N, P) x with (A^T W A) x = right, where `right` (N, P) is overwritten.

    In each subset of dates the last one is 0; `right` must sum to zero over each subset (as
    A^T W y does), unless the subset is grounded.
    """
    forward(factors, right)
    right *= factors.inverse
    if right.size == 0:
        return right
    ratio = factors.ratio
    update = np.empty((factors.layout.b, right.shape[1]))
    for k in range(len(right) - 1, -1, -1):
        reach = factors.layout.reach[k]
        np.multiply(ratio[k, :reach], right[k + 1 : k + 1 + reach], out=update[:reach])
        for row in update[:reach]:
            right[k] += row
    return right


def forward(factors: Factor, right: Float64) -> None:
    """Replace `right` (N, P) by L^-1 right."""
    update = np.empty((factors.layout.b, right.shape[1]))
    for k, reach in enumerate(factors.layout.reach if right.size else ()):
        np.multiply(factors.ratio[k, :reach], right[k], out=update[:reach])
        right[k + 1 : k + 1 + reach] += update[:reach]


def quadratic_form(factors: Factor, right: Float64) -> Float64:
    """(P,) right^T (A^T W A)^+ right: the variance of right^T x for pair variances 1/w.

    `right` (N, P) sums to zero over each subset of dates and is overwritten.
    """
    forward(factors, right)
    right *= right
    right *= factors.inverse
    right[factors.root] = 0.0
    return np.sum(right, axis=0)


def date_labels(factors: Factor) -> NDArray[np.intp]:
    """(N, P) number of the subset of each date, from 0 in the order of the subsets' first dates."""
    count, pixels = factors.root.shape
    label = np.empty((count, pixels), np.intp)
    for k in range(count - 1, -1, -1):
        label[k] = np.where(factors.root[k], k, -1)
        for m in range(factors.layout.reach[k]):
            joined = factors.ratio[k, m] > 0.0
            np.copyto(label[k], label[k + 1 + m], where=joined)
    column = np.arange(pixels)
    order = np.full((count, pixels), -1, np.intp)
    following = np.zeros(pixels, np.intp)
    for k in range(count):
        known = order[label[k], column]
        new = known < 0
        order[label[k], column] = np.where(new, following, known)
        following += new
        label[k] = order[label[k], column]
    return label
