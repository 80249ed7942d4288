"""Panels and wells: what was or will be extracted, where, how deep, how thick, when; and the outlines that act.

A panel acts on the surface by its outline drawn in by the inflection offset and shifted down the dip by
depth * cot(theta), theta being the propagation angle. Under the coordinate-time model it is cut into pieces
that are extracted one after the other: strips along the advance, or rings around the middle.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import fields as fields_of
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from osgeo import ogr

from ..errors import InputError
from ..raster import call
from ..vector import VectorInput
from .pim_influence import Outline, Polygon, Rectangle, ring_area

FIELD = "PANELS"
CIRCLE = 48  # corners of a well's area
_SQUARE = 1e-3  # how far a corner of a rectangle may be off, in the length of its side

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class PanelFields:
    """Names of the attributes of a panel layer, and values for features without them.

    depth [m], thickness [m] of the extracted seam or cavity, dip [deg], dip_azimuth [deg clockwise from north, the
    direction in which the seam goes down], start and end (YYYY-MM-DD) of the extraction, advance [deg clockwise
    from north, the direction in which the face moves], radius [m] of wells given as points, name.
    """

    depth: str = "depth"
    thickness: str = "thickness"
    dip: str = "dip"
    dip_azimuth: str = "dip_azimuth"
    start: str = "start"
    end: str = "end"
    advance: str = "advance"
    radius: str = "radius"
    name: str = "name"
    default_depth: float | None = None
    default_thickness: float | None = None


@dataclass(frozen=True)
class Panel:
    """One panel or well in a metric plane; outline [m], depth and thickness [m], angles [deg].

    start, end : None where unknown. advance : None when the extraction grows outward from the middle.
    """

    name: str
    outline: Outline
    depth: float
    thickness: float
    dip: float = 0.0
    dip_azimuth: float = 0.0
    start: date | None = None
    end: date | None = None
    advance: float | None = None

    @property
    def down_dip(self) -> tuple[float, float]:
        """Unit vector (east, north) in which the seam goes down."""
        angle = math.radians(self.dip_azimuth)
        return math.sin(angle), math.cos(angle)

    def inradius(self) -> float:
        """How far the outline can be drawn in before nothing is left [m]."""
        if isinstance(self.outline, Rectangle):
            return min(self.outline.half_u, self.outline.half_v)
        shape = _geometry(self.outline)
        low, high = 0.0, math.sqrt(self.outline.area)
        for _ in range(30):
            middle = 0.5 * (low + high)
            low, high = (low, middle) if shape.Buffer(-middle).IsEmpty() else (middle, high)
        return low


def parse_fields(text: str, depth: float | None = None, thickness: float | None = None) -> PanelFields:
    """Field names that differ from the defaults, as 'depth=H, thickness=m'; and values for panels without."""
    known = [entry.name for entry in fields_of(PanelFields) if not entry.name.startswith("default_")]
    found: dict[str, Any] = {}
    for part in text.replace(";", ",").split(","):
        name, equals, field = (word.strip() for word in part.partition("="))
        if not name:
            continue
        if name not in known or not equals or not field:
            raise InputError("FIELDS", part.strip(), "entries such as depth=H; known are " + ", ".join(known))
        found[name] = field
    return replace(PanelFields(default_depth=depth, default_thickness=thickness), **found)


def read_panels(layer: VectorInput, crs: str, fields: PanelFields | None = None) -> tuple[Panel, ...]:
    """The panels of a layer in the metric system `crs`; polygons, or points with a radius.

    Raises InputError naming the feature whose depth, thickness, dip or dates cannot be used.
    """
    fields = fields or PanelFields()
    if not layer.wkb:
        raise InputError(FIELD, layer.name or "layer", "at least one polygon", "Draw the extracted areas")
    rows = layer.attributes or ({},) * len(layer.wkb)
    panels: list[Panel] = []
    for number, (shape, row) in enumerate(zip(layer.geometries(crs), rows), 1):
        lower = {str(key).lower(): value for key, value in row.items()}
        name = str(lower.get(fields.name.lower()) or f"{number}")
        if any(panel.name == name for panel in panels):
            name = f"{name} ({number})"
        panels.append(_panel(name, shape, lower, fields))
    return tuple(panels)


def acting(panel: Panel, offset: float, shift: float) -> Outline:
    """The outline drawn in by `offset` [m] (out when negative) and moved down the dip by `shift` [m].

    Rectangles stay rectangles; other outlines get round corners when they grow.
    """
    east, north = panel.down_dip
    return drawn_in(panel.outline, offset).moved(shift * east, shift * north)


def drawn_in(outline: Outline, offset: float) -> Outline:
    """An outline moved inward everywhere by `offset` [m]; without area when nothing is left."""
    if isinstance(outline, Rectangle):
        half_u, half_v = max(outline.half_u - offset, 0.0), max(outline.half_v - offset, 0.0)
        return Rectangle(outline.x, outline.y, outline.ux, outline.uy, half_u, half_v)
    if offset == 0.0:
        return outline
    return _outline(_geometry(outline).Buffer(-offset, 16))


def check_begun(panels: Sequence[Panel], last: date) -> None:
    """Raise InputError when no panel is extracted before the last fitted date."""
    if all(panel.start is not None and panel.start >= last for panel in panels):
        raise InputError(FIELD, "all panels", f"an extraction that starts before {last}, the last fitted date")


def parts(outline: Outline, advance: float | None, count: int) -> list[tuple[Outline, Outline | None]]:
    """Equal shares of an outline in the order of extraction, as (larger, smaller): the share is their difference.

    advance : azimuth of the moving face [deg], strips of equal width; None for rings of equal area around the middle.
    """
    if count <= 1:
        return [(outline, None)]
    if advance is None:
        return _rings(outline, count)
    angle = math.radians(advance)
    direction = (math.sin(angle), math.cos(angle))
    if isinstance(outline, Rectangle):
        along = direction[0] * outline.ux + direction[1] * outline.uy
        across = direction[1] * outline.ux - direction[0] * outline.uy
        if max(abs(along), abs(across)) > 1.0 - 1e-9:
            return [
                (piece, None)
                for piece in _slices(outline, abs(along) > abs(across), along + across > 0, count)
            ]
    return [(piece, None) for piece in _strips(outline, direction, count)]


def _slices(area: Rectangle, first: bool, forward: bool, count: int) -> list[Rectangle]:
    half = area.half_u if first else area.half_v
    ux, uy = (area.ux, area.uy) if first else (-area.uy, area.ux)
    step = half / count
    out = []
    for number in range(count):
        place = (2 * number + 1 - count) * step * (1.0 if forward else -1.0)
        half_u, half_v = (step, area.half_v) if first else (area.half_u, step)
        out.append(Rectangle(area.x + place * ux, area.y + place * uy, area.ux, area.uy, half_u, half_v))
    return out


def _strips(outline: Outline, direction: tuple[float, float], count: int) -> list[Outline]:
    """Cuts across the direction; strips of equal width, so that the face moves at an even pace."""
    shape = _geometry(outline)
    corners = np.concatenate(rings_of(outline))
    middle = corners.mean(axis=0)
    ux, uy = direction
    along = (corners - middle) @ np.array([ux, uy])
    reach = float(np.hypot(*(corners - middle).T).max()) + 1.0
    edges = np.linspace(along.min(), along.max(), count + 1)
    out: list[Outline] = []
    for low, high in zip(edges[:-1], edges[1:]):
        box = Rectangle(
            middle[0] + 0.5 * (low + high) * ux,
            middle[1] + 0.5 * (low + high) * uy,
            ux,
            uy,
            0.5 * (high - low),
            reach,
        )
        out.append(_outline(shape.Intersection(_geometry(box))))
    return out


def _rings(outline: Outline, count: int) -> list[tuple[Outline, Outline | None]]:
    scales = np.sqrt(np.arange(1, count + 1) / count)
    grown = [_scaled(outline, float(scale)) for scale in scales]
    return list(zip(grown, [None, *grown[:-1]]))


def _scaled(outline: Outline, factor: float) -> Outline:
    if isinstance(outline, Rectangle):
        return Rectangle(
            outline.x, outline.y, outline.ux, outline.uy, factor * outline.half_u, factor * outline.half_v
        )
    if not outline.rings:
        return outline
    centre = _geometry(outline).Centroid()
    middle = np.array([centre.GetX(), centre.GetY()])
    return Polygon(tuple(middle + factor * (ring - middle) for ring in outline.rings))


def _panel(name: str, shape: ogr.Geometry, row: Mapping[str, Any], fields: PanelFields) -> Panel:
    kind = ogr.GT_Flatten(shape.GetGeometryType())
    if kind in (ogr.wkbPoint, ogr.wkbMultiPoint):
        radius = _number(
            row, fields.radius, name, None, "the radius of the well's cavity in metres", above=0.0
        )
        shape = shape.Buffer(_same_area(radius), CIRCLE // 4)
    elif ogr.GT_Flatten(shape.GetLinearGeometry().GetGeometryType()) not in (
        ogr.wkbPolygon,
        ogr.wkbMultiPolygon,
    ):
        raise InputError(FIELD, f"{name} ({shape.GetGeometryName()})", "polygons, or points with a radius")
    valid, _ = call(shape.IsValid)
    if not valid:
        raise InputError(FIELD, name, "a polygon that does not cross itself", "Repair the geometry")
    outline = _outline(shape)
    if outline.area <= 0:
        raise InputError(FIELD, name, "a polygon with an area", "Repair the geometry")
    dip = _number(row, fields.dip, name, 0.0, "0 to below 90 degrees", low=0.0, high=89.0)
    if dip > 0 and row.get(fields.dip_azimuth.lower()) is None:
        raise InputError(
            FIELD,
            f"{name}: dip {dip:g} without a direction",
            f"the field {fields.dip_azimuth}",
            "Add it, or remove the dip",
        )
    start, end = _day(row, fields.start, name), _day(row, fields.end, name)
    if start is not None and end is not None and end < start:
        raise InputError(FIELD, f"{name}: {start} to {end}", "an end that is not before the start")
    advance = row.get(fields.advance.lower())
    return Panel(
        name,
        outline,
        _number(row, fields.depth, name, fields.default_depth, "a depth above 0 m", above=0.0),
        _number(row, fields.thickness, name, fields.default_thickness, "a thickness above 0 m", above=0.0),
        dip,
        _number(row, fields.dip_azimuth, name, 0.0, "degrees from north"),
        start,
        end,
        None if advance is None else _number(row, fields.advance, name, None, "degrees from north"),
    )


def _same_area(radius: float) -> float:
    """Radius of a regular polygon's corners that has the area of the circle."""
    return radius * math.sqrt(2.0 * math.pi / CIRCLE / math.sin(2.0 * math.pi / CIRCLE))


