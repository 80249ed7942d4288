"""The mask of a run: a raster (0 or no data = not used) or polygons (inside = used)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Union

import numpy as np
from numpy.typing import NDArray

from .. import crs as coordinates
from ..errors import InputError
from ..finished import describe_vector
from ..raster import Window, grid_of, open_dataset, read_band
from ..stack import Grid
from ..vector import VectorInput

Mask = Union[str, Path, VectorInput]
_ROWS = 512
_TOLERANCE = 1e-3  # of a pixel: where a grid may lie beside the other


def load_mask(mask: Mask | None, grid: Grid, field: str = "MASK") -> NDArray[np.bool_] | None:
    """True where pixels are used, shape (rows, cols); None for no mask. `field` is named in messages."""
    if mask is None:
        return None
    if isinstance(mask, VectorInput):
        mask.check(field, ("polygon",), "polygons")
        if not grid.crs:
            raise InputError(
                field, mask.name or "layer", "a raster on the grid of a stack without map coordinates"
            )
        usable = mask.mask(grid)
        name = mask.name or "layer"
    else:
        usable = _raster(Path(mask), grid, field)
        name = str(mask)
    if not usable.any():
        raise InputError(
            field, name, "at least one pixel of the data to use", "Check its place and its values"
        )
    return usable


def describe_mask(mask: Mask | None) -> Any:
    """A mask as a parameter in JSON: the path of a raster, name and hash of polygons."""
    if mask is None or isinstance(mask, VectorInput):
        return describe_vector(mask)
    return Path(mask).absolute().as_posix()


def _raster(path: Path, grid: Grid, field: str) -> NDArray[np.bool_]:
    dataset = open_dataset(path, field=field)
    found = grid_of(dataset)
    if (found.width, found.height) != (grid.width, grid.height) or not _same_place(found, grid):
        raise InputError(
            field,
            f"{path}: {found.width} x {found.height} pixels",
            f"the grid of the interferograms ({grid.width} x {grid.height} pixels, same origin and CRS)",
            "Warp the mask to the grid of the interferograms, or use polygons",
        )
    usable = np.zeros(grid.shape, bool)
    for row in range(0, grid.height, _ROWS):
        height = min(_ROWS, grid.height - row)
        values = read_band(dataset, 1, Window(row, 0, height, grid.width), path)
        usable[row : row + height] = np.isfinite(values) & (values != 0)
    return usable


def _same_place(first: Grid, second: Grid) -> bool:
    size = max(abs(second.transform[1]), abs(second.transform[5]))
    near = np.allclose(first.transform, second.transform, rtol=0, atol=_TOLERANCE * size)
    return bool(near) and (not first.crs or not second.crs or coordinates.same(first.crs, second.crs))
