"""How far gaps reach into funnels: half-widths of bowls and gaps, what may be filled, holes of outlines."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .funnel_areas import Funnels

TRUSTED, FARTHEST = 0.25, 0.5  # of the half-width of a bowl: wider gaps are reported, ground farther in is left
MIDDLE = 0.125  # of it: a wider gap over the deepest point is reported

Float64 = NDArray[np.float64]
Flags = NDArray[np.bool_]
Size = tuple[float, float]  # ground size (east, north) of a pixel [m]


def half_widths(s: Float64, funnels: Funnels, threshold: float, size: Size) -> Float64:
    """Half-width R [m] of each funnel's bowl (K,): the largest distance to ground that is not beyond the threshold.

    Ground without a value goes with the nearest pixel that has one; the edge of the grid ends a bowl. 0 for none.
    """
    from scipy.ndimage import distance_transform_edt, maximum

    known = np.isfinite(s)
    if not known.any():
        return np.zeros(len(funnels.ids))
    beyond = known & (np.nan_to_num(s) > threshold)
    beyond = np.pad(beyond[nearest(known, size)], 1)
    inside = distance_transform_edt(beyond, sampling=(size[1], size[0]))[1:-1, 1:-1]
    return np.asarray(maximum(inside, funnels.labels, funnels.ids), np.float64)


def farthest(widths: Float64, funnels: Funnels, size: Size) -> Float64:
    """How far [m] each pixel may lie from a value and be filled, shape of the grid: R/2, but one pixel at least."""
    reach = np.maximum(FARTHEST * widths, max(size))
    table = np.full(int(funnels.labels.max(initial=0)) + 1, reach.max(initial=max(size)))
    table[list(funnels.ids)] = reach
    return np.asarray(table[funnels.labels], np.float64)


def reachable(gap: Flags, limit: Float64, size: Size) -> Flags:
    """The pixels of a gap that lie no farther than the limit [m] from a pixel with a value."""
    return np.asarray(gap & (depths(gap, size) <= limit))


def depths(gap: Flags, size: Size) -> Float64:
    """Distance [m] of the pixels of gaps from the nearest pixel with a value; 0 elsewhere, inf without any."""
    from scipy.ndimage import distance_transform_edt

    if gap.all():
        return np.full(gap.shape, np.inf)
    return np.asarray(distance_transform_edt(gap, sampling=(size[1], size[0])), np.float64)


def nearest(known: Flags, size: Size) -> tuple[NDArray[np.intp], ...]:
    """Index arrays of the nearest known pixel of every pixel."""
    from scipy.ndimage import distance_transform_edt

    return tuple(
        distance_transform_edt(
            ~known, sampling=(size[1], size[0]), return_distances=False, return_indices=True
        )
    )


def with_holes(funnels: Funnels, known: Flags) -> Funnels:
    """The funnels with their holes that hold no value at all; each hole goes to the nearest funnel.

    Outlines that were made from pixels with values have such holes; one that was drawn around values stays.
    """
    from scipy.ndimage import distance_transform_edt, label

    parts, count = label(funnels.labels == 0)
    edge = np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]])
    hole = np.ones(count + 1, bool)
    hole[np.concatenate([[0], edge, parts[known]])] = False
    missing = hole[parts]
    if not missing.any():
        return funnels
    place = distance_transform_edt(funnels.labels == 0, return_distances=False, return_indices=True)
    labels = np.where(missing, funnels.labels[tuple(place)], funnels.labels)
    return Funnels(labels.astype(np.int32), funnels.ids)
