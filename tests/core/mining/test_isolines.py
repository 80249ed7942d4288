"""Isolines: right places, right system, the same in all three formats."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from groundline_tests import mines
from osgeo import ogr

from groundline.core import crs
from groundline.core.errors import InputError
from groundline.core.mining import isolines
from groundline.core.vector import read_vector


def cone() -> np.ndarray:
    """Subsidence 200 mm in the middle, 1 mm less per metre."""
    x, y = mines.centres(mines.grid())
    distance = np.hypot(x - mines.EAST, y - mines.NORTH)
    return np.maximum(200.0 - distance, 0.0).reshape(mines.grid().shape).astype(np.float32)


def test_levels() -> None:
    assert isolines.levels(100.0, 25.0).tolist() == [25.0, 50.0, 75.0, 100.0]
    assert isolines.levels(300.0, 0.0).tolist() == list(range(20, 301, 20))
    assert isolines.levels(0.05, 0.0).tolist() == []
    with pytest.raises(InputError, match="at least 16.7 mm"):
        isolines.levels(1000.0, 1.0)


def test_lines_are_circles_of_the_right_radius() -> None:
    lines = isolines.trace(cone(), mines.grid(), [50.0, 100.0], mines.UTM)
    assert [line.level for line in lines] == [50.0, 100.0]
    for line, radius in zip(lines, (150.0, 100.0)):
        distance = np.hypot(line.points[:, 0] - mines.EAST, line.points[:, 1] - mines.NORTH)
        np.testing.assert_allclose(distance, radius, atol=1.0)


def test_all_formats_hold_the_same_lines_in_the_mine_s_own_system(tmp_path) -> None:
    own = "EPSG:2437"  # a Gauss-Krueger system of China
    lines = isolines.trace(cone(), mines.grid(), [50.0, 100.0], own)
    isolines.write_gpkg(tmp_path / "a.gpkg", lines, own, "2021-01-01")
    isolines.write_dxf(tmp_path / "a.dxf", lines)
    isolines.write_csv(tmp_path / "a.csv", lines, own)
    x, y = crs.transform(np.array([mines.EAST]), np.array([mines.NORTH]), mines.UTM, own)
    layer = read_vector(tmp_path / "a.gpkg")
    assert [row["subsidence"] for row in layer.attributes] == [50.0, 100.0]
    assert crs.same(layer.crs, own)
    middle = layer.geometries()[0].Centroid()
    assert (middle.GetX(), middle.GetY()) == pytest.approx((x[0], y[0]), abs=1.0)
    drawing = ogr.Open(str(tmp_path / "a.dxf"))
    entities = [(f.GetField("Layer"), f.GetGeometryRef().Clone()) for f in drawing.GetLayer(0)]
    assert [name for name, _ in entities] == ["SUBSIDENCE_50", "SUBSIDENCE_100"]
    assert entities[1][1].GetZ(0) == pytest.approx(-0.1)
    assert entities[0][1].GetPointCount() == len(lines[0].points)
    with open(tmp_path / "a.csv", encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == sum(len(line.points) for line in lines)
    assert rows[0]["crs"] == own
    assert float(rows[0]["x"]) == pytest.approx(lines[0].points[0, 0], abs=1e-3)


def test_ground_without_a_value_has_no_lines() -> None:
    values = cone()
    values[:, :35] = np.nan
    for line in isolines.trace(values, mines.grid(), [50.0], mines.UTM):
        assert line.points[:, 0].min() >= mines.EAST
    assert isolines.trace(values, mines.grid(), [], mines.UTM) == []
