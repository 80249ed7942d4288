"""Models with coefficients in each pixel: what they recover, how they nest, what they cost."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from groundline.core.mining.compare_models import (
    PhaseData,
    fit_linear,
    fit_polynomial,
    fit_sbas,
    fit_seasonal,
    height_left,
)

FIRST = date(2016, 1, 1)
DAYS = tuple(FIRST + timedelta(days=24 * n) for n in range(16))
WAVELENGTH = 0.0555
RANGE, THETA = 850_000.0, math.radians(39.0)
BPERP = np.random.default_rng(5).normal(0.0, 60.0, len(DAYS))
PAIRS = np.array([(a, b) for a in range(16) for b in range(a + 1, min(a + 4, 16))], np.intp)


def data_of(subsidence: np.ndarray, height: np.ndarray | None = None, noise: float = 0.0) -> PhaseData:
    """Phases of S (16, P) [m], a height error (P,) [m] and Gaussian noise [rad]."""
    count = subsidence.shape[1]
    height = np.zeros(count) if height is None else height
    moved = (subsidence[PAIRS[:, 1]] - subsidence[PAIRS[:, 0]]) * math.cos(THETA)
    bperp = BPERP[PAIRS[:, 1]] - BPERP[PAIRS[:, 0]]
    phase = 4 * math.pi / WAVELENGTH * (moved + np.outer(bperp, height) / (RANGE * math.sin(THETA)))
    phase += noise * np.random.default_rng(1).standard_normal(phase.shape)
    same = np.full(count, THETA)
    return PhaseData(
        DAYS,
        PAIRS,
        phase,
        WAVELENGTH,
        bperp,
        same,
        np.full(count, RANGE),
        np.arange(count, dtype=float),
        np.zeros(count),
        np.zeros((3, count)),
        np.ones(count, np.int32),
    )


def years(days: tuple[date, ...]) -> np.ndarray:
    return np.array([(day - FIRST).days / 365.25 for day in days])


T = years(DAYS)
HEIGHT = np.array([5.0, -3.0])


def test_linear_motion_is_recovered_and_continued() -> None:
    fit = fit_linear(data_of(np.outer(T, [0.10, 0.02]), HEIGHT))
    assert np.abs(fit.residual).max() < 1e-9
    later = (FIRST + timedelta(days=731),)
    assert fit.apparent(later)[0] == pytest.approx(years(later) * np.array([0.10, 0.02]))
    assert fit.apparent(DAYS[:1])[0] == pytest.approx([0.0, 0.0])


def test_seasonal_motion_is_zero_at_the_first_date() -> None:
    wave = np.sin(2 * math.pi * T - 1.0) + math.sin(1.0)
    truth = np.outer(T, [0.1, 0.05]) + np.outer(wave, [0.01, 0.004])
    fit = fit_seasonal(data_of(truth, HEIGHT))
    assert np.abs(fit.residual).max() < 1e-9
    assert fit.apparent(DAYS) == pytest.approx(truth, abs=1e-12)


def test_a_polynomial_meets_a_polynomial() -> None:
    truth = np.outer(T - 0.5 * T**2 + 0.1 * T**3, [0.1, 0.2])
    assert fit_polynomial(data_of(truth, HEIGHT), 3).apparent(DAYS) == pytest.approx(truth, abs=1e-9)
    assert np.abs(fit_polynomial(data_of(truth, HEIGHT), 2).residual).max() > 1e-3


def test_the_free_inversion_takes_the_height_error_out_of_its_series() -> None:
    truth = np.outer(T + 0.05 * np.sin(2 * math.pi * T), [0.1, 0.05])
    fit = fit_sbas(data_of(truth, HEIGHT))
    assert fit.apparent(DAYS) == pytest.approx(truth, abs=1e-9)
    middle = DAYS[3] + timedelta(days=12)
    assert fit.apparent((middle,))[0] == pytest.approx(0.5 * (truth[3] + truth[4]))


def test_a_height_error_changes_no_residual_of_the_free_inversion() -> None:
    data = data_of(np.outer(T, [0.1, 0.05]), HEIGHT, noise=0.3)
    without = replace(data, phase=data_of(np.outer(T, [0.1, 0.05]), None, noise=0.3).phase)
    assert fit_sbas(data).residual == pytest.approx(fit_sbas(without).residual, abs=1e-9)


@pytest.mark.parametrize("fit", [fit_linear, fit_seasonal, fit_polynomial])
def test_no_model_goes_below_the_lower_bound(fit) -> None:
    data = data_of(np.outer(T**1.3, [0.1, 0.05]), HEIGHT, noise=0.4)
    bound = (fit_sbas(data).residual ** 2).sum(axis=0)
    assert ((fit(data).residual ** 2).sum(axis=0) > bound).all()


def test_parameters_are_those_of_all_pixels() -> None:
    data = data_of(np.outer(T, [0.1, 0.05]), HEIGHT)
    assert fit_linear(data).parameters == 2 * (1 + 1)  # rate and height
    assert fit_seasonal(data).parameters == 2 * (3 + 1)
    assert fit_polynomial(data, 4).parameters == 2 * (4 + 1)
    assert fit_sbas(data).parameters == 2 * 15  # the height is no parameter of its own
    flat = replace(data, bperp=np.zeros(len(PAIRS)))
    assert fit_linear(flat).parameters == 2


def test_height_left_is_the_projection_on_the_baselines() -> None:
    data = data_of(np.zeros((16, 2)), HEIGHT)
    assert height_left(data, data.lengthening) == pytest.approx(HEIGHT / (RANGE * math.sin(THETA)))
