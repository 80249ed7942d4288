"""Standard deviations against the dense Cramer-Rao bound and against repeated simulation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from groundline_tests import wsk

from groundline.core.mining import wsk_covariance, wsk_setup
from groundline.core.mining.wsk_data import Data
from groundline.core.mining.wsk_estimate import estimate_wsk
from groundline.core.mining.wsk_gauge import MEAN_CX, Gauge
from groundline.core.mining.wsk_model import forward, jacobian
from groundline.core.mining.wsk_noise import Noise
from groundline.core.mining.wsk_options import FREE_BOUNDS, Bounds, Options
from groundline.core.mining.wsk_time import UModel


def dense(mine, found, kind, weights):
    """Covariance (d, h, c) at the estimate by the pseudo-inverse in the gauge's null space."""
    derivatives = jacobian(mine.problem, found.basis, found.diffusion, found.coefficients, found.height)
    pixels = len(found.diffusion)
    fisher = np.einsum("ij,i,ik->jk", derivatives, weights.ravel(), derivatives)
    rows = [np.concatenate([np.zeros(2 * pixels), found.basis.mean_row()])]
    if kind == "free":
        d, h = found.diffusion * mine.problem.diffusion_scale, found.height * mine.problem.height_scale
        rows.append(np.concatenate([h - h.mean(), d - d.mean(), np.zeros(found.basis.size)]))
    unit = np.sqrt(np.diag(fisher))
    rows = np.array([row / np.abs(row).max() for row in rows]) / unit
    _, _, right = np.linalg.svd(rows)
    inside = right[len(rows) :].T
    inner = inside @ np.linalg.inv(inside.T @ (fisher / np.outer(unit, unit)) @ inside) @ inside.T
    return inner / np.outer(unit, unit)


@pytest.mark.parametrize("weighted", [False, True], ids=["equal weights", "weights per pixel"])
@pytest.mark.parametrize("kind", ["harmonic", "free"])
def test_covariance_is_the_dense_one(kind, weighted):
    mine = wsk.mine(pixels=12, kind=kind)
    weights = np.ones(mine.problem.phase.shape)
    if weighted:
        weights = np.random.default_rng(2).uniform(0.3, 3.0, weights.shape)
        mine.problem = replace(mine.problem, weights=weights)
    options = Options(UModel(kind), Gauge(MEAN_CX, mine.mean_cx), FREE_BOUNDS, noise=0.1)
    found = estimate_wsk(mine.problem, options)
    full = 0.01 * dense(mine, found, kind, weights)
    std = np.sqrt(np.diag(full))
    np.testing.assert_allclose(found.diffusion_std * mine.problem.diffusion_scale, std[:12], rtol=1e-6)
    np.testing.assert_allclose(found.height_std * mine.problem.height_scale, std[12:24], rtol=1e-6)
    np.testing.assert_allclose(
        found.model.covariance, full[24:, 24:], atol=1e-7 * np.abs(full[24:, 24:]).max()
    )
    if not weighted and kind == "harmonic":
        cross = np.outer(found.model.cross, found.diffusion)
        np.testing.assert_allclose(
            cross * mine.problem.diffusion_scale, full[24:, :12], atol=1e-6 * np.abs(full[24:, :12]).max()
        )


