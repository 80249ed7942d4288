"""Rows of the image without seams: its geometry, and each date on its pixels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .. import raster
from ..blocks import Compute, check_memory
from ..raster import Float32, Window
from .bursts import Scene
from .coregistration_burst import BurstAligner, reference_window
from .coregistration_layout import Layout, Piece, Range
from .geometry_terrain import BurstGround
from .resample import MISSING
from .resample import TILE_ROWS as ROWS  # of a block; fixed, because resampling works by tiles
from .safe_measurement import Readers

Complex64 = NDArray[np.complex64]

GEOMETRY = {
    "height": ("Height above the ellipsoid", "m"),
    "longitude": ("Longitude", "deg"),
    "latitude": ("Latitude", "deg"),
    "incidence": ("Incidence angle", "rad"),
    "los_east": ("Line of sight, east", ""),
    "los_north": ("Line of sight, north", ""),
    "los_up": ("Line of sight, up", ""),
}
BYTES = 200  # per pixel of a block


def windows_of(layout: Layout, compute: Compute) -> tuple[Window, ...]:
    """Blocks of rows; refused where one does not fit into the memory."""
    widest = max(piece.columns[1] - piece.columns[0] for piece in layout.pieces)
    need = compute.workers * ROWS * (BYTES * widest + 8 * layout.width)
    check_memory(
        need,
        compute,
        f"for {compute.workers} worker(s)",
        "Raise the budget or lower the number of workers in the settings, or choose a smaller extent",
    )
    return tuple(
        Window(row, 0, min(ROWS, layout.height - row), layout.width) for row in range(0, layout.height, ROWS)
    )


@dataclass(frozen=True, eq=False)
class GeometryRows:
    """Makes blocks of the geometry; roles of GEOMETRY."""

    layout: Layout
    grounds: Mapping[str, BurstGround]

    def __call__(self, window: Window) -> dict[str, Float32]:
        out = {role: np.full((window.height, window.width), np.nan, np.float32) for role in GEOMETRY}
        for piece, rows, place in _pieces(self.layout, window):
            lines = piece.lines(rows)
            rows_of, columns_of = (np.arange(*one, dtype=np.float64) for one in (lines, piece.samples))
            ground = self.grounds[piece.burst.label].at(rows_of, columns_of)
            east, north, up = self.grounds[piece.burst.label].sight(rows_of, columns_of, ground.height)
            incidence = np.arccos(np.minimum(up, 1.0))
            values = (ground.height, ground.lon, ground.lat, incidence, east, north, up)
            for role, value in zip(GEOMETRY, values):
                out[role][place] = value
        return out


@dataclass(frozen=True, eq=False)
class ReferenceRows:
    """Reads blocks of the reference; NaN where it has no pixels."""

    layout: Layout
    reference: Scene
    readers: Readers

    def __call__(self, window: Window) -> Complex64:
        out = _missing(window)
        for piece, rows, place in _pieces(self.layout, window):
            pixels = reference_window(
                self.reference, piece.burst, piece.lines(rows), piece.samples, self.readers
            )
            out[place] = np.where(pixels == 0.0, MISSING, pixels)
        return out


@dataclass(frozen=True, eq=False)
class DateRows:
    """Makes blocks of a date on the reference's pixels, with the heights that were written before."""

    layout: Layout
    aligners: Mapping[str, BurstAligner]
    heights: Path
    readers: Readers

    def __call__(self, window: Window) -> Complex64:
        out = _missing(window)
        known = raster.read_band(raster.open_dataset(self.heights), 1, window, self.heights)
        for piece, rows, place in _pieces(self.layout, window):
            aligner = self.aligners.get(piece.burst.label)
            if aligner is not None:
                out[place] = aligner.on(known[place], piece.lines(rows), piece.samples, self.readers)
        return out


def lacking_share(heights: Path, layout: Layout, windows: Iterable[Window]) -> float:
    """Share of the pixels of all bursts that have no height (0 to 1)."""
    dataset = raster.open_dataset(heights)
    known = sum(
        int(np.count_nonzero(np.isfinite(raster.read_band(dataset, 1, window, heights))))
        for window in windows
    )
    every = sum(
        (piece.rows[1] - piece.rows[0]) * (piece.columns[1] - piece.columns[0]) for piece in layout.pieces
    )
    return 1.0 - known / every


def _missing(window: Window) -> Complex64:
    return np.full((window.height, window.width), MISSING, np.complex64)


def _pieces(layout: Layout, window: Window) -> Iterator[tuple[Piece, Range, tuple[slice, slice]]]:
    """The pieces in a block: with their rows of the image, and their place in the block's arrays."""
    for piece in layout.pieces:
        rows = piece.within((window.row, window.row + window.height))
        if rows is not None:
            yield piece, rows, (slice(rows[0] - window.row, rows[1] - window.row), slice(*piece.columns))
