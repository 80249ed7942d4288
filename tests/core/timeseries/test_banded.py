"""The batched banded solver against dense linear algebra, pixel by pixel."""

from __future__ import annotations

import numpy as np
import pytest
from groundline_tests.networks import days, network

from groundline.core.timeseries import banded
from groundline.core.timeseries.matrix import Network, incidence


def normal(net, weight):
    matrix = incidence(net)
    return matrix.T @ (weight[:, None] * matrix)


def test_three_dates_by_hand():
    net = Network(days(0, 12, 24), np.array([[0, 1], [0, 2], [1, 2]]))
    factors = banded.factor(banded.Layout.of(net), np.array([[1.0], [3.0], [2.0]]))
    # Date 0: s = 1 + 3, l = 1/4 and 3/4; eliminating it adds 1 * 3/4 to the pair (1, 2).
    np.testing.assert_allclose(factors.ratio[0, :, 0], [0.25, 0.75])
    np.testing.assert_allclose(factors.inverse[:, 0], [0.25, 1 / 2.75, 1.0])
    assert factors.root[:, 0].tolist() == [False, False, True]


@pytest.mark.parametrize("lags", [(1,), (1, 2, 3), (1, 5), (2, 3, 11), tuple(range(1, 12))])
def test_solution_equals_the_pseudo_inverse(lags):
    net = network(12, lags, seed=1)
    rng = np.random.default_rng(2)
    weight = rng.uniform(0.1, 5.0, (net.M, 40)) * (rng.random((net.M, 40)) > 0.2)
    y = rng.normal(size=(net.M, 40))
    layout = banded.Layout.of(net)
    factors = banded.factor(layout, weight)
    x = banded.solve(factors, layout.gather(weight * y))
    for p in range(40):
        matrix = normal(net, weight[:, p])
        gradient = matrix @ x[:, p] - incidence(net).T @ (weight[:, p] * y[:, p])
        np.testing.assert_allclose(gradient, 0.0, atol=1e-11)
        assert factors.subsets[p] == net.N - np.linalg.matrix_rank(matrix)


def test_weights_of_very_different_size_keep_their_digits():
    # The exact answer by fractions: a chain and one far stronger bypass.
    net = Network(days(0, 12, 24), np.array([[0, 1], [0, 2], [1, 2]]))
    weight = np.array([[1e-9], [1e9], [1e-9]])
    layout = banded.Layout.of(net)
    x = banded.solve(banded.factor(layout, weight), layout.gather(weight * [[1.0], [4.0], [1.0]]))
    # d1 is the mean of 0 + 1 and d2 - 1, d2 is 4 to within 1e-18.
    np.testing.assert_allclose((x - x[0])[:, 0], [0.0, 2.0, 4.0], rtol=1e-12)


def test_labels_number_the_subsets_in_date_order():
    net = network(6, (1, 2))
    weight = np.ones((net.M, 2))
    keep = {(0, 2), (1, 3), (3, 5)}
    for row, pair in enumerate(net.index.tolist()):
        weight[row, 1] = tuple(pair) in keep
    factors = banded.factor(banded.Layout.of(net), weight)
    label = banded.date_labels(factors)
    assert label[:, 0].tolist() == [0, 0, 0, 0, 0, 0]
    assert label[:, 1].tolist() == [0, 1, 0, 1, 2, 1]
    assert factors.subsets.tolist() == [1, 3]


def test_quadratic_form_is_the_variance_of_a_functional():
    net = network(9, (1, 2, 4), seed=4)
    weight = np.random.default_rng(5).uniform(0.5, 2.0, (net.M, 6))
    functional = np.repeat(np.linspace(-1.0, 1.0, net.N)[:, None], 6, axis=1)
    got = banded.quadratic_form(banded.factor(banded.Layout.of(net), weight), functional.copy())
    for p in range(6):
        f = functional[:, p]
        assert got[p] == pytest.approx(f @ np.linalg.pinv(normal(net, weight[:, p])) @ f, rel=1e-10)
