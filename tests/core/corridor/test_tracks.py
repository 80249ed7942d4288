"""Points and pixels of a corridor, with their rate in the component asked for."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from groundline.core import manifest, raster
from groundline.core.blocks import Compute
from groundline.core.corridor.bins import bin_edges
from groundline.core.corridor.joining import align
from groundline.core.corridor.pointtrack import track_of_points
from groundline.core.corridor.rastertrack import track_of_raster
from groundline.core.errors import InputError
from groundline.core.stack import DISPLACEMENT, Grid, Item, Stack

EAST, NORTH = 400_000.0, 3_900_000.0
CRS = "EPSG:32650"
MIB = 2**20


@pytest.fixture
def straight(line_of):
    """1 km along the x axis."""
    return align(line_of([(0, 0), (1000, 0)])).alignment


# Points


def test_only_points_abreast_of_the_line_and_within_the_radius_count(straight, points_of) -> None:
    points = points_of([10, 500, 500, -5, 1005, 900], [50, 50, 51, 0, 0, -50], [1, 2, 3, 4, 5, np.nan])
    track = track_of_points(points, straight, 50.0, "los")
    assert track.index.tolist() == [0, 1]
    assert track.value.tolist() == [1.0, 2.0]
    assert track.chainage == pytest.approx([10.0, 500.0], abs=1e-6)
    assert track.read == 5


def test_vertical_takes_the_points_own_incidence_first_then_los_up_then_the_constant(
    straight, points_of
) -> None:
    nan = np.nan
    points = points_of(
        [1, 2, 3],
        [0, 0, 0],
        [-10, -10, -10],
        incidence=[60.0, nan, nan],
        los_up=[nan, math.cos(math.radians(45)), nan],
    )
    track = track_of_points(points, straight, 50.0, "vertical", incidence=0.0)
    np.testing.assert_allclose(track.value, [-20.0, -10.0 * math.sqrt(2.0), -10.0])
    assert track.incidence == "per point, from los_up, 0 deg where the points have none"
    track = track_of_points(points, straight, 50.0, "vertical")
    assert (len(track.value), track.without_incidence) == (2, 1)


def test_vertical_without_any_incidence_is_refused_and_los_is_not(straight, points_of) -> None:
    points = points_of([1.0], [0.0], [-10.0])
    with pytest.raises(InputError, match="INCIDENCE"):
        track_of_points(points, straight, 50.0, "vertical")
    assert track_of_points(points, straight, 50.0, "los").value.tolist() == [-10.0]


@pytest.mark.parametrize(("angle", "message"), [(0.69, "radians"), (95.0, "below 90"), (-3.0, "below 90")])
def test_angles_that_are_no_incidence_in_degrees_are_refused(straight, points_of, angle, message) -> None:
    with pytest.raises(InputError, match=message):
        track_of_points(points_of([1.0], [0.0], [-10.0], incidence=[angle]), straight, 50.0, "vertical")


def test_missing_field_names_the_fields_there_are(straight, points_of) -> None:
    with pytest.raises(InputError, match="velocity, mean_vel"):
        track_of_points(points_of([1.0], [0.0], [1.0], mean_vel=[1.0]), straight, 50.0, "los", field="rate")
    with pytest.raises(InputError, match="field of numbers"):
        names = np.array(["a"], dtype=object)
        track_of_points(points_of([1.0], [0.0], [1.0], name_=names), straight, 50.0, "los", field="name_")


def test_line_outside_the_points_says_how_far_they_are(straight, points_of) -> None:
    with pytest.raises(InputError, match=r"nearest of 2 is 4\.0 km away"):
        track_of_points(points_of([5000.0, 9000.0], [0.0, 0.0], [1.0, 1.0]), straight, 50.0, "los")


def test_points_without_a_number_or_a_crs_are_refused(straight, points_of) -> None:
    with pytest.raises(InputError, match="points with a number"):
        track_of_points(points_of([1.0, 2.0], [0, 0], [np.nan, np.nan]), straight, 50.0, "los")
    with pytest.raises(InputError, match="Assign a CRS"):
        track_of_points(replace(points_of([1.0], [0], [1.0]), crs=""), straight, 50.0, "los")


def test_track_and_pass_name_the_track_when_all_points_agree(straight, points_of) -> None:
    x, y, v = [1.0, 2.0], [0.0, 0.0], [1.0, 1.0]
    same = {"track": np.array(["T040", "T040"], object), "pass": np.array(["ascending", "ascending"], object)}
    assert track_of_points(points_of(x, y, v, **same), straight, 50.0, "los").name == "T040 ascending"
    mixed = {"track": np.array(["T040", "T142"], object)}
    assert track_of_points(points_of(x, y, v, name="layer", **mixed), straight, 50.0, "los").name == "layer"


# Rasters


def write(
    folder: Path, values: np.ndarray, pixel: float, unit: str = "mm/yr", left: float = 0.0, top: float = 0.0
):
    """A raster whose upper left corner is at (left, top) from the tests' origin."""
    grid = Grid(values.shape[1], values.shape[0], (EAST + left, pixel, 0.0, NORTH + top, 0.0, -pixel), CRS)
    folder.mkdir(exist_ok=True)
    raster.write_geotiff(folder / "velocity.tif", values, grid, "velocity", unit)
    return folder / "velocity.tif", grid


