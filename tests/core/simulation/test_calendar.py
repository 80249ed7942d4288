"""When the satellite passes and which pairs follow."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from groundline.core.simulation import calendar, noise

ANCHOR = date(2018, 1, 8)


@pytest.mark.parametrize(("count", "gap"), [(40, 72), (63, 72), (61, 108)])
def test_passes_keep_the_repeat_cycle_and_have_one_gap(count, gap):
    for seed in range(10):
        dates = calendar.passes(count, ANCHOR, gap, noise.generator(seed, "dates"))
        steps = np.diff([day.toordinal() for day in dates])
        assert len(dates) == count
        assert (steps % 12 == 0).all()
        assert all((day - ANCHOR).days % 12 == 0 for day in dates)
        assert steps.max() == gap
        assert sorted(steps)[-2] <= 48


def test_sixty_three_images_span_july_2015_to_november_2019():
    dates = calendar.passes(63, ANCHOR, 72, noise.generator(1, "dates"))
    assert dates[0].strftime("%Y-%m") == "2015-07"
    assert dates[-1].strftime("%Y-%m") == "2019-11"


def test_orbits_stay_in_their_tube():
    sample = np.concatenate([calendar.orbits(63, noise.generator(seed, "orbits")) for seed in range(50)])
    assert sample.std() == pytest.approx(45.0, rel=0.1)
    assert np.abs(sample).max() <= 117.0


def test_pairs_are_the_short_ones_some_long_ones_and_two_across_a_gap():
    days = (0, 24, 48, 156, 180)
    dates = [date.fromordinal(ANCHOR.toordinal() + d) for d in days]
    pairs = calendar.pair_indices(dates)
    assert {(0, 1), (1, 2), (0, 2), (3, 4)} <= set(pairs)
    assert (2, 3) in pairs
    assert (1, 3) in pairs
    assert (0, 3) not in pairs
    assert (2, 4) in pairs  # 132 days, of an image that has long pairs too


def test_growth_peaks_in_mid_july():
    assert calendar.growth(date(2018, 1, 15)) == pytest.approx(0.0, abs=1e-6)
    assert calendar.growth(date(2018, 7, 16)) == pytest.approx(1.0, abs=1e-3)
