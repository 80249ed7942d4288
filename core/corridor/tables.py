"""The tables of a corridor profile: per bin, zone, station, stretch over the limit, cross-section and date."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import crs as coordinates
from ..pointfile import column_of
from .analysis import Analysis
from .bins import QUANTILES, Bins, bin_index
from .chainage import Float64
from .limits import over_limit, stretches, years_to_distortion
from .outputs import Columns
from .profile import Profile
from .trafficlight import CLASSES, traffic_light
from .zones import Zone

DECIMALS = 4


def all_tables(found: Analysis) -> dict[str, Columns]:
    """Every table that this run has, by the name of its file."""
    makers: dict[str, tuple[bool, Callable[[Analysis], Columns]]] = {
        "profile": (True, profile_columns),
        "zones": (True, zone_columns),
        "stations": (bool(found.stations), station_columns),
        "limits": (found.params.limit.given, limit_columns),
        "sections": (bool(found.sections), section_columns),
        "comparison": (len(found.profiles) > 1, comparison_columns),
        "heatmap": (bool(found.heats), heat_columns),
    }
    return {name: make(found) for name, (wanted, make) in makers.items() if wanted}


def profile_columns(found: Analysis) -> Columns:
    """One row per bin and track."""
    columns: Columns = {}
    add = _adder(columns)
    limit = found.params.limit
    for profile in found.profiles:
        bins = len(profile.middle)
        add("track", str, [profile.track.name] * bins)
        add("bin", int, list(range(1, bins + 1)))
        _add_chainage(columns, found, profile)
        add("n", int, profile.bins.count.tolist())
        add("density", float, _plain(profile.density))
        _add_statistics(columns, profile.bins)
        if len(profile.track.on_line):
            add("on_line", float, _plain(profile.track.on_line))
        add("differential", float, _plain(profile.differential))
        add("distortion", float, _plain(profile.distortion))
        add("curvature", float, _plain(profile.curvature))
        add("affected", int, [int(flag) for flag in profile.affected])
        add("zone", int, _zone_numbers(profile))
        classes = traffic_light(profile.bins.median, found.params.class_limits)
        add("class", str, [CLASSES[index] for index in classes])
        if limit.given:
            known = np.isfinite(profile.differential)
            over = over_limit(profile.differential, limit)
            add("over_limit", int, [int(a) if b else None for a, b in zip(over, known)])
        if limit.distortion is not None:
            add("years_to_limit", float, _plain(years_to_distortion(profile.distortion, limit.distortion)))
    return columns


def zone_columns(found: Analysis) -> Columns:
    """One row per zone and track; lon and lat are those of its middle on the line."""
    columns: Columns = {}
    add = _adder(columns)
    rows = [(p, number, zone) for p in found.profiles for number, zone in enumerate(p.zones, 1)]
    middle = np.array([0.5 * (zone.start + zone.stop) for _, _, zone in rows])
    lon, lat = coordinates.transform(*found.alignment.at(middle), found.alignment.crs, coordinates.WGS84)
    add("track", str, [profile.track.name for profile, _, _ in rows])
    add("zone", int, [number for _, number, _ in rows])
    add("chainage_from", float, [_round(found.km.one(zone.start)) for _, _, zone in rows])
    add("chainage_to", float, [_round(found.km.one(zone.stop)) for _, _, zone in rows])
    add("length", float, [_round(zone.length) for _, _, zone in rows])
    add("affected", float, [_round(zone.affected) for _, _, zone in rows])
    add("minimum", float, [_round(zone.minimum) for _, _, zone in rows])
    add("mean", float, [_round(zone.mean) for _, _, zone in rows])
    add("maximum", float, [_round(zone.maximum) for _, _, zone in rows])
    add("peak_chainage", float, [_round(found.km.one(zone.peak)) for _, _, zone in rows])
    add("n", int, [_members(profile, zone) for profile, _, zone in rows])
    add("lon", float, [round(value, 7) for value in lon.tolist()])
    add("lat", float, [round(value, 7) for value in lat.tolist()])
    add("max_differential", float, [_steepest(profile, zone) for profile, _, zone in rows])
    if found.params.distance_to is not None:
        near = [entry for track in found.distances for entry in track]
        add("distance", float, [_round(distance) for distance, _ in near])
        add("nearest", str, [label for _, label in near])
    return columns


def station_columns(found: Analysis) -> Columns:
    """One row per station and track: its place, and the bin that holds it."""
    columns: Columns = {}
    add = _adder(columns)
    chainage = np.array([station.chainage for station in found.stations])
    for profile in found.profiles:
        bins = bin_index(chainage, profile.edges)
        classes = traffic_light(profile.bins.median, found.params.class_limits)[bins]
        add("track", str, [profile.track.name] * len(bins))
        add("station", str, [station.name for station in found.stations])
        add("chainage", float, _plain(found.km.at(chainage)))
        add("distance", float, [_round(station.distance) for station in found.stations])
        add("n", int, profile.bins.count[bins].tolist())
        add("median", float, _plain(profile.bins.median[bins]))
        add("class", str, [CLASSES[index] for index in classes])
    return columns


def limit_columns(found: Analysis) -> Columns:
    """One row per track and stretch of neighbouring bins whose differential settlement passes the limit."""
    columns: Columns = {
        "track": (str, []), "chainage_from": (float, []), "chainage_to": (float, []), "joints": (int, []),
        "differential": (float, []), "distortion": (float, []),
    }  # fmt: skip
    limit = found.params.limit
    if limit.distortion is not None:
        columns["years_to_limit"] = (float, [])
    for profile in found.profiles:
        for first, last in stretches(over_limit(profile.differential, limit)):
            worst = first + int(np.argmax(profile.distortion[first : last + 1]))
            row = [
                profile.track.name,
                _round(found.km.one(float(profile.middle[first]))),
                _round(found.km.one(float(profile.middle[last + 1]))),
                last - first + 1,
                _round(float(profile.differential[worst])),
                _round(float(profile.distortion[worst])),
            ]
            if limit.distortion is not None:
                years = years_to_distortion(profile.distortion[worst : worst + 1], limit.distortion)
                row.append(_round(float(years[0])))
            for (_, values), value in zip(columns.values(), row):
                values.append(value)
    return columns


def section_columns(found: Analysis) -> Columns:
    """One row per cross-section, track and piece of it; offsets are negative to the left."""
    columns: Columns = {}
    add = _adder(columns)
    for number, tracks in enumerate(found.sections, 1):
        for section in tracks:
            size = len(section.edges) - 1
            add("section", int, [number] * size)
            add("chainage", float, [_round(found.km.one(section.along))] * size)
            add("track", str, [section.track] * size)
            add("offset_from", float, _plain(section.edges[:-1]))
            add("offset_to", float, _plain(section.edges[1:]))
            add("n", int, section.bins.count.tolist())
            _add_statistics(columns, section.bins)
    return columns


def comparison_columns(found: Analysis) -> Columns:
    """One row per bin, the tracks side by side; spread is that of their medians."""
    columns: Columns = {}
    _add_chainage(columns, found, found.profiles[0])
    for profile in found.profiles:
        columns[f"n {profile.track.name}"] = (int, profile.bins.count.tolist())
        columns[f"median {profile.track.name}"] = (float, _plain(profile.bins.median))
    medians = np.array([profile.bins.median for profile in found.profiles])
    columns["spread"] = (float, _plain(medians.max(axis=0) - medians.min(axis=0)))  # NaN unless all have data
    return columns


def heat_columns(found: Analysis) -> Columns:
    """One row per bin and track with series, one column DYYYYMMDD per date of any track: mean displacement [mm]."""
    columns: Columns = {}
    add = _adder(columns)
    days = sorted({day for _, heat in found.heats for day in heat.dates})
    for profile in found.profiles:
        heat = profile.track.heat
        if heat is None:
            continue
        bins = len(profile.middle)
        add("track", str, [profile.track.name] * bins)
        add("bin", int, list(range(1, bins + 1)))
        _add_chainage(columns, found, profile)
        place = {day: column for column, day in enumerate(heat.dates)}
        for day in days:
            values = _plain(heat.mean[:, place[day]]) if day in place else [None] * bins
            add(column_of(day), float, values)
    return columns


def _adder(columns: Columns) -> Callable[[str, type, list[Any]], None]:
    def add(name: str, kind: type, values: list[Any]) -> None:
        columns.setdefault(name, (kind, []))[1].extend(values)

    return add


def _add_chainage(columns: Columns, found: Analysis, profile: Profile) -> None:
    add = _adder(columns)
    add("chainage_from", float, _plain(found.km.at(profile.edges[:-1])))
    add("chainage_to", float, _plain(found.km.at(profile.edges[1:])))
    add("chainage_mid", float, _plain(found.km.at(profile.middle)))


def _add_statistics(columns: Columns, bins: Bins) -> None:
    add = _adder(columns)
    for name, values in (("median", bins.median), ("mean", bins.mean), ("std", bins.std)):
        add(name, float, _plain(values))
    for column, quantile in enumerate(QUANTILES):
        add(f"q{round(quantile * 100):02d}", float, _plain(bins.quantiles[:, column]))


def _steepest(profile: Profile, zone: Zone) -> float | None:
    """Largest differential settlement [mm/yr per 100 m] at a joint inside the zone or at its ends."""
    inside = np.abs(profile.differential[max(zone.first - 1, 0) : zone.last + 1])
    return _round(float(np.nanmax(inside))) if np.isfinite(inside).any() else None


def _members(profile: Profile, zone: Zone) -> int:
    """Points or pixels in a zone, each counted once."""
    within = bin_index(profile.track.chainage, profile.edges)
    return len(np.unique(profile.track.index[(within >= zone.first) & (within <= zone.last)]))


def _zone_numbers(profile: Profile) -> list[int | None]:
    numbers: list[int | None] = [None] * len(profile.middle)
    for number, zone in enumerate(profile.zones, 1):
        numbers[zone.first : zone.last + 1] = [number] * (zone.last - zone.first + 1)
    return numbers


def _plain(values: Float64) -> list[float | None]:
    return [None if math.isnan(value) else _round(value) for value in values.tolist()]


def _round(value: float) -> float:
    return round(value, DECIMALS)
