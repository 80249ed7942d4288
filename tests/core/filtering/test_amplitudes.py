"""Amplitudes of images from the magnitudes of interferograms: when they follow, and what is done when they do not."""

from __future__ import annotations

import numpy as np
import pytest

from groundline.core.filtering.amplitudes import log_operator

TRUTH = np.log(np.array([2.0, 3.0, 5.0, 7.0, 11.0]))


def magnitudes(edges: list[tuple[int, int]]) -> np.ndarray:
    return np.array([TRUTH[first] + TRUTH[second] for first, second in edges])


def test_a_triangle_tells_all() -> None:
    """ln a1 = (ln|z12| + ln|z13| - ln|z23|) / 2, by hand; the fourth date hangs on the third."""
    operator, free = log_operator([(0, 1), (0, 2), (1, 2), (2, 3)], 4, [])
    np.testing.assert_allclose(operator[0], [0.5, 0.5, -0.5, 0.0], atol=1e-12)
    np.testing.assert_allclose(operator[3], [0.5, -0.5, -0.5, 1.0], atol=1e-12)
    assert free == []


def test_more_pairs_than_needed_are_balanced() -> None:
    edges = [(0, 1), (0, 2), (1, 2), (1, 3), (2, 3), (3, 4), (2, 4)]
    operator, free = log_operator(edges, 5, [])
    np.testing.assert_allclose(operator @ magnitudes(edges), TRUTH, atol=1e-12)
    assert free == []
    # Noise of one pair spreads; it does not go into one date alone.
    noisy = magnitudes(edges)
    noisy[2] += 1.0
    assert np.abs(operator @ noisy - TRUTH).max() < 0.6


def test_a_star_leaves_a_factor_and_gives_both_classes_one_mean() -> None:
    edges = [(0, 1), (0, 2), (0, 3)]
    operator, free = log_operator(edges, 4, [])
    assert free == [[0, 1, 2, 3]]
    found = operator @ magnitudes(edges)
    assert found[0] == pytest.approx(found[1:].mean())
    np.testing.assert_allclose(found[1:] - found[1], TRUTH[1:4] - TRUTH[1], atol=1e-12)
    np.testing.assert_allclose([found[a] + found[b] for a, b in edges], magnitudes(edges), atol=1e-12)


@pytest.mark.parametrize("known", [[0], [2], [1, 3]])
def test_one_known_amplitude_mends_a_star(known: list[int]) -> None:
    edges = [(0, 1), (0, 2), (0, 3)]
    operator, free = log_operator(edges, 4, known)
    assert free == []
    given = np.concatenate([TRUTH[known], magnitudes(edges)])
    np.testing.assert_allclose(operator @ given, TRUTH[:4], atol=1e-12)
    # What is given is not changed.
    given[: len(known)] += 1.0
    np.testing.assert_allclose((operator @ given)[known], TRUTH[known] + 1.0, atol=1e-12)


def test_parts_are_judged_one_by_one() -> None:
    """A triangle and a lone pair: only the pair has a factor."""
    edges = [(0, 1), (1, 2), (0, 2), (3, 4)]
    operator, free = log_operator(edges, 5, [])
    assert free == [[3, 4]]
    found = operator @ magnitudes(edges)
    np.testing.assert_allclose(found[:3], TRUTH[:3], atol=1e-12)
    assert found[3] == pytest.approx(found[4]) == pytest.approx((TRUTH[3] + TRUTH[4]) / 2)


def test_a_loop_of_four_is_no_help() -> None:
    _, free = log_operator([(0, 1), (1, 2), (2, 3), (0, 3)], 4, [])
    assert free == [[0, 1, 2, 3]]
