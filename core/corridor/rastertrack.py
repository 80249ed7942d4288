"""A track from a velocity raster: pixels of the corridor, and the pixels under the line."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .. import blocks
from .. import crs as coordinates
from ..blocks import Compute
from ..component import VERTICAL, to_vertical
from ..errors import InputError
from ..monitor import Monitor
from ..raster import Window
from ..rateraster import RateRaster, no_incidence, open_rates, with_incidence
from ..stack import Grid
from .area import convex_hull
from .chainage import Alignment, Float64
from .pixels import cuts_for, offsets
from .selection import Selection, bounds, joined, select, subset
from .track import Track

_TILE = 32  # pixels: tiles that cannot reach the corridor are passed over
_BYTES_PER_PIXEL = 240  # rate, incidence, coordinates before and after transformation, search


def track_of_raster(
    path: str | Path,
    alignment: Alignment,
    radius: float,
    edges: Float64,
    component: str,
    incidence: float | None = None,
    compute: Compute | None = None,
    monitor: Monitor | None = None,
) -> Track:
    """Pixels whose centre lies in the corridor, with their rate in mm/yr.

    Pixels that are coarse for the bins or the corridor are cut into parts with the pixel's value, so that
    every bin sees the pixels that reach into it, by area. Incidence comes from the stack.json beside the
    raster, per pixel when it has it, else from the argument.
    """
    monitor = monitor or Monitor()
    path = Path(path)
    source = open_rates(path)
    if component == VERTICAL:
        source = with_incidence(source, incidence)
    window = _window(source.grid, alignment, radius, path)
    middle = 0.5 * (edges[1:] + edges[:-1])
    x, y = coordinates.transform(*alignment.at(middle), alignment.crs, source.grid.crs)
    under = coordinates.pixel_of(source.grid, x, y)
    on_line = np.full(len(middle), np.nan)
    cuts = cuts_for(source.grid, float(edges[1] - edges[0]), radius)
    found: list[Selection] = []
    values: list[Float64] = []
    scales: list[Float64] = []
    corners: list[Float64] = []
    unknown = valid = 0
    blocks_ = list(_blocks(window, compute or Compute()))
    for done, block in enumerate(blocks_):
        monitor.step(done / len(blocks_))
        rate, no_angle, scale = _read(source, block, component)
        inside = (under[0] >= block.row) & (under[0] < block.row + block.height)
        inside &= (under[1] >= block.col) & (under[1] < block.col + block.width)
        on_line[inside] = rate[under[0][inside] - block.row, under[1][inside] - block.col]
        good = np.isfinite(rate)
        valid += int(good.sum())
        corners.append(_outline(source.grid, block, good | no_angle))
        chosen = _select(source.grid, block, good | no_angle, alignment, radius, cuts)
        local = _local(chosen, block, source.grid)
        value = rate.ravel()[local]
        keep = np.isfinite(value)
        unknown += len(np.unique(chosen.index[~keep]))
        found.append(subset(chosen, keep))
        values.append(value[keep])
        scales.append(scale.ravel()[local][keep])
    if not valid and not unknown:
        raise InputError(
            "RASTER", path.name, "valid pixels near the line", "There are none: choose another raster or line"
        )
    if not valid:
        raise no_incidence(path)
    every = np.concatenate(corners)
    hull = convex_hull(*coordinates.transform(every[:, 0], every[:, 1], source.grid.crs, alignment.crs))
    chosen, value, scale = _in_order(joined(found), np.concatenate(values), np.concatenate(scales))
    if not len(value):
        raise InputError(
            "LINE",
            f"no valid pixel of {path.name} within {radius:g} m",
            "a line that crosses the data",
            "Check the CRS of both layers, choose another line, or enlarge RADIUS",
        )
    return Track(
        name=path.parent.name if path.stem.lower() == "velocity" else path.stem,
        source=path.name,
        value=value,
        chainage=chosen.chainage,
        distance=chosen.distance,
        x=chosen.x,
        y=chosen.y,
        index=chosen.index,
        read=valid,
        hull=hull,
        incidence=source.angle,
        without_incidence=unknown,
        on_line=on_line,
        share=1.0 / cuts**2,
        unit_assumed=source.unit_assumed,
        scale=scale,
    )


def _read(source: RateRaster, window: Window, component: str) -> tuple[NDArray, NDArray, NDArray]:
    """Rate of the component [mm/yr], whether only the incidence is missing, component per line of sight.

    Each has the shape of the window.
    """
    rate = source.rate(window)
    if component != VERTICAL:
        return rate, np.zeros(rate.shape, bool), np.ones(rate.shape)
    angle = source.incidence(window)
    unknown = np.isfinite(rate) & ~np.isfinite(angle)
    return to_vertical(rate, angle), unknown, to_vertical(np.ones(rate.shape), angle)


def _window(grid: Grid, alignment: Alignment, radius: float, path: Path) -> Window:
    """Part of the raster that holds the corridor."""
    box = bounds(alignment, radius, grid.crs)
    rows, cols = coordinates.pixel_of(grid, np.array(box)[[0, 0, 2, 2]], np.array(box)[[1, 3, 1, 3]])
    row0, row1 = max(int(rows.min()), 0), min(int(rows.max()) + 1, grid.height)
    col0, col1 = max(int(cols.min()), 0), min(int(cols.max()) + 1, grid.width)
    if row0 >= row1 or col0 >= col1:
        raise InputError(
            "LINE",
            f"outside {path.name}",
            "a line that crosses the raster",
            "Check the CRS of both layers, or choose another line",
        )
    return Window(row0, col0, row1 - row0, col1 - col0)


def _blocks(window: Window, compute: Compute) -> Iterator[Window]:
    part = Grid(window.width, window.height)
    for block in blocks.plan(part, _BYTES_PER_PIXEL, Compute(compute.memory)).blocks:
        yield Window(window.row + block.row, window.col, block.height, window.width)


def _select(
    grid: Grid, block: Window, valid: NDArray[np.bool_], alignment: Alignment, radius: float, cuts: int
) -> Selection:
    """Valid pixels of a block in the corridor, or their parts; `index` is the pixel's in the whole raster."""
    rows, cols = np.nonzero(valid & _reachable(grid, block, alignment, radius))
    rows, cols = rows + block.row, cols + block.col
    if cuts > 1:
        x, y = coordinates.pixel_centres(grid, rows, cols)
        near = _near(x, y, grid, alignment, radius + 0.55 * math.hypot(*coordinates.pixel_size(grid)))
        rows, cols = rows[near], cols[near]
    parts = []
    for down in offsets(cuts):
        for right in offsets(cuts):
            x, y = coordinates.pixel_centres(grid, rows + down, cols + right)
            chosen = select(x, y, grid.crs, alignment, radius)
            flat = rows[chosen.index] * grid.width + cols[chosen.index]
            parts.append(Selection(flat, chosen.chainage, chosen.distance, chosen.x, chosen.y))
    return joined(parts)


