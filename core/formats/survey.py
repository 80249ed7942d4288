"""A look into the pixels at import: are the files whole, do they hold data, how coherent are they."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from osgeo import gdal

from ..errors import InputError
from ..raster import Float32, Window, open_dataset, read_band
from ..stack import Grid
from .base import Source

SAMPLE = 2**20  # pixels read per file: all of a small one, rows spread over a large one


@dataclass(frozen=True)
class Survey:
    """Share of pixels with phase, mean coherence there (None without coherence); of the rows read."""

    valid: float
    coherence: float | None


def strips(height: int, width: int, block: int) -> list[tuple[int, int]]:
    """(first row, rows) of what is read: everything when small, else whole blocks spread evenly.

    The first and the last are always among them: a file that was cut short lacks its end.
    """
    if height * width <= SAMPLE:
        return [(0, height)]
    total = -(-height // block)
    wanted = min(max(SAMPLE // (block * width), 2), total)
    chosen = sorted({round(index * (total - 1) / (wanted - 1)) for index in range(wanted)})
    return [(index * block, min(block, height - index * block)) for index in chosen]


def survey(
    phase: Source,
    coherence: Source | None,
    grid: Grid,
    origins: dict[str, tuple[int, int]],
    may_be_empty: bool = False,
) -> Survey:
    """Read a sample of one pair. `origins` has (row, column) of the grid in the phase and the coherence file.

    A pair without any phase is refused unless `may_be_empty`.
    """
    dataset = open_dataset(phase.path, phase.dataset)
    other = open_dataset(coherence.path, coherence.dataset) if coherence is not None else None
    block = (
        max(int(dataset.GetRasterBand(phase.band).GetBlockSize()[1]), 1)
        if dataset.RasterCount >= phase.band
        else 1
    )
    seen = valid = 0
    total = 0.0
    count = 0
    low, high = np.inf, -np.inf
    for start, rows in strips(grid.height, grid.width, min(block, grid.height)):
        values = _strip(dataset, phase, grid, origins["phase"], start, rows)
        good = np.isfinite(values)
        seen += values.size
        valid += int(good.sum())
        if other is not None and coherence is not None:
            coherent = _strip(other, coherence, grid, origins["coherence"], start, rows)
            used = coherent[good & np.isfinite(coherent)].astype(np.float64)
            total += float(used.sum())
            count += used.size
            if used.size:
                low, high = min(low, float(used.min())), max(high, float(used.max()))
    if valid == 0 and not may_be_empty:
        raise InputError(
            "Interferogram",
            str(phase.path),
            "a raster with phase in this area",
            "It holds no data there at all: remove the pair, or choose another extent",
        )
    if coherence is not None and count and (low < -0.001 or high > 1.001):
        raise InputError(
            "Coherence",
            f"{coherence.path}: {low:g} to {high:g}",
            "values from 0 to 1",
            "Rescale or remove the file",
        )
    return Survey(valid / seen, total / count if count else None)


def _strip(
    dataset: gdal.Dataset, source: Source, grid: Grid, origin: tuple[int, int], start: int, rows: int
) -> Float32:
    window = Window(origin[0] + start, origin[1], rows, grid.width)
    values = read_band(dataset, source.band, window, Path(source.path), source.missing, source.part)
    return values * np.float32(source.factor) + np.float32(source.offset)
