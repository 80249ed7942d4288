"""The dissolution kinetics of a stack from beginning to end: read, fit each funnel, write a displacement folder.

    result = run_wskestimate(WskEstimateParams(input="network", output="wsk", record_cx=36.2))

Beside the displacement folder (docs/displacement.md) it leaves D, dH and their standard deviations, the funnel of each
pixel, and `wsk.json`, from which `predict_job` continues.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from .. import atomic, finished, manifest
from ..blocks import Compute
from ..errors import InputError
from ..monitor import Monitor
from ..result import Result
from ..stack import Stack
from ..timeseries import outputs, selection
from ..timeseries.reference_record import middle
from ..timeseries.summary import round_up
from ..units import MM_PER_M, years_between
from ..version import VERSION
from . import model_folder, publish, residuals, wsk_document
from .estimate_fit import fit_all
from .estimate_params import WskEstimateParams
from .estimate_result import Fitted
from .estimate_scene import Scene, open_scene, stack_of
from .model_folder import Layer, Modelled

ALGORITHM = "wskestimate"
LAYERS = ("D", "D_std", "dH", "dH_std", "D_dH_correlation", "funnel", "temporal_coherence", "residual_rms")


def run_wskestimate(
    params: WskEstimateParams, monitor: Monitor | None = None, compute: Compute | None = None
) -> Result:
    """Fit the kinetics; a folder that an equal run has finished (same parameters and inputs) is kept as it is."""
    monitor, compute = monitor or Monitor(), compute or Compute()
    params.validate()
    compute.validate()
    monitor.step(0.0)
    stack = _shortened(stack_of(params), params.first_dates)
    mark = _fingerprint(params, stack)
    folder = Path(params.output).expanduser().absolute()
    kept = finished.kept(folder, mark, monitor)
    if kept is not None:
        return kept
    names = [residuals.file_of(pair) for pair in stack.kept] if params.residuals else []
    outputs.refuse_locked(folder, [*model_folder.file_names(stack.dates, LAYERS), *names])
    scene = open_scene(params, stack, compute, monitor.part(0.0, 0.3))
    for text in scene.notes:
        monitor.warn(text)
    monitor.info(
        f"{len(scene.index):,} pixels, {len(scene.stack.dates)} dates, {len(scene.stack.kept)} interferograms."
    )
    scene, fitted = fit_all(params, scene, monitor.part(0.3, 0.7))
    _log_limits(fitted, monitor)
    made = _modelled(scene, fitted)
    with outputs.staging(folder) as stage:
        result = _write(stage, params, scene, fitted, made, mark, monitor.part(0.7, 1.0))
    model_folder.remove_stale(folder, made.dates)
    residuals.remove_stale(folder, scene.stack.kept if params.residuals else ())
    monitor.progress(1.0)
    return result


def _log_limits(fitted: Fitted, monitor: Monitor) -> None:
    """What the model cannot tell by itself, with the numbers of this run; the report has the long form."""
    for group in fitted.groups:
        name = f"Funnel {group.funnel}, " if len(fitted.groups) > 1 else ""
        for line in (*group.brief, group.noise.text()):
            monitor.info(f"{name}{line[0].lower()}{line[1:]}" if name else line)


def _shortened(stack: Stack, first_dates: int) -> Stack:
    """The stack of the first so many dates."""
    if not first_dates:
        return stack
    if first_dates > len(stack.dates):
        raise InputError("FIRST_DATES", first_dates, f"at most {len(stack.dates)}, the dates of the stack")
    return selection.within(stack, None, stack.dates[first_dates - 1])


def _fingerprint(params: WskEstimateParams, stack: Stack) -> str:
    items = [item for pair in stack.kept for item in pair.items.values()] + list(stack.geometry.values())
    files = [Path(file) for file in (params.temperatures,) if str(file)]
    if params.mask is not None and isinstance(params.mask, (str, Path)):
        files.append(Path(params.mask))
    folder = Path(params.input).expanduser().absolute()
    return finished.fingerprint(ALGORITHM, publish.described(params), folder, stack, items, files)


def _modelled(scene: Scene, fitted: Fitted) -> Modelled:
    layers = (
        Layer("D", fitted.diffusion, "m2/s", "Diffusion coefficient"),
        Layer("D_std", fitted.diffusion_std, "m2/s", "Standard deviation of the diffusion coefficient"),
        Layer("dH", fitted.height, "m", "Error of the elevation model"),
        Layer("dH_std", fitted.height_std, "m", "Standard deviation of the elevation error"),
        Layer("D_dH_correlation", fitted.correlation, "", "Correlation of the errors of D and dH"),
        Layer("funnel", scene.labels.astype(np.float64), "", "Number of the funnel"),
        Layer("temporal_coherence", fitted.temporal_coherence, "", "Agreement of the phases with the model, 0 to 1"),
        Layer("residual_rms", fitted.residual_rms, "rad", "Root mean square of the residual phases"),
    )
    single = np.float32
    attributes: dict[str, Any] = {
        "coherence": fitted.temporal_coherence.astype(single),
        "height_error": fitted.height.astype(single),
        "diffusion": fitted.diffusion.astype(single),
        "diffusion_std": fitted.diffusion_std.astype(single),
        "funnel": scene.labels.astype(np.int64),
    }
    dates = scene.stack.dates
    return Modelled(
        scene.folder, scene.stack, scene.index, dates, dates[0], fitted.subsidence, fitted.subsidence_std,
        fitted.temporal_coherence, layers, attributes,
    )  # fmt: skip


def _write(
    stage: outputs.Stage,
    params: WskEstimateParams,
    scene: Scene,
    fitted: Fitted,
    made: Modelled,
    mark: str,
    monitor: Monitor,
) -> Result:
    result = Result(ALGORITHM, stage.path)
    result.warnings.extend(scene.notes)
    result.warnings.extend(fitted.warnings)
    for text in fitted.warnings:
        monitor.warn(text)
    _numbers(result, scene, fitted)
    _tables(result, scene, fitted)
    title = "Subsidence by kinetics [mm]"
    result.files.update(model_folder.write_folder(stage.path, made, title, monitor.part(0.0, 0.6)))
    if params.residuals:
        residuals.write(stage.path, scene.stack.kept, fitted.residual, made, monitor.part(0.6, 0.9))
    result.files["model"] = stage.path / wsk_document.NAME
    atomic.write_json(result.files["model"], wsk_document.document(params, scene, fitted))
    from .estimate_report import write_report

    result.files["report"] = write_report(stage.path / "report.html", params, scene, fitted, made, result)
    monitor.step(0.95)
    described = publish.described(params)
    stack = model_folder.folder_stack(made, ALGORITHM, VERSION, described)
    manifest.save(stage.path, _with_reference(stack, scene))
    result.files["stack"] = stage.path / manifest.NAME
    finished.seal(result, mark, stage.path)
    result.write(described, VERSION)
    return stage.published(result)


def _with_reference(stack: Stack, scene: Scene) -> Stack:
    reference = scene.reference
    areas = []
    for area, weight in zip(reference.areas, reference.weights):
        x, y = middle(scene.stack, area)
        areas.append({"name": area.name, "x": x, "y": y, "pixels": len(area.rows), "weight": float(weight)})
    return replace(
        stack, reference={"automatic": reference.automatic, "statistic": "median", "areas": areas}
    )


def _numbers(result: Result, scene: Scene, fitted: Fitted) -> None:
    put = result.number
    dates = scene.stack.dates
    deepest = int(np.argmax(fitted.subsidence[-1]))
    put("pixels", len(scene.index), "", "Pixels estimated")
    put("dates", len(dates), "", "Dates")
    put("pairs", len(scene.stack.kept), "", "Interferograms used")
    put("funnels", len(fitted.groups), "", "Groups of pixels with a concentration of their own")
    put("funnels_left_out", len(fitted.weak), "", "Funnels that could not be estimated")
    put("span", years_between(dates[0], dates[-1]), "yr", "Time span")
    put("largest_subsidence", float(MM_PER_M * fitted.subsidence[-1, deepest]), "mm",
        "Largest subsidence at the last date")  # fmt: skip
    put("largest_subsidence_std", float(MM_PER_M * fitted.subsidence_std[-1, deepest]), "mm",
        "Its standard deviation")  # fmt: skip
    put("diffusion_max", float(fitted.diffusion.max()), "m2/s", "Largest D")
    put("diffusion_median", float(np.median(fitted.diffusion)), "m2/s", "Median D")
    put("diffusion_std", float(np.nanmedian(fitted.diffusion_std)), "m2/s", "Median standard deviation of D")
    put("height_std", float(np.nanmedian(fitted.height_std)), "m", "Median standard deviation of dH")
    days = np.diff([day.toordinal() for day in dates])
    gauged = [group for group in fitted.groups if group.physical]
    means = [float(np.average(group.u, weights=days)) for group in gauged]
    mean_u = float(np.average(means, weights=[len(group.members) for group in gauged])) if gauged else None
    put("mean_u", mean_u, "", "Mean undersaturation over the record, of funnels with a gauge")
    put("mean_cx", None if mean_u is None else fitted.cs * (1.0 - mean_u), "g/100 g",
        "Mean concentration Cx over the record, of funnels with a gauge")  # fmt: skip
    put("residual_std", fitted.overall, "rad", "Standard deviation of the residual phase")
    put("pixels_on_bound", fitted.on_bound, "", "Pixels with D or dH on an upper bound")
    put("pixels_uplift", fitted.uplift, "", "Pixels whose unbounded D is negative")
    put("kkt", max(group.kkt for group in fitted.groups), "", "Largest scaled KKT residual")
    put("iterations", max(group.iterations for group in fitted.groups), "", "Iterations of the solver")
    put("reference_pixels", scene.reference.pixels, "", "Pixels in the reference areas")


def _tables(result: Result, scene: Scene, fitted: Fitted) -> None:
    names = [pair.name for pair in scene.stack.kept]
    result.tables["residual_std_per_pair_rad"] = {n: _known(v) for n, v in zip(names, fitted.pair_std)}
    result.tables["pixels"] = [{"rule": rule, "pixels": count} for rule, count in scene.counts]
    result.tables["funnels"] = [group.summary() for group in fitted.groups]
    result.tables["funnels_left_out"] = [asdict(one) for one in fitted.weak]
    speed = np.abs(fitted.subsidence[-1]) * MM_PER_M / years_between(scene.stack.dates[0], scene.stack.dates[-1])
    result.tables["scale"] = {"velocity_mm_yr": round_up(float(np.quantile(speed, 0.99)))}


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