def _near(x: Float64, y: Float64, grid: Grid, alignment: Alignment, reach: float) -> NDArray[np.bool_]:
    place = alignment.project(*coordinates.transform(x, y, grid.crs, alignment.crs), reach)
    return np.isfinite(place.distance)


def _reachable(grid: Grid, block: Window, alignment: Alignment, radius: float) -> NDArray[np.bool_]:
    """True for pixels of tiles that come near the corridor."""
    rows = np.arange(block.row, block.row + block.height, _TILE)
    cols = np.arange(block.col, block.col + block.width, _TILE)
    row, col = (axis.ravel() for axis in np.meshgrid(rows, cols, indexing="ij"))
    centre = coordinates.pixel_centres(grid, row + _TILE / 2 - 0.5, col + _TILE / 2 - 0.5)
    reach = radius + 0.5 * _TILE * math.hypot(*coordinates.pixel_size(grid)) * 1.05
    near = _near(*centre, grid, alignment, reach).reshape(len(rows), len(cols))
    return np.repeat(np.repeat(near, _TILE, axis=0), _TILE, axis=1)[: block.height, : block.width]


def _outline(grid: Grid, block: Window, valid: NDArray[np.bool_]) -> Float64:
    """Outer corners (k, 2) of the first and last valid pixel of each row: enough for the convex hull."""
    rows = np.flatnonzero(valid.any(axis=1))
    if not len(rows):
        return np.empty((0, 2))
    left = valid[rows].argmax(axis=1) + block.col
    right = block.col + block.width - 1 - valid[rows][:, ::-1].argmax(axis=1)
    row, col = np.concatenate([rows, rows]) + block.row, np.concatenate([left, right])
    corner = [(row + i, col + j) for i in (-0.5, 0.5) for j in (-0.5, 0.5)]
    places = [np.column_stack(coordinates.pixel_centres(grid, r, c)) for r, c in corner]
    return np.concatenate(places)


def _local(chosen: Selection, block: Window, grid: Grid) -> NDArray[np.intp]:
    row, col = np.divmod(chosen.index, grid.width)
    return (row - block.row) * block.width + col - block.col


def _in_order(chosen: Selection, value: Float64, scale: Float64) -> tuple[Selection, Float64, Float64]:
    """By pixel, so that sums do not depend on the blocks."""
    order = np.argsort(chosen.index, kind="stable")
    return subset(chosen, order), value[order], scale[order]
