"""Perpendicular baselines of a date at the places of a map."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from .. import raster
from ..raster import Float32, Window
from ..sentinel1.geometry import geo2rdr, rdr2geo
from ..sentinel1.geometry_baseline import baseline
from ..sentinel1.radarframe import RadarFrame
from .interpolation import middles
from .rows import put, read_places
from .target import Target

Float64 = NDArray[np.float64]

DEGREES = (4, 5, 2)  # along rows, columns and heights; the fit leaves less than a millimetre


@dataclass(frozen=True, eq=False)
class BaselineField:
    """Perpendicular baselines [m] of a date as Chebyshev terms of row, column and height over their spans."""

    centres: Float64
    halves: Float64
    terms: Float64

    def at(self, rows: Float64, columns: Float64, heights: Float64) -> Float64:
        """At rows and columns of the stack and ellipsoidal heights [m], all of one shape."""
        u, v, w = (
            (values - centre) / half
            for values, centre, half in zip((rows, columns, heights), self.centres, self.halves)
        )
        return np.asarray(chebyshev.chebval3d(u, v, w, self.terms), np.float64)


def baseline_field(frame: RadarFrame, day: date, heights: tuple[float, float]) -> BaselineField:
    """Through exact baselines, relative to the frame's reference, at the fit's nodes.

    heights : lowest and highest ground [m]. d(R2 - R1)/dh = +baseline / (R sin theta), as everywhere.
    """
    spans = np.array([[-0.5, frame.shape[0] - 0.5], [-0.5, frame.shape[1] - 0.5], heights])
    centres, halves = spans.mean(axis=1), np.maximum(0.5 * np.diff(spans, axis=1)[:, 0], 1.0)
    nodes = [chebyshev.chebpts1(degree + 1) for degree in DEGREES]
    rows, columns, height = np.meshgrid(
        *(centre + half * node for centre, half, node in zip(centres, halves, nodes)), indexing="ij"
    )
    times = frame.times(rows)
    points = rdr2geo(frame.orbit, times, frame.ranges(columns), height)
    other = frame.orbits[day]
    other_times, _ = geo2rdr(other, points, (float(other.times[0]), float(other.times[-1])))
    values = baseline(points, frame.orbit, times, other, other_times).perpendicular
    for axis, (node, degree) in enumerate(zip(nodes, DEGREES)):
        inverse = np.linalg.inv(chebyshev.chebvander(node, degree))
        values = np.moveaxis(np.tensordot(inverse, values, (1, axis)), 0, axis)
    return BaselineField(centres, halves, values)


@dataclass(frozen=True, eq=False)
class BaselineRows:
    """Makes strips of a date's baselines. lookup : folder of the lookup table. heights : raster on the map."""

    field: BaselineField
    lookup: Path
    heights: Path
    target: Target

    def __call__(self, strip: Window) -> list[Float32]:
        out = np.full((strip.height, strip.width), np.nan, np.float32)
        known = raster.read_band(raster.open_dataset(self.heights), 1, strip, self.heights)
        for tile in self.target.tiles(strip):
            places = read_places(self.lookup, self.target.divided(tile))
            rows, columns = (middles(values, self.target.parts) for values in places)
            across = slice(tile.col, tile.col + tile.width)
            put(out[:, across], self.field.at(rows, columns, known[:, across].astype(np.float64)))
        return [out]
