"""Displacement series of some observations: columns of the points, or the dates of the folder a raster lies in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .. import crs as coordinates
from .. import manifest
from ..blocks import Compute, plan
from ..pointsource import load, velocity_column
from ..raster import StackReader
from ..rateraster import RasterFile
from ..timeseries.pixelsampler import PixelSampler
from ..units import MM_PER_M
from .observations import Observations, Source, dates_of, folder_stack

_BYTES = 8  # per pixel of a block: what is read, and what is chosen of it


def known_dates(source: Source, field: str) -> tuple[date, ...]:
    """Dates of a track's series; none for a raster that stands alone."""
    if isinstance(source, RasterFile) and not _in_folder(source):
        return ()
    return dates_of(source, field)


def series_at(
    source: Source, track: Observations, chosen: NDArray[np.intp], field: str, column: str
) -> NDArray[np.floating]:
    """(k, D) displacement [mm] of the observations `chosen` (k,), which rise, at the D dates of the source.

    track : what `observe` made of the source, with the same `column`.
    """
    if not isinstance(source, RasterFile):
        points = load(source, field)
        kept = np.flatnonzero(np.isfinite(velocity_column(points, column) + points.x + points.y))
        return points.series[kept[chosen]]
    stack = folder_stack(source, field)
    row, col = coordinates.pixel_of(stack.grid, track.x[chosen], track.y[chosen])
    steps = plan(stack.grid, _BYTES, Compute())
    sampler = PixelSampler(
        StackReader(Path(source.path).absolute().parent, stack), stack.grid, row * stack.grid.width + col, steps
    )
    series = [sampler.read(entry.items["displacement"]) for entry in stack.acquisitions]
    return np.stack(series, axis=1).astype(np.float64) * MM_PER_M


def _in_folder(source: RasterFile) -> bool:
    return (Path(source.path).absolute().parent / manifest.NAME).is_file()
