"""ISCE3's GUNW: dates, the side that the satellite looks to, angles at a place, and what can be wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from groundline_tests import samples_gunw, samples_isce
from groundline_tests.imports import refused
from groundline_tests.samples import TRUTH, UTM_TRANSFORM

from groundline.core import los, manifest
from groundline.core.formats.gunwfile import read_gunw
from groundline.core.formats.importing import import_stack
from groundline.core.formats.params import ImportParams
from groundline.core.raster import StackReader, whole

h5py = pytest.importorskip("h5py", reason="python3-h5py writes the samples")
NAME = samples_gunw.gunw_name(TRUTH, 0, 1)
X0, DX, _, Y0, _, DY = UTM_TRANSFORM


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A good folder, to be spoilt."""
    return samples_gunw.write_gunw(tmp_path / "data")


def test_what_a_file_states(data: Path) -> None:
    product = read_gunw(data / NAME, None)
    group = "science/LSAR/GUNW/grids/frequencyA/unwrappedInterferogram/HH"
    assert product.layers == {
        "HH": {name: f"{group}/{name}" for name in ("unwrappedPhase", "coherenceMagnitude")}
    }
    assert (product.reference, product.secondary) == TRUTH.dates[:2]
    assert product.grid.transform == UTM_TRANSFORM
    assert product.wavelength == pytest.approx(TRUTH.wavelength, rel=1e-12)
    assert product.bperp == pytest.approx(40.0)
    assert product.incidence == pytest.approx(TRUTH.incidence_deg)
    assert product.heading == pytest.approx(TRUTH.heading_deg)
    assert product.slant_range == TRUTH.slant_range
    assert product.left is False


def test_angles_are_those_of_the_place_that_is_asked_for(data: Path, tmp_path: Path) -> None:
    right = (X0 + 7 * DX, Y0 + 4 * DY, X0 + 8 * DX, Y0 + 2 * DY)
    import_stack(ImportParams(data, tmp_path / "stack", extent=right))
    assert manifest.load(tmp_path / "stack").metadata["incidence_deg"] == pytest.approx(
        TRUTH.incidence_deg + 5.0
    )


def test_a_place_beyond_the_swath_takes_the_nearest_value(data: Path) -> None:
    assert read_gunw(data / NAME, (X0, Y0 + 9e4, "")).incidence == pytest.approx(TRUTH.incidence_deg)


def test_a_left_looking_satellite_stands_to_the_right_of_its_track(tmp_path: Path) -> None:
    samples_gunw.write_gunw(tmp_path / "data", left=True)
    result = import_stack(ImportParams(tmp_path / "data", tmp_path / "stack"))
    stack = manifest.load(tmp_path / "stack")
    assert (stack.metadata["look"], stack.metadata["orbit"], stack.metadata["track"]) == (
        "left",
        "ascending",
        30,
    )
    east, north, up = TRUTH.los()
    found = los.unit_vector(stack, StackReader(tmp_path / "stack", stack), whole(stack.grid))
    for component, expected in zip(found, (-east, -north, up)):
        np.testing.assert_allclose(component, expected, atol=1e-5)
    for pair, (first, second) in zip(stack.pairs, TRUTH.pairs):
        assert pair.bperp == pytest.approx(TRUTH.bperp[second] - TRUTH.bperp[first], abs=1e-3)
    assert any("looks to its left" in text for text in result.tables["decisions"])


def test_without_vectors_neither_side_nor_baseline_is_claimed(data: Path, tmp_path: Path) -> None:
    for path in data.glob("*.h5"):
        with h5py.File(path, "r+") as file:
            del file["science/LSAR/GUNW/metadata/radarGrid/losUnitVectorX"]
    import_stack(ImportParams(data, tmp_path / "stack"))
    stack = manifest.load(tmp_path / "stack")
    assert "look" not in stack.metadata
    assert all(pair.bperp is None for pair in stack.pairs)


@pytest.mark.parametrize("name", ["GUNW_20200104_20200116.h5", "20200104_20200116/GUNW.h5"])
def test_without_dates_inside_those_of_name_or_folder_count(name: str, tmp_path: Path) -> None:
    samples_gunw.gunw(tmp_path / "data" / name, TRUTH, 0, 1, dated=False)
    import_stack(ImportParams(tmp_path / "data", tmp_path / "stack"))
    pair = manifest.load(tmp_path / "stack").pairs[0]
    assert (pair.date1, pair.date2) == TRUTH.dates[:2]


