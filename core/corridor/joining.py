"""From line features to one alignment: parts put in order and turned where they run backwards."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from osgeo import ogr

from .. import crs as coordinates
from ..errors import InputError
from ..vector import VectorInput
from .chainage import Alignment

Float64 = NDArray[np.float64]

TOUCHING = 1.0  # m: ends this near are the same place
WORST_SCALE = 1e-3  # a system that stretches lengths more than this is not used
_TURN = math.radians(150.0)  # a joint that turns more runs back along the track it came from


@dataclass(frozen=True)
class Joint:
    """Where a gap between two parts was closed: chainage [m] of its start, length [m]."""

    chainage: float
    length: float


@dataclass(frozen=True)
class Joined:
    """An alignment and how it came about.

    parts : number of parts; reversed_parts : those that ran against the first one.
    gaps : joints longer than `TOUCHING`, closed by straight track.
    turns : chainages [m] of joints where the line runs back on itself.
    scale : plane length over length on the ellipsoid.
    measures : M value of each vertex of the alignment as drawn, NaN where it has none.
    """

    alignment: Alignment
    parts: int
    reversed_parts: int
    gaps: tuple[Joint, ...]
    turns: tuple[float, ...]
    scale: float
    measures: Float64 = field(default_factory=lambda: np.empty(0))

    def backwards(self) -> Joined:
        """The same line with its chainage counted from the other end."""
        way = self.alignment
        gaps = tuple(Joint(way.length - gap.chainage - gap.length, gap.length) for gap in self.gaps[::-1])
        return replace(
            self,
            alignment=replace(way, x=way.x[::-1].copy(), y=way.y[::-1].copy()),
            gaps=gaps,
            turns=tuple(way.length - turn for turn in self.turns[::-1]),
            measures=self.measures[::-1].copy(),
        )


def align(line: VectorInput, join_gap: float = 1000.0, field: str = "LINE") -> Joined:
    """Join all parts of all features to one alignment in a metric system.

    The chain begins with the first part, in its drawn direction. Again and again the free part end that is
    nearest to either end of the chain is joined on, its part turned where needed. So the direction
    of the first part is the direction of chainage. Gaps count as straight track; a gap longer than
    `join_gap` [m] raises InputError.
    """
    shapes = _parts(line, field)
    if not shapes:
        raise InputError(
            field, line.name or "(unnamed)", "a layer with at least one line", "Draw or choose a line"
        )
    if not line.crs:
        raise InputError(
            field, line.name or "(unnamed)", "a layer with a coordinate system", "Assign a CRS to the layer"
        )
    crs = _metric(line.crs, shapes)
    parts = [
        _clean(np.column_stack([*coordinates.transform(p[:, 0], p[:, 1], line.crs, crs), p[:, 2]]))
        for p in shapes
    ]
    if any(not np.isfinite(part[:, :2]).all() for part in parts):
        raise InputError(field, line.name, "coordinates that its CRS can hold", "Check the CRS of the layer")
    parts = [part for part in parts if len(part) > 1]
    if not parts:
        raise InputError(field, f"{line.name} (length 0 m)", "a line longer than zero", "Draw the line again")
    chain, turned = _chain(parts, join_gap, field, line.name)
    vertices, gaps, turns = _merge(chain)
    alignment = Alignment(np.ascontiguousarray(vertices[:, 0]), np.ascontiguousarray(vertices[:, 1]), crs)
    scale = alignment.length / _ellipsoid_length(vertices, crs)
    return Joined(alignment, len(parts), turned, gaps, turns, scale, vertices[:, 2].copy())


def _parts(line: VectorInput, field: str) -> list[Float64]:
    """Vertices x, y, M (n, 3) of every part in the line's own system, in the order of the features."""
    out: list[Float64] = []
    # Not VectorInput.geometries: it drops M.
    shapes = [ogr.CreateGeometryFromWkb(blob) for blob in line.wkb]
    waiting = [shape.GetLinearGeometry() for shape in shapes if shape is not None]
    while waiting:
        geometry = waiting.pop(0)
        kind = ogr.GT_Flatten(geometry.GetGeometryType())
        if kind == ogr.wkbLineString:
            if geometry.GetPointCount():
                places = np.array(geometry.GetPoints(), np.float64)[:, :2]
                out.append(np.column_stack([places, _measures(geometry)]))
        elif kind in (ogr.wkbMultiLineString, ogr.wkbGeometryCollection):
            waiting[:0] = [geometry.GetGeometryRef(i).Clone() for i in range(geometry.GetGeometryCount())]
        else:
            raise InputError(field, f"{line.name} ({geometry.GetGeometryName()})", "a layer of lines")
    return out


def _measures(part: ogr.Geometry) -> Float64:
    """M of every vertex (n,), NaN where it has none (shapefiles say so with a number below -1e38)."""
    count = part.GetPointCount()
    if not part.IsMeasured():
        return np.full(count, np.nan)
    values = np.array([part.GetM(index) for index in range(count)], np.float64)
    return np.where(np.abs(values) < 1e30, values, np.nan)


