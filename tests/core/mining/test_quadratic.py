"""The small quadratic program against scipy and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import lsq_linear

from groundline.core.mining.quadratic import Infeasible, minimise


def test_corner_by_hand():
    # Nearest point of x + y >= 2, x <= 0.5 to the origin: (0.5, 1.5), multipliers 1.5 and 1.
    found = minimise(np.eye(2), np.zeros(2), np.array([[1.0, 1.0], [-1.0, 0.0]]), np.array([2.0, -0.5]))
    np.testing.assert_allclose(found.x, [0.5, 1.5], atol=1e-14)
    np.testing.assert_allclose(found.multipliers, [1.5, 1.0], atol=1e-14)


@pytest.mark.parametrize("seed", range(20))
def test_boxes_as_lsq_linear(seed):
    rng = np.random.default_rng(seed)
    q = int(rng.integers(2, 30))
    matrix, y = rng.normal(size=(2 * q, q)), rng.normal(size=2 * q) * 3
    low, high = -rng.uniform(0.01, 0.3, q), rng.uniform(0.01, 0.3, q)
    found = minimise(
        matrix.T @ matrix, matrix.T @ y, np.vstack([np.eye(q), -np.eye(q)]), np.concatenate([low, -high])
    )
    other = lsq_linear(matrix, y, (low, high), method="bvls", tol=1e-15)
    np.testing.assert_allclose(found.x, other.x, atol=1e-9)


@pytest.mark.parametrize("seed", range(10))
def test_many_constraints_in_few_dimensions_satisfy_the_conditions(seed):
    rng = np.random.default_rng(seed)
    rows = np.vstack(
        [rng.normal(size=(60, 3)), np.eye(3), np.eye(3)]
    )  # some twice, so that corners are degenerate
    b = rows @ rng.normal(size=3) - rng.choice([0.0, 0.5], len(rows))
    matrix = rng.normal(size=(8, 3))
    hessian, f = matrix.T @ matrix, rng.normal(size=3) * 10
    found = minimise(hessian, f, rows, b)
    assert np.all(rows @ found.x >= b - 1e-10)
    assert np.all(found.multipliers >= 0)
    np.testing.assert_allclose(hessian @ found.x - f, rows.T @ found.multipliers, atol=1e-9)
    np.testing.assert_allclose(found.multipliers * (rows @ found.x - b), 0.0, atol=1e-9)


def test_contradiction_is_told():
    with pytest.raises(Infeasible):
        minimise(np.eye(1), np.zeros(1), np.array([[1.0], [-1.0]]), np.array([1.0, 0.0]))


def test_infinite_sides_never_count():
    found = minimise(np.eye(2), np.ones(2), np.eye(2), np.array([-np.inf, 2.0]))
    np.testing.assert_allclose(found.x, [1.0, 2.0])
