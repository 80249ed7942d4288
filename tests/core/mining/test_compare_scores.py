"""Scores of a comparison, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from groundline.core.mining.compare_scores import aic, deviation, errors, improvement, probability


def test_aic_counts_observations_and_all_parameters() -> None:
    residual = np.array([[0.1, -0.1], [0.2, -0.2]])  # RSS = 0.10 rad2 from 4 values
    assert aic(residual, 3) == pytest.approx(4 * math.log(0.10 / 4) + 2 * 4)


def test_a_model_with_fewer_parameters_and_the_same_residual_is_better() -> None:
    residual = np.full((5, 4), 0.3)
    few, many = aic(residual, 2), aic(residual, 6)
    assert many - few == pytest.approx(8.0)  # 2 (6 - 2)
    assert probability(many, few) == pytest.approx(math.exp(-4.0) / (1 + math.exp(-4.0)))
    assert probability(few, many) == pytest.approx(1.0 - probability(many, few))


def test_probability_of_equals_is_a_half_and_of_far_apart_ones_0_and_1() -> None:
    assert probability(-5.0, -5.0) == 0.5
    assert probability(1e6, 0.0) == 0.0
    assert probability(0.0, 1e6) == 1.0


def test_improvement_is_relative_to_the_worse() -> None:
    assert improvement(8.5, 5.4) == pytest.approx(
        0.365, abs=5e-4
    )  # the levelling of the paper: not its 44.6 %
    assert improvement(18.8, 11.3) == pytest.approx(0.399, abs=5e-4)  # its Xinhua: not 48.3 %
    assert improvement(12.6, 7.2) == pytest.approx(0.429, abs=5e-4)  # its Huai'an: not 54.5 %
    assert improvement(0.0, 1.0) is None


def test_deviation_of_each_interferogram_leaves_its_mean_out() -> None:
    residual = np.array([[1.0, 3.0], [5.0, 5.0]])
    assert deviation(residual).tolist() == [1.0, 0.0]


def test_errors_of_a_prediction() -> None:
    found = errors(np.array([1.0, 2.0, 5.0, np.nan]), np.array([0.0, 3.0, 2.0, 1.0]))  # left 1, -1, 3
    assert found is not None
    assert (found.values, found.mean, found.largest, found.lowest, found.highest) == (3, 1.0, 3.0, -1.0, 3.0)
    assert found.std == pytest.approx(math.sqrt(8 / 3))
    assert found.rmse == pytest.approx(math.sqrt(11 / 3))
    assert errors(np.array([np.nan]), np.array([1.0])) is None
