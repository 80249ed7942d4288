"""GeoPackages that appear whole or not at all, without the clock in their bytes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from osgeo import gdal, ogr

from . import atomic
from .errors import InputError
from .raster import call

OWN_COLUMNS = ("fid", "geom")
LAYER_OPTIONS = ["GEOMETRY_NAME=geom", "FID=fid"]
_FIXED_TIME = "2000-01-01T00:00:00.000Z"  # GeoPackage notes the time of writing, which would change the bytes


@contextmanager
def creating(path: Path) -> Iterator[ogr.DataSource]:
    """Yield a new GeoPackage to fill; it appears at `path` when the block ends without error."""
    with _fixed_time(), atomic.replacing(path) as temporary:
        dataset, message = call(ogr.GetDriverByName("GPKG").CreateDataSource, str(temporary))
        if dataset is None:
            raise refused(path, message)
        try:
            yield dataset
        finally:
            _, message = call(getattr(dataset, "Close", None) or dataset.Destroy)  # Close is of GDAL 3.8
        if message:
            raise atomic.disk_full(path)


def refused(path: Path, message: str) -> InputError:
    """The error for a file or layer that cannot be made."""
    return InputError("Output layer", str(path), "a writable file", f"Choose another folder ({message})")


@contextmanager
def _fixed_time() -> Iterator[None]:
    """Keep the clock out of the files that this thread writes."""
    before = gdal.GetThreadLocalConfigOption("OGR_CURRENT_DATE", None)
    gdal.SetThreadLocalConfigOption("OGR_CURRENT_DATE", _FIXED_TIME)
    try:
        yield
    finally:
        gdal.SetThreadLocalConfigOption("OGR_CURRENT_DATE", before)
