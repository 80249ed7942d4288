"""Where places of the map stand in the radar's frame, by orbit and heights: the way back of the processor, exact."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .. import ellipsoid, raster
from ..raster import Window
from ..sentinel1.geometry import geo2rdr, rdr2geo
from ..sentinel1.geometry_baseline import line_of_sight
from ..sentinel1.geometry_grid import LonLatGrid
from ..sentinel1.radarframe import RadarFrame
from .target import EDGE, Places, continuous, inside

Float64 = NDArray[np.float64]

LAYERS = {
    "height": ("Height above the ellipsoid", "m"),
    "incidence": ("Incidence angle", "rad"),
    "los_east": ("Line of sight, east", ""),
    "los_north": ("Line of sight, north", ""),
    "los_up": ("Line of sight, up", ""),
}  # computed for every cell: what they say of themselves, and their unit
MARGIN = 2  # posts around places, for the interpolation
STRIP = 1024  # rows read at a time for the extremes


@dataclass(frozen=True, eq=False)
class OrbitLookup:
    """Finds places in the frame. dem : file of the ground's heights, of which each call reads what it needs."""

    frame: RadarFrame
    dem: Path

    def at(self, lon: Float64, lat: Float64) -> Places:
        """Where longitudes and latitudes [deg], any shape, are in the stack."""
        height = read_posts(self.dem, lon, lat).sample(lon, lat)
        points = ellipsoid.ecef(lon, lat, height)
        orbit = self.frame.orbit
        times, ranges = geo2rdr(orbit, points, self.frame.span)
        rows, columns = self.frame.rows(times), self.frame.columns(ranges)
        outside = ~inside(self.frame.shape, rows, columns)
        for found in (rows, columns, height, times):
            found[outside] = np.nan
        points[outside] = np.nan
        sight = line_of_sight(points, orbit, times)
        values = height, sight.incidence, sight.east, sight.north, sight.up
        return Places(rows, columns, dict(zip(LAYERS, values)))


def outline(frame: RadarFrame, heights: tuple[float, float]) -> tuple[Float64, Float64]:
    """Longitudes, continuous, and latitudes [deg] of the frame's edge at the lowest and highest ground."""
    rows, columns = EDGE * frame.shape[0] - 0.5, EDGE * frame.shape[1] - 0.5
    last_row, last_column = frame.shape[0] - 0.5, frame.shape[1] - 0.5
    r = np.concatenate([np.full(EDGE.size, -0.5), np.full(EDGE.size, last_row), rows, rows])
    c = np.concatenate([columns, columns, np.full(EDGE.size, -0.5), np.full(EDGE.size, last_column)])
    points = rdr2geo(
        frame.orbit, frame.times(r)[:, None], frame.ranges(c)[:, None], np.array(heights)[None, :]
    )
    lon, lat, _ = ellipsoid.geodetic(points.reshape(-1, 3))
    return continuous(lon), lat


def cell_sides(frame: RadarFrame, height: float) -> tuple[float, float]:
    """Sides of a cell on the ground [m], along the track and along range, in the middle of the frame."""
    middle = 0.5 * (frame.shape[0] - 1), 0.5 * (frame.shape[1] - 1)
    rows = np.array([middle[0], middle[0] + 1.0, middle[0]])
    columns = np.array([middle[1], middle[1], middle[1] + 1.0])
    points = rdr2geo(frame.orbit, frame.times(rows), frame.ranges(columns), height)
    lengths = np.sqrt(np.sum((points[1:] - points[0]) ** 2, axis=1))
    return float(lengths[0]), float(lengths[1])


def extremes(path: Path) -> tuple[float, float]:
    """Lowest and highest value of a raster."""
    dataset = raster.open_dataset(path, field="DEM")
    grid = raster.grid_of(dataset)
    low, high = np.inf, -np.inf
    for row in range(0, grid.height, STRIP):
        values = raster.read_band(dataset, 1, Window(row, 0, min(STRIP, grid.height - row), grid.width), path)
        if np.isfinite(values).any():
            low, high = min(low, float(np.nanmin(values))), max(high, float(np.nanmax(values)))
    return low, high


def read_posts(path: Path, lon: Float64, lat: Float64) -> LonLatGrid:
    """The heights of a DEM of `coregister` around places [deg]."""
    dataset = raster.open_dataset(path, field="DEM")
    grid = raster.grid_of(dataset)
    x, step, _, y, _, south = grid.transform
    turned = np.mod(lon - (x + 0.5 * step * grid.width) + 180.0, 360.0) - 180.0 + 0.5 * step * grid.width
    left, right = _cut(turned / step - 0.5, grid.width)
    top, bottom = _cut((lat - y) / south - 0.5, grid.height)
    window = Window(top, left, bottom - top, right - left)
    values = raster.read_band(dataset, 1, window, path)
    return LonLatGrid(values, x + (left + 0.5) * step, y + (top + 0.5) * south, step, -south)


def _cut(places: Float64, size: int) -> tuple[int, int]:
    """Half-open range of posts around places, within the raster; at least two posts."""
    first = int(np.clip(np.floor(places.min()) - MARGIN, 0, size - 2))
    stop = int(np.clip(np.ceil(places.max()) + MARGIN + 1, first + 2, size))
    return first, stop
