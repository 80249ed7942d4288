"""Pixels that move faster against their neighbours than an interferogram can carry."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from groundline_tests.networks import days

from groundline.core.blocks import Compute
from groundline.core.monitor import Monitor
from groundline.core.raster import read_geotiff, write_geotiff
from groundline.core.stack import POINTS, RASTER, Grid
from groundline.core.timeseries import outputs, unwrapping_limit
from groundline.core.timeseries.matrix import Network
from groundline.core.timeseries.unwrapping_limit import share_beyond

NETWORK = Network(days(0, 12, 36), np.array([[0, 1], [1, 2], [0, 2]]))
WAVELENGTH = 0.056  # so that the limit is 14 mm


def moving(rate: np.ndarray) -> np.ndarray:
    """(3, rows, cols) displacements of a steady rate per 12 days."""
    return np.array([0.0, 1.0, 3.0])[:, None, None] * rate.astype(np.float32)


def test_a_slope_is_beyond_the_limit_in_the_pairs_that_are_too_long() -> None:
    slope = np.tile(5.0 * np.arange(6.0), (4, 1))  # 5 mm per pixel in 12 days: 5, 10 and 15 mm
    np.testing.assert_allclose(share_beyond(moving(slope)[:, :, 1:5], NETWORK, 14.0)[:, 1:3], 1 / 3)
    assert np.all(share_beyond(moving(slope), NETWORK, 15.1) == 0.0)


def test_the_limit_itself_is_beyond() -> None:
    slope = np.tile(7.0 * np.arange(5.0), (3, 1))  # 7, 14, 21 mm
    np.testing.assert_allclose(share_beyond(moving(slope), NETWORK, 14.0)[:, 1:4], 2 / 3)


def test_a_single_odd_pixel_does_not_take_its_neighbours_along() -> None:
    field = np.zeros((5, 5))
    field[2, 2] = -100.0
    share = share_beyond(moving(field), NETWORK, 14.0)
    assert share[2, 2] == 1.0
    assert np.count_nonzero(share) == 1


def test_unknown_pixels_stay_unknown_and_are_no_neighbours() -> None:
    field = np.zeros((3, 3))
    field[1, 1] = -100.0
    field[0, :] = field[2, :] = field[1, 0] = np.nan
    share = share_beyond(moving(field), NETWORK, 14.0)
    assert np.isnan(share[0]).all() and np.isnan(share[1, 0])
    assert share[1, 1:].tolist() == [1.0, 1.0]  # each is the other's only neighbour
    field[1, 2] = np.nan
    assert share_beyond(moving(field), NETWORK, 14.0)[1, 1] == 0.0  # nobody to compare with


def folder_of(path: Path, displacement: np.ndarray, grid: Grid) -> Path:
    for day, values in zip(NETWORK.dates, displacement):
        (path / outputs.FOLDER).mkdir(parents=True, exist_ok=True)
        write_geotiff(path / outputs.date_file(day), values, grid)
    return path


@pytest.mark.parametrize("rows_per_block", [1, 2, 3, 7, 50])
def test_blocks_do_not_change_the_answer(
    tmp_path: Path, rows_per_block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(5)
    field = np.cumsum(rng.normal(0.0, 6.0, (23, 9)), axis=0)
    field[rng.random(field.shape) < 0.2] = np.nan
    displacement = moving(field)
    folder = folder_of(tmp_path, displacement, Grid(9, 23))
    monkeypatch.setattr(unwrapping_limit, "_BLOCK_PIXELS", 9 * rows_per_block)
    found = unwrapping_limit.write(folder, Grid(9, 23), RASTER, WAVELENGTH, NETWORK, Compute(), Monitor())
    got, _ = read_geotiff(folder / "beyond_limit.tif")
    expected = share_beyond(displacement, NETWORK, 14.0)
    np.testing.assert_array_equal(got, expected)
    assert found.some == np.count_nonzero(expected > 0)
    assert found.lost == np.count_nonzero(expected >= 0.5) > 0


def test_points_in_a_row_are_no_neighbours(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, moving(1000.0 * np.arange(8.0)[None]), Grid(8, 1))
    found = unwrapping_limit.write(folder, Grid(8, 1), POINTS, WAVELENGTH, NETWORK, Compute(), Monitor())
    assert (found.some, found.lost) == (0, 0)
    assert unwrapping_limit.describe(found, WAVELENGTH) == ""


def test_the_warning_says_how_many_and_how_much() -> None:
    text = unwrapping_limit.describe(unwrapping_limit.Beyond(9, 1234), WAVELENGTH)
    assert "1,234 pixels" in text and "14 mm" in text and "beyond_limit.tif" in text
