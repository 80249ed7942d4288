"""Makes strips of the map: first where its cells stand in the radar's frame, then the values of every raster there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import raster
from ..raster import Float32, StackReader, Window
from ..stack import Grid, Stack
from . import tasks
from .interpolation import LEAST_KNOWN, Neighbours, means, middles, nearest, unbroken
from .target import Lookup, Target, coordinates

Float64 = NDArray[np.float64]

ROWS, COLUMNS = "rows", "columns"


@dataclass(frozen=True, eq=False)
class Strip:
    """Of a strip of the map: rows and columns in the stack of the parts of its cells; layers of its cells."""

    rows: Float64
    columns: Float64
    layers: dict[str, Float32]


@dataclass(frozen=True, eq=False)
class LookupRows:
    """Makes strips of the lookup table and of the layers that are computed with it."""

    lookup: Lookup
    target: Target
    roles: tuple[str, ...]

    def __call__(self, strip: Window) -> Strip:
        fine = self.target.divided(strip)
        rows, columns = np.empty((fine.height, fine.width)), np.empty((fine.height, fine.width))
        layers = {role: np.empty((strip.height, strip.width), np.float32) for role in self.roles}
        for tile in self.target.tiles(strip):
            parts = self.target.divided(tile)
            places = self.lookup.at(*coordinates(self.target.fine, parts))
            across = slice(parts.col, parts.col + parts.width)
            put(rows[:, across], places.rows)
            put(columns[:, across], places.columns)
            for role, layer in layers.items():
                cells = slice(tile.col, tile.col + tile.width)
                put(layer[:, cells], _mean(places.layers[role], self.target.parts))
        return Strip(rows, columns, layers)


@dataclass(frozen=True, eq=False)
class TaskRows:
    """Makes strips of the files of a task. lookup : folder with rows and columns of the parts of cells."""

    folder: Path
    stack: Stack
    lookup: Path
    target: Target
    task: tasks.Task

    def __call__(self, strip: Window) -> list[Float32]:
        out = [np.full((strip.height, strip.width), np.nan, np.float32) for _ in self.task.files]
        reader = StackReader(self.folder, self.stack)
        try:
            for tile in self.target.tiles(strip):
                rows, columns = read_places(self.lookup, self.target.divided(tile))
                window = _around(rows, columns, self.stack.grid)
                if window is None:
                    continue
                across = slice(tile.col, tile.col + tile.width)
                for values, made in zip(out, self._tile(reader, rows, columns, window)):
                    put(values[:, across], made)
        finally:
            reader.close()
        return out

    def _tile(self, reader: StackReader, rows: Float64, columns: Float64, window: Window) -> list[Float64]:
        parts = self.target.parts
        first = reader.read(self.task.sources[0], window)
        if self.task.way == tasks.NEAREST:
            return [nearest(first, middles(rows, parts), middles(columns, parts), window)]
        near = Neighbours(rows, columns, window)
        if self.task.way == tasks.UNBROKEN:
            return [unbroken(first, near, parts)]
        if self.task.way == tasks.MEAN:
            return means([first], np.isfinite(first), near, parts)
        length = reader.read(self.task.sources[1], window) if len(self.task.sources) > 1 else np.float32(1.0)
        known = np.isfinite(first) & np.isfinite(length)
        real, imaginary = means([length * np.cos(first), length * np.sin(first)], known, near, parts)
        return [np.arctan2(imaginary, real), np.hypot(real, imaginary)][: len(self.task.files)]


def lookup_file(folder: Path, name: str) -> Path:
    """The raster of rows or columns."""
    return folder / f"{name}.tif"


def read_places(folder: Path, window: Window) -> tuple[Float64, Float64]:
    """Rows and columns of a window of the parts of cells."""
    rows, columns = (_read(lookup_file(folder, name), window) for name in (ROWS, COLUMNS))
    return rows, columns


def known_cells(folder: Path, target: Target) -> int:
    """Cells whose middle the radar shows."""
    return sum(
        int(np.isfinite(middles(_read(lookup_file(folder, ROWS), target.divided(strip)), target.parts)).sum())
        for strip in target.strips
    )


def put(place: NDArray[Any], values: Float64) -> None:
    """Fill a part of an array; every NaN the same, because processors give them signs that depend on the place."""
    place[...] = values
    place[np.isnan(values)] = np.nan


def _mean(values: Float64, parts: tuple[int, int]) -> Float64:
    """Means over the known parts of cells; NaN where fewer than half are known, as for the values of rasters."""
    rows, columns = values.shape[0] // parts[0], values.shape[1] // parts[1]
    split = values.reshape(rows, parts[0], columns, parts[1])
    known = np.isfinite(split)
    count = known.sum(axis=(1, 3)).astype(np.float64)
    total = np.where(known, split, 0.0).sum(axis=(1, 3))
    enough = count >= LEAST_KNOWN * parts[0] * parts[1]
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=enough)


def _read(path: Path, window: Window) -> Float64:
    dataset = raster.open_dataset(path)
    values = raster.read_stored(
        dataset.GetRasterBand(1), window, path, "Lookup table", "Run again with an empty folder"
    )
    return np.asarray(values, np.float64)


def _around(rows: Float64, columns: Float64, grid: Grid) -> Window | None:
    """The pixels that places need; None where there are no places."""
    known = np.isfinite(rows) & np.isfinite(columns)
    if not known.any():
        return None
    top, bottom = _cut(rows[known], grid.height)
    left, right = _cut(columns[known], grid.width)
    return Window(top, left, bottom - top, right - left)


def _cut(places: NDArray[Any], size: int) -> tuple[int, int]:
    return max(0, int(np.floor(places.min()))), min(size, int(np.floor(places.max())) + 2)
