"""Lines, points and rasters for the corridor tests: everything in one UTM zone, in plain metres."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from groundline_tests import pictures
from osgeo import ogr

from groundline.core.pointfile import PointSet
from groundline.core.vector import VectorInput

UTM = "EPSG:32650"
EAST, NORTH = 400_000.0, 3_900_000.0  # where the tests' origin lies


@pytest.fixture
def blank_pictures() -> Iterator[None]:
    """Runs draw nothing: for tests that look at numbers alone."""
    with pictures.blank():
        yield


@pytest.fixture(scope="session")
def line_of() -> Callable[..., VectorInput]:
    """line_of([(0, 0), (100, 0)], [(...)...]): one feature with these parts, metres from the tests' origin."""

    def make(
        *parts: list[tuple[float, float]], crs: str = UTM, shift: bool = True, name: str = "track"
    ) -> VectorInput:
        shape = ogr.Geometry(ogr.wkbMultiLineString)
        for part in parts:
            piece = ogr.Geometry(ogr.wkbLineString)
            for x, y in part:
                piece.AddPoint_2D(x + (EAST if shift else 0.0), y + (NORTH if shift else 0.0))
            shape.AddGeometry(piece)
        return VectorInput((bytes(shape.ExportToWkb()),), crs, name=name)

    return make


@pytest.fixture(scope="session")
def points_of() -> Callable[..., PointSet]:
    """points_of(x, y, velocity, incidence=...): points in metres from the tests' origin."""

    def make(x: Any, y: Any, velocity: Any, name: str = "points", **attributes: Any) -> PointSet:
        columns = {key: np.asarray(value) for key, value in attributes.items()}
        return PointSet(
            np.asarray(x, float) + EAST,
            np.asarray(y, float) + NORTH,
            UTM,
            {"velocity": np.asarray(velocity, np.float32), **columns},
            name=name,
        )

    return make


@pytest.fixture(scope="session")
def bowl(points_of: Callable[..., PointSet]) -> PointSet:
    """One point per metre of a 10 km line along the x axis, sinking -30 exp(-(x - 4000)^2 / 1000^2) mm/yr.

    That is vertical. Incidence 40 degrees; the line of sight carries its cosine.
    """
    x = np.arange(0.5, 10_000.0, 1.0)
    up = -30.0 * np.exp(-(((x - 4000.0) / 1000.0) ** 2))
    theta = np.full(len(x), 40.0)
    y = np.random.default_rng(3).uniform(-200.0, 200.0, len(x))
    return points_of(x, y, up * np.cos(np.radians(theta)), name="bowl", incidence=theta)
