"""East and up of whole tracks: recovery within the stated errors, real tracks, missing tracks, mistakes."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from osgeo import ogr

from groundline.core import manifest
from groundline.core.errors import InputError
from groundline.core.pointfile import read_points
from groundline.core.pointsource import PointFile
from groundline.core.raster import read_geotiff, write_geotiff
from groundline.core.rateraster import RasterFile
from groundline.core.stack import DISPLACEMENT, Grid, Item, Stack
from groundline.core.validation.decompose import evaluate, run_decompose
from groundline.core.validation.decompose_params import DecomposeParams
from groundline.core.vector import VectorInput

LOOKS = {"asc": (38.0, -12.0), "desc": (36.0, -168.0), "asc2": (44.0, -11.0)}


@pytest.fixture
def tracks(track_of):
    """1 km of ground that sinks by 12 and moves east by 5 mm/yr; errors of 2 mm/yr at 5,000 points per track."""

    def make(*names, noise=2.0, motion=(5.0, 0.0, -12.0), std=2.0):
        out = []
        for number, name in enumerate(names):
            rng = np.random.default_rng(60 + number)
            x, y = rng.uniform(0, 1000, (2, 5000))
            errors = rng.normal(scale=noise, size=5000) if noise else 0.0
            out.append(track_of(x, y, motion, *LOOKS[name], noise=errors, std=std, name=name))
        return tuple(out)

    return make


def values(result):
    return {key: number.value for key, number in result.numbers.items()}


@pytest.mark.parametrize("names", [("asc", "desc"), ("asc", "desc", "asc2")])
def test_motion_is_recovered_within_the_stated_errors(tracks, tmp_path, names):
    result, found = evaluate(DecomposeParams(tracks(*names), tmp_path / "out", spacing=100.0))
    assert len(found.cell) == 100
    for got, truth, std in (
        (found.motion.east, 5.0, found.motion.east_std),
        (found.motion.up, -12.0, found.motion.up_std),
    ):
        # 50 points per cell: independent errors average out below the stated one, which takes them as shared.
        assert np.abs(got - truth).max() < std.max()
        assert got.mean() == pytest.approx(truth, abs=0.1)
    assert values(result)["condition"] < 1.6
    assert (values(result)["misfit"] is None) == (len(names) == 2)


def test_without_errors_the_motion_is_exact(tracks, tmp_path):
    _, found = evaluate(DecomposeParams(tracks("asc", "desc", noise=0.0), tmp_path / "out", spacing=100.0))
    np.testing.assert_allclose(found.motion.east, 5.0, atol=1e-9)
    np.testing.assert_allclose(found.motion.up, -12.0, atol=1e-9)


def test_files_are_points_and_rasters_that_agree(tracks, tmp_path):
    result = run_decompose(DecomposeParams(tracks("asc", "desc"), tmp_path / "out", spacing=100.0))
    names = {"up.gpkg", "east.gpkg", "up.tif", "east.tif", "up_std.tif", "east_std.tif", "eastup.png"}
    assert {path.name for path in (tmp_path / "out").iterdir()} == names | {"report.html", "result.json"}
    up, east = (read_points(tmp_path / "out" / f"{name}.gpkg") for name in ("up", "east"))
    assert set(up.attributes["los_up"]) == set(east.attributes["los_east"]) == {1.0}
    raster, grid = read_geotiff(tmp_path / "out" / "east.tif")
    assert grid.shape == (10, 10)
    np.testing.assert_allclose(np.sort(raster.ravel()), np.sort(east.attributes["velocity"]), rtol=1e-6)
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "taken as zero" in page
    document = json.loads((tmp_path / "out" / "result.json").read_text(encoding="utf-8"))
    assert document["numbers"]["condition"]["value"] == result.numbers["condition"].value


def test_cells_that_only_one_track_sees_get_nothing(tracks, tmp_path):
    one, two, three = tracks("asc", "desc", "asc2")
    half = two.x < 400_500.0
    two = replace(two, x=two.x[half], y=two.y[half], attributes={k: v[half] for k, v in two.attributes.items()})
    _, found = evaluate(DecomposeParams((one, two), tmp_path / "out", spacing=100.0))
    assert len(found.cell) == 50
    result, found = evaluate(DecomposeParams((one, two, three), tmp_path / "out", spacing=100.0))
    assert len(found.cell) == 50  # elsewhere two tracks look from the same side
    assert values(result)["cells_left_out"] == 50


def test_tracks_without_errors_of_their_own_are_said(tracks, tmp_path):
    result, found = evaluate(
        DecomposeParams(tracks("asc", "desc", std=None), tmp_path / "out", spacing=100.0, std=3.0)
    )
    assert sum("3 mm/yr (STD)" in text for text in result.warnings) == 2
    assert found.motion.up_std[0] == pytest.approx(3.0 / 2.0 * 1.8, rel=0.1)


def test_velocity_rasters_of_displacement_folders(track_of, tmp_path):
    """Ascending and descending rasters with a scene-wide incidence and heading in stack.json."""
    grid = Grid(12, 10, (400_000.0, 50.0, 0.0, 3_900_500.0, 0.0, -50.0), "EPSG:32650")
    sources = []
    for name in ("asc", "desc"):
        incidence, heading = LOOKS[name]
        points = track_of([0.0], [0.0], (5.0, 0.0, -12.0), incidence, heading)
        folder = tmp_path / name
        folder.mkdir()
        write_geotiff(folder / "velocity.tif", np.full(grid.shape, points.attributes["velocity"][0]), grid, "", "mm/yr")
        metadata = {"incidence_deg": incidence, "heading_deg": heading}
        item = Item("here", "velocity.tif")
        manifest.save(
            folder,
            Stack(DISPLACEMENT, grid, 0.055, products={"velocity": item}, roots={"here": "."}, metadata=metadata),
        )
        sources.append(RasterFile(str(folder / "velocity.tif")))
    result, found = evaluate(DecomposeParams(tuple(sources), tmp_path / "out"))
    assert len(found.cell) == 120
    np.testing.assert_allclose(found.motion.east, 5.0, atol=1e-5)
    np.testing.assert_allclose(found.motion.up, -12.0, atol=1e-5)
    assert result.tables["tracks"][0]["name"] == "asc"


class TestReference:
    """Two tracks with a stable west (x below 500 m), the ascending one 7 mm/yr too high everywhere."""

    OFFSET = 7.0

    @pytest.fixture
    def apart(self, track_of):
        x, y = np.random.default_rng(70).uniform(0, 1000, (2, 5000))
        motion = (np.where(x > 500.0, 5.0, 0.0), 0.0, np.where(x > 500.0, -12.0, 0.0))
        return tuple(
            track_of(x, y, motion, *LOOKS[name], noise=noise, std=2.0, name=name)
            for name, noise in (("asc", self.OFFSET), ("desc", 0.0))
        )

    def area(self, low, high):
        box = ogr.CreateGeometryFromWkt(
            f"POLYGON(({400_000 + low} 3900000,{400_000 + high} 3900000,{400_000 + high} 3901000,"
            f"{400_000 + low} 3901000,{400_000 + low} 3900000))"
        )
        return VectorInput((bytes(box.ExportToWkb()),), "EPSG:32650", name="stable")

    def test_a_shared_stable_area_takes_the_offset_off(self, apart, tmp_path):
        params = DecomposeParams(apart, tmp_path / "out", spacing=100.0, reference=self.area(0, 400))
        result, found = evaluate(params)
        east = found.cell % found.grid.width >= 5
        np.testing.assert_allclose(found.motion.east, np.where(east, 5.0, 0.0), atol=1e-9)
        np.testing.assert_allclose(found.motion.up, np.where(east, -12.0, 0.0), atol=1e-9)
        assert [row["taken_off_mm_yr"] for row in result.tables["tracks"]] == [self.OFFSET, 0.0]
        assert not result.warnings

    def test_without_it_the_report_says_what_an_offset_does(self, apart, tmp_path):
        result, found = evaluate(DecomposeParams(apart, tmp_path / "out", spacing=100.0))
        row = result.tables["tracks"][0]
        east = found.cell % found.grid.width >= 5
        shift = (found.motion.east - np.where(east, 5.0, 0.0), found.motion.up - np.where(east, -12.0, 0.0))
        assert shift[0] == pytest.approx(self.OFFSET * row["east_per_unit"], abs=0.01)
        assert shift[1] == pytest.approx(self.OFFSET * row["up_per_unit"], abs=0.01)
        # Mirror images at nearly 37 degrees: half of 1 / sin and half of 1 / cos.
        assert row["east_per_unit"] == pytest.approx(-0.5 / np.sin(np.radians(37.0)), abs=0.03)
        assert row["up_per_unit"] == pytest.approx(0.5 / np.cos(np.radians(37.0)), abs=0.03)
        assert any("same reference" in text and "for asc" in text for text in result.warnings)

    def test_an_area_where_a_track_has_no_points(self, apart, tmp_path):
        params = DecomposeParams(apart, tmp_path / "out", spacing=100.0, reference=self.area(5000, 6000))
        with pytest.raises(InputError, match="REFERENCE.*points of every track: asc"):
            evaluate(params)


class TestMistakes:
    def test_the_same_geometry_says_how_singular(self, tracks, tmp_path):
        same = tracks("asc", "asc")
        with pytest.raises(InputError, match=r"same|infinite|condition number"):
            evaluate(DecomposeParams(same, tmp_path / "out", spacing=100.0))

    def test_the_same_pass_says_what_it_does_to_errors(self, tracks, tmp_path):
        with pytest.raises(InputError, match=r"condition number \d+\.\d: an error of 1 mm/yr .* mm/yr in east"):
            evaluate(DecomposeParams(tracks("asc", "asc2"), tmp_path / "out", spacing=100.0))
        params = DecomposeParams(tracks("asc", "asc2"), tmp_path / "out", spacing=100.0, max_condition=50.0)
        result, _ = evaluate(params)
        assert values(result)["condition"] > 10

    def test_no_vectors(self, tracks, tmp_path):
        one, two = tracks("asc", "desc")
        bare = replace(two, attributes={k: v for k, v in two.attributes.items() if k[:4] != "los_"})
        with pytest.raises(InputError, match="desc: no line-of-sight vectors.*INCIDENCE and HEADING"):
            evaluate(DecomposeParams((one, bare), tmp_path / "out"))

    def test_no_common_cells(self, tracks, tmp_path):
        one, two = tracks("asc", "desc")
        with pytest.raises(InputError, match="no common cells.*do not overlap"):
            evaluate(DecomposeParams((one, replace(two, x=two.x + 9e4)), tmp_path / "out"))

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"tracks": ()}, "at least two"),
            ({"tracks": (PointFile("a"), PointFile("a"))}, "twice"),
            ({"spacing": -1.0}, "SPACING"),
            ({"max_condition": 1.0}, "MAX_CONDITION"),
            ({"std": 0.0}, "STD"),
        ],
    )
    def test_values_that_cannot_be_used(self, tracks, tmp_path, changes, words):
        params = DecomposeParams(tracks("asc", "desc"), tmp_path / "out")
        with pytest.raises(InputError, match=words):
            run_decompose(replace(params, **changes))
        assert not (tmp_path / "out").exists()
