"""Measurement points out of a displacement folder: the best pixels, with series and line of sight."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import crs as coordinates
from .. import los
from ..blocks import Plan
from ..errors import InputError
from ..monitor import Monitor
from ..pointfile import PointSet
from ..raster import StackReader, Window
from ..stack import LATITUDE, LONGITUDE, MAP, RASTER, Grid, Stack
from . import outputs
from .pixelsampler import Indices, PixelSampler, parts


@dataclass(frozen=True)
class Chosen:
    """Flat pixel indices in row-major order, and how many pixels were left out and why."""

    index: Indices
    candidates: int
    below_threshold: int
    without_redundancy: int

    @property
    def dropped(self) -> int:
        """Good pixels beyond the maximum number of points."""
        return self.candidates - len(self.index)


def can_locate(stack: Stack) -> bool:
    """Whether map coordinates of the pixels are known."""
    return (stack.frame == MAP and stack.layout == RASTER) or {LONGITUDE, LATITUDE} <= set(stack.geometry)


def choose(
    reader: StackReader, steps: Plan, threshold: float, limit: int, need_redundancy: bool, monitor: Monitor
) -> Chosen:
    """The pixels whose temporal coherence reaches the threshold, the best `limit` of them.

    Order: temporal coherence, then redundancy, then row-major position. Pixels without redundancy
    have a temporal coherence of 1 that means nothing: they are left out unless no pixel has any.
    """
    index = np.empty(0, np.intp)
    quality = np.empty((2, 0), np.float32)
    candidates = below = bare = 0
    for window in _walk(steps, monitor):
        coherence = reader.read(outputs.stored("temporal_coherence"), window).ravel()
        redundancy = reader.read(outputs.stored("redundancy"), window).ravel()
        solved = np.isfinite(coherence)
        founded = solved & (redundancy > 0) if need_redundancy else solved
        good = founded & (coherence >= threshold)
        bare += int(np.count_nonzero(solved & ~founded))
        below += int(np.count_nonzero(founded & ~good))
        here = np.flatnonzero(good)
        candidates += len(here)
        index = np.concatenate([index, here + window.row * window.width])
        quality = np.concatenate([quality, np.stack([coherence[here], redundancy[here]])], axis=1)
        if len(index) > limit:
            best = np.lexsort((index, -quality[1], -quality[0]))[:limit]
            index, quality = index[best], quality[:, best]
    return Chosen(np.sort(index), candidates, below, bare)


def collect(
    reader: StackReader,
    geometry: StackReader,
    chosen: Chosen,
    with_height: bool,
    steps: Plan,
    monitor: Monitor,
) -> PointSet:
    """Attributes and series [mm] of the chosen pixels.

    reader : of the displacement folder (see `outputs.displacement_reader`).
    geometry : of the stack that holds the line of sight, of the same grid.
    """
    stack, grid = geometry.stack, geometry.stack.grid
    dates = reader.stack.dates
    index = chosen.index
    sampler = PixelSampler(reader, grid, index, steps)
    total = len(dates) + 6
    names = {
        "velocity": "velocity",
        "velocity_std": "velocity_std",
        "coherence": "temporal_coherence",
        **({"height_error": "height_error"} if with_height else {}),
    }
    attributes: dict[str, NDArray[Any]] = {}
    for step, (name, role) in enumerate(names.items()):
        monitor.step(step / total)
        attributes[name] = sampler.read(outputs.stored(role))
    attributes.update(_line_of_sight(stack, geometry, grid, index, steps))
    attributes["track"] = _constant(stack.metadata.get("track"), len(index))
    attributes["pass"] = _constant(stack.metadata.get("orbit"), len(index))
    attributes["velocity_std_images"] = sampler.read(outputs.stored("velocity_std_images"))
    series = np.empty((len(index), len(dates)), np.float32)
    for column, acquisition in enumerate(reader.stack.acquisitions):
        monitor.step((column + 6) / total)
        series[:, column] = sampler.read(acquisition.items["displacement"])
    x, y, system = _places(stack, geometry, grid, index, steps)
    return PointSet(x, y, system, attributes, dates, series, "points")


def _line_of_sight(
    stack: Stack, reader: StackReader, grid: Grid, index: Indices, steps: Plan
) -> dict[str, NDArray[np.float32]]:
    """Incidence [deg] and unit vector of every point, NaN where the producer does not tell."""
    names = ("incidence", "los_east", "los_north", "los_up")
    out = {name: np.full(len(index), np.nan, np.float32) for name in names}
    if not los.has_incidence(stack):
        return out
    for window, part, inside in parts(grid, index, steps):
        out["incidence"][part] = np.degrees(los.incidence(stack, reader, window)).ravel()[inside]
        for name, values in zip(names[1:], los.unit_vector(stack, reader, window)):
            out[name][part] = values.ravel()[inside]
    return out


def _places(
    stack: Stack, reader: StackReader, grid: Grid, index: Indices, steps: Plan
) -> tuple[NDArray[np.float64], NDArray[np.float64], str]:
    if stack.frame == MAP and stack.layout == RASTER:
        x, y = coordinates.pixel_centres(grid, index // grid.width, index % grid.width)
        return x, y, grid.crs
    if not can_locate(stack):
        raise InputError("INPUT", "no longitude and latitude", "a geocoded stack", "Geocode it first")
    sampler = PixelSampler(reader, grid, index, steps)
    lon = sampler.read(stack.geometry[LONGITUDE]).astype(np.float64)
    lat = sampler.read(stack.geometry[LATITUDE]).astype(np.float64)
    return lon, lat, coordinates.WGS84


def _constant(value: object, count: int) -> NDArray[Any]:
    text = None if value in (None, "") else str(value)
    return np.array([text] * count, dtype=object)


def _walk(steps: Plan, monitor: Monitor) -> Iterator[Window]:
    for number, window in enumerate(steps.blocks):
        monitor.step(number / len(steps.blocks))
        yield window
    monitor.step(1.0)
