"""The WGS 84 ellipsoid: geodetic coordinates, Earth-fixed positions, local axes. Angles in degrees, lengths in m."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

SEMI_MAJOR, SEMI_MINOR = 6_378_137.0, 6_356_752.314_245  # m
SQUARED_RATIO = (SEMI_MINOR / SEMI_MAJOR) ** 2
ECCENTRICITY_SQUARED = 1.0 - SQUARED_RATIO
BOWRING_STEPS = 2  # below 1e-9 m up to 10 km; one step leaves 1e-9 rad at the height of a satellite

Float64 = NDArray[np.float64]
Numbers = NDArray[Any]


def ecef(lon: Numbers | float, lat: Numbers | float, height: Numbers | float) -> Float64:
    """Earth-fixed positions [m], shape (..., 3), of geodetic coordinates that broadcast together."""
    lam, phi = np.radians(lon), np.radians(lat)
    sine, cosine = np.sin(phi), np.cos(phi)
    normal = SEMI_MAJOR / np.sqrt(1.0 - ECCENTRICITY_SQUARED * sine**2)
    level = (normal + height) * cosine
    up = (SQUARED_RATIO * normal + height) * sine
    return np.stack(np.broadcast_arrays(level * np.cos(lam), level * np.sin(lam), up), axis=-1)


def geodetic(points: Numbers) -> tuple[Float64, Float64, Float64]:
    """(longitude, latitude, height) of Earth-fixed positions, shape (..., 3) (Bowring 1976, repeated)."""
    x, y, z = np.moveaxis(np.asarray(points, np.float64), -1, 0)
    distance = np.hypot(x, y)
    tangent = z * SEMI_MAJOR / (distance * SEMI_MINOR)  # of the reduced latitude
    for _ in range(BOWRING_STEPS):
        cosine = 1.0 / np.sqrt(1.0 + tangent**2)
        sine = tangent * cosine
        up = z + ECCENTRICITY_SQUARED / SQUARED_RATIO * SEMI_MINOR * sine**3
        out = distance - ECCENTRICITY_SQUARED * SEMI_MAJOR * cosine**3
        tangent = SEMI_MINOR / SEMI_MAJOR * up / out
    latitude = np.arctan2(up, out)
    sine, cosine = np.sin(latitude), np.cos(latitude)
    height = distance * cosine + z * sine - SEMI_MAJOR * np.sqrt(1.0 - ECCENTRICITY_SQUARED * sine**2)
    return np.degrees(np.arctan2(y, x)), np.degrees(latitude), height


def up_axis(lon: Numbers | float, lat: Numbers | float) -> Float64:
    """Unit normals of the ellipsoid, shape (..., 3)."""
    lam, phi = np.broadcast_arrays(np.radians(lon), np.radians(lat))
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=-1)


def local_axes(lon: Numbers | float, lat: Numbers | float) -> tuple[Float64, Float64, Float64]:
    """Unit vectors (east, north, up) in the Earth-fixed frame, each shape (..., 3)."""
    up = up_axis(lon, lat)
    lam = np.broadcast_to(np.radians(lon), up.shape[:-1])
    east = np.stack([-np.sin(lam), np.cos(lam), np.zeros_like(lam)], axis=-1)
    return east, np.cross(up, east), up
