"""The exact Kolmogorov-Smirnov test: its distribution, its decisions and its level."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from groundline.core.filtering.ks import critical_count, exact_level
from groundline.core.filtering.selection import Neighbourhood, SelectionOptions, select

PAIRS_OF_COLUMNS = Neighbourhood(1, 3)


def rejected(pairs, **options):
    """Whether the two samples of each pair (M, N, 2) differ: an image of N rows and two columns."""
    selection = select(pairs.astype(np.float32), SelectionOptions(PAIRS_OF_COLUMNS, **options))
    assert (selection.count[:, 0] == selection.count[:, 1]).all()
    return selection.count[:, 0] == 0


@pytest.mark.parametrize("dates", [1, 2, 3, 5, 7])
def test_level_counts_the_orders_of_two_samples(dates):
    """Without a difference every order of the 2 M values is equally likely; M D follows from it."""
    distances = []
    for first in combinations(range(2 * dates), dates):
        steps = np.full(2 * dates, -1)
        steps[list(first)] = 1
        distances.append(np.abs(np.cumsum(steps)).max())
    for k in range(dates + 2):
        assert exact_level(dates, k) == pytest.approx(np.mean(np.array(distances) >= k), abs=1e-12)


@pytest.mark.parametrize(
    ("dates", "k"), [(15, 8), (20, 9), (30, 11), (50, 14), (61, 15), (63, 16), (100, 20)]
)
def test_critical_count_at_five_percent(dates, k):
    assert critical_count(dates, 0.05) == k
    assert exact_level(dates, k) <= 0.05 < exact_level(dates, k - 1)


def test_critical_count_holds_at_its_own_level_and_says_when_nothing_is_rare_enough():
    assert critical_count(30, exact_level(30, 13)) == 13
    assert critical_count(3, 0.05) == 4  # 2 of 20 orders are the rarest: 10 %
    assert exact_level(3, 4) == 0.0
    assert exact_level(1000, critical_count(1000, 1e-6)) <= 1e-6


# scipy's exact formula gives up at M D = 1, where its approximation and the truth are p = 1.
@pytest.mark.filterwarnings("ignore:ks_2samp. Exact calculation unsuccessful")
def test_decisions_are_those_of_scipy():
    """10,320 pairs, M = 15 ... 100: levels apart by 0 to 3 dB, half of them rounded to tie often."""
    rng = np.random.default_rng(5)
    compared = tied = different = 0
    for dates in range(15, 101):
        pairs = rng.rayleigh(1.0, (dates, 120, 2))
        pairs[:, :, 1] *= rng.uniform(1, 2, 120)
        pairs[:, 60:] = np.ceil(pairs[:, 60:] * 4)
        ours = rejected(pairs, alpha=0.05)
        for index, answer in enumerate(ours):
            a, b = pairs[:, index].astype(np.float32).T
            assert answer == (stats.ks_2samp(a, b, method="exact").pvalue <= 0.05), (dates, index)
            tied += np.intersect1d(a, b).size > 0
        compared += len(ours)
        different += int(ours.sum())
    assert compared == 10320
    assert tied >= 5160
    assert 0.2 < different / compared < 0.8  # both answers are common


@pytest.mark.parametrize(("dates", "level"), [(15, 0.0262), (30, 0.0346)])
def test_homogeneous_speckle_is_rejected_at_the_exact_level(dates, level):
    pairs = 60000
    rate = rejected(np.random.default_rng(dates).rayleigh(1.0, (dates, pairs, 2)), alpha=0.05).mean()
    assert exact_level(dates, critical_count(dates, 0.05)) == pytest.approx(level, abs=5e-5)
    assert rate == pytest.approx(level, abs=3 * np.sqrt(level * (1 - level) / pairs))


@pytest.mark.parametrize(("dates", "looks", "alpha"), [(2, 1.0, 0.05), (5, 1.0, 0.05), (5, 4.0, 0.01)])
def test_likelihood_ratio_has_its_level_from_two_dates(dates, looks, alpha):
    pairs = 60000
    intensity = np.random.default_rng(7).gamma(looks, 1.0, (dates, pairs, 2))
    rate = rejected(np.sqrt(intensity), test="glr", alpha=alpha, looks=looks).mean()
    assert rate == pytest.approx(alpha, abs=3 * np.sqrt(alpha * (1 - alpha) / pairs))


def test_likelihood_ratio_tells_six_decibels_apart_where_ks_cannot():
    rng = np.random.default_rng(8)
    pairs = rng.rayleigh(1.0, (8, 20000, 2)) * [1.0, 2.0]
    assert rejected(pairs, test="glr").mean() > rejected(pairs, test="ks").mean() + 0.15
