"""Velocity over a window, or before and after an event, from a displacement folder.

    result = run_velocity_change(VelocityChangeParams(input="displacement", output="works", event="2021-05-01"))

The folder holds velocity_before, velocity_after, difference and their standard deviations [mm/yr] as rasters (or
velocity_window), the measurement points with the same columns, a report and result.json.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ... import finished
from ... import stage as stages
from ...blocks import Compute, Plan, map_blocks, plan
from ...monitor import Monitor
from ...pointfile import PointSet, read_points, write_points
from ...raster import TILE, Window, writing
from ...result import Result
from ...stack import Stack
from ...version import VERSION
from .. import block, displacement_input, outputs
from ..complete import POINTS_FILE
from ..summary import Summary, round_up, summarize_raster
from .params import VelocityChangeParams
from .windows import Period, difference, periods, velocity

ALGORITHM = "velocitychange"
REPORT_FILE = "report.html"
SIGNIFICANT = 2.0  # standard deviations

Layers = dict[str, NDArray[np.float32]]


def run_velocity_change(
    params: VelocityChangeParams, monitor: Monitor | None = None, compute: Compute | None = None
) -> Result:
    """Write velocities of the periods and their difference.

    A folder that an equal run has finished (same parameters, same inputs) is kept as it is.
    """
    monitor, compute = monitor or Monitor(), compute or Compute()
    params.validate()
    compute.validate()
    folder = Path(params.input).expanduser().absolute()
    output = Path(params.output).expanduser().absolute()
    stack = displacement_input.load(folder)
    chosen = periods(stack.dates, *params.days())
    points = folder / POINTS_FILE
    files = [points] if points.is_file() else []
    items = displacement_input.items(stack)
    mark = finished.fingerprint(ALGORITHM, params.describe(), folder, stack, items, files)
    kept = finished.kept(output, mark, monitor, needs_stack=False)
    if kept is not None:
        return kept
    names = _names(chosen)
    stages.refuse_locked(output, [f"{name}.tif" for name in names] + [POINTS_FILE])
    with stages.staging(output, (), _rasters) as stage:
        result = _run(params, folder, stack, chosen, files, stage, mark, compute, monitor)
    monitor.progress(1.0)
    return result


def _run(
    params: VelocityChangeParams,
    folder: Path,
    stack: Stack,
    chosen: tuple[Period, ...],
    files: list[Path],
    stage: stages.Stage,
    mark: str,
    compute: Compute,
    monitor: Monitor,
) -> Result:
    dates = sum(len(period.dates) for period in chosen)
    names = _names(chosen)
    width = stack.grid.width
    fixed = (len(names) + 2) * TILE * 4 * width
    steps = plan(stack.grid, 40 * dates, Compute(compute.memory), fixed, 0, block.portion_rows(width))
    monitor.info(f"{dates} dates in {len(chosen)} period(s): {steps.describe()}.")
    task = partial(_solve, folder, stack, chosen)
    with ExitStack() as open_files:
        writers = {
            name: open_files.enter_context(
                writing(stage.path / f"{name}.tif", stack.grid, _title(name, chosen), "mm/yr")
            )
            for name in names
        }
        for _, layers in map_blocks(task, steps.blocks, Compute(compute.memory), monitor.part(0.0, 0.7)):
            for name, writer in writers.items():
                writer.write(layers[name])
    result = Result(ALGORITHM, stage.path)
    for name in names:
        result.files[name] = stage.path / f"{name}.tif"
    points = None
    if files:
        points = with_changes(read_points(files[0]), chosen)
        write_points(stage.path / POINTS_FILE, points, monitor.part(0.7, 0.9))
        result.files["points"] = stage.path / POINTS_FILE
    found = _summaries(stage, stack, names, steps)
    _numbers(result, chosen, found, stage, stack, steps)
    result.warnings.extend(_notes(chosen))
    monitor.step(0.92)
    from .report import write_report

    result.files["report"] = write_report(
        stage.path / REPORT_FILE, stack, chosen, found, points, params, result
    )
    finished.seal(result, mark, stage.path)
    result.write(params.describe(), VERSION)
    return stage.published(result)


def with_changes(points: PointSet, chosen: tuple[Period, ...]) -> PointSet:
    """Points with the columns of the rasters, from their own series."""
    series = points.series.T
    return PointSet(
        points.x,
        points.y,
        points.crs,
        {**points.attributes, **_layers(series, chosen)},
        points.dates,
        points.series,
        points.name,
    )


def _names(chosen: tuple[Period, ...]) -> list[str]:
    names = [name for period in chosen for name in (f"velocity_{period.name}", f"velocity_{period.name}_std")]
    return [*names, "difference", "difference_std"] if len(chosen) == 2 else names


def _layers(series: NDArray[np.float32], chosen: tuple[Period, ...]) -> Layers:
    """Layer name -> (P,) [mm/yr] of series (N, P) [mm]."""
    found = [velocity(series[period.index], period.years) for period in chosen]
    values = [part for pair in found for part in pair]
    if len(found) == 2:
        values += difference(found[0], found[1])
    return dict(zip(_names(chosen), values))


def _solve(folder: Path, stack: Stack, chosen: tuple[Period, ...], window: Window) -> Layers:
    """Layers of one block of rows; portions of fixed rows, so that the answer does not depend on the block."""
    reader = outputs.displacement_reader(folder, stack.grid, stack.wavelength, stack.dates)
    series = np.full((len(stack.dates), window.height, window.width), np.nan, np.float32)
    for number in sorted({int(n) for period in chosen for n in period.index}):
        series[number] = reader.read(reader.stack.acquisitions[number].items["displacement"], window)
        reader.close()
    rows = block.portion_rows(window.width)
    out = {name: np.empty((window.height, window.width), np.float32) for name in _names(chosen)}
    for start in range(0, window.height, rows):
        part = np.ascontiguousarray(series[:, start : start + rows])
        for name, values in _layers(part.reshape(len(part), -1), chosen).items():
            out[name][start : start + rows] = values.reshape(part.shape[1:])
    return out


def _summaries(stage: stages.Stage, stack: Stack, names: list[str], steps: Plan) -> dict[str, Summary]:
    reader = outputs.displacement_reader(stage.path, stack.grid, stack.wavelength, stack.dates)
    found = {}
    for name in names:
        found[name] = summarize_raster(reader, outputs.stored(name), stack.grid, steps)
        reader.close()
    return found


def _numbers(
    result: Result,
    chosen: tuple[Period, ...],
    found: dict[str, Summary],
    stage: stages.Stage,
    stack: Stack,
    steps: Plan,
) -> None:
    put = result.number
    for period in chosen:
        name, words = f"velocity_{period.name}", _words(period)
        put(f"dates_{period.name}", len(period.dates), "", f"Dates {words}")
        put(name, found[name].quantile(0.5), "mm/yr", f"Median velocity {words}")
        put(f"{name}_std", found[f"{name}_std"].quantile(0.5), "mm/yr", f"Median standard deviation {words}")
    put("pixels", found[f"velocity_{chosen[-1].name}"].count, "", "Pixels with a velocity")
    speeds = [found[f"velocity_{period.name}"] for period in chosen]
    limit = round_up(
        max(float(np.quantile(np.abs(s.sample), 0.98)) if s.sample.size else 1.0 for s in speeds)
    )
    result.tables["scale"] = {"velocity_mm_yr": limit}
    if len(chosen) < 2:
        return
    change = found["difference"]
    put("difference_median", change.quantile(0.5), "mm/yr", "Median difference, after minus before")
    put("difference_p05", change.quantile(0.05), "mm/yr", "5 % of the pixels changed by less")
    put("difference_p95", change.quantile(0.95), "mm/yr", "95 % of the pixels changed by less")
    put("difference_std", found["difference_std"].quantile(0.5), "mm/yr", "Median standard deviation of it")
    slower, faster = _significant(stage, stack, steps)
    number = max(change.count, 1)
    put("significant_down", 100.0 * slower / number, "%",
        "Pixels whose velocity fell by more than two standard deviations")  # fmt: skip
    put("significant_up", 100.0 * faster / number, "%",
        "Pixels whose velocity rose by more than two standard deviations")  # fmt: skip
    size = np.abs(change.sample)
    result.tables["scale"]["difference_mm_yr"] = round_up(
        float(np.quantile(size, 0.98)) if size.size else 1.0
    )


def _significant(stage: stages.Stage, stack: Stack, steps: Plan) -> tuple[int, int]:
    """Pixels whose velocity fell, and rose, significantly."""
    reader = outputs.displacement_reader(stage.path, stack.grid, stack.wavelength, stack.dates)
    down = up = 0
    for window in steps.blocks:
        change = reader.read(outputs.stored("difference"), window)
        bound = np.float32(SIGNIFICANT) * reader.read(outputs.stored("difference_std"), window)
        down += int(np.count_nonzero(change < -bound))
        up += int(np.count_nonzero(change > bound))
    reader.close()
    return down, up


def _notes(chosen: tuple[Period, ...]) -> list[str]:
    notes = []
    for period in chosen:
        if period.years[-1] < 1.0:
            notes.append(
                f"The period {_words(period)} is shorter than a year ({period.years[-1]:.2f} years): a seasonal swing "
                "looks like a change of velocity there, and the standard deviation does not know of it."
            )
    return notes


def _words(period: Period) -> str:
    return "in the window" if period.name == "window" else f"{period.name} the event"


def _title(name: str, chosen: tuple[Period, ...]) -> str:
    spans = " / ".join(f"{p.dates[0].isoformat()} to {p.dates[-1].isoformat()}" for p in chosen)
    return f"{name.replace('_', ' ')} [mm/yr], {spans}"


def _rasters(folder: Path) -> Iterator[Path]:
    """Rasters that an earlier run may have left."""
    for name in ("window", "before", "after"):
        yield from (folder / f"velocity_{name}.tif", folder / f"velocity_{name}_std.tif")
    yield from (folder / "difference.tif", folder / "difference_std.tif", folder / POINTS_FILE)
