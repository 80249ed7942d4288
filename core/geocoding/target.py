"""The grid of the map: system, spacing, extent, and how finely its cells are divided where the radar sees more."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from .. import crs as systems
from .. import ellipsoid
from ..errors import InputError
from ..raster import Window
from ..stack import Grid
from .params import GeocodeParams
from .smooth import fitted

METRES_PER_DEGREE = 111_320.0
MOST_CELLS = 4_000_000_000
MOST_PARTS = 32  # of a cell along a side: coarser maps should be averaged by looks first
EDGE = np.linspace(0.0, 1.0, 21)
NODES = chebyshev.chebpts1(7)
TILE_CELLS = (128, 256)  # rows and columns of parts of cells that are looked up at a time
FINEST = 0.02  # radar cells in a cell of the map; finer ones are a slip of the unit

Float64 = NDArray[np.float64]
Area = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Places:
    """Fractional rows and columns of places in the stack, NaN outside it, and values that were computed for them."""

    rows: Float64
    columns: Float64
    layers: dict[str, Float64]


class Lookup(Protocol):
    """Finds places in a stack."""

    def at(self, lon: Float64, lat: Float64) -> Places:
        """Where longitudes and latitudes [deg], shape (m, n), are in the stack."""


@dataclass(frozen=True)
class Target:
    """The map. parts : rows and columns into which a cell is divided, so that no pixel of the radar is passed over."""

    grid: Grid
    parts: tuple[int, int] = (1, 1)

    @property
    def fine(self) -> Grid:
        """The grid of the parts."""
        x, dx, _, y, _, dy = self.grid.transform
        down, along = self.parts
        transform = (x, dx / along, 0.0, y, 0.0, dy / down)
        return Grid(self.grid.width * along, self.grid.height * down, transform, self.grid.crs)

    @property
    def strips(self) -> tuple[Window, ...]:
        """Blocks of whole rows; they do not depend on the memory, so that neither do the bytes."""
        rows = max(8, TILE_CELLS[0] // self.parts[0])
        grid = self.grid
        return tuple(
            Window(row, 0, min(rows, grid.height - row), grid.width) for row in range(0, grid.height, rows)
        )

    def tiles(self, strip: Window) -> tuple[Window, ...]:
        """The pieces of a strip that are worked on at a time."""
        columns = max(8, TILE_CELLS[1] // self.parts[1])
        return tuple(
            Window(strip.row, column, strip.height, min(columns, strip.width - column))
            for column in range(0, strip.width, columns)
        )

    def divided(self, window: Window) -> Window:
        """A window of cells as a window of their parts."""
        down, along = self.parts
        return Window(window.row * down, window.col * along, window.height * down, window.width * along)


def any_part(values: NDArray[np.bool_], parts: tuple[int, int]) -> NDArray[np.bool_]:
    """Of every cell, whether one of its parts is true."""
    rows, columns = values.shape[0] // parts[0], values.shape[1] // parts[1]
    return np.asarray(values.reshape(rows, parts[0], columns, parts[1]).any(axis=(1, 3)))


def inside(shape: tuple[int, int], rows: Float64, columns: Float64) -> NDArray[np.bool_]:
    """Whether places lie on the pixels of a raster, to their edges."""
    return np.asarray(
        (rows >= -0.5) & (rows < shape[0] - 0.5) & (columns >= -0.5) & (columns < shape[1] - 0.5)
    )


def map_grid(params: GeocodeParams, lon: Float64, lat: Float64, cell: tuple[float, float]) -> Grid:
    """The map's grid for places on the outline of the scene [deg]; cell : sides of the radar's cells on the ground [m].

    Corners are whole multiples of the spacing, so that maps of several tracks fit each other.
    """
    crs = params.crs or systems.utm(float(np.mod(np.mean(lon) + 180.0, 360.0) - 180.0), float(np.mean(lat)))
    x, y = systems.transform(lon, lat, systems.WGS84, crs)
    known = np.isfinite(x) & np.isfinite(y)
    if not known.all():
        raise InputError(
            "CRS", params.crs, "a coordinate system that shows the scene", "Leave CRS empty for the UTM zone"
        )
    params.check_spacing(crs)
    step = params.spacing or _automatic(crs, max(cell))
    area = (float(x.min()), float(y.min()), float(x.max()), float(y.max()))
    if params.extent is not None:
        area = _within(area, params, crs)
    left, bottom = (math.floor(value / step + 1e-6) for value in area[:2])
    right, top = (math.ceil(value / step - 1e-6) for value in area[2:])
    width, height = max(1, right - left), max(1, top - bottom)
    if width * height > MOST_CELLS:
        raise InputError(
            "SPACING",
            f"{step:g} ({width:,} x {height:,} cells)",
            f"at most {MOST_CELLS:,} cells",
            "Choose a larger one",
        )
    wkt = str(systems.parse(crs).ExportToWkt())
    return Grid(width, height, (left * step, step, 0.0, top * step, 0.0, -step), wkt)


def parts_of(grid: Grid, density: tuple[float, float]) -> tuple[int, int]:
    """Parts of a cell along rows and columns.

    density : pixels of the radar passed from a cell to the next, (down, along).
    Raises InputError for cells that are far too coarse or too fine for the radar.
    """
    shown = f"{grid.transform[1]:g}"
    if max(density) > MOST_PARTS:
        raise InputError(
            "SPACING",
            f"{shown} ({max(density):.0f} radar cells)",
            f"cells of at most {MOST_PARTS} radar cells",
            "Average with LOOKS in 'interferograms' first, or choose a smaller spacing",
        )
    if max(density) < FINEST:
        raise InputError(
            "SPACING",
            f"{shown} ({max(density):.4f} radar cells)",
            f"cells of at least {FINEST:g} radar cells",
            "Choose a larger spacing, or leave it empty",
        )
    down, along = (max(1, round(count)) for count in density)
    return down, along


def ground_size(grid: Grid) -> tuple[float, float]:
    """Sides of a cell in the middle [m] on the ground (east, north of the grid), whatever the projection stretches."""
    rows = 0.5 * (grid.height - 1) + 0.5 * np.array([0.0, 0.0, -1.0, 1.0])
    columns = 0.5 * (grid.width - 1) + 0.5 * np.array([-1.0, 1.0, 0.0, 0.0])
    place = systems.transform(*systems.pixel_centres(grid, rows, columns), grid.crs, systems.WGS84)
    x, y, z = ellipsoid.ecef(*place, np.zeros(4)).T
    lengths = np.sqrt(sum((axis[1::2] - axis[::2]) ** 2 for axis in (x, y, z)))
    return float(lengths[0]), float(lengths[1])


def coordinates(grid: Grid, window: Window) -> tuple[Float64, Float64]:
    """Longitudes and latitudes [deg] of the middles of a window's cells, each of the window's shape.

    A window spans some kilometres: a polynomial through exact places leaves less than a millimetre, in a fraction of
    the time.
    """
    rows = window.row + 0.5 * (window.height - 1) + 0.5 * window.height * NODES
    columns = window.col + 0.5 * (window.width - 1) + 0.5 * window.width * NODES
    r, c = np.meshgrid(rows, columns, indexing="ij")
    lon, lat = systems.transform(*systems.pixel_centres(grid, r.ravel(), c.ravel()), grid.crs, systems.WGS84)
    smooth = fitted(r.ravel(), c.ravel(), np.stack([continuous(lon), lat]), NODES.size - 1)
    found = smooth.on_grid(
        np.arange(window.row, window.row + window.height, dtype=np.float64),
        np.arange(window.col, window.col + window.width, dtype=np.float64),
    )
    return found[0], found[1]


def continuous(lon: NDArray[Any]) -> Float64:
    """Longitudes within half a turn of the first one that is known."""
    known = lon[np.isfinite(lon)]
    first = float(known[0]) if known.size else 0.0
    return np.asarray(np.mod(lon - first + 180.0, 360.0) - 180.0 + first, np.float64)


def _automatic(crs: str, metres: float) -> float:
    """A round size near the longer side of the radar's cells, in the unit of the system."""
    unit = 5.0 if metres > 4.0 else 1.0
    size = max(unit, math.ceil(metres / unit - 0.1) * unit)
    if systems.is_geographic(crs):
        return float(f"{size / METRES_PER_DEGREE:.1e}")
    return float(f"{size / systems.parse(crs).GetLinearUnits():.6g}")


def _within(area: Area, params: GeocodeParams, crs: str) -> Area:
    """What the extent leaves of the scene's area."""
    west, south, east, north = params.extent or area
    x, y = np.meshgrid(west + EDGE * (east - west), south + EDGE * (north - south))
    u, v = systems.transform(x, y, params.extent_crs or crs, crs)
    known = np.isfinite(u) & np.isfinite(v)
    if known.any():
        if systems.is_geographic(crs):  # a scene at 180 degrees may count on from either side
            u = u + 360.0 * np.rint((0.5 * (area[0] + area[2]) - float(u[known].mean())) / 360.0)
        cut = (
            max(area[0], float(u[known].min())),
            max(area[1], float(v[known].min())),
            min(area[2], float(u[known].max())),
            min(area[3], float(v[known].max())),
        )
        if cut[2] > cut[0] and cut[3] > cut[1]:
            return cut
    raise InputError(
        "EXTENT",
        f"{west:g}, {south:g}, {east:g}, {north:g}",
        f"an extent that meets the scene (x {area[0]:g} to {area[2]:g}, y {area[1]:g} to {area[3]:g} on the map)",
        "Draw it over the scene, and check its coordinate system",
    )
