"""Vector inputs become geometries in any system and masks on the grid."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from osgeo import ogr

from groundline.core.errors import InputError
from groundline.core.stack import Grid
from groundline.core.vector import VectorInput, read_vector

GRID = Grid(10, 8, (0.0, 1.0, 0.0, 8.0, 0.0, -1.0), "EPSG:32650")


def vector(*wkt: str, crs: str = "EPSG:32650") -> VectorInput:
    return VectorInput(
        tuple(bytes(ogr.CreateGeometryFromWkt(text).ExportToWkb()) for text in wkt), crs, name="areas"
    )


def test_polygon_takes_pixels_with_their_centre_inside() -> None:
    mask = vector("POLYGON((2 3,5 3,5 6,2 6,2 3))").mask(GRID)
    expected = np.zeros(GRID.shape, bool)
    expected[2:5, 2:5] = True  # y 6..3 are rows 2..4
    np.testing.assert_array_equal(mask, expected)


def test_polygon_smaller_than_a_pixel_takes_the_pixel_it_is_in() -> None:
    mask = vector("POLYGON((4.1 4.1,4.2 4.1,4.2 4.2,4.1 4.2,4.1 4.1))").mask(GRID)
    assert np.argwhere(mask).tolist() == [[3, 4]]


def test_points_take_their_pixel_and_outside_takes_none() -> None:
    mask = vector("POINT(0.5 7.5)", "MULTIPOINT((9.5 0.5),(99 99))").mask(GRID)
    assert np.argwhere(mask).tolist() == [[0, 0], [7, 9]]


def test_other_system_is_transformed() -> None:
    # The central meridian of zone 50 is easting 500 km: 10 m pixels from 499 950 m put it in column 5.
    place = vector("POINT(117.00001 35)", crs="EPSG:4326")
    geometry = place.geometries("EPSG:32650")[0]
    assert geometry.GetX() == pytest.approx(500_000.9, abs=0.1)
    top = np.floor(geometry.GetY()) + 25.0
    grid = Grid(10, 10, (499_950.0, 10.0, 0.0, top, 0.0, -10.0), "EPSG:32650")
    assert np.argwhere(place.mask(grid)).tolist() == [[2, 5]]


def test_read_real_lines(shared_data: Path) -> None:
    lines = read_vector(shared_data / "mexico-city/metro_lines_chords.geojson")
    assert len(lines.wkb) == 11
    assert lines.attributes[0]["name"] == "Línea B"


def test_unreadable_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "line.gpkg"
    path.write_text("no")
    with pytest.raises(InputError, match=r"line\.gpkg"):
        read_vector(path)