def _number(
    row: Mapping[str, Any],
    field: str,
    panel: str,
    default: float | None,
    allowed: str,
    low: float = -math.inf,
    high: float = math.inf,
    above: float = -math.inf,
) -> float:
    value = row.get(field.lower())
    value = default if value is None else value
    try:
        number = float(value) if value is not None else math.nan
    except (TypeError, ValueError):
        number = math.nan
    if not (math.isfinite(number) and low <= number <= high and number > above):
        shown = "nothing" if value is None else value
        raise InputError(
            FIELD, f"{panel}: {field} = {shown}", allowed, f"Fill the field {field} of every feature"
        )
    return number


def _day(row: Mapping[str, Any], field: str, panel: str) -> date | None:
    value = row.get(field.lower())
    if value is None or value == "":
        return None
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    try:
        return date.fromisoformat(str(value)[:10].replace("/", "-"))
    except ValueError as error:
        raise InputError(FIELD, f"{panel}: {field} = {value}", "a date as YYYY-MM-DD") from error


def rings_of(outline: Outline) -> list[Float64]:
    """The outline as rings of corners (V, 2)."""
    if isinstance(outline, Polygon):
        return list(outline.rings)
    u = outline.half_u * np.array([outline.ux, outline.uy])
    v = outline.half_v * np.array([-outline.uy, outline.ux])
    return [np.array([outline.x, outline.y]) + np.array([-u - v, u - v, u + v, -u + v])]


