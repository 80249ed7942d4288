"""One pixel grid for all files of a stack: compared, intersected where allowed, cut to an extent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from .. import crs as coordinates
from ..errors import InputError
from ..raster import Window, grid_of, open_dataset
from ..stack import Grid
from .base import Found, Source

TOLERANCE = 0.02  # pixels that two lattices may be apart at any corner
Key = tuple[Path, str]


@dataclass(frozen=True)
class Placed:
    """The stack's grid, and per file where it begins (row, column) and the file's (rows, columns)."""

    grid: Grid
    origins: dict[Key, tuple[int, int]]
    shapes: dict[Key, tuple[int, int]]
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def key_of(source: Source) -> Key:
    """What identifies the array that a source is a band of."""
    return source.path, source.dataset


def file_grid(source: Source, found: Found) -> Grid:
    """Grid of a file, with what the producer states elsewhere in place of what the file lacks."""
    grid = grid_of(open_dataset(source.path, source.dataset))
    if source.grid is not None:
        if grid.shape != source.grid.shape:
            raise InputError(
                "Raster size",
                f"{source.path} {source.dataset}: {grid.width} x {grid.height}",
                f"{source.grid.width} x {source.grid.height} as the producer's metadata say",
                "Write or copy the files again",
            )
        return source.grid
    if not grid.crs and grid.transform != Grid(1, 1).transform:
        if not found.crs:
            raise InputError(
                "Coordinate system",
                f"{source.path}: none",
                "a raster with a coordinate system",
                "Assign it, e.g. in QGIS with Raster > Projections > Assign projection",
            )
        grid = replace(grid, crs=str(coordinates.parse(found.crs).ExportToWkt()))
    return grid


def place(found: Found) -> Placed:
    """Compare all files of a folder; refuses files of another grid, naming both.

    Geometry layers of another grid are left out and named. Where `found.common_extent` allows it,
    files of one lattice that differ in extent are cut to what they have in common.
    """
    layers = [source for pair in found.pairs for source in pair.layers.values()]
    layers += found.amplitudes.values()
    first = layers[0]
    reference = file_grid(first, found)
    grids: dict[Key, Grid] = {key_of(first): reference}
    offsets: dict[Key, tuple[int, int]] = {key_of(first): (0, 0)}
    for source in layers[1:]:
        if key_of(source) not in grids:
            grid = file_grid(source, found)
            problem, offset = _compare(reference, grid, found.common_extent)
            if problem:
                raise InputError(
                    problem[0],
                    f"{source.path}: {problem[1]}; {first.path}: {problem[2]}",
                    "one pixel grid for all files of a stack",
                    "Crop or resample the files to one grid, or move the odd one elsewhere",
                )
            grids[key_of(source)], offsets[key_of(source)] = grid, offset
    left_out = []
    for role, source in found.geometry.items():
        if key_of(source) in grids:
            continue
        grid = file_grid(source, found)
        problem, offset = _compare(reference, grid, found.common_extent)
        if problem:
            left_out.append(
                f"{role} left out: {source.path} has another {problem[0].lower()} ({problem[1]}) "
                f"than the interferograms ({problem[2]})."
            )
            continue
        grids[key_of(source)], offsets[key_of(source)] = grid, offset
    return _common(reference, grids, offsets, tuple(left_out), first.path)


def cut(placed: Placed, extent: tuple[float, float, float, float], crs: str) -> Placed:
    """The part of a placed stack that an extent (xmin, ymin, xmax, ymax in `crs`) covers."""
    grid = placed.grid
    if not grid.crs:
        raise InputError(
            "EXTENT", extent, "no extent, because the files are in radar geometry", "Leave it empty"
        )
    window = window_of(grid, extent, crs or grid.crs)
    origins = {key: (row + window.row, col + window.col) for key, (row, col) in placed.origins.items()}
    part = subgrid(grid, window)
    note = f"Cut to the extent: {part.width} x {part.height} of {grid.width} x {grid.height} pixels."
    return replace(placed, grid=part, origins=origins, notes=(*placed.notes, note))


def window_of(grid: Grid, extent: tuple[float, float, float, float], crs: str) -> Window:
    """Pixels that an extent touches; refuses an extent beside the grid."""
    xmin, ymin, xmax, ymax = extent
    along = np.linspace(0.0, 1.0, 21)
    x = np.concatenate([xmin + (xmax - xmin) * along] * 2 + [np.full(21, xmin), np.full(21, xmax)])
    y = np.concatenate([np.full(21, ymin), np.full(21, ymax)] + [ymin + (ymax - ymin) * along] * 2)
    east, north = coordinates.transform(x, y, crs, grid.crs)
    good = np.isfinite(east) & np.isfinite(north)
    if good.any():
        u, v = _pixels(grid, east[good], north[good])
        # A border on a pixel's edge does not reach into the next pixel.
        col, row = max(int(np.floor(u.min() + 1e-6)), 0), max(int(np.floor(v.min() + 1e-6)), 0)
        stop_col = min(int(np.ceil(u.max() - 1e-6)), grid.width)
        stop_row = min(int(np.ceil(v.max() - 1e-6)), grid.height)
        if stop_col > col and stop_row > row:
            return Window(row, col, stop_row - row, stop_col - col)
    x0, x1, y0, y1 = _bounds(grid)
    raise InputError(
        "EXTENT",
        f"{xmin:g}, {xmax:g}, {ymin:g}, {ymax:g}",
        f"an extent that meets the interferograms (x {x0:g} to {x1:g}, y {y0:g} to {y1:g} in their own system)",
        "Draw it over the data, and check its coordinate system",
    )


def subgrid(grid: Grid, window: Window) -> Grid:
    """Grid of a window."""
    x0, dx, rx, y0, ry, dy = grid.transform
    x = x0 + window.col * dx + window.row * rx
    y = y0 + window.col * ry + window.row * dy
    return Grid(window.width, window.height, (x, dx, rx, y, ry, dy), grid.crs)


def _pixels(grid: Grid, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fractional column and row of map coordinates."""
    x0, dx, rx, y0, ry, dy = grid.transform
    det = dx * dy - rx * ry
    return ((x - x0) * dy - (y - y0) * rx) / det, ((y - y0) * dx - (x - x0) * ry) / det


