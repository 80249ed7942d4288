"""The simulated experiment: ten seeds at the highest noise level of the paper."""

from __future__ import annotations

import numpy as np
import pytest

from groundline.core.errors import InputError
from groundline.core.mining.wsk_experiment import (
    EVALUATED,
    GAUSSIAN,
    UNIFORM,
    deviation,
    draw,
    experiment,
    simulate,
)

SEEDS = range(10)


@pytest.fixture(scope="module")
def uniform():
    return [experiment(seed, 0.65) for seed in SEEDS]


@pytest.fixture(scope="module")
def gaussian():
    return [experiment(seed, 0.25, GAUSSIAN) for seed in SEEDS]


def mean(results, name):
    return float(np.mean([getattr(result, name) for result in results]))


def test_subsidence_at_792_days(uniform):
    assert mean(uniform, "rmse_mm") <= 2.2
    assert mean(uniform, "within") >= 0.82
    assert mean(uniform, "largest_mm") <= 8.5


@pytest.mark.parametrize("kind", [UNIFORM, GAUSSIAN])
def test_diffusion_and_height_reach_the_cramer_rao_bound(kind, uniform, gaussian):
    for result in uniform if kind == UNIFORM else gaussian:
        assert result.d_rmse_unbounded / result.d_bound == pytest.approx(1.0, abs=0.05)
        assert result.d_rmse / result.d_bound == pytest.approx(1.0, abs=0.05)
        assert result.height_rmse / result.height_bound == pytest.approx(1.0, abs=0.05)


def test_undersaturation(uniform, gaussian):
    for results in (uniform, gaussian):
        assert max(result.u_error for result in results) < 0.02
        for name in ("amplitude", "phase"):
            z = np.array(
                [
                    (getattr(r, name) - getattr(r, f"{name}_truth")) / getattr(r, f"{name}_std")
                    for r in results
                ]
            )
            # 2 sigma holds 95 % of the seeds, not all.
            assert np.sum(np.abs(z) <= 2.0) >= 8
            assert np.abs(z).max() < 3.0
            assert abs(z.mean()) < 2.0 / np.sqrt(len(z))


def test_solution_satisfies_the_conditions(uniform):
    assert max(result.kkt for result in uniform) < 1e-8


def test_what_is_simulated():
    problem, truth = simulate(0, 0.0)
    assert problem.record.days[-1] == 792 and len(problem.record.dates) == 34
    assert np.all(np.diff(problem.record.days[problem.record.pairs], axis=1) <= 84)
    assert np.abs(problem.record.bperp).max() <= 150
    assert 1000 * truth.subsidence(np.array([792.0])).max() == pytest.approx(225.0)
    assert truth.u.mean() == pytest.approx(0.0983, abs=5e-5)
    assert truth.u.min() == pytest.approx(0.05, abs=1e-3) and truth.u.max() == pytest.approx(0.15, abs=1e-3)
    np.testing.assert_array_equal([day for day, *_ in experiment(0, 0.05).evaluated], EVALUATED)


@pytest.mark.parametrize("kind", [UNIFORM, GAUSSIAN])
def test_noise_has_no_mean_and_the_stated_deviation(kind):
    values = draw(np.random.default_rng(0), 0.65, kind, 200_000)
    assert abs(values.mean()) < 0.006
    assert values.std() == pytest.approx(deviation(0.65, kind), rel=0.01)
    assert deviation(0.65, UNIFORM) == pytest.approx(0.2327, abs=1e-4)


def test_unknown_noise_is_refused():
    with pytest.raises(InputError, match="gaussian"):
        simulate(0, 0.1, "salt")
