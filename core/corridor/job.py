"""The corridor profile from beginning to end: read, project, bin, find zones, write."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from .. import atomic
from ..blocks import Compute
from ..errors import InputError
from ..monitor import Monitor
from ..pointsource import PointFile, load
from ..result import Result
from ..version import VERSION
from . import outputs
from .area import corridor_lattice
from .bins import bin_edges
from .fingerprint import earlier_result, fingerprint
from .joining import Joined, align
from .landuse import land_use_table
from .notes import notes
from .numbers import add_numbers, track_table
from .params import CorridorParams
from .pixels import grid_of_points
from .pointtrack import track_of_points
from .profile import Profile, profile_of
from .rastertrack import track_of_raster
from .track import Track

ALGORITHM = "corridorprofile"
RESULT = "result.json"
MAX_BINS = 100_000


def run_corridor(
    params: CorridorParams, monitor: Monitor | None = None, compute: Compute | None = None
) -> Result:
    """Write profile.gpkg, zones.gpkg, profile.csv, zones.csv, profile.png, profile.svg, report.html, result.json.

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
    edges = bin_edges(length, params.bin)
    tracks = _tracks(params, joined, edges, compute or Compute(), monitor.part(0.05, 0.6))
    lattice = corridor_lattice(joined.alignment, params.radius, monitor.part(0.6, 0.75))
    profiles = [
        profile_of(track, edges, lattice, params.threshold, params.min_length, params.max_gap)
        for track in tracks
    ]
    monitor.step(0.78)
    result = Result(ALGORITHM, folder)
    result.warnings.extend(notes(params, joined, profiles))
    result.tables["tracks"] = [track_table(profile, params.start_chainage) for profile in profiles]
    if params.land_use is not None:
        result.tables["land_use"] = land_use_table(
            params.land_use, params.land_use_field, joined.alignment.crs, tracks, lattice
        )
    add_numbers(result, params, joined, profiles)
    monitor.step(0.85)
    _write(result, params, joined, profiles, key, monitor.part(0.85, 1.0))
    return result


def _tracks(
    params: CorridorParams, joined: Joined, edges: np.ndarray, compute: Compute, monitor: Monitor
) -> list[Track]:
    """One track per layer, with names that differ."""
    if str(params.raster):
        return [
            track_of_raster(
                params.raster,
                joined.alignment,
                params.radius,
                edges,
                params.component,
                params.incidence,
                compute,
                monitor,
            )
        ]
    tracks: list[Track] = []
    for number, source in enumerate(params.points):
        part = monitor.part(number / len(params.points), (number + 1) / len(params.points))
        part.step(0.0)
        points = load(source)
        part.step(0.5)
        track = track_of_points(
            points,
            joined.alignment,
            params.radius,
            params.component,
            params.field,
            params.incidence,
            part.part(0.5, 1.0),
            grid_of_points(source.path) if isinstance(source, PointFile) else None,
            float(edges[1] - edges[0]),
        )
        if not len(track.value):
            raise InputError(
                "POINTS",
                track.source,
                "points with a known incidence in the corridor",
                "Give INCIDENCE, or choose los",
            )
        same = sum(other.name == track.name or other.name.startswith(f"{track.name} (") for other in tracks)
        tracks.append(replace(track, name=f"{track.name} ({same + 1})") if same else track)
    return tracks


def _write(
    result: Result,
    params: CorridorParams,
    joined: Joined,
    profiles: list[Profile],
    key: str,
    monitor: Monitor,
) -> None:
    """Make every file under a temporary name, then let all of them appear, result.json last."""
    from ..figures.base import to_png, to_svg
    from ..figures.corridor import profile_figure
    from .report import write_report

    figure = profile_figure(
        profiles,
        params.component,
        params.threshold,
        params.start_chainage,
        "pixels" if str(params.raster) else "points",
    )
    monitor.step(0.3)
    folder = result.folder
    names = {
        "profile": "profile.gpkg",
        "zones": "zones.gpkg",
        "csv": "profile.csv",
        "zones_csv": "zones.csv",
        "figure": "profile.png",
        "figure_svg": "profile.svg",
        "report": "report.html",
    }
    result.files.update({role: folder / name for role, name in names.items()})
    table = outputs.profile_columns(profiles, params.start_chainage)
    zones = outputs.zone_columns(profiles, joined.alignment, params.start_chainage)
    every = {**result.files, "result": folder / RESULT}
    with atomic.output_folder(folder), atomic.replacing_all(list(every.values())) as temporary:
        parts = dict(zip(every, temporary))
        outputs.write_profile(parts["profile"], profiles, joined.alignment, params.line.crs, table)
        outputs.write_zones(parts["zones"], profiles, joined.alignment, params.line.crs, zones)
        outputs.write_csv(parts["csv"], table)
        outputs.write_csv(parts["zones_csv"], zones)
        monitor.step(0.5)
        parts["figure"].write_bytes(to_png(figure))
        parts["figure_svg"].write_bytes(to_svg(figure))
        monitor.step(0.7)
        write_report(parts["report"], result, params, joined, profiles, figure)
        _write_result(result, params, key, parts["result"])
        monitor.step(1.0)
    result.files["result"] = folder / RESULT


def _write_result(result: Result, params: CorridorParams, key: str, temporary: Path) -> None:
    described: dict[str, Any] = {
        "line": params.line.name,
        "points": [entry.path if isinstance(entry, PointFile) else entry.name for entry in params.points],
        "raster": str(params.raster),
        "land_use": params.land_use.name if params.land_use else "",
    }
    plain = (
        "radius",
        "bin",
        "threshold",
        "component",
        "start_chainage",
        "field",
        "incidence",
        "min_length",
        "max_gap",
        "join_gap",
        "land_use_field",
    )
    described.update({name: getattr(params, name) for name in plain})
    result.write({**described, "fingerprint": key}, VERSION, temporary.name)
