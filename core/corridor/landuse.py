"""Points and area of the corridor per class of a polygon layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..vector import VectorInput
from .area import Lattice, inside_hull
from .chainage import Float64
from .rings import inside, rings_of
from .track import Track

Index = NDArray[np.intp]


@dataclass(frozen=True)
class LandUse:
    """Classes and, per polygon, its class and its rings (closed, holes too) in the alignment's system."""

    classes: tuple[str, ...]
    polygons: tuple[tuple[int, tuple[Float64, ...]], ...]


def read_land_use(layer: VectorInput, field: str, crs: str) -> LandUse:
    """Polygons by the text of their attribute `field`; without a field every feature is of class 'inside'."""
    seen = sorted({name for row in layer.attributes for name in row})
    if field and field not in seen:
        raise InputError(
            "LAND_USE_FIELD",
            field,
            f"a field of {layer.name or 'the layer'}: {', '.join(seen) or 'it has none'}",
        )
    rows = layer.attributes or tuple({} for _ in layer.wkb)
    labels = [_label(row, field) for row in rows]
    classes = tuple(sorted(set(labels)))
    polygons: list[tuple[int, tuple[Float64, ...]]] = []
    for geometry, label in zip(layer.geometries(crs), labels):
        polygons.extend((classes.index(label), rings) for rings in rings_of(geometry.GetLinearGeometry()))
    if not polygons:
        raise InputError("LAND_USE", layer.name or "(unnamed)", "a layer with at least one polygon")
    return LandUse(classes, tuple(polygons))


def classify(x: Float64, y: Float64, land_use: LandUse) -> Index:
    """Class of each point (n,), -1 outside every polygon; where polygons overlap the first one counts."""
    out = np.full(x.shape, -1, np.intp)
    for label, rings in land_use.polygons:
        low = np.min([ring.min(axis=0) for ring in rings], axis=0)
        high = np.max([ring.max(axis=0) for ring in rings], axis=0)
        near = np.flatnonzero((out < 0) & (x >= low[0]) & (x <= high[0]) & (y >= low[1]) & (y <= high[1]))
        if len(near):
            out[near[inside(x[near], y[near], rings)]] = label
    return out


def land_use_table(
    layer: VectorInput, field: str, crs: str, tracks: list[Track], lattice: Lattice
) -> list[dict[str, Any]]:
    """Points, area [km2] and density per track and class; what no polygon covers is 'elsewhere'."""
    land_use = read_land_use(layer, field, crs)
    of_cell = classify(lattice.x, lattice.y, land_use)
    rows = []
    for track in tracks:
        covered = inside_hull(lattice.x, lattice.y, track.hull)
        of_point = classify(track.x, track.y, land_use)
        for label, name in [*enumerate(land_use.classes), (-1, "elsewhere")]:
            area = float((covered & (of_cell == label)).sum() * lattice.cell / 1e6)
            inside = of_point == label
            amount = float(inside.sum()) * track.share
            if amount or area:
                rows.append(
                    {
                        "track": track.name,
                        "class": name,
                        "points": len(np.unique(track.index[inside])),
                        "area_km2": round(area, 6),
                        "density_per_km2": round(amount / area, 3) if area else None,
                    }
                )
    return rows


def _label(row: dict, field: str) -> str:
    if not field:
        return "inside"
    value = row.get(field)
    return "(none)" if value is None or value == "" else str(value)
