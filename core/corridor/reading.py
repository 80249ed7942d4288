"""The tracks of a run: points or raster in the corridor, with their displacement per bin and date where it is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ..blocks import Compute
from ..errors import InputError
from ..monitor import Monitor
from ..pointfile import PointSet
from ..pointsource import PointFile, Points, load
from ..rateraster import open_rates
from . import dated
from .bins import bin_index
from .chainage import Alignment, Float64
from .heatmap import heat_map
from .params import CorridorParams
from .pixels import grid_of_points
from .pointtrack import track_of_points
from .rastertrack import track_of_raster
from .track import Track


def read_tracks(
    params: CorridorParams, alignment: Alignment, edges: Float64, compute: Compute, monitor: Monitor
) -> list[Track]:
    """One track per layer, with names that differ; edges (bins + 1,) [m]."""
    if str(params.raster):
        return [_of_raster(params, alignment, edges, compute, monitor)]
    tracks: list[Track] = []
    for number, source in enumerate(params.points):
        part = monitor.part(number / len(params.points), (number + 1) / len(params.points))
        track = _of_points(params, source, alignment, edges, part)
        same = sum(other.name == track.name or other.name.startswith(f"{track.name} (") for other in tracks)
        tracks.append(replace(track, name=f"{track.name} ({same + 1})") if same else track)
    return tracks


def _of_points(
    params: CorridorParams, source: Points, alignment: Alignment, edges: Float64, monitor: Monitor
) -> Track:
    monitor.step(0.0)
    points = load(source)
    monitor.step(0.5)
    track = track_of_points(
        points,
        alignment,
        params.radius,
        params.component,
        params.field,
        params.incidence,
        monitor.part(0.5, 0.8),
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
    return _with_point_heat(track, points, edges, monitor.part(0.8, 1.0)) if params.heat_map else track


def _with_point_heat(track: Track, points: PointSet, edges: Float64, monitor: Monitor) -> Track:
    if not points.dates:
        return track
    bins = bin_index(track.chainage, edges)
    columns = dated.of_points(points, track.index)
    return replace(track, heat=heat_map(points.dates, columns, bins, len(edges) - 1, track.scale, monitor))


def _of_raster(
    params: CorridorParams, alignment: Alignment, edges: Float64, compute: Compute, monitor: Monitor
) -> Track:
    track = track_of_raster(
        params.raster,
        alignment,
        params.radius,
        edges,
        params.component,
        params.incidence,
        compute,
        monitor.part(0.0, 0.6),
    )
    path = Path(params.raster)
    found = dated.folder_items(path, open_rates(path).grid.shape) if params.heat_map else None
    if found is None:
        return track
    stack, items = found
    columns = dated.of_raster(path.absolute().parent, stack, items, track.index, compute)
    bins = bin_index(track.chainage, edges)
    heat = heat_map(tuple(items), columns, bins, len(edges) - 1, track.scale, monitor.part(0.6, 1.0))
    return replace(track, heat=heat)
