"""Profile and zones as layers and as CSV."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path
from typing import Any

import numpy as np
from osgeo import ogr

from .. import atomic, vectorfile
from .. import crs as coordinates
from .bins import QUANTILES, bin_index
from .chainage import Alignment
from .profile import Profile
from .zones import Zone

DECIMALS = 4
Columns = dict[str, tuple[type, list[Any]]]


def profile_columns(profiles: list[Profile], start: float) -> Columns:
    """Columns of the profile table: one row per bin and track. `start` [m] is the chainage of the line's start."""
    columns: Columns = {}

    def add(name: str, kind: type, values: list[Any]) -> None:
        columns.setdefault(name, (kind, []))[1].extend(values)

    for profile in profiles:
        bins = len(profile.middle)
        add("track", str, [profile.track.name] * bins)
        add("bin", int, list(range(1, bins + 1)))
        add("chainage_from", float, _plain(profile.edges[:-1] + start))
        add("chainage_to", float, _plain(profile.edges[1:] + start))
        add("chainage_mid", float, _plain(profile.middle + start))
        add("n", int, profile.bins.count.tolist())
        add("density", float, _plain(profile.density))
        for name, values in (
            ("median", profile.bins.median),
            ("mean", profile.bins.mean),
            ("std", profile.bins.std),
        ):
            add(name, float, _plain(values))
        for column, quantile in enumerate(QUANTILES):
            add(f"q{round(quantile * 100):02d}", float, _plain(profile.bins.quantiles[:, column]))
        if len(profile.track.on_line):
            add("on_line", float, _plain(profile.track.on_line))
        add("differential", float, _plain(profile.differential))
        add("distortion", float, _plain(profile.distortion))
        add("curvature", float, _plain(profile.curvature))
        add("affected", int, [int(flag) for flag in profile.affected])
        add("zone", int, _zone_numbers(profile))
    return columns


def zone_columns(profiles: list[Profile], alignment: Alignment, start: float) -> Columns:
    """Columns of the zones: one row per zone and track; lon and lat are those of its middle on the line."""
    columns: Columns = {}
    rows = [(profile, number, zone) for profile in profiles for number, zone in enumerate(profile.zones, 1)]
    middle = np.array([0.5 * (zone.start + zone.stop) for _, _, zone in rows])
    lon, lat = coordinates.transform(*alignment.at(middle), alignment.crs, coordinates.WGS84)
    columns["track"] = (str, [profile.track.name for profile, _, _ in rows])
    columns["zone"] = (int, [number for _, number, _ in rows])
    columns["chainage_from"] = (float, [_round(zone.start + start) for _, _, zone in rows])
    columns["chainage_to"] = (float, [_round(zone.stop + start) for _, _, zone in rows])
    columns["length"] = (float, [_round(zone.length) for _, _, zone in rows])
    columns["affected"] = (float, [_round(zone.affected) for _, _, zone in rows])
    columns["minimum"] = (float, [_round(zone.minimum) for _, _, zone in rows])
    columns["mean"] = (float, [_round(zone.mean) for _, _, zone in rows])
    columns["maximum"] = (float, [_round(zone.maximum) for _, _, zone in rows])
    columns["peak_chainage"] = (float, [_round(zone.peak + start) for _, _, zone in rows])
    columns["n"] = (int, [_members(profile, zone) for profile, _, zone in rows])
    columns["lon"] = (float, [round(value, 7) for value in lon.tolist()])
    columns["lat"] = (float, [round(value, 7) for value in lat.tolist()])
    return columns


def write_profile(
    path: Path, profiles: list[Profile], alignment: Alignment, crs: str, columns: Columns
) -> Path:
    """The profile as GeoPackage: each bin's piece of the line, in the line's own system."""
    spans = [
        (float(a), float(b)) for profile in profiles for a, b in zip(profile.edges[:-1], profile.edges[1:])
    ]
    shapes = _pieces(alignment, spans, crs)
    return vectorfile.write_layer(path, "profile", crs, ogr.wkbLineString, shapes, columns)


def write_zones(
    path: Path, profiles: list[Profile], alignment: Alignment, crs: str, columns: Columns
) -> Path:
    """The zones as GeoPackage: each one's piece of the line, in the line's own system."""
    spans = [(zone.start, zone.stop) for profile in profiles for zone in profile.zones]
    return vectorfile.write_layer(
        path, "zones", crs, ogr.wkbLineString, _pieces(alignment, spans, crs), columns
    )


def write_csv(path: Path, columns: Columns) -> Path:
    """A table as CSV with a point as decimal sign; empty where there is no value."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*(values for _, values in columns.values())))
    atomic.write_text(path, stream.getvalue())
    return path


def _pieces(alignment: Alignment, spans: list[tuple[float, float]], crs: str) -> list[bytes]:
    """WKB of pieces of the line, transformed in one go."""
    pieces = [alignment.piece(a, b) for a, b in spans]
    if not pieces:
        return []
    every = np.concatenate(pieces)
    vertices = np.column_stack(coordinates.transform(every[:, 0], every[:, 1], alignment.crs, crs))
    out = []
    stop = 0
    for piece in pieces:
        start, stop = stop, stop + len(piece)
        head = np.array([1], "u1").tobytes() + np.array([2, len(piece)], "<u4").tobytes()  # WKB line string
        out.append(head + vertices[start:stop].astype("<f8").tobytes())
    return out


def _members(profile: Profile, zone: Zone) -> int:
    """Points or pixels in a zone, each counted once."""
    within = bin_index(profile.track.chainage, profile.edges)
    return len(np.unique(profile.track.index[(within >= zone.first) & (within <= zone.last)]))


def _zone_numbers(profile: Profile) -> list[int | None]:
    numbers: list[int | None] = [None] * len(profile.middle)
    for number, zone in enumerate(profile.zones, 1):
        numbers[zone.first : zone.last + 1] = [number] * (zone.last - zone.first + 1)
    return numbers


def _plain(values: np.ndarray) -> list[float | None]:
    return [None if math.isnan(value) else _round(value) for value in values.tolist()]


def _round(value: float) -> float:
    return round(value, DECIMALS)
