"""Values between pixels, by hand: means of what is known, breaks of unwrapping, counts."""

from __future__ import annotations

import numpy as np

from groundline.core.geocoding.interpolation import Neighbours, means, middles, nearest, unbroken
from groundline.core.raster import Window

PLANE = np.array([[1.0, 2.0, 3.0], [5.0, 6.0, 7.0]])
WHOLE = Window(0, 0, 2, 3)
ONE = (1, 1)


def at(rows: list[list[float]], columns: list[list[float]], window: Window = WHOLE) -> Neighbours:
    return Neighbours(np.array(rows), np.array(columns), window)


def test_bilinear_by_hand() -> None:
    near = at([[0.25, 1.0]], [[0.5, 2.0]])
    (found,) = means([PLANE], np.ones((2, 3), bool), near, ONE)
    # 0.75 (1 + 2) / 2 + 0.25 (5 + 6) / 2 = 2.5; a pixel's own place gives the pixel.
    assert found.tolist() == [[2.5, 7.0]]


def test_the_missing_is_left_out_by_weight() -> None:
    known = np.array([[True, False, True], [True, False, True]])
    near = at([[0.0, 0.0, 0.0]], [[0.4, 0.6, np.nan]])
    (found,) = means([np.where(known, PLANE, np.nan)], known, near, ONE)
    # 0.6 of the weight is known, and it is all of the first pixel; 0.4 is too little; nowhere is missing.
    assert found[0, 0] == 1.0 and np.isnan(found[0, 1:]).all()


def test_the_edge_is_that_of_the_outer_pixels() -> None:
    (found,) = means([PLANE], np.ones((2, 3), bool), at([[-0.5, -0.6]], [[0.0, 0.0]]), ONE)
    assert found[0, 0] == 1.0 and np.isnan(found[0, 1])


def test_windows_do_not_show() -> None:
    rng = np.random.default_rng(1)
    plane = rng.standard_normal((20, 20))
    rows, columns = rng.uniform(6.0, 12.0, (2, 5, 5))
    whole = Neighbours(rows, columns, Window(0, 0, 20, 20)).sum(plane)
    part = Neighbours(rows, columns, Window(5, 4, 10, 11)).sum(plane[5:15, 4:15])
    assert np.array_equal(whole, part)


def test_a_cell_is_the_mean_of_its_places() -> None:
    rows, columns = np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([[0.0, 1.0], [0.0, 1.0]])
    (found,) = means([PLANE], np.ones((2, 3), bool), Neighbours(rows, columns, WHOLE), (2, 2))
    assert found.tolist() == [[3.5]]
    known = np.array([[True, False, True], [False, False, True]])
    (found,) = means([PLANE], known, Neighbours(rows, columns, WHOLE), (2, 2))
    assert np.isnan(found).all()  # one of four


def test_unwrapped_phase_is_not_averaged_across_a_break() -> None:
    broken = np.array([[1.0, 1.0 + 2.0 * np.pi, 3.0]])
    window = Window(0, 0, 1, 3)
    near = at([[0.0, 0.0]], [[0.4, 0.6]], window)
    assert unbroken(broken, near, ONE).tolist() == [[1.0, 1.0 + 2.0 * np.pi]]
    smooth = np.array([[1.0, 2.0, 3.0]])
    np.testing.assert_allclose(unbroken(smooth, near, ONE), [[1.4, 1.6]])
    # Two places in a cell on both sides of the break: the one in the middle.
    near = at([[0.0, 0.0]], [[0.0, 1.0]], window)
    assert unbroken(broken, near, (1, 2)).tolist() == [[1.0 + 2.0 * np.pi]]
    np.testing.assert_allclose(unbroken(smooth, near, (1, 2)), [[1.5]])


def test_unwrapped_phase_of_too_few_pixels_is_missing() -> None:
    plane = np.array([[1.0, np.nan, 3.0]])
    near = at([[0.0, 0.0]], [[0.4, 0.6]], Window(0, 0, 1, 3))
    found = unbroken(plane, near, ONE)
    assert found[0, 0] == 1.0 and np.isnan(found[0, 1])


def test_counts_are_taken_as_they_are() -> None:
    found = nearest(PLANE, np.array([[0.4, 0.6, np.nan]]), np.array([[1.4, 1.6, 0.0]]), WHOLE)
    assert found[0, :2].tolist() == [2.0, 7.0] and np.isnan(found[0, 2])
    assert middles(np.arange(16.0).reshape(2, 8), (1, 4)).tolist() == [[2.0, 6.0], [10.0, 14.0]]
