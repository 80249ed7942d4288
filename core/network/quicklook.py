"""Small pictures of interferograms for inspection by eye."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from osgeo import gdal

from .. import manifest, raster
from ..errors import InputError
from ..stack import Item, Stack

SIDE = 110  # pixels of the longer side

Float32 = NDArray[np.float32]


@dataclass(frozen=True)
class Quicklook:
    """Wrapped phase [rad] and coherence of a pair, decimated, NaN where missing; None where there is no file."""

    phase: Float32 | None
    coherence: Float32 | None


def quicklook(folder: str | os.PathLike[str], stack: Stack, items: dict[str, Item]) -> Quicklook:
    """Read one pair; an unwrapped phase is wrapped, and relative to its own median for comparison."""
    phase = items.get("phase")
    coherence = items.get("coherence")
    wrapped = None
    if phase is not None:
        values = _decimated(folder, stack, phase)
        finite = values[np.isfinite(values)]
        if finite.size:
            values = values - np.median(finite)
        wrapped = np.asarray(np.angle(np.exp(1j * values)), np.float32)
    return Quicklook(wrapped, None if coherence is None else _decimated(folder, stack, coherence))


def _decimated(folder: str | os.PathLike[str], stack: Stack, item: Item) -> Float32:
    path = manifest.resolve(folder, stack, item)
    dataset = raster.open_dataset(path, item.dataset)
    grid = stack.grid
    step = max(1, math.ceil(max(grid.shape) / SIDE))
    size = (math.ceil(grid.width / step), math.ceil(grid.height / step))
    row, col = item.origin
    if col + grid.width > dataset.RasterXSize or row + grid.height > dataset.RasterYSize:
        raise InputError(
            "Raster size",
            f"{path}: {dataset.RasterXSize} x {dataset.RasterYSize}",
            f"at least {col + grid.width} x {row + grid.height} as the stack says",
            "The file changed after the import: import the folder again",
        )
    band = dataset.GetRasterBand(item.band)
    if band is None:
        raise InputError("Raster", str(path), f"a file with band {item.band}", "Import the folder again")
    values, message = raster.call(
        band.ReadAsArray, col, row, grid.width, grid.height, *size, resample_alg=gdal.GRIORA_NearestNeighbour
    )
    if values is None or message:
        raise InputError("Raster", str(path), "a complete file", f"It is cut short: copy it again ({message})")
    declared = band.GetNoDataValue()
    array = np.asarray(np.angle(values) if np.iscomplexobj(values) else values, np.float32)
    for value in (*item.missing, *(() if declared is None else (declared,))):
        array = np.where(values == np.asarray(value, values.dtype), np.float32(np.nan), array)
    return np.asarray(array * np.float32(item.factor) + np.float32(item.offset), np.float32)
