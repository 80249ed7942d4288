"""What stands inside one ISCE3 or NISAR GUNW file (HDF5), through GDAL's multidimensional interface."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from osgeo import gdal

from .. import crs as coordinates
from ..errors import InputError
from ..raster import call, open_multidim
from ..stack import Grid
from ..units import SPEED_OF_LIGHT
from .listing import parse_date

FIELD = "GUNW product"
_LAYERS = ("unwrappedPhase", "coherenceMagnitude")
Place = tuple[float, float, str]


@dataclass(frozen=True)
class GunwFile:
    """One product.

    `layers` : per polarisation the path inside the file of each layer. `grid` of the layers. `wavelength`
    [m]. Of the metadata cubes, at one place on the ellipsoid: `bperp` [m, ISCE3's sign], `incidence` [deg],
    `heading` of the ground track [deg, clockwise from north], `slant_range` [m], `left` (looks to the left).
    None for what the file does not state.
    """

    path: Path
    layers: dict[str, dict[str, str]]
    grid: Grid
    reference: date | None
    secondary: date | None
    wavelength: float | None
    bperp: float | None
    incidence: float | None
    heading: float | None
    slant_range: float | None
    left: bool | None


def read_gunw(path: Path, place: Place | None) -> GunwFile:
    """Read the small parts of a product; no layer is read.

    place : x, y and their coordinate system, where the cubes are sampled; None: the middle of the grid.
    """
    opened = open_multidim(path, "HDF5", FIELD, "Copy or download it again")
    root = opened.GetRootGroup()
    radar = next((name for name in ("LSAR", "SSAR") if _group(root, f"science/{name}/GUNW/grids")), "")
    if not radar:
        raise InputError(
            FIELD, str(path), "the group science/LSAR/GUNW/grids", "Move other HDF5 files elsewhere"
        )
    product = f"science/{radar}/GUNW"
    frequency, layers = _layers(root, product)
    if not layers:
        raise InputError(
            FIELD,
            str(path),
            "unwrappedInterferogram/<polarisation>/unwrappedPhase",
            "Copy or download it again; ISCE3's RIFG, RUNW and ROFF are not geocoded",
        )
    first = next(iter(layers.values()))["unwrappedPhase"].rsplit("/", 1)[0]
    grid = _grid(root, first, path)
    x, y = _inside(grid, place)
    cube = _Cube(root, f"{product}/metadata/radarGrid", x, y)
    east, north = cube.value("alongTrackUnitVectorX"), cube.value("alongTrackUnitVectorY")
    los_east, los_north = cube.value("losUnitVectorX"), cube.value("losUnitVectorY")
    heading = left = None
    if east is not None and north is not None:
        heading = math.degrees(math.atan2(east, north))
        if los_east is not None and los_north is not None:
            # Seen from the ground, a satellite that looks to its right stands to the left of its direction of flight.
            left = east * los_north - north * los_east < 0.0
    centre = _number(root, f"{product}/grids/{frequency}/centerFrequency")
    slant_range = cube.value("referenceSlantRange")
    return GunwFile(
        path=path,
        layers=layers,
        grid=grid,
        reference=_day(root, f"science/{radar}/identification/referenceZeroDopplerStartTime"),
        secondary=_day(root, f"science/{radar}/identification/secondaryZeroDopplerStartTime"),
        wavelength=SPEED_OF_LIGHT / centre if centre else None,
        bperp=cube.value("perpendicularBaseline"),
        incidence=cube.value("incidenceAngle"),
        heading=heading,
        slant_range=cube.value("slantRange") if slant_range is None else slant_range,
        left=left,
    )


class _Cube:
    """The metadata cubes (height, y, x) at one place and on the layer nearest to the ellipsoid."""

    def __init__(self, root: gdal.Group, group: str, x: float, y: float) -> None:
        self._root, self._group = root, group
        self._x, self._y = _values(root, f"{group}/xCoordinates"), _values(root, f"{group}/yCoordinates")
        self._heights = _values(root, f"{group}/heightAboveEllipsoid")
        self._place = x, y

    def value(self, name: str) -> float | None:
        """The finite value nearest to the place; None where there is none."""
        array = _array(self._root, f"{self._group}/{name}")
        if array is None or self._x is None or self._y is None:
            return None
        sizes = [dimension.GetSize() for dimension in array.GetDimensions()]
        if len(sizes) != 3 or sizes[1:] != [self._y.size, self._x.size] or not sizes[0]:
            return None
        # Baselines may have two layers only, those of the lowest and the highest height.
        whole = self._heights is not None and self._heights.size == sizes[0]
        level = int(np.argmin(np.abs(self._heights))) if whole and self._heights is not None else 0
        values, message = call(array.ReadAsArray, [level, 0, 0], [1, *sizes[1:]])
        if values is None or message:
            return None
        layer = np.asarray(values, np.float64).reshape(sizes[1:])
        good = np.isfinite(layer)
        declared = array.GetNoDataValueAsDouble()
        if declared is not None:
            good &= layer != declared
        if not good.any():
            return None
        rows, cols = np.nonzero(good)
        x, y = self._place
        nearest = int(np.argmin((self._x[cols] - x) ** 2 + (self._y[rows] - y) ** 2))
        return float(layer[rows[nearest], cols[nearest]])


def _layers(root: gdal.Group, product: str) -> tuple[str, dict[str, dict[str, str]]]:
    """The main frequency that has an unwrapped interferogram, and its layers per polarisation."""
    for frequency in ("frequencyA", "frequencyB"):
        name = f"{product}/grids/{frequency}/unwrappedInterferogram"
        group = _group(root, name)
        out = {}
        for polarisation in (group.GetGroupNames() or ()) if group is not None else ():
            found = {
                layer: f"{name}/{polarisation}/{layer}"
                for layer in _LAYERS
                if _array(root, f"{name}/{polarisation}/{layer}") is not None
            }
            if "unwrappedPhase" in found:
                out[str(polarisation)] = found
        if out:
            return frequency, out
    return "", {}


def _grid(root: gdal.Group, group: str, path: Path) -> Grid:
    """Grid of the layers: coordinates are of the pixels' centres; spacings are stated apart."""
    x, y = _values(root, f"{group}/xCoordinates"), _values(root, f"{group}/yCoordinates")
    dx, dy = _number(root, f"{group}/xCoordinateSpacing"), _number(root, f"{group}/yCoordinateSpacing")
    code = _number(root, f"{group}/projection")
    if x is None or y is None or not dx or not dy or code is None:
        raise InputError(
            FIELD,
            f"{path}: {group}",
            "xCoordinates, yCoordinates, their spacings, and projection with its EPSG code",
            "Copy or download it again",
        )
    transform = (float(x[0]) - 0.5 * dx, dx, 0.0, float(y[0]) - 0.5 * dy, 0.0, dy)
    return Grid(x.size, y.size, transform, str(coordinates.parse(f"EPSG:{int(code)}", FIELD).ExportToWkt()))


def _inside(grid: Grid, place: Place | None) -> tuple[float, float]:
    """A place in the grid's own system; the grid's middle where none is asked for."""
    x0, dx, _, y0, _, dy = grid.transform
    if place is not None:
        x, y, crs = place
        east, north = coordinates.transform(np.array([x]), np.array([y]), crs or grid.crs, grid.crs)
        if np.isfinite(east[0]) and np.isfinite(north[0]):
            return float(east[0]), float(north[0])
    return x0 + 0.5 * grid.width * dx, y0 + 0.5 * grid.height * dy


def _group(root: gdal.Group, name: str) -> gdal.Group | None:
    """A group by its path; GDAL complains of each that is absent, which is nobody's error here."""
    group, _ = call(root.OpenGroupFromFullname, f"/{name}")
    return group


def _array(root: gdal.Group, name: str, kind: int = gdal.GEDTC_NUMERIC) -> gdal.MDArray | None:
    array, _ = call(root.OpenMDArrayFromFullname, f"/{name}")
    return array if array is not None and array.GetDataType().GetClass() == kind else None


def _values(root: gdal.Group, name: str) -> NDArray[np.float64] | None:
    array = _array(root, name)
    if array is None or not array.GetTotalElementsCount():
        return None
    values, message = call(array.ReadAsArray)
    return None if values is None or message else np.asarray(values, np.float64).ravel()


def _number(root: gdal.Group, name: str) -> float | None:
    values = _values(root, name)
    return float(values[0]) if values is not None and values.size == 1 and np.isfinite(values[0]) else None


def _day(root: gdal.Group, name: str) -> date | None:
    """Date of a moment written as 2025-11-04T12:34:56."""
    array = _array(root, name, gdal.GEDTC_STRING)
    texts: Any = None
    if array is not None and array.GetTotalElementsCount() == 1:
        texts, _ = call(array.Read)
    return parse_date(str(texts[0])[:10].replace("-", "")) if texts else None
