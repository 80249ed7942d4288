"""Scores of a prediction: hand-computed numbers, and what cannot be compared."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from groundline_tests.mine import metric_grid, write_subsidence

from groundline.core.errors import InputError
from groundline.core.mining.predict_score import measured_at, overall, score_rows
from groundline.core.mining.subsidence import open_series

DATES = (date(2017, 1, 11), date(2017, 2, 16), date(2017, 3, 12))


def test_one_date_by_hand():
    # Errors 1, -3, 2, 0 mm: mean 0, mean square (1 + 9 + 4)/4 = 3.5, largest 3.
    errors = np.array([[0.001, -0.003, 0.002, 0.0, np.nan]])
    row = score_rows(DATES[:1], errors, np.full((1, 5), 0.001))[0]
    assert row["pixels"] == 4
    assert row["bias_mm"] == pytest.approx(0.0, abs=1e-12)
    assert row["std_mm"] == pytest.approx(3.5**0.5)
    assert row["rmse_mm"] == pytest.approx(3.5**0.5)
    assert (row["max_error_mm"], row["lowest_mm"], row["highest_mm"]) == pytest.approx((3.0, -3.0, 2.0))
    assert row["within_2_std_percent"] == pytest.approx(75.0)
    assert overall(errors) == pytest.approx({"bias": 0.0, "std": 3.5**0.5, "rmse": 3.5**0.5, "max": 3.0}, abs=1e-12)


def test_a_date_without_a_value_says_so():
    assert score_rows(DATES[:1], np.full((1, 3), np.nan), np.ones((1, 3))) == [
        {"date": "2017-01-11", "pixels": 0}
    ]
    assert overall(np.full((1, 3), np.nan)) == {}


def test_measurements_are_taken_relative_to_the_records_first_date(tmp_path):
    sunk = np.arange(3 * 2 * 4, dtype=float).reshape(3, 2, 4) / 1000.0
    series = open_series(write_subsidence(tmp_path / "truth", sunk, DATES))
    index = np.array([1, 6])
    found = measured_at(series, (DATES[2], date(2018, 1, 1)), DATES[1], index, series.grid)
    assert found.dates == (DATES[2],)
    np.testing.assert_allclose(found.subsidence, [[0.008, 0.008]], atol=1e-7)


def test_what_cannot_be_compared_is_refused(tmp_path):
    series = open_series(write_subsidence(tmp_path / "truth", np.zeros((3, 2, 4)), DATES))
    index = np.array([0])
    with pytest.raises(InputError, match="TRUTH.*grid"):
        measured_at(series, DATES[1:], DATES[0], index, metric_grid(2, 5))
    with pytest.raises(InputError, match="predicted dates"):
        measured_at(series, (date(2019, 1, 1),), DATES[0], index, series.grid)
    with pytest.raises(InputError, match="2015-06-15"):
        measured_at(series, DATES[1:], date(2015, 6, 15), index, series.grid)
