"""The job `pim`: fit the probability integral method to a record, predict, and write the surveyor's layers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from .. import atomic, finished, manifest
from ..blocks import Compute
from ..errors import InputError
from ..monitor import Monitor
from ..pointfile import PointSet
from ..result import Result
from ..timeseries import outputs, qlr
from ..timeseries.selection import parse_day
from ..timeseries.summary import round_up
from ..version import VERSION
from . import isolines, pim_input, pim_outputs, pim_score
from .pim_fit import PimEstimate, fit
from .pim_input import Record, Source
from .pim_model import PimModel, times_of
from .pim_notes import add_numbers, notes
from .pim_panels import Panel, check_begun, read_panels
from .pim_parameters import COORDINATE, STATIC, parse_bounds, parse_fixed, parse_starts, unknowns
from .pim_params import PimParams
from .pim_surface import LAYERS, Task, date_file, write_surface
from .pim_volume import volume_between
from .surveyor import parse_limits

ALGORITHM = "pim"
REPORT = "report.html"
NOISE = 25.0  # F value below which there is nothing to model


@dataclass(frozen=True)
class Inputs:
    """What a run reads: the source, its panels, and levelling if given."""

    source: Source
    panels: tuple[Panel, ...]
    levelling: PointSet | None


def run_pim(params: PimParams, monitor: Monitor | None = None, compute: Compute | None = None) -> Result:
    """Write a displacement folder with the fitted and predicted motion and the mine surveyor's layers.

    Files: displacement/, velocity.tif, one folder per layer of `pim_surface.LAYERS` with the predicted dates (the
    last date of the record when nothing is predicted), isolines.gpkg, .dxf and .csv, surface.csv, pim.json,
    layers.qlr, report.html, result.json, stack.json. A finished run with the same parameters is kept.
    """
    monitor, compute = monitor or Monitor(), compute or Compute()
    params.validate()
    compute.validate()
    inputs = read_inputs(params)
    source = inputs.source
    mark = (
        finished.fingerprint(ALGORITHM, params.describe(), source.folder, source.stack, source.items, [])
        if (str(params.input))
        else finished_without_folder(params)
    )
    folder = Path(params.output).expanduser().absolute()
    kept = finished.earlier(folder, mark)
    if kept is not None:
        monitor.info(f"{folder} already holds this result; nothing was computed.")
        monitor.step(1.0)
        return kept
    days, shown = dates_of(params, source)
    outputs.refuse_locked(folder, pim_outputs.names(days, shown))
    record = read(params, inputs, monitor.part(0.0, 0.1))
    estimate = fit(model_of(params, inputs, record), record.data, monitor.part(0.1, 0.5))
    refuse_nothing(estimate)
    with outputs.staging(folder) as stage:
        result = _write(
            params, inputs, record, estimate, days, shown, mark, stage, compute, monitor.part(0.5, 1.0)
        )
    pim_outputs.remove_stale(folder, shown)
    return result


def read_inputs(params: PimParams) -> Inputs:
    """Open the record and read the panels in its metric plane."""
    levelling = None if params.levelling is None else pim_input.load_points(params.levelling)
    if str(params.input):
        source = pim_input.open_folder(params.input)
        return Inputs(source, read_panels(params.panels, source.metric, params.fields), levelling)
    if levelling is None:
        raise InputError("INPUT", "nothing", "a displacement folder, or points in LEVELLING")
    metric = pim_input.levelling_system(params.panels)
    panels = read_panels(params.panels, metric, params.fields)
    source = pim_input.open_levelling(
        levelling, params.panels, metric, pim_input.reach(panels), params.spacing
    )
    return Inputs(source, panels, levelling)


def read(params: PimParams, inputs: Inputs, monitor: Monitor) -> Record:
    """The observations of the fit."""
    last_only = params.model == STATIC and not inputs.source.phases
    if not str(params.input) and inputs.levelling is not None:
        return pim_input.levelling_record(inputs.levelling, inputs.source, last_only, params.fit_end)
    return pim_input.read_record(
        inputs.source, params.panels, inputs.panels, params.fit_end, last_only, params.max_points, monitor
    )


def model_of(params: PimParams, inputs: Inputs, record: Record) -> PimModel:
    """The model with its unknowns; b is kept where no observation sees horizontal motion."""
    panels, last = inputs.panels, record.days[-1]
    check_begun(panels, last)
    fixed = parse_fixed(params.fixed)
    if not record.horizontal or not record.data.los[:2].any():
        fixed = (*fixed, "b")
    found = unknowns(
        params.model,
        params.growth,
        any(panel.dip > 0 for panel in panels),
        params.growth == COORDINATE and any(panel.end is None for panel in panels),
        parse_starts(params.start_values),
        parse_bounds(params.bounds),
        fixed,
    )
    starts, ends = times_of(panels, params.model, inputs.source.origin, last)
    return PimModel(panels, params.model, params.growth, found, starts, ends, params.per_panel)


def dates_of(params: PimParams, source: Source) -> tuple[list[date], list[date]]:
    """All dates of the output, and those with surveyor's layers: the predicted ones, else the last of the record."""
    predicted = params.predicted(source.origin, source.dates[-1])
    days = sorted({*source.dates, *predicted})
    return days, predicted or [source.dates[-1]]


