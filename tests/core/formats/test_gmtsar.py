"""GMTSAR's folders: its count of days, its longitudes, radar geometry, and what can be wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from groundline_tests import samples_netcdf
from groundline_tests.imports import refused
from groundline_tests.samples import TRANSFORM, TRUTH
from osgeo import gdal

from groundline.core import manifest
from groundline.core.formats.gmtsarprm import day_of
from groundline.core.formats.importing import import_stack
from groundline.core.formats.params import ImportParams
from groundline.core.raster import StackReader
from groundline.core.stack import RADAR

FIRST = Path("intf_all/2020003_2020015")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A good geocoded folder, to be spoilt."""
    return samples_netcdf.write_gmtsar(tmp_path / "data")


def test_days_count_from_zero() -> None:
    # GMTSAR's own example: scene S1A20150403 is in folder 2015092_2015128, with S1A20150509
    assert day_of("2015092", ()) == date(2015, 4, 3)
    assert day_of("2015128", ()) == date(2015, 5, 9)
    assert day_of("2016000", ()) == date(2016, 1, 1)
    assert day_of("2015400", ()) is None


def test_numbers_of_a_name_that_look_like_another_date() -> None:
    assert day_of("2015092", (), "IMG_20150403_x") == date(2015, 4, 3)
    assert day_of("2015092", (), "ENV1_2_127_041202") == date(2015, 4, 3)  # an orbit, not 2 December 2004


def test_images_without_dates_in_their_names_are_dated_by_the_clock(tmp_path: Path) -> None:
    samples_netcdf.write_gmtsar(tmp_path / "data", dated=False)
    import_stack(ImportParams(tmp_path / "data", tmp_path / "stack"))
    stack = manifest.load(tmp_path / "stack")
    assert stack.dates == TRUTH.dates
    assert [a.bperp for a in stack.acquisitions] == pytest.approx(list(TRUTH.bperp))


def test_a_date_in_the_name_of_an_image_comes_before_the_clock(data: Path, tmp_path: Path) -> None:
    for path in data.rglob("S1_20200104_ALL_F2.PRM"):  # a clock that counts from 1, as other sensors' may
        path.rename(path.with_name("S1_20200103_ALL_F2.PRM"))
    import_stack(ImportParams(data, tmp_path / "stack"))
    assert manifest.load(tmp_path / "stack").dates[0] == date(2020, 1, 3)


def test_longitudes_beyond_180_degrees(tmp_path: Path) -> None:
    samples_netcdf.write_gmtsar(tmp_path / "data", east=240.0)
    import_stack(ImportParams(tmp_path / "data", tmp_path / "stack"))
    grid = manifest.load(tmp_path / "stack").grid
    assert grid.transform == pytest.approx((TRANSFORM[0] - 120.0, *TRANSFORM[1:]), abs=1e-9)


def test_grids_of_different_extent_share_their_common_pixels(data: Path, tmp_path: Path) -> None:
    x0, dx, rx, y0, ry, dy = TRANSFORM
    moved = (x0 + 2 * dx, dx, rx, y0 + dy, ry, dy)
    samples_netcdf.grd(data / FIRST / "unwrap_ll.grd", TRUTH.phase(0, 1)[1:, 2:], moved)
    import_stack(ImportParams(data, tmp_path / "stack"))
    stack = manifest.load(tmp_path / "stack")
    reader = StackReader(tmp_path / "stack", stack)
    assert stack.grid.shape == (5, 6)
    for pair, (first, second) in zip(stack.pairs, TRUTH.pairs):
        np.testing.assert_array_equal(reader.read(pair.items["phase"]), TRUTH.phase(first, second)[1:, 2:])


@pytest.mark.parametrize("form", ["NC", "NC4"])
def test_radar_geometry_is_read_and_must_be_geocoded_for_maps(form: str, tmp_path: Path) -> None:
    data = samples_netcdf.write_gmtsar(tmp_path / "data", geocoded=False)
    samples_netcdf.grd(data / FIRST / "unwrap.grd", TRUTH.phase(0, 1), None, form)
    result = import_stack(ImportParams(data, tmp_path / "stack"))
    stack = manifest.load(tmp_path / "stack")
    assert (stack.frame, stack.grid.crs) == (RADAR, "")
    reader = StackReader(tmp_path / "stack", stack)
    np.testing.assert_array_equal(reader.read(stack.pairs[0].items["phase"]), TRUTH.phase(0, 1))
    assert any("proj_ra2ll.csh" in text for text in result.warnings)


def test_pair_folders_that_were_not_unwrapped_are_named(data: Path, tmp_path: Path) -> None:
    (data / FIRST / "unwrap_ll.grd").unlink()
    result = import_stack(ImportParams(data, tmp_path / "stack"))
    assert result.numbers["pairs"].value == 5
    assert any(
        "1 pair folder(s) without unwrap_ll.grd" in text and FIRST.as_posix() in text
        for text in result.warnings
    )


def test_no_netcdf_in_gdal(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = gdal.GetDriverByName
    monkeypatch.setattr(gdal, "GetDriverByName", lambda name: None if name == "netCDF" else found(name))
    refused(data, "no netCDF driver", "GMTSAR's .grd files", "Install QGIS")


def test_a_grid_cut_short(data: Path) -> None:
    path = data / FIRST / "unwrap_ll.grd"
    path.write_bytes(path.read_bytes()[:300])
    refused(data, "unwrap_ll.grd", FIRST.name)


def test_second_date_before_the_first(data: Path) -> None:
    (data / FIRST).rename((data / FIRST).with_name("2020015_2020003"))
    refused(data, "20200116_20200104", "earlier to later")


def test_a_folder_that_is_no_date(data: Path) -> None:
    (data / FIRST).rename((data / FIRST).with_name("2020003_2020999"))
    refused(data, "2020003_2020999", "YYYYDDD_YYYYDDD")


def test_grids_of_two_lattices(data: Path) -> None:
    x0, *rest = TRANSFORM
    samples_netcdf.grd(data / FIRST / "corr_ll.grd", TRUTH.coherence(0, 1), (x0 + 0.0005, *rest))
    refused(data, "Pixel grid", "corr_ll.grd")


def test_swaths_with_the_same_pairs(tmp_path: Path) -> None:
    for swath in ("F1", "F2"):
        samples_netcdf.write_gmtsar(tmp_path / "data" / swath)
    refused(tmp_path / "data", "F1/intf_all", "F2/intf_all", "one file per pair")


def test_a_damaged_baseline_table(data: Path) -> None:
    path = data / "baseline_table.dat"
    path.write_text(path.read_text(encoding="utf-8") + "S1_20200209_ALL_F2 2020039.4\n", encoding="utf-8")
    refused(data, "Baseline table", "S1_20200209_ALL_F2 2020039.4")
