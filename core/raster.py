"""Windowed raster input and tiled GeoTIFF output through GDAL.

Works whether or not somebody in the process called `gdal.UseExceptions()`.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from osgeo import gdal

from . import atomic, manifest, rawraster
from .errors import InputError
from .stack import MAGNITUDE, Grid, Item, Stack

TILE = 128
# No driver here follows references to other files or to the network (VRT, WMS ... would).
DRIVERS = ["GTiff", "COG", "ROI_PAC", "HDF5", "HDF5Image", "netCDF", "ENVI", "ISCE", "EHdr", "AAIGrid", "HFA"]
DRIVERS += ["SRTMHGT", "DTED", "GTX"]  # heights of the ground and of the geoid

Float32 = NDArray[np.float32]


@dataclass(frozen=True)
class Window:
    """A rectangle of a raster: first row and column, rows and columns."""

    row: int
    col: int
    height: int
    width: int


def whole(grid: Grid) -> Window:
    """The window that covers a grid."""
    return Window(0, 0, grid.height, grid.width)


def gdal_name(path: Path, dataset: str = "") -> str:
    """GDAL's name for a file, or for an array inside a netCDF (.nc) or HDF5 file."""
    if not dataset:
        return str(path)
    if path.suffix.lower() == ".nc":
        return f'NETCDF:"{path}":{dataset}'
    return f'HDF5:"{path}"://{dataset.lstrip("/")}'


def call(function: Callable[..., Any], *arguments: Any, **keywords: Any) -> tuple[Any, str]:
    """Call GDAL quietly; return (result, message), message empty when all went well."""
    gdal.ErrorReset()
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        result = function(*arguments, **keywords)
    except RuntimeError as error:  # raised only where exceptions are switched on
        return None, str(error) or "GDAL reported an error"
    finally:
        gdal.PopErrorHandler()
    failed = gdal.GetLastErrorType() >= gdal.CE_Failure
    return result, (gdal.GetLastErrorMsg() or "GDAL reported an error") if failed else ""


def open_dataset(path: Path, dataset: str = "", field: str = "Raster") -> gdal.Dataset:
    """Open for reading with the allowed drivers, or raise InputError with GDAL's reason.

    dataset : name of an array in an HDF5 file, or the description of a raster without header.
    """
    if rawraster.is_raw(dataset):
        return rawraster.RawRaster(path, dataset, field)
    opened, message = call(
        gdal.OpenEx, gdal_name(path, dataset), gdal.OF_RASTER | gdal.OF_READONLY, allowed_drivers=DRIVERS
    )
    if opened is None and path.is_file() and not os.access(path, os.R_OK):
        raise InputError(field, str(path), "a file that you may read", "Check its permissions")
    if opened is None:
        raise InputError(
            field,
            str(path),
            "a readable raster",
            f"Copy the file again from its source ({message or 'unknown format'})",
        )
    return opened


def open_multidim(path: Path, driver: str, field: str, remedy: str) -> gdal.Dataset:
    """Open the arrays of an HDF5 or netCDF file for reading, or raise InputError with GDAL's reason."""
    opened, message = call(
        gdal.OpenEx, str(path), gdal.OF_MULTIDIM_RASTER | gdal.OF_READONLY, allowed_drivers=[driver]
    )
    if opened is None:
        raise InputError(
            field, str(path), f"a complete {driver} file", f"{remedy} ({message or f'no {driver} file or driver'})"
        )
    return opened


def grid_of(dataset: gdal.Dataset) -> Grid:
    """Grid of an open dataset."""
    a, b, c, d, e, f = dataset.GetGeoTransform()
    return Grid(dataset.RasterXSize, dataset.RasterYSize, (a, b, c, d, e, f), dataset.GetProjection() or "")


def read_band(
    dataset: gdal.Dataset,
    band: int,
    window: Window,
    path: Path,
    missing: tuple[float, ...] = (),
    part: str = "",
    double: bool = False,
) -> NDArray[Any]:
    """Stored values of a window as float32 (float64 where `double`) with missing values as NaN.

    The file's own nodata value counts as missing too. `part` of complex numbers: phase [rad] or magnitude;
    complex 0 has no phase.
    """
    source = dataset.GetRasterBand(band)
    if source is None:
        raise InputError("Raster", str(path), f"a file with band {band}", "Import the folder again")
    values = read_stored(source, window, path)
    if np.iscomplexobj(values) and not part:
        raise InputError(
            "Raster", str(path), "real numbers", "This file holds complex numbers: import it as wrapped"
        )
    declared = source.GetNoDataValue()
    nodata = [value for value in (*missing, *(() if declared is None else (declared,))) if not np.isnan(value)]
    if np.iscomplexobj(values):
        array = part_of(values, part)
        for value in nodata:
            array[values == value] = np.nan
        return array
    array = values.astype(np.float64 if double else np.float32, copy=False)
    for value in nodata:
        array[array == array.dtype.type(value)] = np.nan
    return array


