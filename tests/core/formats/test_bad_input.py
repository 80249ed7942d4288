"""Whatever is wrong with a folder: one clear message with file, value and remedy, and nothing written."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from groundline_tests import samples
from groundline_tests.imports import refused
from groundline_tests.samples import TRUTH

from groundline.core import manifest
from groundline.core.errors import Cancelled, InputError
from groundline.core.formats.importing import import_stack
from groundline.core.formats.params import ImportParams
from groundline.core.monitor import Monitor

NAME = TRUTH.name(0, 1, "-")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A good GAMMA folder, to be spoilt."""
    return samples.write_gamma(tmp_path / "data")


def phase_of(data: Path) -> Path:
    return data / "geotiffs" / f"a_{NAME}_VV_8rlks_eqa_unw.tif"


def coherence_of(data: Path) -> Path:
    return data / "geotiffs" / f"a_{NAME}_VV_8rlks_flat_eqa_cc.tif"


def test_truncated_tif(data: Path) -> None:
    path = phase_of(data)
    path.write_bytes(path.read_bytes()[:-60])
    refused(data, path.name, "copy it again")


def test_truncated_roipac_file(tmp_path: Path) -> None:
    folder = samples.write_roipac(tmp_path / "data")
    path = folder / f"geo_{TRUTH.name(1, 2, '-', '%y%m%d')}.unw"
    path.write_bytes(path.read_bytes()[:100])
    refused(folder, path.name, "100 bytes", "384 bytes", "cut short")


def test_a_file_that_is_no_raster(data: Path) -> None:
    phase_of(data).write_text("not found", encoding="utf-8")
    refused(data, phase_of(data).name, "readable raster")


def test_wrong_size(data: Path) -> None:
    samples.geotiff(phase_of(data), np.ones((5, 8), np.float32))
    refused(data, "Raster size", phase_of(data).name, "8 x 5", "8 x 6", "Crop")


def test_shifted_grid(data: Path) -> None:
    samples.geotiff(phase_of(data), TRUTH.phase(0, 1), (11.0005, 0.001, 0.0, 45.0, 0.0, -0.001))
    refused(data, "Pixel grid", phase_of(data).name, "11.000500", "11.000000")


def test_two_coordinate_systems(data: Path) -> None:
    samples.geotiff(coherence_of(data), TRUTH.coherence(0, 1), epsg=4258)
    refused(data, "Coordinate system", coherence_of(data).name, "EPSG:4258", "EPSG:4326")


def test_no_coordinate_system(data: Path) -> None:
    samples.geotiff(phase_of(data), TRUTH.phase(0, 1), epsg=0)
    refused(data, "Coordinate system", phase_of(data).name, "Assign")


def test_duplicate_pair(data: Path) -> None:
    shutil.copy(phase_of(data), data / "geotiffs" / f"b_{NAME}_unw.tif")
    refused(data, TRUTH.name(0, 1), f"b_{NAME}_unw.tif", phase_of(data).name)


def test_second_date_before_the_first(data: Path) -> None:
    phase_of(data).rename(phase_of(data).with_name(f"a_{TRUTH.name(1, 0, '-')}_eqa_unw.tif"))
    refused(data, "20200116_20200104", f"a_{TRUTH.name(1, 0, '-')}_eqa_unw.tif", "earlier to later")


def test_the_same_date_twice(data: Path) -> None:
    phase_of(data).rename(phase_of(data).with_name("a_20200104-20200104_eqa_unw.tif"))
    refused(data, "20200104_20200104", "a second date later")


def test_pair_without_any_data(data: Path) -> None:
    samples.geotiff(phase_of(data), np.full(TRUTH.shape, np.nan, np.float32))
    refused(data, phase_of(data).name, "no data there at all", "remove the pair")


def test_wavelength_absent(data: Path) -> None:
    shutil.rmtree(data / "headers")
    refused(data, "WAVELENGTH", "0.0554658", "*_slc.par")


