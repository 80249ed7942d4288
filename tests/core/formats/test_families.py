"""Every family's folder, written from one truth, imports to the same numbers in our conventions."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from groundline_tests import samples, samples_gunw, samples_isce, samples_netcdf, samples_snap
from groundline_tests.samples import TRUTH

from groundline.core import los, manifest
from groundline.core.errors import InputError
from groundline.core.formats.importing import import_stack
from groundline.core.formats.params import ImportParams
from groundline.core.raster import StackReader, whole
from groundline.core.stack import EXCLUDED, MAP, RADAR, UNWRAPPED, WRAPPED

GENERIC = {
    "format": "generic",
    "pattern": "los_{date1}-to-{date2}.tif",
    "coherence_pattern": "gamma_{date1}-to-{date2}.tif",
    "height_pattern": "heights.tif",
    "wavelength": TRUTH.wavelength,
    "incidence": TRUTH.incidence_deg,
    "heading": TRUTH.heading_deg,
    "sign": "toward",
    "unit": "mm",
    "nodata": (-9999.0,),
}
FAMILIES: dict[str, tuple[Callable[[Path], Path], dict[str, Any]]] = {
    "gamma": (samples.write_gamma, {}),
    "roipac": (samples.write_roipac, {"incidence": TRUTH.incidence_deg}),
    "hyp3": (samples.write_hyp3, {}),
    "hyp3-burst": (lambda folder: samples.write_hyp3(folder, gamma=False), {}),
    "licsar": (samples.write_licsar, {}),
    "isce": (lambda folder: samples_isce.write_isce(folder, geocoded=True), {}),
    "isce3": (samples_gunw.write_gunw, {}),
    "snap": (samples_snap.write_snap, {}),
    "gmtsar": (samples_netcdf.write_gmtsar, {"heading": TRUTH.heading_deg}),
    "opera": (samples_netcdf.write_opera, {}),
    "mintpy": (samples.write_mintpy, {}),
    "generic": (samples.write_generic, GENERIC),
}
WITH_BASELINES = [name for name in FAMILIES if name != "generic"]
WITH_HEIGHTS = [name for name in FAMILIES if name not in ("roipac", "gmtsar", "isce3")]
WITH_H5PY = ("mintpy", "isce3")


@pytest.fixture(params=list(FAMILIES))
def family(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def imported(family: str, folder: Path) -> tuple[Any, StackReader, Any]:
    """(stack, reader, result) of a family's sample."""
    if family in WITH_H5PY:
        pytest.importorskip("h5py", reason="python3-h5py writes the sample")
    write, options = FAMILIES[family]
    write(folder / "data")
    result = import_stack(ImportParams(folder / "data", folder / "stack", **options))
    stack = manifest.load(folder / "stack")
    return stack, StackReader(folder / "stack", stack), result


def test_phase_is_ours_in_radians_with_missing_pixels_as_nan(family: str, tmp_path: Path) -> None:
    stack, reader, _ = imported(family, tmp_path)
    assert (stack.kind, stack.frame) == (UNWRAPPED, MAP)
    assert [(p.date1, p.date2) for p in stack.pairs] == [
        (TRUTH.dates[a], TRUTH.dates[b]) for a, b in TRUTH.pairs
    ]
    for pair, (first, second) in zip(stack.pairs, TRUTH.pairs):
        np.testing.assert_allclose(reader.read(pair.items["phase"]), TRUTH.phase(first, second), atol=2e-6)


def test_sinking_ground_has_positive_phase(family: str, tmp_path: Path) -> None:
    stack, reader, _ = imported(family, tmp_path)
    phase = reader.read(stack.pairs[2].items["phase"])
    assert phase[2, 3] - phase[5, 7] > 1.0


def test_coherence_is_between_0_and_1_and_its_mean_is_in_the_pair(family: str, tmp_path: Path) -> None:
    stack, reader, _ = imported(family, tmp_path)
    for pair, (first, second) in zip(stack.pairs, TRUTH.pairs):
        expected = TRUTH.coherence(first, second)
        np.testing.assert_allclose(reader.read(pair.items["coherence"]), expected, atol=1e-6)
        assert pair.coherence == pytest.approx(float(np.nanmean(expected)), abs=1e-6)


def test_wavelength_and_angles_are_known(family: str, tmp_path: Path) -> None:
    stack, reader, _ = imported(family, tmp_path)
    assert stack.wavelength == pytest.approx(TRUTH.wavelength, rel=1e-9)
    assert stack.metadata["incidence_deg"] == pytest.approx(TRUTH.incidence_deg, abs=0.01)
    theta = los.incidence(stack, reader, whole(stack.grid))
    np.testing.assert_allclose(theta, math.radians(TRUTH.incidence_deg), atol=1e-5)
    for component, expected in zip(los.unit_vector(stack, reader, whole(stack.grid)), TRUTH.los()):
        np.testing.assert_allclose(component, expected, atol=1e-5)


