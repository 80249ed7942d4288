"""Stages, rates and jumps of feature points, and CSV tables of drivers."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from groundline.core.errors import InputError
from groundline.core.mining.datetable import DateSeries, read_series
from groundline.core.mining.feature_points import (
    against_rain,
    detrended,
    jumps,
    per_interval,
    stage_rates,
    stages_by_calendar,
    stages_by_temperature,
)

FIRST = date(2015, 6, 15)
DAYS = tuple(FIRST + timedelta(days=24 * n) for n in range(34))
ORDINAL = np.array([day.toordinal() for day in DAYS], float)


def test_stages_of_the_calendar_are_cut_to_the_record() -> None:
    found = stages_by_calendar(FIRST, date(2017, 8, 15), (3, 29), (10, 13))
    assert [(s.kind, s.start.isoformat(), s.stop.isoformat()) for s in found] == [
        ("warm", "2015-06-15", "2015-10-13"),
        ("cold", "2015-10-13", "2016-03-29"),
        ("warm", "2016-03-29", "2016-10-13"),
        ("cold", "2016-10-13", "2017-03-29"),
        ("warm", "2017-03-29", "2017-08-15"),
    ]


def test_stages_of_a_temperature_turn_where_it_passes_its_mean() -> None:
    days = tuple(FIRST + timedelta(days=n) for n in range(800))
    # warmest on 15 July: passes its mean on about 15 April and 15 October
    year = np.array([(d - date(2015, 7, 15)).days for d in days]) / 365.25
    noise = np.random.default_rng(1).normal(0.0, 3.0, len(days))
    found = stages_by_temperature(
        DateSeries("t", days, 17 + 11 * np.cos(2 * np.pi * year) + noise), days[0], days[-1]
    )
    assert [s.kind for s in found] == ["warm", "cold", "warm", "cold", "warm"]
    for stage, turn in zip(found[1:], ("2015-10-14", "2016-04-14", "2016-10-14", "2017-04-14")):
        assert abs((stage.start - date.fromisoformat(turn)).days) <= 12


def test_rate_of_a_stage_is_its_slope() -> None:
    stages = stages_by_calendar(FIRST, DAYS[-1], (3, 29), (10, 13))
    s = 0.1 * (ORDINAL - ORDINAL[0]) / 365.25
    rows = stage_rates(ORDINAL, s, stages)
    assert [row["rate_mm_yr"] for row in rows] == pytest.approx([100.0] * 5)
    assert rows[1]["change_mm"] == pytest.approx(100.0 * 168 / 365.25)
    assert rows[0]["rate_std_mm_yr"] == pytest.approx(0.0, abs=1e-6)
    empty = stage_rates(ORDINAL, np.full(len(ORDINAL), np.nan), stages)
    assert empty[0]["rate_mm_yr"] is None


def test_a_jump_is_found_with_its_size_and_interval() -> None:
    rng = np.random.default_rng(4)
    years = (ORDINAL - ORDINAL[0]) / 365.25
    s = (
        0.1 * years[:, None]
        + 0.01 * np.sin(2 * np.pi * years)[:, None]
        + rng.normal(0.0, 0.0005, (len(DAYS), 3))
    )
    assert jumps(DAYS, s, 5.0) == []
    s[20:, :2] -= 0.012  # uplift of 12 mm at two of the points
    found = jumps(DAYS, s, 5.0)
    assert [(row["from"], row["to"], row["points"]) for row in found] == [
        (DAYS[19].isoformat(), DAYS[20].isoformat(), [1, 2])
    ]
    assert found[0]["step_mm"] == pytest.approx(-12.0, abs=2.5)


def test_detrended_series_have_neither_trend_nor_season() -> None:
    years = (ORDINAL - ORDINAL[0]) / 365.25
    s = (0.02 + 0.1 * years + 0.01 * np.cos(2 * np.pi * years - 1.0))[:, None]
    np.testing.assert_allclose(detrended(ORDINAL, s), 0.0, atol=1e-10)
    s[3, 0] = np.nan
    assert np.isnan(detrended(ORDINAL, s)[3, 0])


def test_rain_is_summed_after_each_date_up_to_the_next() -> None:
    days = (date(2020, 1, 1), date(2020, 1, 13), date(2020, 1, 25))
    rain = DateSeries(
        "rain", (date(2020, 1, 1), date(2020, 1, 2), date(2020, 1, 13)), np.array([100.0, 5.0, 7.0])
    )
    np.testing.assert_array_equal(per_interval(rain, days, "sum"), [12.0, np.nan])
    np.testing.assert_array_equal(per_interval(rain, days, "mean"), [6.0, np.nan])


def test_uplift_after_rain_is_a_negative_correlation() -> None:
    rng = np.random.default_rng(9)
    rain = rng.gamma(2.0, 20.0, len(DAYS) - 1)
    s = np.r_[0.0, np.cumsum(0.005 - 0.0001 * (rain - rain.mean()))][:, None]
    rho, p, n = against_rain(DAYS, s, rain)
    assert n == 33 and rho is not None and rho < -0.7 and p is not None and p < 0.001
    assert against_rain(DAYS, s, np.full(33, np.nan)) == (None, None, 0)


def test_tables_are_read_by_their_headings(tmp_path) -> None:
    path = tmp_path / "rain.csv"
    path.write_text(
        "\ufeffDate;temp;Precipitation\n2020-01-02;4;1.5\n2020-01-01;3;0\n2020-01-03;5;\n", encoding="utf-8"
    )
    found = read_series(path, "RAIN", ("rain", "precipitation"))
    assert found.dates == (date(2020, 1, 1), date(2020, 1, 2))
    np.testing.assert_array_equal(found.values, [0.0, 1.5])
    assert read_series(path, "RAIN", ("unknown",)).name == "temp"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "columns date"),
        ("date,rain\n", "columns date"),
        ("date,rain\n2020-01-01,a\n", "numbers"),
        ("date,rain\n01.02.2020,1\n", "YYYY-MM-DD"),
        ("date,rain\n2020-01-01,1\n2020-01-01,2\n", "each date once"),
        ("date,rain\n2020-01-01,\n", "at least one line"),
        ("date\n2020-01-01\n", "columns date"),
    ],
)
def test_damaged_tables_are_explained(tmp_path, text: str, reason: str) -> None:
    path = tmp_path / "rain.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=reason):
        read_series(path, "RAIN", ("rain",))
    with pytest.raises(InputError, match="RAIN"):
        read_series(tmp_path / "missing.csv", "RAIN", ("rain",))
