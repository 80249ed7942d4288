"""Subsidence beyond the record, its uncertainty, and what cannot be predicted."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from groundline_tests import wsk

from groundline.core.errors import InputError
from groundline.core.mining.wsk_estimate import estimate_wsk
from groundline.core.mining.wsk_gauge import MEAN_CX, Gauge
from groundline.core.mining.wsk_options import FREE_BOUNDS, Options
from groundline.core.mining.wsk_result import FittedModel, predict
from groundline.core.mining.wsk_time import UModel

LATER = tuple(wsk.FIRST + timedelta(days=d) for d in (100, 468, 600, 900))


def fitted(mine, model=None, **more):
    return estimate_wsk(
        mine.problem, Options(model or UModel(), Gauge(MEAN_CX, mine.mean_cx), FREE_BOUNDS, **more)
    )


def truth_at(mine, basis, dates):
    days = np.array([(day - wsk.FIRST).days for day in dates], float)
    return (
        np.outer(basis.cumulative(days) @ mine.coefficients, mine.diffusion)
        * 365.25
        * 86400
        / wsk.GEOLOGY.delta
    )


def test_constant_rate_by_hand():
    mine = wsk.mine(noise=0.0)
    mine.coefficients[:] = [0.1, 0.0, 0.0]
    found = fitted(mine)
    model = replace(found.model, coefficients=np.array([0.1, 0.0, 0.0]))
    s, _ = predict(model, np.array([1e-7]), np.array([0.0]), [wsk.FIRST + timedelta(days=1000)])
    # 1e-7 m2/s / 3 m * 0.1 * 8.64e7 s = 0.288 m
    assert s[0, 0] == pytest.approx(0.288)


def test_the_truth_lies_within_the_band():
    z = []
    for seed in range(12):
        mine = wsk.mine(noise=0.3, seed=seed)
        found = fitted(mine)
        s, std = predict(found.model, found.diffusion, found.diffusion_std, LATER)
        z.append((s - truth_at(mine, found.basis, LATER)) / std)
    assert np.sqrt(np.mean(np.square(z))) == pytest.approx(1.0, abs=0.2)


def test_uncertainty_grows_beyond_the_record():
    mine = wsk.mine(noise=0.3)
    found = fitted(mine)
    _, std = predict(found.model, found.diffusion, found.diffusion_std, LATER)
    assert np.all(np.diff(std, axis=0) > 0)


def test_inside_the_record_it_is_the_estimate():
    mine = wsk.mine(noise=0.3)
    found = fitted(mine)
    dates = mine.problem.record.dates
    s, std = predict(found.model, found.diffusion, found.diffusion_std, dates)
    np.testing.assert_array_equal(s, found.subsidence()[0])
    np.testing.assert_array_equal(std, found.subsidence()[1])
    assert np.all(s[0] == 0) and np.all(std[0] == 0)


def test_prediction_does_not_depend_on_the_gauge():
    mine = wsk.mine(noise=0.3)
    one, other = fitted(mine), estimate_wsk(mine.problem, Options(bounds=FREE_BOUNDS))
    for a, b in zip(
        predict(one.model, one.diffusion, one.diffusion_std, LATER),
        predict(other.model, other.diffusion, other.diffusion_std, LATER),
    ):
        np.testing.assert_allclose(a, b, rtol=1e-9)


def test_prediction_before_the_record_is_refused():
    found = fitted(wsk.mine())
    with pytest.raises(InputError, match="2015-12-31") as caught:
        predict(found.model, found.diffusion, found.diffusion_std, [date(2015, 12, 31)])
    assert caught.value.field == "DATES"


def test_no_date_is_refused():
    found = fitted(wsk.mine())
    with pytest.raises(InputError, match="at least one date"):
        predict(found.model, found.diffusion, found.diffusion_std, [])


def test_free_u_predicts_inside_the_record_only():
    mine = wsk.mine(kind="free")
    found = fitted(mine, UModel("free"))
    s, _ = predict(found.model, found.diffusion, found.diffusion_std, LATER[:2])
    assert s.shape == (2, 40)
    with pytest.raises(InputError, match="harmonic or the temperature model"):
        predict(found.model, found.diffusion, found.diffusion_std, LATER)


def test_temperature_series_carries_the_prediction_as_far_as_it_goes():
    mine = wsk.mine(noise=0.05)
    days = tuple(wsk.FIRST + timedelta(days=k) for k in range(0, 701, 7))
    model = UModel(
        "temperature", days=days, celsius=tuple(12 + 8 * math.sin(k / 8) for k in range(len(days)))
    )
    found = estimate_wsk(mine.problem, Options(model, bounds=FREE_BOUNDS))
    s, std = predict(found.model, found.diffusion, found.diffusion_std, LATER[:3])
    assert np.all(np.diff(s, axis=0) > 0)
    # u is known, so that D alone is uncertain.
    np.testing.assert_allclose(
        std / s, np.broadcast_to(found.diffusion_std / found.diffusion, s.shape), rtol=1e-9
    )
    with pytest.raises(InputError, match="series that covers"):
        predict(found.model, found.diffusion, found.diffusion_std, LATER)


@pytest.mark.parametrize("model", [UModel(), UModel(harmonics=2), UModel("free")])
def test_model_survives_json(model):
    found = fitted(wsk.mine(), model)
    back = FittedModel.from_dict(json.loads(json.dumps(found.model.to_dict())))
    for a, b in zip(
        predict(found.model, found.diffusion, found.diffusion_std, LATER[:2]),
        predict(back, found.diffusion, found.diffusion_std, LATER[:2]),
    ):
        np.testing.assert_array_equal(a, b)


def test_seasonal_wave_by_hand():
    found = fitted(wsk.mine(noise=0.0))
    wave = found.model.seasonal()
    # 0.03 sin - 0.04 cos = 0.05 sin(2 pi t - 0.9273), largest at (pi/2 + 0.9273) / (2 pi) of a year.
    assert wave["amplitude"] == pytest.approx(0.05)
    assert wave["phase"] == pytest.approx(-0.927295, abs=1e-6)
    assert wave["day_of_maximum"] == pytest.approx(
        (math.pi / 2 + 0.927295) / (2 * math.pi) * 365.25, abs=1e-3
    )
    assert fitted(wsk.mine(kind="free"), UModel("free")).model.seasonal() is None
