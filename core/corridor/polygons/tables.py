"""Polygons and classes as tables."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ... import crs as coordinates
from ..outputs import Columns
from .areas import Area
from .statistics import QUANTILES, Rates, Uneven


@dataclass(frozen=True)
class Found:
    """The polygons with their statistics, classes and distances of zones as tables."""

    areas: list[Area]
    rates: list[Rates]
    uneven: list[Uneven]
    classes: list[dict[str, Any]]
    distances: list[dict[str, Any]]


def class_table(areas: list[Area]) -> list[dict[str, Any]]:
    """Points, area and density per class; overlapping polygons of a class count twice."""
    rows = []
    for name in sorted({area.kind for area in areas}):
        members = [area for area in areas if area.kind == name]
        points = sum(len(area.index) for area in members)
        covered = sum(area.covered for area in members) / 1e6
        rows.append(
            {
                "class": name,
                "polygons": len(members),
                "points": points,
                "area_km2": round(sum(area.size for area in members) / 1e6, 6),
                "covered_km2": round(covered, 6),
                "density_per_km2": round(points / covered, 3) if covered else None,
            }
        )
    return rows


def polygon_columns(found: Found, crs: str) -> Columns:
    """One row per polygon; longitude and latitude of its worst point and of its largest difference."""
    columns: Columns = {}

    def add(name: str, kind: type, values: list[Any]) -> None:
        columns[name] = (kind, [_plain(value) for value in values] if kind is float else values)

    add("name", str, [area.name for area in found.areas])
    if any(area.kind for area in found.areas):
        add("class", str, [area.kind for area in found.areas])
    add("area_km2", float, [area.size / 1e6 for area in found.areas])
    add("covered_km2", float, [area.covered / 1e6 for area in found.areas])
    add("n", int, [rate.count for rate in found.rates])
    add("density", float, [area.density for area in found.areas])
    for key in ("mean", "median", "std", "minimum", "maximum"):
        add(key, float, [getattr(rate, key) for rate in found.rates])
    for place, quantile in enumerate(QUANTILES):
        add(f"q{round(100 * quantile):02d}", float, [rate.quantiles[place] for rate in found.rates])
    add("worst", float, [rate.worst for rate in found.rates])
    for prefix, items in (("worst", found.rates), ("diff", found.uneven)):
        x, y = (np.array([getattr(item, axis) for item in items]) for axis in ("x", "y"))
        lon, lat = coordinates.transform(x, y, crs, coordinates.WGS84)
        columns[f"{prefix}_lon"] = (float, [_plain(value, 7) for value in lon.tolist()])
        columns[f"{prefix}_lat"] = (float, [_plain(value, 7) for value in lat.tolist()])
    add("differential", float, [step.largest for step in found.uneven])
    add("differential_q95", float, [step.q95 for step in found.uneven])
    add("distortion", float, [step.distortion for step in found.uneven])
    add("neighbours", int, [step.pairs for step in found.uneven])
    if found.distances:
        nearest: dict[str, float] = {}
        for row in found.distances:
            nearest[row["polygon"]] = min(row["distance_m"], nearest.get(row["polygon"], math.inf))
        add("zone_distance", float, [nearest[area.name] for area in found.areas])
    return columns


def rows_of(columns: Columns) -> list[dict[str, Any]]:
    """The rows of a table."""
    values = [column for _, column in columns.values()]
    return [dict(zip(columns, row)) for row in zip(*values)]


def _plain(value: float | None, decimals: int = 4) -> float | None:
    return None if value is None or not math.isfinite(value) else round(float(value), decimals)
