"""ISCE2's stacks: radar geometry with its places, stripmapStack, and what can be wrong."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from groundline_tests import samples_isce
from groundline_tests.imports import refused
from groundline_tests.samples import TRUTH, text_file

from groundline.core import los, manifest
from groundline.core.errors import InputError
from groundline.core.formats.importing import import_stack
from groundline.core.formats.iscemeta import orbit_bperp
from groundline.core.formats.params import ImportParams
from groundline.core.pointfile import read_points
from groundline.core.raster import StackReader, whole
from groundline.core.stack import LATITUDE, LONGITUDE, RADAR
from groundline.core.timeseries.params import SbasParams
from groundline.core.timeseries.sbas import run_sbas

PAIR = Path("merged/interferograms") / TRUTH.name(0, 1)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A good topsStack folder in radar geometry, to be spoilt."""
    return samples_isce.write_isce(tmp_path / "data")


def test_radar_geometry_keeps_places_heights_and_angles(data: Path, tmp_path: Path) -> None:
    result = import_stack(ImportParams(data, tmp_path / "stack"))
    stack = manifest.load(tmp_path / "stack")
    reader = StackReader(tmp_path / "stack", stack)
    assert (stack.frame, stack.grid.crs, stack.grid.shape) == (RADAR, "", TRUTH.shape)
    for pair, (first, second) in zip(stack.pairs, TRUTH.pairs):
        np.testing.assert_array_equal(reader.read(pair.items["phase"]), TRUTH.phase(first, second))
    lon, lat = TRUTH.places()
    np.testing.assert_allclose(reader.read(stack.geometry[LONGITUDE]), lon, atol=1e-6)
    np.testing.assert_allclose(reader.read(stack.geometry[LATITUDE]), lat, atol=4e-6)
    for component, expected in zip(los.unit_vector(stack, reader, whole(stack.grid)), TRUTH.los()):
        np.testing.assert_allclose(component, expected, atol=1e-6)
    assert any("points get longitude and latitude" in text for text in result.warnings)


def test_points_of_a_radar_stack_lie_where_the_pixels_are(data: Path, tmp_path: Path) -> None:
    import_stack(ImportParams(data, tmp_path / "stack"))
    run_sbas(SbasParams(tmp_path / "stack", tmp_path / "out"))
    points = read_points(tmp_path / "out" / "points.gpkg")
    lon, lat = (np.delete(values.ravel(), 0) for values in TRUTH.places())  # pixel (0, 0) has no phase
    np.testing.assert_allclose(points.x, lon, atol=1e-6)
    np.testing.assert_allclose(points.y, lat, atol=4e-6)
    last = 1000.0 * (TRUTH.displacement(3) - TRUTH.displacement(0)).ravel()[1:]
    np.testing.assert_allclose(points.series[:, -1] - points.series[0, -1], last - last[0], atol=1e-3)
    np.testing.assert_allclose(points.attributes["los_up"], math.cos(math.radians(35.0)), atol=1e-6)


def test_geometry_of_a_stack_without_looks(data: Path, tmp_path: Path) -> None:
    for path in list((data / "merged" / "geom_reference").iterdir()):
        path.rename(path.with_name(path.name.replace(".rdr", ".rdr.full")))
    import_stack(ImportParams(data, tmp_path / "stack"))
    assert {"height", "incidence", LONGITUDE, LATITUDE} <= set(manifest.load(tmp_path / "stack").geometry)


def test_radar_geometry_without_places_says_that_it_must_be_geocoded(data: Path, tmp_path: Path) -> None:
    (data / "merged" / "geom_reference" / "lon.rdr").unlink()
    result = import_stack(ImportParams(data, tmp_path / "stack"))
    assert any("geocodeGdal.py" in text for text in result.warnings)


def test_stripmapstack_needs_the_wavelength_and_its_baselines_are_turned(tmp_path: Path) -> None:
    data = samples_isce.write_isce(tmp_path / "data", stripmap=True)
    refused(data, "WAVELENGTH", "State it")
    import_stack(ImportParams(data, tmp_path / "stack", wavelength=TRUTH.wavelength))
    stack = manifest.load(tmp_path / "stack")
    assert [a.bperp for a in stack.acquisitions] == pytest.approx(list(TRUTH.bperp))


def test_baselines_against_a_reference_in_the_middle(tmp_path: Path) -> None:
    # b(4 January) - b(28 January) = 25 m: the later date, 28 January, has -25 m against the earlier
    path = tmp_path / "20200128_20200104.txt"
    text_file(
        path, "swath: IW1\nBperp (average): 24.0\nBpar (average): 1.0\nswath: IW2\nBperp (average): 26.0\n"
    )
    assert orbit_bperp(path) == (TRUTH.dates[0], TRUTH.dates[2], -25.0)
    text_file(path, "")
    assert orbit_bperp(path) is None
    text_file(path, "Bperp (average): nothing\n")
    with pytest.raises(InputError, match="a number in metres"):
        orbit_bperp(path)


def test_a_raster_without_its_header(data: Path) -> None:
    (data / PAIR / "filt_fine.unw.xml").unlink()
    refused(data, "filt_fine.unw without filt_fine.unw.xml", "Copy the .xml files too")


def test_only_vrts_are_known_as_isces_and_refused(data: Path) -> None:
    for header in data.rglob("filt_fine.unw.xml"):
        header.rename(header.with_suffix(".vrt"))
    refused(data, "filt_fine.unw without filt_fine.unw.xml")


def test_a_file_cut_short(data: Path) -> None:
    path = data / PAIR / "filt_fine.unw"
    path.write_bytes(path.read_bytes()[:-40])
    refused(data, "filt_fine.unw", "opy the file")


def test_a_damaged_header(data: Path) -> None:
    header = data / "reference" / "IW2.xml"
    header.write_text(header.read_text(encoding="utf-8")[:200], encoding="utf-8")
    refused(data, "ISCE product", "IW2.xml", "Copy the file again")


def test_another_size(data: Path) -> None:
    ones = np.ones((5, 8), np.float32)
    samples_isce.image(data / PAIR / "filt_fine.unw", [ones, ones])
    refused(data, "Raster size", "8 x 5", "8 x 6")


def test_second_date_before_the_first(data: Path) -> None:
    (data / PAIR).rename((data / PAIR).with_name(TRUTH.name(1, 0)))
    refused(data, TRUTH.name(1, 0), "earlier to later")


def test_two_unwrapped_files_in_one_pair_folder(data: Path) -> None:
    ones = np.ones(TRUTH.shape, np.float32)
    samples_isce.image(data / PAIR / "filt_fine_icu.unw", [ones, ones])
    refused(data, "filt_fine.unw", "filt_fine_icu.unw", "one file per pair")
