"""Funnels as polygons and as numbered pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from osgeo import gdal, ogr

from .. import crs as coordinates
from ..errors import InputError
from ..raster import call
from ..stack import Grid
from ..vector import VectorInput, valid_area

FIELD = "funnel"
_SHARED = 0.01  # of a pixel: slivers below it come from rounding and other coordinate systems

Labels = NDArray[np.int32]


@dataclass(frozen=True)
class Funnels:
    """Numbered areas on a grid: `labels` (rows, columns), 0 outside every funnel; `ids` in rising order."""

    labels: Labels
    ids: tuple[int, ...]


def funnels_on(layer: VectorInput, grid: Grid, name: str = "FUNNELS") -> Funnels:
    """Pixels of each funnel: those whose centre lies in its polygons.

    Several polygons with the same number are one funnel. Refused: a layer without polygons or without the whole
    number `funnel`, polygons of two funnels that overlap (by name), and funnels outside the grid.
    """
    shapes = _by_number(layer, grid.crs, name)
    _refuse_overlaps(shapes, grid, name)
    labels = np.zeros(grid.shape, np.int32)
    for number, shape in shapes.items():
        inside = VectorInput((bytes(shape.ExportToWkb(ogr.wkbNDR)),), grid.crs, name=name).mask(grid)
        labels[inside & (labels == 0)] = number
    lost = [number for number in shapes if not (labels == number).any()]
    if lost:
        raise InputError(
            name,
            ", ".join(f"funnel {number}" for number in lost),
            "funnels that hold a pixel of the input",
            "Check the layer's CRS, or remove the funnels that lie elsewhere",
        )
    return Funnels(labels, tuple(sorted(shapes)))


def polygons_of(labels: Labels, grid: Grid) -> dict[int, bytes]:
    """Outline of each number's pixels as WKB multipolygon in the grid's system, along pixel edges; 0 is left out.

    Pixels that touch at a corner only are separate parts.
    """
    driver = gdal.GetDriverByName("MEM")
    raster = driver.Create("", grid.width, grid.height, 1, gdal.GDT_Int32)
    raster.SetGeoTransform(list(grid.transform))
    band = raster.GetRasterBand(1)
    band.WriteArray(np.ascontiguousarray(labels))
    mask = driver.Create("", grid.width, grid.height, 1, gdal.GDT_Byte)
    mask.GetRasterBand(1).WriteArray((labels != 0).astype(np.uint8))
    memory = ogr.GetDriverByName("Memory") or ogr.GetDriverByName("MEM")
    source = memory.CreateDataSource("funnels")
    layer = source.CreateLayer("funnels", coordinates.parse(grid.crs), ogr.wkbPolygon)
    layer.CreateField(ogr.FieldDefn(FIELD, ogr.OFTInteger))
    _, message = call(gdal.Polygonize, band, mask.GetRasterBand(1), layer, 0, [])
    if message:
        raise InputError("Funnels", message, "areas that can be outlined", "Use a smaller extent")
    parts: dict[int, ogr.Geometry] = {}
    for feature in layer:
        whole = parts.setdefault(feature.GetField(FIELD), ogr.Geometry(ogr.wkbMultiPolygon))
        whole.AddGeometry(feature.GetGeometryRef())
    return {number: bytes(parts[number].ExportToWkb(ogr.wkbNDR)) for number in sorted(parts)}


def _by_number(layer: VectorInput, crs: str, name: str) -> dict[int, ogr.Geometry]:
    """One geometry per funnel in the grid's system, in the order of the numbers."""
    shapes: dict[int, ogr.Geometry] = {}
    for row, shape in enumerate(layer.geometries(crs)):
        if ogr.GT_Flatten(shape.GetGeometryType()) not in (ogr.wkbPolygon, ogr.wkbMultiPolygon):
            raise InputError(name, layer.name, "a layer of polygons", "Choose the output of 'funnels'")
        number = _number(layer.attributes[row] if layer.attributes else {}, row, name, layer.name)
        clean = valid_area(shape)
        shapes[number] = shapes[number].Union(clean) if number in shapes else clean.Clone()
    if not shapes:
        raise InputError(
            name, layer.name, "at least one polygon", "Choose a layer with funnels, or leave it empty"
        )
    return dict(sorted(shapes.items()))


def _number(attributes: dict[str, Any], row: int, name: str, layer: str) -> int:
    if FIELD not in attributes:
        raise InputError(
            name,
            layer,
            f"polygons with the field `{FIELD}`",
            "Add a whole number per funnel, or run 'funnels'",
        )
    value = attributes[FIELD]
    try:
        number = int(value)
    except (TypeError, ValueError):
        number = 0
    if number < 1 or number != float(value):
        raise InputError(
            name, f"{layer}, feature {row + 1}: {value}", f"a whole number from 1 in the field `{FIELD}`"
        )
    return number


def _refuse_overlaps(shapes: dict[int, ogr.Geometry], grid: Grid, name: str) -> None:
    _, dx, rx, _, ry, dy = grid.transform
    least = _SHARED * abs(dx * dy - rx * ry)
    boxes = {number: shape.GetEnvelope() for number, shape in shapes.items()}
    numbers = list(shapes)
    found = []
    for place, first in enumerate(numbers):
        for second in numbers[place + 1 :]:
            if _apart(boxes[first], boxes[second]):
                continue
            common = shapes[first].Intersection(shapes[second])
            if common is None or common.GetDimension() < 2:
                continue
            if common.GetArea() > least:
                found.append(f"{first} and {second}")
    if found:
        raise InputError(
            name,
            f"overlapping funnels {'; '.join(found)}",
            "polygons of different funnels that do not overlap",
            "Cut them along the divide, or give them the same number",
        )


def _apart(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[1] < b[0] or b[1] < a[0] or a[3] < b[2] or b[3] < a[2]
