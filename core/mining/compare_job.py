"""The comparison of models from beginning to end: read once, fit each, score, write.

result = run_comparemodels(CompareParams(input="network", output="comparison", fit_end="2017-02-10"))
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .. import crs as coordinates
from .. import finished, los
from ..blocks import Compute
from ..errors import InputError
from ..monitor import Monitor
from ..publishing import publishing
from ..raster import StackReader, whole
from ..result import Result
from ..stack import Stack
from ..timeseries import selection
from ..version import VERSION
from . import compare_levelling, publish
from .compare_fit import fit_models
from .compare_levelling import Benchmarks
from .compare_models import WSK, PhaseData, fit_sbas
from .compare_params import CompareParams
from .compare_pim import PimOptions
from .compare_scores import Outcome, Prediction, outcome, prediction
from .compare_tables import add_numbers, add_tables
from .compare_wsk import fit_wsk
from .estimate_scene import Scene, open_scene, stack_of
from .pim_input import metric_system
from .pim_panels import read_panels
from .pim_parameters import parse_bounds, parse_fixed, parse_starts
from .subsidence import SubsidenceSeries, open_series, row_areas

ALGORITHM = "comparemodels"
LEAST_FITTED = 4  # dates

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Comparison:
    """All that was found, for tables, figures and report.

    fitted : phases that the models saw. days : predicted dates that are scored. truth (days, P) :
    measured apparent S [m] there; source : what it is. marks : levelling, if any.
    """

    stack: Stack
    fitted: PhaseData
    outcomes: tuple[Outcome, ...]
    days: tuple[date, ...]
    truth: Float64
    source: str
    predicted: tuple[Prediction, ...]
    marks: Benchmarks | None
    index: NDArray[np.intp]

    def of(self, model: str) -> Outcome:
        """The outcome of a model."""
        return next(entry for entry in self.outcomes if entry.fit.model == model)


def run_comparemodels(
    params: CompareParams, monitor: Monitor | None = None, compute: Compute | None = None
) -> Result:
    """Write the tables as CSV, the figures, report.html and result.json.

    A folder that holds the result of the same parameters and inputs is left as it is. Everything is computed before
    the first file is replaced; result.json is the last one.
    """
    monitor, compute = monitor or Monitor(), compute or Compute()
    params.validate()
    compute.validate()
    scene_params = params.scene()
    stack = stack_of(scene_params)
    folder = Path(params.output).expanduser().absolute()
    key = _fingerprint(params, stack)
    earlier = publish.finished(folder, key, monitor)
    if earlier is not None:
        return earlier
    end = _fit_end(params, stack)
    series = open_series(params.measured, "MEASURED", 1) if str(params.measured) else None
    # Pixels and reference phases are chosen by the fitted record alone, as on the day of the forecast.
    known = stack if end == stack.dates[-1] else selection.within(stack, None, end)
    scene = open_scene(scene_params, known, compute, monitor.part(0.0, 0.15))
    notes = list(scene.notes)
    metric = metric_system(scene.stack.grid)
    data, index = phases_of(scene, metric, params.max_pixels)
    if len(index) < len(scene.index):
        notes.append(
            f"{len(index):,} of {len(scene.index):,} pixels, evenly spread, are compared (MAX_PIXELS)."
        )
    kinetics = fit_wsk(data, params.u_model, params.temperatures) if WSK in params.models else None
    if kinetics is not None and kinetics.weak:
        # What one model cannot be fitted to compares none.
        data, index = data.take(kinetics.kept), index[kinetics.kept]
        notes.extend(f"{one.text()} No model is compared there." for one in kinetics.weak)
    if series is not None:
        days, truth = _measured(series, index, stack, end)
        source = series.folder.name
    elif known is not stack:
        later = open_scene(scene_params, stack, compute, monitor.part(0.15, 0.25))
        days, truth = _free(phases_of(later, metric, len(later.index)), index, end)
        source = "SBAS of the whole stack"
    else:
        days, truth, source = (), np.empty((0, len(index))), ""
    unscored = int(np.isnan(truth).all(axis=0).sum()) if days else 0
    if unscored:
        notes.append(f"{unscored:,} of the compared pixels have no measured value after {end} and are not scored.")
    points = compare_levelling.load(params.levelling, params.levelling_csv)
    marks: Benchmarks | None = None
    if points is not None:
        size = float(np.sqrt(np.median(row_areas(scene.stack.grid))))
        marks, lost = compare_levelling.benchmarks(points, data.days[0], end, data.x, data.y, metric, size)
        notes.extend(lost)
    options = None
    if params.panels is not None:
        horizon = max([*days, end, *(marks.days if marks else ())])
        options = PimOptions(
            read_panels(params.panels, metric, params.fields),
            horizon,
            params.growth,
            params.per_panel,
            params.pim_points,
            parse_starts(params.start_values),
            parse_bounds(params.bounds),
            parse_fixed(params.fixed),
        )
    fits, lost = fit_models(data, params, kinetics.fit if kinetics else None, options, monitor.part(0.25, 0.85))
    notes.extend(lost)
    outcomes = tuple(outcome(fit, marks) for fit in fits)
    predicted = tuple(prediction(entry.fit, days, truth) for entry in outcomes if days and entry.fit.predicts)
    found = Comparison(stack, data, outcomes, days, truth, source, predicted, marks, index)
    result = Result(ALGORITHM, folder)
    for entry in outcomes:
        notes.extend(entry.fit.notes)
    result.warnings.extend(notes)
    add_tables(result, found)
    add_numbers(result, found)
    monitor.step(0.87)
    _write(result, params, found, key, monitor.part(0.87, 1.0))
    return result


def phases_of(scene: Scene, metric: str, most: int) -> tuple[PhaseData, NDArray[np.intp]]:
    """The phases of a scene in the form that models are fitted to, and the flat index of each pixel in the grid."""
    stack = scene.stack
    count = len(scene.index)
    chosen = np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.intp))
    index = scene.index[chosen]
    rows, cols = np.divmod(index, stack.grid.width)
    x, y = coordinates.pixel_centres(stack.grid, rows, cols)
    x, y = coordinates.transform(x, y, stack.grid.crs, metric)
    reader = StackReader(scene.folder, stack)
    line = np.stack([part.ravel()[index] for part in los.unit_vector(stack, reader, whole(stack.grid))])
    reader.close()
    place = {day: number for number, day in enumerate(stack.dates)}
    pairs = np.array([(place[pair.date1], place[pair.date2]) for pair in stack.kept], np.intp)
    data = PhaseData(
        stack.dates,
        pairs,
        scene.phase[:, chosen],
        stack.wavelength,
        scene.bperp,
        scene.incidence[chosen],
        scene.slant_range[chosen],
        x,
        y,
        line.astype(np.float64),
        scene.labels[chosen],
    )
    return data, index


def _fit_end(params: CompareParams, stack: Stack) -> date:
    """Last date that the models see; refused when it leaves too few dates or a network in parts."""
    asked = selection.parse_day(params.fit_end, "FIT_END")
    last = stack.dates[-1]
    if asked is None or asked >= last:
        return last
    before = [day for day in stack.dates if day <= asked]
    if len(before) < LEAST_FITTED:
        raise InputError(
            "FIT_END",
            params.fit_end,
            f"a date that leaves at least {LEAST_FITTED} dates of the record, which begins on {stack.dates[0]}",
        )
    shorter = selection.within(stack, None, asked)
    parts = selection.components(shorter)
    if len(parts) > 1 or shorter.dates[0] != stack.dates[0]:
        raise InputError(
            "FIT_END",
            params.fit_end,
            "a date up to which the interferograms connect all dates",
            selection.describe_split(parts),
        )
    return shorter.dates[-1]


def _free(
    measured: tuple[PhaseData, NDArray[np.intp]], index: NDArray[np.intp], end: date
) -> tuple[tuple[date, ...], Float64]:
    """Dates after `end` with S of the free inversion at the compared pixels [m], NaN where it has none."""
    data, present = measured
    days = tuple(day for day in data.used if day > end)
    truth = np.full((len(days), len(index)), np.nan)
    _, here, there = np.intersect1d(index, present, assume_unique=True, return_indices=True)
    truth[:, here] = fit_sbas(data.take(there)).apparent(days)
    return days, truth


def _measured(
    series: SubsidenceSeries, index: NDArray[np.intp], stack: Stack, end: date
) -> tuple[tuple[date, ...], Float64]:
    """Dates after `end` with a measured S of the compared pixels [m], since the first date of the stack."""
    grid = series.grid
    same = grid.shape == stack.grid.shape and np.allclose(
        grid.transform, stack.grid.transform, rtol=0, atol=1e-6
    )
    if not same or not coordinates.same(grid.crs, stack.grid.crs):
        raise InputError(
            "MEASURED", str(series.folder), "a folder on the grid of INPUT", "Make it from the same stack"
        )
    days = tuple(day for day in series.dates if day > end)
    first = stack.dates[0]
    if not days:
        raise InputError(
            "MEASURED", str(series.folder), f"dates after {end}, until which the models are fitted"
        )
    if first != series.origin and first not in series.dates:
        raise InputError(
            "MEASURED",
            f"{series.folder} (relative to {series.origin})",
            f"a folder that begins on {first} as INPUT does",
            "Make it from the same stack",
        )
    rows, cols = np.divmod(index, grid.width)
    values = series.at(rows, cols)
    place = {day: number for number, day in enumerate(series.dates)}
    truth = values[[place[day] for day in days]]
    if first in place:
        truth = truth - values[place[first]]
    return days, truth


def _fingerprint(params: CompareParams, stack: Stack) -> str:
    items = [item for pair in stack.kept for item in pair.items.values()] + list(stack.geometry.values())
    folder = Path(params.input).expanduser().absolute()
    for file in params.files():
        if not file.is_file():
            raise InputError("File", str(file), "an existing file", "Check the path")
    return finished.fingerprint(ALGORITHM, params.describe(), folder, stack, items, params.files())


def _write(result: Result, params: CompareParams, found: Comparison, key: str, monitor: Monitor) -> None:
    from ..figures import compare as figures
    from ..figures.base import to_png
    from .compare_report import write_report
    from .compare_tables import csv_files

    tables = csv_files(result)
    drawn = {"figure_residuals": figures.residual_figure(found)}
    if found.marks is not None:
        drawn["figure_levelling"] = figures.levelling_figure(found)
    if found.predicted:
        drawn["figure_deviations"] = figures.deviation_maps(found)
        drawn["figure_distribution"] = figures.deviation_histograms(found)
    names = {role: f"{role}.csv" for role in tables}
    names.update({role: f"{role[7:]}.png" for role in drawn})
    names["report"] = "report.html"
    monitor.step(0.3)
    with publishing(result, names) as parts:
        for role, text in tables.items():
            parts[role].write_text(text, encoding="utf-8", newline="")
        pictures = {role: to_png(figure) for role, figure in drawn.items()}
        for role, picture in pictures.items():
            parts[role].write_bytes(picture)
        monitor.step(0.7)
        write_report(parts["report"], result, params, found, pictures)
        result.write({**params.describe(), "fingerprint": key}, VERSION, parts["result"].name)
        monitor.step(1.0)
