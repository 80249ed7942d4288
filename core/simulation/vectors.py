"""The layers and the table beside the stacks: railway, reference areas, coalfield, land use, rain."""

from __future__ import annotations

import json
import math
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from osgeo import ogr

from . import noise, profile, scene

Float64 = NDArray[np.float64]
Ring = list[tuple[float, float]]


def railway() -> str:
    """The line as GeoJSON."""
    return _collection([_feature(_line(*profile.vertices()), {"name": "railway"})])


def reference_areas() -> str:
    """Two stable areas in towns far from every bowl."""
    features = []
    for town in scene.REFERENCE_TOWNS:
        ring = _ellipse(town.x, town.y, 0.6 * town.east, 0.6 * town.north)
        features.append(_feature(_polygon(ring), {"name": town.name}))
    return _collection(features)


def coalfield() -> str:
    """The mining right's boundary; its edge is 3.5 km from the centre of the secondary spot."""
    return _collection([_feature(_polygon(_coalfield_ring()), {"name": "coalfield"})])


def workings() -> str:
    """Panels under work, where the ground sinks too fast for the radar."""
    features = []
    for bowl in scene.WORKINGS:
        ring = _turned(bowl, [(-900.0, -600.0), (900.0, -600.0), (900.0, 600.0), (-900.0, 600.0)])
        features.append(_feature(_polygon(ring), {"name": bowl.name, "rate_mm_yr": bowl.peak}))
    return _collection(features)


def land_use() -> str:
    """Urban, mining and rural land without overlap, over the whole scene."""
    urban = ogr.Geometry(ogr.wkbMultiPolygon)
    for town in scene.TOWNS:
        urban.AddGeometry(_ogr(_ellipse(town.x, town.y, town.east, town.north)))
    urban = urban.UnionCascaded()
    mining = _ogr(_coalfield_ring()).Difference(urban)
    w, h = scene.HALF_WIDTH, scene.HALF_HEIGHT
    whole = _ogr([(-w, -h), (w, -h), (w, h), (-w, h)])
    rural = whole.Difference(urban).Difference(mining)
    shapes = (("urban", urban), ("mining", mining), ("rural", rural))
    features = []
    for name, shape in shapes:
        features.append(_feature(_rounded(json.loads(shape.ExportToJson())), {"class": name}))
    return _collection(features)


def precipitation(seed: int) -> str:
    """Monthly rain [mm] from January 2015 to December 2019, dated at the middle of the month."""
    rng = noise.generator(seed, "rain")
    lines = ["date,precipitation_mm"]
    for year in range(2015, 2020):
        for month, mean in enumerate(scene.CLIMATOLOGY, start=1):
            amount = mean * math.exp(0.25 * rng.standard_normal() - 0.03125)
            lines.append(f"{date(year, month, 15).isoformat()},{amount:.1f}")
    return "\n".join(lines) + "\n"


def truth_profile() -> str:
    """Vertical rate along the railway every 50 m."""
    chainage, x, y = profile.along(50.0)
    lon, lat = scene.geographic(x, y)
    rate = scene.vertical_rate(x, y)
    rows = [f"{c:.0f},{a:.7f},{b:.7f},{r:.3f}" for c, a, b, r in zip(chainage, lon, lat, rate)]
    return "\n".join(["chainage_m,longitude,latitude,vertical_rate_mm_yr", *rows]) + "\n"


def _coalfield_ring() -> Ring:
    """A box along the line that ends 3.5 km before the spot."""
    near, far = -scene.COALFIELD_DISTANCE, -36_000.0
    return _turned(scene.SPOT, [(far, -5_500.0), (near, -5_500.0), (near, 10_500.0), (far, 10_500.0)])


def _turned(bowl: scene.Bowl, corners: Ring) -> Ring:
    """Corners along and across the line from a bowl's centre, as local x, y."""
    angle = scene.line_direction(bowl.position)
    x, y = bowl.centre
    return [
        (x + u * math.cos(angle) - w * math.sin(angle), y + u * math.sin(angle) + w * math.cos(angle))
        for u, w in corners
    ]


def _ellipse(x: float, y: float, east: float, north: float, corners: int = 48) -> Ring:
    turns = [2.0 * math.pi * n / corners for n in range(corners)]
    return [(x + east * math.cos(turn), y + north * math.sin(turn)) for turn in turns]


def _polygon(ring: Ring) -> dict[str, Any]:
    points = _degrees(np.array([*ring, ring[0]], np.float64))
    return {"type": "Polygon", "coordinates": [points]}


def _ogr(ring: Ring) -> ogr.Geometry:
    return ogr.CreateGeometryFromJson(json.dumps(_polygon(ring)))


def _line(x: Float64, y: Float64) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": _degrees(np.column_stack([x, y]))}


def _degrees(local: Float64) -> list[list[float]]:
    lon, lat = scene.geographic(local[:, 0], local[:, 1])
    return [[round(float(a), 7), round(float(b), 7)] for a, b in zip(lon, lat)]


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_rounded(entry) for entry in value]
    return round(value, 7) if isinstance(value, float) else value


def _feature(geometry: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _collection(features: list[dict[str, Any]]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features}, indent=1) + "\n"
