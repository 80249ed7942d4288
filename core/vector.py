"""Vector inputs: geometries and attributes, from a file or from a GIS layer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from osgeo import gdal, ogr, osr

from . import crs as coordinates
from .errors import InputError
from .stack import Grid

_KINDS = {
    "point": (ogr.wkbPoint, ogr.wkbMultiPoint),
    "line": (ogr.wkbLineString, ogr.wkbMultiLineString, ogr.wkbCompoundCurve, ogr.wkbMultiCurve),
    "polygon": (ogr.wkbPolygon, ogr.wkbMultiPolygon, ogr.wkbCurvePolygon, ogr.wkbMultiSurface),
}


@dataclass(frozen=True)
class VectorInput:
    """Features as WKB with their attributes and one coordinate system.

    `name` is what the user calls it (layer or file name); it appears in messages.
    """

    wkb: tuple[bytes, ...]
    crs: str
    attributes: tuple[dict[str, Any], ...] = ()
    name: str = field(default="")

    def geometries(self, target: str = "") -> list[ogr.Geometry]:
        """Geometries, transformed to another system when `target` is given."""
        out = []
        operation = None
        if target and not coordinates.same(self.crs, target):
            operation = osr.CoordinateTransformation(
                coordinates.parse(self.crs, self.name), coordinates.parse(target)
            )
        for blob in self.wkb:
            geometry = ogr.CreateGeometryFromWkb(blob)
            if geometry is None:
                continue
            geometry.FlattenTo2D()
            if operation is not None and geometry.Transform(operation) != 0:
                raise InputError(self.name or "Layer", self.crs, "coordinates that can be transformed", "Check its CRS")
            out.append(geometry)
        return out

    def check(self, field: str, kinds: Iterable[str], words: str) -> None:
        """Refuse a layer without features or coordinate system, or with features of another kind.

        kinds : of point, line, polygon. words : how a message calls what is allowed.
        """
        name = self.name or "(unnamed)"
        if not self.wkb:
            raise InputError(field, name, f"at least one of: {words}", "The layer is empty: draw one")
        wanted = {number for kind in kinds for number in _KINDS[kind]}
        for geometry in self.geometries():
            if ogr.GT_Flatten(geometry.GetGeometryType()) not in wanted:
                shown = geometry.GetGeometryName().lower()
                raise InputError(field, f"{name} ({shown})", words, "Choose a layer of this kind")
        if not self.crs:
            raise InputError(field, name, "a layer with a coordinate system", "Assign a CRS to the layer")

    def mask(self, grid: Grid) -> NDArray[np.bool_]:
        """True for the pixels of the grid that the features hold: points and lines the pixels
        they fall in, polygons the pixels whose centre is inside (at least the one at their centroid).
        """
        out = np.zeros(grid.shape, bool)
        for geometry in self.geometries(grid.crs):
            out |= _burn(geometry, grid)
        return out


def read_vector(path: str | Path, layer: str = "", field_name: str = "Layer") -> VectorInput:
    """Read all features of a file (first layer unless named)."""
    source = None
    try:
        source = gdal.OpenEx(str(path), gdal.OF_VECTOR | gdal.OF_READONLY)
    except RuntimeError:
        source = None
    if source is None:
        raise InputError(field_name, str(path), "a readable vector file", "Check the path and the format")
    found = source.GetLayerByName(layer) if layer else source.GetLayer(0)
    if found is None:
        raise InputError(field_name, f"{path} ({layer})", "a file with a layer", "Check the layer's name")
    reference = found.GetSpatialRef()
    wkb: list[bytes] = []
    attributes: list[dict[str, Any]] = []
    for feature in found:
        geometry = feature.GetGeometryRef()
        if geometry is None or geometry.IsEmpty():
            continue
        wkb.append(bytes(geometry.ExportToWkb(ogr.wkbNDR)))
        attributes.append(feature.items())
    return VectorInput(tuple(wkb), reference.ExportToWkt() if reference else "", tuple(attributes), Path(path).stem)


def valid_area(shape: ogr.Geometry) -> ogr.Geometry:
    """The area of a polygon that may cross itself: every part by the even-odd rule, what parts share once."""
    if _quietly(shape.IsValid):
        return shape
    whole = ogr.Geometry(ogr.wkbPolygon)
    single = ogr.GT_Flatten(shape.GetGeometryType()) == ogr.wkbPolygon
    for part in [shape] if single else [shape.GetGeometryRef(n) for n in range(shape.GetGeometryCount())]:
        whole = whole.Union(_quietly(part.MakeValid))
    return whole


def _quietly(function: Callable[[], Any]) -> Any:
    """GEOS tells of every crossing on the terminal."""
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        return function()
    finally:
        gdal.PopErrorHandler()


def _burn(geometry: ogr.Geometry, grid: Grid) -> NDArray[np.bool_]:
    kind = ogr.GT_Flatten(geometry.GetGeometryType())
    if kind in (ogr.wkbGeometryCollection, ogr.wkbMultiPolygon, ogr.wkbMultiLineString, ogr.wkbMultiPoint):
        out = np.zeros(grid.shape, bool)
        for index in range(geometry.GetGeometryCount()):
            out |= _burn(geometry.GetGeometryRef(index), grid)
        return out
    if kind == ogr.wkbPoint:
        return _at(geometry.GetX(), geometry.GetY(), grid)
    out = _rasterized(geometry, grid)
    if not out.any() and kind in (ogr.wkbPolygon, ogr.wkbCurvePolygon):
        centre = geometry.Centroid()
        out = _at(centre.GetX(), centre.GetY(), grid)
    return out


def _at(x: float, y: float, grid: Grid) -> NDArray[np.bool_]:
    out = np.zeros(grid.shape, bool)
    row, col = coordinates.pixel_of(grid, np.array([x]), np.array([y]))
    if 0 <= row[0] < grid.height and 0 <= col[0] < grid.width:
        out[row[0], col[0]] = True
    return out


def _rasterized(geometry: ogr.Geometry, grid: Grid) -> NDArray[np.bool_]:
    target = gdal.GetDriverByName("MEM").Create("", grid.width, grid.height, 1, gdal.GDT_Byte)
    target.SetGeoTransform(list(grid.transform))
    reference = coordinates.parse(grid.crs)
    target.SetProjection(reference.ExportToWkt())
    memory = ogr.GetDriverByName("Memory") or ogr.GetDriverByName("MEM")
    source = memory.CreateDataSource("shape")
    layer = source.CreateLayer("shape", reference, ogr.wkbUnknown)
    feature = ogr.Feature(layer.GetLayerDefn())
    feature.SetGeometry(geometry)
    layer.CreateFeature(feature)
    gdal.RasterizeLayer(target, [1], layer, burn_values=[1])
    return np.asarray(target.GetRasterBand(1).ReadAsArray()).astype(bool)
