"""Measurement points: the table, and its GeoPackage form.

Columns in the file: the attributes in the order given (`velocity` mm/yr, `velocity_std` mm/yr,
`coherence`, `height_error` m, `incidence` deg, `los_east`, `los_north`, `los_up`, `track`, `pass`),
then one column DYYYYMMDD per date with the displacement in mm.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from osgeo import gdal, ogr

from . import atomic
from . import crs as coordinates
from .errors import InputError
from .geopackage import LAYER_OPTIONS, OWN_COLUMNS, creating, refused
from .monitor import Monitor
from .raster import call

TABLE = "points"
DECIMALS = 3  # of the series: 0.001 mm is far below any InSAR accuracy
DIGITS = 7  # of single-precision attributes: all that they hold
WARN_DATES = 250
_DATE_COLUMN = re.compile(r"^[Dd]?_?(\d{8})$")
_CHUNK = 8192
_POINT_BYTES = {1: 21, 1001: 29, 0x80000001: 29}  # WKB type -> size: Point, Point Z (ISO), Point Z (old)


@dataclass(frozen=True)
class PointSet:
    """Points and their series.

    x, y : float64 (n,), in `crs`. attributes : name -> (n,) array of numbers or strings.
    series : float32 (n, dates) displacement [mm], NaN where missing. crs : WKT.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    crs: str
    attributes: dict[str, NDArray[Any]] = field(default_factory=dict)
    dates: tuple[date, ...] = ()
    series: NDArray[np.float32] = field(default_factory=lambda: np.empty((0, 0), np.float32))
    name: str = ""

    def __len__(self) -> int:
        return len(self.x)


def column_of(day: date) -> str:
    """Name of a date's column, DYYYYMMDD."""
    return f"D{day:%Y%m%d}"


def date_of(column: str) -> date | None:
    """Date that a column name stands for (DYYYYMMDD, D_YYYYMMDD or YYYYMMDD), None for other columns."""
    match = _DATE_COLUMN.match(column)
    if match is None:
        return None
    try:
        return datetime.strptime(match.group(1), "%Y%m%d").date()
    except ValueError:
        return None


def scale_of(values: NDArray[Any]) -> float:
    """End of a colour scale from minus to plus that holds 98 % of the values; 1 when all are zero."""
    return float(np.percentile(np.abs(values), 98.0)) or 1.0


def write_points(path: Path, points: PointSet, monitor: Monitor | None = None) -> Path:
    """Write a GeoPackage with one layer `points`, atomically; the same points give the same bytes.

    Attributes called like the file's own columns, fid and geom, are left out: they number the rows of
    another file. The series is rounded to 0.001 mm and single-precision attributes to seven digits; NaN becomes NULL.
    All rows go in one transaction, set by field index on one reused feature (300,000 x 61 takes about
    ten seconds).
    """
    monitor = monitor or Monitor()
    own = {name: values for name, values in points.attributes.items() if name.lower() not in OWN_COLUMNS}
    with creating(path) as dataset:
        _fill(dataset, replace(points, attributes=own), path, monitor)
    return path


def read_points(path: str | Path, layer: str = "", field_name: str = "Points") -> PointSet:
    """Read a point layer (GeoPackage, shapefile ...) with all its columns.

    Columns named DYYYYMMDD, D_YYYYMMDD or YYYYMMDD become the series in order of date; every other
    column becomes an attribute, with NaN or an empty text for NULL. Features without a point are left out.
    """
    dataset, message = call(gdal.OpenEx, str(path), gdal.OF_VECTOR | gdal.OF_READONLY)
    if dataset is None:
        raise InputError(
            field_name, str(path), "a readable point file", f"Check the path and the format ({message})"
        )
    found = dataset.GetLayerByName(layer) if layer else dataset.GetLayer(0)
    if found is None:
        raise InputError(field_name, f"{path} ({layer})", "a file with a layer", "Check the layer's name")
    if ogr.GT_Flatten(found.GetGeomType()) not in (ogr.wkbPoint, ogr.wkbUnknown):
        kind = ogr.GeometryTypeToName(found.GetGeomType())
        raise InputError(
            field_name, f"{path} ({kind})", "a layer of points", "Choose the layer with the points"
        )
    reference = found.GetSpatialRef()
    columns, xy = _columns(found)
    days = sorted((day, name) for name in columns for day in [date_of(name)] if day is not None)
    valid = np.isfinite(xy).all(axis=1)
    series = np.empty((int(valid.sum()), len(days)), np.float32)
    for index, (_, name) in enumerate(days):
        series[:, index] = _numbers(columns.pop(name), name, path, field_name)[valid]
    return PointSet(
        xy[valid, 0],
        xy[valid, 1],
        reference.ExportToWkt() if reference else "",
        {name: values[valid] for name, values in columns.items()},
        tuple(day for day, _ in days),
        series,
        Path(path).stem,
    )


