"""The kernels of the dissolution kinetics on the pixels of a scene, funnel by funnel."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..monitor import Monitor
from ..stack import Stack
from .datetable import read_series
from .estimate_params import FIXED, FREE, OWN, SCALED, WskEstimateParams
from .estimate_result import Fitted, Group, residual_statistics
from .estimate_scene import Scene
from .kinetics import PRESETS, Geology
from .wsk_estimate import estimate_wsk
from .wsk_facts import reach_text
from .wsk_gauge import MEAN_CX, SOLUBILITY, Gauge
from .wsk_model import Problem, Record
from .wsk_options import FREE_BOUNDS, Bounds, Options
from .wsk_result import Estimate
from .wsk_time import TEMPERATURE, UModel

Float64 = NDArray[np.float64]

TEMPERATURE_NAMES = ("temperature", "temperature_c", "celsius", "t")


def geology_of(params: WskEstimateParams) -> Geology:
    """The preset, or the user's own constants."""
    geology = Geology(params.cs, params.delta) if params.preset == OWN else PRESETS[params.preset]
    geology.validate()
    return geology


def options_of(params: WskEstimateParams) -> Options:
    """Model of u, gauge and bounds as the kernels take them."""
    model = UModel(params.u_model)
    if params.u_model == TEMPERATURE:
        series = read_series(params.temperatures, "TEMPERATURES", TEMPERATURE_NAMES)
        model = UModel(TEMPERATURE, days=series.dates, celsius=tuple(float(v) for v in series.values))
    gauge = Gauge()
    if params.brine_temperature is not None:
        gauge = Gauge(SOLUBILITY, params.brine_temperature)
    elif params.record_cx is not None:
        gauge = Gauge(MEAN_CX, params.record_cx)
    bounds = Bounds(diffusion_high=params.max_d, cx_high=params.max_cx, height=params.max_dh)
    if params.bounds == FREE:
        bounds = FREE_BOUNDS
    options = Options(
        u_model=model, gauge=gauge, bounds=bounds, form=params.form, scale_bounds=params.bounds == SCALED
    )
    options.validate(geology_of(params))
    return options


def record_of(stack: Stack, bperp: Float64) -> Record:
    """Dates and pairs as positions."""
    position = {day: number for number, day in enumerate(stack.dates)}
    pairs = np.array([(position[p.date1], position[p.date2]) for p in stack.kept], np.intp)
    return Record(stack.dates, pairs, bperp)


def fit_all(params: WskEstimateParams, scene: Scene, monitor: Monitor) -> Fitted:
    """Fit every funnel with a u of its own and put the pixels together again."""
    options = options_of(params)
    problem = Problem(
        record_of(scene.stack, scene.bperp), scene.phase, geology_of(params), scene.stack.wavelength,
        scene.incidence, scene.slant_range, scene.weight,
    )  # fmt: skip
    numbers = np.unique(scene.labels)
    shape = (len(scene.stack.dates), len(scene.index))
    maps = {name: np.full(shape[1], np.nan) for name in ("diffusion", "diffusion_std", "height", "height_std")}
    subsidence, subsidence_std = np.full(shape, np.nan), np.full(shape, np.nan)
    residual = np.full(scene.phase.shape, np.nan)
    groups: list[Group] = []
    for done, number in enumerate(numbers):
        monitor.step(done / len(numbers))
        members = np.flatnonzero(scene.labels == number)
        part = problem if len(members) == shape[1] else problem.part(members)
        found = _estimate(part, options, int(number), scene.funnels is not None, monitor)
        for name, values in maps.items():
            values[members] = getattr(found, name)
        subsidence[:, members], subsidence_std[:, members] = found.subsidence()
        residual[:, members] = found.residuals(part)
        groups.append(_group(found, int(number), members, _published(params, options, found, part)))
    rms, coherence, per_pair, overall = residual_statistics(residual)
    return Fitted(
        tuple(groups), problem.geology.cs, problem.geology.delta, options.gauge.physical(options.u_model),
        maps["diffusion"], maps["diffusion_std"], maps["height"], maps["height_std"], subsidence, subsidence_std,
        rms, coherence, per_pair, overall, _warnings(params, groups, options),
    )  # fmt: skip


def _estimate(part: Problem, options: Options, number: int, named: bool, monitor: Monitor) -> Estimate:
    try:
        return estimate_wsk(part, options, monitor.check)
    except InputError as error:
        if not named:
            raise
        raise InputError(f"Funnel {number}: {error.field}", error.value, error.allowed, error.remedy) from error


def _published(params: WskEstimateParams, options: Options, found: Estimate, part: Problem) -> tuple[str, ...]:
    """How the published bound of D compares with the data, where it was not the one in force."""
    if params.bounds == FIXED or not options.gauge.physical(options.u_model):
        return ()
    published = Bounds()
    beyond = int(np.count_nonzero(found.unbounded > published.diffusion_high))
    reach = reach_text(part.geology, published, found.model.basis, found.model.mean_u)
    asking = f"{beyond:,} of {len(found.unbounded):,} pixels ask for more."
    return (f"The published bound, for comparison: {reach} {asking}",)


def _group(found: Estimate, number: int, members: NDArray[np.intp], more: tuple[str, ...]) -> Group:
    limits = found.bounds
    return Group(
        number,
        members,
        found.u,
        found.u_std,
        {**found.model.to_dict(), "seasonal": found.model.seasonal(), "sigma_rad": found.sigma},
        (*found.messages, *more),
        found.gauge,
        "closed form" if found.closed_form else f"alternating, {found.optimum} optimum",
        found.iterations,
        float(found.kkt),
        found.on_high,
        found.on_height,
        int(np.count_nonzero(found.unbounded < 0)),
        float(np.nanmax(found.diffusion)),
        {
            "max_d_m2_s": _finite(limits.diffusion_high),
            "max_cx": _finite(limits.cx_high),
            "max_dh_m": _finite(limits.height),
        },
    )


def _warnings(params: WskEstimateParams, groups: list[Group], options: Options) -> tuple[str, ...]:
    """What the user must not miss; the facts of each funnel are in the report."""
    texts = []
    if not options.gauge.physical(options.u_model):
        texts.append(groups[0].gauge)
    for group in groups:
        high = params.bounds == FIXED and (group.bounds["max_d_m2_s"] or math.inf) <= group.largest_diffusion
        if high or group.height_on_bound:
            name = f"Funnel {group.funnel}: " if len(groups) > 1 else ""
            texts.extend(f"{name}{fact}" for fact in group.facts if "data ask for more" in fact)
    return tuple(texts)


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
