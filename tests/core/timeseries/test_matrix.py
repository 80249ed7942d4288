"""The network as matrices, against hand-computed cases."""

from __future__ import annotations

import numpy as np
import pytest
from groundline_tests.networks import days, network

from groundline.core.errors import InputError
from groundline.core.timeseries.matrix import (
    Network,
    displacement_operator,
    incidence,
    velocity_matrix,
)

TRIANGLE = Network(days(0, 12, 36), np.array([[0, 1], [1, 2], [0, 2]]))


def test_incidence_of_a_triangle():
    expected = [[-1, 1, 0], [0, -1, 1], [-1, 0, 1]]
    np.testing.assert_array_equal(incidence(TRIANGLE), expected)


def test_velocity_matrix_of_a_triangle():
    year = 365.25
    expected = np.array([[12, 0], [0, 24], [12, 24]]) / year
    np.testing.assert_allclose(velocity_matrix(TRIANGLE), expected, rtol=1e-15)


def test_operator_of_a_triangle_spreads_the_closure():
    # Closure 3: each pair takes one third of it.
    x = displacement_operator(TRIANGLE) @ [1.0, 2.0, 6.0]
    np.testing.assert_allclose(x, [0.0, 2.0, 5.0], atol=1e-13)


def test_operator_of_a_split_network_has_minimum_norm_velocity():
    net = Network(days(0, 12, 24, 48), np.array([[0, 1], [2, 3]]))
    x = displacement_operator(net) @ [1.0, 4.0]
    # The interval between the two subsets is not observed: velocity 0 is the smallest.
    np.testing.assert_allclose(x, [0.0, 1.0, 1.0, 5.0], atol=1e-12)


def test_years_count_from_the_first_date():
    np.testing.assert_allclose(TRIANGLE.years, [0.0, 12 / 365.25, 36 / 365.25])


def test_components_and_rank():
    net = Network(days(0, 1, 2, 3, 4), np.array([[0, 2], [1, 3], [2, 4]]))
    assert (net.components, net.rank, net.labels.tolist()) == (2, 3, [0, 1, 0, 1, 0])
    assert network(10, (1, 2)).components == 1


@pytest.mark.parametrize(
    ("dates", "pairs", "named"),
    [
        (days(0), [], "at least two dates"),
        (days(0, 12), [], "at least two dates and one pair"),
        (days(12, 0), [[0, 1]], "rising order"),
        (days(0, 0), [[0, 1]], "each once"),
        (days(0, 12), [[1, 0]], "earlier date comes first"),
        (days(0, 12), [[0, 1], [0, 1]], "each pair once"),
        (days(0, 12), [[0, 2]], "dates of the network"),
    ],
)
def test_broken_networks_are_refused(dates, pairs, named):
    with pytest.raises(InputError, match=named):
        Network(dates, np.array(pairs, int).reshape(-1, 2))
