"""SNAP's products: order of the images, terrain-corrected before radar geometry, and what can be wrong."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from groundline_tests import samples_snap
from groundline_tests.imports import refused
from groundline_tests.samples import TRUTH

from groundline.core import manifest
from groundline.core.formats.dimap import band_dates, read_dimap
from groundline.core.formats.importing import import_stack
from groundline.core.formats.params import ImportParams
from groundline.core.raster import StackReader
from groundline.core.stack import LATITUDE, LONGITUDE, MAP, RADAR

NAME = f"{TRUTH.name(0, 1)}_unw_TC"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A good folder of terrain-corrected products, to be spoilt."""
    return samples_snap.write_snap(tmp_path / "data")


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_dates_of_a_band() -> None:
    assert band_dates("Unw_Phase_ifg_IW2_VV_09Jan2025_21Dec2025") == (date(2025, 1, 9), date(2025, 12, 21))
    assert band_dates("coh_31Feb2025_21Xyz2025_109Jan2025") == ()


def test_pairs_whose_reference_is_the_later_image_are_turned(tmp_path: Path) -> None:
    samples_snap.write_snap(tmp_path / "data", turned=(1, 3))
    result = import_stack(ImportParams(tmp_path / "data", tmp_path / "stack"))
    stack = manifest.load(tmp_path / "stack")
    reader = StackReader(tmp_path / "stack", stack)
    for pair, (first, second) in zip(stack.pairs, TRUTH.pairs):
        np.testing.assert_allclose(reader.read(pair.items["phase"]), TRUTH.phase(first, second), atol=1e-6)
        assert pair.bperp == pytest.approx(TRUTH.bperp[second] - TRUTH.bperp[first])
    assert any("the later image in 2 pair(s)" in text for text in result.tables["decisions"])


def test_terrain_corrected_products_replace_those_in_radar_geometry(data: Path, tmp_path: Path) -> None:
    samples_snap.write_snap(data, projected=False)
    result = import_stack(ImportParams(data, tmp_path / "stack"))
    stack = manifest.load(tmp_path / "stack")
    assert stack.frame == MAP
    assert all("_TC.data" in pair.items["phase"].path for pair in stack.pairs)
    assert any("6 product(s) in radar geometry left out" in text for text in result.tables["decisions"])


def test_radar_geometry_with_places(tmp_path: Path) -> None:
    samples_snap.write_snap(tmp_path / "data", projected=False)
    result = import_stack(ImportParams(tmp_path / "data", tmp_path / "stack"))
    stack = manifest.load(tmp_path / "stack")
    reader = StackReader(tmp_path / "stack", stack)
    assert stack.frame == RADAR
    lon, lat = TRUTH.places()
    np.testing.assert_allclose(reader.read(stack.geometry[LONGITUDE]), lon, atol=1e-6)
    np.testing.assert_allclose(reader.read(stack.geometry[LATITUDE]), lat, atol=4e-6)
    assert stack.metadata["incidence_deg"] == pytest.approx(35.0)
    assert any("middle of incidence_near and incidence_far" in text for text in result.tables["decisions"])


def test_scaled_bands_and_their_no_data_value(data: Path, tmp_path: Path) -> None:
    path = data / f"{NAME}.dim"
    replaced(path, "<SCALING_FACTOR>1.0<", "<SCALING_FACTOR>0.5<")
    bands = {band.name: band for band in read_dimap(path).bands}
    assert [band.missing for band in bands.values()] == [(0.0,), (0.0,), (), ()]
    assert {band.factor for band in bands.values()} == {0.5}
    assert "Intensity" not in bands  # a virtual band has no file
    replaced(path, "<LOG10_SCALED>false<", "<LOG10_SCALED>true<")
    refused(data, "log10", NAME)


def test_a_product_without_its_data(data: Path) -> None:
    shutil.rmtree(data / f"{NAME}.data")
    refused(data, f"{NAME}.dim", "together with its .data folder")


def test_a_band_without_its_header(data: Path) -> None:
    next((data / f"{NAME}.data").glob("Unw*.hdr")).unlink()
    refused(data, "Unw_Phase_ifg_VV_04Jan2020_16Jan2020.img or its .hdr is absent")


def test_a_band_cut_short(data: Path) -> None:
    path = next((data / f"{NAME}.data").glob("Unw*.img"))
    path.write_bytes(path.read_bytes()[:-8])
    refused(data, path.name, "opy the file")


def test_a_damaged_dim(data: Path) -> None:
    path = data / f"{NAME}.dim"
    path.write_text(path.read_text(encoding="utf-8")[:500], encoding="utf-8")
    refused(data, "DIMAP file", f"{NAME}.dim", "Copy the file again")


def test_another_dimap(data: Path) -> None:
    (data / f"{NAME}.dim").write_text("<Dimap_Document/>", encoding="utf-8")
    refused(data, "DIMAP file", "raster dimensions")


def test_a_dim_that_points_elsewhere(data: Path) -> None:
    replaced(data / f"{NAME}.dim", f'href="{NAME}.data/coh', 'href="../secret/coh')
    refused(data, "../secret/coh", "files of its own .data folder")


def test_wrapped_phase_only(data: Path) -> None:
    for path in data.glob("*.dim"):
        replaced(path, "<BAND_NAME>Unw_Phase", "<BAND_NAME>Phase")
    refused(data, "Phase_ifg_VV_04Jan2020_16Jan2020", "Unw_Phase_ifg", "Snaphu Import")


def test_two_products_of_one_pair(data: Path) -> None:
    shutil.copy(data / f"{NAME}.dim", data / "again.dim")
    refused(data, f"{NAME}.dim", "again.dim", "one unwrapped band per pair")


def test_products_on_different_grids(data: Path) -> None:
    path = data / f"{NAME}.dim"
    replaced(path, "-0.001,11.0,45.0<", "-0.001,11.0005,45.0<")
    refused(data, "Pixel grid", "11.000500", "11.000000")
    replaced(path, "-0.001,11.0005,45.0<", "-0.001,11.0<")
    refused(data, "six numbers", f"{NAME}.dim")


def test_a_size_that_contradicts_the_raster(data: Path) -> None:
    replaced(data / f"{NAME}.dim", "<NROWS>6<", "<NROWS>7<")
    refused(data, "Raster size", "8 x 6", "8 x 7")


def test_products_of_two_bands(data: Path) -> None:
    frequency = 299.792458 / TRUTH.wavelength
    replaced(data / f"{NAME}.dim", f">{frequency}<", f">{frequency / 4.0}<")
    refused(data, "radar_frequency", NAME, "one radar wavelength")