def test_dates_inside_need_no_name(tmp_path: Path) -> None:
    samples_gunw.gunw(tmp_path / "data" / "gunw.h5", TRUTH, 1, 3)
    import_stack(ImportParams(tmp_path / "data", tmp_path / "stack"))
    pair = manifest.load(tmp_path / "stack").pairs[0]
    assert (pair.date1, pair.date2) == (TRUTH.dates[1], TRUTH.dates[3])


def test_no_dates_at_all(tmp_path: Path) -> None:
    samples_gunw.gunw(tmp_path / "data" / "GUNW.h5", TRUTH, 0, 1, dated=False)
    refused(tmp_path / "data", "GUNW.h5: no dates", "yyyymmdd_yyyymmdd")


def test_the_polarisation_that_all_have_is_taken(data: Path, tmp_path: Path) -> None:
    samples_gunw.gunw(data / NAME, TRUTH, 0, 1, polarisations=("HV", "HH"))
    import_stack(ImportParams(data, tmp_path / "stack"))
    stack = manifest.load(tmp_path / "stack")
    assert stack.metadata["polarisation"] == "HH"
    assert all("/HH/" in pair.items["phase"].dataset for pair in stack.pairs)


def test_no_polarisation_in_common(data: Path) -> None:
    samples_gunw.gunw(data / NAME, TRUTH, 0, 1, polarisations=("VV",))
    refused(data, "Polarisation", "VV", "HH", "each polarisation apart")


def test_products_of_two_frames(data: Path) -> None:
    samples_gunw.gunw(data / samples_gunw.gunw_name(TRUTH, 0, 1, frame=20), TRUTH, 0, 1)
    refused(data, "NISAR frame", "_A_019_", "_A_020_", "each frame apart")


def test_products_of_two_sides(data: Path) -> None:
    samples_gunw.gunw(data / NAME, TRUTH, 0, 1, left=True)
    refused(data, "left- and right-looking", "one side")


def test_products_on_different_grids(data: Path) -> None:
    samples_gunw.gunw(data / NAME, TRUTH, 0, 1, transform=(X0 + 40.0, DX, 0.0, Y0, 0.0, DY))
    refused(data, "Pixel grid", NAME)


def test_a_product_under_another_name(data: Path) -> None:
    samples_gunw.gunw(data / NAME, TRUTH, 0, 2)
    refused(data, NAME, "its contents are of 2020-01-28", "2020-01-16")


def test_two_versions_of_one_product(data: Path) -> None:
    (data / NAME.replace("_001.h5", "_002.h5")).write_bytes((data / NAME).read_bytes())
    refused(data, "_001.h5", "_002.h5", "one file per pair")


def test_the_later_image_as_reference(data: Path) -> None:
    for path in data.glob("*.h5"):
        path.unlink()
    samples_gunw.gunw(data / samples_gunw.gunw_name(TRUTH, 1, 0), TRUTH, 1, 0)
    refused(data, "20200116_20200104", "earlier to later")


def test_a_product_cut_short(data: Path) -> None:
    (data / NAME).write_bytes((data / NAME).read_bytes()[:2000])
    refused(data, NAME, "a complete HDF5 file", "Copy or download it again")


def test_another_hdf5_file_of_that_name(data: Path) -> None:
    with h5py.File(data / "my_GUNW.h5", "w") as file:
        file["a"] = np.ones(3)
    refused(data, "my_GUNW.h5", "science/LSAR/GUNW/grids")


def test_a_product_without_unwrapped_phase(data: Path) -> None:
    with h5py.File(data / NAME, "r+") as file:
        del file["science/LSAR/GUNW/grids/frequencyA/unwrappedInterferogram/HH/unwrappedPhase"]
    refused(data, NAME, "unwrappedPhase", "RUNW")


def test_isce2_and_isce3_in_one_folder(data: Path) -> None:
    samples_isce.write_isce(data)
    refused(data, "filt_fine.unw", NAME[:20], "not both")