@pytest.mark.parametrize("kind", ["harmonic", "free"])
def test_spread_of_repeated_simulations(kind):
    mine = wsk.mine(pixels=30, kind=kind, noise=0.0)
    lean = np.polyfit(mine.diffusion, mine.height, 1)
    height = mine.height - np.polyval(lean, mine.diffusion)
    options = Options(UModel(kind), Gauge(MEAN_CX, mine.mean_cx), FREE_BOUNDS, noise=0.2)
    clean = forward(
        mine.problem,
        mine.problem.record.bind(options.u_model, "rate", 40.8),
        mine.diffusion,
        mine.coefficients,
        height,
    )
    rng = np.random.default_rng(9)
    trials = [
        estimate_wsk(replace(mine.problem, phase=clean + rng.normal(0, 0.2, clean.shape)), options)
        for _ in range(150)
    ]
    for name, truth in (("diffusion", mine.diffusion), ("height", height), ("u", mine.u)):
        found = np.array([getattr(t, name) for t in trials])
        std = np.mean([getattr(t, f"{name}_std") for t in trials], axis=0)
        z = (found - truth) / std
        assert np.abs(z.mean(axis=0)).max() < 5 / np.sqrt(150)  # no bias
        assert np.sqrt(np.mean(z**2)) == pytest.approx(1.0, abs=0.06)
    sunk = np.array([t.subsidence()[0] for t in trials])[:, 1:]
    std = np.mean([t.subsidence()[1] for t in trials], axis=0)[1:]
    basis = trials[0].basis
    truth = (
        np.outer(basis.cumulative(np.array(basis.edges)) @ mine.coefficients, mine.diffusion)[1:]
        * 31557600
        / 3.0
    )
    assert np.sqrt(np.mean(((sunk - truth) / std) ** 2)) == pytest.approx(1.0, abs=0.08)


@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize("kind", ["harmonic", "free"])
def test_pixels_without_subsidence_have_a_standard_deviation(kind, gaps):
    mine = wsk.mine(pixels=40, kind=kind, noise=0.05)
    phase = mine.problem.phase.copy()
    phase[:, :10] -= 0.3 * mine.problem.phase[:, 30:]  # these would rise: D is held at 0
    if gaps:
        phase[::7, 5] = np.nan
    gauge = Gauge(MEAN_CX, mine.mean_cx)
    bounds = Bounds(diffusion_high=1e-6, height=200.0)
    with np.errstate(divide="raise", invalid="raise"):
        found = estimate_wsk(replace(mine.problem, phase=phase), Options(UModel(kind), gauge, bounds))
    assert np.count_nonzero(found.diffusion == 0.0) >= 10
    assert np.isfinite(found.diffusion_std).all() and (found.diffusion_std > 0).all()
    assert np.isfinite(found.height_std).all() and np.isfinite(found.u_std).all()


def test_no_subsidence_at_all_leaves_the_other_gauge_alone():
    """The gauge of dH divides by the spread of D: without any the plain covariance stands, and nothing is divided."""
    mine = wsk.mine(pixels=6, kind="free")
    setup = wsk_setup.Setup.of(mine.problem, Options(UModel("free")))
    data = Data(mine.problem.phase, setup.L, setup.b, images=setup.images)
    zero = np.zeros(6)
    gauge = wsk_covariance.HeightGauge(np.ones(6), zero, setup.absorbing(), 0.0)
    none = np.zeros((setup.basis.size, 0))
    with np.errstate(divide="raise", invalid="raise"):
        c = setup.basis.constant(1.0)
        found = wsk_covariance.covariance(data, c, zero, none, Noise.known(0.1), gauge)
    assert np.isfinite(found.d).all() and np.isfinite(found.cross).all()


def test_noise_from_the_residuals():
    mine = wsk.mine(noise=0.3, pixels=200)
    found = estimate_wsk(mine.problem, Options())
    assert found.sigma == pytest.approx(0.3, rel=0.03)
    per_weight = estimate_wsk(replace(mine.problem, weights=np.full(len(mine.problem.phase), 4.0)), Options())
    assert per_weight.sigma == pytest.approx(2 * found.sigma, rel=1e-9)  # of a phase of weight 1
    np.testing.assert_allclose(per_weight.diffusion_std, found.diffusion_std, rtol=1e-9)


def test_without_redundancy_there_is_no_standard_deviation():
    net = wsk.record(dates=5, lags=(1,))
    mine = wsk.mine(pixels=1, net=net, noise=0.0)
    found = estimate_wsk(mine.problem, Options())
    assert np.isnan(found.sigma) and np.isnan(found.diffusion_std).all()
    assert np.isfinite(found.diffusion).all()