def _clean(part: Float64) -> Float64:
    """Without repeated vertices."""
    keep = np.concatenate([[True], np.hypot(*np.diff(part[:, :2], axis=0).T) > 0.0])
    return part[keep]


def _metric(crs: str, parts: list[Float64]) -> str:
    """The line's own system when it is metric and true to length here, else the UTM zone of its middle."""
    vertices = np.concatenate(parts)[:, :2]
    middle = 0.5 * (vertices.min(axis=0) + vertices.max(axis=0))
    own = coordinates.metric_for(crs, float(middle[0]), float(middle[1]))
    if own != crs:
        return own
    longest = max(parts, key=lambda part: float(np.hypot(*np.diff(part[:, :2], axis=0).T).sum()))
    length = float(np.hypot(*np.diff(longest[:, :2], axis=0).T).sum())
    if length == 0.0 or abs(length / _ellipsoid_length(longest, crs) - 1.0) <= WORST_SCALE:
        return crs
    lon, lat = coordinates.transform(middle[:1], middle[1:], crs, coordinates.WGS84)
    return coordinates.utm(float(lon[0]), float(lat[0]))


def _chain(parts: list[Float64], join_gap: float, field: str, name: str) -> tuple[list[Float64], int]:
    """Parts in order of chainage, each in its direction, and how many were turned."""
    starts = np.array([part[0] for part in parts])
    stops = np.array([part[-1] for part in parts])
    free = np.ones(len(parts), bool)
    free[0] = False
    chain = [parts[0]]
    turned = 0
    while free.any():
        head, tail = chain[0][0], chain[-1][-1]
        # Rows: which end of the chain takes which end of the part.
        gaps = np.stack([_far(starts, tail), _far(stops, tail), _far(stops, head), _far(starts, head)])
        gaps[:, ~free] = np.inf
        way, index = np.unravel_index(int(np.argmin(gaps)), gaps.shape)
        gap = float(gaps[way, index])
        if gap > join_gap:
            raise InputError(
                field,
                f"{name} (a gap of {gap:.0f} m between two parts)",
                f"one continuous line, gaps at most {join_gap:g} m",
                "Select the features of one line, close the gap, or raise the largest gap between parts",
            )
        part = parts[int(index)]
        if way in (1, 3):
            part = part[::-1]
            turned += 1
        if way in (0, 1):
            chain.append(part)
        else:
            chain.insert(0, part)
        free[index] = False
    return chain, turned


def _merge(chain: list[Float64]) -> tuple[Float64, tuple[Joint, ...], tuple[float, ...]]:
    """One array of vertices x, y, M (n, 3), the gaps closed and the joints where the line turns back."""
    vertices = chain[0]
    gaps: list[Joint] = []
    turns: list[float] = []
    for part in chain[1:]:
        length = float(np.hypot(*np.diff(vertices[:, :2], axis=0).T).sum())
        gap = float(np.hypot(*(part[0, :2] - vertices[-1, :2])))
        if gap > TOUCHING:
            gaps.append(Joint(length, gap))
        if _angle(vertices[-1] - vertices[-2], part[1] - part[0]) > _TURN:
            turns.append(length)
        vertices = np.concatenate([vertices, part[1:] if gap == 0.0 else part])
    return vertices, tuple(gaps), tuple(turns)


def _far(ends: Float64, place: Float64) -> Float64:
    return np.hypot(ends[:, 0] - place[0], ends[:, 1] - place[1])


def _angle(first: Float64, second: Float64) -> float:
    """Angle between two directions [rad], 0 to pi."""
    cross = first[0] * second[1] - first[1] * second[0]
    return abs(math.atan2(cross, float(first[:2] @ second[:2])))


def _ellipsoid_length(vertices: Float64, crs: str) -> float:
    """Length [m] on the WGS 84 ellipsoid, from the radii of curvature at each piece's middle.

    Pieces are at most 2 km, where the error of this formula is below 1e-7.
    """
    steps = np.hypot(*np.diff(vertices[:, :2], axis=0).T)
    counts = np.maximum(1, np.ceil(steps / 2000.0)).astype(int) if not coordinates.is_geographic(crs) else 1
    stations = np.concatenate([[0.0], np.cumsum(steps)])
    places = np.concatenate(
        [
            np.linspace(a, b, n, endpoint=False)
            for a, b, n in zip(stations[:-1], stations[1:], np.broadcast_to(counts, steps.shape))
        ]
        + [stations[-1:]]
    )
    x, y = np.interp(places, stations, vertices[:, 0]), np.interp(places, stations, vertices[:, 1])
    lon, lat = (np.radians(c) for c in coordinates.transform(x, y, crs, coordinates.WGS84))
    a, e2 = 6_378_137.0, 0.00669437999014
    mid = 0.5 * (lat[1:] + lat[:-1])
    w = 1.0 - e2 * np.sin(mid) ** 2
    north = a * (1.0 - e2) / w**1.5 * np.diff(lat)
    east = a / np.sqrt(w) * np.cos(mid) * np.diff(lon)
    return float(np.hypot(north, east).sum())
