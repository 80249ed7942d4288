"""Line of sight: the unit vector points from ground to satellite."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from groundline.core import los, raster
from groundline.core.errors import InputError
from groundline.core.stack import UNWRAPPED, Grid, Item, Stack

GRID = Grid(2, 2, (0.0, 1.0, 0.0, 2.0, 0.0, -1.0), "EPSG:32650")
BASE = Stack(UNWRAPPED, GRID, 0.0555, roots={"data": "."})
ALL = raster.Window(0, 0, 2, 2)


def reader(folder: Path, stack: Stack) -> raster.StackReader:
    return raster.StackReader(folder, stack)


def test_ascending_right_looking_satellite_stands_in_the_west(tmp_path: Path) -> None:
    stack = replace(BASE, metadata={"incidence_deg": 39.7, "heading_deg": -12.27})
    east, north, up = los.unit_vector(stack, reader(tmp_path, stack), ALL)
    assert east[0, 0] == pytest.approx(
        -math.sin(math.radians(39.7)) * math.cos(math.radians(12.27)), abs=1e-6
    )
    assert north[0, 0] == pytest.approx(
        -math.sin(math.radians(39.7)) * math.sin(math.radians(12.27)), abs=1e-6
    )
    np.testing.assert_allclose(east**2 + north**2 + up**2, 1.0, atol=1e-6)


def test_descending_satellite_stands_in_the_east(tmp_path: Path) -> None:
    stack = replace(BASE, metadata={"incidence_deg": 39.7, "heading_deg": 192.27})
    east, _, up = los.unit_vector(stack, reader(tmp_path, stack), ALL)
    assert east[0, 0] > 0.6
    assert up[0, 0] == pytest.approx(math.cos(math.radians(39.7)), abs=1e-6)


def test_ascending_left_looking_satellite_stands_in_the_east(tmp_path: Path) -> None:
    right = replace(BASE, metadata={"incidence_deg": 39.7, "heading_deg": -12.27, "look": "right"})
    left = replace(right, metadata={**right.metadata, "look": "left"})
    vectors = [los.unit_vector(stack, reader(tmp_path, stack), ALL) for stack in (right, left)]
    assert vectors[1][0][0, 0] > 0.6
    for component, sign in enumerate((-1.0, -1.0, 1.0)):
        np.testing.assert_allclose(vectors[1][component], sign * vectors[0][component], atol=1e-7)


def test_angles_above_the_horizon_give_vector_and_incidence(tmp_path: Path) -> None:
    elevation, orientation = math.radians(50.0), math.radians(170.0)
    raster.write_geotiff(tmp_path / "t.tif", np.full((2, 2), elevation), GRID)
    raster.write_geotiff(tmp_path / "p.tif", np.full((2, 2), orientation), GRID)
    stack = replace(
        BASE, geometry={"los_elevation": Item("data", "t.tif"), "los_orientation": Item("data", "p.tif")}
    )
    east, north, up = los.unit_vector(stack, reader(tmp_path, stack), ALL)
    assert up[0, 0] == pytest.approx(math.sin(elevation), abs=1e-6)
    assert east[0, 0] == pytest.approx(math.cos(elevation) * math.cos(orientation), abs=1e-6)
    assert north[0, 0] == pytest.approx(math.cos(elevation) * math.sin(orientation), abs=1e-6)
    assert los.incidence(stack, reader(tmp_path, stack), ALL)[0, 0] == pytest.approx(
        math.radians(40.0), abs=1e-6
    )


def test_up_component_alone_gives_the_incidence(tmp_path: Path) -> None:
    raster.write_geotiff(tmp_path / "u.tif", np.full((2, 2), math.cos(math.radians(33.8))), GRID)
    stack = replace(BASE, geometry={"los_up": Item("data", "u.tif")})
    assert los.incidence(stack, reader(tmp_path, stack), ALL)[1, 1] == pytest.approx(
        math.radians(33.8), abs=1e-6
    )


def test_unknown_heading_leaves_the_horizontal_parts_unknown(tmp_path: Path) -> None:
    stack = replace(BASE, metadata={"incidence_deg": 30.0})
    east, north, up = los.unit_vector(stack, reader(tmp_path, stack), ALL)
    assert np.isnan(east).all() and np.isnan(north).all()
    assert up[0, 0] == pytest.approx(math.cos(math.radians(30.0)))


def test_unknown_incidence_says_what_to_do() -> None:
    assert not los.has_incidence(BASE)
    with pytest.raises(InputError, match="state the incidence"):
        los.constant_incidence(BASE)
