"""Standard deviation over the image before and after a correction, gathered row by row."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass
class Spread:
    """One raster: its values before and after [mm], over the pixels that have both.

    lost : pixels that had a value and have none after the correction.
    """

    name: str
    lost: int = 0
    _rows: list[tuple[float, float, float, float, float]] = field(default_factory=list)

    def add(self, before: NDArray[np.floating], after: NDArray[np.floating]) -> None:
        """Rows (n, width) in order."""
        known, corrected = np.isfinite(before), np.isfinite(after)
        self.lost += int(np.count_nonzero(known & ~corrected))
        for first, second, use in zip(before, after, known & corrected):
            if use.any():
                a, b = first[use].astype(np.float64), second[use].astype(np.float64)
                self._rows.append((float(len(a)), a.sum(), (a * a).sum(), b.sum(), (b * b).sum()))

    @property
    def pixels(self) -> int:
        """Pixels with a value before and after."""
        return int(math.fsum(row[0] for row in self._rows))

    @property
    def before(self) -> float:
        """Standard deviation before [mm]; NaN without pixels."""
        return self._deviation(1)

    @property
    def after(self) -> float:
        """Standard deviation after [mm]; NaN without pixels."""
        return self._deviation(3)

    @property
    def reduction(self) -> float:
        """Reduction of the standard deviation [%]; negative where it grew."""
        return 100.0 * (1.0 - self.after / self.before) if self.before > 0 else math.nan

    def _deviation(self, column: int) -> float:
        number = self.pixels
        if not number:
            return math.nan
        mean = math.fsum(row[column] for row in self._rows) / number
        square = math.fsum(row[column + 1] for row in self._rows) / number
        return math.sqrt(max(0.0, square - mean * mean))
