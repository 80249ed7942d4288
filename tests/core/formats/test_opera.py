"""OPERA DISP-S1: displacement becomes phase, products are chained, and what can be wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from groundline_tests import samples_netcdf
from groundline_tests.imports import refused
from groundline_tests.samples import TRUTH, UTM_TRANSFORM
from osgeo import gdal

from groundline.core import manifest
from groundline.core.formats.importing import import_stack
from groundline.core.formats.operafile import read_opera
from groundline.core.formats.params import ImportParams
from groundline.core.raster import StackReader, read_geotiff
from groundline.core.timeseries.params import SbasParams
from groundline.core.timeseries.sbas import run_sbas

NAME = samples_netcdf.opera_name(TRUTH, 0, 1)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A good folder, to be spoilt."""
    return samples_netcdf.write_opera(tmp_path / "data")


def test_what_a_file_states(data: Path) -> None:
    product = read_opera(data / NAME)
    assert {"displacement", "temporal_coherence"} <= set(product.layers)
    assert (product.reference, product.secondary) == TRUTH.dates[:2]
    assert product.wavelength == pytest.approx(TRUTH.wavelength, rel=1e-12)
    assert product.bperp == pytest.approx(40.0)
    assert (product.track, product.incidence, product.slant_range) == (117, None, None)


def test_texts_as_the_producer_stores_them_are_left_alone(tmp_path: Path) -> None:
    # OPERA's texts are fixed-length strings in HDF5, which GDAL 3.6 cannot read without a crash.
    h5py = pytest.importorskip("h5py", reason="python3-h5py writes fixed-length texts")
    with h5py.File(tmp_path / "a.nc", "w") as file:
        file["displacement"] = np.zeros((3, 4), np.float32)
        facts = file.create_group("identification")
        facts["reference_datetime"] = np.bytes_("2016-07-05 14:07:55.123456")
        facts["radar_wavelength"] = 0.0555
        facts["near_range_incidence_angle"], facts["far_range_incidence_angle"] = 30.0, 46.0
        file.create_group("metadata")["pge_runconfig"] = np.bytes_("a: b\n" * 1000)
    product = read_opera(tmp_path / "a.nc")
    assert (product.wavelength, product.incidence, product.reference) == (0.0555, 38.0, None)


def test_products_that_follow_each_other_give_back_the_displacement(tmp_path: Path) -> None:
    samples_netcdf.write_opera(tmp_path / "data", chain=True)
    import_stack(ImportParams(tmp_path / "data", tmp_path / "stack"))
    assert len(manifest.load(tmp_path / "stack").pairs) == 3
    run_sbas(SbasParams(tmp_path / "stack", tmp_path / "out"))
    found = read_geotiff(tmp_path / "out" / "displacement" / f"{TRUTH.dates[3]:%Y%m%d}.tif")[0]
    truth = 1000.0 * (TRUTH.displacement(3) - TRUTH.displacement(0))
    np.testing.assert_allclose(
        found - found[5, 7], np.where(np.isnan(found), np.nan, truth - truth[5, 7]), atol=1e-3
    )
    assert np.isnan(found).sum() == 1


def test_a_stated_wavelength_does_not_scale_the_displacement(data: Path, tmp_path: Path) -> None:
    import_stack(ImportParams(data, tmp_path / "stack", wavelength=1.005 * TRUTH.wavelength))
    stack = manifest.load(tmp_path / "stack")
    phase = StackReader(tmp_path / "stack", stack).read(stack.pairs[2].items["phase"])
    expected = TRUTH.displacement(3) - TRUTH.displacement(0)
    expected[TRUTH.missing] = np.nan
    np.testing.assert_allclose(-stack.wavelength / (4.0 * np.pi) * phase, expected, atol=1e-8)


def test_without_static_layers_they_are_asked_for(data: Path, tmp_path: Path) -> None:
    for path in data.glob("*.tif"):
        path.unlink()
    result = import_stack(ImportParams(data, tmp_path / "stack"))
    assert any("OPERA_L3_DISP-S1-STATIC_F08882" in text for text in result.warnings)


def test_static_layers_of_another_frame_are_not_used(data: Path, tmp_path: Path) -> None:
    for path in data.glob("*.tif"):
        path.rename(path.with_name(path.name.replace("F08882", "F08883")))
    import_stack(ImportParams(data, tmp_path / "stack"))
    assert not manifest.load(tmp_path / "stack").geometry


def test_products_of_two_frames(data: Path) -> None:
    other = data / samples_netcdf.opera_name(TRUTH, 0, 1, frame=8883)
    samples_netcdf.opera(other, TRUTH, 0, 1)
    refused(data, "OPERA frame", "F08882", "F08883", "each frame apart")


def test_products_on_different_grids(data: Path) -> None:
    x0, *rest = UTM_TRANSFORM
    samples_netcdf.opera(data / NAME, TRUTH, 0, 1, (x0 + 40.0, *rest))
    refused(data, "Pixel grid", NAME)


def test_a_product_under_another_name(data: Path) -> None:
    samples_netcdf.opera(data / NAME, TRUTH, 0, 2)
    refused(data, NAME, "its contents are of 2020-01-28", "2020-01-16")


def test_two_versions_of_one_product(data: Path) -> None:
    (data / NAME.replace("_v1.0_", "_v1.1_")).write_bytes((data / NAME).read_bytes())
    refused(data, "_v1.0_", "_v1.1_", "one file per pair")


def test_second_date_before_the_first(data: Path) -> None:
    turned = replace(TRUTH, dates=(date(2020, 3, 4), *TRUTH.dates[1:]))
    (data / NAME).unlink()
    samples_netcdf.opera(data / samples_netcdf.opera_name(turned, 0, 1), turned, 0, 1)
    refused(data, "20200304_20200116", "earlier to later")


def test_a_product_cut_short(data: Path) -> None:
    (data / NAME).write_bytes((data / NAME).read_bytes()[:2000])
    refused(data, NAME, "Download it again")


def test_a_file_without_displacement(data: Path) -> None:
    (data / NAME).unlink()
    samples_netcdf.grd(data / NAME, np.ones(TRUTH.shape, np.float32), None, "NC4")
    refused(data, NAME, "a layer 'displacement'")


def test_no_netcdf_in_gdal(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = gdal.GetDriverByName
    monkeypatch.setattr(gdal, "GetDriverByName", lambda name: None if name == "netCDF" else found(name))
    refused(data, "no netCDF driver", "OPERA's products")
