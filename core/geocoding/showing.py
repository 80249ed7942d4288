"""What of a stack on the map is worth showing: files for the project, and the layer definition of displacements."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .. import raster
from ..result import Result
from ..stack import DISPLACEMENT, Stack
from ..timeseries import qlr
from ..timeseries.outputs import VELOCITY, date_file
from ..timeseries.summary import round_up
from .tasks import PHASE

COHERENCE = "coherence"
SHARE = 0.99  # of the values that a scale of colours holds
SAMPLES = 1000  # rows and columns looked at for it


def add_files(result: Result, folder: Path, stack: Stack) -> None:
    """Name the rasters that the project shows, and the ends of their colours; write the layers of displacements."""
    if stack.kind == DISPLACEMENT:
        velocity, last = folder / VELOCITY.file, folder / date_file(stack.dates[-1])
        scale = {}
        if velocity.is_file():
            result.files[VELOCITY.role] = velocity
            scale["velocity_mm_yr"] = _limit(velocity)
        if last.is_file():
            scale["displacement_mm"] = _limit(last)
            result.files["layers"] = qlr.write_layers(
                folder / qlr.NAME, "Displacement", stack.grid, stack.dates, scale["displacement_mm"]
            )
        result.tables["scale"] = scale
        return
    for pair in stack.pairs[:1]:
        for role in (PHASE, COHERENCE):
            if role in pair.items:
                result.files[role] = folder / pair.items[role].path


def _limit(path: Path) -> float:
    """A round end for the colours of a raster on both sides of 0."""
    dataset = raster.open_dataset(path)
    grid = raster.grid_of(dataset)
    size = min(grid.width, SAMPLES), min(grid.height, SAMPLES)
    values, _ = raster.call(dataset.GetRasterBand(1).ReadAsArray, 0, 0, grid.width, grid.height, *size)
    known = np.abs(values[np.isfinite(values)]) if values is not None else np.empty(0)
    return round_up(float(np.quantile(known, SHARE))) if known.size else 1.0
