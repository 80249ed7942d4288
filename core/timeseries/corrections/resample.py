"""Another raster on our grid, through GDAL's warper."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from osgeo import gdal

from ... import crs as coordinates
from ...errors import InputError
from ...raster import StackReader, Window, call, grid_of, open_dataset
from ...stack import MAP, UNWRAPPED, Grid, Item, Stack

WARP_MEMORY = 64 * 2**20  # fixed: how the warper cuts the image must not depend on the machine


@dataclass(frozen=True)
class OneRaster:
    """A raster on our grid and its reader."""

    reader: StackReader
    item: Item

    def read(self, window: Window) -> NDArray[np.float32]:
        """Values of a window, NaN where there are none."""
        values = self.reader.read(self.item, window)
        self.reader.close()
        return values


def require_map(stack: Stack, field: str) -> None:
    """Refuse a stack without map coordinates."""
    if stack.frame != MAP or not stack.grid.crs:
        raise InputError(field, "a stack in radar geometry", "a geocoded stack", "Geocode the stack first")


def open_raster(path: Path, field: str) -> gdal.Dataset:
    """A raster with a coordinate system of its own."""
    dataset = open_dataset(path, field=field)
    if dataset.RasterCount != 1:
        raise InputError(field, f"{path} with {dataset.RasterCount} bands", "a raster with one band")
    if not dataset.GetProjection():
        raise InputError(field, str(path), "a raster with a coordinate system", "Assign a CRS to the file")
    return dataset


def in_memory(values: NDArray[np.float32], grid: Grid) -> gdal.Dataset:
    """An array (rows, columns) with its grid as a dataset; NaN is missing."""
    dataset = gdal.GetDriverByName("MEM").Create("", grid.width, grid.height, 1, gdal.GDT_Float32)
    dataset.SetGeoTransform(list(grid.transform))
    dataset.SetProjection(coordinates.parse(grid.crs).ExportToWkt())
    band = dataset.GetRasterBand(1)
    band.SetNoDataValue(float("nan"))
    band.WriteArray(values)
    return dataset


def onto_grid(source: gdal.Dataset, grid: Grid, path: Path, field: str, name: str) -> OneRaster:
    """Warp band 1 bilinearly onto a grid, into a scratch file; refused where the two do not overlap.

    The whole grid is warped at once, with exact coordinates: the values do not depend on any block size.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    target, message = call(
        gdal.GetDriverByName("GTiff").Create,
        str(path),
        grid.width,
        grid.height,
        1,
        gdal.GDT_Float32,
        ["TILED=YES"],
    )
    if target is None:
        raise InputError("OUTPUT", str(path), "a writable folder", message)
    target.SetGeoTransform(list(grid.transform))
    target.SetProjection(grid.crs)
    band = target.GetRasterBand(1)
    band.SetNoDataValue(float("nan"))
    band.Fill(float("nan"))
    _, message = call(
        gdal.Warp, target, source, resampleAlg="bilinear", errorThreshold=0.0, warpMemoryLimit=WARP_MEMORY,
        warpOptions=["INIT_DEST=NO_DATA"],
    )  # fmt: skip
    valid = 0
    if not message:
        target.FlushCache()
        found = grid_of(target)
        for row in range(0, found.height, 512):
            rows = band.ReadAsArray(0, row, found.width, min(512, found.height - row))
            valid += int(np.count_nonzero(np.isfinite(rows)))
    del band, target
    if not valid:
        raise InputError(
            field, name, "a raster that covers the stack", f"Check its place and CRS ({message or 'apart'})"
        )
    stack = Stack(UNWRAPPED, grid, 0.05, roots={"here": "."})
    return OneRaster(StackReader(path.parent, stack), Item("here", path.name))
