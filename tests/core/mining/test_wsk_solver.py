"""Closed form and alternation: the same answer where both apply, the KKT conditions where only one does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from groundline_tests import wsk
from scipy.optimize import lsq_linear, nnls

from groundline.core.errors import InputError
from groundline.core.mining import wsk_alternating, wsk_setup
from groundline.core.mining.wsk_data import Data
from groundline.core.mining.wsk_estimate import estimate_wsk
from groundline.core.mining.wsk_gauge import MEAN_CX, Gauge
from groundline.core.mining.wsk_groups import estimate_groups
from groundline.core.mining.wsk_options import FREE_BOUNDS, Bounds, Options
from groundline.core.mining.wsk_time import ABSOLUTE, FORMS, RATE, UModel

TIGHT = Bounds(diffusion_high=8e-8, height=6.0, cx_low=40.8 * 0.88, cx_high=40.8 * 0.92)
KINDS = ("harmonic", "free")


def options(mine, kind="harmonic", bounds=FREE_BOUNDS, form=RATE, **more):
    return Options(UModel(kind), Gauge(MEAN_CX, mine.mean_cx), bounds, form=form, **more)


def with_gaps(mine, share=0.15, seed=3):
    rng = np.random.default_rng(seed)
    phase = mine.problem.phase.copy()
    phase[rng.random(phase.shape) < share] = np.nan
    return replace(mine.problem, phase=phase, weights=rng.uniform(0.5, 2.0, phase.shape))


def weights_of(problem):
    known = np.isfinite(problem.phase)
    if problem.weights is None:
        return known.astype(float)
    weights = problem.weights if problem.weights.ndim == 2 else problem.weights[:, None]
    return np.where(known, weights, 0.0)


def sum_of_squares(problem, found):
    return float(np.nansum(weights_of(problem) * found.residuals(problem) ** 2))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", KINDS)
def test_without_noise_everything_comes_back(kind, form):
    mine = wsk.mine(kind=kind, form=form, noise=0.0)
    if kind == "free":  # its gauge is that dH has nothing to do with D
        lean = np.polyfit(mine.diffusion, mine.height, 1)
        mine.problem.phase[:] -= np.outer(
            mine.problem.baseline, (np.polyval(lean, mine.diffusion) - lean[1]) * mine.problem.height_scale
        )
        mine.height -= np.polyval(lean, mine.diffusion) - lean[1]
    found = estimate_wsk(mine.problem, options(mine, kind, form=form))
    np.testing.assert_allclose(found.diffusion, mine.diffusion, rtol=1e-8)
    np.testing.assert_allclose(found.height, mine.height, atol=1e-7)
    np.testing.assert_allclose(found.u, mine.u, atol=1e-9)
    assert found.closed_form and found.optimum == "global" and found.iterations == 0


@pytest.mark.parametrize("weights", ["one", "per interferogram"])
@pytest.mark.parametrize("kind", KINDS)
def test_alternation_reaches_the_closed_form_from_a_constant_u(kind, weights):
    mine = wsk.mine(kind=kind, noise=0.3)
    rng = np.random.default_rng(1)
    w = None if weights == "one" else rng.uniform(0.2, 4.0, mine.problem.phase.shape[0])
    problem = replace(mine.problem, weights=w)
    closed = estimate_wsk(problem, options(mine, kind))
    assert closed.closed_form
    setup = wsk_setup.Setup.of(problem, options(mine, kind))
    full = (
        np.ones(problem.phase.shape) if w is None else np.repeat(w[:, None], problem.phase.shape[1], axis=1)
    )
    data = Data(problem.phase, setup.L, setup.b, full)
    limits = wsk_setup.limits_of(setup, FREE_BOUNDS, problem, data)
    box = wsk_setup.box_of(FREE_BOUNDS, setup, problem.diffusion_scale, problem.height_scale)
    found = wsk_alternating.solve(data, limits, box, setup.basis.constant(setup.mean), 1e-12, 500)
    assert found.history[0] > 1.01 * closed.history[-1]  # it had some way to go
    assert found.history[-1] == pytest.approx(closed.history[-1], rel=1e-10)
    if kind == "harmonic":
        np.testing.assert_allclose(found.c, closed.coefficients, atol=1e-9)
        np.testing.assert_allclose(found.d / problem.diffusion_scale, closed.diffusion, rtol=1e-7, atol=1e-16)


@pytest.mark.parametrize("kind", KINDS)
def test_weights_per_pixel_that_are_all_equal_change_nothing(kind):
    mine = wsk.mine(kind=kind, noise=0.3)
    plain = estimate_wsk(mine.problem, options(mine, kind))
    weighted = estimate_wsk(
        replace(mine.problem, weights=np.full(mine.problem.phase.shape, 2.5)), options(mine, kind)
    )
    np.testing.assert_allclose(weighted.diffusion, plain.diffusion, rtol=1e-7)
    np.testing.assert_allclose(weighted.height, plain.height, atol=1e-6)
    np.testing.assert_allclose(weighted.diffusion_std, plain.diffusion_std, rtol=1e-6)
    np.testing.assert_allclose(weighted.u_std, plain.u_std, rtol=1e-6)
    assert weighted.optimum == "local" and plain.optimum == "global"


@pytest.mark.parametrize("gaps", [False, True], ids=["complete", "gaps and weights per pixel"])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", KINDS)
def test_bounds_are_met_and_the_conditions_hold(kind, form, gaps):
    """The KKT residual is computed here from the phases alone, each variable scaled by its bound."""
    mine = wsk.mine(kind=kind, form=form)
    problem = with_gaps(mine) if gaps else mine.problem
    found = estimate_wsk(problem, options(mine, kind, TIGHT, form))
    assert found.kkt < 1e-8
    assert found.on_high > 0 and found.on_height > 0 and found.u_on_bound > 0
    assert np.all((found.diffusion >= 0) & (found.diffusion <= TIGHT.diffusion_high * (1 + 1e-12)))
    assert np.all(np.abs(found.height) <= TIGHT.height * (1 + 1e-12))
    assert found.u.min() >= 0.08 - 1e-9 and found.u.max() <= 0.12 + 1e-9
    assert independent_kkt(problem, found, TIGHT) < 1e-8


@pytest.mark.parametrize("gaps", [False, True], ids=["complete", "gaps and weights per pixel"])
def test_each_block_agrees_with_lsq_linear_to_a_millionth_of_its_bounds(gaps):
    """At the solution u is the bounded optimum for its D and dH, and they are for it, by another solver."""
    mine = wsk.mine(kind="free", pixels=25)
    problem = with_gaps(mine) if gaps else mine.problem
    found = estimate_wsk(problem, options(mine, "free", TIGHT))
    assert found.on_high > 0 and found.on_height > 0 and found.u_on_bound > 0
    root, phase = np.sqrt(weights_of(problem)), np.nan_to_num(problem.phase)
    design, low, high = problem.record.design(found.basis), *TIGHT.u_limits(problem.geology)
    d = found.diffusion * problem.diffusion_scale
    rest = phase - np.outer(problem.baseline, found.height * problem.height_scale)
    rows = (root * d)[:, :, None] * design[:, None, :]
    mean = 1e7 * found.basis.mean_row()  # the gauge as an observation without error
    matrix = np.vstack([rows.reshape(-1, design.shape[1]), mean])
    right = np.append((root * rest).ravel(), mean @ found.coefficients)
    u = lsq_linear(matrix, right, (low, high), method="bvls", tol=1e-15).x
    np.testing.assert_allclose(found.u / high, u / high, atol=1e-6)
    g = design @ found.coefficients
    for p in range(25):
        columns = [
            g * problem.diffusion_scale * TIGHT.diffusion_high,
            problem.baseline * problem.height_scale * TIGHT.height,
        ]
        matrix = root[:, p, None] * np.column_stack(columns)
        x = lsq_linear(matrix, root[:, p] * phase[:, p], ([0, -1], [1, 1]), method="bvls", tol=1e-15).x
        assert found.diffusion[p] / TIGHT.diffusion_high == pytest.approx(x[0], abs=1e-6)
        assert found.height[p] / TIGHT.height == pytest.approx(x[1], abs=1e-6)


def independent_kkt(problem, found, bounds):
    """Largest scaled gradient that no multiplier of a bound or gauge explains, over the gradient at zero."""
    weights = weights_of(problem)
    residual = np.nan_to_num(weights * found.residuals(problem))
    data = np.nan_to_num(weights * problem.phase)
    design = problem.record.design(found.basis)
    g = design @ found.coefficients
    worst = 0.0
    for column, x, low, high, scale in (
        (g, found.diffusion, 0.0, bounds.diffusion_high, problem.diffusion_scale * bounds.diffusion_high),
        (problem.baseline, found.height, -bounds.height, bounds.height, problem.height_scale * bounds.height),
    ):
        gradient = -(column @ residual) * scale
        zero = np.abs(column @ data * scale).max()
        width = high - low
        gradient = np.where(
            x <= low + 1e-12 * width,
            np.maximum(-gradient, 0),
            np.abs(gradient) * np.where(x >= high - 1e-12 * width, gradient > 0, 1),
        )
        worst = max(worst, float(gradient.max() / zero))
    d = found.diffusion * problem.diffusion_scale
    gradient = -(design.T @ (residual @ d))
    zero = np.abs(design.T @ (data @ d)).max()
    low, high = bounds.u_limits(problem.geology)
    rows = found.basis.intervals()
    normals = [row for row, u in zip(rows, found.u) if u < low + 1e-8]
    normals += [-row for row, u in zip(rows, found.u) if u > high - 1e-8]
    # Only the known mean of u holds it beside the bounds; the height's direction must be stationary by itself.
    columns = np.array([*normals, found.basis.mean_row(), -found.basis.mean_row()]).T
    size = np.linalg.norm(columns, axis=0)
    left = nnls(columns / size, gradient / zero)[1]
    return max(worst, float(left))


@pytest.mark.parametrize("kind", KINDS)
def test_gaps_and_weights_never_go_uphill(kind):
    mine = wsk.mine(kind=kind, noise=0.5)
    for bounds in (FREE_BOUNDS, TIGHT):
        found = estimate_wsk(with_gaps(mine, 0.3), options(mine, kind, bounds))
        steps = np.diff(found.history)
        assert len(steps) >= 1
        assert np.all(steps <= 1e-12 * found.history[0])


def test_gaps_leave_the_answer_within_its_uncertainty():
    mine = wsk.mine(noise=0.2, pixels=60)
    found = estimate_wsk(with_gaps(mine, 0.3), options(mine))
    z = (found.diffusion - mine.diffusion) / found.diffusion_std
    assert 0.7 < np.sqrt(np.mean(z**2)) < 1.3


def test_no_neighbour_is_better():
    """Random small steps that keep bounds and gauge never lower the sum of squares of the bounded answer."""
    mine = wsk.mine()
    setting = options(mine, bounds=TIGHT)
    found = estimate_wsk(mine.problem, setting)
    best = sum_of_squares(mine.problem, found)
    rng = np.random.default_rng(0)
    mean_row, rows = found.basis.mean_row(), found.basis.intervals()
    tried = 0
    for _ in range(400):
        c = found.coefficients + rng.normal(0, 10 ** rng.uniform(-5, -2), 3)
        c[0] += (mean_row @ (found.coefficients - c)) / mean_row[0]
        u = rows @ c
        if u.min() < 0.08 or u.max() > 0.12:
            continue
        tried += 1
        size = 10 ** rng.uniform(-5, -2)
        d = np.clip(found.diffusion + rng.normal(0, size * 8e-8, 40), 0, 8e-8)
        h = np.clip(found.height + rng.normal(0, size * 6, 40), -6, 6)
        model = replace(found.model, coefficients=c)
        assert sum_of_squares(mine.problem, replace(found, model=model, diffusion=d, height=h)) >= best - 1e-9
    assert tried > 30


def test_a_bound_on_one_pixel_changes_u_of_all():
    mine = wsk.mine(noise=0.3)
    free = estimate_wsk(mine.problem, options(mine))
    limit = Bounds(diffusion_high=float(np.sort(free.diffusion)[-2]) * 1.0001, height=100.0)
    found = estimate_wsk(mine.problem, options(mine, bounds=limit))
    assert found.on_high == 1
    assert np.abs(found.u - free.u).max() > 1e-7
    inside = found.diffusion < limit.diffusion_high
    assert not np.array_equal(found.diffusion[inside], free.diffusion[inside])


def test_each_funnel_has_a_u_of_its_own():
    first, second = wsk.mine(pixels=20), wsk.mine(pixels=30, seed=0, kind="free")
    phase = np.hstack([first.problem.phase, second.problem.phase, np.zeros((len(first.problem.phase), 3))])
    problem = replace(first.problem, phase=phase)
    groups = np.array([7] * 20 + [2] * 30 + [0] * 3)
    found = estimate_groups(problem, groups, Options(UModel("free"))).found
    assert sorted(found) == [2, 7]
    members, estimate = found[7]
    np.testing.assert_array_equal(members, np.arange(20))
    alone = estimate_wsk(first.problem, Options(UModel("free")))
    np.testing.assert_allclose(estimate.u, alone.u, rtol=1e-12)
    assert np.abs(found[2][1].u - estimate.u).max() > 0.05


def test_a_funnel_of_noise_is_left_out_and_named_and_refused_where_it_is_all_there_is():
    mine = wsk.mine(pixels=20)
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 0.1, (len(mine.problem.phase), 12))
    problem = replace(mine.problem, phase=np.hstack([mine.problem.phase, noise]))
    groups = estimate_groups(problem, np.repeat([1, 2], [20, 12]))
    assert list(groups.found) == [1]
    (weak,) = groups.weak
    assert (weak.funnel, weak.pixels) == (2, 12)
    assert weak.text().startswith("Funnel 2 (12 pixels) could not be estimated and is left out: Phase: phases without")
    only = problem.part(np.arange(20, 32))
    with pytest.raises(InputError, match="^Funnel 5: Phase"):  # the larger of two
        estimate_groups(only, np.repeat([4, 5], [4, 8]))
    with pytest.raises(InputError, match="^Phase"):
        estimate_groups(only, np.repeat([4], 12))


def test_height_left_out():
    mine = wsk.mine(spread=0.0)
    found = estimate_wsk(mine.problem, options(mine, height=False))
    assert np.all(found.height == 0) and np.all(found.height_std == 0)
    np.testing.assert_allclose(found.diffusion, mine.diffusion, atol=5 * found.diffusion_std.max())


def test_geometry_of_each_pixel_counts():
    angles = np.radians(np.linspace(30, 46, 40))
    mine = wsk.mine(noise=0.0, incidence=angles)
    found = estimate_wsk(mine.problem, options(mine))
    np.testing.assert_allclose(found.diffusion, mine.diffusion, rtol=1e-8)


def test_absolute_and_rate_form_differ_on_the_same_phases():
    mine = wsk.mine(noise=0.05)
    rate = estimate_wsk(mine.problem, options(mine))
    absolute = estimate_wsk(mine.problem, options(mine, form=ABSOLUTE))
    assert sum_of_squares(mine.problem, absolute) > 5 * sum_of_squares(mine.problem, rate)


def test_cancelling_stops_inside_the_alternation():
    class Stop(Exception):
        pass

    def check():
        raise Stop

    mine = wsk.mine()
    with pytest.raises(Stop):
        estimate_wsk(mine.problem, options(mine, bounds=TIGHT), check)
