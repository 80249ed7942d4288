"""What the report of the probability integral method shows, made from the fit and the surface."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .. import crs as coordinates
from ..raster import StackReader, Window
from .pim_fit import PimEstimate
from .pim_input import Record, Source, reach, window_around
from .pim_model import EAST, EXX, EXY, EYY, FULL, NORTH, WX, WXX, WXY, WY, WYY, W
from .pim_panels import rings_of
from .pim_surface import Findings, derivatives
from .subsidence import ROLE
from .surveyor import propagated

if TYPE_CHECKING:
    from ..figures.pim import Curve, Profile, Surface
    from ..vector import VectorInput

STEPS = 401  # places along the section
PREVIEW = 400  # pixels of a map's longer side

Float64 = NDArray[np.float64]


def surface_of(source: Source, found: Findings, estimate: PimEstimate, layer: VectorInput) -> Surface:
    """The maps' part of the surface around the panels, thinned."""
    from ..figures.pim import Surface

    window = window_around(source, layer, reach(estimate.model.panels))
    step = max(1, -(-max(window.height, window.width) // PREVIEW))
    part = np.s_[
        window.row : window.row + window.height : step, window.col : window.col + window.width : step
    ]
    corners_row = np.array([window.row, window.row + window.height], np.float64) - 0.5
    corners_col = np.array([window.col, window.col + window.width], np.float64) - 0.5
    x, y = coordinates.pixel_centres(source.grid, corners_row, corners_col)
    east, north = coordinates.transform(x, y, source.grid.crs, source.metric)
    extent = (float(east[0]), float(east[1]), float(north[1]), float(north[0]))
    outlines = tuple(ring for panel in estimate.model.panels for ring in rings_of(panel.outline))
    return Surface(extent, found.subsidence[part], found.damage[part], outlines)


def deepest(source: Source, found: Findings) -> tuple[float, float]:
    """Metric coordinates of the pixel that sinks most at the last shown date."""
    place = found.extremes["subsidence"]
    x, y = coordinates.pixel_centres(source.grid, np.array([place.row]), np.array([place.col]))
    east, north = coordinates.transform(x, y, source.grid.crs, source.metric)
    return float(east[0]), float(north[0])


def profile_of(
    source: Source, estimate: PimEstimate, record: Record, place: tuple[float, float], day: date
) -> Profile:
    """Section through the deepest point along the longer extent of the panels, at one date since the origin."""
    from ..figures.pim import Profile

    model = estimate.model
    corners = np.concatenate([ring for panel in model.panels for ring in rings_of(panel.outline)])
    _, _, axes = np.linalg.svd(corners - corners.mean(axis=0), full_matrices=False)
    ux, uy = axes[0] if axes[0][0] > 0 else -axes[0]
    along = (corners - np.array(place)) @ np.array([ux, uy])
    margin = 0.75 * reach(model.panels)
    distance = np.linspace(along.min() - margin, along.max() + margin, STEPS)
    x, y = place[0] + distance * ux, place[1] + distance * uy
    year = source.years([day])
    fields = model.fields(estimate.values, x, y, year, 0.0, FULL)[0]
    free, slopes = derivatives(lambda v: model.fields(v, x, y, year, 0.0)[0, W], estimate)
    std = propagated(slopes, estimate.covariance[np.ix_(free, free)]) if len(free) else np.zeros(STEPS)
    at, measured = _measured_along(record, place, (float(ux), float(uy)), day, distance)
    azimuth = np.degrees(np.arctan2(ux, uy)) % 360.0
    return Profile(
        distance,
        1e3 * fields[W],
        1e3 * std,
        1e3 * (ux * fields[EAST] + uy * fields[NORTH]),
        1e3 * (ux * fields[WX] + uy * fields[WY]),
        1e3 * (ux * ux * fields[WXX] + 2 * ux * uy * fields[WXY] + uy * uy * fields[WYY]),
        1e3 * (ux * ux * fields[EXX] + 2 * ux * uy * fields[EXY] + uy * uy * fields[EYY]),
        f"through the deepest point toward {azimuth:.0f}°, {day.isoformat()}",
        at,
        measured,
    )


def curve_of(
    source: Source, estimate: PimEstimate, record: Record, place: tuple[float, float], days: list[date]
) -> Curve:
    """Motion over time at the fitted pixel nearest to a place."""
    from ..figures.pim import Curve

    data, model = record.data, estimate.model
    best = int(np.argmin(np.hypot(data.x - place[0], data.y - place[1])))
    x, y, line = data.x[best : best + 1], data.y[best : best + 1], data.los[:, best : best + 1]
    many = [
        date.fromordinal(n) for n in np.linspace(days[0].toordinal(), days[-1].toordinal(), 160).astype(int)
    ]
    years = source.years(many)

    def moved(values: Float64) -> Float64:
        out: Float64 = model.line_of_sight(values, x, y, line, years, data.reference)[:, 0]
        return out

    free, slopes = derivatives(moved, estimate)
    std = propagated(slopes, estimate.covariance[np.ix_(free, free)]) if len(free) else np.zeros(len(many))
    measured_days, measured = _measured_at(source, record, best)
    lon, lat = coordinates.transform(x, y, source.metric, coordinates.WGS84)
    return Curve(
        many,
        1e3 * moved(estimate.values),
        1e3 * std,
        measured_days,
        1e3 * measured,
        record.days[-1],
        f"{lat[0]:.5f}° N, {lon[0]:.5f}° E",
    )


def _measured_at(source: Source, record: Record, point: int) -> tuple[Sequence[date], Float64]:
    """Measured LOS motion [m] of a fitted point at all dates of the record, those after the fit too."""
    data = record.data
    if data.pairs is not None:
        return (), np.empty(0)
    if not source.items:
        return record.days, data.values[:, point]
    x, y = coordinates.transform(
        data.x[point : point + 1], data.y[point : point + 1], source.metric, source.grid.crs
    )
    row, col = coordinates.pixel_of(source.grid, x, y)
    reader = StackReader(source.folder, source.stack)
    items = [acquisition.items[ROLE] for acquisition in source.stack.acquisitions]
    values = reader.read_many(items, Window(int(row[0]), int(col[0]), 1, 1)).ravel().astype(np.float64)
    reader.close()
    return source.dates, values


def _measured_along(
    record: Record, place: tuple[float, float], direction: tuple[float, float], day: date, distance: Float64
) -> tuple[Float64, Float64]:
    """Fitted pixels close to the section at a fitted date: where along it, and subsidence [mm]."""
    data = record.data
    if data.pairs is not None or day not in record.days:
        return np.empty(0), np.empty(0)
    dx, dy = data.x - place[0], data.y - place[1]
    along = dx * direction[0] + dy * direction[1]
    across = np.abs(dy * direction[0] - dx * direction[1])
    spacing = np.sqrt(max(float(np.ptp(data.x)) * float(np.ptp(data.y)), 1.0) / len(data.x))
    near = (across < 0.6 * spacing) & (along >= distance[0]) & (along <= distance[-1])
    row = data.values[record.days.index(day)]
    near &= np.isfinite(row)
    return along[near], -1e3 * row[near] / data.los[2, near]