def _bounds(grid: Grid) -> tuple[float, float, float, float]:
    x0, dx, rx, y0, ry, dy = grid.transform
    xs = [x0 + c * dx + r * rx for c in (0, grid.width) for r in (0, grid.height)]
    ys = [y0 + c * ry + r * dy for c in (0, grid.width) for r in (0, grid.height)]
    return min(xs), max(xs), min(ys), max(ys)


def _compare(
    reference: Grid, other: Grid, shifted: bool
) -> tuple[tuple[str, str, str] | None, tuple[int, int]]:
    """(what differs, its value there, its value in the reference) or None, and the offset (row, col)."""
    if bool(reference.crs) != bool(other.crs) or (
        reference.crs and not coordinates.same(reference.crs, other.crs)
    ):
        return ("Coordinate system", _crs_name(other.crs), _crs_name(reference.crs)), (0, 0)
    if not shifted and reference.shape != other.shape:
        return ("Raster size", _size(other), _size(reference)), (0, 0)
    # Where the other file's two opposite corners lie in the reference's pixels.
    x0, dx, rx, y0, ry, dy = other.transform
    ends_x = np.array([x0, x0 + other.width * dx + other.height * rx])
    ends_y = np.array([y0, y0 + other.width * ry + other.height * dy])
    u, v = _pixels(reference, ends_x, ends_y)
    col, row = round(float(u[0])), round(float(v[0]))
    apart = max(
        abs(u[0] - col), abs(v[0] - row), abs(u[1] - col - other.width), abs(v[1] - row - other.height)
    )
    if apart > TOLERANCE or (not shifted and (row, col) != (0, 0)):
        return ("Pixel grid", _corner(other), _corner(reference)), (0, 0)
    return None, (row, col)


def _common(
    reference: Grid,
    grids: Mapping[Key, Grid],
    offsets: Mapping[Key, tuple[int, int]],
    left_out: tuple[str, ...],
    name: Path,
) -> Placed:
    row = max(offset[0] for offset in offsets.values())
    col = max(offset[1] for offset in offsets.values())
    stop_row = min(offsets[key][0] + grid.height for key, grid in grids.items())
    stop_col = min(offsets[key][1] + grid.width for key, grid in grids.items())
    if stop_row <= row or stop_col <= col:
        raise InputError(
            "Interferograms",
            str(name),
            "files that overlap all",
            "Import each area apart: no pixel is in all files",
        )
    window = Window(row, col, stop_row - row, stop_col - col)
    origins = {key: (row - top, col - left) for key, (top, left) in offsets.items()}
    shapes = {key: grid.shape for key, grid in grids.items()}
    notes: tuple[str, ...] = ()
    if len(set(offsets.values())) > 1 or len(set(shapes.values())) > 1:
        notes = (
            f"The files differ in extent; their common {window.width} x {window.height} pixels are used.",
        )
    return Placed(subgrid(reference, window), origins, shapes, left_out, notes)


def _crs_name(crs: str) -> str:
    if not crs:
        return "none"
    reference = coordinates.parse(crs)
    code = reference.GetAuthorityCode(None)
    return f"EPSG:{code}" if code else str(reference.GetName())


def _size(grid: Grid) -> str:
    return f"{grid.width} x {grid.height}"


def _corner(grid: Grid) -> str:
    x0, dx, _, y0, _, dy = grid.transform
    return f"corner {x0:.6f}, {y0:.6f}, pixel {dx:.8g} x {dy:.8g}"
