"""Coordinates: pixels to map and back, metric choice, pixel sizes."""

from __future__ import annotations

import numpy as np
import pytest

from groundline.core import crs
from groundline.core.errors import InputError
from groundline.core.stack import Grid

GEOGRAPHIC = Grid(100, 60, (-99.19, 0.001, 0.0, 19.45, 0.0, -0.001), "EPSG:4326")
ROTATED = Grid(10, 10, (100.0, 2.0, 0.5, 200.0, 0.25, -3.0), "EPSG:32650")


@pytest.mark.parametrize("grid", [GEOGRAPHIC, ROTATED])
def test_pixel_centre_and_back(grid: Grid) -> None:
    rows, cols = np.array([0, 3, 9]), np.array([0, 5, 9])
    x, y = crs.pixel_centres(grid, rows, cols)
    back_row, back_col = crs.pixel_of(grid, x, y)
    np.testing.assert_array_equal(back_row, rows)
    np.testing.assert_array_equal(back_col, cols)


def test_first_pixel_centre_by_hand() -> None:
    x, y = crs.pixel_centres(ROTATED, np.array([0]), np.array([0]))
    assert (x[0], y[0]) == (100.0 + 1.0 + 0.25, 200.0 + 0.125 - 1.5)


def test_nan_coordinates_are_outside() -> None:
    row, col = crs.pixel_of(GEOGRAPHIC, np.array([np.nan]), np.array([19.4]))
    assert (row[0], col[0]) == (-1, -1)


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [(-99.1, 19.4, "EPSG:32614"), (150.9, -34.2, "EPSG:32756"), (180.0, 1.0, "EPSG:32660")],
)
def test_utm_zone(lon: float, lat: float, code: str) -> None:
    assert crs.utm(lon, lat) == code


def test_axis_order_is_lon_lat_and_known_point_agrees() -> None:
    # The central meridian of zone 50 at the equator is easting 500 km, northing 0.
    x, y = crs.transform(np.array([117.0]), np.array([0.0]), crs.WGS84, "EPSG:32650")
    assert x[0] == pytest.approx(500_000.0, abs=1e-6)
    assert y[0] == pytest.approx(0.0, abs=1e-6)


def test_metric_for_keeps_metric_systems_and_picks_utm_for_degrees() -> None:
    assert crs.metric_for("EPSG:3857", 0.0, 0.0) == "EPSG:3857"
    assert crs.metric_for("EPSG:4326", 115.5, 35.2) == "EPSG:32650"


def test_pixel_size_of_degrees_shrinks_with_the_cosine_of_latitude() -> None:
    east, north = crs.pixel_size(GEOGRAPHIC)
    degree = np.pi / 180 * 6_371_008.8
    assert north == pytest.approx(0.001 * degree)
    assert east == pytest.approx(0.001 * degree * np.cos(np.radians(19.42)))


def test_unknown_system_is_named() -> None:
    with pytest.raises(InputError, match="not-a-crs"):
        crs.parse("not-a-crs")
    with pytest.raises(InputError, match="Assign a CRS"):
        crs.parse("")


def test_same_compares_meaning_not_text() -> None:
    wkt = crs.parse("EPSG:4326").ExportToWkt()
    assert crs.same(wkt, "EPSG:4326")
    assert not crs.same("EPSG:4326", "EPSG:32650")
