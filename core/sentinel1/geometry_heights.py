"""Reading a DEM's stored heights, from one raster or a folder of tiles, onto a grid of longitudes and latitudes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from osgeo import gdal

from .. import crs, raster
from ..errors import InputError
from ..stack import Grid
from .geometry_grid import LonLatGrid

ENDINGS = {".tif", ".tiff", ".hgt", ".dt1", ".dt2", ".img", ".asc"}
MARGIN = 3  # posts around the area, for the interpolation
FINEST = 5.0  # m
CHECKED = 33  # places along each side of the area at which heights must be there
FULL_TURNS = (0.0, 360.0, -360.0)  # an area on the date line may be written either way

Area = tuple[float, float, float, float]  # west, south, east, north, degrees; east may exceed 180


@dataclass(frozen=True, eq=False)
class Tile:
    """An open raster with its grid; the grid has a CRS."""

    path: Path
    dataset: gdal.Dataset
    grid: Grid


def read_heights(path: Path, area: Area, required: Area) -> LonLatGrid:
    """Heights [m] as stored, float32, over an area (degrees, WGS 84) at the raster's own resolution; NaN is unknown.

    Posts of a raster in WGS 84 longitudes and latitudes are taken as they are; any other is warped (cubic). Heights
    finer than 5 m are averaged.
    Raises InputError where the DEM does not reach all of `required`, or holds nothing in `area`.
    """
    with _opened(_paths(path)) as tiles:
        turn = _covering_turn(tiles, path, required)
        west, south, east, north = area
        heights = _posts(tiles, path, (west + turn, south, east + turn, north))
    if not np.isfinite(heights.values).any():
        raise InputError(
            "DEM", str(path), f"heights in the area of the images ({shown(area)})", "Choose another DEM"
        )
    return heights


def _paths(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    found = (
        sorted(entry for entry in path.iterdir() if entry.suffix.lower() in ENDINGS) if path.is_dir() else []
    )
    if not found:
        raise InputError(
            "DEM", str(path), f"a folder with tiles ({', '.join(sorted(ENDINGS))})", "Choose a DEM"
        )
    return found


@contextmanager
def _opened(paths: list[Path]) -> Iterator[list[Tile]]:
    tiles: list[Tile] = []
    try:
        for path in paths:
            dataset = raster.open_dataset(path, field="DEM")
            grid = raster.grid_of(dataset)
            if not grid.crs:
                raise InputError(
                    "DEM", str(path), "a raster with a coordinate system", "Assign its CRS to the file"
                )
            tiles.append(Tile(path, dataset, grid))
        yield tiles
    finally:
        tiles.clear()


def _covering_turn(tiles: list[Tile], path: Path, required: Area) -> float:
    """The full turn to add to longitudes so that the tiles hold every place of the area."""
    west, south, east, north = required
    lon, lat = np.meshgrid(np.linspace(west, east, CHECKED), np.linspace(south, north, CHECKED))
    covered = 0.0
    for turn in FULL_TURNS:
        inside = np.zeros(lon.shape, bool)
        for tile in tiles:
            inside |= _holds(tile.grid, lon + turn, lat)
        if inside.all():
            return turn
        covered = max(covered, float(inside.mean()))
    raise InputError(
        "DEM",
        f"{path}, which lacks {max(1, math.floor(100.0 * (1.0 - covered)))} % of the area,",
        f"a DEM that covers the area of the images ({shown(required)})",
        "Download the missing part, or choose a smaller area",
    )


def _holds(grid: Grid, lon: NDArray[Any], lat: NDArray[Any]) -> NDArray[np.bool_]:
    row, column = crs.pixel_of(grid, *crs.transform(lon, lat, crs.WGS84, grid.crs))
    return np.asarray((row >= 0) & (row < grid.height) & (column >= 0) & (column < grid.width))


def _posts(tiles: list[Tile], path: Path, area: Area) -> LonLatGrid:
    east_step, south_step, corner = _steps(tiles, area)
    factor = _coarser(tiles)
    if factor > 1:
        east_step, south_step, method = factor * east_step, factor * south_step, "average"
    elif all(_aligned(tile.grid, corner, east_step, south_step) for tile in tiles):
        method = "near"
    else:
        method = "cubic"
    west, south, east, north = area
    left = corner[0] + east_step * (math.floor((west - corner[0]) / east_step) - MARGIN)
    top = corner[1] + south_step * (math.ceil((north - corner[1]) / south_step) + MARGIN)
    columns = math.ceil((east - left) / east_step) + MARGIN
    rows = math.ceil((top - south) / south_step) + MARGIN
    options = gdal.WarpOptions(
        format="MEM",
        dstSRS=crs.WGS84,
        outputBounds=(left, top - rows * south_step, left + columns * east_step, top),
        width=columns,
        height=rows,
        resampleAlg=method,
        errorThreshold=0.0,
        outputType=gdal.GDT_Float32,
        dstNodata=float("nan"),
        options=["-novshift"],  # heights are moved by us, once
    )
    warped, message = raster.call(gdal.Warp, "", [tile.dataset for tile in tiles], options=options)
    if warped is None or message:
        raise InputError("DEM", str(path), "complete rasters", f"Copy the DEM again ({message})")
    values = warped.GetRasterBand(1).ReadAsArray()
    return LonLatGrid(values, left + 0.5 * east_step, top - 0.5 * south_step, east_step, south_step)


def _finest(tiles: list[Tile]) -> Grid:
    return min((tile.grid for tile in tiles), key=lambda grid: math.prod(crs.pixel_size(grid)))


def _coarser(tiles: list[Tile]) -> int:
    """How many pixels of a very fine DEM to average along each side: detail within a radar pixel only costs memory."""
    return math.ceil(FINEST / math.sqrt(math.prod(crs.pixel_size(_finest(tiles)))))


def _steps(tiles: list[Tile], area: Area) -> tuple[float, float, tuple[float, float]]:
    """Steps [degrees] that keep the finest tile's resolution, and a corner of its pixels (or of the area)."""
    grid = _finest(tiles)
    if crs.is_geographic(grid.crs):
        return abs(grid.transform[1]), abs(grid.transform[5]), (grid.transform[0], grid.transform[3])
    east, north = crs.pixel_size(grid)
    degree = math.radians(1.0) * crs.EARTH_RADIUS
    middle = math.radians(0.5 * (area[1] + area[3]))
    return east / (degree * math.cos(middle)), north / degree, (area[0], area[3])


def _aligned(grid: Grid, corner: tuple[float, float], east_step: float, south_step: float) -> bool:
    """Whether a raster's pixels are those of the grid of posts."""
    x, dx, rx, y, ry, dy = grid.transform
    off = ((x - corner[0]) / east_step, (y - corner[1]) / south_step)
    whole = all(abs(value - round(value)) < 1e-3 for value in off)
    same = math.isclose(dx, east_step, rel_tol=1e-9) and math.isclose(-dy, south_step, rel_tol=1e-9)
    return bool(whole and same and rx == ry == 0.0 and crs.same(grid.crs, crs.WGS84))


def shown(area: Area) -> str:
    """An area in words."""
    west, south, east, north = area
    return f"{west:.3f} to {east:.3f} E, {south:.3f} to {north:.3f} N"
