"""Writes what lies under simulated images: the terrain model, and the true motion of every date."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np

from .. import crs
from ..raster import writing
from ..stack import Grid
from ..units import MM_PER_M
from .tops_ground import Ground
from .tops_images import SwathScene
from .tops_pass import Float64, Pass
from .tops_safe import span

TRUTH = "truth"
ARC_SECOND = 1.0 / 3600.0
MARGIN = 0.1  # degrees of terrain around the images
ROWS = 256  # written at a time


def write_layers(folder: Path, ground: Ground, passes: tuple[Pass, ...], scenes: list[SwathScene]) -> None:
    """dem.tif and truth/los_YYYYMMDD.tif on one grid in degrees."""
    grid = _grid(scenes)
    (folder / TRUTH).mkdir(exist_ok=True)
    _write(folder / "dem.tif", grid, ground.height, "height above WGS 84", "m")
    wavelength = scenes[0].swaths[0].wavelength
    for index, one in enumerate(passes):
        share = index / (len(passes) - 1)
        name = f"{span(one)[0]:%Y%m%d}"

        def moved(lon: Float64, lat: Float64, share: float = share) -> Float64:
            return MM_PER_M * ground.moved(lon, lat, share, wavelength)

        _write(folder / TRUTH / f"los_{name}.tif", grid, moved, f"true LOS motion {name}", "mm")


def _grid(scenes: list[SwathScene]) -> Grid:
    """Pixels of an arc second around all images."""
    lon = np.concatenate([scene.corners[0] for scene in scenes])
    lat = np.concatenate([scene.corners[1] for scene in scenes])
    left, top = round(float(lon.min()) - MARGIN, 4), round(float(lat.max()) + MARGIN, 4)
    width = math.ceil((float(lon.max()) + MARGIN - left) / ARC_SECOND)
    height = math.ceil((top - float(lat.min()) + MARGIN) / ARC_SECOND)
    transform = (left, ARC_SECOND, 0.0, top, 0.0, -ARC_SECOND)
    return Grid(width, height, transform, crs.parse(crs.WGS84).ExportToWkt())


def _write(
    path: Path, grid: Grid, values: Callable[[Float64, Float64], Float64], description: str, unit: str
) -> None:
    """A raster of a function of longitude and latitude."""
    left, step, _, top, _, down = grid.transform
    lon = left + (np.arange(grid.width) + 0.5) * step
    with writing(path, grid, description, unit) as writer:
        for first in range(0, grid.height, ROWS):
            rows = np.arange(first, min(first + ROWS, grid.height))
            lat = np.broadcast_to(top + (rows[:, None] + 0.5) * down, (len(rows), grid.width))
            writer.write(values(np.broadcast_to(lon, lat.shape), lat))
