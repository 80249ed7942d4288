"""Lines of equal subsidence: from a raster to GeoPackage, DXF and CSV, in the mine's own coordinate system."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from osgeo import gdal, ogr

from .. import atomic, vectorfile
from .. import crs as coordinates
from ..errors import InputError
from ..raster import call
from ..stack import Grid

MOST = 60  # levels; more would be a black map
DECIMALS = 3  # of metric coordinates; degrees get 8

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Isoline:
    """One line: level [mm] and vertices (V, 2) in the coordinate system of the set."""

    level: float
    points: Float64


def levels(largest: float, interval: float) -> Float64:
    """Levels [mm] from one interval up to `largest`; interval 0 takes the next round one with at most 15 levels.

    Below a tenth of a millimetre there is nothing to draw.
    """
    if not largest > 0.1:
        return np.empty(0)
    if interval == 0:
        power = 10.0 ** math.floor(math.log10(largest / 15.0))
        interval = next(step * power for step in (1.0, 2.0, 5.0, 10.0) if largest / (step * power) <= 15.0)
    count = math.floor(largest / interval + 1e-9)
    if count > MOST:
        raise InputError(
            "ISOLINES",
            f"{interval:g} mm",
            f"at least {largest / MOST:.3g} mm, for {MOST} lines",
            "Raise the interval",
        )
    return interval * np.arange(1, count + 1)


def trace(
    subsidence: NDArray[np.float32], grid: Grid, values: Sequence[float] | Float64, crs: str
) -> list[Isoline]:
    """Isolines of a raster [mm], shape of the grid, in the system `crs`; ordered by level, then as they are met."""
    if not len(values):
        return []
    raster = gdal.GetDriverByName("MEM").Create("", grid.width, grid.height, 1, gdal.GDT_Float32)
    raster.SetGeoTransform(list(grid.transform))
    band = raster.GetRasterBand(1)
    nothing = -1e30
    band.WriteArray(np.where(np.isfinite(subsidence), subsidence, nothing).astype(np.float32))
    band.SetNoDataValue(nothing)
    source = (ogr.GetDriverByName("Memory") or ogr.GetDriverByName("MEM")).CreateDataSource("isolines")
    layer = source.CreateLayer("isolines", None, ogr.wkbLineString)
    layer.CreateField(ogr.FieldDefn("level", ogr.OFTReal))
    fixed = [float(value) for value in values]
    status, message = call(gdal.ContourGenerate, band, 0.0, 0.0, fixed, 1, nothing, layer, -1, 0)
    if status or message:
        raise InputError("ISOLINES", f"{len(fixed)} levels", "levels that can be drawn", message)
    out = []
    for feature in layer:
        points = np.array(feature.GetGeometryRef().GetPoints(), np.float64)[:, :2]
        x, y = coordinates.transform(points[:, 0], points[:, 1], grid.crs, crs)
        out.append(Isoline(float(feature.GetField("level")), np.column_stack([x, y])))
    return sorted(out, key=lambda line: line.level)


def write_gpkg(path: Path, lines: Sequence[Isoline], crs: str, day: str) -> Path:
    """One feature per line: subsidence [mm] and its date."""
    columns: dict[str, tuple[type, Sequence[Any]]] = {
        "subsidence": (float, [line.level for line in lines]),
        "date": (str, [day] * len(lines)),
    }
    shapes = [bytes(_geometry(line, None).ExportToWkb(ogr.wkbNDR)) for line in lines]
    return vectorfile.write_layer(path, "isolines", crs, ogr.wkbLineString, shapes, columns)


def write_dxf(path: Path, lines: Sequence[Isoline]) -> Path:
    """Drawing with one layer per level, named SUBSIDENCE_<mm>; the height of a line is -subsidence [m].

    DXF knows no coordinate system: the file holds plain coordinates, and `isolines.csv` names their system.
    """
    with atomic.replacing(path) as temporary:
        dataset, message = call(ogr.GetDriverByName("DXF").CreateDataSource, str(temporary))
        if dataset is None:
            raise InputError("OUTPUT", str(path), "a writable file", f"Choose another folder ({message})")
        layer = dataset.CreateLayer("entities", None, ogr.wkbLineString25D)
        for line in lines:
            feature = ogr.Feature(layer.GetLayerDefn())
            feature.SetField("Layer", f"SUBSIDENCE_{line.level:g}".replace(".", "_"))
            feature.SetGeometryDirectly(_geometry(line, -line.level / 1000.0))
            status, message = call(layer.CreateFeature, feature)
            if status or message:
                raise atomic.disk_full(path)
        del layer
        _, message = call(dataset.Close if hasattr(dataset, "Close") else dataset.Destroy)
        if message:
            raise atomic.disk_full(path)
    return path


def write_csv(path: Path, lines: Sequence[Isoline], crs: str) -> Path:
    """One row per vertex: line, subsidence_mm, x, y; the column crs names the system in its first row."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["line", "subsidence_mm", "x", "y", "crs"])
    name = label(crs)
    digits = 8 if coordinates.is_geographic(crs) else DECIMALS
    first = True
    for number, line in enumerate(lines, 1):
        for x, y in line.points.tolist():
            writer.writerow(
                [number, f"{line.level:g}", f"{x:.{digits}f}", f"{y:.{digits}f}", name if first else ""]
            )
            first = False
    atomic.write_text(path, stream.getvalue())
    return path


def label(crs: str) -> str:
    """A system as people call it: its code if it has one, else its name."""
    reference = coordinates.parse(crs)
    authority, code = reference.GetAuthorityName(None), reference.GetAuthorityCode(None)
    return f"{authority}:{code}" if authority and code else str(reference.GetName() or "user-defined")


def _geometry(line: Isoline, height: float | None) -> ogr.Geometry:
    shape = ogr.Geometry(ogr.wkbLineString if height is None else ogr.wkbLineString25D)
    for x, y in line.points.tolist():
        if height is None:
            shape.AddPoint_2D(x, y)
        else:
            shape.AddPoint(x, y, height)
    return shape
