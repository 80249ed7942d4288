"""Growth in time: known values, and the mean over a time of extraction against brute force."""

from __future__ import annotations

import math

import numpy as np
import pytest

from groundline.core.mining import pim_time

YEARS = np.array([-0.5, 0.0, 0.3, 1.0, 1.7, 2.5, 9.0])


def test_known_values() -> None:
    assert pim_time.knothe(np.array([-1.0, 0.0, 0.5]), 2.0).tolist() == [0.0, 0.0, 1 - math.exp(-1)]
    assert pim_time.weibull(np.array([-1.0, 0.0, 3.0]), 3.0, 1.7).tolist() == [0.0, 0.0, 1 - math.exp(-1)]
    np.testing.assert_allclose(pim_time.weibull(YEARS, 0.5, 1.0), pim_time.knothe(YEARS, 2.0), rtol=1e-14)
    assert pim_time.extracted(np.array([0.0, 1.0, 1.5, 3.0]), 1.0, 2.0).tolist() == [0.0, 0.0, 0.5, 1.0]
    assert pim_time.extracted(np.array([0.9, 1.0]), 1.0, 1.0).tolist() == [0.0, 1.0]


def brute(growth, start: float, end: float) -> np.ndarray:
    at = start + (np.arange(20_000) + 0.5) / 20_000 * (end - start)
    return np.array([np.mean(np.where(year > at, growth(np.maximum(year - at, 0.0)), 0.0)) for year in YEARS])


@pytest.mark.parametrize(("start", "end"), [(0.2, 1.4), (-1.0, 2.0)])
def test_mean_over_the_extraction(start: float, end: float) -> None:
    expected = brute(lambda t: pim_time.knothe(t, 2.3), start, end)
    np.testing.assert_allclose(pim_time.knothe_over(YEARS, start, end, 2.3), expected, atol=1e-7)
    expected = brute(lambda t: pim_time.weibull(t, 0.8, 1.6), start, end)
    found = pim_time.growth_over(YEARS, start, end, lambda t: pim_time.weibull(t, 0.8, 1.6))
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_extraction_at_once_is_the_limit_of_a_short_one() -> None:
    at_once = pim_time.knothe_over(YEARS, 0.4, 0.4, 3.0)
    np.testing.assert_allclose(pim_time.knothe_over(YEARS, 0.4, 0.4001, 3.0), at_once, atol=2e-4)
    np.testing.assert_allclose(at_once, pim_time.knothe(YEARS - 0.4, 3.0))


def test_fast_growth_is_the_extracted_share() -> None:
    np.testing.assert_allclose(
        pim_time.knothe_over(YEARS, 0.0, 2.0, 1e6), pim_time.extracted(YEARS, 0.0, 2.0), atol=1e-6
    )
