"""The reference of displacements on the map: the cells that show the pixels of its areas."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..stack import Stack
from ..timeseries.reference_area import Area
from ..timeseries.reference_record import placed, recall
from .rows import read_places
from .target import Target, any_part

Cells = list[tuple[NDArray[np.intp], NDArray[np.intp]]]


def on_map(radar: Stack, out: Stack, lookup: Path, target: Target) -> dict[str, Any]:
    """The reference of a radar stack as its map records it, for later steps to set it again.

    radar, out : the stack before and on the map. lookup : folder of the lookup table.
    """
    areas = recall(radar)[0]
    width = radar.grid.width
    pixels = [np.sort(area.rows * width + area.cols) for area in areas]
    found: list[Cells] = [[] for _ in areas]
    for tile in (tile for strip in target.strips for tile in target.tiles(strip)) if areas else ():
        rows, columns = read_places(lookup, target.divided(tile))
        known = np.isfinite(rows) & np.isfinite(columns)
        row, column = (
            np.floor(np.where(known, place, 0.0) + 0.5).astype(np.intp) for place in (rows, columns)
        )
        shown = np.where(known, row * width + column, -1)
        for cells, wanted in zip(found, pixels):
            nearest = wanted[np.minimum(np.searchsorted(wanted, shown), wanted.size - 1)]
            down, along = np.nonzero(any_part(nearest == shown, target.parts))
            cells.append((down + tile.row, along + tile.col))
    moved = [
        Area(area.name, *(np.concatenate(part) for part in zip(*cells))) for area, cells in zip(areas, found)
    ]
    return placed(radar.reference, moved, out)
