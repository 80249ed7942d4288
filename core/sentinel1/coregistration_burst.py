"""One burst of another date on the pixels of the reference: geometry, resampling, flattening."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .bursts import Burst, Scene
from .bursts_match import BurstPair, match
from .carrier import carrier_of
from .flatten import flatten
from .geometry import geo2rdr, span_of
from .geometry_dem import Dem
from .geometry_terrain import BurstGround
from .geometry_volume import Polynomials, Volume
from .resample import MISSING, Secondary, resample
from .resample_kernel import kernel_of
from .safe_measurement import Readers

Complex64 = NDArray[np.complex64]
Float64 = NDArray[np.float64]
Range = tuple[int, int]  # half-open


def reference_window(scene: Scene, burst: Burst, lines: Range, samples: Range, readers: Readers) -> Complex64:
    """Pixels of the reference's burst; 0 outside its valid rectangle."""
    return readers.of(scene.swath_of(burst)).read(burst, lines, samples)


def offsets_of(pair: BurstPair, secondary: Scene, volume: Volume) -> Polynomials:
    """Of the reference's pixels: line in the secondary less the own [lines], and R_secondary - R_reference [m].

    volume : of the reference's burst.
    """
    early, late = span_of(pair.secondary)
    reach = abs(pair.line_shift) * pair.secondary.azimuth_interval
    times, ranges = geo2rdr(
        secondary.orbit.since(pair.secondary.epoch), volume.points, (early - reach, late + reach)
    )
    lines = pair.secondary.line_of(times) - pair.reference.line_of(volume.times)
    return volume.fitted(np.stack([lines, ranges - volume.ranges]))


@dataclass(frozen=True, eq=False)
class BurstAligner:
    """Brings a burst of another date onto the reference's pixels.

    offsets : see `offsets_of`. late : lines by which targets appear late in the secondary image, beyond what the
    orbits say.
    """

    pair: BurstPair
    reference: Scene
    secondary: Scene
    ground: BurstGround
    offsets: Polynomials
    late: float = 0.0

    def on(self, heights: NDArray[Any], lines: Range, samples: Range, readers: Readers) -> Complex64:
        """The secondary on the reference's lines and samples, flattened; complex64, NaN where it has no pixels.

        heights : of the pixels above the ellipsoid [m].
        """
        burst = self.pair.secondary
        own_lines, own_samples = np.arange(*lines, dtype=np.float64), np.arange(*samples, dtype=np.float64)
        down, farther = self.offsets.at(own_lines, own_samples, heights)
        down += own_lines[:, None] + self.late
        along = burst.sample_of(self.pair.reference.ranges(own_samples) + farther)
        source = self._source(down, along, readers)
        if source is None:
            return np.full(down.shape, MISSING, np.complex64)
        return flatten(resample(source, down, along), farther, self.pair.reference.wavelength)

    def _source(self, down: Float64, along: Float64, readers: Readers) -> Secondary | None:
        """The valid pixels of the secondary that the kernels reach; None without any."""
        burst = self.pair.secondary
        kernel = kernel_of(burst.swath)
        rows = _reach(down, kernel.azimuth.taps, burst.valid_lines)
        columns = _reach(along, kernel.range.taps, burst.valid_samples)
        if rows is None or columns is None:
            return None
        image = readers.of(self.secondary.swath_of(burst)).read(burst, rows, columns)
        return Secondary(image, (rows[0], columns[0]), carrier_of(burst, self.secondary.orbit))


def _reach(positions: Float64, taps: int, valid: Range) -> Range | None:
    """The part of the valid range within a kernel's length of the positions."""
    known = positions[np.isfinite(positions)]
    if not known.size:
        return None
    first = max(int(np.floor(known.min())) - taps, valid[0])
    stop = min(int(np.ceil(known.max())) + taps + 1, valid[1])
    return (first, stop) if stop - first >= taps else None


def grounds_of(scene: Scene, dem: Dem) -> dict[str, BurstGround]:
    """What finds the ground of the pixels of an image's bursts, by the bursts' labels."""
    return {
        burst.label: BurstGround(burst, scene.orbit, dem)
        for bursts in scene.bursts.values()
        for burst in bursts
    }


def aligners(
    reference: Scene, secondary: Scene, grounds: Mapping[str, BurstGround], late: float = 0.0
) -> dict[str, BurstAligner]:
    """The common bursts of two dates, by the label of the reference's."""
    found = {}
    for pair in match(reference, secondary):
        ground = grounds[pair.reference.label]
        offsets = offsets_of(pair, secondary, ground.volume)
        found[pair.reference.label] = BurstAligner(pair, reference, secondary, ground, offsets, late)
    return found
