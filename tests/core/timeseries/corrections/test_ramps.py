"""Fits of ramps and height terms, their way through the network, and the ground that is left out of them."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from groundline.core.errors import InputError
from groundline.core.stack import Grid
from groundline.core.timeseries.corrections.epochs import misclosure, to_epochs, trend, without_trend
from groundline.core.timeseries.corrections.moving import half_sample_mode, moving
from groundline.core.timeseries.corrections.rampfit import sample
from groundline.core.timeseries.corrections.ramps import Shape, fit
from groundline.core.timeseries.matrix import Network

GRID = Grid(40, 20)


def columns(degree: int, height: bool = False) -> tuple[Shape, np.ndarray]:
    rows, cols = (axis.ravel() for axis in np.indices(GRID.shape))
    shape = Shape(GRID, degree, height)
    return shape, shape.columns(rows, cols, (30.0 * rows * cols % 700).astype(np.float32) if height else None)


class TestTerms:
    def test_positions_run_from_minus_one_to_one_along_the_longer_side(self) -> None:
        shape = Shape(GRID, 2, True)
        one = shape.columns(np.array([0]), np.array([39]), np.array([250.0], np.float32))[:, 0]
        x, y = (39.5 - 20) / 20, (0.5 - 10) / 20
        np.testing.assert_allclose(one, [x, y, x * x, x * y, y * y, 0.25], rtol=1e-6)
        assert shape.names == ("x", "y", "x²", "xy", "y²", "height")

    def test_degree_two_has_all_lower_terms_and_degree_zero_none(self) -> None:
        assert Shape(GRID, 2, False).names[:2] == Shape(GRID, 1, False).names == ("x", "y")
        assert Shape(GRID, 0, True).names == ("height",)


class TestRobustFit:
    @pytest.mark.parametrize("degree", [1, 2])
    def test_exact_values_give_the_exact_terms(self, degree: int) -> None:
        shape, design = columns(degree, True)
        truth = np.arange(1.0, len(design) + 1)
        found = fit(design, (truth @ design + 7.0).astype(np.float32), shape, "a pair")
        np.testing.assert_allclose(found.coefficients, truth, atol=2e-5)
        assert found.pixels == 800

    def test_unwrapping_errors_of_a_tenth_of_the_pixels_move_it_little(self) -> None:
        shape, design = columns(1)
        rng = np.random.default_rng(3)
        values = 5.0 * design[0] - 2.0 * design[1] + rng.normal(0.0, 0.5, design.shape[1])
        values[(design[0] > 0.4) & (design[1] > 0.2)] += 27.7
        naive = np.linalg.lstsq(np.vstack([np.ones(800), design]).T, values, rcond=None)[0]
        found = fit(design, values.astype(np.float32), shape, "a pair")
        assert abs(naive[1] - 5.0) > 5.0
        assert abs(found.coefficients[0] - 5.0) < 0.1 * abs(naive[1] - 5.0)

    def test_missing_values_take_no_part(self) -> None:
        shape, design = columns(1)
        values = (3.0 * design[0]).astype(np.float32)
        values[::3] = np.nan
        found = fit(design, values, shape, "a pair")
        np.testing.assert_allclose(found.coefficients, [3.0, 0.0], atol=1e-5)
        assert found.pixels == 533

    def test_too_few_pixels_are_refused_with_their_number(self) -> None:
        shape, design = columns(2)
        values = np.full(800, np.nan, np.float32)
        values[:59] = 1.0
        with pytest.raises(
            InputError, match="59 pixels of 20200101_20200113 to fit 5 terms.*at least 60.*lower DEGREE"
        ):
            fit(design, values, shape, "20200101_20200113")

    def test_pixels_in_one_row_cannot_tell_x_and_y_apart(self) -> None:
        shape, design = columns(1)
        row = slice(0, 40)
        with pytest.raises(InputError, match="cannot tell x, y apart"):
            fit(design[:, row], np.ones(40, np.float32), shape, "a pair")


DATES = tuple(date(2020, 1, 1) + timedelta(days=12 * n) for n in range(6))
NETWORK = Network(DATES, np.array([(0, 1), (0, 2), (1, 2), (1, 3), (2, 3), (3, 4), (3, 5), (4, 5)]))


class TestThroughTheNetwork:
    def test_pairs_of_dates_give_the_dates_back(self) -> None:
        truth = np.array([[0, 0], [1, -1], [4, 2], [2, 2], [-3, 0], [5, 1]], float)
        pairs = truth[NETWORK.later] - truth[NETWORK.earlier]
        found = to_epochs(NETWORK, pairs)
        np.testing.assert_allclose(found, truth, atol=1e-12)
        np.testing.assert_allclose(misclosure(NETWORK, pairs, found), 0.0, atol=1e-12)

    def test_what_does_not_close_stays_with_the_pairs(self) -> None:
        pairs = np.zeros((8, 1))
        pairs[1] = 3.0  # one of the triangle 0 1 2
        left = misclosure(NETWORK, pairs, to_epochs(NETWORK, pairs))
        assert left[0] - left[1] + left[2] == pytest.approx(-3.0)

    def test_the_trend_is_a_slope_and_leaves_no_velocity(self) -> None:
        truth = 4.0 * NETWORK.years[:, None] + np.array([0, 1, -1, 1, -1, 0], float)[:, None]
        rate, deviation = trend(NETWORK, truth)
        assert abs(rate[0] - 4.0) < 3 * deviation[0]
        rest = without_trend(NETWORK, truth)
        assert rest[0] == 0.0
        assert trend(NETWORK, rest)[0][0] == pytest.approx(0.0, abs=1e-12)


class TestMovingGround:
    def test_the_mode_is_where_most_values_are(self) -> None:
        values = np.concatenate([np.linspace(-300, -20, 600), np.linspace(-2, 2, 300)])
        assert abs(half_sample_mode(values)) < 2.0
        assert half_sample_mode(np.array([3.0])) == 3.0

    def test_a_bowl_over_most_of_the_image_is_found(self) -> None:
        rng = np.random.default_rng(5)
        rate = np.concatenate([np.zeros(300), np.linspace(-30, -300, 700)])
        years = rng.uniform(0.05, 0.3, 30)
        values = years[:, None] * rate + rng.normal(0.0, 3.0, (30, 1000)) + rng.normal(0.0, 20.0, (30, 1))
        found = moving(values.astype(np.float32), years)
        assert found[300:].mean() > 0.95
        assert found[:300].mean() < 0.05

    def test_pixels_with_fewer_than_three_pairs_are_not_judged(self) -> None:
        values = np.full((5, 50), np.nan, np.float32)
        values[:2] = 1.0
        assert not moving(values, np.ones(5)).any()


class TestSample:
    def test_few_pixels_are_all_taken(self) -> None:
        np.testing.assert_array_equal(sample(None, 40, 800, 30), np.arange(800))
        np.testing.assert_array_equal(sample(np.array([[True, False], [False, True]]), 2, 4, 3), [0, 3])

    def test_many_pixels_are_thinned_over_all_columns(self) -> None:
        index = sample(None, 1000, 1_000_000, 400)
        assert 15_000 < len(index) <= 20_000
        assert len(np.unique(index % 1000)) == 1000