def read_stored(
    band: gdal.Band,
    window: Window,
    path: Path,
    field: str = "Raster",
    remedy: str = "It is cut short or damaged: copy it again",
) -> NDArray[Any]:
    """The numbers of a window as the file has them; InputError with GDAL's reason where it cannot be read."""
    values, message = call(band.ReadAsArray, window.col, window.row, window.width, window.height)
    if values is None or message:
        raise InputError(field, str(path), "a complete file", f"{remedy} ({message})")
    return np.asarray(values)


def part_of(values: NDArray[Any], part: str) -> Float32:
    """Phase [rad] or magnitude of complex numbers, float32; 0 has no phase."""
    if part == MAGNITUDE:
        return np.abs(values).astype(np.float32)
    phase = np.angle(values).astype(np.float32)
    phase[values == 0] = np.nan
    return phase


class StackReader:
    """Reads windows of a stack's items as float32 in our units, missing values as NaN.

    Keeps one GDAL handle per thread and file, and drops GDAL's block cache after each read so
    that memory stays what the block plan says.
    """

    def __init__(self, folder: str | os.PathLike[str], stack: Stack) -> None:
        self.folder = Path(folder)
        self.stack = stack
        self._local = threading.local()

    def read(self, item: Item, window: Window | None = None) -> Float32:
        """One window (default: all) of an item, shape (rows, columns), counted in the stack's grid."""
        return self._read(item, window, False)

    def read_double(self, item: Item, window: Window) -> NDArray[np.float64]:
        """The same as float64, for coordinates: a float32 of degrees is a metre."""
        return self._read(item, window, True)

    def _read(self, item: Item, window: Window | None, double: bool) -> NDArray[Any]:
        window = window or whole(self.stack.grid)
        dataset, path = self._open(item)
        row, col = item.origin
        stored = Window(window.row + row, window.col + col, window.height, window.width)
        array = read_band(dataset, item.band, stored, path, item.missing, item.part, double)
        call(dataset.GetRasterBand(item.band).FlushCache)
        if item.factor != 1.0:
            array *= array.dtype.type(item.factor)
        if item.offset != 0.0:
            array += array.dtype.type(item.offset)
        return array

    def read_many(self, items: list[Item], window: Window | None = None) -> Float32:
        """Windows of several items, shape (items, rows, columns)."""
        window = window or whole(self.stack.grid)
        out = np.empty((len(items), window.height, window.width), np.float32)
        for index, item in enumerate(items):
            out[index] = self.read(item, window)
        return out

    def close(self) -> None:
        """Release this thread's file handles."""
        self._local = threading.local()

    def _open(self, item: Item) -> tuple[gdal.Dataset, Path]:
        handles: dict[tuple[str, str, str], tuple[gdal.Dataset, Path]] = self._local.__dict__.setdefault(
            "handles", {}
        )
        key = (item.root, item.path, item.dataset)
        if key not in handles:
            path = manifest.resolve(self.folder, self.stack, item)
            dataset = open_dataset(path, item.dataset)
            rows, cols = item.file_shape or self.stack.grid.shape
            if (dataset.RasterYSize, dataset.RasterXSize) != (rows, cols):
                raise InputError(
                    "Raster size",
                    f"{path}: {dataset.RasterXSize} x {dataset.RasterYSize}",
                    f"{cols} x {rows} as the stack says",
                    "The file changed after the import: import the folder again",
                )
            handles[key] = (dataset, path)
        return handles[key]