def to_wkb(outline: Outline) -> bytes:
    """An outline as WKB."""
    return bytes(_geometry(outline).ExportToWkb(ogr.wkbNDR))


def _geometry(outline: Outline) -> ogr.Geometry:
    """An outline as OGR has it; a polygon in several parts becomes a multipolygon with its holes."""
    shells = [ring for ring in rings_of(outline) if ring_area(ring) > 0]
    holes = [ring for ring in rings_of(outline) if ring_area(ring) <= 0]
    out = ogr.Geometry(ogr.wkbMultiPolygon)
    for shell in shells:
        part = ogr.Geometry(ogr.wkbPolygon)
        part.AddGeometry(_ring(shell))
        out.AddGeometry(part)
    for hole in holes:
        gap = ogr.Geometry(ogr.wkbPolygon)
        gap.AddGeometry(_ring(hole))
        out = out.Difference(gap)
    return out


def _ring(points: Float64) -> ogr.Geometry:
    ring = ogr.Geometry(ogr.wkbLinearRing)
    for x, y in [*points.tolist(), points[0].tolist()]:
        ring.AddPoint_2D(x, y)
    return ring


def _outline(shape: ogr.Geometry | None) -> Outline:
    """OGR's polygons with the area to the left of every ring; a rectangle when it is one."""
    rings: list[Float64] = []
    if shape is not None:
        shape = shape.GetLinearGeometry()
        single = ogr.GT_Flatten(shape.GetGeometryType()) == ogr.wkbPolygon
        for part in [shape] if single else [shape.GetGeometryRef(i) for i in range(shape.GetGeometryCount())]:
            if ogr.GT_Flatten(part.GetGeometryType()) != ogr.wkbPolygon:
                continue
            for index in range(part.GetGeometryCount()):
                ring = np.array(part.GetGeometryRef(index).GetPoints(), np.float64)[:-1, :2]
                inward = (ring_area(ring) > 0) == (index == 0)
                rings.append(ring if inward else ring[::-1].copy())
    rectangle = _as_rectangle(rings[0]) if len(rings) == 1 else None
    return rectangle or Polygon(tuple(rings))


def _as_rectangle(ring: Float64) -> Rectangle | None:
    if len(ring) != 4:
        return None
    first, second = ring[1] - ring[0], ring[2] - ring[1]
    a, b = float(np.hypot(*first)), float(np.hypot(*second))
    if min(a, b) <= 0:
        return None
    skew = abs(float(first @ second)) / (a * b)
    gap = float(np.hypot(*(ring[0] + ring[2] - ring[1] - ring[3])))
    if skew > _SQUARE or gap > _SQUARE * min(a, b):
        return None
    middle = ring.mean(axis=0)
    return Rectangle(
        float(middle[0]), float(middle[1]), float(first[0] / a), float(first[1] / a), 0.5 * a, 0.5 * b
    )