@pytest.mark.parametrize("family", WITH_BASELINES)
def test_baselines_have_our_sign_per_pair_and_per_date(family: str, tmp_path: Path) -> None:
    stack, _, _ = imported(family, tmp_path)
    for pair, (first, second) in zip(stack.pairs, TRUTH.pairs):
        assert pair.bperp == pytest.approx(TRUTH.bperp[second] - TRUTH.bperp[first], abs=1e-3)
    assert [a.bperp for a in stack.acquisitions] == pytest.approx(list(TRUTH.bperp), abs=1e-3)


@pytest.mark.parametrize("family", WITH_HEIGHTS)
def test_heights_are_metres(family: str, tmp_path: Path) -> None:
    stack, reader, _ = imported(family, tmp_path)
    assert np.array_equal(reader.read(stack.geometry["height"]), TRUTH.height())


def test_only_three_files_are_written_and_the_data_stay_as_they_were(family: str, tmp_path: Path) -> None:
    write, options = FAMILIES[family]
    if family in WITH_H5PY:
        pytest.importorskip("h5py", reason="python3-h5py writes the sample")
    write(tmp_path / "data")
    before = {path: path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file()}
    import_stack(ImportParams(tmp_path / "data", tmp_path / "stack", **options))
    after = {path: path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file()}
    assert after == before
    assert sorted(path.name for path in (tmp_path / "stack").iterdir()) == [
        "import.html",
        "result.json",
        "stack.json",
    ]


def test_the_same_import_gives_the_same_bytes(family: str, tmp_path: Path) -> None:
    imported(family, tmp_path)
    first = {path.name: path.read_bytes() for path in (tmp_path / "stack").iterdir()}
    _, options = FAMILIES[family]
    import_stack(ImportParams(tmp_path / "data", tmp_path / "stack", **options))
    assert {path.name: path.read_bytes() for path in (tmp_path / "stack").iterdir()} == first


def test_an_extent_reads_the_same_pixels_as_the_whole(family: str, tmp_path: Path) -> None:
    whole_stack, whole_reader, _ = imported(family, tmp_path)
    x0, dx, _, y0, _, dy = whole_stack.grid.transform
    extent = (x0 + 2.2 * dx, y0 + 4.8 * dy, x0 + 5.9 * dx, y0 + 1.1 * dy)
    _, options = FAMILIES[family]
    import_stack(ImportParams(tmp_path / "data", tmp_path / "part", extent=extent, **options))
    stack = manifest.load(tmp_path / "part")
    reader = StackReader(tmp_path / "part", stack)
    assert stack.grid.shape == (4, 4)
    assert stack.grid.transform == pytest.approx((x0 + 2 * dx, dx, 0.0, y0 + 1 * dy, 0.0, dy))
    roles = [pair.items for pair in stack.pairs] + [stack.geometry]
    whole_roles = [pair.items for pair in whole_stack.pairs] + [whole_stack.geometry]
    for part, full in zip(roles, whole_roles):
        for role in part:
            np.testing.assert_array_equal(reader.read(part[role]), whole_reader.read(full[role])[1:5, 2:6])


def test_auto_names_the_family_and_why(tmp_path: Path) -> None:
    _, _, result = imported("licsar", tmp_path)
    assert result.tables["decisions"][0] == (
        "auto found LiCSAR: 6 file(s) like GEOC/20200104_20200116/20200104_20200116.geo.unw.tif."
    )
    assert "unverified on real data" in result.tables["decisions"][1]


def test_metadata_as_far_as_the_producer_tells(tmp_path: Path) -> None:
    stack, _, _ = imported("gamma", tmp_path / "gamma")
    assert stack.metadata["sensor"] == "S1A"
    assert stack.metadata["swath"] == "IW2"
    assert stack.metadata["track"] == 5
    assert stack.metadata["orbit"] == "ascending"
    assert stack.metadata["polarisation"] == "VV"
    assert (stack.metadata["range_looks"], stack.metadata["azimuth_looks"]) == (8, 2)
    stack, _, _ = imported("hyp3", tmp_path / "hyp3")
    assert (stack.metadata["sensor"], stack.metadata["track"]) == ("S1A", (30659 - 73) % 175 + 1)
    stack, _, _ = imported("licsar", tmp_path / "licsar")
    assert (stack.metadata["track"], stack.metadata["frame"]) == (117, "117A_04914_131313")


def test_mintpys_dropped_pairs_are_excluded_with_the_reason(tmp_path: Path) -> None:
    pytest.importorskip("h5py", reason="python3-h5py writes the MintPy sample")
    samples.write_mintpy(tmp_path / "data", dropped=(1, 4))
    import_stack(ImportParams(tmp_path / "data", tmp_path / "stack"))
    stack = manifest.load(tmp_path / "stack")
    assert [pair.state == EXCLUDED for pair in stack.pairs] == [False, True, False, False, True, False]
    assert stack.pairs[1].reason == "dropped in MintPy (dropIfgram)"


