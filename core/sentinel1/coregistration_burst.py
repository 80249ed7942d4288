"""One burst of another date on the pixels of the reference: geometry, resampling, flattening."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .bursts import Burst, Scene
from .bursts_match import BurstPair, match
from .carrier import carrier_of
from .flatten import flatten
from .geometry import burst_coordinates
from .geometry_dem import Dem
from .geometry_terrain import BurstGround, Ground
from .resample import MISSING, Secondary, resample
from .resample_kernel import kernel_of
from .safe_measurement import BurstReader

Complex64 = NDArray[np.complex64]
Float64 = NDArray[np.float64]
Range = tuple[int, int]  # half-open


@contextmanager
def reading(scene: Scene, burst: Burst) -> Iterator[BurstReader]:
    """An open reader of the file that a burst comes from."""
    with BurstReader(scene.swath_of(burst)) as reader:
        yield reader


def reference_window(scene: Scene, burst: Burst, lines: Range, samples: Range) -> Complex64:
    """Pixels of the reference's burst; 0 outside its valid rectangle."""
    with reading(scene, burst) as reader:
        return reader.read(burst, lines, samples)


@dataclass(frozen=True, eq=False)
class BurstAligner:
    """Brings a burst of another date onto the reference's pixels.

    late : lines by which targets appear late in the secondary image, beyond what the orbits say.
    """

    pair: BurstPair
    reference: Scene
    secondary: Scene
    ground: BurstGround
    late: float = 0.0

    def window(self, lines: Range, samples: Range) -> Complex64:
        """The secondary on the reference's lines and samples, flattened; complex64, NaN where it has no pixels."""
        return self.on(self.ground.window(lines, samples), lines, samples)

    def on(self, ground: Ground, lines: Range, samples: Range) -> Complex64:
        """The same where the ground of the pixels is known already."""
        burst = self.pair.secondary
        places = burst_coordinates(burst, self.secondary.orbit, ground.positions())
        down, along = places[0] + self.late, places[1]
        source = self._source(down, along)
        if source is None:
            return np.full(down.shape, MISSING, np.complex64)
        own = self.pair.reference.ranges(np.arange(*samples))
        moved = resample(source, down, along)
        return flatten(moved, burst.ranges(along) - own, self.pair.reference.wavelength)

    def _source(self, down: Float64, along: Float64) -> Secondary | None:
        """The valid pixels of the secondary that the kernels reach; None without any."""
        burst = self.pair.secondary
        kernel = kernel_of(burst.swath)
        rows = _reach(down, kernel.azimuth.taps, burst.valid_lines)
        columns = _reach(along, kernel.range.taps, burst.valid_samples)
        if rows is None or columns is None:
            return None
        with reading(self.secondary, burst) as reader:
            image = reader.read(burst, rows, columns)
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
    return {
        pair.reference.label: BurstAligner(pair, reference, secondary, grounds[pair.reference.label], late)
        for pair in match(reference, secondary)
    }
