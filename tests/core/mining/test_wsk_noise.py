"""Standard deviations against the errors that are made, with and without an atmosphere."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from groundline_tests import wsk

from groundline.core.errors import InputError
from groundline.core.mining import wsk_covariance, wsk_noise, wsk_setup
from groundline.core.mining.wsk_checks import require_course
from groundline.core.mining.wsk_data import Data
from groundline.core.mining.wsk_estimate import estimate_wsk
from groundline.core.mining.wsk_experiment import GAUSSIAN, INCIDENCE, SIZE, options_for, simulate
from groundline.core.mining.wsk_gauge import MEAN_CX, Gauge
from groundline.core.mining.wsk_model import jacobian
from groundline.core.mining.wsk_noise import Network, Noise
from groundline.core.mining.wsk_options import FREE_BOUNDS, Bounds, Options
from groundline.core.mining.wsk_time import UModel
from groundline.core.simulation.noise import turbulence

SEEDS = range(24)
DAYS = np.array([0.0, 792.0, 1157.0])  # the last date, and a year after it
ATMOSPHERE = 0.005  # m at zenith, as turbulence of 20 km outer scale


def with_atmosphere(problem, seed):
    """Every image with a turbulent delay, relative to the scene's first line."""
    rng = np.random.default_rng([7, seed])
    fields = [turbulence((SIZE, SIZE), (40.0, 40.0), 20_000.0, rng) for _ in problem.record.dates]
    delays = np.array([(f - f[0].mean()).ravel() for f in fields]) * ATMOSPHERE / math.cos(INCIDENCE)
    phase = problem.phase + 4.0 * math.pi / problem.wavelength * (problem.record.incidence() @ delays)
    return replace(problem, phase=phase)


def errors_over_std(atmosphere):
    """RMS over seeds and pixels of error / standard deviation."""
    squares = {name: [] for name in ("D", "dH", "u", "S", "prediction")}
    for seed in SEEDS:
        problem, truth = simulate(seed, 0.25, GAUSSIAN)
        if atmosphere:
            problem = with_atmosphere(problem, seed)
        found = estimate_wsk(problem, replace(options_for(truth), bounds=FREE_BOUNDS, noise=None))
        sunk, std = found.model.subsidence(DAYS, found.diffusion, found.diffusion_std)
        bowl = truth.diffusion > 0.2 * truth.diffusion.max()
        off = (sunk - truth.subsidence(DAYS))[1:, bowl] / std[1:, bowl]
        squares["D"].append(((found.diffusion - truth.diffusion) / found.diffusion_std) ** 2)
        squares["dH"].append(((found.height - truth.height) / found.height_std) ** 2)
        squares["u"].append(((found.u - truth.u) / found.u_std) ** 2)
        squares["S"].append(off[0] ** 2)
        squares["prediction"].append(off[1] ** 2)
    return {name: math.sqrt(np.mean(np.concatenate(values))) for name, values in squares.items()}


def test_without_atmosphere_standard_deviations_are_the_errors():
    ratio = errors_over_std(atmosphere=False)
    for name in ("D", "dH", "S", "prediction"):
        assert ratio[name] == pytest.approx(1.0, abs=0.03), name
    assert 0.7 < ratio["u"] < 1.1  # what pixels share is taken as 0 or more, never as less


def test_with_atmosphere_standard_deviations_are_the_errors_within_a_fifth():
    """Taken for noise of the interferograms, the same residuals would give 0.6 (D), 1.6 (dH) and 38 (u)."""
    ratio = errors_over_std(atmosphere=True)
    for name in ("D", "dH", "u", "S", "prediction"):
        assert ratio[name] == pytest.approx(1.0, abs=0.2), name


@pytest.mark.parametrize("gaps", [False, True])
def test_an_atmosphere_alone_is_no_mine_for_a_free_u(gaps):
    """Seeds that a comparison of sizes alone would let pass: the atmosphere is large, smooth and common."""
    for seed in (1, 4, 7, 11):
        problem, truth = simulate(seed, 0.25, GAUSSIAN)
        rng = np.random.default_rng(seed)
        still = with_atmosphere(replace(problem, phase=rng.normal(0.0, 0.25, problem.phase.shape)), seed)
        if gaps:
            some = np.arange(0, SIZE**2, 7)
            phase = still.phase[:, some]
            phase[rng.random(phase.shape) < 0.05] = np.nan
            still = replace(still.part(some), phase=phase)
        options = replace(options_for(truth), u_model=UModel("free"), bounds=Bounds(), scale_bounds=True, noise=None)
        with pytest.raises(InputError, match="without a subsiding pixel"):
            estimate_wsk(still, options)


def test_what_jumps_from_date_to_date_is_told_from_what_goes_on_by_hand():
    with pytest.raises(InputError, match=r"ratio 3.00, 2 for noise.*ratio below 0.50"):
        # differences 1, -2, 1, 1, -2, 1: squares 12; about the mean 0: squares 4; 2 - 2.326 sqrt(4 5 / 48)
        require_course(np.array([0.0, 1.0, -1.0, 0.0, 1.0, -1.0, 0.0]))
    require_course(np.arange(6.0))  # 5 / 17.5 = 0.29, below 2 - 2.326 sqrt(16 / 35) = 0.43
    require_course(np.array([0.0, 1.0, -1.0, 0.0]))  # too few dates to tell
    passed = 0
    for series in np.random.default_rng(0).normal(size=(2000, 32)):
        try:
            require_course(series)
            passed += 1
        except InputError:
            pass
    assert passed == pytest.approx(20, abs=14)  # one in a hundred


