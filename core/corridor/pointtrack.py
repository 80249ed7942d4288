"""A track from measurement points."""

from __future__ import annotations

import math

import numpy as np

from .. import crs as coordinates
from ..component import VERTICAL, to_vertical
from ..errors import InputError
from ..monitor import Monitor
from ..pointfile import PointSet
from ..pointsource import incidence_of, track_name, velocity_column
from ..raster import call
from ..stack import Grid
from .area import convex_hull
from .chainage import Alignment, Float64
from .pixels import cuts_for, offsets
from .selection import Selection, bounds, in_order, joined, select
from .track import Track


def track_of_points(
    points: PointSet,
    alignment: Alignment,
    radius: float,
    component: str,
    field: str = "velocity",
    incidence: float | None = None,
    monitor: Monitor | None = None,
    grid: Grid | None = None,
    bin_length: float = math.inf,
) -> Track:
    """Points of a set that lie in the corridor, with their rate in mm/yr.

    Incidence per point comes from `incidence` [deg] or, where that is missing, `los_up`; else from the argument.
    grid : the points are the centres of its pixels (in the points' system); where pixels are coarse for bins of
    `bin_length` [m] or for the corridor they count by area, as those of a raster do.
    """
    name = points.name or "points"
    if not points.crs:
        raise InputError("POINTS", name, "a layer with a coordinate system", "Assign a CRS to the layer")
    rate = velocity_column(points, field)
    valid = np.flatnonzero(np.isfinite(rate))
    if not len(valid):
        raise InputError("POINTS", f"{name} ({len(points)} points)", f"points with a number in `{field}`")
    x, y = points.x[valid], points.y[valid]
    cuts = cuts_for(grid, bin_length, radius) if grid is not None else 1
    chosen = _select(x, y, points.crs, alignment, radius, grid, cuts, monitor)
    if not len(chosen.index):
        raise _outside(name, x, y, points.crs, alignment, radius)
    index = valid[chosen.index]
    value = rate[index]
    keep = np.ones(len(index), bool)
    scale, text = np.empty(0), "not needed"
    if component == VERTICAL:
        angle, text = incidence_of(points, index, incidence, name)
        keep = np.isfinite(angle)
        value = to_vertical(value, angle)
        scale = to_vertical(np.ones(len(index)), angle)[keep]
    hull = _hull(x, y, grid)
    if len(hull):
        hull = convex_hull(*coordinates.transform(hull[:, 0], hull[:, 1], points.crs, alignment.crs))
    return Track(
        name=track_name(points),
        source=name,
        value=value[keep],
        chainage=chosen.chainage[keep],
        distance=chosen.distance[keep],
        x=chosen.x[keep],
        y=chosen.y[keep],
        index=index[keep],
        read=len(valid),
        hull=hull,
        incidence=text,
        without_incidence=len(np.unique(index[~keep])),
        share=1.0 / cuts**2,
        scale=scale,
    )


def _hull(x: Float64, y: Float64, grid: Grid | None) -> Float64:
    """Convex hull (k, 2) of the points, or of the whole pixels whose centres they are."""
    hull = convex_hull(x, y)
    if grid is None or not len(hull):
        return hull
    _, dx, rx, _, ry, dy = grid.transform
    corners = [hull + 0.5 * np.array([i * dx + j * rx, i * ry + j * dy]) for i in (-1, 1) for j in (-1, 1)]
    return convex_hull(*np.concatenate(corners).T)


def _select(
    x: Float64,
    y: Float64,
    crs: str,
    alignment: Alignment,
    radius: float,
    grid: Grid | None,
    cuts: int,
    monitor: Monitor | None,
) -> Selection:
    """Points in the corridor, or the parts of their pixels that are."""
    if grid is None or cuts == 1:
        return select(x, y, crs, alignment, radius, monitor)
    reach = radius + 0.55 * math.hypot(*coordinates.pixel_size(grid))
    low_x, low_y, high_x, high_y = bounds(alignment, reach, crs)
    near = np.flatnonzero((x >= low_x) & (x <= high_x) & (y >= low_y) & (y <= high_y))
    _, dx, rx, _, ry, dy = grid.transform
    parts = []
    for down in offsets(cuts):
        for right in offsets(cuts):
            part = select(
                x[near] + right * dx + down * rx, y[near] + right * ry + down * dy, crs, alignment, radius
            )
            parts.append(Selection(near[part.index], part.chainage, part.distance, part.x, part.y))
        if monitor is not None:
            monitor.step(0.5 + down)
    return in_order(joined(parts))


def _outside(name: str, x: Float64, y: Float64, crs: str, alignment: Alignment, radius: float) -> InputError:
    # Places that the system cannot hold become NaN; GDAL would also print them.
    (east, north), _ = call(coordinates.transform, x, y, crs, alignment.crs)
    far = 4.0 * (np.hypot(np.ptp(alignment.x), np.ptp(alignment.y)) + radius) + 1e6
    distance = alignment.project(east, north, far).distance
    nearest = (
        f"the nearest of {len(x)} is {distance.min() / 1000:.1f} km away"
        if np.isfinite(distance).any()
        else ""
    )
    return InputError(
        "LINE",
        f"no point of {name} within {radius:g} m ({nearest or 'they lie in another region'})",
        "a line that crosses the data",
        "Check the CRS of both layers, choose another line, or enlarge RADIUS",
    )
