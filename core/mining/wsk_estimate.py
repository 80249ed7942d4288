"""Estimate of D, u and dH from interferometric phases: closed form first, bounds and gaps by alternation.

estimate = estimate_wsk(Problem(...), Options(gauge=Gauge("mean_cx", 36.8)))
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Optional

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from . import wsk_alternating, wsk_closed, wsk_covariance, wsk_facts, wsk_noise, wsk_pixel
from .wsk_alternating import Limits
from .wsk_brief import brief
from .wsk_checks import require_course, require_inside, require_signal, require_sinking
from .wsk_closed import Reduced
from .wsk_data import Data, gap_weights
from .wsk_gauge import height_shift
from .wsk_model import Problem
from .wsk_noise import Network, Noise
from .wsk_options import Bounds, Options
from .wsk_pixel import Box
from .wsk_result import Estimate, FittedModel, cx_of
from .wsk_setup import Setup, box_of, feasible, gauged, height_gauge, limits_of, uncorrelated
from .wsk_time import FREE

Float64 = NDArray[np.float64]

_ANCHORS = 20  # rounds of the height gauge
_UNCORRELATED = 1e-9


def estimate_wsk(
    problem: Problem, options: Optional[Options] = None, check: Callable[[], None] = lambda: None
) -> Estimate:
    """Estimate one funnel. check : called now and then, for cancelling."""
    options = options or Options()
    problem.validate()
    options.validate(problem.geology)
    setup = Setup.of(problem, options)
    weights = problem.weights
    if weights is None or weights.ndim == 1:
        reduced = wsk_closed.reduce(problem.phase, setup.L, setup.b, weights)
        if reduced.complete:
            data = Data(
                reduced.Y, reduced.L, reduced.b, energy=float(reduced.energy.sum()),
                images=reduced.project @ setup.images,
            )  # fmt: skip
            observed = (problem.phase.shape[0] if weights is None else int(np.count_nonzero(weights))) * len(
                reduced.energy
            )
            return _solve(problem, options, setup, data, reduced, observed, True, check)
    W = gap_weights(problem.phase, weights)
    known = _solvable(W, setup, options)
    if not np.any(known):
        raise InputError(
            "Phase",
            "no pixel with enough phases",
            f"pixels with at least {options.min_observations} interferograms of differing intervals and baselines",
            "Allow more gaps, or use more interferograms",
        )
    part = problem if known.all() else problem.part(np.flatnonzero(known))
    W = W if known.all() else W[:, known]
    data = Data(np.asarray(part.phase, np.float64), setup.L, setup.b, W, images=setup.images)
    reduced = _filled(part, setup, data)
    found = _solve(part, options, setup, data, reduced, int(np.count_nonzero(W)), False, check)
    return found if known.all() else _spread_out(found, known)


def _solve(
    problem: Problem,
    options: Options,
    setup: Setup,
    data: Data,
    reduced: Reduced,
    observed: int,
    closed: bool,
    check: Callable[[], None],
) -> Estimate:
    pixels = data.weighted.shape[1]
    freedom = observed - pixels * (2 if data.estimates_height else 1) - (setup.basis.size - 1)
    if setup.fixed:
        c = setup.basis.constant(1.0)
    else:
        c = setup.scaled(wsk_closed.leading(reduced))
    scale, height_scale = problem.diffusion_scale, problem.height_scale
    if setup.free_height:
        c = uncorrelated(setup, data, c, scale, height_scale)
    if setup.basis.model.kind == FREE:
        require_course(setup.basis.cumulative(np.array(setup.basis.edges)) @ c)
    normals = data.normals(data.L @ c)
    d, h = wsk_pixel.unbounded(normals)
    offered = wsk_facts.offered_bounds(options.bounds, d / scale, h / height_scale)
    bounds = offered if options.scale_bounds else options.bounds
    box = box_of(bounds, setup, scale, height_scale)
    limits = limits_of(setup, bounds, problem, data)
    inside = bool(np.all(limits.inequalities(c)[1] <= 1e-12))
    inside &= box.holds(d, h)
    if inside and (closed or setup.fixed):
        history = (data.objective(normals, d, h),)
        kkt = wsk_alternating.solve(data, limits, box, c, 1.0, 1).kkt
        solution = wsk_alternating.Solution(c, d, h, kkt, 0, history)
    else:
        start = feasible(setup, limits, c)
        solution = _alternate(setup, options, data, limits, box, start, scale, height_scale, check)
    is_global = setup.fixed or (inside and closed)
    return _estimate(
        problem, options, setup, data, solution, bounds, offered, box, limits, freedom, is_global
    )


def _estimate(
    problem: Problem, options: Options, setup: Setup, data: Data, solution: wsk_alternating.Solution, bounds: Bounds,
    offered: Bounds, box: Box, limits: Limits, freedom: int, is_global: bool,
) -> Estimate:  # fmt: skip
    c, d, h = solution.c, solution.d, solution.h
    scale, height_scale = problem.diffusion_scale, problem.height_scale
    g = data.L @ c
    normals = data.normals(g)
    loose_d, loose_h = wsk_pixel.unbounded(normals)
    rss = max(2.0 * data.objective(normals, loose_d, loose_h), 0.0)
    remaining = math.sqrt(rss / freedom) if freedom > 0 else math.nan
    alone = normals.dd - normals.dh**2 / normals.hh  # what D has beside dH
    coefficients = setup.basis.size - int(setup.free_height)
    require_signal(float(np.sum(loose_d**2 * alone)), remaining, coefficients, len(d))
    require_sinking(loose_d, np.zeros_like(d))
    on_low, on_high = int(np.sum(d <= box.d_low)), int(np.sum(d >= box.d_high))
    on_height = int(np.sum(np.abs(h) >= box.h_high))
    sigma = remaining if options.noise is None else options.noise
    directions = gauged(setup, data).directions
    noise = _noise(problem, options, setup, data, c, directions, loose_d, loose_h)
    gauge = None
    if setup.free_height:
        gauge = height_gauge(setup, c, d, h, scale, height_scale)
    spread = wsk_covariance.covariance(data, c, d, directions, noise, gauge)
    model = FittedModel(
        setup.basis,
        problem.geology,
        c,
        spread.c,
        spread.cross,
        spread.cross_all / float(np.mean(scale)),
        setup.mean,
        setup.physical,
    )
    u, u_std = model.intervals()
    u_on_bound = int(np.sum((u <= limits.low + 1e-9) | (u >= limits.high - 1e-9)))
    diffusion, height = d / scale, h / height_scale
    diffusion_std = np.sqrt(np.maximum(spread.d, 0.0)) / scale
    require_sinking(loose_d / scale, diffusion_std)
    require_inside(problem, setup, bounds, offered, on_low + on_high, len(d))
    along = data.L @ np.linalg.lstsq(data.L, data.b, rcond=None)[0]
    found = wsk_facts.Found(
        diffusion, loose_d / scale, diffusion_std, height, on_high, on_low, on_height, u_on_bound,
        float(along @ along / max(float(data.b @ data.b), 1e-300)), not is_global, u,
    )  # fmt: skip
    messages = wsk_facts.facts(options, bounds, offered, problem.geology, setup.basis, setup.mean, found)
    if options.noise is None:
        messages.append(noise.text(setup.basis.model.kind == FREE))
    if solution.kkt > options.tolerance:
        messages.append(
            f"The solver stopped after {solution.rounds} rounds at a KKT residual of {solution.kkt:.1e} "
            f"(wanted {options.tolerance:.0e})."
        )
    return Estimate(
        model, diffusion, diffusion_std, height, np.sqrt(np.maximum(spread.h, 0.0)) / height_scale,
        spread.correlation, loose_d / scale, u, u_std, cx_of(u, problem.geology, setup.physical), sigma, noise,
        options.gauge.text(problem.geology, options.u_model), tuple(messages),
        brief(options, bounds, problem.geology, setup.basis, setup.mean, found), on_low,
        on_high, on_height, u_on_bound, solution.rounds == 0 and is_global,
        "global" if is_global else "local", solution.kkt, solution.rounds, solution.history, bounds, offered,
    )  # fmt: skip


def _noise(
    problem: Problem, options: Options, setup: Setup, data: Data, c: Float64, directions: Float64, d: Float64,
    h: Float64,
) -> Noise:  # fmt: skip
    if options.noise is not None:
        return Noise.known(options.noise)
    g = setup.L @ c
    X = np.column_stack([g, setup.b]) if data.estimates_height else g[:, None]
    weights = problem.weights if data.W is None else data.W
    network = Network(X, setup.L @ directions, setup.images)
    return wsk_noise.estimate(network, problem.phase, weights, d, h, setup.basis.model.kind == FREE)


def _alternate(
    setup: Setup, options: Options, data: Data, limits: Limits, box: Box, c: Float64, scale: Float64,
    height_scale: Float64, check: Callable[[], None],
) -> wsk_alternating.Solution:  # fmt: skip
    """Alternate; for a free u, move along the direction that the phases leave open until dH and D are uncorrelated.

    Where a bound stands in the way of that move, the direction is not open: then bounds and phases decide together.
    """
    solution = wsk_alternating.solve(data, limits, box, c, options.tolerance, options.max_iterations, check)
    rounds, history = solution.rounds, solution.history
    for _ in range(_ANCHORS if setup.free_height else 0):
        height, slope = solution.h / height_scale, solution.d / height_scale
        shift = height_shift(solution.d / scale, height, slope)
        spread = float(np.std(height))
        if spread == 0.0 or abs(shift) * float(np.std(slope)) <= _UNCORRELATED * spread:
            break
        moved = solution.c + shift * setup.absorbing()
        growth = float(setup.mean_row @ moved) / setup.mean
        moved, held = setup.scaled(moved), limits
        open_way = box.holds(solution.d * growth, solution.h - shift * solution.d)
        if not (open_way and np.all(limits.inequalities(moved)[1] <= 0.0)):
            moved, held = solution.c, replace(limits, E=setup.mean_row[None, :])
        solution = wsk_alternating.solve(
            data, held, box, moved, options.tolerance, options.max_iterations, check
        )
        rounds += solution.rounds
        history += solution.history
        if held is not limits:
            break
    return replace(solution, rounds=rounds, history=history)


def _solvable(W: Float64, setup: Setup, options: Options) -> NDArray[np.bool_]:
    """Pixels whose phases tell D from dH."""
    g = setup.L @ setup.basis.constant(1.0)
    enough = np.count_nonzero(W, axis=0) >= options.min_observations
    dd, dh, hh = np.stack([g * g, g * setup.b, setup.b**2]) @ W
    if not np.any(setup.b):
        return enough & (dd > 0)
    return np.asarray(enough & (dd * hh - dh**2 > 1e-8 * dd * hh))


def _filled(problem: Problem, setup: Setup, data: Data) -> Reduced:
    """The phases with gaps filled by a constant u, reduced with mean weights: where the alternation starts."""
    g = data.L @ setup.basis.constant(1.0)
    d, h = wsk_pixel.unbounded(data.normals(g))
    made = np.outer(g, d) + np.outer(data.b, h)
    weights = data.W
    if weights is None:
        return wsk_closed.reduce(problem.phase, setup.L, setup.b, None)
    filled = np.where(weights > 0, problem.phase, made)
    return wsk_closed.reduce(filled, setup.L, setup.b, weights.mean(axis=1))


def _spread_out(found: Estimate, known: NDArray[np.bool_]) -> Estimate:
    def full(values: Float64) -> Float64:
        out = np.full(len(known), np.nan)
        out[known] = values
        return out

    left = int(np.count_nonzero(~known))
    return replace(
        found,
        diffusion=full(found.diffusion),
        diffusion_std=full(found.diffusion_std),
        height=full(found.height),
        height_std=full(found.height_std),
        correlation=full(found.correlation),
        unbounded=full(found.unbounded),
        messages=(*found.messages, f"{left:,} pixels have too few phases and were left out."),
    )
