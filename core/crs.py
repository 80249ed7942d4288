"""Coordinate systems: parsing, transforming, metric choice, pixel sizes. Axis order is always x, y (lon, lat)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from osgeo import osr

from .errors import InputError
from .stack import Grid

WGS84 = "EPSG:4326"
EARTH_RADIUS = 6_371_008.8  # m, mean

Float64 = NDArray[np.float64]


def parse(crs: str, field: str = "CRS") -> osr.SpatialReference:
    """Spatial reference from WKT, PROJ string or authority code, in x, y order."""
    reference = osr.SpatialReference()
    try:
        status = reference.SetFromUserInput(crs) if crs else 1
    except RuntimeError:  # raised only where exceptions are switched on
        status = 1
    if status != 0:
        raise InputError(field, crs or "(none)", "a known coordinate system", "Assign a CRS to the layer or file")
    reference.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return reference


def same(first: str, second: str) -> bool:
    """True when two definitions mean the same system."""
    if first == second:
        return True
    if not first or not second:
        return False
    return bool(parse(first).IsSame(parse(second)))


def is_geographic(crs: str) -> bool:
    """True for degrees, False for projected metres."""
    return bool(parse(crs).IsGeographic())


def transform(x: NDArray[Any], y: NDArray[Any], source: str, target: str) -> tuple[Float64, Float64]:
    """Coordinates in another system, same shape as x; points that cannot be transformed become NaN."""
    x = np.asarray(x, np.float64)
    y = np.asarray(y, np.float64)
    if same(source, target):
        return x.copy(), y.copy()
    operation = osr.CoordinateTransformation(parse(source), parse(target))
    points = np.column_stack([x.ravel(), y.ravel()])
    bad = ~np.isfinite(points).all(axis=1)
    points[bad] = 0.0
    out = np.array(operation.TransformPoints(points), np.float64).reshape(-1, 3)[:, :2] if len(points) else points
    out[bad] = np.nan
    out[~np.isfinite(out).all(axis=1)] = np.nan
    return out[:, 0].reshape(x.shape), out[:, 1].reshape(x.shape)


def utm(lon: float, lat: float) -> str:
    """Authority code of the UTM zone (WGS 84) that holds a place."""
    zone = min(max(int((lon + 180.0) // 6.0) + 1, 1), 60)
    return f"EPSG:{(32600 if lat >= 0 else 32700) + zone}"


def metric_for(crs: str, x: float, y: float) -> str:
    """The system itself when it is in metres, else the UTM zone of the place (x, y)."""
    reference = parse(crs)
    if reference.IsProjected() and math.isclose(reference.GetLinearUnits(), 1.0):
        return crs
    lon, lat = transform(np.array([x]), np.array([y]), crs, WGS84)
    return utm(float(lon[0]), float(lat[0]))


def true_metric_for(crs: str, x: float, y: float) -> str:
    """As `metric_for`, but the UTM zone too where the system stretches lengths around (x, y) by more than 0.1 %.

    Web Mercator does: a cell of 50 m would be one of 33 m at a latitude of 49 degrees.
    """
    own = metric_for(crs, x, y)
    if own != crs:
        return own
    half = 500.0
    lon, lat = transform(
        np.array([x - half, x + half, x, x]), np.array([y, y, y - half, y + half]), crs, WGS84
    )
    zone = utm(float(lon[0]), float(lat[0]))
    east, north = transform(lon, lat, WGS84, zone)
    lengths = np.hypot(np.diff(east)[::2], np.diff(north)[::2])
    # UTM's own scale is within 0.1 % of true inside its zone and known: 0.9996 in the middle.
    return crs if np.abs(lengths / (2.0 * half) - 0.9998).max() <= 1.5e-3 else zone


def pixel_centres(grid: Grid, rows: NDArray[Any], cols: NDArray[Any]) -> tuple[Float64, Float64]:
    """Map coordinates of pixel centres."""
    x0, dx, rx, y0, ry, dy = grid.transform
    col = np.asarray(cols, np.float64) + 0.5
    row = np.asarray(rows, np.float64) + 0.5
    return x0 + col * dx + row * rx, y0 + col * ry + row * dy


def pixel_of(grid: Grid, x: NDArray[Any], y: NDArray[Any]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Row and column of the pixels that hold map coordinates; may lie outside the grid. NaN gives -1."""
    x0, dx, rx, y0, ry, dy = grid.transform
    det = dx * dy - rx * ry
    u = np.asarray(x, np.float64) - x0
    v = np.asarray(y, np.float64) - y0
    col = np.floor((u * dy - v * rx) / det)
    row = np.floor((v * dx - u * ry) / det)
    bad = ~(np.isfinite(col) & np.isfinite(row))
    return np.where(bad, -1, row).astype(np.intp), np.where(bad, -1, col).astype(np.intp)


def pixel_size(grid: Grid) -> tuple[float, float]:
    """Ground size (east, north) of a pixel at the grid's centre [m]; degrees use the sphere."""
    _, dx, rx, y0, ry, dy = grid.transform
    width, height = math.hypot(dx, ry), math.hypot(rx, dy)
    reference = parse(grid.crs)
    if not reference.IsGeographic():
        unit = float(reference.GetLinearUnits())
        return width * unit, height * unit
    latitude = math.radians(y0 + 0.5 * grid.width * ry + 0.5 * grid.height * dy)
    degree = math.radians(1.0) * EARTH_RADIUS
    return width * degree * math.cos(latitude), height * degree
