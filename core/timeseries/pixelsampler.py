"""Single pixels out of rasters, read by way of row blocks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..blocks import Plan
from ..raster import StackReader, Window
from ..stack import Grid, Item

Indices = NDArray[np.intp]


class PixelSampler:
    """Reads the values of chosen pixels: `index` (n,) flat, rising, in row-major order."""

    def __init__(self, reader: StackReader, grid: Grid, index: Indices, steps: Plan) -> None:
        self._reader = reader
        self._blocks = list(parts(grid, index, steps))
        self._count = len(index)

    def read(self, item: Item) -> NDArray[np.float32]:
        """(n,) values of one raster."""
        out = np.empty(self._count, np.float32)
        for window, part, inside in self._blocks:
            out[part] = self._reader.read(item, window).ravel()[inside]
        self._reader.close()
        return out


def parts(grid: Grid, index: Indices, steps: Plan) -> Iterator[tuple[Window, slice, Indices]]:
    """For each block that holds chosen pixels: window, their place in `index`, index inside it."""
    for window in steps.blocks:
        low, high = np.searchsorted(
            index, [window.row * grid.width, (window.row + window.height) * grid.width]
        )
        if high > low:
            yield window, slice(int(low), int(high)), index[low:high] - window.row * grid.width
