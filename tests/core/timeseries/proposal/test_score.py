"""Which level is still, and which squares are best."""

from __future__ import annotations

import numpy as np
import pytest

from groundline.core.timeseries.proposal.score import Quality, best_squares, most_frequent


def test_the_most_frequent_velocity_is_that_of_stable_ground() -> None:
    """Three tenths stand still within 1 mm/yr; the others sink by anything up to 300: the median says -90."""
    rng = np.random.default_rng(1)
    values = np.concatenate([rng.normal(12.0, 1.0, 3000), 12.0 - rng.uniform(0, 300, 7000)])
    assert most_frequent(values) == pytest.approx(12.0, abs=0.7)
    assert np.median(values) < -50


def test_of_few_values() -> None:
    assert most_frequent(np.array([5.0])) == 5.0
    assert most_frequent(np.array([1.0, 2.0, 2.1, 9.0])) == pytest.approx(2.05, abs=0.06)


def scene(rows: int = 20, cols: int = 30) -> Quality:
    """Everything alike and still, but slightly better to the right and at the top."""
    row, col = np.mgrid[0:rows, 0:cols]
    return Quality(
        0.8 + 0.001 * col, np.zeros((rows, cols)), 1.0 + 0.01 * row, np.ones((rows, cols), bool), 0.0
    )


def test_the_best_square_and_the_next_one_far_away() -> None:
    found = best_squares(scene(), 3, 4, 10.0, 1.0)
    assert (found[0].row, found[0].col) == (0, 27)
    assert found[0].coherence == pytest.approx(0.8 + 0.001 * 28)
    places = np.array([(square.row, square.col) for square in found])
    apart = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    assert (apart[np.triu_indices(len(found), 1)] >= 10.0).all()
    assert [square.score for square in found] == sorted((square.score for square in found), reverse=True)


def test_moving_and_incomplete_squares_are_left_out() -> None:
    quality = scene()
    quality.velocity[:, 15:] = -20.0
    quality.usable[:, :6] = False
    found = best_squares(quality, 3, 50, 4.3, 1.0)
    assert found
    for square in found:
        assert square.col >= 6 and square.col + 3 <= 16  # one column of five of nine pixels would be too much
        assert abs(square.velocity) <= 1.0
    assert best_squares(quality, 25, 3, 1.0, 1.0) == []  # larger than the scene


def test_four_usable_pixels_of_five_are_enough() -> None:
    quality = scene(5, 5)
    quality.usable[0, :] = False  # 20 of 25
    assert len(best_squares(quality, 5, 1, 1.0, 1.0)) == 1
    quality.usable[1, 0] = False
    assert best_squares(quality, 5, 1, 1.0, 1.0) == []
