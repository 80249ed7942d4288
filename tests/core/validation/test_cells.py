"""Cells: where points fall, means and their errors, common cells, coordinates."""

from __future__ import annotations

import numpy as np
import pytest

from groundline.core import crs as coordinates
from groundline.core.errors import InputError
from groundline.core.validation.cells import common, cover, means, metric_system, typical_distance

NO_STD, LOS = np.full(5, np.nan), np.tile([0.0, 0.0, 1.0], (5, 1))


def test_edges_are_multiples_of_the_spacing_and_a_cell_owns_its_west_and_south_edge():
    x, y = np.array([49.9, 50.0, 120.0]), np.array([-0.1, 0.0, 99.0])
    grid = cover([(x, y)], 50.0, "EPSG:32650")
    assert (grid.west, grid.north, grid.width, grid.height) == (0, 2, 3, 3)
    assert grid.numbers(x, y).tolist() == [2 * 3 + 0, 1 * 3 + 1, 0 * 3 + 2]
    east, north = grid.centres(grid.numbers(x, y))
    assert (east.tolist(), north.tolist()) == ([25.0, 75.0, 125.0], [-25.0, 25.0, 75.0])
    row, col = coordinates.pixel_of(grid.grid(), east, north)
    assert (row * 3 + col).tolist() == grid.numbers(x, y).tolist()


def test_means_and_both_errors_by_hand():
    """Two points with errors 3 and 4: the mean's is 5/2 if independent, sqrt(25/2) if shared."""
    cells = np.array([7, 7, 3, 9, 9])
    found = means(cells, np.array([1.0, 3.0, 5.0, 2.0, 4.0]), np.array([3.0, 4.0, 2.0, 1.0, np.nan]), LOS)
    assert found.cell.tolist() == [3, 7, 9]
    assert found.count.tolist() == [1, 2, 2]
    assert found.mean.tolist() == [5.0, 2.0, 3.0]
    np.testing.assert_allclose(found.std_independent, [2.0, 2.5, np.nan])
    np.testing.assert_allclose(found.std_common, [2.0, np.sqrt(12.5), np.nan])
    np.testing.assert_array_equal(found.los, [[0, 0, 1]] * 3)


def test_cells_with_too_few_points_are_left_out():
    found = means(np.array([7, 7, 3, 9, 9]), np.arange(5.0), NO_STD, LOS, least=2)
    assert found.cell.tolist() == [7, 9]


def test_common_cells_are_those_of_both():
    one = means(np.array([1, 2, 2, 5, 8]), np.arange(5.0), NO_STD, LOS)
    two = means(np.array([2, 3, 5, 5, 9]), np.arange(5.0) * 10, NO_STD, LOS)
    a, b = common(one, two)
    assert a.cell.tolist() == b.cell.tolist() == [2, 5]
    assert (a.mean.tolist(), b.mean.tolist()) == ([1.5, 3.0], [0.0, 25.0])


def test_means_equal_a_plain_loop():
    rng = np.random.default_rng(2)
    cells, value, std = rng.integers(0, 40, 900), rng.normal(size=900), rng.uniform(1, 2, 900)
    found = means(cells, value, std, np.tile([0.0, 0.0, 1.0], (900, 1)))
    for row, cell in enumerate(found.cell):
        inside = cells == cell
        assert found.count[row] == inside.sum()
        assert found.mean[row] == pytest.approx(value[inside].mean())
        assert found.std_independent[row] == pytest.approx(np.sqrt((std[inside] ** 2).sum()) / inside.sum())


class TestMetricSystem:
    def places(self, x, y, crs):
        return [(np.array([x]), np.array([y]), crs)]

    def test_a_true_metric_system_is_kept(self):
        assert metric_system(self.places(400e3, 3.9e6, "EPSG:32650")) == "EPSG:32650"
        assert metric_system(self.places(1438e3, 4887e3, "EPSG:3003")) == "EPSG:3003"

    def test_degrees_and_web_mercator_become_utm(self):
        assert metric_system(self.places(11.0, 45.0, "EPSG:4326")) == "EPSG:32632"
        x, y = coordinates.transform(np.array([11.0]), np.array([45.0]), "EPSG:4326", "EPSG:3857")
        assert metric_system(self.places(x[0], y[0], "EPSG:3857")) == "EPSG:32632"

    def test_degrees_cannot_be_asked_for(self):
        with pytest.raises(InputError, match="metres"):
            metric_system(self.places(11.0, 45.0, "EPSG:4326"), "EPSG:4326")


def test_typical_distance_of_a_lattice_is_its_step():
    x, y = (axis.ravel().astype(float) for axis in np.meshgrid(np.arange(20) * 30.0, np.arange(20) * 30.0))
    assert typical_distance(x, y) == 30.0
    assert typical_distance(x[:1], y[:1]) == float("inf")
