"""What a run keeps of all series for its numbers, figures and report, whatever portions they come in."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ...units import DAYS_PER_YEAR
from .analysis import CLASSES, SEASONAL, UNKNOWN, Analysis, model
from .design import Design

Float64 = NDArray[np.float64]

KEPT = 400_000  # series whose values are kept for histograms
_DAYS = 400  # places of a drawn model


@dataclass(frozen=True)
class Example:
    """The clearest series of a class [mm]: values at the dates, the model at `model_years` (since 2000)."""

    kind: int
    score: float
    p: float
    place: int
    values: Float64
    model_years: Float64
    model: Float64


@dataclass
class Overview:
    """Counts per class, the clearest series of each, and amplitude, peak day and trend of some series.

    stride : every stride-th series is kept. place : number of the next series.
    """

    design: Design
    stride: int = 1
    place: int = 0
    counts: NDArray[np.intp] = field(default_factory=lambda: np.zeros(len(CLASSES), np.intp))
    unknown: int = 0
    examples: dict[int, Example] = field(default_factory=dict)
    _kept: list[Float64] = field(default_factory=list)

    def add(self, found: Analysis, values: NDArray) -> None:
        """Take in the next series, values (N, P) [mm]."""
        some = np.isfinite(values).any(axis=0)
        self.unknown += int(np.count_nonzero(some & (found.kind == UNKNOWN)))
        self.counts += np.bincount(found.kind[found.kind >= 0], minlength=len(CLASSES))
        for kind in range(len(CLASSES)):
            those = np.flatnonzero(found.kind == kind)
            if not len(those):
                continue
            # The clearest stable series is the quietest one: its test found nothing.
            score = -found.residual_std[those] if kind == 0 else found.kind_f[those]
            clearest = int(those[np.argmax(score)])
            top = float(np.max(score))
            if kind not in self.examples or top > self.examples[kind].score:
                self.examples[kind] = self._example(found, values, clearest, kind, top)
        chosen = slice(-self.place % self.stride, None, self.stride)
        self._kept.append(
            np.stack([getattr(found, name)[chosen].astype(np.float64) for name in _COLUMNS], axis=1)
        )
        self.place += values.shape[1]

    def column(self, name: str) -> Float64:
        """kind, amplitude, peak_day or trend of the kept series."""
        every = np.concatenate(self._kept) if self._kept else np.empty((0, len(_COLUMNS)))
        return np.asarray(every[:, _COLUMNS.index(name)])

    @property
    def analysed(self) -> int:
        """Series with a class."""
        return int(self.counts.sum())

    def seasonal_median(self) -> tuple[float, float]:
        """Median amplitude [mm] and mean day of the peak (of the directions) of the series classed seasonal."""
        those = self.column("kind") == SEASONAL
        if not those.any():
            return math.nan, math.nan
        turn = self.column("peak_day")[those] / DAYS_PER_YEAR * 2.0 * math.pi
        mean = math.atan2(float(np.sin(turn).sum()), float(np.cos(turn).sum())) / (2.0 * math.pi) % 1.0
        return float(np.median(self.column("amplitude")[those])), mean * DAYS_PER_YEAR

    def _example(self, found: Analysis, values: NDArray, series: int, kind: int, score: float) -> Example:
        times = self.design.times
        origin = times[0] - self.design.years[0]
        fine = np.linspace(times[0], times[-1], _DAYS)
        own = values[:, series].astype(np.float64)
        drawn = model(fine, origin, found, series, self.design, own)
        return Example(kind, score, float(found.kind_p[series]), self.place + series, own, fine, drawn)


_COLUMNS = ("kind", "amplitude", "peak_day", "trend")
