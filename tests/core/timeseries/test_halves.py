"""Two halves and their middle give what the whole inverse gives."""

from __future__ import annotations

import numpy as np
import pytest
from groundline_tests.networks import network

from groundline.core.timeseries.halves import Halves
from groundline.core.timeseries.matrix import incidence


@pytest.mark.parametrize(
    ("dates", "lags", "parted"),
    [(13, (1, 2, 3), True), (10, (1, 3), True), (9, (1, 3), False), (2, (1,), False), (4, (1,), True)],
)
def test_equal_to_the_normal_equations(dates, lags, parted):
    net = network(dates, lags)
    halves = Halves.of(net)
    assert (halves.start < halves.stop) == parted
    pairs = np.random.default_rng(3).standard_normal((net.M, 5))
    matrix = incidence(net)
    out = np.empty((net.N, 5))
    halves.solve(matrix.T @ pairs, out)
    expected = np.linalg.lstsq(matrix[:, 1:], pairs, rcond=None)[0]
    np.testing.assert_allclose(out[1:], expected, atol=1e-12)
    assert not out[0].any()


@pytest.mark.parametrize("place", [0, 6, 12])
def test_a_missing_right_hand_side_is_told(place):
    net = network(13, (1, 2, 3))
    right = np.ones((net.N, 2))
    right[place, 1] = np.nan
    out = np.empty((net.N, 2))
    Halves.of(net).solve(right, out)
    assert np.isfinite(out[:, 0]).all() and not np.isfinite(out[:, 1]).all()