def _fill(dataset: ogr.DataSource, points: PointSet, path: Path, monitor: Monitor) -> None:
    reference = coordinates.parse(points.crs, "CRS of the points") if points.crs else None
    layer, message = call(dataset.CreateLayer, TABLE, reference, ogr.wkbPoint, LAYER_OPTIONS)
    if layer is None:
        raise refused(path, message)
    names = [*points.attributes, *(column_of(day) for day in points.dates)]
    kinds = [_kind(values) for values in points.attributes.values()] + [ogr.OFTReal] * len(points.dates)
    for name, kind in zip(names, kinds):
        layer.CreateField(ogr.FieldDefn(name, kind))
    call(dataset.StartTransaction)
    feature = ogr.Feature(layer.GetLayerDefn())
    for start in range(0, len(points), _CHUNK):
        monitor.step(start / len(points))
        part = slice(start, min(start + _CHUNK, len(points)))
        failed = _write_rows(layer, feature, points.x[part], points.y[part], _rows(points, part))
        if failed:
            raise atomic.disk_full(path)
    _, message = call(dataset.CommitTransaction)
    if message:
        raise atomic.disk_full(path)
    monitor.step(1.0)


def _write_rows(
    layer: ogr.Layer, feature: ogr.Feature, x: NDArray[Any], y: NDArray[Any], rows: list[list[Any]]
) -> bool:
    """Append rows through one reused feature; True when the file cannot take more."""
    put, clear = feature.SetField, feature.SetFieldNull
    for east, north, row in zip(x.tolist(), y.tolist(), rows):
        for index, value in enumerate(row):
            # A NaN is the one number that differs from itself.
            if value is None or value != value:
                clear(index)
            else:
                put(index, value)
        point = ogr.Geometry(ogr.wkbPoint)
        point.SetPoint_2D(0, east, north)
        feature.SetFID(-1)
        feature.SetGeometryDirectly(point)
        status, message = _create(layer, feature)
        if status or message:
            return True
    return False


def _create(layer: ogr.Layer, feature: ogr.Feature) -> tuple[int, str]:
    try:
        return layer.CreateFeature(feature), ""
    except RuntimeError as error:  # raised only where exceptions are switched on
        return 1, str(error)


def _rows(points: PointSet, part: slice) -> list[list[Any]]:
    """Rows of plain Python values in the order of the columns."""
    attributes = [_plain(values[part]) for values in points.attributes.values()]
    series = points.series[part] if points.dates else np.empty((len(points.x[part]), 0))
    series = np.round(series.astype(np.float64), DECIMALS).tolist()
    return [
        [*head, *tail] for head, tail in zip(zip(*attributes) if attributes else [()] * len(series), series)
    ]


def _plain(values: NDArray[Any]) -> list[Any]:
    if values.dtype == np.float32:
        return list(_shortened(values).tolist())
    if values.dtype.kind == "f":
        return list(values.astype(np.float64).tolist())
    if values.dtype.kind in "iub":
        return list(values.astype(np.int64).tolist())
    return [None if value is None else str(value) for value in values.tolist()]


