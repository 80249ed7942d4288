"""The correlation model, the reference image and the baselines of images, against numbers worked by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from groundline.core.errors import InputError
from groundline.core.network.correlation import Limits, baselines, expected_correlation, reference_scores
from groundline.core.stack import UNWRAPPED, Acquisition, Grid, Pair, Stack

YEAR = 365.25


def test_correlation_is_the_product_of_two_linear_terms():
    limits = Limits(years=5, bperp=1100)
    # half of the critical time, a quarter of the critical baseline: 0.5 * 0.75
    assert expected_correlation(2.5 * YEAR, 275.0, limits) == pytest.approx(0.375)


def test_correlation_is_zero_beyond_a_critical_value_and_sign_does_not_matter():
    limits = Limits()
    assert expected_correlation(6 * YEAR, 0.0, limits) == 0.0
    assert expected_correlation(0.0, -550.0, limits) == pytest.approx(0.5)


def test_unknown_baseline_leaves_only_time():
    assert expected_correlation(2.5 * YEAR, None, Limits()) == pytest.approx(0.5)
    assert expected_correlation(2.5 * YEAR, np.nan, Limits()) == pytest.approx(0.5)


def test_doppler_counts_only_when_it_has_a_limit():
    assert expected_correlation(0.0, 0.0, Limits(), 690.0) == 1.0
    assert expected_correlation(0.0, 0.0, Limits(doppler=1380.0), 690.0) == pytest.approx(0.5)


def test_reference_score_is_the_sum_over_all_images():
    # Times 0, 1, 2 years of 5; baselines 0, 110, 0 m of 1100 m.
    scores = reference_scores(
        np.array([0.0, YEAR, 2 * YEAR]), np.array([0.0, 110.0, 0.0]), np.zeros(3), Limits()
    )
    ends = 1.0 + 0.8 * 0.9 + 0.6 * 1.0
    middle = 1.0 + 2 * 0.8 * 0.9
    np.testing.assert_allclose(scores, [ends, middle, ends])


def test_baselines_of_images_follow_from_pairs_when_the_images_lack_them():
    days = [date(2018, 1, 1), date(2018, 1, 13), date(2018, 1, 25)]
    pairs = (
        Pair(days[0], days[1], bperp=30.0),
        Pair(days[1], days[2], bperp=-90.0),
        Pair(days[0], days[2], bperp=-60.0),
    )
    stack = Stack(UNWRAPPED, Grid(1, 1), 0.055, pairs, tuple(Acquisition(day) for day in days))
    found = baselines(stack)
    assert found[days[1]] - found[days[0]] == pytest.approx(30.0)
    assert found[days[2]] - found[days[1]] == pytest.approx(-90.0)
    assert sum(found.values()) == pytest.approx(0.0)


def test_baselines_of_the_producer_are_taken_as_they_are():
    days = [date(2018, 1, 1), date(2018, 1, 13)]
    stack = Stack(UNWRAPPED, Grid(1, 1), 0.055, (), (Acquisition(days[0], 5.0), Acquisition(days[1], 7.0)))
    assert baselines(stack) == {days[0]: 5.0, days[1]: 7.0}


def test_nothing_known_gives_nothing():
    day = date(2018, 1, 1)
    assert baselines(Stack(UNWRAPPED, Grid(1, 1), 0.055, (), (Acquisition(day),))) == {}


@pytest.mark.parametrize("limits", [Limits(years=0), Limits(bperp=-1), Limits(doppler=0)])
def test_critical_values_must_be_above_zero(limits):
    with pytest.raises(InputError, match="above zero"):
        limits.validate()
