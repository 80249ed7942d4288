"""Gaps of funnels: how far they are filled, what they count, what the filling is worth, and what is reported."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from groundline_tests.mine import write_subsidence

from groundline.core.blocks import Compute
from groundline.core.errors import InputError
from groundline.core.mining.funnel_areas import Funnels
from groundline.core.mining.gap_reach import farthest, half_widths, with_holes
from groundline.core.mining.gap_summary import summarise
from groundline.core.mining.gaps import fill_series
from groundline.core.mining.subsidence import open_series
from groundline.core.mining.volumes import LAST, sum_volumes
from groundline.core.simulation.noise import turbulence

DAYS = [date(2016, 1, 1) + timedelta(days=100 * n) for n in range(3)]
LIMIT = 0.010
SIZE = (10.0, 10.0)
ONE = (1,)


def bowl(side: int = 81, sigma: float = 12.0, depth: float = 0.225) -> np.ndarray:
    """S [m] of a Gaussian bowl in the middle; 10 mm lies 2.5 sigma away."""
    x = np.arange(side) - side // 2
    return depth * np.exp(-(x[:, None] ** 2 + x[None, :] ** 2) / (2 * sigma**2))


def disc(side: int, radius: float) -> np.ndarray:
    x = np.arange(side) - side // 2
    return np.hypot(x[:, None], x[None, :]) <= radius


def everything(shape: tuple[int, ...]) -> Funnels:
    return Funnels(np.ones(shape, np.int32), ONE)


def opened(folder, s: np.ndarray):
    """Series of S at the last of three dates, growing evenly."""
    return open_series(write_subsidence(folder, np.linspace(0.0, 1.0, 3)[:, None, None] * s, DAYS))


def summary_of(folder, s: np.ndarray, funnels: Funnels | None = None, whole_grid: bool = False):
    series = opened(folder, s)
    funnels = funnels or everything(s.shape)
    filling = fill_series(series, funnels, LIMIT, s)
    return summarise(filling, series, funnels, s, LIMIT, whole_grid), filling, series


def test_half_width_is_the_largest_distance_to_ground_that_stands_still() -> None:
    s = np.zeros((9, 12))
    s[2:7, 3:8] = 0.1  # 5 x 5 pixels: the middle lies 3 pixels from still ground
    s[4, 4] = np.nan  # goes with its neighbours
    np.testing.assert_allclose(half_widths(s, everything(s.shape), LIMIT, SIZE), [30.0])
    np.testing.assert_allclose(half_widths(s, everything(s.shape), LIMIT, (10.0, 2.0)), [6.0])
    np.testing.assert_allclose(half_widths(0 * s, everything(s.shape), LIMIT, SIZE), [0.0])


def test_every_funnel_has_a_limit_of_its_own_and_one_pixel_is_always_filled() -> None:
    labels = np.array([[0, 1, 2]], np.int32)
    np.testing.assert_allclose(farthest(np.array([100.0, 8.0]), Funnels(labels, (1, 2)), SIZE), [[50.0, 50.0, 10.0]])


def test_a_missing_pixel_counts_by_its_surroundings_by_hand(tmp_path) -> None:
    # a slope along the columns: 20, 40, 60, 80, 100 mm; the pixel in the middle is 60 mm
    s = np.tile(np.linspace(0.02, 0.10, 5), (5, 1))
    whole = s.copy()
    s[2, 2] = np.nan
    summary, filling, series = summary_of(tmp_path / "d", s)
    found = sum_volumes(series, everything(s.shape), LIMIT, LAST, np.array([0.05]), filling=filling)
    assert found.volume[-1, 0] == pytest.approx(100.0 * whole.sum(), rel=1e-6)  # m3: 25 pixels of 100 m2
    assert found.filled[-1, 0] == pytest.approx(100.0 * 0.06, rel=1e-6)
    assert found.filled[1, 0] == pytest.approx(100.0 * 0.03, rel=1e-6)  # half way
    assert found.by_threshold[0, 0] == pytest.approx(100.0 * whole[whole > 0.05].sum(), rel=1e-6)
    assert found.counted[0] == pytest.approx(2500.0)
    np.testing.assert_allclose(found.missing[:, 0], 0.04)
    assert (summary.missing[0], summary.filled[0], summary.unfilled[0]) == (1, 1, 0)
    assert summary.share[0] == pytest.approx(0.04)
    assert not summary.too_wide[0] and not summary.middle[0]


def test_the_threshold_holds_for_filled_values_too(tmp_path) -> None:
    s = np.tile(np.linspace(0.002, 0.010, 5), (5, 1))
    s[:, 4] = 0.2
    s[2, 1] = np.nan
    summary, filling, series = summary_of(tmp_path / "d", s)
    found = sum_volumes(series, everything(s.shape), LIMIT, LAST, np.array([]), filling=filling)
    assert (summary.missing[0], summary.filled[0]) == (1, 0)
    assert found.filled[-1, 0] == 0.0


def test_a_gap_of_some_dates_is_filled_at_those_dates(tmp_path) -> None:
    s = np.linspace(0.0, 1.0, 3)[:, None, None] * bowl()
    s[1, 40, 40] = np.nan
    series = open_series(write_subsidence(tmp_path / "d", s, DAYS))
    filling = fill_series(series, everything(s.shape[1:]), LIMIT, s[-1])
    np.testing.assert_array_equal(np.isfinite(filling.values[:, 0]), [False, True, False])
    assert filling.values[1, 0] == pytest.approx(0.1125, rel=0.002)
    found = sum_volumes(series, everything(s.shape[1:]), LIMIT, LAST, np.array([]), filling=filling)
    np.testing.assert_allclose(found.missing[[0, 2], 0], 0.0)
    assert found.missing[1, 0] > 0.0
    assert 2 * found.volume[1, 0] == pytest.approx(found.volume[2, 0], rel=1e-5)


def test_sums_with_gaps_do_not_depend_on_the_blocks(tmp_path) -> None:
    s = np.pad(bowl(121, 20.0), ((100, 100), (40, 40)))
    s[np.random.default_rng(3).random(s.shape) < 0.2] = np.nan
    series = opened(tmp_path / "d", s)
    filling = fill_series(series, everything(s.shape), LIMIT, s)
    runs = [
        sum_volumes(series, everything(s.shape), LIMIT, LAST, np.array([0.02]), Compute(memory), filling=filling)
        for memory in (10**9, 4 * 10**6)
    ]
    for first, second in zip(*(vars(run).values() for run in runs)):
        np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize(
    ("part", "wide", "middle", "left"),
    [(0.1, False, False, False), (0.2, False, True, False), (0.35, True, True, False), (0.65, True, True, True)],
)
def test_wide_gaps_are_reported_and_the_inside_of_the_widest_is_left(tmp_path, part, wide, middle, left) -> None:
    # half-width of the bowl: 30 pixels
    s = bowl()
    whole = s[s > LIMIT].sum()
    s[disc(81, part * 30.0)] = np.nan
    summary, filling, _ = summary_of(tmp_path / "d", s, whole_grid=True)
    assert summary.half_width[0] == pytest.approx(300.0, rel=0.02)
    assert (bool(summary.too_wide[0]), bool(summary.middle[0]), bool(summary.unfilled[0])) == (wide, middle, left)
    filled = filling.onto(s[None], number=-1)[0]
    volume = filled[np.nan_to_num(filled) > LIMIT].sum()
    if not wide:
        assert volume == pytest.approx(whole, rel=0.003)
        assert summary.missing[0] == summary.filled[0] == np.isnan(s).sum()
    elif not left:
        assert volume == pytest.approx(whole, rel=0.03)
    else:
        assert volume < 0.98 * whole


def test_a_gap_beside_the_bowl_is_no_gap_of_it(tmp_path) -> None:
    s = bowl()
    s[:, 75:] = np.nan
    summary, _, _ = summary_of(tmp_path / "d", s, whole_grid=True)
    assert summary.missing[0] == 0
    polygon, _, _ = summary_of(tmp_path / "e", s)  # the polygon reaches that far: its ground has no value there
    assert polygon.missing[0] == 81 * 6 and not polygon.too_wide[0]


def test_holes_without_values_belong_to_the_funnel_around_them() -> None:
    labels = np.zeros((7, 16), np.int32)
    labels[1:6, 1:6], labels[1:6, 9:15] = 3, 4
    known = np.ones(labels.shape, bool)
    for row, col in ((3, 3), (3, 11)):
        labels[row, col] = 0
    labels[5, 10] = 0  # open to the outside
    known[3, 3] = known[5, 10] = False  # the hole at (3, 11) has a value: it was cut out on purpose
    found = with_holes(Funnels(labels, (3, 4)), known).labels
    assert (found[3, 3], found[3, 11], found[5, 10]) == (3, 0, 0)
    assert (found != labels).sum() == 1


def test_more_gaps_than_the_memory_allows_are_refused(tmp_path) -> None:
    s = np.pad(bowl(), 100)
    s[np.random.default_rng(4).random(s.shape) < 0.5] = np.nan
    series = opened(tmp_path / "d", s)
    with pytest.raises(InputError, match="Memory budget"):
        fill_series(series, everything(s.shape), LIMIT, s, compute=Compute(64 * 2**20))


@pytest.mark.parametrize(("patch", "noise"), [(90.0, 0.002), (300.0, 0.0005)])
def test_the_deviation_of_the_filling_is_the_error_that_it_makes(tmp_path, patch, noise) -> None:
    # small gaps, where noise decides, and wide ones, where the curvature of the bowl does
    truth, errors, stds = bowl(), [], []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        field = turbulence(truth.shape, SIZE, patch, rng)
        s = truth + noise * rng.standard_normal(truth.shape)
        s[field < np.quantile(field, 0.15)] = np.nan
        series = opened(tmp_path / str(seed), s)
        filling = fill_series(series, everything(s.shape), LIMIT, s)
        gap = np.isnan(s) & (truth > LIMIT)
        error = filling.onto(s[None], number=-1)[0] - truth
        assert np.isfinite(error[gap]).all()
        errors.append(100.0 * error[gap].sum())
        assert filling.std is not None
        stds.append(filling.std[-1, 0])
    z = np.array(errors) / np.array(stds)
    assert np.abs(z).max() < 3.0
    assert 0.3 < np.sqrt((z**2).mean()) < 1.3
