"""Rasters without any header: one number after the other, row by row.

What the file does not say stands in the description, `raw:TYPE:COLUMNS`, which takes the place of the name of a
dataset (see `core.stack.Item`). `RawRaster` answers what this package asks of a GDAL dataset, so that nobody who
reads has to know.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from osgeo import gdal

from .errors import InputError

PREFIX = "raw:"
# Interferograms of StaMPS, ROI_PAC and ISCE are little endian, GAMMA's are big endian.
TYPES = {"complex64": "<c8", "complex64_big": ">c8", "float32": "<f4", "float32_big": ">f4"}


def describe(kind: str, columns: int) -> str:
    """The description of a file with this type (one of TYPES) and number of columns."""
    return f"{PREFIX}{kind}:{columns}"


def is_raw(dataset: str) -> bool:
    """Whether the name of a dataset is a description."""
    return dataset.startswith(PREFIX)


class RawRaster:
    """A file without header, read window by window; nothing stays open between two reads."""

    RasterCount = 1

    def __init__(self, path: Path, description: str, field: str = "Raster") -> None:
        try:
            kind, columns = description[len(PREFIX) :].split(":")
            self._type, self.RasterXSize = np.dtype(TYPES[kind]), int(columns)
        except (KeyError, ValueError) as error:
            raise InputError(
                field, description, f"raw:TYPE:COLUMNS with one of {', '.join(TYPES)}", "Import the folder again"
            ) from error
        self._path, self._field = path, field
        row = self.RasterXSize * self._type.itemsize
        size = self._size()
        if self.RasterXSize < 1 or size == 0 or size % row:
            raise InputError(
                field,
                f"{path}: {size} bytes",
                f"whole rows of {self.RasterXSize} columns of {kind} ({row} bytes each)",
                "Correct the number of columns or the type, or copy the file again: it may be cut short",
            )
        self.RasterYSize = size // row
        self.DataType = gdal.GDT_CFloat32 if self._type.kind == "c" else gdal.GDT_Float32

    def GetRasterBand(self, band: int) -> RawRaster | None:  # noqa: N802 - GDAL's name
        """The only band, which is the raster itself."""
        return self if band == 1 else None

    def GetGeoTransform(self) -> tuple[float, float, float, float, float, float]:  # noqa: N802
        """What GDAL says of a raster that is not on a map."""
        return 0.0, 1.0, 0.0, 0.0, 0.0, 1.0

    def GetProjection(self) -> str:  # noqa: N802
        """None."""
        return ""

    def GetMetadata(self) -> dict[str, str]:  # noqa: N802
        """None."""
        return {}

    def GetNoDataValue(self) -> float | None:  # noqa: N802
        """None: the import states what is missing."""
        return None

    def GetBlockSize(self) -> tuple[int, int]:  # noqa: N802
        """(columns, rows) that are read at once without loss."""
        return self.RasterXSize, 1

    def FlushCache(self) -> None:  # noqa: N802
        """There is none."""

    def ReadAsArray(  # noqa: N802
        self,
        col: int,
        row: int,
        width: int,
        height: int,
        buf_xsize: int | None = None,
        buf_ysize: int | None = None,
        resample_alg: int = gdal.GRIORA_NearestNeighbour,
    ) -> NDArray[Any]:
        """A window in the machine's byte order; with another size, its nearest pixels."""
        with open(self._path, "rb") as stream:
            stream.seek(row * self.RasterXSize * self._type.itemsize)
            values = np.fromfile(stream, self._type, height * self.RasterXSize)
        if values.size < height * self.RasterXSize:
            raise InputError(
                self._field, str(self._path), "a complete file", "It changed after the import: copy it again"
            )
        window = values.reshape(height, self.RasterXSize)[:, col : col + width]
        if buf_xsize is not None and buf_ysize is not None:
            rows = ((np.arange(buf_ysize) + 0.5) * height / buf_ysize).astype(int)
            cols = ((np.arange(buf_xsize) + 0.5) * width / buf_xsize).astype(int)
            window = window[np.ix_(rows, cols)]
        return window.astype(self._type.newbyteorder("="))

    def _size(self) -> int:
        try:
            if not os.access(self._path, os.R_OK) and self._path.is_file():
                raise InputError(self._field, str(self._path), "a file that you may read", "Check its permissions")
            return self._path.stat().st_size
        except OSError as error:
            raise InputError(self._field, str(self._path), "an existing file", "Check the path") from error
