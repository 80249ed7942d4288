"""Vector layers as GeoPackage: whole or not at all, the same content gives the same bytes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from osgeo import ogr

from . import atomic
from . import crs as coordinates
from .geopackage import LAYER_OPTIONS, creating, refused
from .raster import call

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
    with creating(path) as dataset:
        _fill(dataset, path, table, crs, geometry, shapes, columns)
    return path


def _fill(
    dataset: ogr.DataSource,
    path: Path,
    table: str,
    crs: str,
    geometry: int,
    shapes: Sequence[bytes],
    columns: Mapping[str, tuple[type, Sequence[Any]]],
) -> None:
    layer, message = call(dataset.CreateLayer, table, coordinates.parse(crs), geometry, LAYER_OPTIONS)
    if layer is None:
        raise refused(path, message)
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