def refuse_nothing(estimate: PimEstimate) -> None:
    """Refuse a record in which no subsidence above the panels stands out of the noise."""
    if estimate.evidence < NOISE:
        factors = estimate.model.factors(estimate.values)
        raise InputError(
            "INPUT",
            f"a record of which the model explains no more than noise (largest q {float(max(factors)):.4f}, "
            f"F = {estimate.evidence:.1f})",
            "a record in which the ground above the panels sinks",
            "Check that panels and data belong together, their dates, and the reference of the record",
        )


def finished_without_folder(params: PimParams) -> str:
    """Fingerprint of a run on levelling alone."""
    import hashlib
    import json

    return hashlib.sha256(
        json.dumps([ALGORITHM, VERSION, params.describe()], sort_keys=True).encode()
    ).hexdigest()


def _write(
    params: PimParams,
    inputs: Inputs,
    record: Record,
    estimate: PimEstimate,
    days: list[date],
    shown: list[date],
    mark: str,
    stage: outputs.Stage,
    compute: Compute,
    monitor: Monitor,
) -> Result:
    source, limits = inputs.source, parse_limits(params.limits)
    atomic.check_free_space(
        stage.folder, 4 * source.grid.width * source.grid.height * (len(days) + len(LAYERS) * len(shown) + 1)
    )
    places = tuple(days.index(day) for day in shown)
    task = Task(source, estimate, source.years(days), places, limits)
    found = write_surface(stage.path, task, tuple(days), compute, monitor.part(0.0, 0.6))
    result = Result(ALGORITHM, stage.path)
    crs = params.export_crs or source.metric
    largest = found.extremes["subsidence"].value if "subsidence" in found.extremes else 0.0
    levels = isolines.levels(largest, params.isolines)
    result.files.update(pim_outputs.write_drawings(stage.path, source, found, levels, crs, shown[-1]))
    monitor.step(0.65)
    pim_outputs.write_surface_table(
        stage.path / pim_outputs.SURFACE, source, estimate, found, limits, crs, shown[-1]
    )
    result.files["surface"] = stage.path / pim_outputs.SURFACE
    first = parse_day(params.volume_from, "VOLUME_FROM") or source.origin
    last = parse_day(params.volume_to, "VOLUME_TO") or shown[-1]
    if not source.origin <= first < last:
        raise InputError(
            "VOLUME_FROM",
            f"{first} to {last}",
            f"a first date from {source.origin} on and before the last",
            "Correct them",
        )
    volume = volume_between(source, estimate, first, last, params.panels, params.gaps)
    monitor.step(0.7)
    result.tables["fit"] = pim_score.fitted_dates(estimate, record)
    result.tables["held_out"] = (
        pim_score.held_out(source, estimate, record, monitor.part(0.7, 0.75)) if str(params.input) else []
    )
    result.tables["levelling"] = (
        [] if inputs.levelling is None else pim_score.against_levelling(inputs.levelling, source, estimate)
    )
    result.tables["panels"] = pim_outputs.panel_table(estimate)
    result.tables["damage"] = [
        {"date": day.isoformat(), **{f"class_{n}_m2": float(a) for n, a in enumerate(areas)}}
        for day, areas in zip(shown, found.class_area)
    ]
    result.tables["scale"] = {
        "subsidence_mm": round_up(largest),
        "velocity_mm_yr": round_up(_rate(largest, source, shown)),
    }
    add_numbers(result, source, record, estimate, found, volume, shown)
    result.warnings.extend(notes(params, inputs.panels, record, estimate, found, source, shown))
    result.warnings.extend(volume.gaps.notes() if volume.gaps is not None else [])
    document = pim_outputs.model_document(source, estimate, days, list(record.days))
    atomic.write_json(stage.path / pim_outputs.MODEL, document)
    result.files["model"] = stage.path / pim_outputs.MODEL
    qlr.write_layers(
        stage.path / qlr.NAME, "Displacement of the PIM [mm]", source.grid, days, round_up(largest)
    )
    result.files["layers"] = stage.path / qlr.NAME
    monitor.step(0.8)
    from .pim_report import write_report

    result.files["report"] = write_report(
        stage.path / REPORT, params, source, record, estimate, found, volume, levels, days, shown, result
    )
    monitor.step(0.95)
    result.files["velocity"] = stage.path / outputs.VELOCITY.file
    for layer in LAYERS:
        result.files[layer.role] = stage.path / date_file(layer.role, shown[-1])
    described = pim_outputs.stack_of(source, days, shown).with_history(
        ALGORITHM,
        VERSION,
        params.describe(),
        {"record": source.folder.as_posix() if str(params.input) else ""},
    )
    manifest.save(stage.path, described)
    result.files["stack"] = stage.path / manifest.NAME
    finished.seal(result, mark, stage.path)
    result.write(params.describe(), VERSION)
    monitor.step(1.0)
    return stage.published(result)


def _rate(largest: float, source: Source, shown: list[date]) -> float:
    years = float(source.years(shown)[-1])
    return largest / years if years > 0 else largest
