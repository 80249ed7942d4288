"""Shifts of dates from shifts of pairs: by hand, against truth, with failed pairs and loose dates."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from groundline.core.sentinel1.misregistration import PairShift, invert, neighbour_pairs

DATES = [date(2024, 1, 1) + timedelta(days=12 * index) for index in range(8)]


def test_two_pairs_and_their_sum_by_hand() -> None:
    # 1 + 1 against 2.3: each of the three takes a third of the 0.3 that is left over.
    a, b, c = DATES[:3]
    pairs = [PairShift(a, b, 1.0, 0.1), PairShift(b, c, 1.0, 0.1), PairShift(a, c, 2.3, 0.1)]
    found = invert([a, b, c], pairs, a)
    assert found.lines == pytest.approx({a: 0.0, b: 1.1, c: 2.2})
    assert found.residuals == pytest.approx({(a, b): -0.1, (b, c): -0.1, (a, c): 0.1})
    assert found.deviations[c] == pytest.approx(0.1 * np.sqrt(2.0 / 3.0))


def test_the_surer_pair_counts_more() -> None:
    a, b = DATES[:2]
    found = invert([a, b], [PairShift(a, b, 1.0, 1.0), PairShift(a, b, 2.0, 0.5)], a)
    assert found.lines[b] == pytest.approx(1.8)


def test_eight_dates_with_a_failed_pair_to_a_thousandth() -> None:
    rng = np.random.default_rng(3)
    truth = dict(zip(DATES, (0.0, 0.020, -0.013, 0.030, 0.007, -0.024, 0.015, -0.006)))
    pairs = []
    for first, second in neighbour_pairs(DATES):
        lines = truth[second] - truth[first] + 0.0006 * rng.standard_normal()
        pairs.append(PairShift(first, second, lines, 0.0006))
    pairs[4] = PairShift(pairs[4].date1, pairs[4].date2, 0.0, 0.0006, "water")
    found = invert(DATES, pairs, DATES[0])
    for day, lines in truth.items():
        assert found.lines[day] == pytest.approx(lines, abs=0.001)
    assert found.failed == (pairs[4],) and not found.unknown
    assert (pairs[4].date1, pairs[4].date2) not in found.residuals


def test_another_reference_moves_all_dates_alike() -> None:
    pairs = [PairShift(a, b, 0.01, 0.001) for a, b in neighbour_pairs(DATES, 1)]
    found = invert(DATES, pairs, DATES[3])
    assert found.lines == pytest.approx({day: 0.01 * (index - 3) for index, day in enumerate(DATES)})


def test_dates_without_a_chain_to_the_reference_are_named() -> None:
    pairs = [PairShift(a, b, 0.01, 0.001) for a, b in neighbour_pairs(DATES, 1)]
    pairs[4] = PairShift(DATES[4], DATES[5], np.nan, np.nan, "few coherent pixels")
    found = invert(DATES, pairs, DATES[0])
    assert found.unknown == tuple(DATES[5:]) and set(found.lines) == set(DATES[:5])
    assert (DATES[6], DATES[7]) not in found.residuals


def test_without_any_pair_only_the_reference_is_known() -> None:
    found = invert(DATES, [], DATES[2])
    assert found.lines == {DATES[2]: 0.0} and len(found.unknown) == 7


def test_pairs_with_the_next_dates() -> None:
    assert neighbour_pairs(DATES[:4], 2) == [
        (DATES[0], DATES[1]), (DATES[0], DATES[2]), (DATES[1], DATES[2]), (DATES[1], DATES[3]), (DATES[2], DATES[3])
    ]  # fmt: skip
