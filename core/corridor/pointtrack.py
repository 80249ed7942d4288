"""A track from measurement points."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from .. import crs as coordinates
from ..errors import InputError
from ..monitor import Monitor
from ..pointfile import PointSet
from ..raster import call
from ..stack import Grid
from .area import convex_hull
from .chainage import Alignment, Float64
from .component import VERTICAL, check_incidence, to_vertical
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
    text = "not needed"
    if component == VERTICAL:
        angle, text = _incidence(points, index, incidence, name)
        keep = np.isfinite(angle)
        value = to_vertical(value, angle)
    hull = convex_hull(x, y)
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
    )


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


def track_name(points: PointSet) -> str:
    """Track and pass from the attributes when all points agree, else the name of the set."""
    parts = []
    for key in ("track", "pass"):
        values = {str(value) for value in points.attributes.get(key, np.empty(0)).tolist()} - {
            "",
            "nan",
            "None",
        }
        if len(values) == 1:
            parts.append(values.pop())
    return " ".join(parts) or points.name or "points"


def velocity_column(points: PointSet, field: str) -> Float64:
    """A numeric attribute as float64 (n,), or InputError naming the fields that are there."""
    if field not in points.attributes:
        seen = ", ".join(points.attributes) or "none"
        raise InputError(
            "FIELD",
            field,
            f"a field of {points.name or 'the points'}: {seen}",
            "Name the field with the velocity in mm/yr",
        )
    try:
        return np.asarray(points.attributes[field], np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(
            "FIELD", field, "a field of numbers", "Choose the velocity field, in mm/yr"
        ) from error


def _incidence(
    points: PointSet, index: NDArray[np.intp], constant: float | None, name: str
) -> tuple[Float64, str]:
    """Incidence [deg] per chosen point, NaN where unknown, and where it comes from."""
    angle = np.full(len(index), np.nan)
    sources = []
    if "incidence" in points.attributes:
        angle = velocity_column(points, "incidence")[index]
        if np.isfinite(angle).any():
            sources.append("per point")
    missing = ~np.isfinite(angle)
    if missing.any() and "los_up" in points.attributes:
        angle[missing] = np.degrees(
            np.arccos(np.clip(velocity_column(points, "los_up")[index[missing]], -1.0, 1.0))
        )
        if np.isfinite(angle[missing]).any():
            sources.append("from los_up")
    missing = ~np.isfinite(angle)
    if missing.any() and constant is not None:
        angle[missing] = constant
        sources.append(f"{constant:g} deg where the points have none" if sources else f"{constant:g} deg")
    if not sources:
        raise InputError(
            "INCIDENCE",
            f"unknown for {name}",
            "points with a field `incidence` [deg] or `los_up`, or a value of INCIDENCE",
            "Give INCIDENCE (0 if the rates are vertical already), or choose the component los",
        )
    check_incidence(angle, name)
    return angle, ", ".join(sources)


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
