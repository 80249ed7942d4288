"""Displacement series of a corridor's points or pixels, date by date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .. import blocks, manifest
from ..blocks import Compute
from ..pointfile import PointSet
from ..raster import StackReader, Window
from ..stack import DISPLACEMENT, Grid, Item, Stack
from .chainage import Index

Float32 = NDArray[np.float32]
_BYTES_PER_PIXEL = 8


def of_points(points: PointSet, index: Index) -> Iterator[Float32]:
    """Displacement [mm] of the points `index` (k,), one array (k,) per date."""
    for column in range(len(points.dates)):
        yield points.series[index, column]


def folder_items(path: Path, grid_shape: tuple[int, int]) -> tuple[Stack, dict[date, Item]] | None:
    """Stack and displacements per date of the folder that a velocity raster lies in; None where there are none."""
    folder = path.absolute().parent
    if not (folder / manifest.NAME).is_file():
        return None
    stack = manifest.load(folder, "RASTER")
    items = {
        entry.date: entry.items["displacement"]
        for entry in stack.acquisitions
        if "displacement" in entry.items
    }
    if stack.kind != DISPLACEMENT or stack.grid.shape != grid_shape or not items:
        return None
    return stack, dict(sorted(items.items()))


def of_raster(
    folder: Path, stack: Stack, items: dict[date, Item], index: Index, compute: Compute
) -> Iterator[Float32]:
    """Displacement [mm] of the pixels `index` (k,), flat and ascending, one array (k,) per date.

    Only the rows and columns that hold them are read, in blocks within the memory budget.
    """
    rows, columns = np.divmod(index, stack.grid.width)
    left, right = int(columns.min()), int(columns.max()) + 1
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    part = Grid(right - left, bottom - top)
    windows = blocks.plan(part, _BYTES_PER_PIXEL, Compute(compute.memory)).blocks
    reader = StackReader(folder, stack)
    try:
        for item in items.values():
            out = np.empty(len(index), np.float32)
            for block in windows:
                first, last = np.searchsorted(rows, [top + block.row, top + block.row + block.height])
                if first == last:
                    continue
                window = Window(top + block.row, left, block.height, part.width)
                values = reader.read(item, window) * np.float32(1000.0)
                out[first:last] = values[rows[first:last] - window.row, columns[first:last] - left]
            yield out
            reader.close()
    finally:
        reader.close()
