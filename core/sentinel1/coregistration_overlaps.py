"""The overlaps of neighbouring bursts of the reference, and what the dates show there."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .bursts import Burst, Scene
from .carrier import carrier_of
from .orbit import Orbit

Float64 = NDArray[np.float64]
Range = tuple[int, int]  # half-open

LEAST_LINES = 8  # two rows of cells


@dataclass(frozen=True)
class BurstOverlap:
    """Two bursts that follow each other in a swath and the lines and samples that both show.

    lines : in the top burst. shift : lines to take off them for those of the bottom burst, whole; bursts of an image
    stand on one grid of times.
    """

    top: Burst
    bottom: Burst
    lines: Range
    samples: Range
    shift: int

    @property
    def bottom_lines(self) -> Range:
        """The same lines in the bottom burst."""
        return self.lines[0] - self.shift, self.lines[1] - self.shift

    @property
    def name(self) -> str:
        """Such as "IW1 230132/230133"."""
        return f"{self.top.swath} {self.top.burst_id}/{self.bottom.burst_id}"

    @property
    def independent(self) -> float:
        """Share of the pixels that is independent: bands over sampling rates."""
        burst = self.top
        azimuth = burst.azimuth_band.width * burst.azimuth_interval
        return min(1.0, azimuth * burst.range_band.width / burst.range_sampling_rate)

    def parts(self, samples: int) -> list[BurstOverlap]:
        """The overlap cut along range into parts of at most so many samples."""
        left, right = self.samples
        return [
            replace(self, samples=(start, min(start + samples, right)))
            for start in range(left, right, samples)
        ]

    def difference(self, orbit: Orbit) -> Float64:
        """Doppler of the top burst less that of the bottom one, kt (eta_top - eta_bottom), per sample [Hz]."""
        samples = np.arange(*self.samples)
        rate = 0.5 * sum(carrier_of(burst, orbit).rates(samples)[0] for burst in (self.top, self.bottom))
        return np.asarray(rate * (self.bottom.middle_time - self.top.middle_time), np.float64)


def overlaps_of(scene: Scene) -> list[BurstOverlap]:
    """The overlaps of an image, swath by swath along the track."""
    return [
        found
        for bursts in scene.bursts.values()
        for top, bottom in zip(bursts, bursts[1:])
        if (found := _overlap(top, bottom)) is not None
    ]


def _overlap(top: Burst, bottom: Burst) -> BurstOverlap | None:
    """The common valid lines; None where they share too few, as where a burst between the two is missing."""
    shift = round(float(top.line_of(bottom.azimuth_time)))
    first, stop = bottom.valid_lines[0] + shift, min(top.valid_lines[1], bottom.valid_lines[1] + shift)
    left = max(top.valid_samples[0], bottom.valid_samples[0])
    right = min(top.valid_samples[1], bottom.valid_samples[1])
    if stop - first < LEAST_LINES or right <= left:
        return None
    return BurstOverlap(top, bottom, (first, stop), (left, right), shift)
