"""Sobol indices against functions whose indices are known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from groundline.core.errors import InputError
from groundline.core.mining.sobol import evaluate, importance, indices, perturb


def ishigami(x: np.ndarray) -> np.ndarray:
    return np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_ishigami_within_a_hundredth() -> None:
    sample = evaluate(ishigami, [-math.pi] * 3, [math.pi] * 3, 2**14, seed=1)
    found = indices(sample, resamples=0)[0]
    np.testing.assert_allclose(found.first, [0.3139, 0.4424, 0.0], atol=0.01)
    np.testing.assert_allclose(found.total, [0.5576, 0.4424, 0.2437], atol=0.01)
    assert found.mean == pytest.approx(3.5, abs=0.01)
    assert found.variance == pytest.approx(
        49 / 8 + 0.1 * math.pi**4 / 5 + 0.01 * math.pi**8 / 18 + 0.5, rel=0.01
    )


def test_a_product_of_two_uniform_factors_is_3_7_and_4_7() -> None:
    # var(x y) = 1/9 - 1/16 = 7/144, var(E[x y | x]) = var(x / 2) = 1/48 = 3/144
    found = indices(evaluate(lambda x: x[:, 0] * x[:, 1], [0, 0], [1, 1], 2**14, seed=2), resamples=0)[0]
    np.testing.assert_allclose(found.first, 3 / 7, atol=0.003)
    np.testing.assert_allclose(found.total, 4 / 7, atol=0.003)


def test_an_additive_function_has_equal_orders_that_sum_to_one() -> None:
    found = indices(
        evaluate(lambda x: 3 * x[:, 0] + 4 * x[:, 1], [0, 0], [1, 1], 2**12, seed=3), resamples=0
    )[0]
    np.testing.assert_allclose(found.first, [9 / 25, 16 / 25], atol=0.003)
    np.testing.assert_allclose(found.total, found.first, atol=0.003)


def test_large_offsets_do_not_spoil_the_estimate() -> None:
    found = indices(evaluate(lambda x: 1e6 + x[:, 0] * x[:, 1], [0, 0], [1, 1], 2**14, seed=2), resamples=0)[
        0
    ]
    np.testing.assert_allclose(found.first, 3 / 7, atol=0.003)


def test_intervals_hold_the_truth_at_about_their_level() -> None:
    hits = 0
    for seed in range(40):
        sample = evaluate(ishigami, [-math.pi] * 3, [math.pi] * 3, 256, seed)
        found = indices(sample, 0.95, 200, seed)[0]
        hits += int(found.total_interval[0, 0] <= 0.5576 <= found.total_interval[0, 1])
    assert hits >= 35  # the sequence is better than random, so the intervals are on the wide side


def test_several_outputs_and_one_that_does_not_vary() -> None:
    sample = evaluate(lambda x: np.column_stack([x[:, 0], 2 + 0 * x[:, 0]]), [0, 0], [1, 1], 256, seed=1)
    varying, constant = indices(sample, resamples=20)
    np.testing.assert_allclose(varying.first, [1.0, 0.0], atol=0.02)
    assert np.isnan(constant.first).all()
    assert importance(float(constant.first[0])) == "undetermined"


def test_same_seed_same_numbers() -> None:
    runs = [indices(evaluate(ishigami, [-1] * 3, [1] * 3, 64, 9), resamples=50, seed=4)[0] for _ in range(2)]
    np.testing.assert_array_equal(runs[0].total_interval, runs[1].total_interval)


def test_samples_must_be_a_power_of_two() -> None:
    with pytest.raises(InputError, match="power of 2"):
        evaluate(ishigami, [0] * 3, [1] * 3, 1000, 1)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (0.95, "very important"),
        (0.8, "important"),
        (0.6, "important"),
        (0.48, "unimportant"),
        (0.3, "not correlated"),
        (-0.01, "not correlated"),
    ],
)
def test_classes_are_those_of_the_paper(value: float, name: str) -> None:
    assert importance(value) == name


def test_perturbation_of_one_parameter_at_a_time() -> None:
    # S = x y^2 at (2, 3): +10 % of x gives +10 %, +10 % of y gives +21 %, -10 % of y gives -19 %
    found = perturb(lambda x: x[:, 0] * x[:, 1] ** 2, [2.0, 3.0], [-0.1, 0.1])[:, :, 0]
    np.testing.assert_allclose(found, [[-0.1, 0.1], [-0.19, 0.21]])
