"""Series at marked places from beginning to end: read, average, correlate, write."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ...described import described
from ...errors import InputError
from ...monitor import Monitor
from ...pointfile import write_points
from ...pointsource import load
from ...publishing import publishing
from ...result import Result
from ...version import VERSION
from ..outputs import write_csv
from . import tables
from .drivers import Driver, daily, read_drivers
from .lags import LEAST_DATES, Sampled, correlate, sample
from .params import ALGORITHM, PointSeriesParams
from .places import Marked, marked_places
from .shape import Shapes, shapes
from .tables import Found

_SIGNIFICANT = 0.01
_LEAST_STEP = 5  # days between lags that are tried

_FILES = {
    "locations": "locations.gpkg",
    "series": "series.csv",
    "figure": "series.png",
    "figure_svg": "series.svg",
    "report": "report.html",
    "groups": "groups.csv",
    "panel": "drivers.png",
    "panel_svg": "drivers.svg",
}
_DRIVEN = {"lags": "lags.csv", "lags_figure": "lags.png"}
_SHAPED = {"shapes": "shapes.png"}


def run_pointseries(params: PointSeriesParams, monitor: Monitor | None = None) -> Result:
    """Write locations.gpkg, the tables series, groups and lags as CSV, figures, report.html and result.json."""
    monitor = monitor or Monitor()
    params.validate()
    result = Result(ALGORITHM, Path(params.output).expanduser().absolute())
    drivers = read_drivers(params.drivers)
    monitor.step(0.05)
    marked = marked_places(load(params.points), params)
    if marked.without:
        result.warnings.append(
            f"No points within {params.radius:g} m, left out: {', '.join(marked.without)}."
        )
    monitor.step(0.2)
    shaped = shapes(marked, _SIGNIFICANT)
    if shaped is None:
        result.warnings.append(f"{len(marked.dates)} dates are too few to test for seasons, acceleration and breaks.")
    found = _correlations(params, marked, drivers, monitor.part(0.2, 0.6))
    _numbers(result, marked, shaped, found)
    _write(result, params, marked, shaped, drivers, found, monitor.part(0.6, 1.0))
    return result


def _correlations(
    params: PointSeriesParams, marked: Marked, drivers: tuple[Driver, ...], monitor: Monitor
) -> Found:
    """Correlations of every group, and of every place where a group has several, with every driver."""
    days = marked.days
    step = params.lag_step or max(_LEAST_STEP, round(float(np.median(np.diff(days))) / 2.0))
    lags = np.arange(0, params.max_lag + 1, step)
    wanted = {group.name: group.mean for group in marked.groups}
    # A place that is a group of its own would only repeat it.
    wanted.update({p.name: p.mean for p in marked.places if len(marked.places) > 1 and p.name not in wanted})
    found: Found = {name: [] for name in wanted}
    for number, driver in enumerate(drivers):
        monitor.step(number / len(drivers))
        sampled = sample(daily(driver, params.window), days, lags, params.draws, params.block, params.seed)
        _check_reach(sampled, driver, marked, params)
        for name, series in wanted.items():
            monitor.check()
            item = correlate(series, sampled, params.draws, params.block, params.seed)
            if item is not None:
                found[name].append(item)
    return found


def _check_reach(sampled: Sampled, driver: Driver, marked: Marked, params: PointSeriesParams) -> None:
    """Refuse a driver that does not reach the dates at the largest lag."""
    if len(sampled.days) >= LEAST_DATES:
        return
    raise InputError(
        "DRIVERS",
        f"{driver.name}, {driver.span}: {len(sampled.days)} dates in common at lags up to {params.max_lag} days",
        f"values from {params.max_lag} days before at least {LEAST_DATES} of the dates of the points "
        f"({marked.dates[0]} to {marked.dates[-1]}) on",
        "Use a longer record, or a smaller MAX_LAG",
    )


def _numbers(result: Result, marked: Marked, shaped: Shapes | None, found: Found) -> None:
    add = result.number
    add("location_count", len(marked.places), "", "Locations with points")
    add("empty_count", len(marked.without), "", "Locations without points")
    add("point_count", sum(place.points for place in marked.places), "", "Points around all locations")
    if shaped is not None and np.isfinite(shaped.found.trend).any():
        trend = shaped.found.trend
        add("velocity_min", float(np.nanmin(trend)), "mm/yr", "Lowest velocity of a location")
        add("velocity_max", float(np.nanmax(trend)), "mm/yr", "Highest velocity of a location")
        bent = int(np.sum(shaped.p_nonlinear < _SIGNIFICANT))
        add("nonlinear_count", bent, "", f"Locations that do not go straight on (p < {_SIGNIFICANT})")
    groups = [group.name for group in marked.groups]
    best = max(
        (item for name in groups for item in found.get(name, [])), key=lambda item: abs(item.r_best), default=None
    )
    if best is not None:
        add("lag", best.best, "d", f"Lag of the strongest correlation of a group ({best.driver})")
        add("correlation", best.r_best, "", "That correlation")
        add("p_value", best.p_blocks, "", "Its probability by chance, block test over all lags")
        add("p_value_phase", best.p_phase, "", "Its probability by chance, phase test over all lags")
    result.tables["correlations"] = tables.lag_table(found)
    result.tables["locations"] = tables.place_table(marked, shaped)
    result.tables["angle"] = marked.angle


def _write(
    result: Result,
    params: PointSeriesParams,
    marked: Marked,
    shaped: Shapes | None,
    drivers: tuple[Driver, ...],
    found: Found,
    monitor: Monitor,
) -> None:
    from ...figures import pointseries as figures
    from ...figures.base import to_png, to_svg
    from .report import write_report

    drawn = {
        "figure": figures.series_figure(marked, params.component),
        "panel": figures.driver_panel(marked, drivers, found, params.component),
    }
    names = dict(_FILES)
    if drivers:
        names.update(_DRIVEN)
        drawn["lags_figure"] = figures.lag_figure(marked, found)
    if shaped is not None:
        names.update(_SHAPED)
        drawn["shapes"] = figures.shape_figure(marked, shaped)
    pictures = {role: to_png(figure) for role, figure in drawn.items()}
    monitor.step(0.5)
    with publishing(result, names) as files:
        write_points(files["locations"], tables.place_points(marked, result.tables["locations"]))
        write_csv(files["series"], tables.series_columns(marked))
        write_csv(files["groups"], tables.group_columns(marked))
        if drivers:
            write_csv(files["lags"], tables.lag_columns(found))
        for role, picture in pictures.items():
            files[role].write_bytes(picture)
        for role in ("figure", "panel"):
            files[f"{role}_svg"].write_bytes(to_svg(drawn[role]))
        monitor.step(0.8)
        write_report(files["report"], result, params, pictures)
        result.write(described(params), VERSION, files["result"].name)
    monitor.progress(1.0)
