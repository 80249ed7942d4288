"""Volumes per funnel and date, the effect of the threshold, and their uncertainty."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from groundline_tests.mine import boxes, write_subsidence

from groundline.core.blocks import Compute
from groundline.core.mining.funnel_areas import Funnels, funnels_on
from groundline.core.mining.subsidence import open_series
from groundline.core.mining.volume_noise import gains, noise_covariance, responses, volume_std
from groundline.core.mining.volumes import EACH, LAST, sum_volumes

DAYS = [date(2016, 1, 1) + timedelta(days=100 * n) for n in range(3)]


def test_a_change_of_the_reference_moves_each_pixel_by_its_chance_and_those_that_it_lifts() -> None:
    s = np.array([0.1, 0.010, -0.1, np.nan])
    # at the threshold: half of the chance, and 10 mm times the density 0.3989 / 2 mm
    expected = [1.0, 0.5 + 0.010 * 0.398942 / 0.002, 0.0, 0.0]
    np.testing.assert_allclose(responses(s, 0.010, 0.002), expected, rtol=1e-6)
    np.testing.assert_allclose(responses(s, 0.010, 0.002, deciding=False), [1.0, 0.5, 0.0, 0.0])
    np.testing.assert_array_equal(responses(s, 0.010, 0.0), [1.0, 0.0, 0.0, 0.0])


def test_volume_and_area_by_hand(tmp_path) -> None:
    # funnel 1: 2 pixels of 100 m2 that reach 20 and 40 mm; funnel 2: one of 30 mm and one of 5 mm
    s = np.zeros((3, 4, 6))
    s[1, 0, :2], s[2, 0, :2] = (0.008, 0.02), (0.02, 0.04)
    s[1, 3, 4:], s[2, 3, 4:] = (0.02, 0.005), (0.03, 0.005)
    series = open_series(write_subsidence(tmp_path / "d", s, DAYS))
    funnels = funnels_on(boxes(series.grid, (0, 2, 0, 3), (2, 2, 3, 3), first=4), series.grid)
    last = sum_volumes(series, funnels, 0.010, LAST, np.array([0.0, 0.010, 0.025]))
    np.testing.assert_allclose(last.volume, [[0, 0], [2.8, 2.0], [6.0, 3.0]], atol=1e-6)  # m3
    np.testing.assert_allclose(last.area, [[0, 0], [100, 100], [200, 100]])  # m2
    np.testing.assert_allclose(last.counted, [200, 100])
    np.testing.assert_allclose(last.deepest[2], [0.04, 0.03], atol=1e-8)
    np.testing.assert_allclose(last.by_threshold, [[6.0, 3.5], [6.0, 3.0], [4.0, 3.0]], atol=1e-6)
    each = sum_volumes(series, funnels, 0.010, EACH, np.array([]))
    np.testing.assert_allclose(each.volume, [[0, 0], [2.0, 2.0], [6.0, 3.0]], atol=1e-6)


def test_missing_pixels_are_counted_and_not_zero(tmp_path) -> None:
    s = np.full((3, 2, 5), 0.1)
    s[1, 0, 0] = np.nan
    series = open_series(write_subsidence(tmp_path / "d", s, DAYS))
    found = sum_volumes(series, Funnels(np.ones((2, 5), np.int32), (1,)), 0.01, LAST, np.array([]))
    np.testing.assert_allclose(found.missing[:, 0], [0.0, 0.1, 0.0])
    assert found.volume[1, 0] == pytest.approx(9 * 10.0, rel=1e-6)


def test_sums_do_not_depend_on_the_blocks(tmp_path) -> None:
    s = np.random.default_rng(5).uniform(0.0, 0.2, (3, 300, 200))
    series = open_series(write_subsidence(tmp_path / "d", s, DAYS))
    labels = np.random.default_rng(6).integers(0, 4, (300, 200)).astype(np.int32)
    runs = [
        sum_volumes(series, Funnels(labels, (1, 2, 3)), 0.01, LAST, np.array([0.02]), Compute(memory))
        for memory in (10**9, 4 * 10**6)
    ]
    for first, second in zip(*(vars(run).values() for run in runs)):
        np.testing.assert_array_equal(first, second)


def test_a_threshold_of_10_and_20_mm_loses_2_and_6_6_percent_of_a_225_mm_bowl(tmp_path) -> None:
    # a Gaussian with a sigma of a fifth of the width, on 60 x 60 pixels
    x = np.arange(60) - 29.5
    bowl = 0.225 * np.exp(-(x[:, None] ** 2 + x[None, :] ** 2) / (2 * 12.0**2))
    series = open_series(write_subsidence(tmp_path / "d", np.stack([0 * bowl, bowl]), DAYS[:2]))
    found = sum_volumes(
        series, Funnels(np.ones((60, 60), np.int32), (1,)), 0.01, LAST, np.array([0.0, 0.01, 0.02])
    )
    loss = 1 - found.by_threshold[:, 0] / found.by_threshold[0, 0]
    np.testing.assert_allclose(loss, [0.0, 0.020, 0.066], atol=0.0015)


def smooth(rng: np.random.Generator, shape: tuple[int, int], sigma: float) -> np.ndarray:
    """Noise of unit variance, correlated over sigma pixels."""
    fy, fx = np.fft.fftfreq(shape[0]), np.fft.fftfreq(shape[1])
    gain = np.exp(-2 * (np.pi * sigma) ** 2 * (fy[:, None] ** 2 + fx[None, :] ** 2))
    out = np.fft.ifft2(np.fft.fft2(rng.standard_normal(shape)) * gain).real
    return out / np.sqrt((gain**2).mean())


@pytest.mark.parametrize("sigma", [0.0, 3.0])
def test_uncertainty_of_the_volume_is_the_spread_over_many_noisy_maps(sigma: float) -> None:
    rng = np.random.default_rng(7)
    counted = np.zeros((120, 160), bool)
    counted[40:80, 60:100] = True
    sums, estimates = [], []
    for _ in range(150):
        noise = 0.003 * smooth(rng, counted.shape, sigma)
        sums.append(100.0 * noise[counted].sum())
        if len(estimates) < 20:
            covariance = noise_covariance(noise, ~counted, (10.0, 10.0))
            assert covariance is not None
            estimates.append(volume_std(covariance, counted, (10.0, 10.0), 100.0))
    assert np.mean(estimates) == pytest.approx(np.std(sums), rel=0.2)
    if sigma == 0.0:  # independent pixels: std = F0 sigma sqrt(n) = 100 m2 * 3 mm * 40
        assert np.mean(estimates) == pytest.approx(100 * 0.003 * 40, rel=0.1)


def test_uncertainty_needs_ground_that_stands_still() -> None:
    assert noise_covariance(np.zeros((9, 9)), np.ones((9, 9), bool), (10.0, 10.0)) is None
    flags = np.zeros((20, 20), bool)
    covariance = noise_covariance(np.random.default_rng(1).standard_normal((20, 20)), ~flags, (10.0, 10.0))
    assert covariance is not None
    assert volume_std(covariance, flags, (10.0, 10.0), 100.0) == 0.0


def test_pixels_near_the_threshold_add_the_chance_that_they_count() -> None:
    rng = np.random.default_rng(8)
    s = np.array([0.0, 0.006, 0.009, 0.010, 0.012, 0.016, 0.05])
    noisy = s + 0.002 * rng.standard_normal((200_000, len(s)))
    spread = np.where(noisy > 0.010, noisy, 0.0).std(axis=0)
    np.testing.assert_allclose(gains(s, 0.010, 0.002) * 0.002, spread, rtol=0.02, atol=1e-5)
    other = 0.4 * s + 0.001 * rng.standard_normal((200_000, len(s)))
    spread = np.where(noisy > 0.010, other, 0.0).std(axis=0)
    np.testing.assert_allclose(gains(0.4 * s, 0.010, 0.001, s, 0.002) * 0.001, spread, rtol=0.02, atol=1e-5)


def test_without_noise_the_gain_is_the_choice_itself() -> None:
    s = np.array([np.nan, 0.009, 0.011])
    np.testing.assert_array_equal(gains(s, 0.010, 0.0), [0.0, 0.0, 1.0])
