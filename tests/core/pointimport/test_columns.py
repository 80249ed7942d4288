"""Which columns are dates, in which forms, and what a message shows when none is."""

from __future__ import annotations

from datetime import date

import pytest

from groundline.core.errors import InputError
from groundline.core.pointimport.columns import check_dates, date_in, find, preview

DAY = date(2018, 1, 5)


@pytest.mark.parametrize(
    "name", ["D20180105", "d20180105", "20180105", "D_20180105", "2018-01-05", "2018_01_05", "D2018-01-05"]
)
def test_usual_forms_of_dates(name):
    assert date_in(name) == DAY


@pytest.mark.parametrize("name", ["velocity", "D20181305", "2018-02-30", "1234567", "H_STDEV", "20180105_std"])
def test_other_columns_are_no_dates(name):
    assert date_in(name) is None


def test_a_given_pattern_replaces_the_usual_forms():
    assert date_in("T05012018", "T%d%m%Y") == DAY
    assert date_in("20180105", "T%d%m%Y") is None


def test_columns_that_look_like_dates_of_another_form_are_refused_and_shown():
    with pytest.raises(InputError, match=r"T05012018, T17012018.*DYYYYMMDD.*DATE_PATTERN.*lon, lat, T05012018"):
        check_dates(["lon", "lat", "T05012018", "T17012018"], {}, "")


def test_a_pattern_that_fits_nothing_shows_the_columns():
    with pytest.raises(InputError, match=r"X%Y.*lon, lat, D20180105"):
        check_dates(["lon", "lat", "D20180105"], {}, "X%Y%m%d")


def test_a_date_twice_is_refused():
    with pytest.raises(InputError, match="20180105 and D20180105"):
        check_dates([], {"20180105": DAY, "D20180105": DAY}, "")


def test_no_dates_at_all_are_fine():
    check_dates(["lon", "lat", "velocity", "p1"], {}, "")


def test_names_are_found_whatever_their_case_in_order_of_preference():
    assert find(["VEL", "Velocity"], ("velocity", "vel")) == "Velocity"
    assert find(["a"], ("velocity",)) == ""


def test_long_previews_are_shortened():
    text = preview([f"c{n}" for n in range(99)])
    assert text.startswith("c0, c1")
    assert text.endswith("c98 (99 columns)")
    assert text.count(",") == 10
