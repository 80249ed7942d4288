"""Which bursts touch an area, and how far bursts reach."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from osgeo import ogr

from .. import ellipsoid
from ..errors import InputError
from .bursts import Burst, Scene
from .geometry import rdr2geo
from .geometry_heights import Area, shown
from .orbit import Orbit

HEIGHTS = (-500.0, 4000.0)  # m above the ellipsoid, where the DEM is not known yet
EDGE_POINTS = 5  # along each side of a burst


def outline(burst: Burst, orbit: Orbit, heights: tuple[float, float] = HEIGHTS) -> NDArray[np.float64]:
    """Longitudes and latitudes [deg], shape (2, points), of the edge of a burst's valid rectangle at both heights.

    The longitudes are continuous, so that they exceed 180 on the date line.
    """
    lines = np.linspace(burst.valid_lines[0], burst.valid_lines[1] - 1, EDGE_POINTS)
    samples = np.linspace(burst.valid_samples[0], burst.valid_samples[1] - 1, EDGE_POINTS)
    row, column = np.meshgrid(lines, samples, indexing="ij")
    points = rdr2geo(
        orbit.since(burst.epoch),
        burst.times(row.ravel())[:, None],
        burst.ranges(column.ravel())[:, None],
        np.array(heights)[None, :],
    )
    lon, lat, _ = ellipsoid.geodetic(points.reshape(-1, 3))
    return np.stack([lon[0] + np.mod(lon - lon[0] + 180.0, 360.0) - 180.0, lat])


def bounds(bursts: Iterable[Burst], orbit: Orbit, heights: tuple[float, float] = HEIGHTS) -> Area:
    """(west, south, east, north) [deg] that holds bursts, for the DEM to cover."""
    edges = [outline(burst, orbit, heights) for burst in bursts]
    start = edges[0][0, 0]
    lon = np.concatenate([start + np.mod(edge[0] - start + 180.0, 360.0) - 180.0 for edge in edges])
    lat = np.concatenate([edge[1] for edge in edges])
    return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())


def needed(area: Area | None, images: Area) -> Area:
    """What the DEM must hold: the part of the area asked for (None: everything) that the images show."""
    if area is None:
        return images
    turn = 360.0 * round((images[0] + images[2] - area[0] - area[2]) / 720.0)
    west, east = max(area[0] + turn, images[0]), min(area[2] + turn, images[2])
    south, north = max(area[1], images[1]), min(area[3], images[3])
    return (west, south, east, north) if west < east and south < north else images


def touches(burst: Burst, orbit: Orbit, area: Area, heights: tuple[float, float] = HEIGHTS) -> bool:
    """Whether a burst shows part of an area, whatever its height between the two."""
    lon, lat = outline(burst, orbit, heights)
    west, south, east, north = area
    lon = lon + 360.0 * np.round((0.5 * (west + east) - lon.mean()) / 360.0)
    points = ogr.Geometry(ogr.wkbMultiPoint)
    for x, y in zip(lon, lat):
        point = ogr.Geometry(ogr.wkbPoint)
        point.AddPoint_2D(float(x), float(y))
        points.AddGeometry(point)
    ring = ogr.Geometry(ogr.wkbLinearRing)
    for x, y in ((west, south), (east, south), (east, north), (west, north), (west, south)):
        ring.AddPoint_2D(x, y)
    rectangle = ogr.Geometry(ogr.wkbPolygon)
    rectangle.AddGeometry(ring)
    return bool(points.ConvexHull().Intersects(rectangle))


def select(scene: Scene, area: Area, heights: tuple[float, float] = HEIGHTS) -> Scene:
    """The scene with only the bursts that touch an area (degrees, WGS 84); refused when none does."""
    chosen = {
        name: tuple(burst for burst in bursts if touches(burst, scene.orbit, area, heights))
        for name, bursts in scene.bursts.items()
    }
    chosen = {name: bursts for name, bursts in chosen.items() if bursts}
    if not chosen:
        every = [burst for bursts in scene.bursts.values() for burst in bursts]
        raise InputError(
            "EXTENT",
            shown(area),
            f"an area inside the image of {scene.date} ({shown(bounds(every, scene.orbit, heights))})",
            "Choose another area, or the images and swaths that show it",
        )
    return replace(scene, bursts=chosen)
