"""The network of pairs as matrices: incidence, interval velocities and their pseudo-inverse."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..units import years_between

Float64 = NDArray[np.float64]
IntP = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Network:
    """Dates and pairs of a small-baseline network.

    dates : N dates in rising order, no date twice.
    index : (M, 2) positions in `dates` of each pair, the earlier date first, no pair twice.

    Raises InputError when the order is broken or a pair repeats.
    """

    dates: tuple[date, ...]
    index: IntP

    def __post_init__(self) -> None:
        object.__setattr__(self, "dates", tuple(self.dates))
        object.__setattr__(self, "index", np.asarray(self.index, np.intp).reshape(-1, 2))
        self._check()

    def _check(self) -> None:
        if len(self.dates) < 2 or len(self.index) == 0:
            raise InputError(
                "Network",
                f"{len(self.dates)} date(s), {len(self.index)} pair(s)",
                "at least two dates and one pair",
                "Widen the date window or keep more pairs",
            )
        if any(later <= earlier for earlier, later in zip(self.dates, self.dates[1:])):
            raise InputError("Network", "dates", "dates in rising order, each once", "Sort the dates")
        if self.index.min() < 0 or self.index.max() >= len(self.dates):
            raise InputError("Network", "pairs", "pairs of dates of the network", "Add the missing dates")
        if np.any(self.index[:, 0] >= self.index[:, 1]):
            raise InputError("Network", "pairs", "pairs whose earlier date comes first", "Swap the dates")
        if len(np.unique(self.index, axis=0)) < len(self.index):
            raise InputError("Network", "pairs", "each pair once", "Remove the duplicate pairs")

    @property
    def M(self) -> int:  # noqa: N802
        """Number of pairs."""
        return len(self.index)

    @property
    def N(self) -> int:  # noqa: N802
        """Number of dates."""
        return len(self.dates)

    @property
    def years(self) -> Float64:
        """(N,) time since the first date [years of 365.25 days]."""
        return np.array([years_between(self.dates[0], day) for day in self.dates])

    @property
    def earlier(self) -> IntP:
        """(M,) position of each pair's earlier date."""
        return self.index[:, 0]

    @property
    def later(self) -> IntP:
        """(M,) position of each pair's later date."""
        return self.index[:, 1]

    @property
    def labels(self) -> IntP:
        """(N,) subset of the network that each date belongs to, numbered from 0 in date order."""
        label = np.arange(self.N)
        changed = True
        while changed:
            before = label.copy()
            lowest = np.minimum(label[self.earlier], label[self.later])
            np.minimum.at(label, self.earlier, lowest)
            np.minimum.at(label, self.later, lowest)
            changed = bool(np.any(label != before))
        return np.unique(label, return_inverse=True)[1]

    @property
    def components(self) -> int:
        """Number of subsets with no pair between them; 1 when the network is connected."""
        return int(self.labels.max()) + 1

    @property
    def rank(self) -> int:
        """Rank of the incidence matrix, N - components."""
        return self.N - self.components


def incidence(network: Network) -> Float64:
    """(M, N) incidence matrix A: -1 at the earlier date, +1 at the later; A d = pair displacement."""
    matrix = np.zeros((network.M, network.N))
    row = np.arange(network.M)
    matrix[row, network.earlier] = -1.0
    matrix[row, network.later] = 1.0
    return matrix


def velocity_matrix(network: Network) -> Float64:
    """(M, N - 1) matrix B of Berardino et al. (2002), eq. 16: B v = pair displacement.

    v are the mean velocities [per year] of the intervals between neighbouring dates.
    """
    step = np.diff(network.years)
    interval = np.arange(network.N - 1)
    inside = (network.earlier[:, None] <= interval) & (interval < network.later[:, None])
    return np.where(inside, step, 0.0)


def displacement_operator(network: Network) -> Float64:
    """(N, M) matrix E with d = E (pair displacements): least squares, first date 0.

    Of all least-squares solutions the one with the smallest norm of the interval velocities
    (Berardino et al. 2002, singular value decomposition of B), so that a network in several
    subsets has an answer. With a connected network this is the ordinary least-squares solution.
    """
    step = np.diff(network.years)
    operator = np.zeros((network.N, network.M))
    operator[1:] = np.cumsum(step[:, None] * np.linalg.pinv(velocity_matrix(network)), axis=0)
    return operator
