"""Rates inside a polygon, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from groundline.core.corridor.polygons.statistics import rates, uneven


def test_rates_of_five_points() -> None:
    found = rates(np.array([-1.0, -2.0, -3.0, -4.0, 2.0]), np.arange(5.0), np.arange(5.0) + 10)
    assert (found.count, found.mean, found.median) == (5, -1.6, -2.0)
    assert found.std == pytest.approx(np.std([-1, -2, -3, -4, 2], ddof=1))
    assert (found.minimum, found.maximum) == (-4.0, 2.0)
    assert (found.worst, found.x, found.y) == (-4.0, 3.0, 13.0)
    assert found.quantiles == pytest.approx(np.quantile([-1, -2, -3, -4, 2], [0.05, 0.25, 0.75, 0.95]))


def test_no_points_and_one() -> None:
    empty = rates(np.empty(0), np.empty(0), np.empty(0))
    assert empty.count == 0 and math.isnan(empty.mean) and math.isnan(empty.worst)
    one = rates(np.array([3.0]), np.array([1.0]), np.array([2.0]))
    assert one.mean == one.worst == 3.0 and math.isnan(one.std)


def test_a_tilt_is_found_whatever_the_cells() -> None:
    """5 mm/yr per 100 m to the east, nothing to the north."""
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(5.0, 1000, 10) + 777, np.arange(5.0, 500, 10)))
    found = uneven(-0.05 * x, x, y, 100.0, 3)
    assert found.largest == pytest.approx(5.0)
    assert found.distortion == pytest.approx(50.0)  # urad/yr
    assert found.q95 == pytest.approx(5.0)
    # Eleven columns of cells (the edges lie at multiples of 100 m), five rows: 50 pairs across, 44 along.
    assert found.pairs == 94


def test_a_step_has_its_place() -> None:
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(5.0, 600, 10), np.arange(5.0, 200, 10)))
    found = uneven(np.where(x < 300, 0.0, -12.0), x, y, 100.0, 2)
    assert found.largest == pytest.approx(12.0)
    assert found.x == pytest.approx(300.0)


def test_distance_of_the_points_counts_not_that_of_the_cells() -> None:
    found = uneven(np.array([0.0, 0.0, -2.0, -2.0]), np.array([90.0, 90.0, 110.0, 110.0]), np.full(4, 5.0), 100.0, 2)
    assert found.largest == pytest.approx(2.0 * 100.0 / 20.0)


def test_cells_apart_and_cells_of_few_points_are_not_compared() -> None:
    far = uneven(np.array([0.0, 0.0, -9.0, -9.0]), np.array([1.0, 2.0, 901.0, 902.0]), np.zeros(4), 100.0, 2)
    assert far.pairs == 0 and math.isnan(far.largest)
    few = uneven(np.array([0.0, 0.0, -9.0]), np.array([1.0, 2.0, 101.0]), np.zeros(3), 100.0, 2)
    assert few.pairs == 0
    # The last cell of a row and the first of the next are no neighbours.
    rows = uneven(np.array([0.0, -9.0]), np.array([150.0, 50.0]), np.array([50.0, 150.0]), 100.0, 1)
    assert rows.pairs == 0
