"""Polygon statistics as a job: counts, densities, distances, fringes, and what is refused."""

from __future__ import annotations

import csv
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from groundline_tests.stacks import Scene, write_scene
from osgeo import ogr

from groundline.core.corridor.polygons.params import PolygonParams
from groundline.core.corridor.polygons.pictures import read_pictures
from groundline.core.corridor.polygons.run import run_polygons
from groundline.core.errors import InputError
from groundline.core.pointfile import PointSet
from groundline.core.vector import VectorInput, read_vector

UTM = "EPSG:32650"
EAST, NORTH = 400_000.0, 3_900_000.0


def layer(*shapes: str, crs: str = UTM, name: str = "sites", **fields: list[Any]) -> VectorInput:
    """Features from WKT in metres from the tests' origin."""
    wkb = []
    for text in shapes:
        geometry = ogr.CreateGeometryFromWkt(text)
        wkb.append(bytes(_moved(geometry).ExportToWkb()))
    rows = tuple({key: values[n] for key, values in fields.items()} for n in range(len(shapes)))
    return VectorInput(tuple(wkb), crs, rows, name)


def _moved(geometry: ogr.Geometry) -> ogr.Geometry:
    for n in range(geometry.GetGeometryCount()):
        _moved(geometry.GetGeometryRef(n))
    for n in range(geometry.GetPointCount() if not geometry.GetGeometryCount() else 0):
        geometry.SetPoint_2D(n, geometry.GetX(n) + EAST, geometry.GetY(n) + NORTH)
    return geometry


def square(x: float, y: float, side: float) -> str:
    return f"POLYGON (({x} {y}, {x + side} {y}, {x + side} {y + side}, {x} {y + side}, {x} {y}))"


@pytest.fixture(scope="module")
def points() -> PointSet:
    """A point every 20 m over 2 x 2 km; vertical rate -10 mm/yr in the west half, -30 in the east half."""
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(10.0, 2000, 20), np.arange(10.0, 2000, 20)))
    up = np.where(x < 1000, -10.0, -30.0)
    attributes = {"velocity": up * math.cos(math.radians(39.0)), "incidence": np.full(len(x), 39.0)}
    return PointSet(x + EAST, y + NORTH, UTM, attributes, name="ground")


@pytest.fixture(scope="module")
def sites() -> VectorInput:
    """Over the step; in the west with a hole; half outside the data; without data."""
    return layer(
        square(800, 800, 400),
        "POLYGON ((100 100, 500 100, 500 500, 100 500, 100 100), (200 200, 200 400, 400 400, 400 200, 200 200))",
        square(1800, 0, 400),
        square(5000, 0, 400),
        name_=["airport", "yard", "edge", "far"],
        use=["urban", "urban", "field", "field"],
    )


def test_counts_rates_and_density(points: PointSet, sites: VectorInput, tmp_path: Path) -> None:
    params = PolygonParams(points, sites, tmp_path / "out", name_field="name_", class_field="use")
    result = run_polygons(params)
    rows = {row["name"]: row for row in result.tables["polygons"]}
    airport, yard, edge, far = (rows[name] for name in ("airport", "yard", "edge", "far"))
    assert airport["n"] == 400 and airport["area_km2"] == pytest.approx(0.16)
    assert airport["density"] == pytest.approx(2500.0)
    assert airport["mean"] == pytest.approx(-20.0) and airport["worst"] == pytest.approx(-30.0)
    assert (airport["minimum"], airport["maximum"]) == pytest.approx((-30.0, -10.0))
    assert airport["differential"] == pytest.approx(20.0)  # over 100 m
    assert airport["distortion"] == pytest.approx(200.0)
    assert yard["n"] == 300 and yard["area_km2"] == pytest.approx(0.12)  # without its hole
    assert yard["differential"] == pytest.approx(0.0)
    assert edge["n"] == 200 and edge["covered_km2"] == pytest.approx(190 * 390 / 1e6)
    assert far["n"] == 0 and far["mean"] is None and far["density"] is None
    classes = {row["class"]: row for row in result.tables["classes"]}
    assert classes["urban"]["points"] == 700 and classes["urban"]["density_per_km2"] == pytest.approx(2500.0)
    assert "No points in far" in result.warnings[0]
    assert result.numbers["max_differential"].value == pytest.approx(20.0)
    stored = read_vector(result.files["polygons"])
    assert [row["name"] for row in stored.attributes] == ["airport", "yard", "edge", "far"]
    table = list(csv.DictReader(result.files["csv"].read_text(encoding="utf-8").splitlines()))
    assert table[3]["mean"] == "" and table[0]["n"] == "400"
    assert result.files["classes"].name == "classes.csv"


def test_polygons_in_degrees_hold_the_same_points(points: PointSet, sites: VectorInput, tmp_path: Path) -> None:
    shapes = []
    for geometry in sites.geometries("EPSG:4326"):
        shapes.append(bytes(geometry.ExportToWkb()))
    degrees = VectorInput(tuple(shapes), "EPSG:4326", sites.attributes, "sites")
    result = run_polygons(PolygonParams(points, degrees, tmp_path / "out", name_field="name_"))
    rows = result.tables["polygons"]
    assert [row["n"] for row in rows] == [400, 300, 200, 0]
    assert rows[0]["area_km2"] == pytest.approx(0.16, rel=1e-3)


