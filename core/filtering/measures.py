"""What a filter did, in numbers that need no truth: phase scatter, residues, steps at edges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]


@dataclass(frozen=True)
class Texture:
    """Sums over pixels or loops; adds up over strips.

    scatter : of squared wrapped differences to the mean of the 8 neighbours [rad^2], over `pixels`.
    residues : loops of 2 x 2 pixels around which the wrapped differences do not add up to 0, of `loops`.
    """

    scatter: float = 0.0
    pixels: int = 0
    residues: int = 0
    loops: int = 0

    def __add__(self, other: Texture) -> Texture:
        return Texture(
            self.scatter + other.scatter,
            self.pixels + other.pixels,
            self.residues + other.residues,
            self.loops + other.loops,
        )

    @property
    def deviation(self) -> float | None:
        """Root mean square of the scatter [rad]."""
        return float(np.sqrt(self.scatter / self.pixels)) if self.pixels else None

    @property
    def density(self) -> float | None:
        """Residues per 1000 pixels."""
        return 1000.0 * self.residues / self.loops if self.loops else None


def texture(phase: Float32) -> Texture:
    """Scatter and residues of a wrapped phase [rad] (rows, columns); pixels whose neighbours are all known count.

    A plane of any slope has no scatter, because opposite neighbours of a pixel cancel.
    """
    phasor = np.exp(1j * phase.astype(np.float64))
    height, width = phase.shape
    total = np.zeros((max(height - 2, 0), max(width - 2, 0)), complex)
    for row in range(3):
        for col in range(3):
            if (row, col) != (1, 1):
                total += phasor[row : row + total.shape[0], col : col + total.shape[1]]
    difference = np.angle(phasor[1:-1, 1:-1] * total.conj()) if total.size else np.zeros((0, 0))
    known = np.isfinite(difference)
    across, down = wrap(np.diff(phase, axis=1)), wrap(np.diff(phase, axis=0))
    around = across[:-1] + down[:, 1:] - across[1:] - down[:, :-1]
    closed = np.isfinite(around)
    return Texture(
        float(np.sum(difference[known] ** 2)),
        int(known.sum()),
        int(np.count_nonzero(np.abs(around[closed]) > np.pi)),
        int(closed.sum()),
    )


def wrap(difference: NDArray[np.floating]) -> NDArray[np.float64]:
    """Difference of phases into -pi to pi."""
    values = difference.astype(np.float64)
    return np.asarray(values - 2.0 * np.pi * np.round(values / (2.0 * np.pi)))


def edges(brightness: Float32, share: float = 0.02) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Flat indices of pixel pairs two columns or two rows apart across the strongest steps of a mean amplitude.

    brightness : (rows, columns), missing or 0 takes no part. share : of all such pairs.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        level = np.log(np.where(brightness > 0, brightness, np.nan))
    index = np.arange(level.size).reshape(level.shape)
    steps = np.concatenate([np.abs(level[:, 2:] - level[:, :-2]).ravel(), np.abs(level[2:] - level[:-2]).ravel()])
    first = np.concatenate([index[:, :-2].ravel(), index[:-2].ravel()])
    second = np.concatenate([index[:, 2:].ravel(), index[2:].ravel()])
    known = np.flatnonzero(np.isfinite(steps))
    if not known.size:
        return first[:0], second[:0]
    limit = np.quantile(steps[known], 1.0 - share)
    chosen = known[steps[known] >= limit]
    return first[chosen], second[chosen]


def edge_sharpness(
    before: NDArray[np.floating], after: NDArray[np.floating], first: NDArray[np.intp], second: NDArray[np.intp]
) -> float | None:
    """Share of the phase steps `before` between the pixels of each pair that is left `after`: least-squares slope.

    1: the steps are as they were; 0: they are gone. `before` should be free of noise (a truth, or coherent pixels),
    because noise that the filter rightly takes away counts as lost steps.
    """
    old, new = (wrap(phase.ravel()[second] - phase.ravel()[first]) for phase in (before, after))
    known = np.isfinite(old) & np.isfinite(new)
    energy = float(np.sum(old[known] ** 2))
    # The wrapped difference of the steps, so that a step near pi that turned over does not count twice.
    return 1.0 + float(np.sum(old[known] * wrap(new[known] - old[known]))) / energy if energy > 0 else None
