"""A track as validation needs it: values along the line of sight with place, line of sight and stated error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Union

import numpy as np
from numpy.typing import NDArray

from .. import crs as coordinates
from .. import los, manifest, raster
from ..errors import InputError
from ..monitor import Monitor
from ..pointfile import PointSet
from ..pointsource import PointFile, incidence_of, load, track_name, velocity_column
from ..raster import Window
from ..rateraster import RasterFile, RateRaster, open_rates, with_incidence, with_known_angles
from ..stack import Stack

Float64 = NDArray[np.float64]
Source = Union[PointSet, PointFile, RasterFile]
Span = tuple[date, date]

_VECTOR = ("los_east", "los_north", "los_up")
_REMEDY = "or import the track with its angles"
_ROWS = 512  # of a raster at a time


@dataclass(frozen=True)
class Observations:
    """One track, arrays (n,) of its points or valid pixels.

    value : velocity [mm/yr] or displacement [mm] along the line of sight. std : its stated standard deviation, NaN
    where unknown. los : (n, 3) unit vectors east, north, up; NaN where unknown. x, y in `crs`.
    name : the track; source : what the user calls the layer. angle : where the line of sight comes from.
    """

    name: str
    source: str
    x: Float64
    y: Float64
    crs: str
    value: Float64
    std: Float64
    los: Float64
    angle: str

    def __len__(self) -> int:
        return len(self.value)


def dates_of(source: Source, field: str) -> tuple[date, ...]:
    """Dates with a displacement: of the points' series, or of the displacement folder that a raster lies in."""
    if isinstance(source, RasterFile):
        return folder_stack(source, field).dates
    return load(source, field).dates


def observe(
    source: Source,
    field: str,
    column: str = "velocity",
    incidence: float | None = None,
    incidence_field: str = "INCIDENCE",
    need_angle: bool = True,
    span: Span | None = None,
    monitor: Monitor | None = None,
) -> Observations:
    """Velocities of a track, or its displacement between the two dates of `span`.

    field, incidence_field : parameters, for messages. column : attribute of points with the velocity.
    incidence [deg] : for tracks that do not know theirs. need_angle : refuse a track without an incidence.
    """
    (monitor or Monitor()).check()
    if isinstance(source, RasterFile):
        return _from_raster(source, field, incidence, incidence_field, need_angle, span)
    return _from_points(load(source, field), field, column, incidence, incidence_field, need_angle, span)


def distinct_names(tracks: Sequence[Observations]) -> list[str]:
    """Names of the tracks; those that several share get their number."""
    plain = [track.name for track in tracks]
    return [f"{name} ({n})" if plain.count(name) > 1 else name for n, name in enumerate(plain, 1)]


def _from_points(
    points: PointSet,
    field: str,
    column: str,
    incidence: float | None,
    incidence_field: str,
    need_angle: bool,
    span: Span | None,
) -> Observations:
    name = points.name or "points"
    if not points.crs:
        raise InputError(field, name, "a layer with a coordinate system", "Assign a CRS to the layer")
    if span is None:
        value = velocity_column(points, column)
        # Errors of images (atmosphere) count where they are known: residuals alone are too small.
        images, residuals = (_optional(points, name) for name in ("velocity_std_images", "velocity_std"))
        std = np.where(np.isfinite(images), images, residuals)
    else:
        first, last = (points.series[:, points.dates.index(day)].astype(np.float64) for day in span)
        value, std = last - first, np.full(len(points), np.nan)
    keep = np.flatnonzero(np.isfinite(value) & np.isfinite(points.x) & np.isfinite(points.y))
    if not len(keep):
        what = f"a number in `{column}`" if span is None else f"a displacement on {span[0]} and {span[1]}"
        raise InputError(field, f"{name} ({len(points)} points)", f"points with {what}")
    vectors = np.stack([_optional(points, part)[keep] for part in _VECTOR], axis=1)
    angle = "per point"
    unknown = ~np.isfinite(vectors[:, 2])
    if unknown.any() and (need_angle or incidence is not None):
        theta, angle = incidence_of(points, keep, incidence, name, incidence_field, _REMEDY)
        vectors[unknown, 2] = np.cos(np.radians(theta[unknown]))
    return Observations(
        track_name(points), name, points.x[keep], points.y[keep], points.crs, value[keep], std[keep], vectors, angle
    )


