"""Polygons in a metric system: names, classes, areas, the points inside, distances to other features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from osgeo import ogr

from ... import crs as coordinates
from ...errors import InputError
from ...vector import VectorInput, valid_area
from ..area import convex_hull
from ..rings import inside, rings_of

Float64 = NDArray[np.float64]

_NAMES = ("name", "NAME", "Name", "id", "ID")
_ZONE_NAMES = ("track", "zone", *_NAMES)


@dataclass(frozen=True)
class Area:
    """One polygon (with parts and holes) in the metric system.

    size [m2], covered [m2] : of it inside the hull of the data. index : its points.
    """

    name: str
    kind: str
    shape: ogr.Geometry
    size: float
    covered: float
    index: NDArray[np.intp]

    @property
    def density(self) -> float | None:
        """Points per km2 of the part that has data; None without such a part."""
        return len(self.index) / self.covered * 1e6 if self.covered > 0 else None


def metric_system(layer: VectorInput) -> str:
    """The layer's own system where it is metric and true to length, else the UTM zone of its middle."""
    boxes = np.array([geometry.GetEnvelope() for geometry in layer.geometries()])
    x, y = boxes[:, :2].mean(), boxes[:, 2:].mean()
    return coordinates.true_metric_for(layer.crs, float(x), float(y))


def areas_of(layer: VectorInput, name_field: str, class_field: str, crs: str, x: Float64, y: Float64) -> list[Area]:
    """The polygons with the points (n,) in `crs` that each holds; where polygons overlap, each counts its own."""
    hull = _polygon(convex_hull(x, y))
    rows: list[dict[str, Any]] = [*layer.attributes] or [{} for _ in layer.wkb]
    areas: list[Area] = []
    for number, (geometry, row) in enumerate(zip(layer.geometries(crs), rows)):
        shape = geometry.GetLinearGeometry()
        valid = valid_area(shape)
        covered = valid.Intersection(hull).GetArea() if hull is not None else 0.0
        name = label(row, (name_field,) if name_field else _NAMES, f"polygon {number + 1}")
        if any(area.name == name for area in areas):
            name = f"{name} ({number + 1})"
        kind = label(row, (class_field,), "(none)") if class_field else ""
        areas.append(Area(name, kind, valid, valid.GetArea(), covered, _inside(x, y, shape)))
    if not any(len(area.index) for area in areas):
        raise InputError(
            "POLYGONS",
            f"no point inside the {len(areas)} polygons of {layer.name or 'the layer'}",
            "polygons over the data",
            "Check the CRS of both layers",
        )
    return areas


def distances(zones: VectorInput, areas: list[Area], crs: str) -> list[dict[str, Any]]:
    """One row per feature of `zones` and polygon: distance [m], 0 where they touch; the nearest is marked."""
    rows: list[dict[str, Any]] = []
    attributes: list[dict[str, Any]] = [*zones.attributes] or [{} for _ in zones.wkb]
    for number, (geometry, row) in enumerate(zip(zones.geometries(crs), attributes)):
        found = [float(geometry.Distance(area.shape)) for area in areas]
        parts = [label(row, (key,), "") for key in ("track", "zone")]
        name = " ".join(part for part in parts if part) or label(row, _NAMES, f"zone {number + 1}")
        nearest = int(np.argmin(found))
        rows.extend(
            {"zone": name, "polygon": area.name, "distance_m": round(distance, 1), "nearest": int(place == nearest)}
            for place, (area, distance) in enumerate(zip(areas, found))
        )
    return rows


def label(row: dict[str, Any], keys: tuple[str, ...], otherwise: str) -> str:
    """The first of these attributes that is not empty."""
    for key in keys:
        if row.get(key) not in (None, ""):
            return str(row[key])
    return otherwise


def _inside(x: Float64, y: Float64, shape: ogr.Geometry) -> NDArray[np.intp]:
    west, east, south, north = shape.GetEnvelope()
    near = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))
    if not len(near):
        return near
    found = np.zeros(len(near), bool)
    for rings in rings_of(shape):
        found |= inside(x[near], y[near], rings)
    return near[found]


def _polygon(ring: Float64) -> ogr.Geometry | None:
    if not len(ring):
        return None
    closed = np.concatenate([ring, ring[:1]])
    edge = ogr.Geometry(ogr.wkbLinearRing)
    for east, north in closed.tolist():
        edge.AddPoint_2D(east, north)
    polygon = ogr.Geometry(ogr.wkbPolygon)
    polygon.AddGeometry(edge)
    return polygon
