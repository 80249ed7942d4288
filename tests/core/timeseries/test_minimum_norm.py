"""Joining subsets of dates by the smallest interval velocities."""

from __future__ import annotations

import numpy as np

from groundline.core.timeseries import minimum_norm

YEARS = np.array([0.0, 0.1, 0.2, 0.4, 0.5])


def test_two_subsets_in_a_row_are_joined_level():
    x = np.array([[0.0], [3.0], [10.0], [14.0], [15.0]])
    label = np.array([[0], [0], [1], [1], [1]])
    np.testing.assert_allclose(minimum_norm.join(x, label, YEARS)[:, 0], [0, 3, 3, 7, 8])


def test_interleaved_subsets_minimise_the_velocities():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(5, 1))
    label = np.array([[0], [1], [0], [1], [0]])
    joined = minimum_norm.join(x, label, YEARS)

    def norm(shift):
        return np.sum((np.diff((x + shift * label)[:, 0]) / np.diff(YEARS)) ** 2)

    best = joined[1, 0] - (x[1, 0] - x[0, 0])
    np.testing.assert_allclose(np.diff(joined[:, 0]), np.diff((x + best * label)[:, 0]), atol=1e-12)
    assert norm(best) < min(norm(best + 1e-3), norm(best - 1e-3))


def test_pixels_with_different_subsets_are_solved_together():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(5, 4))
    label = np.array([[0, 0, 0, 0], [0, 1, 1, 1], [0, 1, 0, 2], [0, 1, 2, 3], [0, 1, 1, 4]])
    together = minimum_norm.join(x, label, YEARS)
    for p in range(4):
        alone = minimum_norm.join(x[:, p : p + 1], label[:, p : p + 1], YEARS)
        np.testing.assert_allclose(together[:, p], alone[:, 0], atol=1e-14)
    np.testing.assert_allclose(together[:, 0], x[:, 0] - x[0, 0])
    np.testing.assert_allclose(together[:, 3], 0.0, atol=1e-14)


def test_adjoint_gives_the_same_number():
    rng = np.random.default_rng(2)
    x = rng.normal(size=(5, 3))
    functional = rng.normal(size=(5, 3))
    functional -= functional.mean(axis=0)
    label = np.array([[0, 0, 0], [1, 1, 1], [0, 1, 2], [1, 0, 3], [2, 1, 0]])
    direct = np.sum(functional * minimum_norm.join(x, label, YEARS), axis=0)
    adjoint = minimum_norm.adjoint(functional, label, YEARS)
    np.testing.assert_allclose(np.sum(adjoint * x, axis=0), direct, atol=1e-12)
    for p in range(3):
        for subset in range(label[:, p].max() + 1):
            assert abs(adjoint[label[:, p] == subset, p].sum()) < 1e-9
