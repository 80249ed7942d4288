"""Rasters are read in windows as float32 in our units, and written as the same bytes every time."""

from __future__ import annotations

import resource
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal

from groundline.core import manifest, raster
from groundline.core.errors import InputError
from groundline.core.stack import UNWRAPPED, Grid, Item, Pair, Stack, acquisitions_of

GRID = Grid(300, 260, (500000.0, 20.0, 0.0, 3900000.0, 0.0, -20.0), "EPSG:32650")


def stack_of(folder: Path, item: Item, grid: Grid = GRID) -> Stack:
    pair = Pair(date(2020, 1, 1), date(2020, 1, 13), {"phase": item})
    return Stack(UNWRAPPED, grid, 0.0555, (pair,), acquisitions_of((pair,)), roots={"data": "."})


@pytest.fixture
def values() -> np.ndarray:
    array = np.random.default_rng(7).normal(size=GRID.shape).astype(np.float32)
    array[3, 4] = np.nan
    array[5, 6] = 0.0
    return array


@pytest.mark.parametrize("portion", [1, 50, 128, 200, 260])
def test_bytes_do_not_depend_on_the_portions(tmp_path: Path, values: np.ndarray, portion: int) -> None:
    whole, parts = tmp_path / "whole.tif", tmp_path / "parts.tif"
    raster.write_geotiff(whole, values, GRID, "velocity", "mm/yr")
    with raster.writing(parts, GRID, "velocity", "mm/yr") as writer:
        for row in range(0, GRID.height, portion):
            writer.write(values[row : row + portion])
    assert parts.read_bytes() == whole.read_bytes()
    back, grid = raster.read_geotiff(parts)
    np.testing.assert_array_equal(back, values)
    assert grid.transform == GRID.transform


def test_written_file_is_tiled_compressed_and_labelled(tmp_path: Path, values: np.ndarray) -> None:
    path = tmp_path / "v.tif"
    raster.write_geotiff(path, values, GRID, "velocity", "mm/yr")
    dataset = gdal.Open(str(path))
    band = dataset.GetRasterBand(1)
    assert band.GetBlockSize() == [128, 128]
    assert dataset.GetMetadata("IMAGE_STRUCTURE")["COMPRESSION"] == "DEFLATE"
    assert np.isnan(band.GetNoDataValue())
    assert (band.GetDescription(), band.GetUnitType()) == ("velocity", "mm/yr")


def test_missing_rows_leave_no_file(tmp_path: Path, values: np.ndarray) -> None:
    with (
        pytest.raises(ValueError, match="100 of 260 rows|128 of 260 rows|0 of 260 rows"),
        raster.writing(tmp_path / "v.tif", GRID) as writer,
    ):
        writer.write(values[:100])
    assert list(tmp_path.iterdir()) == []


def test_item_gives_factor_offset_and_missing_values(tmp_path: Path, values: np.ndarray) -> None:
    raster.write_geotiff(tmp_path / "a.tif", values, GRID)
    item = Item("data", "a.tif", factor=-2.0, offset=1.0, missing=(0.0,))
    reader = raster.StackReader(tmp_path, stack_of(tmp_path, item))
    window = raster.Window(2, 3, 5, 7)
    got = reader.read(item, window)
    expected = values[2:7, 3:10] * -2.0 + 1.0
    expected[3, 3] = np.nan  # the stored zero
    np.testing.assert_array_equal(got, expected)
    assert np.isnan(got[1, 1])


def test_truncated_file_is_named_with_the_remedy(tmp_path: Path, values: np.ndarray) -> None:
    path = tmp_path / "a.tif"
    raster.write_geotiff(path, values, GRID)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    item = Item("data", "a.tif")
    with pytest.raises(InputError, match=r"a\.tif.*copy") as error:
        raster.StackReader(tmp_path, stack_of(tmp_path, item)).read(item)
    assert "Traceback" not in str(error.value)


def test_changed_size_is_refused(tmp_path: Path, values: np.ndarray) -> None:
    raster.write_geotiff(tmp_path / "a.tif", values, GRID)
    item = Item("data", "a.tif")
    stack = stack_of(tmp_path, item, replace(GRID, width=299))
    with pytest.raises(InputError, match=r"300 x 260.*299 x 260"):
        raster.StackReader(tmp_path, stack).read(item)


def test_a_file_that_points_elsewhere_is_not_opened(tmp_path: Path, values: np.ndarray) -> None:
    raster.write_geotiff(tmp_path / "a.tif", values, GRID)
    gdal.Translate(str(tmp_path / "a.vrt"), str(tmp_path / "a.tif"), format="VRT")
    with pytest.raises(InputError, match="readable raster"):
        raster.open_dataset(tmp_path / "a.vrt")


def test_works_when_gdal_raises_exceptions(tmp_path: Path) -> None:
    before = gdal.GetUseExceptions()
    gdal.UseExceptions()
    try:
        with pytest.raises(InputError, match="readable raster"):
            raster.open_dataset(tmp_path / "none.tif")
    finally:
        if not before:
            gdal.DontUseExceptions()


def test_a_disk_that_fills_up_with_the_last_tile_is_noticed(tmp_path: Path) -> None:
    """Some versions of GDAL report nothing then; the tile would be missing in silence."""
    noise = np.random.default_rng(4).normal(size=(100, 100)).astype(np.float32)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (15_000, hard))
    try:
        with pytest.raises(InputError, match="disk is full"):
            grid = Grid(100, 100, (0.0, 1.0, 0.0, 8.0, 0.0, -1.0), "EPSG:32650")
            raster.write_geotiff(tmp_path / "noise.tif", noise, grid)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []


def test_full_disk_while_writing_is_explained(tmp_path: Path, values: np.ndarray) -> None:
    # A limit on the size of files makes the system refuse the write as a full disk does.
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(InputError, match="disk is full"):
            raster.write_geotiff(tmp_path / "v.tif", values, GRID)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []


def test_reading_real_interferogram(shared_data: Path) -> None:
    path = shared_data / "mexico-city/geotiffs/cropA_20180106-20180130_VV_8rlks_eqa_unw.tif"
    values, grid = raster.read_geotiff(path)
    assert grid.shape == (60, 100)
    plain = gdal.Open(str(path)).ReadAsArray()
    valid = plain != 0
    np.testing.assert_array_equal(values[valid], plain[valid])


def test_manifest_and_reader_work_together(tmp_path: Path, values: np.ndarray) -> None:
    raster.write_geotiff(tmp_path / "a.tif", values, GRID)
    item = Item("data", "a.tif")
    manifest.save(tmp_path, stack_of(tmp_path, item))
    stack = manifest.load(tmp_path)
    got = raster.StackReader(tmp_path, stack).read_many([item, item], raster.Window(0, 0, 2, 2))
    assert got.shape == (2, 2, 2)
    np.testing.assert_array_equal(got[1], values[:2, :2])
