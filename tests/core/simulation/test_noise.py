"""Statistics of the disturbances, against what their docstrings promise."""

from __future__ import annotations

import numpy as np
import pytest

from groundline.core.simulation import noise


def fields(count: int, **other) -> np.ndarray:
    arguments = {"shape": (64, 96), "spacing": (300.0, 300.0), "outer_scale": 15_000.0} | other
    return np.stack([noise.turbulence(rng=noise.generator(3, "field", n), **arguments) for n in range(count)])


def test_turbulence_has_mean_zero_and_variance_one():
    sample = fields(300)
    assert np.mean(sample) == pytest.approx(0.0, abs=0.05)
    assert np.mean(sample**2) == pytest.approx(1.0, rel=0.05)


def test_turbulence_follows_the_power_law():
    # Log-log slope of the mean periodogram along rows: a cut through P(k) ~ k^-11/3 has k^-8/3.
    sample = fields(200, shape=(32, 512), spacing=(200.0, 200.0), outer_scale=1e6)
    window = np.hanning(512)
    power = (np.abs(np.fft.rfft(sample * window, axis=2)) ** 2).mean(axis=(0, 1))
    k = np.fft.rfftfreq(512, 200.0)
    part = slice(6, 60)
    slope = np.polyfit(np.log(k[part]), np.log(power[part]), 1)[0]
    assert slope == pytest.approx(-8 / 3, abs=0.15)


def test_turbulence_is_as_rough_north_as_east_on_oblong_pixels():
    sample = fields(200, shape=(80, 80), spacing=(200.0, 400.0))
    north = np.mean((sample[:, 2:, :] - sample[:, :-2, :]) ** 2)  # 400 m
    east = np.mean((sample[:, :, 1:] - sample[:, :, :-1]) ** 2)  # 400 m
    assert north == pytest.approx(east, rel=0.06)


def test_opposite_edges_are_unrelated():
    sample = fields(300, outer_scale=5_000.0)
    assert abs(np.mean(sample[:, :, 0] * sample[:, :, -1])) < 0.1


def test_phase_deviation_by_hand():
    # g = 0.6, L = 40: sqrt(0.64 / (80 * 0.36)) = 0.149
    assert noise.phase_deviation(np.array(0.6), 40.0) == pytest.approx(0.14907, abs=1e-5)
    assert noise.phase_deviation(np.array(1.0), 40.0) == 0.0


def test_estimated_coherence_scatters_as_promised():
    true = np.full((200, 200), 0.6)
    sample = noise.estimated_coherence(true, 40.0, noise.generator(1, "c"))
    assert sample.mean() == pytest.approx(0.6, abs=0.002)
    assert sample.std() == pytest.approx(0.64 / np.sqrt(80.0), rel=0.02)


def test_coherence_falls_with_time_faster_on_growing_fields_than_in_town():
    town, field = np.array(1.0), np.array(0.0)
    cases = ((0.0, town), (0.0, field), (1.0, field))
    day = {d: [float(noise.temporal_coherence(d, growth, share)) for growth, share in cases] for d in (12, 72)}
    assert day[12][0] > day[12][1] > day[12][2]
    assert day[12][0] - day[72][0] < 0.05
    assert day[12][2] - day[72][2] > 0.2


def test_baselines_cost_coherence_linearly():
    assert noise.geometric_coherence(-200.0) == pytest.approx(0.95)
    assert noise.geometric_coherence(5000.0) == 0.0


def test_generators_of_different_purposes_are_independent_and_repeatable():
    first, second = (noise.generator(1, "pair", n).standard_normal(1000) for n in (0, 1))
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.1
    np.testing.assert_array_equal(first, noise.generator(1, "pair", 0).standard_normal(1000))
