"""The geoid's height above the WGS 84 ellipsoid, from the grids that PROJ installs."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from osgeo import osr

from .. import raster
from ..errors import InputError
from .geometry_grid import LonLatGrid

EGM96, EGM2008 = "egm96", "egm2008"
FILES = {
    EGM96: ("us_nga_egm96_15.tif", "egm96_15.gtx"),
    EGM2008: ("us_nga_egm08_25.tif", "egm08_25.gtx"),
}
# Deflections of the vertical stay below about 20 seconds of arc outside high mountains: 0.1 m per km.
STEEPEST = 1e-4


def find_grid(model: str) -> Path | None:
    """The file of a geoid model in PROJ's folders; None when it is not installed."""
    places = (Path(folder) / name for folder in osr.GetPROJSearchPaths() for name in FILES[model])
    return next((place for place in places if place.is_file()), None)


def read_grid(path: Path, latitudes: tuple[float, float] = (-90.0, 90.0)) -> LonLatGrid:
    """The geoid's heights [m] between two latitudes, of all longitudes; a grid that goes around the Earth is closed.

    The rows that are not needed are not read: those of EGM2008 take 150 MB.
    """
    dataset = raster.open_dataset(path, field="Geoid grid")
    grid = raster.grid_of(dataset)
    west, east_step, _, north, _, south_step = grid.transform
    if south_step >= 0.0 or east_step <= 0.0:
        raise InputError("Geoid grid", str(path), "rows from north to south", "Install PROJ's own grids")
    low, high = latitudes
    top = max(0, math.floor((high - north) / south_step) - 1)
    bottom = min(grid.height, math.ceil((low - north) / south_step) + 1)
    values = raster.read_band(dataset, 1, raster.Window(top, 0, bottom - top, grid.width), path)
    north += top * south_step
    first = west + 0.5 * east_step
    if grid.width * east_step > 360.0 - 0.5 * east_step:
        values = np.concatenate([values[:, -1:], values, values[:, :1]], axis=1)
        first -= east_step
    return LonLatGrid(values, first, north + 0.5 * south_step, east_step, -south_step)
