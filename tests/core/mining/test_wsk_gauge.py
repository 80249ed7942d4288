"""The directions that the phases leave open, and what closes each of them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from groundline_tests import wsk

from groundline.core.errors import InputError
from groundline.core.mining import wsk_alternating, wsk_setup
from groundline.core.mining.wsk_data import Data
from groundline.core.mining.wsk_estimate import estimate_wsk
from groundline.core.mining.wsk_gauge import MEAN_CX, SOLUBILITY, Gauge
from groundline.core.mining.wsk_model import forward, jacobian
from groundline.core.mining.wsk_options import FREE_BOUNDS, Bounds, Options
from groundline.core.mining.wsk_pixel import Box
from groundline.core.mining.wsk_time import ABSOLUTE, RATE, UModel


def nullity(mine, kind, form=RATE, offsets=False, rows=()):
    """Dimension of the open directions, with gauge rows [over (d, h, c)] added to the Jacobian."""
    basis = mine.problem.record.bind(UModel(kind), form, wsk.GEOLOGY.cs)
    matrix = jacobian(mine.problem, basis, mine.diffusion, mine.coefficients, mine.height, offsets)
    if len(rows):
        matrix = np.vstack([matrix, *[np.pad(row, (0, matrix.shape[1] - len(row))) for row in rows]])
    scaled = matrix / np.maximum(np.linalg.norm(matrix, axis=0), 1e-300)
    return scaled.shape[1] - np.linalg.matrix_rank(scaled, tol=1e-9)


def gauge_rows(mine, kind):
    """The known mean of u, and dH uncorrelated with D (linearised)."""
    basis = mine.problem.record.bind(UModel(kind), RATE, wsk.GEOLOGY.cs)
    pixels = len(mine.diffusion)
    scale = np.concatenate([np.zeros(2 * pixels), basis.mean_row()])
    d, h = mine.diffusion * mine.problem.diffusion_scale, mine.height * mine.problem.height_scale
    height = np.concatenate([h - h.mean(), d - d.mean(), np.zeros(basis.size)])
    return scale, height


@pytest.mark.parametrize(("kind", "expected"), [("free", 2), ("harmonic", 1)])
def test_open_directions(kind, expected):
    mine = wsk.mine(pixels=8, kind=kind)
    assert nullity(mine, kind) == expected


@pytest.mark.parametrize("kind", ["free", "harmonic"])
def test_unknown_constants_per_interferogram_open_two_more(kind):
    mine = wsk.mine(pixels=8, kind=kind)
    assert nullity(mine, kind, offsets=True) == nullity(mine, kind) + 2


def test_each_gauge_closes_one_direction():
    free, harmonic = wsk.mine(pixels=8, kind="free"), wsk.mine(pixels=8)
    scale, height = gauge_rows(free, "free")
    assert nullity(free, "free", rows=(scale,)) == 1
    assert nullity(free, "free", rows=(height,)) == 1
    assert nullity(free, "free", rows=(scale, height)) == 0
    assert nullity(harmonic, "harmonic", rows=(gauge_rows(harmonic, "harmonic")[0],)) == 0


def test_absolute_form_of_a_free_u_has_the_same_open_directions():
    mine = wsk.mine(pixels=8, kind="free", form=ABSOLUTE)
    assert nullity(mine, "free", ABSOLUTE) == 2


def test_scale_and_height_directions_leave_the_phases_as_they_are():
    mine = wsk.mine(pixels=8, kind="free")
    problem = mine.problem
    basis = problem.record.bind(UModel("free"), RATE, wsk.GEOLOGY.cs)
    truth = forward(problem, basis, mine.diffusion, mine.coefficients, mine.height)
    np.testing.assert_allclose(
        forward(problem, basis, 4.0 * mine.diffusion, mine.coefficients / 4.0, mine.height), truth, atol=1e-12
    )
    beta = np.linalg.lstsq(problem.record.design(basis), problem.baseline, rcond=None)[0]
    moved = mine.height - 0.02 * mine.diffusion * problem.diffusion_scale / problem.height_scale
    np.testing.assert_allclose(
        forward(problem, basis, mine.diffusion, mine.coefficients + 0.02 * beta, moved), truth, atol=1e-12
    )


def test_another_gauge_scales_d_and_leaves_the_subsidence():
    """The product D u is the same whatever the gauge; D itself is only fixed by one."""
    mine = wsk.mine()
    one = estimate_wsk(mine.problem, Options(bounds=FREE_BOUNDS))
    other = estimate_wsk(mine.problem, Options(gauge=Gauge(MEAN_CX, 30.0), bounds=FREE_BOUNDS))
    right = estimate_wsk(mine.problem, Options(gauge=Gauge(MEAN_CX, mine.mean_cx), bounds=FREE_BOUNDS))
    ratio = float(other.model.mean_u)  # the first has u relative to its mean
    np.testing.assert_allclose(one.diffusion / other.diffusion, ratio)
    assert ratio < 0.5
    np.testing.assert_allclose(one.subsidence()[0], other.subsidence()[0], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(right.diffusion, mine.diffusion, atol=5 * right.diffusion_std.max())
    assert np.isnan(one.cx).all() and np.isfinite(right.cx).all()
    assert "only their product is physical" in one.gauge


def solved_from(mine, kind, gauges, start):
    """D, u and half the sum of squares by alternation from a start, with these gauges held."""
    options = Options(UModel(kind), Gauge(MEAN_CX, mine.mean_cx), FREE_BOUNDS)
    setup = wsk_setup.Setup.of(mine.problem, options)
    data = Data(mine.problem.phase, setup.L, setup.b)
    limits = wsk_setup.gauged(setup, data)
    held = replace(limits, E=limits.E[:gauges])
    free = np.asarray(np.inf)
    found = wsk_alternating.solve(data, held, Box(-free, free, -free, free), start, 1e-13, 2000)
    return found.d / mine.problem.diffusion_scale, setup.basis.intervals() @ found.c, found.history[-1]


@pytest.mark.parametrize(("kind", "needed"), [("harmonic", 1), ("free", 2)])
def test_two_starts_drift_apart_without_gauges_and_meet_with_all_of_them(kind, needed):
    mine = wsk.mine(kind=kind, noise=0.2, pixels=20)
    setup = wsk_setup.Setup.of(mine.problem, Options(UModel(kind), Gauge(MEAN_CX, mine.mean_cx)))
    rng = np.random.default_rng(5)
    first = setup.basis.constant(setup.mean)
    second = first * (1.0 + 0.2 * rng.normal(size=len(first)))
    second = setup.scaled(second)
    if kind == "free":  # the second gauge holds L c along the baselines where the start has it
        row = setup.L.T @ setup.b
        along = row - setup.mean_row * float(row @ setup.mean_row) / float(setup.mean_row @ setup.mean_row)
        second = second - along * float(row @ (second - first)) / float(row @ along)
    tripled = 3.0 * second + (0.01 * setup.absorbing() if kind == "free" else 0.0)
    one, other = solved_from(mine, kind, 0, first), solved_from(mine, kind, 0, tripled)
    assert one[2] == pytest.approx(other[2], rel=1e-9)  # the phases do not care
    assert np.abs(one[0] / other[0] - 1.0).max() > 0.5 and np.abs(one[1] - other[1]).max() > 0.05
    one, other = (solved_from(mine, kind, needed, start) for start in (first, second))
    np.testing.assert_allclose(one[0], other[0], rtol=1e-6, atol=1e-15)
    np.testing.assert_allclose(one[1], other[1], atol=1e-7)


def test_free_u_leaves_height_uncorrelated_with_diffusion():
    mine = wsk.mine(kind="free")
    options = Options(UModel("free"), Gauge(MEAN_CX, mine.mean_cx), FREE_BOUNDS)
    found = estimate_wsk(mine.problem, options)
    assert abs(np.corrcoef(found.diffusion, found.height)[0, 1]) < 1e-9
    # Heights that go with D make the same phases as a u that follows the baselines, so they are not seen.
    mine = wsk.mine(kind="free", noise=0.0)
    found = estimate_wsk(mine.problem, options)
    scale = mine.problem.diffusion_scale / mine.problem.height_scale
    problem = mine.problem
    leaning = replace(
        problem,
        phase=problem.phase
        + np.outer(problem.baseline, 0.02 * mine.diffusion * scale * problem.height_scale),
    )
    np.testing.assert_allclose(estimate_wsk(leaning, options).height, found.height, atol=1e-6)
    harmonic = Options(gauge=options.gauge, bounds=FREE_BOUNDS)
    seen = estimate_wsk(leaning, harmonic).height - estimate_wsk(mine.problem, harmonic).height
    np.testing.assert_allclose(seen, 0.02 * mine.diffusion * scale, rtol=0.05, atol=0.05)


def test_baselines_rounded_to_metres_do_not_pretend_to_tell_height_from_u():
    mine = wsk.mine(kind="free")
    options = Options(UModel("free"), Gauge(MEAN_CX, mine.mean_cx), FREE_BOUNDS)
    exact = estimate_wsk(mine.problem, options)
    record = mine.problem.record
    rounded = estimate_wsk(
        replace(mine.problem, record=replace(record, bperp=np.round(record.bperp))), options
    )
    np.testing.assert_allclose(rounded.diffusion, exact.diffusion, atol=0.3 * exact.diffusion_std.max())
    np.testing.assert_allclose(rounded.u, exact.u, atol=2e-3)


def test_solubility_gauge_fixes_the_mean_of_u():
    mine = wsk.mine()
    found = estimate_wsk(mine.problem, Options(gauge=Gauge(SOLUBILITY, 10.0), bounds=FREE_BOUNDS))
    length = np.diff(mine.problem.record.days)
    assert length @ found.u / length.sum() == pytest.approx(9.0 / 40.8)
    assert "solubility 9 g/100 g at 10 deg C" in found.gauge


@pytest.mark.parametrize(
    ("gauge", "model", "field"),
    [
        (Gauge(SOLUBILITY, 31.0), UModel(), "Brine temperature"),
        (Gauge(SOLUBILITY, 30.0), UModel(), "BRINE_TEMPERATURE"),  # 48.8 above Cs 40.8: u would exceed 1
        (Gauge(MEAN_CX, 40.8), UModel(), "RECORD_CX"),
        (Gauge(MEAN_CX, math.nan), UModel(), "RECORD_CX"),
        (Gauge("salt", 1.0), UModel(), "Gauge"),
        (Gauge(MEAN_CX, 30.0), UModel("temperature"), "Gauge"),
    ],
)
def test_gauges_that_cannot_be_used(gauge, model, field):
    with pytest.raises(InputError) as caught:
        gauge.validate(wsk.GEOLOGY, model)
    assert caught.value.field == field


def test_bounds_without_a_gauge_keep_only_their_signs():
    mine = wsk.mine()
    found = estimate_wsk(mine.problem, Options(bounds=Bounds(diffusion_high=1e-12, height=50.0)))
    assert found.on_high == 0
    assert any("are not applied" in text for text in found.messages)