class RasterWriter:
    """Writes a float32 GeoTIFF from top to bottom, 128-pixel tiles, deflate.

    complex_numbers : complex64 instead, without compression, which saves 7 % of speckle at six times the time.
    double : float64 instead, for coordinates.

    Rows arrive in order in any portions; whole tile rows are written and flushed one by one,
    so the bytes do not depend on the portions. Use `writing`, which makes the file atomic.
    """

    def __init__(
        self,
        path: Path,
        grid: Grid,
        description: str = "",
        unit: str = "",
        complex_numbers: bool = False,
        double: bool = False,
    ) -> None:
        self._type = np.complex64 if complex_numbers else np.float64 if double else np.float32
        self._path = path
        self._grid = grid
        self._row = 0
        self._buffer: NDArray[Any] = np.empty((0, grid.width), self._type)
        options = [
            "TILED=YES",
            f"BLOCKXSIZE={TILE}",
            f"BLOCKYSIZE={TILE}",
            *(("COMPRESS=NONE",) if complex_numbers else ("COMPRESS=DEFLATE", "PREDICTOR=3", "ZLEVEL=6")),
            "BIGTIFF=IF_SAFER",
            "INTERLEAVE=BAND",
        ]
        driver = gdal.GetDriverByName("GTiff")
        dataset, message = call(
            driver.Create,
            str(path),
            grid.width,
            grid.height,
            1,
            gdal.GDT_CFloat32 if complex_numbers else gdal.GDT_Float64 if double else gdal.GDT_Float32,
            options,
        )
        if dataset is None:
            raise InputError(
                "Output raster", str(path), "a writable file", f"Choose another folder ({message})"
            )
        self._dataset: gdal.Dataset | None = dataset
        dataset.SetGeoTransform(list(grid.transform))
        if grid.crs:
            dataset.SetProjection(grid.crs)
        band = dataset.GetRasterBand(1)
        band.SetNoDataValue(float("nan"))
        band.SetDescription(description)
        band.SetUnitType(unit)

    def write(self, rows: NDArray[Any]) -> None:
        """Append rows, shape (n, width)."""
        block = np.ascontiguousarray(rows, dtype=self._type)
        if len(self._buffer):
            block = np.concatenate([self._buffer, block])
        whole_rows = len(block) // TILE * TILE
        if self._row + len(block) == self._grid.height:
            whole_rows = len(block)
        for start in range(0, whole_rows, TILE):
            self._put(block[start : min(start + TILE, whole_rows)])
        self._buffer = block[whole_rows:].copy()

    def _put(self, rows: NDArray[Any]) -> None:
        if self._dataset is None:
            return
        band = self._dataset.GetRasterBand(1)
        status, message = call(band.WriteArray, rows, 0, self._row)
        if not message and not status:
            status, message = call(self._dataset.FlushCache)
        if message or status:
            raise atomic.disk_full(self._path)
        self._row += len(rows)

    def close(self) -> None:
        """Finish the file; raises when rows are missing or the disk filled up."""
        if self._row != self._grid.height:
            raise ValueError(f"{self._path}: {self._row} of {self._grid.height} rows were written")
        self.release()
        if not _has_all_tiles(self._path):
            raise atomic.disk_full(self._path)

    def release(self) -> None:
        """Let go of the file without checks."""
        dataset, self._dataset = self._dataset, None
        if dataset is None:
            return
        _, message = call(dataset.FlushCache)
        del dataset
        if message:
            raise atomic.disk_full(self._path)


def _has_all_tiles(path: Path) -> bool:
    """True when every tile lies inside the file: from 3.10 on GDAL reports no error when a disk fills up."""
    dataset, message = call(
        gdal.OpenEx, str(path), gdal.OF_RASTER | gdal.OF_READONLY, allowed_drivers=["GTiff"]
    )
    if dataset is None or message:
        return False
    size = path.stat().st_size
    band = dataset.GetRasterBand(1)
    columns, rows = (-(-length // TILE) for length in (band.XSize, band.YSize))
    for tile in (f"{x}_{y}" for y in range(rows) for x in range(columns)):
        start = band.GetMetadataItem(f"BLOCK_OFFSET_{tile}", "TIFF")
        length = band.GetMetadataItem(f"BLOCK_SIZE_{tile}", "TIFF")
        if start is None or length is None or int(start) + int(length) > size:
            return False
    return True


@contextmanager
def writing(
    path: Path,
    grid: Grid,
    description: str = "",
    unit: str = "",
    complex_numbers: bool = False,
    double: bool = False,
) -> Iterator[RasterWriter]:
    """An atomic RasterWriter: the file appears when the block ends without error."""
    with atomic.replacing(path) as temporary:
        writer = RasterWriter(temporary, grid, description, unit, complex_numbers, double)
        try:
            yield writer
        except BaseException:
            call(writer.release)
            raise
        writer.close()


def write_geotiff(path: Path, array: NDArray[Any], grid: Grid, description: str = "", unit: str = "") -> None:
    """Write one array, shape (rows, columns), as an atomic GeoTIFF."""
    with writing(path, grid, description, unit) as writer:
        writer.write(array)


def read_geotiff(path: Path, field: str = "Raster") -> tuple[Float32, Grid]:
    """All of band 1 as float32 with NaN for nodata, and its grid."""
    dataset = open_dataset(path, field=field)
    grid = grid_of(dataset)
    return read_band(dataset, 1, whole(grid), path), grid