def test_wavelengths_of_two_bands(data: Path) -> None:
    path = sorted((data / "headers").iterdir())[2]
    path.write_text(path.read_text(encoding="utf-8").replace("5.405", "9.650"), encoding="utf-8")
    refused(data, "radar_frequency", path.name, "one radar wavelength")


def test_stated_wavelength_that_contradicts_the_files(data: Path) -> None:
    refused(data, "WAVELENGTH", "0.236", "0.0554658", wavelength=0.236)


def test_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    refused(tmp_path / "data", "INPUT", str(tmp_path / "data"), "empty")


def test_missing_folder(tmp_path: Path) -> None:
    refused(tmp_path / "data", "INPUT", str(tmp_path / "data"), "existing folder")


def test_folder_with_something_else(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "letter.txt").write_text("dear", encoding="utf-8")
    refused(tmp_path / "data", "1 file(s)", "none an interferogram", "unzip")


def test_two_families_in_one_folder(data: Path) -> None:
    samples.write_licsar(data)
    refused(data, "FORMAT", "gamma: 6 file(s)", "licsar: 6 file(s)", "Choose the FORMAT")


def test_unknown_rasters_point_to_generic(tmp_path: Path) -> None:
    samples.write_generic(tmp_path / "data")
    (tmp_path / "data" / "x_20200104_20200116.tif").write_bytes(b"")
    refused(tmp_path / "data", "x_20200104_20200116.tif", "FORMAT generic")


def test_chosen_family_that_is_not_there(data: Path) -> None:
    for family, word in (
        ("roipac", ".unw.rsc"),
        ("hyp3", "_unw_phase.tif"),
        ("licsar", "GEOC"),
        ("isce", "merged/interferograms"),
        ("isce", "GUNW"),
        ("snap", "Snaphu Import"),
        ("gmtsar", "unwrap_ll.grd"),
        ("opera", "OPERA_L3_DISP-S1"),
        ("mintpy", "ifgramStack.h5"),
    ):
        refused(data, "INPUT", word, format=family)


def test_coherence_that_is_not_between_0_and_1(data: Path) -> None:
    samples.geotiff(coherence_of(data), TRUTH.coherence(0, 1) * 255)
    refused(data, "Coherence", coherence_of(data).name, "values from 0 to 1")


def test_extent_beside_the_data(data: Path) -> None:
    refused(
        data,
        "EXTENT",
        "12, 13, 45, 46",
        "x 11 to 11.008",
        extent=(12.0, 45.0, 13.0, 46.0),
        extent_crs="EPSG:4326",
    )


def test_extent_in_the_wrong_order(data: Path) -> None:
    refused(data, "EXTENT", "xmin < xmax", extent=(11.005, 44.9, 11.001, 45.0))


def test_values_out_of_bounds(data: Path) -> None:
    refused(data, "WAVELENGTH", "5.5", "0.005 to 2 m", wavelength=5.5)
    refused(data, "INCIDENCE", "90", incidence=90.0)
    refused(data, "HEADING", "900", heading=900.0)
    refused(data, "FORMAT", "doris", "gamma", format="doris")


def test_generic_pattern_without_dates(data: Path) -> None:
    refused(data, "PATTERN", "*.tif", "{date1}", format="generic", pattern="*.tif")


def test_generic_pattern_that_fits_nothing(data: Path) -> None:
    refused(data, "PATTERN", phase_of(data).name, format="generic", pattern="x_{date1}_{date2}.tif")


def test_displacement_without_a_wavelength(tmp_path: Path) -> None:
    folder = samples.write_generic(tmp_path / "data")
    refused(folder, "WAVELENGTH", format="generic", pattern="los_{date1}-to-{date2}.tif", unit="mm")


