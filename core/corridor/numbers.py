"""The numbers of a corridor profile."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..result import Result
from .analysis import Analysis
from .kilometrage import Kilometrage
from .limits import over_limit, years_to_distortion
from .profile import Profile
from .trafficlight import AMBER, CLASSES, GREEN, NO_DATA, RED, class_lengths, traffic_light


def add_numbers(result: Result, found: Analysis) -> None:
    """Fill in the numbers; with several tracks a bin is affected when it is so in one of them."""
    params, joined, profiles = found.params, found.joined, found.profiles
    lengths = profiles[0].lengths
    affected = np.any([profile.affected for profile in profiles], axis=0)
    empty = empty_bins(profiles)
    points = sum(profile.track.count for profile in profiles)
    amount = sum(len(profile.track.value) * profile.track.share for profile in profiles)
    area = float(sum(profile.area.sum() for profile in profiles))
    subject = found.subject
    add = result.number
    add("line_length", round(joined.alignment.length, 3), "m", "Length of the line")
    add("bin_count", len(lengths), "", "Bins per track")
    add("point_count", points, "", f"Measured {subject} in the corridor")
    add("area", round(area, 6), "km²", "Area of the corridor inside the data (all tracks)")
    density = round(amount / area, 3) if area > 0 else None
    add("density", density, "per km²", f"Density of {subject} per track")
    add("affected_length", round(float(lengths[affected].sum()), 3), "m", "Affected length of the line")
    on_line = [profile.on_line_affected for profile in profiles if profile.on_line_affected is not None]
    add(
        "affected_length_on_line",
        round(max(on_line), 3) if on_line else None,
        "m",
        "Affected length by the pixels under the line",
    )
    add("zone_count", sum(len(profile.zones) for profile in profiles), "", "Affected zones")
    longest = max((zone.length for profile in profiles for zone in profile.zones), default=0.0)
    add("longest_zone", round(longest, 3), "m", "Length of the longest zone")
    rate, where = _extreme(
        found, [p.bins.median * np.sign(-params.threshold) for p in profiles], np.nanargmin
    )
    add("worst_rate", _signed(rate, params.threshold), "mm/yr", "Median of the fastest bin")
    add("worst_chainage", where, "m", "Chainage of the fastest bin")
    steepest, joint = _extreme(found, [np.abs(p.differential) for p in profiles], np.nanargmax, joints=True)
    add(
        "max_differential",
        steepest,
        "mm/yr per 100 m",
        "Largest differential settlement of neighbouring bins",
    )
    add("max_differential_chainage", joint, "m", "Chainage of the largest differential settlement")
    add(
        "max_distortion",
        None if steepest is None else round(steepest * 10.0, 4),
        "µrad/yr",
        "Largest angular distortion",
    )
    add("length_without_data", round(float(lengths[empty].sum()), 3), "m", "Length of the line without data")
    add(
        "scale_error",
        round((joined.scale - 1.0) * 1e6, 1),
        "ppm",
        "Plane length against the length on the ellipsoid",
    )
    _add_assessment(result, found)


def _add_assessment(result: Result, found: Analysis) -> None:
    """Curvature, classes, limits, and how many dates the map of chainage and time has."""
    profiles, limit = found.profiles, found.params.limit
    add = result.number
    bend, place = _extreme(found, [np.abs(p.curvature) for p in profiles], np.nanargmax)
    add("max_curvature", bend, "µrad/m/yr", "Largest curvature of the profile")
    add("max_curvature_chainage", place, "m", "Chainage of the largest curvature")
    lengths = class_lengths(_worst_class(found), profiles[0].lengths)
    for name in (GREEN, AMBER, RED):
        add(f"{name}_length", round(lengths[name], 3), "m", f"Length of the line in class {name}")
    over = np.any([over_limit(p.differential, limit) for p in profiles], axis=0)
    add(
        "over_limit_count",
        int(over.sum()) if limit.given else None,
        "",
        "Joints of neighbouring bins over the limit of differential settlement",
    )
    years = np.full(1, np.nan)
    if limit.distortion is not None:
        years = np.concatenate([years_to_distortion(p.distortion, limit.distortion) for p in profiles])
    soonest = round(float(np.nanmin(years)), 3) if np.isfinite(years).any() else None
    add("years_to_limit", soonest, "yr", "Shortest time in which the limit of angular distortion is reached")
    dates = max((len(heat.dates) for _, heat in found.heats), default=0)
    add("date_count", dates, "", "Dates of the map of chainage and time")


def _worst_class(found: Analysis) -> NDArray[np.int64]:
    """Class per bin (bins,): the worst of the tracks that have data."""
    no_data = CLASSES.index(NO_DATA)
    classes = np.array([traffic_light(p.bins.median, found.params.class_limits) for p in found.profiles])
    worst = np.where(classes == no_data, -1, classes).max(axis=0)
    return np.where(worst < 0, no_data, worst)


def empty_bins(profiles: tuple[Profile, ...]) -> NDArray[np.bool_]:
    """Bins (bins,) in which no track has data."""
    return np.all([profile.bins.count == 0 for profile in profiles], axis=0)


def track_table(profile: Profile, km: Kilometrage, limits: tuple[float, float]) -> dict[str, Any]:
    """One row of the table of tracks; limits : of the classes [mm/yr]."""
    lengths = class_lengths(traffic_light(profile.bins.median, limits), profile.lengths)
    area = float(profile.area.sum())
    track, on_line = profile.track, profile.on_line_affected
    return {
        "track": track.name,
        "source": track.source,
        "read": track.read,
        "points": track.count,
        "without_incidence": track.without_incidence,
        "incidence": track.incidence,
        "area_km2": round(area, 6),
        "density_per_km2": round(len(track.value) * track.share / area, 3) if area > 0 else None,
        "affected_length_m": round(profile.affected_length, 3),
        "affected_length_on_line_m": None if on_line is None else round(on_line, 3),
        "zones": len(profile.zones),
        "lowest_median_mm_yr": round(float(np.nanmin(profile.bins.median)), 4),
        "highest_median_mm_yr": round(float(np.nanmax(profile.bins.median)), 4),
        "start_chainage_m": km.one(0.0),
        "green_m": round(lengths[GREEN], 3),
        "amber_m": round(lengths[AMBER], 3),
        "red_m": round(lengths[RED], 3),
    }


def _extreme(
    found: Analysis, values: list[np.ndarray], pick: Any, joints: bool = False
) -> tuple[float | None, float | None]:
    """Extreme of all tracks' bins and its chainage [m]: the middle of the bin, or the joint after it."""
    table = np.array(values)
    if not np.isfinite(table).any():
        return None, None
    row, column = np.unravel_index(int(pick(table)), table.shape)
    place = found.profiles[0].edges[1:] if joints else found.profiles[0].middle
    return round(float(table[row, column]), 4), round(found.km.one(float(place[column])), 3)


def _signed(rate: float | None, threshold: float) -> float | None:
    return None if rate is None else rate * float(np.sign(-threshold)) + 0.0
