"""The analysis from beginning to end: series of points or pixels in, fields or rasters out."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ... import atomic
from ...blocks import Compute, plan
from ...described import described
from ...errors import InputError
from ...monitor import Monitor
from ...pointfile import PointSet, write_points
from ...pointsource import load
from ...publishing import publishing
from ...raster import TILE, StackReader, Window, writing
from ...result import Result
from ...stack import Stack
from ...version import VERSION
from .. import displacement_input
from ..outputs import displacement_reader
from . import chance
from .analysis import CLASSES, PORTION, UNKNOWN, Rules, analyse
from .design import Design, design
from .layers import LAYERS, fields_of
from .overview import KEPT, Overview
from .params import ALGORITHM, SeasonalParams

_SAMPLE = 20_000  # series that tell how noise is correlated
_ROUNDS = 3
_BYTES_PER_DATE = 40  # of a block, per pixel: values, residuals and the like in double precision
_BYTES = 4_000  # beside them


def run_seasonal(
    params: SeasonalParams, monitor: Monitor | None = None, compute: Compute | None = None
) -> Result:
    """Write seasonal.gpkg (points) or one raster per quantity (displacement folder), figure, report, result.json."""
    monitor, compute = monitor or Monitor(), compute or Compute()
    params.validate()
    compute.validate()
    result = Result(ALGORITHM, Path(params.output).expanduser().absolute())
    if params.points is not None:
        _of_points(params, result, monitor)
    else:
        _of_folder(params, result, compute, monitor)
    return result


def rules_for(params: SeasonalParams, form: Design, sample: NDArray[Any], result: Result) -> Rules:
    """When a term counts, from the dates and from some series (N, P) that show how noise is correlated."""
    rules = Rules(params.significance, params.min_velocity, params.min_amplitude)
    step_tests, hinge_tests = chance.null(form, rules.for_departures)
    rules = replace(rules, step_tests=step_tests, hinge_tests=hinge_tests)
    table = chance.inflations(form)
    wide, measured = rules, float(table[0][0])
    # Noise that lasts looks like departures until the errors are widened: measured again once they are.
    for _ in range(_ROUNDS):
        found = analyse(sample, form, wide).autocorrelation
        measured = float(np.nanmedian(found)) if np.isfinite(found).any() else measured
        wide = replace(rules, inflation=chance.inflation(measured, table))
    result.number(
        "autocorrelation",
        measured - float(table[0][0]),
        "",
        "Correlation of the residuals from date to date beyond that of white noise, median",
    )
    chosen = wide if params.correlated else rules
    result.number("error_factor", chosen.inflation**0.5, "", "Factor of all standard deviations for correlated noise")
    return chosen


def _of_points(params: SeasonalParams, result: Result, monitor: Monitor) -> None:
    points = load(params.points, "POINTS") if params.points is not None else PointSet(*(np.empty(0),) * 2, "")
    name = points.name or "the points"
    if not points.dates:
        seen = ", ".join([*points.attributes][:12]) or "none"
        raise InputError(
            "POINTS",
            f"{name}: no column of a date among {seen}",
            "points with a series: columns such as D20160501 [mm]",
            "Import the points with 'importpoints'",
        )
    if not len(points):
        raise InputError("POINTS", name, "a layer with at least one point")
    form = design(points.dates, params.semiannual, params.min_segment, "POINTS")
    monitor.step(0.1)
    values = points.series.T
    rules = rules_for(params, form, values[:, :: -(-len(points) // _SAMPLE)], result)
    overview = Overview(form, -(-len(points) // KEPT))
    parts: list[Mapping[str, NDArray[Any]]] = []
    for start in range(0, len(points), PORTION):
        monitor.step(0.1 + 0.5 * start / len(points))
        some = values[:, start : start + PORTION]
        found = analyse(some, form, rules)
        overview.add(found, some)
        parts.append(fields_of(found, points.dates))
    columns = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
    twice = [key for key in columns if key in points.attributes]
    if twice:
        result.warnings.append(f"These fields of {name} were replaced in the copy: {', '.join(twice)}.")
    out = replace(points, attributes={**points.attributes, **columns})
    _finish_numbers(result, overview, form, "points")
    where = (points.x, points.y, points.crs, columns["class_code"])
    with publishing(result, {"seasonal": "seasonal.gpkg", **_PAGES}) as files:
        write_points(files["seasonal"], out, monitor.part(0.6, 0.9))
        monitor.step(0.9)
        _pages(files, result, params, overview, form, where)
    monitor.progress(1.0)


def _of_folder(params: SeasonalParams, result: Result, compute: Compute, monitor: Monitor) -> None:
    folder = Path(params.input).expanduser().absolute()
    stack = displacement_input.load(folder)
    form = design(stack.dates, params.semiannual, params.min_segment)
    reader = displacement_reader(folder, stack.grid, stack.wavelength, stack.dates)
    grid = stack.grid
    steps = plan(
        grid,
        _BYTES_PER_DATE * len(stack.dates) + _BYTES,
        Compute(compute.memory),
        len(LAYERS) * grid.width * TILE * 4,
        len(LAYERS) * grid.width * grid.height * 4,
    )
    monitor.info(f"{len(stack.dates)} dates: {steps.describe()}.")
    rules = rules_for(params, form, _sample(reader, stack), result)
    monitor.step(0.1)
    pixels = grid.width * grid.height
    overview = Overview(form, -(-pixels // KEPT))
    kinds = np.full(grid.shape, UNKNOWN, np.int8)
    names = {role: f"{role}.tif" for role in LAYERS}
    with publishing(result, {**names, **_PAGES}) as files:
        atomic.check_free_space(result.folder, steps.disk)
        with ExitStack() as opened:
            writers = {
                role: opened.enter_context(writing(files[role], grid, layer.title, layer.unit))
                for role, layer in LAYERS.items()
            }
            for number, window in enumerate(steps.blocks):
                monitor.step(0.1 + 0.8 * number / len(steps.blocks))
                values = _read(reader, window)
                found = analyse(values, form, rules)
                overview.add(found, values)
                columns = fields_of(found, stack.dates)
                kinds[window.row : window.row + window.height] = found.kind.reshape(window.height, -1)
                for role, layer in LAYERS.items():
                    writers[role].write(layer.numbers(columns).reshape(window.height, window.width))
        if not overview.analysed:
            raise InputError("INPUT", str(folder), f"pixels with at least {form.least_dates} dates")
        _finish_numbers(result, overview, form, "pixels")
        monitor.step(0.95)
        _pages(files, result, params, overview, form, (kinds, grid))
    monitor.progress(1.0)


_PAGES = {"figure": "seasonal.png", "examples": "examples.png", "report": "report.html"}


def _sample(reader: StackReader, stack: Stack) -> NDArray[np.float32]:
    """Series (N, P) of evenly spaced rows."""
    grid = stack.grid
    rows = max(1, min(grid.height, _SAMPLE // grid.width))
    chosen = np.unique(np.linspace(0, grid.height - 1, rows).astype(int))
    parts = [_read(reader, Window(int(row), 0, 1, grid.width)) for row in chosen]
    values = np.concatenate(parts, axis=1)
    return values[:, np.isfinite(values).any(axis=0)]


def _read(reader: StackReader, window: Window) -> NDArray[np.float32]:
    """Displacements (N, pixels) [mm]."""
    items = [entry.items["displacement"] for entry in reader.stack.acquisitions]
    values = reader.read_many(items, window)
    reader.close()
    return values.reshape(len(items), -1)


def _finish_numbers(result: Result, overview: Overview, form: Design, what: str) -> None:
    if not overview.analysed:
        raise InputError(
            "POINTS", f"no series of {form.least_dates} dates or more", f"series of at least {form.least_dates} dates"
        )
    add = result.number
    add("analysed", overview.analysed, "", f"{what.capitalize()} analysed")
    add("unclassified", overview.unknown, "", f"{what.capitalize()} with too few dates")
    for name, count in zip(CLASSES, overview.counts.tolist()):
        add(f"{name}_count", count, "", f"{what.capitalize()} classed {name}")
    amplitude, day = overview.seasonal_median()
    add("seasonal_amplitude", amplitude, "mm", "Median annual amplitude of the class seasonal")
    add("seasonal_peak_day", day, "d", "Mean day of the year of its peak (0 is 1 January)")
    result.tables["classes"] = {str(code): name for code, name in enumerate(CLASSES)}
    result.tables["examples"] = {
        CLASSES[kind]: {"place": e.place, "p": e.p} for kind, e in sorted(overview.examples.items())
    }
    if not form.annual:
        result.warnings.append(
            "The dates cannot tell an annual term from a trend (less than a year, or a few months of it): it was left "
            "out, and the class seasonal is empty."
        )
    if overview.unknown:
        result.warnings.append(
            f"{overview.unknown:,} {what} have fewer than {form.least_dates} dates, or dates that do not determine "
            "the model: they have no class."
        )


def _pages(
    files: Mapping[str, Path],
    result: Result,
    params: SeasonalParams,
    overview: Overview,
    form: Design,
    where: tuple[Any, ...],
) -> None:
    from ...figures.base import to_png
    from ...figures.seasonal import class_map, examples_figure, overview_figure
    from .report import write_report

    shown, counts, lines = (
        to_png(figure) for figure in (class_map(where), overview_figure(overview), examples_figure(overview))
    )
    files["figure"].write_bytes(counts)
    files["examples"].write_bytes(lines)
    write_report(files["report"], result, params, form, (shown, counts, lines))
    result.write(described(params), VERSION, files["result"].name)


