"""The lag that was put in is found, and chance is called chance."""

from __future__ import annotations

import numpy as np
import pytest

from groundline.core.corridor.pointseries import surrogates
from groundline.core.corridor.pointseries.drivers import Daily
from groundline.core.corridor.pointseries.lags import correlate, sample, without_line

DAYS = 736_000 + 12 * np.arange(120)
LAGS = np.arange(0, 181, 6)


def wander(seed: int, length: int = 2000, over: int = 40) -> np.ndarray:
    """A smooth random series of days."""
    noise = np.random.default_rng(seed).normal(0, 1, length + over)
    return np.convolve(noise, np.hanning(over), "same")[:length]


@pytest.mark.parametrize("lag", [0, 36, 60, 120])
def test_an_injected_lag(lag: int) -> None:
    driver = Daily("level", int(DAYS[0]) - 300, wander(3) + 0.01 * np.arange(2000))
    series = -2.0 * driver.values[DAYS - lag - driver.first] + np.random.default_rng(4).normal(0, 0.5, 120)
    sampled = sample(driver, DAYS, LAGS, 300, 90, 1)
    found = correlate(series - 0.3 * (DAYS - DAYS[0]), sampled, 300, 90, 1)
    assert found is not None
    assert abs(found.best - lag) <= 6
    assert found.low - 6 <= lag <= found.high + 6
    assert found.r_best < -0.9
    assert found.p_blocks == found.p_phase == pytest.approx(1 / 301)
    assert found.anomaly < -0.9 and found.p_anomaly == pytest.approx(1 / 301)  # more than the season agrees


def test_unrelated_series_are_chance() -> None:
    """p values of unrelated series are even: of 40 cases, about two are below 0.05 and half below 0.5."""
    p = []
    for case in range(40):
        driver = Daily("level", int(DAYS[0]) - 300, wander(100 + case))
        series = wander(500 + case)[DAYS - driver.first]
        sampled = sample(driver, DAYS, LAGS[::2], 150, 90, 1)
        found = correlate(series, sampled, 100, 90, 1)
        assert found is not None
        p.append((found.p_blocks, found.p_phase))
    for share in (np.array(p) < 0.05).mean(axis=0):
        assert share < 0.16
    assert (np.abs(np.median(p, axis=0) - 0.5) < 0.2).all()


def test_two_pure_seasons_have_no_anomaly() -> None:
    days = np.arange(2000)
    driver = Daily("rain", int(DAYS[0]) - 300, np.cos(2 * np.pi * days / 365.25))
    place = DAYS - driver.first
    series = np.cos(2 * np.pi * (place - 60) / 365.25) + np.random.default_rng(1).normal(0, 0.2, 120)
    found = correlate(series, sample(driver, DAYS, LAGS, 300, 90, 1), 300, 90, 1)
    assert found is not None
    assert found.best == pytest.approx(60, abs=12)
    assert found.p_blocks < 0.01
    assert abs(found.anomaly) < 0.3 and found.p_anomaly > 0.05


def test_missing_dates_are_left_out_of_both() -> None:
    driver = Daily("level", int(DAYS[0]) - 300, wander(3))
    series = driver.values[DAYS - 60 - driver.first].copy()
    series[::5] = np.nan
    found = correlate(series, sample(driver, DAYS, LAGS, 100, 90, 1), 100, 90, 1)
    assert found is not None and found.dates == 96
    assert found.best == 60 and found.r_best == pytest.approx(1.0)


def test_a_driver_that_begins_late() -> None:
    driver = Daily("level", int(DAYS[100]), wander(3)[:900])
    sampled = sample(driver, DAYS, LAGS, 100, 90, 1)
    assert sampled.use.sum() == 5  # the last dates, 180 days after its beginning
    assert correlate(np.zeros(120), sampled, 100, 90, 1) is None


def test_without_line() -> None:
    series = 3.0 + 0.5 * (DAYS - DAYS[0]).astype(float)
    series[4] = np.nan
    out = without_line(DAYS, series)
    assert np.isnan(out[4])
    np.testing.assert_allclose(out[np.isfinite(out)], 0.0, atol=1e-9)


def test_surrogates_keep_spectrum_and_values() -> None:
    values = wander(1, 501)
    rng = np.random.default_rng(2)
    phase = surrogates.phase_randomised(values, 5, rng)
    np.testing.assert_allclose(
        np.abs(np.fft.rfft(phase, axis=1)[:, 1:]), np.tile(np.abs(np.fft.rfft(values)[1:]), (5, 1)), rtol=1e-6
    )
    blocks = surrogates.blocks_shuffled(values, 50, 5, rng)
    assert blocks.shape == (5, 501)
    assert np.isin(blocks, values).all()
    steps = np.isin(np.diff(blocks, axis=1).round(9), np.diff(np.append(values, values[0])).round(9))
    assert (steps.sum(axis=1) >= 500 - 10).all()  # broken at ten joints at most
