"""Sub-funnels of a subsidence map: by watershed, or by the nearest well."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .funnel_areas import Funnels, Labels

Float64 = NDArray[np.float64]
Flags = NDArray[np.bool_]

_HALF = ((0, 1), (1, -1), (1, 0), (1, 1))  # one of each pair of opposite neighbours


@dataclass
class _Sets:
    """Disjoint sets of numbers with path halving."""

    parent: NDArray[np.intp]

    def find(self, number: int) -> int:
        while self.parent[number] != number:
            self.parent[number] = self.parent[self.parent[number]]
            number = int(self.parent[number])
        return number


def smoothed(s: Float64, sigma: float) -> Float64:
    """Gaussian mean of the known values, sigma in pixels, (rows, columns); unknown pixels stay unknown."""
    from scipy.ndimage import gaussian_filter

    if sigma <= 0:
        return s.copy()
    known = np.isfinite(s)
    weight = gaussian_filter(known.astype(np.float64), sigma, mode="constant")
    values = gaussian_filter(np.where(known, s, 0.0), sigma, mode="constant")
    return np.where(known, values / np.where(weight > 0, weight, 1.0), np.nan)


def without_small(inside: Flags, least: int) -> Flags:
    """The 8-connected parts of at least so many pixels."""
    from scipy.ndimage import label

    parts, count = label(inside, structure=np.ones((3, 3)))
    sizes = np.bincount(parts.ravel(), minlength=count + 1)
    sizes[0] = 0
    return np.asarray(sizes[parts] >= max(least, 1), bool)


def without_shallow(labels: Labels, s: Float64, least: float) -> Labels:
    """The areas whose deepest point reaches `least` [m], numbers kept; the deepest area always stays."""
    highest = np.full(int(labels.max(initial=0)) + 1, -np.inf)
    inside = labels > 0
    np.maximum.at(highest, labels[inside], s[inside])
    keep = highest >= min(least, float(highest.max()))
    keep[0] = False
    return np.where(keep[labels], labels, 0).astype(np.int32)


def watershed(s: Float64, inside: Flags, prominence: float) -> Labels:
    """Basins around the deepest points, numbered from 1 by falling depth; 0 where not inside.

    Every pixel follows its steepest way down to a local deepest point (8 neighbours). Basins whose deepest point lies
    less than `prominence` below the sill to a deeper one belong to the basin across that sill. s [m, positive down].
    """
    depth = np.where(inside & np.isfinite(s), s, -np.inf)
    basin, peaks = _basins(depth)
    if not len(peaks):
        return np.zeros(s.shape, np.int32)
    owner = _joined(depth, basin, peaks, prominence)
    order = np.argsort(-depth.ravel()[peaks], kind="stable")
    numbers = np.zeros(len(peaks) + 1, np.int32)
    roots = [int(place) for place in order if owner[place] == place]
    rank = {place: number for number, place in enumerate(roots, 1)}
    numbers[1:] = [rank[int(owner[place])] for place in range(len(peaks))]
    return numbers[basin + 1].reshape(s.shape)


def nearest(inside: Flags, x: Float64, y: Float64, wells: Float64, reach: float) -> Labels:
    """Number (from 1, in the wells' order) of the nearest well of each pixel inside; 0 beyond `reach` [m], 0 = any.

    x, y : metric coordinates of the pixels inside, in row-major order. wells : (n, 2).
    """
    from scipy.spatial import cKDTree

    out = np.zeros(inside.shape, np.int32)
    if len(x):
        distance, number = cKDTree(wells).query(np.column_stack([x, y]))
        out[inside] = np.where((reach <= 0) | (distance <= reach), number + 1, 0)
    return out


def carry_numbers(labels: Labels, earlier: Funnels) -> Labels:
    """The same areas with the numbers of an earlier run where they overlap most; new ones go on counting.

    An earlier number is given once, to the area that shares most pixels with it.
    """
    shared = np.unique(
        np.column_stack([labels.ravel(), earlier.labels.ravel()])[
            (labels.ravel() > 0) & (earlier.labels.ravel() > 0)
        ],
        axis=0,
        return_counts=True,
    )
    new: dict[int, int] = {}
    taken: set[int] = set()
    for place in np.lexsort((shared[0][:, 1], shared[0][:, 0], -shared[1])):
        mine, theirs = (int(value) for value in shared[0][place])
        if mine not in new and theirs not in taken:
            new[mine] = theirs
            taken.add(theirs)
    following = max([*earlier.ids, 0]) + 1
    for number in np.unique(labels[labels > 0]):
        if int(number) not in new:
            new[int(number)] = following
            following += 1
    table = np.zeros(int(labels.max(initial=0)) + 1, np.int32)
    for mine, theirs in new.items():
        table[mine] = theirs
    return table[labels]


def touching(labels: Labels, inside: Flags) -> list[tuple[int, int]]:
    """Pairs of numbers, lower first, that have neighbouring pixels (8) inside, in rising order."""
    shown = np.where(inside, labels, 0)
    pairs: set[tuple[int, int]] = set()
    for one, two in _neighbours(shown):
        meet = (one != two) & (one > 0) & (two > 0)
        low, high = np.minimum(one, two)[meet], np.maximum(one, two)[meet]
        pairs.update((int(a), int(b)) for a, b in np.unique(np.column_stack([low, high]), axis=0))
    return sorted(pairs)


def groups(numbers: tuple[int, ...], pairs: list[tuple[int, int]]) -> list[tuple[int, ...]]:
    """Numbers joined by pairs, directly or through others; each group and the list in rising order."""
    place = {number: index for index, number in enumerate(numbers)}
    sets = _Sets(np.arange(len(numbers)))
    for one, two in pairs:
        low, high = sorted((sets.find(place[one]), sets.find(place[two])))
        sets.parent[high] = low
    found: dict[int, list[int]] = {}
    for number in numbers:
        found.setdefault(sets.find(place[number]), []).append(number)
    return sorted(tuple(sorted(group)) for group in found.values())


def _basins(depth: Float64) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Number of each pixel's basin (flat, -1 outside), and the flat place of each basin's deepest point."""
    rows, cols = depth.shape
    padded = np.full((rows + 2, cols + 2), -np.inf)
    padded[1:-1, 1:-1] = depth
    place = np.arange(padded.size).reshape(padded.shape)
    here = padded[1:-1, 1:-1]
    best, target = np.zeros(depth.shape), place[1:-1, 1:-1].copy()
    tied = target.copy()
    for down, right in [*_HALF, *((-a, -b) for a, b in _HALF)]:
        there = padded[1 + down : rows + 1 + down, 1 + right : cols + 1 + right]
        number = place[1 + down : rows + 1 + down, 1 + right : cols + 1 + right]
        with np.errstate(invalid="ignore"):
            slope = (there - here) / np.hypot(down, right)
        better = slope > best
        best[better], target[better] = slope[better], number[better]
        level = (there == here) & (number < tied)
        tied[level] = number[level]
    flat = np.isfinite(here) & (best == 0)
    target[flat] = tied[flat]  # on level ground towards the first pixel, so that it ends somewhere
    follow = np.arange(padded.size)
    follow[place[1:-1, 1:-1].ravel()] = target.ravel()
    while True:
        ahead = follow[follow]
        if np.array_equal(ahead, follow):
            break
        follow = ahead
    ends = follow.reshape(padded.shape)[1:-1, 1:-1]
    inside = np.isfinite(depth)
    peaks, index = np.unique(ends[inside], return_inverse=True)
    basin = np.full(depth.size, -1, np.intp)
    basin[inside.ravel()] = index.ravel()
    row, col = np.divmod(peaks, cols + 2)
    return basin, (row - 1) * cols + (col - 1)


def _joined(
    depth: Float64, basin: NDArray[np.intp], peaks: NDArray[np.intp], prominence: float
) -> NDArray[np.intp]:
    """The basin that each basin belongs to, after joining those of low prominence across their deepest sill."""
    top = depth.ravel()[peaks]
    shape = depth.shape
    pairs, sills = [], []
    for (a, b), (da, db) in zip(_neighbours(basin.reshape(shape)), _neighbours(depth)):
        meet = (a != b) & (a >= 0) & (b >= 0)
        pairs.append(np.column_stack([np.minimum(a, b)[meet], np.maximum(a, b)[meet]]))
        sills.append(np.minimum(da, db)[meet])
    edges, sill = np.concatenate(pairs), np.concatenate(sills)
    order = np.lexsort((edges[:, 1], edges[:, 0], -sill))
    flooded = _Sets(np.arange(len(peaks)))  # joined above the present sill, whatever their prominence
    owner = _Sets(np.arange(len(peaks)))
    for place in order:
        one, two = (int(value) for value in edges[place])
        high, low = flooded.find(one), flooded.find(two)
        if high == low:
            continue
        if (top[high], -high) < (top[low], -low):
            high, low, one, two = low, high, two, one
        if top[low] - sill[place] < prominence or top[low] == sill[place]:
            owner.parent[owner.find(low)] = owner.find(one)
        flooded.parent[low] = high
    return np.array([owner.find(number) for number in range(len(peaks))], np.intp)


def _neighbours(values: NDArray) -> list[tuple[NDArray, NDArray]]:
    """The four kinds of neighbouring pairs as two arrays each."""
    rows, cols = values.shape
    out = []
    for down, right in _HALF:
        first = values[: rows - down, max(-right, 0) : cols - max(right, 0)]
        second = values[down:, max(right, 0) : cols - max(-right, 0)]
        out.append((first, second))
    return out