@pytest.mark.parametrize("weights", ["one", "per interferogram", "gaps and per pixel"])
def test_parts_of_the_noise_come_back(weights):
    rng = np.random.default_rng(3)
    mine = wsk.mine(pixels=3000, noise=0.0)
    incidence = mine.problem.record.incidence()
    shape = mine.problem.phase.shape
    w = np.ones(shape)
    if weights == "per interferogram":
        w *= rng.uniform(0.3, 3.0, (len(incidence), 1))
    elif weights == "gaps and per pixel":
        w *= rng.uniform(0.3, 3.0, shape)
    images = 0.3 * rng.normal(size=(incidence.shape[1], 1)) + 0.4 * rng.normal(size=(incidence.shape[1], shape[1]))
    noisy = mine.problem.phase + incidence @ images + 0.2 * rng.normal(size=shape) / np.sqrt(w)
    if weights == "gaps and per pixel":
        noisy[rng.random(shape) < 0.1] = np.nan
    given = {"one": None, "per interferogram": w[:, 0], "gaps and per pixel": w}[weights]
    found = estimate_wsk(replace(mine.problem, phase=noisy, weights=given), Options(bounds=FREE_BOUNDS)).noise
    assert found.pair == pytest.approx(0.04, rel=0.03)
    # What u takes up is gone, and one draw of 14 images is shared by all pixels.
    assert found.image == pytest.approx(0.16 + np.var(images.mean(axis=1), ddof=1), rel=0.25)
    assert found.common_pair < 0.02 * found.pair
    assert 0.1 < found.common_image / found.image < 0.6


@pytest.mark.parametrize("kind", ["harmonic", "free"])
def test_covariance_of_correlated_noise_is_the_dense_one(kind):
    """Noise of interferograms and images, each with a share common to all pixels, through the dense estimator."""
    mine = wsk.mine(pixels=10, kind=kind)
    problem, pixels = mine.problem, 10
    options = Options(UModel(kind), Gauge(MEAN_CX, mine.mean_cx), FREE_BOUNDS)
    found = estimate_wsk(problem, options)
    setup = wsk_setup.Setup.of(problem, options)
    d, h = found.diffusion * problem.diffusion_scale, found.height * problem.height_scale
    noise = Noise(0.04, 0.25, 0.01, 0.1)
    data = Data(problem.phase, setup.L, setup.b, images=setup.images)
    gauge = None
    if kind == "free":
        gauge = wsk_setup.height_gauge(
            setup, found.coefficients, d, h, problem.diffusion_scale, problem.height_scale
        )
    directions = wsk_setup.gauged(setup, data).directions
    ours = wsk_covariance.covariance(data, found.coefficients, d, directions, noise, gauge)

    derivatives = jacobian(problem, found.basis, found.diffusion, found.coefficients, found.height)
    rows = [np.concatenate([np.zeros(2 * pixels), found.basis.mean_row()])]
    if kind == "free":
        rows.append(np.concatenate([h - h.mean(), d - d.mean(), np.zeros(found.basis.size)]))
    unit = np.linalg.norm(derivatives, axis=0)
    inside = np.linalg.svd(np.array(rows) / unit)[2][len(rows) :].T
    gain = inside @ np.linalg.pinv(derivatives / unit @ inside)
    each, images = np.eye(len(setup.images)), setup.images @ setup.images.T
    alone = (noise.pair - noise.common_pair) * each + (noise.image - noise.common_image) * images
    shared = noise.common_pair * each + noise.common_image * images
    dense = np.kron(alone, np.eye(pixels)) + np.kron(shared, np.ones((pixels, pixels)))
    # By einsum: the BLAS of Debian testing crashed in this product.
    full = np.einsum("iq,jq->ij", np.einsum("ip,pq->iq", gain, dense), gain) / np.outer(unit, unit)

    np.testing.assert_allclose(ours.d, np.diag(full)[:pixels], rtol=1e-6)
    np.testing.assert_allclose(ours.h, np.diag(full)[pixels : 2 * pixels], rtol=1e-6)
    np.testing.assert_allclose(ours.dh, np.diag(full[:pixels, pixels:]), rtol=1e-5, atol=1e-9 * ours.h.max())
    np.testing.assert_allclose(ours.c, full[2 * pixels :, 2 * pixels :], atol=1e-6 * np.abs(ours.c).max())
    assert np.all(np.abs(ours.correlation) <= 1.0)
    if kind == "harmonic":
        expected = full[2 * pixels :, :pixels]
        np.testing.assert_allclose(
            np.outer(ours.cross, d) + ours.cross_all[:, None], expected, atol=1e-6 * np.abs(expected).max()
        )


def test_noise_is_never_negative_and_unknown_without_redundancy():
    rng = np.random.default_rng(0)
    network = Network(rng.normal(size=(6, 2)), np.zeros((6, 0)), np.zeros((6, 3)))
    found = wsk_noise.estimate(network, np.zeros((6, 4)), None, np.ones(4), np.zeros(4), False)
    assert found.image == 0.0
    few = Network(rng.normal(size=(2, 2)), np.zeros((2, 0)), np.zeros((2, 3)))
    found = wsk_noise.estimate(few, np.zeros((2, 4)), None, np.ones(4), np.zeros(4), False)
    assert math.isnan(found.pair) and "no standard deviations" in found.text()
