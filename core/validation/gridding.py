"""Several tracks in cells of one grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .. import crs as coordinates
from ..errors import InputError
from ..vector import VectorInput
from .cells import MOST_PIXELS, CellGrid, CellMeans, cover, means, metric_system, typical_distance
from .observations import Observations

Float64 = NDArray[np.float64]
_HINT = 2.0  # cells of this many point distances hold a point of most tracks


@dataclass(frozen=True)
class Gridded:
    """The grid and each track's cells; distance : typical distance [m] between neighbours of each track."""

    grid: CellGrid
    tracks: tuple[CellMeans, ...]
    distance: tuple[float, ...]


def gridded(
    tracks: Sequence[Observations], spacing: float, crs: str, min_points: int, fields: Sequence[str]
) -> Gridded:
    """Average each track in the cells of a grid over all of them; fields : their parameters, for messages."""
    system = metric_system([(track.x, track.y, track.crs) for track in tracks], crs)
    places = []
    kept = []
    for track, field in zip(tracks, fields):
        x, y = coordinates.transform(track.x, track.y, track.crs, system)
        good = np.isfinite(x) & np.isfinite(y)
        if not good.any():
            raise InputError(
                field,
                f"{track.source}: no point has coordinates in {system}",
                "tracks of one region",
                "Check the CRS of the layers",
            )
        places.append((x[good], y[good]))
        kept.append(good)
    grid = cover(places, spacing, system)
    averaged = [
        means(grid.numbers(*place), track.value[good], track.std[good], track.los[good], min_points)
        for place, track, good in zip(places, tracks, kept)
    ]
    return Gridded(grid, tuple(averaged), tuple(typical_distance(*place) for place in places))


def on_reference(
    found: Gridded, layer: VectorInput, names: Sequence[str], fields: Sequence[str]
) -> tuple[Gridded, Float64]:
    """The tracks with a median of zero over the cells that a layer of stable ground holds, and what was taken off (K,).

    A cell belongs to a point that lies in it, and to a polygon that its middle lies in.
    """
    if found.grid.width * found.grid.height > MOST_PIXELS:
        raise InputError("SPACING", found.grid.spacing, "larger cells together with REFERENCE", "Enlarge SPACING")
    inside = layer.mask(found.grid.grid()).ravel()
    levels = []
    for name, field, track in zip(names, fields, found.tracks):
        values = track.mean[inside[track.cell]]
        if not len(values):
            raise InputError(
                "REFERENCE",
                layer.name or "layer",
                f"an area with points of every track: {name} ({field}) has none there",
                "Draw a polygon where all tracks have points, or enlarge SPACING",
            )
        levels.append(float(np.median(values)))
    moved = tuple(replace(track, mean=track.mean - level) for track, level in zip(found.tracks, levels))
    return replace(found, tracks=moved), np.array(levels)


def usable(track: Observations, factor: Float64) -> tuple[Observations, int]:
    """The track along another direction: values and errors divided by `factor` (n,); how many points had none."""
    known = np.isfinite(factor)
    seen = factor[known]
    return (
        replace(
            track,
            x=track.x[known],
            y=track.y[known],
            value=track.value[known] / seen,
            std=track.std[known] / np.abs(seen),
            los=track.los[known],
        ),
        int(len(known) - known.sum()),
    )


def too_few(gridded_tracks: Gridded, names: Sequence[str], field: str, min_points: int) -> InputError:
    """The error for tracks without a common cell: where they lie, and how large cells would have to be."""
    spacing = gridded_tracks.grid.spacing
    parts = [
        f"{name} has {len(track.cell)} cells" for name, track in zip(names, gridded_tracks.tracks)
    ]
    apart = max(gridded_tracks.distance)
    least = f" with at least {min_points} points each" if min_points > 1 else ""
    if not _overlap(gridded_tracks):
        remedy = "The tracks do not overlap: check their CRS, or choose tracks of one place"
    elif np.isfinite(apart) and spacing < _HINT * apart:
        remedy = (
            f"Neighbouring points are typically {apart:.0f} m apart: try SPACING {_rounded(_HINT * apart):g}"
        )
    else:
        remedy = "Enlarge SPACING or lower MIN_POINTS"
    allowed = f"tracks that share cells of {spacing:g} m{least}"
    return InputError(field, f"no common cells ({'; '.join(parts)})", allowed, remedy)


def coarse_notes(gridded_tracks: Gridded, names: Sequence[str]) -> list[str]:
    """A warning for each track whose points are farther apart than the cells are wide."""
    spacing = gridded_tracks.grid.spacing
    return [
        f"Neighbouring points of {name} are typically {apart:.0f} m apart, more than SPACING ({spacing:g} m): only "
        f"cells where points happen to meet are common. SPACING {_rounded(_HINT * apart):g} would use most points."
        for name, apart in zip(names, gridded_tracks.distance)
        if np.isfinite(apart) and apart > 1.05 * spacing
    ]


def _overlap(gridded_tracks: Gridded) -> bool:
    """Whether the rectangles around the tracks' cells have something in common."""
    low, high = [], []
    for track in gridded_tracks.tracks:
        if not len(track.cell):
            return True
        x, y = gridded_tracks.grid.centres(track.cell)
        low.append((x.min(), y.min()))
        high.append((x.max(), y.max()))
    return bool((np.max(low, axis=0) <= np.min(high, axis=0)).all())


def _rounded(length: float) -> float:
    """Up to one or two digits that a person would type."""
    size = 10.0 ** np.floor(np.log10(length))
    return float(np.ceil(2.0 * length / size) / 2.0 * size)
