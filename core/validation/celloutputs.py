"""Cells as files: points at their middles with attributes, and rasters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..pointfile import PointSet, write_points
from ..raster import writing
from .cells import MOST_PIXELS, CellGrid

_ROWS = 256


def write_cells(path: Path, grid: CellGrid, cell: NDArray[np.int64], attributes: dict[str, NDArray[Any]]) -> Path:
    """A GeoPackage with a point at the middle of each cell (m,)."""
    x, y = grid.centres(cell)
    return write_points(path, PointSet(x, y, grid.grid().crs, attributes, name="cells"))


def fits_raster(grid: CellGrid) -> bool:
    """Whether a raster of the cells is of a reasonable size."""
    return grid.width * grid.height <= MOST_PIXELS


def write_raster(
    path: Path, grid: CellGrid, cell: NDArray[np.int64], values: NDArray[np.float64], description: str, unit: str
) -> None:
    """Values (m,) of cells (m,) in rising order as a GeoTIFF, NaN elsewhere."""
    with writing(path, grid.grid(), description, unit) as writer:
        for row in range(0, grid.height, _ROWS):
            rows = min(_ROWS, grid.height - row)
            block = np.full(rows * grid.width, np.nan, np.float32)
            first, last = np.searchsorted(cell, (row * grid.width, (row + rows) * grid.width))
            block[cell[first:last] - row * grid.width] = values[first:last]
            writer.write(block.reshape(rows, grid.width))
