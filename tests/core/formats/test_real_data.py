"""Real bytes: Mexico City (GAMMA, Sentinel-1) and Sydney (ROI_PAC, GAMMA and GeoTIFF forms, ENVISAT)."""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from groundline_tests import samples

from groundline.core import manifest
from groundline.core.ellipsoid import SEMI_MAJOR, SEMI_MINOR
from groundline.core.formats.gammapar import base_bperp, read_image, table_bperp
from groundline.core.formats.importing import import_stack
from groundline.core.formats.orbitview import orbit, view
from groundline.core.formats.params import ImportParams
from groundline.core.raster import StackReader, read_geotiff


def imported(folder: Path, output: Path, **options: Any) -> tuple[Any, StackReader, Any]:
    result = import_stack(ImportParams(folder, output, **options))
    stack = manifest.load(output)
    return stack, StackReader(output, stack), result


@pytest.fixture(scope="module")
def mexico(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, StackReader, Any]:
    return imported(shared_data / "mexico-city", tmp_path_factory.mktemp("mexico"))


class TestMexicoCity:
    def test_pairs_dates_and_grid(self, mexico: tuple[Any, StackReader, Any]) -> None:
        stack = mexico[0]
        assert (len(stack.pairs), len(stack.dates)) == (30, 13)
        assert (stack.dates[0], stack.dates[-1]) == (date(2018, 1, 6), date(2018, 7, 17))
        assert stack.grid.shape == (60, 100)
        assert stack.family == "gamma"

    def test_the_wavelength_is_that_of_the_files_and_the_difference_is_said(
        self, mexico: tuple[Any, StackReader, Any]
    ) -> None:
        stack, _, result = mexico
        assert stack.wavelength == 0.05550415767769124
        assert any("0.05546576" in text and "WAVELENGTH_METRES" in text for text in result.warnings)

    def test_a_stated_wavelength_goes_before_both(self, shared_data: Path, tmp_path: Path) -> None:
        exact = 299_792_458.0 / 5.4050005e9
        stack, _, _ = imported(shared_data / "mexico-city", tmp_path, wavelength=exact)
        assert stack.wavelength == exact

    def test_metadata(self, mexico: tuple[Any, StackReader, Any]) -> None:
        metadata = mexico[0].metadata
        assert metadata["heading_deg"] == pytest.approx(-12.27, abs=0.01)
        assert (metadata["sensor"], metadata["track"], metadata["orbit"]) == ("S1A", 5, "ascending")

    def test_incidence_and_range_are_those_of_the_crop_not_of_the_swaths_centre(
        self, mexico: tuple[Any, StackReader, Any]
    ) -> None:
        # The crop lies in near range: the parameter files' 39.70 deg and 878.3 km are the swath's centre,
        # and dividing by that cosine would overstate vertical motion by a tenth.
        metadata = mexico[0].metadata
        assert metadata["incidence_deg"] == pytest.approx(31.6, abs=0.3)
        assert metadata["slant_range_m"] == pytest.approx(803_000, abs=2_000)
        assert any("39.70" in text and "from the state vectors" in text for text in mexico[2].tables["decisions"])

    def test_a_stated_incidence_goes_before_the_orbits(self, shared_data: Path, tmp_path: Path) -> None:
        stack, _, _ = imported(shared_data / "mexico-city", tmp_path, incidence=39.7036)
        assert stack.metadata["incidence_deg"] == 39.7036

    def test_phase_is_the_files_own_with_0_as_missing(
        self, mexico: tuple[Any, StackReader, Any], shared_data: Path
    ) -> None:
        stack, reader, _ = mexico
        for pair in (stack.pairs[0], stack.pairs[-1]):
            stored, _ = read_geotiff(shared_data / "mexico-city" / pair.items["phase"].path)
            stored[stored == 0.0] = np.nan
            np.testing.assert_array_equal(reader.read(pair.items["phase"]), stored)

    def test_the_sinking_city_has_positive_phase_and_negative_displacement(
        self, mexico: tuple[Any, StackReader, Any], shared_data: Path
    ) -> None:
        stack, reader, _ = mexico
        with np.load(shared_data / "mexico-city/reference/pyrate_plain_fullnet.npz") as reference:
            rate = reference["linear_rate_mm_yr"]
        pair = next(p for p in stack.pairs if p.days > 90)
        phase = reader.read(pair.items["phase"])
        sinking, stable = rate < -200, np.abs(rate) < 20
        assert np.nanmean(phase[sinking]) - np.nanmean(phase[stable]) > 3.0

    def test_every_pair_has_coherence_and_a_baseline(self, mexico: tuple[Any, StackReader, Any]) -> None:
        for pair in mexico[0].pairs:
            assert 0.3 < pair.coherence < 0.9
            assert pair.bperp is not None
        assert all(a.bperp is not None for a in mexico[0].acquisitions)

    def test_base_par_agrees_with_the_base_perp_table(self, shared_data: Path) -> None:
        folder = shared_data / "mexico-city"
        for path in sorted((folder / "geometry").glob("*_base.par")):
            image = read_image(folder / "headers" / f"r{path.name[:8]}_VV_slc.par")
            table = table_bperp(path.with_name(path.name.replace("_base", "_bperp")))
            assert base_bperp(path, image) == pytest.approx(table, abs=0.5)