def _from_raster(
    source: RasterFile,
    field: str,
    incidence: float | None,
    incidence_field: str,
    need_angle: bool,
    span: Span | None,
) -> Observations:
    rates = open_rates(source.path, field)
    if need_angle:
        rates = with_incidence(rates, incidence, incidence_field, _REMEDY)
    else:
        rates = with_known_angles(rates, incidence, field)
    stated = None if span else _stated(rates)
    parts = []
    for row in range(0, rates.grid.height, _ROWS):
        window = Window(row, 0, min(_ROWS, rates.grid.height - row), rates.grid.width)
        value = rates.rate(window) if span is None else _moved(source, field, span, window)
        rows, cols = np.nonzero(np.isfinite(value))
        std = np.full(value.shape, np.nan) if stated is None else stated.rate(window)
        x, y = coordinates.pixel_centres(rates.grid, rows + row, cols)
        parts.append((x, y, value[rows, cols], std[rows, cols], _vectors(rates, window)[rows, cols]))
    x, y, value, std, vectors = (np.concatenate(columns) for columns in zip(*parts))
    path = Path(source.path)
    if not len(value):
        raise InputError(field, path.name, "a raster with valid pixels", "Choose another raster")
    name = source.name or (path.parent.name if path.stem == "velocity" else path.stem)
    return Observations(name, path.name, x, y, rates.grid.crs, value, std, vectors, rates.angle)


def _moved(source: RasterFile, field: str, span: Span, window: Window) -> Float64:
    """Displacement [mm] between two dates, from the folder that a velocity raster lies in."""
    stack = folder_stack(source, field)
    items = {entry.date: entry.items["displacement"] for entry in stack.acquisitions}
    reader = raster.StackReader(Path(source.path).absolute().parent, stack)
    first, last = (reader.read(items[day], window).astype(np.float64) * 1000.0 for day in span)
    reader.close()
    return np.asarray(last - first, np.float64)


def _vectors(rates: RateRaster, window: Window) -> Float64:
    """(rows, columns, 3) unit vectors: of the stack beside the raster, else with an upward part only."""
    out = np.full((window.height, window.width, 3), np.nan)
    if rates.reader is not None:
        out[:] = np.stack(los.unit_vector(rates.reader.stack, rates.reader, window), axis=-1)
        rates.reader.close()
    if rates.constant is not None:
        up = np.cos(np.radians(rates.constant))
        out[..., 2] = np.where(np.isfinite(out[..., 2]), out[..., 2], up)
    return out


def _stated(rates: RateRaster) -> RateRaster | None:
    """The raster of standard deviations beside the velocity of a displacement folder, on its grid; None without."""
    if rates.path.stem != "velocity":
        return None
    for path in (rates.path.with_name(name) for name in ("velocity_std_images.tif", "velocity_std.tif")):
        if path.is_file():
            found = open_rates(path)
            if found.grid.shape == rates.grid.shape:
                return found
    return None


def folder_stack(source: RasterFile, field: str) -> Stack:
    """The displacement stack in whose folder a raster lies."""
    folder = Path(source.path).absolute().parent
    stack = manifest.load(folder, field) if (folder / manifest.NAME).is_file() else None
    if stack is None or not all("displacement" in entry.items for entry in stack.acquisitions):
        raise InputError(
            field,
            Path(source.path).name,
            "velocity.tif in a displacement folder, or points, when displacements are compared",
            "Choose the velocity of a folder that sbas wrote, or compare velocities",
        )
    return stack


def _optional(points: PointSet, name: str) -> Float64:
    """An attribute as numbers; NaN where the points have none."""
    if name not in points.attributes or len(points.attributes[name]) != len(points):
        return np.full(len(points), np.nan)
    return velocity_column(points, name).copy()
