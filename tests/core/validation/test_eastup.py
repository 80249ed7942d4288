"""The maths of east and up: exact recovery, errors by simulation, condition, plain least squares."""

from __future__ import annotations

import math

import numpy as np
import pytest

from groundline.core.validation.eastup import solve

ASC, DESC = (-0.61, -0.11), (0.61, -0.11)


def vectors(*pairs):
    """(K, 1, 3) unit vectors from (east, north)."""
    return np.array([[[e, n, math.sqrt(1 - e * e - n * n)]] for e, n in pairs])


def test_two_mirror_images_by_hand():
    """East +-0.6, up 0.8: up = (a + d) / 1.6, east = (d - a) / 1.2; errors of 1 become sqrt(2) of that."""
    found = solve(np.array([[1.0], [3.0]]), np.ones((2, 1)), vectors((-0.6, 0.0), (0.6, 0.0)))
    assert found.up[0] == pytest.approx(4.0 / 1.6)
    assert found.east[0] == pytest.approx(2.0 / 1.2)
    assert found.up_std[0] == pytest.approx(math.sqrt(2) / 1.6)
    assert found.east_std[0] == pytest.approx(math.sqrt(2) / 1.2)
    assert found.correlation[0] == pytest.approx(0.0, abs=1e-15)
    assert found.condition[0] == pytest.approx(0.8 / 0.6)
    assert math.isnan(found.misfit[0])


def test_north_motion_does_what_is_said():
    los = vectors(ASC, DESC)
    north = 10.0
    seen = (los @ np.array([2.0, north, -5.0]))
    found = solve(seen, np.ones((2, 1)), los)
    assert found.east[0] == pytest.approx(2.0 + north * found.east_per_north[0])
    assert found.up[0] == pytest.approx(-5.0 + north * found.up_per_north[0])
    assert found.up_per_north[0] == pytest.approx(-0.11 / los[0, 0, 2])


def test_three_tracks_with_different_errors_equal_plain_weighted_least_squares():
    rng = np.random.default_rng(7)
    los = vectors(ASC, DESC, (-0.7, -0.12))
    value, std = rng.normal(size=(3, 1)), np.array([[1.0], [2.0], [0.5]])
    design = los[:, 0, [0, 2]]
    weight = np.diag(1.0 / std[:, 0] ** 2)
    covariance = np.linalg.inv(design.T @ weight @ design)
    plain = covariance @ design.T @ weight @ value[:, 0]
    found = solve(value, std, los)
    assert (found.east[0], found.up[0]) == pytest.approx(tuple(plain))
    assert (found.east_std[0], found.up_std[0]) == pytest.approx(tuple(np.sqrt(np.diag(covariance))))
    assert found.correlation[0] == pytest.approx(
        covariance[0, 1] / math.sqrt(covariance[0, 0] * covariance[1, 1])
    )
    assert found.condition[0] == pytest.approx(np.linalg.cond(design))
    residual = value[:, 0] - design @ plain
    assert found.misfit[0] == pytest.approx(math.sqrt(residual @ weight @ residual))


def test_stated_errors_are_the_scatter_of_many_draws():
    rng = np.random.default_rng(9)
    count = 40_000
    los = np.broadcast_to(vectors(ASC, DESC, (0.68, -0.12)), (3, count, 3))
    std = np.broadcast_to(np.array([[1.0], [2.0], [1.5]]), (3, count))
    value = los[..., 0] * 7.0 + los[..., 2] * -12.0 + rng.normal(size=(3, count)) * std
    found = solve(value, std, los)
    assert found.east.mean() == pytest.approx(7.0, abs=0.05)
    assert found.up.mean() == pytest.approx(-12.0, abs=0.05)
    assert found.east.std() == pytest.approx(found.east_std[0], rel=0.02)
    assert found.up.std() == pytest.approx(found.up_std[0], rel=0.02)
    assert math.sqrt(np.mean(found.misfit**2)) == pytest.approx(1.0, rel=0.02)


def test_the_same_geometry_is_singular_and_one_track_says_nothing():
    los = np.concatenate([np.repeat(vectors(ASC, ASC), 1, axis=1), vectors(ASC, DESC)], axis=1)
    value = np.array([[1.0, 1.0], [1.0, np.nan]])
    found = solve(value, np.ones((2, 2)), los)
    assert np.isinf(found.condition[0])
    assert np.isnan(found.condition[1])
    assert found.tracks.tolist() == [2, 1]
    for array in (found.east, found.up, found.east_std, found.up_std):
        assert np.isnan(array).all()


def test_nearly_the_same_geometry_keeps_its_digits():
    """Two lines of sight 1e-5 apart: the condition number is about 2e5."""
    los = vectors((-0.61, 0.0), (-0.61001, 0.0))
    found = solve(np.ones((2, 1)), np.ones((2, 1)), los)
    assert found.condition[0] == pytest.approx(np.linalg.cond(los[:, 0, [0, 2]]), rel=1e-4)
