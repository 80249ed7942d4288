"""Small pictures of interferograms: averaged, about square on the ground, north about up."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .. import ellipsoid
from ..network.quicklook import Quicklook
from ..raster import StackReader, Window
from ..stack import Grid, Item, Pair, Stack
from .interferograms_looks import cells

SIDE = 180  # picture pixels of the longer side, at most
MOST_ROWS = 16  # averaged into a picture pixel
STRIP = 256  # rows read at once, about; two tiles of a file
LAYERS = ("longitude", "latitude")

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class View:
    """rows, columns : of the stack in a picture pixel. upside_down, mirrored : turned so that north is about up.

    Of many rows those in the middle are taken: pictures of whole scenes would cost as much as their interferograms.
    """

    rows: int
    columns: int
    upside_down: bool = False
    mirrored: bool = False

    @property
    def taken(self) -> int:
        """Rows that are averaged into a picture pixel."""
        return min(self.rows, MOST_ROWS)

    def turned(self, values: Float32) -> Float32:
        """A picture (rows, columns) as it is shown."""
        return values[:: -1 if self.upside_down else 1, :: -1 if self.mirrored else 1]


def view_of(reader: StackReader, stack: Stack) -> View:
    """How a stack is shown, by the positions along its middle row and column; as it is where it has none."""
    height, width = stack.grid.shape
    down, across = np.array([0.0, -1.0]), np.array([1.0, 0.0])  # metres (east, north) of a row and of a column
    if all(role in stack.geometry for role in LAYERS):
        layers = [stack.geometry[role] for role in LAYERS]
        down = _step(reader, layers, Window(0, width // 2, height, 1), down)
        across = _step(reader, layers, Window(height // 2, 0, 1, width), across)
    row, column = (max(float(np.hypot(*step)), 1e-6) for step in (down, across))
    side = max(height * row, width * column) / SIDE
    return View(
        min(max(1, math.ceil(side / row)), height),
        min(max(1, math.ceil(side / column)), width),
        bool(down[1] > 0.0),
        bool(across[0] < 0.0),
    )


def picture(reader: StackReader, pair: Pair, view: View) -> Quicklook:
    """Phase of the mean phasor [rad], relative to that of the whole picture, and mean coherence."""
    stack = reader.stack
    looks = view.taken, view.columns
    phasors, shares = [], []
    coherence = pair.items.get("coherence")
    for window in _windows(view, stack.grid):
        phase = reader.read(pair.items["phase"], window)
        phasors.append(cells(np.isfinite(phase) * np.exp(1j * np.nan_to_num(phase)), looks))
        if coherence is not None:
            shares.append(_mean(reader.read(coherence, window), looks))
    mean = np.concatenate(phasors)
    known = mean != 0.0
    phase = np.angle(mean * np.conj(mean.sum()))
    shown = np.where(known, phase, np.nan).astype(np.float32)
    return Quicklook(view.turned(shown), view.turned(np.concatenate(shares)) if shares else None)


def _windows(view: View, grid: Grid) -> Iterator[Window]:
    """The rows to read, those of several picture rows together where nothing lies between them."""
    height = grid.height // view.rows * view.rows
    together = max(1, STRIP // view.rows) if view.taken == view.rows else 1
    for start in range(0, height, together * view.rows):
        first = start + (view.rows - view.taken) // 2
        yield Window(first, 0, min(together * view.taken, height - start), grid.width)


def _mean(values: Float32, looks: tuple[int, int]) -> Float32:
    """Means over cells of the values that are known."""
    known = np.isfinite(values)
    count = cells(known, looks)
    total = cells(np.where(known, values, 0.0), looks)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan).astype(np.float32)


def _step(reader: StackReader, layers: list[Item], window: Window, otherwise: Float64) -> Float64:
    """Mean way on the ground [m] (east, north) from a pixel of a row or column to the next."""
    lon, lat = (reader.read(layer, window).ravel() for layer in layers)
    known = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    if known.size < 2:
        return otherwise
    first, last = known[0], known[-1]
    start, end = (ellipsoid.ecef(float(lon[place]), float(lat[place]), 0.0) for place in (first, last))
    east, north, _ = ellipsoid.local_axes(float(lon[first]), float(lat[first]))
    way = np.ravel(end) - np.ravel(start)
    return np.array([np.ravel(east) @ way, np.ravel(north) @ way]) / (last - first)