def test_pixels_within_the_radius_by_hand(tmp_path, straight) -> None:
    # 20 m pixels, centres at y = 30, 10, -10, -30: the middle two rows are within 15 m
    values = np.repeat(np.array([[1.0], [2.0], [3.0], [4.0]]), 50, axis=1)
    path, _ = write(tmp_path / "d", values, 20.0, top=40.0)
    edges = bin_edges(1000.0, 100.0)
    track = track_of_raster(path, straight, 15.0, edges, "los")
    assert track.name == "d"
    assert sorted(set(track.value.tolist())) == [2.0, 3.0]
    assert track.count == 100
    # the line runs on the edge of two rows; the pixel that begins there holds it
    assert track.on_line.tolist() == [3.0] * 10


def test_pixels_coarser_than_bins_reach_into_every_bin_by_area(tmp_path, straight) -> None:
    values = np.array([[-10.0, -20.0, np.nan, -40.0]])  # 250 m pixels
    path, _ = write(tmp_path / "d", values, 250.0, top=125.0)
    edges = bin_edges(1000.0, 100.0)
    track = track_of_raster(path, straight, 60.0, edges, "los")
    in_bin = [
        sorted(set(track.value[(track.chainage >= a) & (track.chainage < a + 100)])) for a in edges[:-1]
    ]
    assert in_bin == [[-10], [-10], [-20, -10], [-20], [-20], [], [], [-40], [-40], [-40]]
    assert track.count == 3
    np.testing.assert_array_equal(track.on_line, [-10, -10, -20, -20, -20, np.nan, np.nan, -40, -40, -40])


