"""The thin plate across gaps of a map: by hand, exact where it must be, and better than what is simpler."""

from __future__ import annotations

import numpy as np
import pytest

from groundline.core.mining.thin_plate import ThinPlate

SIZE = (1.0, 1.0)


def filled(s: np.ndarray, gap: np.ndarray, size: tuple[float, float] = SIZE) -> np.ndarray:
    out = s.copy()
    out[gap] = ThinPlate(~gap, gap, size).fill(np.where(gap, np.nan, s))
    return out


def test_one_pixel_of_a_line_by_hand() -> None:
    # 0 1 z 1 0: bending 2 (z - 2)^2 + (2 - 2z)^2, tension 2 (z - 1)^2 / 100, least at z = 16.04 / 12.04:
    # above its neighbours, as the curvature asks.
    s = np.array([[0.0, 1.0, np.nan, 1.0, 0.0]])
    assert filled(s, np.isnan(s))[0, 2] == pytest.approx(16.04 / 12.04, rel=1e-12)


def test_the_corner_of_a_square_by_hand() -> None:
    # only the mixed term 2 (z - 1 - 2 + 0)^2 and the tension ((z - 1)^2 + (z - 2)^2) / 100 reach the corner
    s = np.array([[0.0, 1.0], [2.0, np.nan]])
    assert filled(s, np.isnan(s))[1, 1] == pytest.approx((2 * 3 + 0.03) / 2.02, rel=1e-12)


def test_a_slope_is_continued_exactly_whatever_the_shape_of_pixels() -> None:
    y, x = np.mgrid[0:20, 0:24]
    s = 3.0 + 0.2 * x - 0.5 * y
    gap = np.hypot(y - 9, x - 11) < 4.5
    np.testing.assert_allclose(filled(s, gap, (30.0, 12.0)), s, atol=1e-9)


def test_known_pixels_stay_and_others_fill_the_same_alone_or_with_a_distant_gap() -> None:
    rng = np.random.default_rng(1)
    s = rng.standard_normal((20, 30))
    one, two = np.zeros(s.shape, bool), np.zeros(s.shape, bool)
    one[5:8, 4:6], two[12, 20] = True, True
    both = filled(s, one | two)
    np.testing.assert_array_equal(both[~(one | two)], s[~(one | two)])
    np.testing.assert_allclose(both[one], filled(s, one)[one], atol=1e-12)


def test_weights_of_a_sum_give_the_sum_of_the_filled_pixels() -> None:
    rng = np.random.default_rng(2)
    s, gap = rng.standard_normal((15, 15)), rng.random((15, 15)) < 0.3
    plate = ThinPlate(~gap, gap, (10.0, 14.0))
    loads = rng.standard_normal((3, int(gap.sum())))
    np.testing.assert_allclose(plate.weights(loads) @ s[~gap], loads @ plate.fill(s), atol=1e-10)


def test_no_gap_is_nothing_to_fill() -> None:
    known = np.ones((4, 5), bool)
    assert ThinPlate(known, ~known, SIZE).fill(np.ones((4, 5))).shape == (0,)


def test_the_middle_of_a_bowl_is_not_cut_off_as_by_area_or_by_the_rim() -> None:
    # sigma 12 pixels, 225 mm: half-width 30 pixels at 10 mm; a gap of a quarter of it holds 19 % of the volume
    y, x = np.mgrid[-60:61, -60:61]
    s = 0.225 * np.exp(-(x**2 + y**2) / (2 * 12.0**2))
    gap = np.hypot(x, y) <= 7.5
    missing, volume = s[gap].sum(), s[s > 0.01].sum()
    by_plate = filled(s, gap)[gap].sum()
    by_area = s[(s > 0.01) & ~gap].mean() * gap.sum()
    by_rim = s[(np.hypot(x, y) <= 8.5) & ~gap].max() * gap.sum()
    assert abs(by_plate - missing) < 0.003 * volume
    assert by_area < 0.35 * missing and by_rim < 0.92 * missing
