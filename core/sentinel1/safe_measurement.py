"""The pixels of bursts, read from the measurement files in place."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from types import TracebackType

import numpy as np
from numpy.typing import NDArray
from osgeo import gdal

from .. import raster
from ..errors import InputError
from .bursts import Burst, Swath

WHAT = "Sentinel-1 measurement"
Complex64 = NDArray[np.complex64]


class BurstReader:
    """Reads windows of one swath's bursts as complex64; for one thread, in a `with` block.

    Opening refuses a measurement file that is absent, cut short, or of another size than the annotation says.
    """

    def __init__(self, swath: Swath) -> None:
        self._swath = swath
        self._dataset: gdal.Dataset | None = None

    def __enter__(self) -> BurstReader:
        self._dataset = _open(self._swath)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._dataset = None

    def read(
        self, burst: Burst, lines: tuple[int, int] | None = None, samples: tuple[int, int] | None = None
    ) -> Complex64:
        """Pixels of half-open ranges of lines and samples of a burst (default: all); 0 outside its valid rectangle."""
        if self._dataset is None:
            raise ValueError("the reader is used outside its with block")
        first, stop = lines or (0, burst.lines)
        left, right = samples or (0, burst.samples)
        if not (0 <= first < stop <= burst.lines and 0 <= left < right <= burst.samples):
            raise ValueError(f"lines {first}-{stop}, samples {left}-{right} are not inside the burst")
        band = self._dataset.GetRasterBand(1)
        values, message = raster.call(
            band.ReadAsArray, left, burst.line_offset + first, right - left, stop - first
        )
        if values is None or message:
            raise _damaged(self._swath, message)
        raster.call(band.FlushCache)
        pixels = np.asarray(values, np.complex64)
        outside = np.ones(pixels.shape, bool)
        top, bottom = (max(row - first, 0) for row in burst.valid_lines)
        near, far = (max(column - left, 0) for column in burst.valid_samples)
        outside[top:bottom, near:far] = False
        pixels[outside] = 0.0
        return pixels


class Readers:
    """Open measurement files, one per thread, until the `with` block ends.

    A file inside a zip is unpacked from its start whenever it is opened anew, so that windows of one image that follow
    each other share an open one. A copy for another process begins without any.
    """

    def __init__(self) -> None:
        self._readers: dict[tuple[int, str], BurstReader] = {}
        self._opened = ExitStack()

    def __enter__(self) -> Readers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._readers.clear()
        self._opened.close()

    def __reduce__(self) -> tuple[type[Readers], tuple[()]]:
        return Readers, ()

    def of(self, swath: Swath) -> BurstReader:
        """This thread's reader of a swath."""
        key = threading.get_ident(), swath.measurement
        if key not in self._readers:
            self._readers[key] = self._opened.enter_context(BurstReader(swath))
        return self._readers[key]


def check_measurement(swath: Swath) -> None:
    """Refuse a measurement file as opening it would, before any work is done."""
    with BurstReader(swath):
        pass


def _open(swath: Swath) -> gdal.Dataset:
    if not swath.measurement:
        raise InputError(
            WHAT,
            f"(none beside {swath.annotation})",
            "an image with its measurement files",
            "Download the whole image",
        )
    dataset, message = raster.call(
        gdal.OpenEx, swath.measurement, gdal.OF_RASTER | gdal.OF_READONLY, allowed_drivers=["GTiff"]
    )
    if dataset is None or message:
        raise _damaged(swath, message)
    size = (dataset.RasterYSize, dataset.RasterXSize)
    if size != swath.shape:
        raise InputError(
            WHAT,
            f"{swath.measurement}: {size[0]} x {size[1]} lines and samples",
            f"{swath.shape[0]} x {swath.shape[1]} as its annotation says",
            "The two do not belong together: download the image again",
        )
    if not gdal.DataTypeIsComplex(dataset.GetRasterBand(1).DataType):
        raise InputError(WHAT, swath.measurement, "complex numbers", "Download the SLC product, not the GRD")
    return dataset


def _damaged(swath: Swath, why: str) -> InputError:
    return InputError(WHAT, swath.measurement, "a complete file", f"Download the image again ({why})")
