"""The ground under a simulated pass: terrain, motion, and where a radar sees them.

Longitudes and latitudes in degrees on WGS 84, heights in m above its ellipsoid.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from .. import ellipsoid
from ..crs import EARTH_RADIUS
from .tops_pass import Float64, Path

HEIGHTS = (-50.0, 650.0)  # m, between which places are computed
NODES = (4, 3, 3)  # of the polynomials in time, range and height
CHUNK = 1 << 12  # positions computed together: their polynomials stay in the processor's cache
STEPS = 8  # of Newton's iterations
HILL_HEIGHT, HILL_EAST, HILL_NORTH = 150.0, 7_000.0, 9_000.0  # m: half the height, and the spacing of hills
LEAST = 1e-6  # of the bowl; less is outside it
BASE_HEIGHT = 40.0  # m


@dataclass(frozen=True)
class Ground:
    """Hills everywhere, and a bowl around a middle (lon, lat) with half extents (east, north) [m].

    fringes : by which the bowl's middle sinks until the last date, cycles of lambda/2 along the line of sight.
    """

    middle: tuple[float, float]
    half: tuple[float, float]
    fringes: float

    def _metres(self, lon: NDArray[Any], lat: NDArray[Any]) -> tuple[Float64, Float64]:
        degree = math.radians(1.0) * EARTH_RADIUS
        east = (np.asarray(lon) - self.middle[0]) * degree * math.cos(math.radians(self.middle[1]))
        return east, (np.asarray(lat) - self.middle[1]) * degree

    def height(self, lon: NDArray[Any], lat: NDArray[Any]) -> Float64:
        """Height [m]."""
        east, north = self._metres(lon, lat)
        waves = np.sin(2.0 * math.pi / HILL_EAST * east) * np.sin(2.0 * math.pi / HILL_NORTH * north)
        return np.asarray(BASE_HEIGHT + HILL_HEIGHT * (1.0 + waves), np.float64)

    def bowl(self, lon: NDArray[Any], lat: NDArray[Any]) -> Float64:
        """Shape of the motion, from 0 outside to 1 in the middle of the bowl."""
        east, north = self._metres(lon, lat)
        shape = np.exp(-((east / (0.6 * self.half[0])) ** 2) - (north / (0.5 * self.half[1])) ** 2)
        return np.where(shape < LEAST, 0.0, shape)

    def moved(self, lon: NDArray[Any], lat: NDArray[Any], share: float, wavelength: float) -> Float64:
        """Displacement towards the satellite [m], negative where it sinks. share : of the motion done, 0 to 1."""
        return -0.5 * wavelength * self.fringes * share * self.bowl(lon, lat)


def place(path: Path, time: float, distance: float, height: float) -> Float64:
    """Earth-fixed position (3) at a zero-Doppler time, slant range and height, to the right of the track."""
    position, velocity, _ = path.at(time)
    ahead = velocity / np.linalg.norm(velocity)
    down = -position / np.linalg.norm(position)
    right = np.cross(down, ahead)
    radius = np.linalg.norm(position)
    cosine = (distance**2 + radius**2 - (EARTH_RADIUS + height) ** 2) / (2.0 * distance * radius)
    point = position + distance * (cosine * down + math.sqrt(1.0 - cosine**2) * right)
    for _ in range(STEPS):
        lon, lat, high = ellipsoid.geodetic(point)
        look = point - position
        matrix = np.stack([2.0 * look, velocity, ellipsoid.up_axis(lon, lat)])
        miss = np.array([look @ look - distance**2, look @ velocity, float(high) - height])
        point = point - np.linalg.solve(matrix, miss)
    return np.asarray(point, np.float64)


def seen(path: Path, point: Float64, start: float) -> tuple[float, float]:
    """Zero-Doppler time [s] and slant range [m] of an Earth-fixed position; `start` is a time some minutes near."""
    time = start
    for _ in range(STEPS):
        position, velocity, acceleration = path.at(time)
        look = point - position
        time += float(look @ velocity / (velocity @ velocity - look @ acceleration))
    return time, float(np.linalg.norm(point - path.at(time)[0]))


@dataclass(frozen=True, eq=False)
class Geometry:
    """What zero-Doppler time, range and height of a reference pass mean, as polynomials over a small volume.

    coefficients : Chebyshev, NODES and then the quantities: lon, lat, and for every other pass its zero-Doppler time
    less the reference's [s] and its range less the reference's [m].
    """

    times: tuple[float, float]
    ranges: tuple[float, float]
    coefficients: Float64

    def at(
        self, time: Float64, distance: Float64, height: Float64, quantities: slice | NDArray[np.intp]
    ) -> Float64:
        """Some of the quantities at times, ranges and heights of one shape; quantities first."""
        coefficients = self.coefficients[..., quantities]
        x, y, z = (
            (2.0 * np.ravel(value) - low - high) / (high - low)
            for value, (low, high) in ((time, self.times), (distance, self.ranges), (height, HEIGHTS))
        )
        out = np.empty((coefficients.shape[-1], x.size))
        for first in range(0, x.size, CHUNK):
            part = slice(first, first + CHUNK)
            out[:, part] = chebyshev.chebval3d(x[part], y[part], z[part], coefficients)
        return out.reshape(-1, *np.shape(time))

    def heights(self, ground: Ground, time: Float64, distance: Float64) -> Float64:
        """Height of the ground seen at times and ranges of the reference [m]: a fixed point, by Steffensen's method."""
        height = np.full(time.shape, BASE_HEIGHT)
        for _ in range(2):
            first = ground.height(*self.at(time, distance, height, slice(0, 2)))
            second = ground.height(*self.at(time, distance, first, slice(0, 2)))
            bend = second - 2.0 * first + height
            step = (first - height) ** 2
            height = np.where(np.abs(bend) > 1e-9, height - step / np.where(bend == 0.0, 1.0, bend), second)
        return height


def geometry(
    reference: Path, others: list[tuple[Path, float]], times: tuple[float, float], ranges: tuple[float, float]
) -> Geometry:
    """The polynomials between times and ranges of a reference. others : paths, and when about they pass later [s]."""
    axes = [chebyshev.chebpts1(count) for count in NODES]
    spans = (times, ranges, HEIGHTS)
    values = np.empty((*NODES, 2 + 2 * len(others)))
    for index in np.ndindex(*NODES):
        time, distance, height = (
            0.5 * (low + high) + 0.5 * (high - low) * axis[i] for i, axis, (low, high) in zip(index, axes, spans)
        )
        point = place(reference, time, distance, height)
        lon, lat, _ = ellipsoid.geodetic(point)
        row = [float(lon), float(lat)]
        for path, later in others:
            moment, far = seen(path, point, time + later)
            row += [moment - time, far - distance]
        values[index] = row
    for dimension, axis in enumerate(axes):
        matrix = np.linalg.inv(chebyshev.chebvander(axis, len(axis) - 1))
        values = np.moveaxis(np.tensordot(matrix, values, (1, dimension)), 0, dimension)
    return Geometry(times, ranges, values)
