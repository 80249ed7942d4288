"""Segmentation into sub-funnels: watershed, wells, numbers that stay."""

from __future__ import annotations

import numpy as np
import pytest

from groundline.core.mining.funnel_areas import Funnels
from groundline.core.mining.funnels import (
    carry_numbers,
    groups,
    nearest,
    smoothed,
    touching,
    watershed,
    without_shallow,
    without_small,
)


def bowls(
    *centres: tuple[float, float, float], shape: tuple[int, int] = (40, 60), sigma: float = 5.0
) -> np.ndarray:
    """S [m]: the deepest of Gaussian bowls (row, col, depth) at each pixel."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]]
    parts = [d * np.exp(-((y - r) ** 2 + (x - c) ** 2) / (2 * sigma**2)) for r, c, d in centres]
    return np.max(parts, axis=0)


def test_a_row_by_hand() -> None:
    # deepest points at 3 and 7, the sill between them (0.02) belongs to the side it falls to
    s = np.array([[0.0, 0.01, 0.03, 0.05, 0.04, 0.02, 0.03, 0.06, 0.01]])
    np.testing.assert_array_equal(watershed(s, s > 0, 0.0), [[0, 2, 2, 2, 2, 2, 1, 1, 1]])
    # 0.05 stands out from the sill by 0.03: with more asked, it belongs to the deeper one
    assert set(watershed(s, s > 0, 0.029).ravel()) == {0, 1, 2}
    assert set(watershed(s, s > 0, 0.031).ravel()) == {0, 1}


def test_bowls_are_cut_half_way_between_and_numbered_by_depth() -> None:
    s = bowls((20, 15, 0.1), (20, 45, 0.2))
    labels = watershed(s, s > 0.001, 0.005)
    assert labels[20, 45] == 1 and labels[20, 15] == 2
    assert labels.max() == 2
    row = labels[20]
    divide = int(np.flatnonzero((row[:-1] == 2) & (row[1:] == 1))[0])
    assert divide == np.argmin(s[20, 15:45]) + 15 or divide + 1 == np.argmin(s[20, 15:45]) + 15


def test_noise_makes_no_funnels_of_its_own() -> None:
    s = bowls((20, 15, 0.1), (20, 45, 0.2)) + np.random.default_rng(3).normal(0.0, 0.003, (40, 60))
    assert watershed(s, without_small(s > 0.015, 20), 0.0).max() > 4
    assert watershed(s, without_small(s > 0.015, 20), 0.02).max() == 2


def test_prominence_is_judged_as_by_flooding_pixel_by_pixel() -> None:
    """Equality with a plain flooding that joins basins one pixel at a time."""
    rng = np.random.default_rng(5)
    for _ in range(15):
        s = rng.uniform(0.0, 1.0, (7, 8))
        for prominence in (0.0, 0.2, 0.5):
            fast = watershed(s, np.ones(s.shape, bool), prominence)
            assert len(np.unique(fast)) == count_by_flooding(s, prominence)


def count_by_flooding(s: np.ndarray, prominence: float) -> int:
    peaks: dict[tuple[int, int], tuple[int, int]] = {}
    owner: dict[tuple[int, int], tuple[int, int]] = {}
    kept = 0

    def root(cell: tuple[int, int]) -> tuple[int, int]:
        while owner[cell] != cell:
            cell = owner[cell]
        return cell

    for flat in np.argsort(-s, axis=None):
        cell = tuple(int(v) for v in np.unravel_index(flat, s.shape))
        owner[cell] = cell
        peaks[cell] = cell
        for dr in (-1, 0, 1):
            for dc in (-1, 0, 1):
                other = (cell[0] + dr, cell[1] + dc)
                if other == cell or other not in owner:
                    continue
                a, b = sorted((root(cell), root(other)), key=lambda c: -s[c])
                if a != b:
                    kept += int(s[b] - s[cell] >= prominence and b != cell)
                    owner[b] = a
    return kept + 1


def test_level_ground_is_one_basin() -> None:
    s = np.full((5, 6), 0.05)
    assert set(watershed(s, s > 0, 0.0).ravel()) == {1}
    s[2, 2:4] = 0.08
    assert set(watershed(s, s > 0, 0.0).ravel()) == {1}


def test_nothing_inside_and_unknown_pixels() -> None:
    s = np.full((4, 4), np.nan)
    assert watershed(s, np.zeros((4, 4), bool), 0.0).max() == 0
    s[1, 1] = 0.1
    labels = watershed(s, np.ones((4, 4), bool), 0.0)
    assert labels[1, 1] == 1 and labels.sum() == 1


def test_nearest_well_within_reach() -> None:
    inside = np.array([[True, True, False, True]])
    x = np.array([0.0, 10.0, 30.0])
    labels = nearest(inside, x, np.zeros(3), np.array([[8.0, 0.0], [31.0, 0.0]]), 0.0)
    np.testing.assert_array_equal(labels, [[1, 1, 0, 2]])
    near = nearest(inside, x, np.zeros(3), np.array([[8.0, 0.0], [31.0, 0.0]]), 5.0)
    np.testing.assert_array_equal(near, [[0, 1, 0, 2]])


def test_numbers_stay_with_the_ground_and_new_funnels_count_on() -> None:
    labels = np.array([[1, 1, 1, 2, 2, 3, 3]], np.int32)
    earlier = Funnels(np.array([[0, 9, 9, 4, 9, 0, 0]], np.int32), (4, 9))
    np.testing.assert_array_equal(carry_numbers(labels, earlier), [[9, 9, 9, 4, 4, 10, 10]])


def test_smoothing_keeps_the_mean_and_the_unknown() -> None:
    s = np.full((9, 9), 0.2)
    s[4, 4] = np.nan
    out = smoothed(s, 1.5)
    assert np.isnan(out[4, 4])
    np.testing.assert_allclose(out[np.isfinite(out)], 0.2)
    np.testing.assert_array_equal(smoothed(s, 0.0), s)


def test_specks_are_left_out() -> None:
    inside = np.zeros((5, 8), bool)
    inside[1, 1], inside[3, 3], inside[2, 5:8] = True, True, True
    assert without_small(inside, 2).sum() == 3
    inside[2, 4] = True  # touches (3, 3) at a corner
    assert without_small(inside, 4).sum() == 5


def test_groups_of_touching_funnels() -> None:
    labels = np.array([[1, 2, 0, 3], [0, 0, 0, 4]], np.int32)
    inside = np.array([[True, True, True, True], [False, False, False, True]])
    pairs = touching(labels, inside)
    assert pairs == [(1, 2), (3, 4)]
    assert groups((1, 2, 3, 4), pairs) == [(1, 2), (3, 4)]
    assert groups((1, 2, 3, 4), [(2, 3), (3, 4)]) == [(1,), (2, 3, 4)]
    corner = np.array([[5, 0], [0, 7]], np.int32)
    assert touching(corner, corner > 0) == [(5, 7)]
    assert touching(corner, np.array([[True, False], [False, False]])) == []


@pytest.mark.parametrize("seed", range(3))
def test_every_inside_pixel_has_exactly_one_funnel(seed: int) -> None:
    s = smoothed(np.random.default_rng(seed).normal(0.0, 1.0, (30, 30)), 1.0)
    inside = s > 0.1
    np.testing.assert_array_equal(watershed(s, inside, 0.1) > 0, inside)


def test_shallow_specks_go_and_the_deepest_area_stays() -> None:
    labels = np.array([[1, 1, 0, 2, 0, 3]], np.int32)
    s = np.array([[0.05, 0.02, 0.0, 0.012, 0.0, 0.021]])
    np.testing.assert_array_equal(without_shallow(labels, s, 0.020), [[1, 1, 0, 0, 0, 3]])
    np.testing.assert_array_equal(without_shallow(labels, s, 0.500), [[1, 1, 0, 0, 0, 0]])
