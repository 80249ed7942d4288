"""Which terms the dates can carry."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from groundline.core.errors import InputError
from groundline.core.timeseries.seasonal.design import day_of_year, design


def every(days: int, count: int, first: date = date(2018, 1, 1)) -> list[date]:
    return [first + timedelta(days * n) for n in range(count)]


def test_columns() -> None:
    form = design(every(12, 100))
    assert form.base.shape == (100, 4)
    assert form.least == 10
    assert form.starts.tolist() == list(range(10, 91))
    assert form.steps[0].tolist() == [0.0] * 10 + [1.0] * 90
    assert form.hinges[0, :11].tolist() == [0.0] * 11 and form.hinges[0, 11] > 0
    assert design(every(12, 100), semiannual=True).base.shape == (100, 6)


def test_no_annual_term_without_a_year_or_with_one_season() -> None:
    assert not design(every(12, 30)).annual
    summers = [date(year, 7, 1) + timedelta(12 * n) for year in range(2015, 2020) for n in range(4)]
    assert not design(summers).annual
    assert design(every(12, 40)).annual


def test_too_few_dates_name_themselves() -> None:
    with pytest.raises(InputError, match="7 dates") as error:
        design(every(12, 7), field="POINTS")
    assert error.value.field == "POINTS"


def test_day_of_the_peak() -> None:
    turn = 2.0 * np.pi * np.array([0.0, 45.0, 200.0, 360.0]) / 365.25
    np.testing.assert_allclose(day_of_year(np.cos(turn), np.sin(turn)), [0.0, 45.0, 200.0, 360.0], atol=1e-9)