def test_area_and_points_of_crossing_and_overlapping_shapes_agree(points: PointSet, tmp_path: Path) -> None:
    """One point per 400 m2 whatever the shape, also where a ring crosses itself or parts overlap."""
    crossed = "POLYGON ((0 0, 1000 1000, 1000 0, 0 1000, 0 0))"
    parts = ", ".join(square(x, 0, 600).removeprefix("POLYGON ") for x in (0, 300))
    odd = layer(crossed, f"MULTIPOLYGON ({parts})")
    table = run_polygons(PolygonParams(points, odd, tmp_path / "out")).tables["polygons"]
    assert [row["area_km2"] for row in table] == pytest.approx([0.5, 0.54], abs=1e-9)
    assert [row["density"] for row in table] == pytest.approx([2500.0, 2500.0], rel=0.04)  # the hull ends 10 m early


def test_cells_finer_than_the_points_are_said(points: PointSet, sites: VectorInput, tmp_path: Path) -> None:
    fine = run_polygons(PolygonParams(points, sites, tmp_path / "fine", length=20.0))
    assert any("Raise LENGTH" in text for text in fine.warnings)
    wide = run_polygons(PolygonParams(points, sites, tmp_path / "wide", length=100.0))
    assert not any("Raise LENGTH" in text for text in wide.warnings)


def test_distances_of_zones(points: PointSet, sites: VectorInput, tmp_path: Path) -> None:
    shapes = ("LINESTRING (1300 900, 1300 1100)", square(900, 900, 50))
    zones = layer(*shapes, name="zones", track=["40", "40"], zone=[1, 2])
    result = run_polygons(PolygonParams(points, sites, tmp_path / "out", name_field="name_", zones=zones))
    rows = {(row["zone"], row["polygon"]): row for row in result.tables["distances"]}
    assert rows["40 1", "airport"]["distance_m"] == 100.0 and rows["40 1", "airport"]["nearest"] == 1
    assert rows["40 2", "airport"]["distance_m"] == 0.0
    assert rows["40 1", "far"]["distance_m"] == pytest.approx(math.hypot(3700, 500), abs=0.1)
    assert result.tables["polygons"][0]["zone_distance"] == 0.0
    assert (tmp_path / "out" / "distances.csv").is_file()


@pytest.fixture
def stack(tmp_path: Path) -> Scene:
    return write_scene(tmp_path / "in", rows=30, cols=40, dates=9)


def test_fringes_around_a_place(stack: Scene, tmp_path: Path) -> None:
    """Unwrapped phase is wrapped; the window holds the polygon and its margin; one fringe is half a wavelength."""
    place = stack.pixels(10, 5, 12, 6, "place")
    ground = stack.points(*[(row, col) for row in range(10, 15) for col in range(12, 18)])
    x, y = np.array([[g.GetX(), g.GetY()] for g in ground.geometries()]).T
    points = PointSet(x, y, ground.crs, {"velocity": np.full(len(x), -5.0), "incidence": np.full(len(x), 39.0)})
    fault = VectorInput(
        (bytes(ogr.CreateGeometryFromWkt("LINESTRING (-98.99 19.49, -98.98 19.485)").ExportToWkb()),), ground.crs
    )
    params = PolygonParams(
        points, place, tmp_path / "out", component="los", stack=stack.folder, faults=fault, margin=500.0
    )
    result = run_polygons(params)
    assert (tmp_path / "out" / "interferograms.png").stat().st_size > 10_000
    assert "27.8 mm of motion" in result.files["report"].read_text(encoding="utf-8")  # 55.5 mm / 2
    asked = replace(params, pairs=(stack.stack.pairs[3].name,))
    west, south, east, north = -98.9879, 19.4851, -98.9821, 19.4899  # columns 12 to 17, rows 10 to 14
    pictures = read_pictures(asked, (west, south, east, north), "EPSG:4326")
    (picture,) = pictures.each
    assert pictures.fringe == pytest.approx(27.75)
    np.testing.assert_allclose(
        np.exp(1j * picture.phase), np.exp(1j * stack.phase[3, 10:15, 12:18]), atol=1e-5
    )
    assert np.abs(picture.phase).max() <= np.pi + 1e-6
    assert picture.grid.transform[0] == pytest.approx(-98.988) and picture.grid.transform[3] == pytest.approx(19.49)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"length": 0.0}, "LENGTH"),
        ({"name_field": "title"}, "NAME_FIELD: 'title'.*name_, use"),
        ({"polygons": layer("LINESTRING (0 0, 1 1)")}, "POLYGONS: .*linestring"),
        ({"polygons": layer(square(90_000, 0, 100))}, "no point inside the 1 polygons of sites"),
        ({"faults": layer(square(0, 0, 1), name="faults")}, "FAULTS"),
        ({"pairs": ("20200101_20200113",)}, "PAIRS"),
        ({"component": "east"}, "COMPONENT"),
        ({"field": "speed"}, "speed"),
    ],
)
def test_what_is_refused(
    points: PointSet, sites: VectorInput, tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        run_polygons(replace(PolygonParams(points, sites, tmp_path / "out"), **changes))
    assert not (tmp_path / "out").exists()


def test_pairs_and_places_that_the_stack_does_not_have(
    points: PointSet, sites: VectorInput, stack: Scene, tmp_path: Path
) -> None:
    params = PolygonParams(points, sites, tmp_path / "out", stack=stack.folder)
    with pytest.raises(InputError, match="a stack that covers the polygons"):
        run_polygons(params)
    x, y = -98.98, 19.49
    here = PointSet(np.array([x]), np.array([y]), "EPSG:4326", {"velocity": np.zeros(1), "incidence": np.full(1, 39.0)})
    with pytest.raises(InputError, match="19990101_19990113.*20200101_20200113"):
        run_polygons(
            replace(params, points=here, polygons=stack.pixels(0, 30, 0, 40), pairs=("19990101_19990113",))
        )
