"""Statistics of agreement by hand and against scipy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from groundline.core.validation.agreement import agreement


def test_by_hand():
    """Differences 1, -1, 0, 4."""
    found = agreement(np.array([1.0, 2.0, 3.0, 8.0]), np.array([0.0, 3.0, 3.0, 4.0]))
    assert (found.count, found.mean, found.median) == (4, 1.0, 0.5)
    assert found.std == pytest.approx(math.sqrt((0 + 4 + 1 + 9) / 3))
    assert found.rmse == pytest.approx(math.sqrt(18 / 4))
    assert found.nmad == pytest.approx(1.4826 * 1.0)  # |d - 0.5| = 0.5, 1.5, 0.5, 3.5


def test_correlations_and_slopes_against_scipy():
    rng = np.random.default_rng(3)
    first = rng.normal(size=500)
    second = 0.7 * first + rng.normal(scale=0.3, size=500) + 2.0
    found = agreement(first, second)
    assert found.pearson == pytest.approx(stats.pearsonr(first, second)[0])
    assert found.spearman == pytest.approx(stats.spearmanr(first, second)[0])
    line = stats.linregress(first, second)
    assert (found.slope, found.intercept) == pytest.approx((line.slope, line.intercept))
    direction = np.linalg.eigh(np.cov(first, second))[1][:, 1]
    assert found.orthogonal == pytest.approx(direction[1] / direction[0])


def test_the_orthogonal_slope_does_not_suffer_from_errors_in_both():
    rng = np.random.default_rng(4)
    truth = rng.normal(scale=3.0, size=50_000)
    found = agreement(truth + rng.normal(size=50_000), truth + rng.normal(size=50_000))
    assert found.orthogonal == pytest.approx(1.0, abs=0.01)
    assert found.slope == pytest.approx(0.9, abs=0.01)  # 9 / (9 + 1)


def test_what_cannot_be_said_is_nan():
    single = agreement(np.array([1.0]), np.array([3.0]))
    assert (single.mean, single.rmse) == (-2.0, 2.0)
    assert math.isnan(single.std)
    assert math.isnan(single.pearson)
    flat = agreement(np.zeros(5), np.arange(5.0))
    assert math.isnan(flat.pearson)
    assert math.isnan(flat.slope)