def track(times: Any, positions: Any) -> list[Any]:
    """A polynomial in time through each coordinate of the state vectors."""
    return [np.polynomial.Polynomial.fit(times, column, min(len(times) - 1, 8)) for column in positions.T]


def raised(times: Any, positions: Any, distance: float, at: float, height: float) -> Any:
    """The place at a slant range right of the orbit, square to it, at a height above WGS 84 (by bisection)."""
    axes = track(times, positions)
    satellite = np.array([axis(at) for axis in axes])
    along = np.array([axis.deriv()(at) for axis in axes])
    along /= np.linalg.norm(along)
    right = np.cross(along, satellite)
    right /= np.linalg.norm(right)
    down = np.cross(along, right)
    low, high = 0.2, 1.0
    for _ in range(80):
        look = (low + high) / 2
        place = satellite + distance * (math.sin(look) * right + math.cos(look) * down)
        if above(place) < height:
            low = look
        else:
            high = look
    return place, look


def above(place: Any) -> float:
    """Height over WGS 84 [m]."""
    across = math.hypot(place[0], place[1])
    squared = 1.0 - (SEMI_MINOR / SEMI_MAJOR) ** 2
    lat = math.atan2(place[2], across * (1.0 - squared))
    height = 0.0
    for _ in range(6):
        normal = SEMI_MAJOR / math.sqrt(1.0 - squared * math.sin(lat) ** 2)
        height = across / math.cos(lat) - normal
        lat = math.atan2(place[2], across * (1.0 - squared * normal / (normal + height)))
    return height


def nearest(times: Any, positions: Any, place: Any) -> float:
    """Range of closest approach [m]."""
    axes = track(times, positions)
    at = float(times.mean())
    for _ in range(50):
        line = place - np.array([axis(at) for axis in axes])
        velocity = np.array([axis.deriv()(at) for axis in axes])
        at += float(line @ velocity) / float(velocity @ velocity)
    return float(np.linalg.norm(place - np.array([axis(at) for axis in axes])))


