"""Where places of the map stand in a stack that brings longitude and latitude of every pixel: its layers inverted.

The layers are split into a smooth polynomial of row and column and what terrain adds to it. The polynomial's inverse
gives the start; steps with its slope find the place where polynomial plus terrain, bilinear between pixels, have the
wanted longitude and latitude; last steps take the terrain's own slope, which steep ground needs. Pixels without
coordinates count for nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..raster import StackReader, Window
from ..stack import LATITUDE, LONGITUDE, Stack
from .smooth import Smooth, fitted
from .target import METRES_PER_DEGREE, Places, continuous, inside

Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]

SAMPLES = 160  # rows and columns of pixels that the polynomials are fitted to
DEGREE = 4
LEAST = 8  # known pixels
SMOOTH_STEPS, STEEP_STEPS = 12, 24
LARGEST_STEP = 4.0  # pixels, of the last steps
SETTLED = 1e-4  # pixels, a step after which a place is left alone
CLOSED = 0.01  # pixels that the wanted place may be missed by
SPARE = 1.3  # of the largest departure from the smooth inverse that was seen
SPARE_PIXELS = 16
LEAST_KNOWN = 0.5


@dataclass(frozen=True, eq=False)
class LayerLookup:
    """Finds places in a stack by its layers.

    forward : (row, column) to (longitude, latitude). turn, back : (longitude, latitude), turned into rows and columns
    by the matrix, to (row, column). reach : rows and columns by which places may stand away from `back`.
    """

    folder: Path
    stack: Stack
    forward: Smooth
    turn: Float64
    back: Smooth
    reach: tuple[int, int]

    def at(self, lon: Float64, lat: Float64) -> Places:
        """Where longitudes and latitudes [deg], shape (m, n), are in the stack."""
        middle = self.forward.terms[0, 0, 0]
        wanted = np.stack([np.mod(lon - middle + 180.0, 360.0) - 180.0 + middle, lat]).reshape(2, -1)
        out = np.full(wanted.shape, np.nan)
        down, along = self.turn @ _with_one(wanted)
        start = self.back.at(down, along)
        near = np.isfinite(start).all(axis=0)
        for axis, size in enumerate(self.stack.grid.shape):
            near &= (start[axis] > -self.reach[axis]) & (start[axis] < size + self.reach[axis])
        if near.any():
            out[:, near] = self._solved(wanted[:, near], start[:, near])
        rows, columns = out.reshape(2, *lon.shape)
        outside = ~inside(self.stack.grid.shape, rows, columns)
        rows[outside], columns[outside] = np.nan, np.nan
        return Places(rows, columns, {})

    def _solved(self, wanted: Float64, start: Float64) -> Float64:
        """Rows and columns, (2, n); NaN where the layers do not show the place."""
        window = self._window(start)
        terrain = _Terrain(self.folder, self.stack, self.forward, window)
        low = np.array([window.row, window.col])[:, None] - 0.5
        high = low + np.array([window.height, window.width])[:, None]
        place = np.clip(start, low, high)
        active = np.arange(place.shape[1])
        for step in range(SMOOTH_STEPS + STEEP_STEPS):
            here = place[:, active]
            slopes = self.forward.slopes(*here)
            added, terrain_slopes, _ = terrain.at(*here)
            miss = self.forward.at(*here) + added - wanted[:, active]
            if step >= SMOOTH_STEPS:
                move = np.clip(_divided(slopes + terrain_slopes, miss), -LARGEST_STEP, LARGEST_STEP)
            else:
                move = _divided(slopes, miss)
            there = np.clip(here - np.nan_to_num(move), low, high)
            place[:, active] = there
            active = active[(np.abs(there - here) > SETTLED).any(axis=0)]
            if not active.size:
                break
        added, _, weight = terrain.at(*place)
        left = _divided(self.forward.slopes(*place), self.forward.at(*place) + added - wanted)
        good = (np.abs(left) < CLOSED).all(axis=0) & (weight >= LEAST_KNOWN)
        return np.where(good, place, np.nan)

    def _window(self, start: Float64) -> Window:
        """The pixels in which the places are."""
        ends = []
        for values, reach, size in zip(start, self.reach, self.stack.grid.shape):
            first = int(np.clip(np.floor(values.min()) - reach, 0, size - 1))
            ends.append((first, int(np.clip(np.ceil(values.max()) + reach + 1, first + 1, size))))
        (top, bottom), (left, right) = ends
        return Window(top, left, bottom - top, right - left)


class _Terrain:
    """What the layers of a window add to the smooth polynomial [deg], bilinear, without the unknown pixels."""

    def __init__(self, folder: Path, stack: Stack, forward: Smooth, window: Window) -> None:
        lon, lat = read_layers(folder, stack, window)
        rows = np.arange(window.row, window.row + window.height, dtype=np.float64)
        columns = np.arange(window.col, window.col + window.width, dtype=np.float64)
        smooth = forward.on_grid(rows, columns)
        added = np.stack([np.mod(lon - smooth[0] + 180.0, 360.0) - 180.0, lat - smooth[1]])
        self._known = np.isfinite(added).all(axis=0)
        self._added = np.where(self._known, added, 0.0)
        self._window = window

    def at(self, rows: Float64, columns: Float64) -> tuple[Float64, Float64, Float64]:
        """Values (2, n), slopes (2, 2, n), and the known share of the weight (n,)."""
        window = self._window
        r, down, below = _between(rows - window.row, window.height)
        c, along, behind = _between(columns - window.col, window.width)
        corners = ((r, c), (r, behind), (below, c), (below, behind))
        weights = ((1 - down) * (1 - along), (1 - down) * along, down * (1 - along), down * along)
        known = [self._known[corner] for corner in corners]
        values = [self._added[:, row, column] for row, column in corners]
        weight = sum(share * here for share, here in zip(weights, known))
        total = sum(share * here * value for share, here, value in zip(weights, known, values))
        found = np.divide(total, weight, out=np.zeros_like(total), where=weight > 0.0)
        whole = known[0] & known[1] & known[2] & known[3]
        by_row = (values[2] - values[0]) * (1 - along) + (values[3] - values[1]) * along
        by_column = (values[1] - values[0]) * (1 - down) + (values[3] - values[2]) * down
        slopes = np.stack([np.where(whole, by_row, 0.0), np.where(whole, by_column, 0.0)], axis=1)
        return found, slopes, np.asarray(weight)


def read_layers(folder: Path, stack: Stack, window: Window) -> tuple[Float64, Float64]:
    """Longitudes and latitudes [deg] of a window; NaN where unknown, which 0 and 0 means too."""
    reader = StackReader(folder, stack)
    try:
        lon, lat = (reader.read_double(stack.geometry[role], window) for role in (LONGITUDE, LATITUDE))
    finally:
        reader.close()
    unknown = ~(np.isfinite(lon) & np.isfinite(lat)) | ((lon == 0.0) & (lat == 0.0)) | (np.abs(lat) > 90.0)
    lon[unknown], lat[unknown] = np.nan, np.nan
    return lon, lat


@dataclass(frozen=True, eq=False)
class Sampled:
    """Some pixels of the layers that have coordinates: rows, columns, longitudes (continuous), latitudes, each (n,)."""

    rows: Float64
    columns: Float64
    lon: Float64
    lat: Float64

    def sides(self, forward: Smooth) -> tuple[float, float]:
        """Sides of a cell on the ground [m], along rows and along columns, in the middle."""
        slopes = forward.slopes(np.array(np.median(self.rows)), np.array(np.median(self.columns)))
        east = METRES_PER_DEGREE * float(np.cos(np.radians(np.median(self.lat))))
        down, along = np.hypot(slopes[0] * east, slopes[1] * METRES_PER_DEGREE)
        return float(down), float(along)


def sampled(folder: Path, stack: Stack) -> Sampled:
    """Pixels spread over the layers; refused where hardly any has coordinates."""
    rows, columns = (np.unique(np.linspace(0, size - 1, SAMPLES).astype(int)) for size in stack.grid.shape)
    lines = [read_layers(folder, stack, Window(int(row), 0, 1, stack.grid.width)) for row in rows]
    lon, lat = (np.concatenate([line[which][:, columns] for line in lines]) for which in range(2))
    known = np.isfinite(lon)
    if known.sum() < LEAST or min(np.unique(np.nonzero(known)[axis]).size for axis in range(2)) < 2:
        raise InputError(
            "INPUT",
            f"{folder}: longitude and latitude of {int(known.sum())} of {known.size} pixels looked at",
            "layers with the longitude and latitude of the pixels",
            "Import the stack again with complete layers",
        )
    r, c = np.meshgrid(rows.astype(np.float64), columns.astype(np.float64), indexing="ij")
    return Sampled(r[known], c[known], continuous(lon[known]), lat[known])


def layer_lookup(folder: Path, stack: Stack, places: Sampled) -> LayerLookup:
    """What finds places in the stack's layers."""
    here, there = np.stack([places.rows, places.columns]), np.stack([places.lon, places.lat])
    turn = np.linalg.lstsq(_with_one(there).T, here.T, rcond=None)[0].T
    down, along = turn @ _with_one(there)
    back = fitted(down, along, here, DEGREE)
    away = np.abs(back.at(down, along) - here).max(axis=1)
    reach = int(SPARE * away[0]) + SPARE_PIXELS, int(SPARE * away[1]) + SPARE_PIXELS
    return LayerLookup(folder, stack, forward_of(places), turn, back, reach)


def forward_of(places: Sampled) -> Smooth:
    """Longitude and latitude as polynomials of row and column."""
    return fitted(places.rows, places.columns, np.stack([places.lon, places.lat]), DEGREE)


def _with_one(values: Float64) -> Float64:
    """(2, n) with a row of ones below."""
    return np.concatenate([values, np.ones((1, values.shape[1]))])


def _divided(slopes: Float64, miss: Float64) -> Float64:
    """The step (2, n) that slopes (2, 2, n) make a miss (2, n) of."""
    (a, b), (c, d) = slopes
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = 1.0 / (a * d - b * c)
        return np.stack([(d * miss[0] - b * miss[1]) * factor, (a * miss[1] - c * miss[0]) * factor])


def _between(places: Float64, size: int) -> tuple[NDArray[np.intp], Float64, NDArray[np.intp]]:
    """Index before, share of the way to the next, and index behind; beyond the ends the straight line goes on."""
    first = np.clip(np.floor(places), 0, max(size - 2, 0)).astype(np.intp)
    return first, places - first, np.minimum(first + 1, size - 1)
