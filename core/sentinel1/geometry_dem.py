"""The ground's heights: any raster that GDAL reads, in any CRS, as ellipsoidal heights on longitudes and latitudes."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from . import geometry_geoid as geoid
from .geometry_grid import LonLatGrid
from .geometry_heights import Area, read_heights

ELLIPSOID = "ellipsoid"
HEIGHTS = (ELLIPSOID, geoid.EGM96, geoid.EGM2008)
LARGEST_UNDULATION = 120.0  # m; the geoid is between -107 m and +86 m
METRES_PER_DEGREE = 111_320.0
LOWEST, HIGHEST = -1000.0, 9500.0  # m; no ground is beyond, but marks of voids are
# Of the middle of an IW image, to say in pixels what an error of heights does.
INCIDENCE, SLANT_RANGE, RANGE_SPACING = math.radians(39.0), 900e3, 2.33
BASELINE = 150.0


@dataclass(frozen=True)
class DemSource:
    """Which heights to use.

    path : a raster, or a folder of tiles. heights : what the heights count from: "ellipsoid" (WGS 84), "egm96"
    (SRTM) or "egm2008" (Copernicus DEM). undulation : one height of the geoid above the ellipsoid [m]
    for the whole area, in place of PROJ's grid.
    """

    path: Path
    heights: str = geoid.EGM2008
    undulation: float | None = None

    def validate(self) -> None:
        """Raise InputError for what cannot be used, before anything is read."""
        if not self.path.exists():
            raise InputError("DEM", str(self.path), "an existing raster or folder of tiles", "Choose a DEM")
        if self.heights not in HEIGHTS:
            raise InputError("Heights of the DEM", self.heights, ", ".join(HEIGHTS))
        if self.undulation is not None and not abs(self.undulation) <= LARGEST_UNDULATION:
            raise InputError(
                "Undulation", self.undulation, f"-{LARGEST_UNDULATION:.0f} to {LARGEST_UNDULATION:.0f} m"
            )
        if self.undulation is not None and self.heights == ELLIPSOID:
            raise InputError("Undulation", self.undulation, "no value where heights count from the ellipsoid")
        if self.heights != ELLIPSOID and self.undulation is None and geoid.find_grid(self.heights) is None:
            raise self.no_grid()

    def no_grid(self) -> InputError:
        """The error that the grid of the geoid is not installed."""
        return InputError(
            "Heights of the DEM",
            self.heights,
            f"heights for which PROJ's grid is installed ({' or '.join(geoid.FILES[self.heights])})",
            "Install the grid (QGIS offers it under Settings, Options, Transformations), use a DEM with ellipsoidal "
            "heights, or state one undulation for the area",
        )


@dataclass(frozen=True, eq=False)
class Dem:
    """Ellipsoidal heights [m]. low, high : their extremes. note : a sentence on what was done to the stored heights."""

    grid: LonLatGrid
    low: float
    high: float
    note: str


def load_dem(source: DemSource, area: Area, required: Area | None = None) -> Dem:
    """The heights over an area.

    area : (west, south, east, north) in degrees; where the DEM ends inside it, heights are NaN.
    required : the part that the DEM must reach (default: all of it). Voids inside the DEM are NaN and no error.
    """
    source.validate()
    heights = read_heights(source.path, area, required or area)
    shift, note = _undulation(source, heights, area)
    values = heights.values + shift
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if low < LOWEST or high > HIGHEST:
        raise InputError(
            "DEM",
            f"{source.path} (heights from {low:.0f} m to {high:.0f} m)",
            f"heights of {LOWEST:.0f} to {HIGHEST:.0f} m",
            "Is its unit metres? If such values stand for voids, assign them to the file as nodata",
        )
    return Dem(replace(heights, values=values), low, high, note)


def _undulation(source: DemSource, heights: LonLatGrid, area: Area) -> tuple[NDArray[Any] | float, str]:
    """What to add to the heights [m], scalar or float32 of their shape, and a sentence about it."""
    if source.heights == ELLIPSOID:
        return 0.0, "The DEM's heights count from the ellipsoid."
    if source.undulation is not None:
        return source.undulation, _left_over(source, source.undulation, area)
    path = geoid.find_grid(source.heights)
    if path is None:
        raise source.no_grid()
    lon, lat = heights.posts()
    shift = geoid.read_grid(path, (float(lat[-1, 0]), float(lat[0, 0]))).sample(lon, lat).astype(np.float32)
    return shift, (
        f"Heights above {source.heights.upper()} were moved to the ellipsoid with {path.name}: "
        f"{np.nanmin(shift):.1f} m to {np.nanmax(shift):.1f} m."
    )


def _left_over(source: DemSource, undulation: float, area: Area) -> str:
    """What one undulation for the whole area leaves, in metres and in pixels."""
    west, south, east, north = area
    high = (north - south) * METRES_PER_DEGREE
    wide = (east - west) * METRES_PER_DEGREE * math.cos(math.radians(0.5 * (south + north)))
    error = geoid.STEEPEST * 0.5 * math.hypot(wide, high)
    place = error * math.cos(INCIDENCE) / RANGE_SPACING
    between = error * BASELINE / (SLANT_RANGE * math.sin(INCIDENCE) * RANGE_SPACING)
    return (
        f"Heights above {source.heights.upper()} were moved by one undulation of {undulation:.1f} m. The geoid may "
        f"differ from it by {error:.1f} m at the corners of the area: {place:.2f} pixels in the place on the map, and "
        f"{between:.4f} pixels between images {BASELINE:.0f} m apart."
    )
