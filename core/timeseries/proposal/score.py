"""How well pixels serve as a reference, and which squares of them serve best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]

COMPLETE = 0.8  # share of a square's pixels that must be usable
_NARROW = 16  # the most frequent value is the median of the densest sixteenth


@dataclass(frozen=True)
class Square:
    """Pixels row .. row + side - 1 and col .. col + side - 1; score 0 to 1, means over its usable pixels."""

    row: int
    col: int
    side: int
    score: float
    coherence: float
    velocity: float
    residual: float


@dataclass(frozen=True)
class Quality:
    """Per pixel (rows, cols): temporal coherence, velocity and residual [mm/yr, mm], and which pixels are usable.

    level [mm/yr] : what is taken as standing still.
    """

    coherence: Float64
    velocity: Float64
    residual: Float64
    usable: Bool
    level: float

    def score(self) -> Float64:
        """Mean of three ranks among the usable pixels, 1 the best: coherence, |velocity - level|, residual."""
        out = np.full(self.usable.shape, np.nan)
        ranks = [
            _rank(self.coherence[self.usable]),
            _rank(-np.abs(self.velocity[self.usable] - self.level)),
            _rank(-self.residual[self.usable]),
        ]
        out[self.usable] = np.mean(ranks, axis=0)
        return out


def most_frequent(values: Float64) -> float:
    """Where values (n,) lie densest: the shortest interval with half of them, half of those, and so on.

    (Half-sample mode; Robertson and Cryer 1974, Bickel and Fruehwirth 2006.) Stopped at a sixteenth, whose median is
    taken, because smaller samples follow the noise.
    """
    kept = np.sort(values)
    least = max(1, len(kept) // _NARROW)
    while len(kept) > least and len(kept) > 2:
        half = -(-len(kept) // 2)
        start = int(np.argmin(kept[half - 1 :] - kept[: len(kept) - half + 1]))
        kept = kept[start : start + half]
    return float(np.median(kept))


def best_squares(quality: Quality, side: int, count: int, apart: float, max_velocity: float) -> list[Square]:
    """At most `count` squares of the highest mean score, best first.

    side [pixels]. apart [pixels] : least distance between the middles of two. max_velocity [mm/yr] : of the mean
    over a square against the level. Squares need four usable pixels of five.
    """
    usable = quality.usable
    if min(usable.shape) < side:
        return []
    number = _box_sum(usable.astype(np.float64), side)
    with np.errstate(divide="ignore", invalid="ignore"):
        means = [
            _box_sum(np.where(usable, values, 0.0), side) / number
            for values in (quality.score(), quality.coherence, quality.velocity, quality.residual)
        ]
    score, coherence, velocity, residual = means
    fit = (number >= COMPLETE * side * side) & (np.abs(velocity - quality.level) <= max_velocity)
    left = np.where(fit, score, -np.inf)
    rows, cols = np.mgrid[0 : left.shape[0], 0 : left.shape[1]]
    found: list[Square] = []
    while len(found) < count:
        row, col = (int(n) for n in np.unravel_index(int(np.argmax(left)), left.shape))
        if not np.isfinite(left[row, col]):
            break
        values = (float(part[row, col]) for part in (score, coherence, velocity, residual))
        found.append(Square(row, col, side, *values))
        left[np.hypot(rows - row, cols - col) < apart] = -np.inf
    return found


def _rank(values: Float64) -> Float64:
    """Rank from 0 (lowest) to 1 (highest); equal values share theirs."""
    from scipy.stats import rankdata

    if len(values) < 2:
        return np.ones(len(values))
    return np.asarray((rankdata(values) - 1.0) / (len(values) - 1.0))


def _box_sum(values: Float64, side: int) -> Float64:
    """Sums over all squares, shape (rows - side + 1, cols - side + 1)."""
    total = np.zeros((values.shape[0] + 1, values.shape[1] + 1))
    total[1:, 1:] = values.cumsum(axis=0).cumsum(axis=1)
    return np.asarray(total[side:, side:] - total[:-side, side:] - total[side:, :-side] + total[:-side, :-side])
