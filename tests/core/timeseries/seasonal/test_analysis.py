"""What is put into a series is found again, with errors that are as large as they say."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from groundline.core.result import Result
from groundline.core.timeseries.seasonal import analysis
from groundline.core.timeseries.seasonal.analysis import (
    ACCELERATING,
    BREAKPOINT,
    LINEAR,
    SEASONAL,
    STABLE,
    STEP,
    UNKNOWN,
    analyse,
)
from groundline.core.timeseries.seasonal.fit import best, fit
from groundline.core.timeseries.seasonal.params import SeasonalParams
from groundline.core.timeseries.seasonal.run import rules_for

SERIES = 1500


def annual(times: np.ndarray, amplitude: float, day: float) -> np.ndarray:
    return amplitude * np.cos(2.0 * np.pi * (times - day / 365.25))


def share(found: Any, kind: int) -> float:
    return float((found.kind == kind).mean())


def test_without_noise_everything_is_exact(setting: Any) -> None:
    value = -4.0 * setting.t + annual(setting.times, 5.0, 200.0) + 0.5 * 1.5 * setting.t**2
    found = analyse(value[:, None] + setting.noise(1, 1e-9), setting.form, setting.rules)
    assert found.acceleration[0] == pytest.approx(1.5, abs=1e-6)
    assert found.trend[0] == pytest.approx(-4.0, abs=1e-6)
    assert found.amplitude[0] == pytest.approx(5.0, abs=1e-6)
    assert found.peak_day[0] == pytest.approx(200.0, abs=1e-4)
    assert found.kind[0] == ACCELERATING


@pytest.mark.parametrize("gaps", [0.0, 0.15])
def test_amplitude_of_five_millimetres_and_calibrated_errors(setting: Any, gaps: float) -> None:
    value = -5.0 * setting.t + annual(setting.times, 5.0, 200.0)
    series = value[:, None] + setting.noise(6000)
    series[np.random.default_rng(2).random(series.shape) < gaps] = np.nan
    found = analyse(series, setting.form, setting.rules)
    assert abs(np.median(found.amplitude) - 5.0) < 0.1
    assert (np.abs(found.amplitude - 5.0) < 3.0 * found.amplitude_std).mean() > 0.99
    for name, truth in (("trend", -5.0), ("amplitude", 5.0), ("peak_day", 200.0), ("acceleration", 0.0)):
        z = (getattr(found, name) - truth) / getattr(found, f"{name}_std")
        assert abs(z.mean()) < 0.1, name
        assert 0.95 < z.std() < 1.1, name
    assert np.median(found.residual_std) == pytest.approx(3.0, rel=0.02)
    assert share(found, SEASONAL) > 0.98


def test_single_series_have_half_a_millimetre(setting: Any) -> None:
    """The noise of an average over a few points: 1.5 mm."""
    series = annual(setting.times, 5.0, 75.0)[:, None] + setting.noise(SERIES, 1.0)
    found = analyse(series, setting.form, setting.rules)
    assert (np.abs(found.amplitude - 5.0) < 0.5).mean() > 0.98


def test_classes_of_simulated_motion(setting: Any) -> None:
    t, times = setting.t, setting.times
    motion = {
        STABLE: 0.0 * t,
        LINEAR: -5.0 * t,
        SEASONAL: annual(times, 4.0, 100.0) - 3.0 * t,
        ACCELERATING: -5.0 * t - 0.5 * 5.0 * t**2,
        STEP: -5.0 * t + 12.0 * (t >= t[30]),
        BREAKPOINT: -3.0 * t - 20.0 * np.maximum(0.0, t - t[35]),
    }
    found = {
        kind: analyse(value[:, None] + setting.noise(SERIES, seed=kind), setting.form, setting.rules)
        for kind, value in motion.items()
    }
    least = {STABLE: 0.95, LINEAR: 0.96, SEASONAL: 0.96, ACCELERATING: 0.9, STEP: 0.98, BREAKPOINT: 0.9}
    for kind, part in least.items():
        assert share(found[kind], kind) > part, analysis.CLASSES[kind]
    step, broken = found[STEP], found[BREAKPOINT]
    assert np.nanmedian(step.step) == pytest.approx(12.0, abs=0.3)
    assert (step.step_at == 30).mean() > 0.9
    assert np.nanmedian(broken.rate_change) == pytest.approx(-20.0, abs=0.6)
    assert (np.abs(broken.change_at - 35) <= 3).mean() > 0.9
    clear = broken.kind == BREAKPOINT
    assert np.median(broken.trend[clear]) == pytest.approx(-3.0, abs=0.4)  # before the break
    assert np.median(step.trend[step.kind == STEP]) == pytest.approx(-5.0, abs=0.2)


def test_noise_departs_as_often_as_stated(setting: Any) -> None:
    found = analyse(setting.noise(20_000, seed=9), setting.form, setting.rules)
    for name in ("p_acceleration", "p_step", "p_change"):
        assert (getattr(found, name) < 0.01).mean() == pytest.approx(0.01, abs=0.003), name
    ordinary = found.kind < ACCELERATING
    for name in ("p_trend", "p_seasonal"):
        assert (getattr(found, name)[ordinary] < 0.01).mean() == pytest.approx(0.01, abs=0.003), name
    assert 0.004 < (found.kind >= ACCELERATING).mean() < 0.013


def test_gaps_by_mask_equal_the_dates_left_out(setting: Any) -> None:
    """A series with gaps gives what a plain least-squares fit over its own dates gives."""
    series = (-5.0 * setting.t + annual(setting.times, 5.0, 200.0))[:, None] + setting.noise(3)
    gone = np.zeros(series.shape, bool)
    gone[[3, 9, 40], 0] = gone[[5], 1] = True
    series[gone] = np.nan
    fitted = fit(series[:, :2], setting.form)
    found = best(fitted, setting.form.steps, setting.form, setting.form.least)
    for place in range(2):
        has = ~gone[:, place]
        base, y = setting.form.base[has], series[has, place]
        beta, (squares,) = np.linalg.lstsq(base, y, rcond=None)[:2]
        np.testing.assert_allclose(fitted.beta[:, place], beta, rtol=1e-9)
        np.testing.assert_allclose(fitted.squares[place], squares, rtol=1e-9)
        left = [
            np.linalg.lstsq(np.column_stack([base, column[has]]), y, rcond=None)[1][0]
            for column in setting.form.steps
            if min((column[has] > 0).sum(), (column[has] == 0).sum()) >= setting.form.least
        ]
        assert squares - found.gain[place] == pytest.approx(min(left), rel=1e-9)


def test_series_of_few_dates_have_no_class(setting: Any) -> None:
    series = setting.noise(4)
    series[10:, 0] = np.nan  # ten dates
    series[:, 1] = np.nan
    series[::2, 2] = np.nan
    found = analyse(series, setting.form, setting.rules)
    assert found.kind[:2].tolist() == [UNKNOWN, UNKNOWN]
    assert (found.kind[2:] >= STABLE).all()
    assert np.isnan(found.trend[:2]).all() and np.isnan(found.kind_p[:2]).all()
    assert found.dates.tolist() == [10, 0, 31, 62]


def test_small_motion_is_stable_by_threshold(setting: Any) -> None:
    series = (-1.0 * setting.t)[:, None] + setting.noise(SERIES, 0.5)
    assert share(analyse(series, setting.form, setting.rules), LINEAR) > 0.9
    limited = replace(setting.rules, min_velocity=2.0)
    assert share(analyse(series, setting.form, limited), STABLE) > 0.9


def test_correlated_noise_widens_the_errors(setting: Any, tmp_path: Path) -> None:
    """Noise that lasts, r = 0.5 from date to date: trend errors are right within 15 %, not 50 % too small."""
    rng = np.random.default_rng(4)
    shocks = rng.normal(0.0, 3.0, (62, 4000))
    noise = np.empty_like(shocks)
    noise[0] = shocks[0]
    for n in range(1, 62):
        noise[n] = 0.5 * noise[n - 1] + np.sqrt(0.75) * shocks[n]
    result = Result("seasonal", tmp_path)
    plain = analyse(noise, setting.form, setting.rules)
    wide = analyse(noise, setting.form, rules_for(SeasonalParams(tmp_path), setting.form, noise, result))
    assert (plain.trend / plain.trend_std).std() > 1.5
    assert 0.85 < (wide.trend / wide.trend_std).std() < 1.15
    assert share(plain, STABLE) < 0.75
    assert share(wide, STABLE) > 0.95
    assert result.numbers["error_factor"].value == pytest.approx(np.sqrt(3.0), abs=0.1)  # (1 + r) / (1 - r)


def test_order_and_company_change_nothing(setting: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    series = setting.noise(40)
    series[7, ::3] = np.nan
    together = analyse(series, setting.form, setting.rules)
    monkeypatch.setattr(analysis, "PORTION", 7)
    apart = analyse(series[:, ::-1], setting.form, setting.rules)
    for entry in fields(together):
        np.testing.assert_allclose(
            getattr(together, entry.name), getattr(apart, entry.name)[::-1], rtol=1e-9, atol=1e-12, err_msg=entry.name
        )
