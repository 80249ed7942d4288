"""Vector layers as GeoPackage: whole or not at all, the same content gives the same bytes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from osgeo import gdal, ogr

from . import atomic
from . import crs as coordinates
from .errors import InputError
from .raster import call

_FIXED_TIME = "2000-01-01T00:00:00.000Z"  # GeoPackage notes the time of writing, which would change the bytes
_KINDS = {int: ogr.OFTInteger64, float: ogr.OFTReal, str: ogr.OFTString, date: ogr.OFTDate}


def write_layer(
    path: Path,
    table: str,
    crs: str,
    geometry: int,
    shapes: Sequence[bytes],
    columns: Mapping[str, tuple[type, Sequence[Any]]],
) -> Path:
    """Write features as one GeoPackage layer.

    geometry : OGR geometry type. shapes : WKB per feature in `crs`. columns : name -> (int, float, str or date, values
    per feature); None and NaN become NULL.
    """
    with fixed_time(), atomic.replacing(path) as temporary:
        dataset, message = call(ogr.GetDriverByName("GPKG").CreateDataSource, str(temporary))
        if dataset is None:
            raise InputError("OUTPUT", str(path), "a writable file", f"Choose another folder ({message})")
        try:
            _fill(dataset, path, table, crs, geometry, shapes, columns)
        finally:
            _, message = call(dataset.Close if hasattr(dataset, "Close") else dataset.Destroy)
        if message:
            raise atomic.disk_full(path)
    return path


@contextmanager
def fixed_time() -> Iterator[None]:
    """Keep the clock out of the files that this thread writes."""
    before = gdal.GetThreadLocalConfigOption("OGR_CURRENT_DATE", None)
    gdal.SetThreadLocalConfigOption("OGR_CURRENT_DATE", _FIXED_TIME)
    try:
        yield
    finally:
        gdal.SetThreadLocalConfigOption("OGR_CURRENT_DATE", before)


def _fill(
    dataset: ogr.DataSource,
    path: Path,
    table: str,
    crs: str,
    geometry: int,
    shapes: Sequence[bytes],
    columns: Mapping[str, tuple[type, Sequence[Any]]],
) -> None:
    options = ["GEOMETRY_NAME=geom", "FID=fid"]
    layer, message = call(dataset.CreateLayer, table, coordinates.parse(crs), geometry, options)
    if layer is None:
        raise InputError("OUTPUT", str(path), "a writable file", f"Choose another folder ({message})")
    for name, (kind, _) in columns.items():
        layer.CreateField(ogr.FieldDefn(name, _KINDS[kind]))
    call(dataset.StartTransaction)
    for row, shape in enumerate(shapes):
        feature = ogr.Feature(layer.GetLayerDefn())
        feature.SetGeometryDirectly(ogr.CreateGeometryFromWkb(shape))
        for index, (kind, values) in enumerate(columns.values()):
            value = values[row]
            if value is None or (kind is float and math.isnan(value)):
                feature.SetFieldNull(index)
            else:
                feature.SetField(index, value.isoformat() if kind is date else kind(value))
        status, message = call(layer.CreateFeature, feature)
        if status or message:
            raise atomic.disk_full(path)
    _, message = call(dataset.CommitTransaction)
    if message:
        raise atomic.disk_full(path)
