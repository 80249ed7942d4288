"""Drivers from CSV: dates in every usual form, gaps, windows; and messages that show what was seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pytest

from groundline.core.corridor.pointseries import datecolumn
from groundline.core.corridor.pointseries.drivers import Driver, daily, read_drivers
from groundline.core.errors import InputError

Table = Callable[..., str]


@pytest.mark.parametrize(
    "texts",
    [
        ("2016-05-14", "2016-06-01"),
        ("2016/05/14", "2016/06/01"),
        ("20160514", "20160601"),
        ("14.05.2016", "1.6.2016"),
        ("14/05/2016", "01/06/2016"),
        ("05/14/2016", "06/01/2016"),
        ("2016-05-14T06:00:00", "2016-06-01 12:30"),
    ],
)
def test_usual_forms(texts: tuple[str, ...]) -> None:
    assert datecolumn.parse(texts, "DRIVERS", "file") == [date(2016, 5, 14), date(2016, 6, 1)]


def test_a_month_stands_for_its_middle() -> None:
    assert datecolumn.parse(["2016-05", "2016-06"], "DRIVERS", "x") == [date(2016, 5, 15), date(2016, 6, 15)]


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (("01/02/2016", "03/04/2016"), "may be day/month or month/day"),
        (("2016-05-14", "sometime"), "'sometime'"),
        (("2016-05-14", "14.05.2016"), "'14.05.2016'"),
    ],
)
def test_unreadable_dates_are_shown(texts: tuple[str, ...], words: str) -> None:
    with pytest.raises(InputError, match=words):
        datecolumn.parse(texts, "DRIVERS", "rain.csv, column date")


def test_several_columns_and_files(table: Table) -> None:
    days = [f"{n:02d}.03.2016" for n in range(1, 21)]
    wells = table("Datum;shallow;deep", *(f"{day};-3,{n:02d};" for n, day in enumerate(days)), name="w.csv")
    with pytest.raises(InputError, match="column deep: 0 values"):
        read_drivers((wells,))
    wells = table("Datum;shallow;deep", *(f"{day};-3,{n:02d};{n}" for n, day in enumerate(days)), name="w.csv")
    other = table("when,shallow", *(f"2016-03-{n:02d},{n}" for n in range(20, 0, -1)), name="other.csv")
    drivers = read_drivers((wells, other))
    assert [driver.name for driver in drivers] == ["shallow", "deep", "shallow (other)"]
    assert drivers[0].values[:2].tolist() == [-3.0, -3.01]
    assert drivers[2].values.tolist() == list(range(1, 21))  # in order of date


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (("a,b", *(f"x{n},1" for n in range(9))), "'x0', 'x1', 'x2'"),
        (("date,mm", *(f"{n}th May,1" for n in range(9))), "'0th May'"),
        (("date,note", *(f"2016-05-{n:02d},dry" for n in range(1, 10))), "columns date, note"),
        (("date,mm", *("2016-05-01,1" for _ in range(9))), "2016-05-01 twice"),
        (("date,mm", "2016-05-01,1"), "1 values"),
    ],
)
def test_what_is_refused(table: Table, lines: tuple[str, ...], words: str) -> None:
    with pytest.raises(InputError, match=words) as error:
        read_drivers((table(*lines),))
    assert error.value.field == "DRIVERS"
    assert "driver.csv" in str(error.value)


def test_a_missing_file() -> None:
    with pytest.raises(InputError, match="nowhere"):
        read_drivers(("/nowhere/rain.csv",))


def test_days_between_and_gaps() -> None:
    days = np.array([100, 102, 104, 200, 202, 204, 206, 208])
    out = daily(Driver("level", days, np.array([0.0, 2.0, 4.0, 9.0, 9.0, 9.0, 9.0, 9.0])), 1)
    assert out.values[:5].tolist() == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert np.isnan(out.values[5:100]).all()
    assert out.covers(np.array([99, 100, 104, 150, 208, 209])).tolist() == [False, True, True, False, True, False]


def test_the_window_is_centred() -> None:
    values = np.zeros(41)
    values[20] = 30.0  # one day of rain
    out = daily(Driver("rain", np.arange(1000, 1041), values), 5)
    assert out.values[17:24].tolist() == [0.0, 6.0, 6.0, 6.0, 6.0, 6.0, 0.0]
