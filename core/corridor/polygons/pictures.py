"""Interferograms around the polygons: which ones, and their wrapped phase."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ... import crs as coordinates
from ... import manifest
from ...errors import InputError
from ...raster import StackReader, Window
from ...stack import MAP, RASTER, Grid, Pair, Stack
from .params import PolygonParams

MOST = 6  # pictures when the user names no pairs
_SIDE = 700  # pixels of a picture


@dataclass(frozen=True)
class Picture:
    """Wrapped phase [rad] of one pair, -pi to pi, NaN missing; every `step`-th row and column from `grid` on."""

    title: str
    phase: NDArray[np.float32]
    step: int
    grid: Grid


@dataclass(frozen=True)
class Pictures:
    """All pictures, what one fringe means along the line of sight [mm], and their coordinate system."""

    each: tuple[Picture, ...]
    fringe: float
    crs: str


def read_pictures(
    params: PolygonParams, bounds: tuple[float, float, float, float], crs: str, field: str = "STACK"
) -> Pictures:
    """Phases of the chosen pairs inside bounds (west, south, east, north) in a metric system, margin included.

    An unwrapped phase is wrapped: phi modulo 2 pi. One fringe is half a wavelength.
    """
    folder = Path(params.stack).expanduser().absolute()
    stack = manifest.load(folder, field)
    if stack.frame != MAP or stack.layout != RASTER or not any("phase" in pair.items for pair in stack.pairs):
        raise InputError(
            field,
            f"{folder} ({stack.kind}, {stack.frame} geometry)",
            "a geocoded stack of interferograms",
            "Choose the folder that 'Import interferograms' or 'Goldstein filter' wrote",
        )
    window = _window(stack, bounds, crs, field)
    x0, dx, rx, y0, ry, dy = stack.grid.transform
    corner = (x0 + window.col * dx + window.row * rx, dx, rx, y0 + window.col * ry + window.row * dy, ry, dy)
    grid = Grid(window.width, window.height, corner, stack.grid.crs)
    step = -(-max(window.height, window.width) // _SIDE)
    reader = StackReader(folder, stack)
    each = []
    for pair in _chosen(stack, params.pairs):
        phase = reader.read(pair.items["phase"], window)[::step, ::step]
        reader.close()
        wrapped = np.angle(np.exp(1j * phase)).astype(np.float32)
        each.append(Picture(f"{pair.date1} to {pair.date2}", wrapped, step, grid))
    return Pictures(tuple(each), stack.wavelength / 2.0 * 1000.0, stack.grid.crs)


def _chosen(stack: Stack, asked: tuple[str, ...]) -> list[Pair]:
    """The named pairs; else of those that span the shortest time in their part of the record, six parts."""
    usable = [pair for pair in stack.kept if "phase" in pair.items]
    if asked:
        by_name = {pair.name: pair for pair in stack.pairs if "phase" in pair.items}
        missing = [name for name in asked if name not in by_name]
        if missing:
            names = [*by_name]
            raise InputError(
                "PAIRS",
                ", ".join(missing),
                f"pairs of the stack, e.g. {', '.join(names[:3])} ({len(names)} in all)",
            )
        return [by_name[name] for name in asked]
    shortest = sorted(usable, key=lambda pair: (pair.date1, pair.days))
    parts = np.array_split(np.arange(len(shortest)), min(MOST, len(shortest)))
    return [min((shortest[n] for n in part), key=lambda pair: pair.days) for part in parts]


def _window(stack: Stack, bounds: tuple[float, float, float, float], crs: str, field: str) -> Window:
    west, south, east, north = bounds
    x, y = coordinates.transform(
        np.array([west, west, east, east]), np.array([south, north, south, north]), crs, stack.grid.crs
    )
    rows, cols = coordinates.pixel_of(stack.grid, x, y)
    top, bottom = max(0, int(rows.min())), min(stack.grid.height, int(rows.max()) + 1)
    left, right = max(0, int(cols.min())), min(stack.grid.width, int(cols.max()) + 1)
    if top >= bottom or left >= right:
        raise InputError(field, "interferograms elsewhere", "a stack that covers the polygons", "Check the CRS of both")
    return Window(top, left, bottom - top, right - left)