def test_result_does_not_depend_on_the_blocks(tmp_path, line_of) -> None:
    line = align(line_of([(0, 0), (3000, 2500), (6000, 2000)])).alignment
    values = np.random.default_rng(5).normal(size=(900, 700)).astype(np.float32)
    values[100:300, 200:260] = np.nan
    path, _ = write(tmp_path / "d", values, 10.0, left=-200.0, top=4000.0)
    edges = bin_edges(line.length, 15.0)
    whole = track_of_raster(path, line, 200.0, edges, "los")
    parts = track_of_raster(path, line, 200.0, edges, "los", compute=Compute(memory=64 * MIB // 8))
    for name in ("value", "chainage", "distance", "x", "y", "index", "on_line", "hull"):
        np.testing.assert_array_equal(getattr(whole, name), getattr(parts, name))


def test_pixels_are_found_like_points_at_their_centres(tmp_path, line_of, points_of) -> None:
    line = align(line_of([(0, 0), (1500, 900), (1400, 2000)])).alignment
    values = np.random.default_rng(6).normal(size=(260, 230)).astype(np.float32)
    path, _ = write(tmp_path / "d", values, 10.0, left=-200.0, top=2400.0)
    rows, cols = np.indices(values.shape)
    x, y = -200.0 + (cols.ravel() + 0.5) * 10.0, 2400.0 - (rows.ravel() + 0.5) * 10.0
    expected = track_of_points(points_of(x, y, values.ravel()), line, 300.0, "los")
    track = track_of_raster(path, line, 300.0, bin_edges(line.length, 100.0), "los")
    np.testing.assert_array_equal(track.index, expected.index)
    np.testing.assert_allclose(track.chainage, expected.chainage, atol=1e-6)


def displacement_folder(folder: Path, shape: tuple[int, int], incidence: np.ndarray | None) -> Path:
    path, grid = write(folder, np.full(shape, -10.0), 20.0, top=40.0)
    geometry = {}
    if incidence is not None:
        raster.write_geotiff(folder / "incidence.tif", np.radians(incidence), grid)
        geometry = {"incidence": Item("here", "incidence.tif")}
    metadata = {} if incidence is not None else {"incidence_deg": 60.0}
    manifest.save(
        folder, Stack(DISPLACEMENT, grid, 0.0555, geometry=geometry, roots={"here": "."}, metadata=metadata)
    )
    return path


def test_incidence_comes_from_the_displacement_folder_per_pixel(tmp_path, straight) -> None:
    angle = np.tile(np.where(np.arange(50) < 25, 60.0, 0.0), (4, 1))
    path = displacement_folder(tmp_path / "d", (4, 50), angle)
    track = track_of_raster(path, straight, 15.0, bin_edges(1000.0, 500.0), "vertical")
    np.testing.assert_allclose(track.value[track.chainage < 500], -20.0, rtol=1e-6)
    np.testing.assert_allclose(track.value[track.chainage > 500], -10.0, rtol=1e-6)
    assert track.incidence == "per pixel"


def test_scene_incidence_is_used_when_there_is_no_raster_of_it(tmp_path, straight) -> None:
    path = displacement_folder(tmp_path / "d", (4, 50), None)
    track = track_of_raster(path, straight, 15.0, bin_edges(1000.0, 500.0), "vertical")
    np.testing.assert_allclose(track.value, -20.0, rtol=1e-6)
    json.loads((tmp_path / "d" / "stack.json").read_text())


def test_units_are_converted_and_displacements_refused(tmp_path, straight) -> None:
    edges = bin_edges(1000.0, 100.0)
    path, _ = write(tmp_path / "cm", np.full((4, 50), -1.5), 20.0, unit="cm/yr", top=40.0)
    np.testing.assert_allclose(track_of_raster(path, straight, 15.0, edges, "los").value, -15.0)
    assert not track_of_raster(path, straight, 15.0, edges, "los").unit_assumed
    path, _ = write(tmp_path / "none", np.full((4, 50), -1.5), 20.0, unit="", top=40.0)
    assert track_of_raster(path, straight, 15.0, edges, "los").unit_assumed
    path, _ = write(tmp_path / "mm", np.full((4, 50), -1.5), 20.0, unit="mm", top=40.0)
    with pytest.raises(InputError, match="velocity raster in mm/yr"):
        track_of_raster(path, straight, 15.0, edges, "los")


def test_rasters_that_cannot_serve_are_refused(tmp_path, straight, line_of) -> None:
    edges = bin_edges(1000.0, 100.0)
    empty, _ = write(tmp_path / "nan", np.full((4, 50), np.nan), 20.0, top=40.0)
    with pytest.raises(InputError, match="valid pixels"):
        track_of_raster(empty, straight, 15.0, edges, "los")
    path, _ = write(tmp_path / "ok", np.full((4, 50), 1.0), 20.0, top=40.0)
    with pytest.raises(InputError, match="INCIDENCE"):
        track_of_raster(path, straight, 15.0, edges, "vertical")
    far = align(line_of([(50_000, 0), (51_000, 0)])).alignment
    with pytest.raises(InputError, match=r"outside velocity\.tif"):
        track_of_raster(path, far, 15.0, edges, "los")
