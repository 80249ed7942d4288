"""The kernels of the dissolution kinetics on the pixels of a scene, funnel by funnel."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..monitor import Monitor
from ..stack import Stack
from .datetable import read_series
from .estimate_gauge import common_gauge, gauges_of, sharing, without
from .estimate_params import FIXED, FREE, OWN, SCALED, WskEstimateParams
from .estimate_result import Fitted, Group, residual_statistics
from .estimate_scene import Scene
from .kinetics import PRESETS, Geology
from .wsk_facts import reach_text
from .wsk_gauge import Gauge
from .wsk_groups import Groups, estimate_groups
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
    bounds = Bounds(diffusion_high=params.max_d, cx_high=params.max_cx, height=params.max_dh)
    if params.bounds == FREE:
        bounds = FREE_BOUNDS
    options = Options(
        u_model=model, gauge=common_gauge(params), bounds=bounds, form=params.form, scale_bounds=params.bounds == SCALED
    )
    options.validate(geology_of(params))
    return options


def record_of(stack: Stack, bperp: Float64) -> Record:
    """Dates and pairs as positions."""
    position = {day: number for number, day in enumerate(stack.dates)}
    pairs = np.array([(position[p.date1], position[p.date2]) for p in stack.kept], np.intp)
    return Record(stack.dates, pairs, bperp)


def fit_all(params: WskEstimateParams, scene: Scene, monitor: Monitor) -> tuple[Scene, Fitted]:
    """Fit every funnel with a u of its own and put the pixels together again.

    The scene that comes back has the pixels that were estimated: those of funnels that tell nothing are left out and
    named. When no funnel can be estimated, the reason of the largest is raised.
    """
    options = options_of(params)
    problem = Problem(
        record_of(scene.stack, scene.bperp), scene.phase, geology_of(params), scene.stack.wavelength,
        scene.incidence, scene.slant_range, scene.weight,
    )  # fmt: skip
    numbers = [int(number) for number in np.unique(scene.labels)]
    gauges = gauges_of(params, numbers, problem.geology, options.u_model)
    return _together(params, scene, problem, estimate_groups(problem, scene.labels, options, gauges, monitor), gauges)


def _together(
    params: WskEstimateParams, scene: Scene, problem: Problem, estimates: Groups, gauges: dict[int, Gauge]
) -> tuple[Scene, Fitted]:  # fmt: skip
    found = {number: estimate for number, (_, estimate) in estimates.found.items()}
    known = np.zeros(len(scene.index), bool)
    for members, estimate in estimates.found.values():
        known[members] = np.isfinite(estimate.diffusion)
    if not known.all():
        scene, problem = scene.part(np.flatnonzero(known)), problem.part(np.flatnonzero(known))
    shape = (len(scene.stack.dates), len(scene.index))
    maps = {
        name: np.full(shape[1], np.nan)
        for name in ("diffusion", "diffusion_std", "height", "height_std", "correlation")
    }
    subsidence, subsidence_std = np.full(shape, np.nan), np.full(shape, np.nan)
    residual = np.full(scene.phase.shape, np.nan)
    groups = []
    for number, whole in found.items():
        members = np.flatnonzero(scene.labels == number)
        estimate = whole.known()
        for name, values in maps.items():
            values[members] = getattr(estimate, name)
        subsidence[:, members], subsidence_std[:, members] = estimate.subsidence()
        residual[:, members] = estimate.residuals(problem.part(members))
        groups.append(_group(estimate, number, members, _published(params, estimate)))
    rms, coherence, per_pair, overall = residual_statistics(residual)
    warnings = [sharing(params, found), without(params, {number: gauges[number] for number in found})]
    warnings += [one.text() for one in estimates.weak]
    warnings += _warnings(params, groups)
    return scene, Fitted(
        tuple(groups), estimates.weak, problem.geology.cs, problem.geology.delta, maps["diffusion"],
        maps["diffusion_std"], maps["height"], maps["height_std"], maps["correlation"], subsidence, subsidence_std,
        residual, rms, coherence, per_pair, overall, tuple(text for text in warnings if text),
    )  # fmt: skip


def _published(params: WskEstimateParams, found: Estimate) -> tuple[str, ...]:
    """How the published bound of D compares with the data, where it was not the one in force."""
    if params.bounds == FIXED or not found.model.physical:
        return ()
    published = Bounds()
    beyond = int(np.count_nonzero(found.unbounded > published.diffusion_high))
    reach = reach_text(found.model.geology, published, found.model.basis, found.model.mean_u)
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
        found.brief,
        found.gauge,
        found.model.physical,
        found.noise,
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


def _warnings(params: WskEstimateParams, groups: list[Group]) -> list[str]:
    """What the user must not miss; the facts of each funnel are in the report."""
    texts = []
    if not any(group.physical for group in groups):
        texts.append(groups[0].gauge)
    for group in groups:
        high = params.bounds == FIXED and (group.bounds["max_d_m2_s"] or math.inf) <= group.largest_diffusion
        if high or group.height_on_bound:
            name = f"Funnel {group.funnel}: " if len(groups) > 1 else ""
            texts.extend(f"{name}{fact}" for fact in group.facts if "data ask for more" in fact)
    return texts


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
