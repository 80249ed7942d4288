"""WGS 84: positions by hand, there and back, local axes."""

from __future__ import annotations

import numpy as np
import pytest

from groundline.core import ellipsoid


@pytest.mark.parametrize(
    ("place", "position"),
    [
        ((0.0, 0.0, 0.0), (6_378_137.0, 0.0, 0.0)),
        ((90.0, 0.0, 100.0), (0.0, 6_378_237.0, 0.0)),
        ((30.0, 90.0, 0.0), (0.0, 0.0, 6_356_752.314_245)),
        # Defining numbers of EPSG guidance note 7-2, geographic/geocentric conversion (WGS 84).
        (
            (2.0 + 7 / 60 + 46.38 / 3600, 53.0 + 48 / 60 + 33.82 / 3600, 73.0),
            (3771793.968, 140253.342, 5124304.349),
        ),
    ],
)
def test_positions(place: tuple[float, float, float], position: tuple[float, float, float]) -> None:
    np.testing.assert_allclose(ellipsoid.ecef(*place), position, atol=1e-3)


def test_there_and_back_from_below_the_sea_to_the_satellite() -> None:
    lon, lat, height = np.meshgrid([-180.0, -20.0, 130.0], [-89.9, -45.0, 0.0, 60.0], [-500.0, 8800.0, 7e5])
    back = ellipsoid.geodetic(ellipsoid.ecef(lon, lat, height))
    np.testing.assert_allclose(np.abs(back[0]), np.abs(lon), atol=1e-12)
    np.testing.assert_allclose(back[1], lat, atol=1e-11)
    np.testing.assert_allclose(back[2], height, atol=1e-6)


def test_local_axes_are_right_handed_and_point_as_named() -> None:
    east, north, up = ellipsoid.local_axes(np.array([0.0]), np.array([0.0]))
    np.testing.assert_allclose([east[0], north[0], up[0]], [[0, 1, 0], [0, 0, 1], [1, 0, 0]], atol=1e-15)