class TestGammaGeometry:
    @pytest.mark.parametrize("name", ["20180106-20180412", "20180106-20180130", "20180130-20180412"])
    def test_a_10_metre_step_at_constant_range_proves_the_sign_of_the_baseline(
        self, shared_data: Path, name: str
    ) -> None:
        """d(R2 - R1)/dh = +Bperp / (R sin theta), with the two images' own state vectors."""
        folder = shared_data / "mexico-city"
        first, second = name.split("-")
        paths = [folder / "headers" / f"r{day}_VV_slc.par" for day in (first, second)]
        image = read_image(paths[0])
        one, two = orbit(paths[0]), orbit(paths[1])
        assert one is not None and two is not None and image.range_at_centre is not None
        distance, at = image.range_at_centre, float(one[0].mean())
        low, look = raised(*one, distance, at, 0.0)
        high, _ = raised(*one, distance, at, 10.0)
        change = (nearest(*two, high) - nearest(*two, low)) / 10.0
        satellite_radius = float(np.linalg.norm(one[1][len(one[1]) // 2]))
        incidence = math.asin(satellite_radius / float(np.linalg.norm(low)) * math.sin(look))
        expected = table_bperp(folder / "geometry" / f"{name}_VV_8rlks_bperp.par")
        assert change * distance * math.sin(incidence) == pytest.approx(expected, abs=1.0)

    def test_view_finds_the_swaths_own_centre(self, shared_data: Path) -> None:
        path = shared_data / "mexico-city/headers/r20180106_VV_slc.par"
        image, state = read_image(path), orbit(path)
        assert state is not None
        distance, incidence = view(*state, -97.9182354, 19.5126101)
        assert distance == pytest.approx(image.range_at_centre, abs=1500)
        assert incidence == pytest.approx(image.incidence, abs=0.15)


def annotated(path: Path) -> tuple[Any, Any, float, float]:
    """State vector times [s of the day] and positions, mid time and mid range of a Sentinel-1 annotation file."""
    root = ElementTree.parse(path).getroot()

    def seconds(text: str) -> float:
        moment = datetime.fromisoformat(text)
        return moment.hour * 3600 + moment.minute * 60 + moment.second + moment.microsecond * 1e-6

    orbits = list(root.iter("orbit"))
    times = np.array([seconds(entry.findtext("time", "")) for entry in orbits])
    positions = np.array(
        [[float(entry.findtext(f"position/{axis}", "")) for axis in "xyz"] for entry in orbits]
    )
    start = seconds(root.findtext(".//productFirstLineUtcTime", ""))
    samples_ = int(root.findtext(".//numberOfSamples", ""))
    near = float(root.findtext(".//slantRangeTime", "")) * 299_792_458.0 / 2
    spacing = float(root.findtext(".//rangePixelSpacing", ""))
    return times, positions, start + 1.5, near + samples_ / 2 * spacing


class TestIsceBaseline:
    @pytest.mark.parametrize("swath", [1, 2, 3])
    def test_the_sign_of_a_real_pair_is_ours(self, shared_data: Path, swath: int) -> None:
        """HyP3's burst products print ISCE2's Bperp of the first common burst; it is taken as written."""
        folder = shared_data / "s1-annotation-pair"
        one, two = (
            next(folder.glob(f"*_{day}T*/annotation/s1a-iw{swath}-*.xml")) for day in ("20250406", "20250418")
        )
        times, positions, at, distance = annotated(one)
        low, look = raised(times, positions, distance, at, 0.0)
        high, _ = raised(times, positions, distance, at, 10.0)
        other_times, other_positions, _, _ = annotated(two)
        change = (
            nearest(other_times, other_positions, high) - nearest(other_times, other_positions, low)
        ) / 10.0
        radius = float(np.linalg.norm([axis(at) for axis in track(times, positions)]))
        incidence = math.asin(radius / float(np.linalg.norm(low)) * math.sin(look))
        text = (folder / "topsProc.xml").read_text(encoding="utf-8")
        written = re.search(rf"<IW-{swath}_Bperp_at_midrange_for_first_common_burst>([^<]+)<", text)
        assert written is not None
        assert change * distance * math.sin(incidence) == pytest.approx(float(written.group(1)), abs=1.0)


class TestSydney:
    GENERIC = {"format": "generic", "pattern": "geo_{date1}-{date2}_unw.tif", "wavelength": 0.0562356424}

    def test_roipac_and_tif_forms_hold_the_same_numbers(self, shared_data: Path, tmp_path: Path) -> None:
        sydney = shared_data / "sydney"
        roipac, read_roipac, _ = imported(sydney / "roipac_obs", tmp_path / "a")
        tif, read_tif, _ = imported(sydney / "tif", tmp_path / "b", **self.GENERIC)
        assert len(roipac.pairs) == 17
        assert [p.name for p in roipac.pairs] == [p.name for p in tif.pairs]
        assert roipac.wavelength == tif.wavelength == 0.0562356424
        assert roipac.grid.transform == pytest.approx(tif.grid.transform, rel=1e-12)
        for one, other in zip(roipac.pairs, tif.pairs):
            phase = read_roipac.read(one.items["phase"])
            assert np.isfinite(phase).any()
            np.testing.assert_array_equal(phase, read_tif.read(other.items["phase"]))

    def test_gamma_form_converted_as_data2geotiff_does_holds_them_too(
        self, shared_data: Path, tmp_path: Path
    ) -> None:
        sydney = shared_data / "sydney"
        source = sydney / "gamma_obs"
        with pytest.raises(Exception, match="data2geotiff"):
            import_stack(ImportParams(source, tmp_path / "raw"))
        for path in source.glob("*.par"):
            (tmp_path / path.name).write_bytes(path.read_bytes())
        transform = (150.91, 8.33333e-4, 0.0, -34.17, 0.0, -8.33333e-4)
        for path in source.glob("*_utm.unw"):
            values = np.fromfile(path, ">f4").reshape(72, 47).astype(np.float32)
            samples.geotiff(tmp_path / f"{path.stem}_unw.tif", values, transform)
        gamma, read_gamma, _ = imported(tmp_path, tmp_path / "gamma")
        roipac, read_roipac, _ = imported(sydney / "roipac_obs", tmp_path / "roipac")
        assert [p.name for p in gamma.pairs] == [p.name for p in roipac.pairs]
        assert gamma.wavelength == pytest.approx(299_792_458.0 / 5.334694994e9)
        assert gamma.metadata["orbit"] == "descending"
        for one, other in zip(gamma.pairs, roipac.pairs):
            np.testing.assert_array_equal(
                read_gamma.read(one.items["phase"]), read_roipac.read(other.items["phase"])
            )

    def test_the_whole_folder_is_ambiguous(self, shared_data: Path, tmp_path: Path) -> None:
        with pytest.raises(Exception, match=r"roipac: 17 file\(s\).*Choose the FORMAT"):
            import_stack(ImportParams(shared_data / "sydney", tmp_path / "out"))
