"""Two simulated images through reader, geometry, carrier and resampling: what is left where truth says nothing is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from groundline.core.monitor import Monitor
from groundline.core.sentinel1.bursts import Burst, Scene
from groundline.core.sentinel1.bursts_area import bounds
from groundline.core.sentinel1.bursts_match import match
from groundline.core.sentinel1.bursts_scene import group_passes, join
from groundline.core.sentinel1.carrier import carrier_of
from groundline.core.sentinel1.flatten import flatten
from groundline.core.sentinel1.geometry import burst_coordinates
from groundline.core.sentinel1.geometry_dem import DemSource, load_dem
from groundline.core.sentinel1.geometry_terrain import BurstGround
from groundline.core.sentinel1.orbit import Orbit
from groundline.core.sentinel1.resample import Secondary, resample
from groundline.core.sentinel1.safe import read_product
from groundline.core.sentinel1.safe_files import find_images
from groundline.core.sentinel1.safe_measurement import BurstReader

LOW, HIGH = -50.0, 500.0  # m, beyond the simulated terrain


@dataclass(frozen=True, eq=False)
class BurstImage:
    """A burst of the reference, its orbit, the secondary on its pixels, flattened, and the pixels' lon and lat."""

    burst: Burst
    orbit: Orbit
    reference: np.ndarray
    secondary: np.ndarray
    lon: np.ndarray
    lat: np.ndarray

    @property
    def interferogram(self) -> np.ndarray:
        """Reference x conj(secondary); 0 where either is missing."""
        return np.nan_to_num(self.reference * self.secondary.conj())


def read_scenes(folder: Path, swath: str) -> list[Scene]:
    """The dates of a folder of images."""
    products = [read_product(path, (swath,)) for path in find_images(folder)]
    return [join(one, (), Monitor()) for one in group_passes(products)]


def coregister_pair(folder: Path, swath: str, late: float = 0.0) -> list[BurstImage]:
    """The bursts of a scene's first two dates. late : lines by which the secondary's targets are late."""
    first, second = read_scenes(folder / "images", swath)[:2]
    area = bounds(first.bursts[swath], first.orbit, (LOW, HIGH))
    dem = load_dem(DemSource(folder / "dem.tif", "ellipsoid"), area)
    own, other = (scene.swath_of(scene.bursts[swath][0]) for scene in (first, second))
    found = []
    with BurstReader(own) as master, BurstReader(other) as slave:
        for pair in match(first, second):
            ground = BurstGround(pair.reference, first.orbit, dem).window(
                (0, pair.reference.lines), (0, pair.reference.samples)
            )
            points = ground.positions()
            lines, samples = burst_coordinates(pair.secondary, second.orbit, points)
            top, bottom = pair.secondary.valid_lines
            left, right = pair.secondary.valid_samples
            image = slave.read(pair.secondary, (top, bottom), (left, right))
            moved = resample(
                Secondary(image, (top, left), carrier_of(pair.secondary, second.orbit)), lines + late, samples
            )
            difference = pair.secondary.ranges(samples) - pair.reference.ranges(np.arange(pair.reference.samples))
            reference = master.read(pair.reference)
            flat = flatten(moved, difference, pair.reference.wavelength)
            found.append(BurstImage(pair.reference, first.orbit, reference, flat, ground.lon, ground.lat))
    return found


def overlap(top: BurstImage, bottom: BurstImage) -> tuple[np.ndarray, np.ndarray]:
    """Interferograms of two neighbouring bursts on their common valid lines."""
    shift = round((bottom.burst.azimuth_time - top.burst.azimuth_time) / top.burst.azimuth_interval)
    first, stop = bottom.burst.valid_lines[0], top.burst.valid_lines[1] - shift
    return top.interferogram[shift + first : shift + stop], bottom.interferogram[first:stop]


def looks(values: np.ndarray, lines: int, samples: int) -> np.ndarray:
    """Means over boxes."""
    rows, columns = values.shape[0] // lines, values.shape[1] // samples
    return values[: rows * lines, : columns * samples].reshape(rows, lines, columns, samples).mean(axis=(1, 3))
