"""Displacement folders with known subsidence, as any step that makes one would write them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
from osgeo import ogr, osr

from groundline.core import manifest
from groundline.core.raster import write_geotiff
from groundline.core.stack import DISPLACEMENT, Acquisition, Grid, Item, Stack
from groundline.core.vector import VectorInput

WAVELENGTH = 0.0555
INCIDENCE = 39.0
EAST, NORTH = 500_000.0, 3_280_000.0  # upper left corner of the metric grid


def wkt(epsg: int) -> str:
    """A coordinate system by its code."""
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(epsg)
    return str(reference.ExportToWkt())


def metric_grid(rows: int, cols: int, size: float = 10.0) -> Grid:
    """Square pixels of `size` metres in UTM zone 49 N."""
    return Grid(cols, rows, (EAST, size, 0.0, NORTH, 0.0, -size), wkt(32649))


def write_subsidence(
    folder: Path,
    subsidence: np.ndarray,
    dates: Sequence[date],
    grid: Grid | None = None,
    incidence: float | np.ndarray = INCIDENCE,
    metadata: dict[str, object] | None = None,
) -> Path:
    """Write S (N, rows, cols) [m, positive down] as line-of-sight displacements in mm with a stack.json.

    incidence [deg]: one for the scene, or (rows, cols), written as incidence.tif [rad].
    """
    grid = grid or metric_grid(*subsidence.shape[1:])
    (folder / "displacement").mkdir(parents=True)
    angle = np.radians(np.asarray(incidence, float))
    geometry = {}
    facts: dict[str, object] = {"sensor": "S1A", "heading_deg": -12.0}
    if angle.ndim:
        write_geotiff(folder / "incidence.tif", angle, grid)
        geometry["incidence"] = Item("here", "incidence.tif")
    else:
        facts["incidence_deg"] = math.degrees(float(angle))
    acquisitions = []
    for day, values in zip(dates, subsidence):
        name = f"displacement/{day:%Y%m%d}.tif"
        write_geotiff(folder / name, -1000.0 * values * np.cos(angle), grid, unit="mm")
        acquisitions.append(Acquisition(day, items={"displacement": Item("here", name, factor=0.001)}))
    stack = Stack(
        DISPLACEMENT,
        grid,
        WAVELENGTH,
        acquisitions=tuple(acquisitions),
        geometry=geometry,
        roots={"here": "."},
        metadata={**facts, **(metadata or {})},
    )
    manifest.save(folder, stack)
    return folder


def box(grid: Grid, row: int, rows: int, col: int, cols: int) -> bytes:
    """WKB of the rectangle around exactly these pixels."""
    x0, dx, _, y0, _, dy = grid.transform
    left, right = x0 + col * dx, x0 + (col + cols) * dx
    top, bottom = y0 + row * dy, y0 + (row + rows) * dy
    ring = f"{left} {top},{right} {top},{right} {bottom},{left} {bottom},{left} {top}"
    return bytes(ogr.CreateGeometryFromWkt(f"POLYGON(({ring}))").ExportToWkb(ogr.wkbNDR))


def boxes(
    grid: Grid, *parts: tuple[int, int, int, int], name: str = "funnels", first: int = 1
) -> VectorInput:
    """Rectangles of pixels (row, rows, col, cols) as a layer with the field `funnel` = first, first + 1 ..."""
    return VectorInput(
        tuple(box(grid, *part) for part in parts),
        grid.crs,
        tuple({"funnel": first + number} for number in range(len(parts))),
        name,
    )


def points(
    grid: Grid, *pixels: tuple[int, int], name: str = "wells", **columns: Sequence[object]
) -> VectorInput:
    """Points in the centres of pixels (row, col); columns name -> values are the attributes."""
    x0, dx, _, y0, _, dy = grid.transform
    shapes = []
    for row, col in pixels:
        point = ogr.CreateGeometryFromWkt(f"POINT({x0 + (col + 0.5) * dx} {y0 + (row + 0.5) * dy})")
        shapes.append(bytes(point.ExportToWkb(ogr.wkbNDR)))
    attributes = tuple({key: values[n] for key, values in columns.items()} for n in range(len(pixels)))
    return VectorInput(tuple(shapes), grid.crs, attributes, name)
