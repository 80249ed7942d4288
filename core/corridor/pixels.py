"""Pixels as areas: one that is coarse for the bins is cut into parts, so that each bin sees what reaches into it."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from .. import crs as coordinates
from .. import manifest
from ..stack import DISPLACEMENT, MAP, RASTER, Grid
from .chainage import Float64

_MOST_CUTS = 16


def cuts_for(grid: Grid, bin_length: float, radius: float) -> int:
    """Into how many parts a pixel's side is cut: a part is at most a quarter as wide as a bin or the corridor."""
    pixel, width = max(coordinates.pixel_size(grid)), min(bin_length, 2.0 * radius)
    return min(max(1, math.ceil(4.0 * pixel / width - 1e-9)), _MOST_CUTS)


def offsets(cuts: int) -> Float64:
    """Centres of the parts along one side, in pixels from the pixel's centre, (cuts,)."""
    return (np.arange(cuts) + 0.5) / cuts - 0.5


def grid_of_points(path: str) -> Grid | None:
    """Grid of which the points of a file are pixels: that of the displacement folder it lies in, else None."""
    folder = Path(path).expanduser().absolute().parent
    if not (folder / manifest.NAME).is_file():
        return None
    stack = manifest.load(folder, "POINTS")
    is_raster = stack.kind == DISPLACEMENT and stack.layout == RASTER and stack.frame == MAP
    return stack.grid if is_raster else None
