"""u as a function of time: means over intervals, integrals, series, and what each model refuses."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pytest
from groundline_tests import wsk

from groundline.core.errors import InputError
from groundline.core.mining.wsk_model import Record
from groundline.core.mining.wsk_time import ABSOLUTE, RATE, TimeBasis, UModel, model_from_dict, model_to_dict

START = date(2016, 1, 1)


def basis(model, edges=(0.0, 24.0, 60.0, 200.0, 365.0), form=RATE, cs=40.8):
    return TimeBasis(model, START, tuple(edges), form, cs)


def series(days=400, celsius=None, start=START, step=1):
    dates = tuple(start + timedelta(days=k) for k in range(0, days + 1, step))
    values = (
        tuple(celsius)
        if celsius is not None
        else tuple(15.0 + 10.0 * math.sin(k / 58.0) for k in range(len(dates)))
    )
    return UModel("temperature", days=dates, celsius=values)


@pytest.mark.parametrize(
    "model", [UModel(), UModel(harmonics=2), series()], ids=["annual", "semi-annual", "series"]
)
def test_cumulative_is_the_integral_of_the_values(model):
    bound = basis(model)
    t = np.linspace(0.0, 365.0, 365 * 64 + 1)
    v = bound.values(t)
    area = np.cumsum((v[1:] + v[:-1]) / 2 * np.diff(t)[:, None] / 365.25, axis=0)
    days = np.arange(1, 366)
    np.testing.assert_allclose(bound.cumulative(days), area[64 * days - 1], atol=1e-8)


def test_the_value_of_an_interval_is_its_mean_and_not_that_of_its_middle():
    # Over 24 d the mean of an annual wave is 0.7 % smaller than the value in the middle, over 84 d 8.5 %.
    for length, less in ((24.0, 0.0071), (84.0, 0.0849)):
        bound = basis(UModel(), (0.0, length))
        mean, middle = bound.intervals()[0], bound.values(length / 2)[0]
        assert 1.0 - mean[1] / middle[1] == pytest.approx(less, rel=0.02)


def test_subsidence_does_not_depend_on_the_dates_between():
    coarse, fine = basis(UModel(), (0.0, 300.0)), basis(UModel(), (0.0, 7.0, 90.0, 300.0))
    np.testing.assert_array_equal(coarse.cumulative(300.0), fine.cumulative(300.0))


def test_free_values_sum_over_the_part_of_each_interval():
    bound = basis(UModel("free"), (0.0, 10.0, 30.0))
    np.testing.assert_allclose(
        bound.cumulative([0, 5, 10, 20, 30]) * 365.25, [[0, 0], [5, 0], [10, 0], [10, 10], [10, 20]]
    )
    np.testing.assert_array_equal(bound.intervals(), np.eye(2))
    assert bound.mean_row() == pytest.approx([1 / 3, 2 / 3])


def test_absolute_form_is_u_at_the_date_times_time():
    bound = basis(UModel(), form=ABSOLUTE)
    c, t = np.array([0.1, 0.05, 0.0]), 200.0
    u = 0.1 + 0.05 * math.sin(2 * math.pi * t / 365.25)
    assert float(bound.cumulative(t)[0] @ c) == pytest.approx(u * t / 365.25)


def test_absolute_form_lifts_the_ground_each_winter_where_the_rate_form_only_slows():
    c, t = np.array([0.1, 0.05, 0.0]), np.arange(0.0, 1500.0, 10.0)
    absolute = basis(UModel(), form=ABSOLUTE).cumulative(t) @ c
    rate = basis(UModel()).cumulative(t) @ c
    assert np.all(np.diff(rate) > 0)
    falls = [
        -(absolute[(t >= a) & (t < a + 365)][36 // 2 :].min() - absolute[(t >= a) & (t < a + 365)].max())
        for a in (0, 365, 730)
    ]
    assert np.diff(absolute).min() < 0
    assert falls[2] > falls[1] > 0


def test_temperature_gives_solubility_over_cs():
    bound = basis(series(celsius=[20.0] * 401))
    np.testing.assert_allclose(bound.intervals(), 19.4 / 40.8)
    np.testing.assert_allclose(bound.cumulative(365.0)[0, 0] * 365.25 / 365.0, 19.4 / 40.8)


def test_temperature_series_that_ends_too_early_is_refused_with_its_dates():
    with pytest.raises(InputError, match="2016-01-01 to 2016-10-27") as caught:
        basis(series(days=300)).intervals()
    assert caught.value.field == "TEMPERATURES"
    assert "2016-12-31" in caught.value.allowed


def test_temperature_series_that_begins_too_late_is_refused():
    with pytest.raises(InputError, match="covers 2016-01-01"):
        basis(series(start=START + timedelta(days=1), days=500)).intervals()


def test_free_u_predicts_nothing():
    bound = basis(UModel("free"))
    with pytest.raises(InputError, match="nothing can be predicted"):
        bound.cumulative(366.0)


@pytest.mark.parametrize(
    "model",
    [
        UModel("polynomial"),
        UModel(harmonics=3),
        UModel("temperature"),
        UModel("temperature", days=(START, START), celsius=(1.0, 2.0)),
        UModel("temperature", days=(START, START + timedelta(days=9)), celsius=(1.0, 31.0)),
    ],
)
def test_unusable_models_are_refused(model):
    with pytest.raises(InputError):
        model.validate()


def test_a_later_series_goes_on_where_the_record_ends():
    """Inside the record the old values stay, whatever the later file says; after it the later file holds."""
    old = UModel("temperature", days=(START, START + timedelta(days=100)), celsius=(10.0, 20.0))
    last = START + timedelta(days=60)
    later = UModel(
        "temperature", days=(START, START + timedelta(days=80), START + timedelta(days=200)), celsius=(0.0, 8.0, 4.0)
    )
    found = old.continued(later, last)
    assert found.days == (START, last, START + timedelta(days=80), START + timedelta(days=200))
    assert found.celsius == (10.0, 16.0, 8.0, 4.0)
    only_after = UModel("temperature", days=later.days[1:], celsius=later.celsius[1:])
    assert old.continued(only_after, last) == found
    nothing_new = UModel("temperature", days=(START, last), celsius=(0.0, 0.0))
    assert old.continued(nothing_new, last).celsius == (10.0, 16.0, 20.0)


def test_models_survive_json():
    for model in (UModel(), UModel("free"), UModel(harmonics=2), series(days=3)):
        assert model_from_dict(model_to_dict(model)) == model


@pytest.mark.parametrize(
    ("dates", "pairs", "bperp"),
    [
        ((START,), [[0, 0]], [1.0]),
        ((START, START), [[0, 1]], [1.0]),
        ((START, START + timedelta(days=12)), [[1, 0]], [1.0]),
        ((START, START + timedelta(days=12)), [[0, 2]], [1.0]),
        ((START, START + timedelta(days=12)), [[0, 1]], [math.nan]),
    ],
    ids=["one date", "same dates", "reversed pair", "unknown date", "no baseline"],
)
def test_unusable_records_are_refused(dates, pairs, bperp):
    with pytest.raises(InputError):
        Record(dates, np.array(pairs), np.array(bperp)).validate()


def test_free_u_needs_a_connected_network():
    net = wsk.record(dates=8)
    apart = (net.pairs[:, 0] < 4) == (net.pairs[:, 1] < 4)
    split = Record(net.dates, net.pairs[apart], net.bperp[apart])
    with pytest.raises(InputError, match="network in parts"):
        split.design(split.bind(UModel("free"), RATE, 40.8))
