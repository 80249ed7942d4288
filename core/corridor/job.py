"""The corridor profile from beginning to end: read, project, bin, find zones, write."""

from __future__ import annotations

import math
from pathlib import Path

from ..blocks import Compute
from ..errors import InputError
from ..monitor import Monitor
from ..result import Result
from .analysis import Analysis
from .area import corridor_lattice
from .bins import bin_edges
from .chainage import Alignment
from .crosssection import CrossSection, cross_section
from .fingerprint import earlier_result, fingerprint
from .joining import align
from .kilometrage import Kilometrage, kilometrage_of
from .landuse import land_use_table
from .neighbours import polygon_distances
from .notes import notes
from .numbers import add_numbers, track_table
from .params import CorridorParams
from .profile import Profile, profile_of
from .reading import read_tracks
from .stations import snap_stations
from .track import Track
from .writing import RESULT, write_results

ALGORITHM = "corridorprofile"
MAX_BINS = 100_000


def run_corridor(
    params: CorridorParams, monitor: Monitor | None = None, compute: Compute | None = None
) -> Result:
    """Write layers, tables, figures, report.html and result.json (`writing.write_results` names them).

    A folder that holds the result of the same parameters and inputs is left as it is. Everything is computed
    before the first file is replaced; result.json is the last one.
    """
    monitor = monitor or Monitor()
    params.validate()
    folder = Path(params.output).expanduser().absolute()
    key = fingerprint(params)
    earlier = earlier_result(folder, RESULT, key)
    if earlier is not None:
        monitor.info(f"{folder} already holds this result; nothing was computed.")
        return earlier
    monitor.step(0.02)
    joined = align(params.line, params.join_gap)
    if params.reverse:
        joined = joined.backwards()
    length = joined.alignment.length
    if params.bin > length:
        raise InputError("BIN", f"{params.bin:g} m", f"at most the length of the line, {length:.0f} m")
    if length / params.bin > MAX_BINS:
        raise InputError(
            "BIN",
            f"{params.bin:g} m",
            f"at least {length / MAX_BINS:.3g} m on this line of {length / 1000:.1f} km ({MAX_BINS:,} bins)",
            "Bins shorter than the distance of the points say nothing more",
        )
    km = kilometrage_of(joined, params.start_chainage, params.use_m, params.line.name)
    places = _section_places(params, km, length)
    stations, stray = (
        snap_stations(params.stations, params.station_field, joined.alignment)
        if params.stations
        else ((), ())
    )
    edges = bin_edges(length, params.bin)
    tracks = read_tracks(params, joined.alignment, edges, compute or Compute(), monitor.part(0.05, 0.6))
    lattice = corridor_lattice(joined.alignment, params.radius, monitor.part(0.6, 0.75))
    profiles = tuple(
        profile_of(track, edges, lattice, params.threshold, params.min_length, params.max_gap)
        for track in tracks
    )
    found = Analysis(
        params,
        joined,
        km,
        profiles,
        stations,
        stray,
        _sections(params, joined.alignment, tracks, places),
        _distances(params, joined.alignment, profiles),
    )
    monitor.step(0.78)
    result = Result(ALGORITHM, folder)
    result.warnings.extend(notes(found))
    result.tables["tracks"] = [track_table(profile, km, params.class_limits) for profile in profiles]
    if params.land_use is not None:
        result.tables["land_use"] = land_use_table(
            params.land_use, params.land_use_field, joined.alignment.crs, tracks, lattice
        )
    add_numbers(result, found)
    monitor.step(0.85)
    write_results(result, found, key, monitor.part(0.85, 1.0))
    return result


def _section_places(params: CorridorParams, km: Kilometrage, length: float) -> tuple[float, ...]:
    """Length along the line [m] of the chainages at which cross-sections are wanted."""
    places = tuple(km.along(chainage, length) for chainage in params.sections)
    for chainage, place in zip(params.sections, places):
        if not math.isfinite(place):
            low, high = sorted((km.one(0.0), km.one(length)))
            raise InputError("CROSS_SECTIONS", f"{chainage:g} m", f"chainages from {low:.0f} to {high:.0f} m")
    return places


def _sections(
    params: CorridorParams, alignment: Alignment, tracks: list[Track], places: tuple[float, ...]
) -> tuple[tuple[CrossSection, ...], ...]:
    width = 2.0 * params.radius if params.section_width is None else params.section_width
    return tuple(
        tuple(cross_section(track, alignment, place, width, params.bin) for track in tracks)
        for place in places
    )


def _distances(
    params: CorridorParams, alignment: Alignment, profiles: tuple[Profile, ...]
) -> tuple[tuple[tuple[float, str], ...], ...]:
    layer = params.distance_to
    if layer is None:
        return ()
    return tuple(
        tuple(polygon_distances(list(profile.zones), layer, params.distance_field, alignment))
        for profile in profiles
    )