def test_hyp3_products_of_different_extent_share_their_common_pixels(tmp_path: Path) -> None:
    samples.write_hyp3(tmp_path / "data")
    name = samples.hyp3_name(TRUTH, 0, 1, gamma=True)
    x0, dx, _, y0, _, dy = samples.UTM_TRANSFORM
    moved = (x0 + 2 * dx, dx, 0.0, y0 - dy, 0.0, dy)  # begins two columns later and one row earlier
    wider = np.full((7, 8), np.nan, np.float32)
    wider[1:, :6] = TRUTH.phase(0, 1)[:, 2:]
    samples.geotiff(tmp_path / "data" / name / f"{name}_unw_phase.tif", wider, moved, 32632)
    import_stack(ImportParams(tmp_path / "data", tmp_path / "stack"))
    stack = manifest.load(tmp_path / "stack")
    reader = StackReader(tmp_path / "stack", stack)
    assert stack.grid.shape == (6, 6)
    for pair, (first, second) in zip(stack.pairs, TRUTH.pairs):
        np.testing.assert_allclose(
            reader.read(pair.items["phase"]), TRUTH.phase(first, second)[:, 2:], atol=2e-6
        )


def test_a_linked_file_gets_a_root_of_its_own(tmp_path: Path) -> None:
    samples.write_licsar(tmp_path / "data")
    name = TRUTH.name(0, 1)
    place = tmp_path / "data" / "GEOC" / name / f"{name}.geo.unw.tif"
    store = tmp_path / "store"
    store.mkdir()
    place.rename(store / "a.tif")
    place.symlink_to(store / "a.tif")
    import_stack(ImportParams(tmp_path / "data", tmp_path / "stack"))
    stack = manifest.load(tmp_path / "stack")
    item = stack.pairs[0].items["phase"]
    assert (item.root, item.path) == ("link1", "a.tif")
    assert stack.roots["link1"] == store.as_posix()
    reader = StackReader(tmp_path / "stack", stack)
    np.testing.assert_allclose(reader.read(item), TRUTH.phase(0, 1), atol=2e-6)


def test_an_excluded_pair_may_be_without_data(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py", reason="python3-h5py writes the MintPy sample")
    samples.write_mintpy(tmp_path / "data", dropped=(1,))
    with h5py.File(tmp_path / "data" / "ifgramStack.h5", "r+") as file:
        file["unwrapPhase"][1] = 0.0
    import_stack(ImportParams(tmp_path / "data", tmp_path / "stack"))
    assert len(manifest.load(tmp_path / "stack").kept) == 5


def test_radar_geometry_has_no_map(tmp_path: Path) -> None:
    folder = samples.write_roipac(tmp_path / "data")
    for path in folder.glob("*.rsc"):
        lines = path.read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if not line.startswith(("X_", "Y_"))]
        path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    result = import_stack(ImportParams(folder, tmp_path / "stack"))
    stack = manifest.load(tmp_path / "stack")
    assert (stack.frame, stack.grid.crs) == (RADAR, "")
    assert result.numbers["pixel_east"].value is None
    with pytest.raises(InputError, match="radar geometry"):
        import_stack(ImportParams(folder, tmp_path / "part", extent=(0.0, 0.0, 2.0, 2.0)))


def test_dolphins_rasters_by_their_pattern(tmp_path: Path) -> None:
    for first, second in TRUTH.pairs:
        name = TRUTH.name(first, second)
        unwrapped, coherence = TRUTH.phase(first, second), TRUTH.coherence(first, second)
        samples.geotiff(tmp_path / "data" / "unwrapped" / f"{name}.unw.tif", unwrapped, nodata=None)
        samples.geotiff(tmp_path / "data" / "interferograms" / f"{name}.int.cor.tif", coherence, nodata=None)
    options = {
        "format": "generic",
        "pattern": "{date1}_{date2}.unw.tif",
        "coherence_pattern": "{date1}_{date2}.int.cor.tif",
        "wavelength": TRUTH.wavelength,
    }
    import_stack(ImportParams(tmp_path / "data", tmp_path / "stack", **options))
    stack = manifest.load(tmp_path / "stack")
    reader = StackReader(tmp_path / "stack", stack)
    np.testing.assert_array_equal(reader.read(stack.pairs[5].items["phase"]), TRUTH.phase(2, 3))
    assert all("coherence" in pair.items for pair in stack.pairs)


def test_generic_wrapped_phase(tmp_path: Path) -> None:
    for first, second in TRUTH.pairs:
        wrapped = np.angle(np.exp(1j * TRUTH.phase(first, second))).astype(np.float32)
        samples.geotiff(tmp_path / "data" / f"w_{TRUTH.name(first, second)}.tif", wrapped, nodata=None)
    options = {
        "format": "generic",
        "pattern": "w_{date1}_{date2}.tif",
        "wavelength": 0.0555,
        "kind": "wrapped",
    }
    import_stack(ImportParams(tmp_path / "data", tmp_path / "stack", **options))
    assert manifest.load(tmp_path / "stack").kind == WRAPPED