def test_wrapped_phase_is_in_radians(tmp_path: Path) -> None:
    folder = samples.write_generic(tmp_path / "data")
    refused(
        folder,
        "UNIT",
        "mm",
        format="generic",
        pattern="los_{date1}-to-{date2}.tif",
        unit="mm",
        kind="wrapped",
    )


def test_raw_gamma_binaries_name_data2geotiff(data: Path) -> None:
    for path in (data / "geotiffs").glob("*unw.tif"):
        path.rename(path.with_suffix("").with_suffix(".unw"))
    refused(data, ".unw", "data2geotiff")


def test_mintpy_file_cut_short(tmp_path: Path) -> None:
    pytest.importorskip("h5py", reason="python3-h5py writes the MintPy sample")
    folder = samples.write_mintpy(tmp_path / "data")
    path = folder / "ifgramStack.h5"
    path.write_bytes(path.read_bytes()[:1000])
    refused(folder, "MintPy file", "ifgramStack.h5")


def test_output_that_is_the_input(data: Path) -> None:
    with pytest.raises(InputError, match="another folder than INPUT"):
        import_stack(ImportParams(data, data))


def test_output_below_a_file(data: Path) -> None:
    (data.parent / "file").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="OUTPUT"):
        import_stack(ImportParams(data, data.parent / "file" / "stack"))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_output_without_permission(data: Path) -> None:
    locked = data.parent / "locked"
    locked.mkdir(mode=0o500)
    with pytest.raises(InputError, match="may write"):
        import_stack(ImportParams(data, locked / "stack"))
    assert not any(locked.iterdir())


def test_output_that_the_system_refuses(data: Path) -> None:
    with pytest.raises(InputError, match="OUTPUT"):
        import_stack(ImportParams(data, "/proc/groundline-stack"))


def test_a_failed_import_leaves_the_earlier_stack(data: Path) -> None:
    output = data.parent / "stack"
    import_stack(ImportParams(data, output))
    before = {path.name: path.read_bytes() for path in output.iterdir()}
    samples.geotiff(phase_of(data), np.full(TRUTH.shape, np.nan, np.float32))
    with pytest.raises(InputError):
        import_stack(ImportParams(data, output))
    assert {path.name: path.read_bytes() for path in output.iterdir()} == before


def test_pairs_without_coherence_are_named_and_accepted(data: Path) -> None:
    coherence_of(data).unlink()
    result = import_stack(ImportParams(data, data.parent / "stack"))
    assert any(TRUTH.name(0, 1) in text and "1 of 6 pairs" in text for text in result.warnings)
    assert result.numbers["pairs_without_coherence"].value == 1
    stack = manifest.load(data.parent / "stack")
    assert stack.pairs[0].coherence is None
    assert stack.pairs[1].coherence is not None


def test_a_dem_of_another_grid_is_left_out_and_named(data: Path) -> None:
    samples.geotiff(data / "geotiffs" / "a_dem.tif", np.ones((9, 9), np.float32))
    result = import_stack(ImportParams(data, data.parent / "stack"))
    assert any(
        "height left out" in text and "a_dem.tif" in text and "9 x 9" in text for text in result.warnings
    )
    assert "height" not in manifest.load(data.parent / "stack").geometry


class CancelAt(Monitor):
    """Stops at the n-th look."""

    def __init__(self, at: int) -> None:
        self.looks = 0
        self.at = at

    def cancelled(self) -> bool:
        self.looks += 1
        return self.looks >= self.at


def test_cancelling_at_any_moment_leaves_nothing_or_everything(data: Path) -> None:
    output = data.parent / "stack"
    counter = CancelAt(10**9)
    import_stack(ImportParams(data, output), counter)
    shutil.rmtree(output)
    for moment in range(1, counter.looks + 1):
        with pytest.raises(Cancelled):
            import_stack(ImportParams(data, output), CancelAt(moment))
        if output.exists():
            assert manifest.load(output).pairs
            shutil.rmtree(output)
    import_stack(ImportParams(data, output))
    assert (output / "stack.json").is_file()