def _shortened(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """Single precision as the decimal number that a person would write."""
    exact = values.astype(np.float64)
    size = np.abs(exact)
    usual = np.isfinite(exact) & (size > 1e-30) & (size < 1e30)
    scale = 10.0 ** (DIGITS - 1 - np.floor(np.log10(np.where(usual, size, 1.0))))
    return np.where(usual, np.round(exact * scale) / scale, exact)


def _kind(values: NDArray[Any]) -> int:
    kind = values.dtype.kind
    return int(ogr.OFTReal if kind == "f" else ogr.OFTInteger64 if kind in "iub" else ogr.OFTString)


def _columns(layer: ogr.Layer) -> tuple[dict[str, NDArray[Any]], NDArray[np.float64]]:
    """All columns of a layer, and the coordinates (n, 2) with NaN where a feature has no point."""
    geometry = layer.GetGeometryColumn() or "wkb_geometry"
    names = [
        layer.GetLayerDefn().GetFieldDefn(i).GetName() for i in range(layer.GetLayerDefn().GetFieldCount())
    ]
    stream = layer.GetArrowStreamAsNumPy(options=["INCLUDE_FID=NO", "USE_MASKED_ARRAYS=YES"])
    parts: dict[str, list[NDArray[Any]]] = {name: [] for name in names}
    places = [np.empty((0, 2))]
    for batch in stream:
        for name in names:
            # Columns of a kind that numpy lacks are not delivered.
            if name in batch:
                parts[name].append(_filled(batch[name]))
        places.append(_coordinates(batch[geometry]))
    if len(places) == 1:  # no features: some versions of GDAL deliver no batch at all
        parts = {name: [np.empty(0)] for name in names}
    columns = {name: np.concatenate(arrays) for name, arrays in parts.items() if arrays}
    return columns, np.concatenate(places)


def _filled(values: Any) -> NDArray[Any]:
    """A column as a plain array: NaN or an empty text for NULL, text for bytes."""
    mask = (
        np.ma.getmaskarray(values) if isinstance(values, np.ma.MaskedArray) else np.zeros(len(values), bool)
    )
    plain = np.ma.getdata(values)
    if plain.dtype.kind in "SOU":
        texts = [_text(value) for value in plain.tolist()]
        return np.array(["" if gone else text for text, gone in zip(texts, mask)], dtype=object)
    if mask.any():
        return np.where(mask, np.nan, plain.astype(np.float64))
    return np.array(plain)


def _text(value: Any) -> str:
    return (
        value.decode("utf-8", "replace") if isinstance(value, bytes) else "" if value is None else str(value)
    )


def _coordinates(blobs: Any) -> NDArray[np.float64]:
    """Coordinates (n, 2) from WKB; points of one kind in one step, anything else one by one."""
    plain = np.ma.getdata(blobs)
    if plain.dtype.kind == "V" and plain.dtype.itemsize in _POINT_BYTES.values():
        raw = np.frombuffer(plain.tobytes(), np.uint8).reshape(len(plain), -1)
        kinds = raw[:, 1:5].copy().view("<u4").ravel()
        if (raw[:, 0] == 1).all() and {_POINT_BYTES.get(int(kind)) for kind in np.unique(kinds)} == {
            raw.shape[1]
        }:
            return raw[:, 5:21].copy().view("<f8").astype(np.float64)
    return np.array([_point(bytes(blob) if blob is not None else b"") for blob in plain.tolist()]).reshape(
        -1, 2
    )


def _point(blob: bytes) -> Sequence[float]:
    geometry = ogr.CreateGeometryFromWkb(blob) if blob else None
    if geometry is None or geometry.IsEmpty():
        return float("nan"), float("nan")
    if ogr.GT_Flatten(geometry.GetGeometryType()) == ogr.wkbMultiPoint:
        geometry = geometry.GetGeometryRef(0).Clone()
    return geometry.GetX(), geometry.GetY()


def _numbers(values: NDArray[Any], name: str, path: str | Path, field_name: str) -> NDArray[np.float32]:
    try:
        return values.astype(np.float32)
    except ValueError as error:
        raise InputError(
            field_name,
            f"{path}: column {name}",
            "numbers in the columns of dates",
            "Convert the column to numbers",
        ) from error
