"""Funnels through time: boundaries, areas, and when they appear, meet and part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from ..stack import Grid
from .funnel_areas import Funnels, polygons_of
from .funnels import groups, touching

Float64 = NDArray[np.float64]

APPEARS, MERGES, SEPARATES = "appears", "merges", "separates"


@dataclass(frozen=True)
class Event:
    """What happens at a date: a funnel appears, funnels merge, or funnels separate again."""

    date: date
    kind: str
    funnels: tuple[int, ...]


@dataclass(frozen=True)
class Boundary:
    """Outline (WKB) of a funnel's ground beyond the boundary at a date, its area [m2] and deepest point [m]."""

    funnel: int
    number: int
    shape: bytes
    area: float
    deepest: float


@dataclass(frozen=True)
class Track:
    """Per date (N) and funnel (K): area beyond the boundary [m2], deepest S [m], and the funnels that are connected.

    group : for each funnel beyond the boundary the lowest number of those it touches, itself included; 0 elsewhere.
    """

    area: Float64
    deepest: Float64
    group: NDArray[np.int32]
    boundaries: tuple[Boundary, ...]
    events: tuple[Event, ...]


class Tracker:
    """Takes the maps of successive dates one by one and collects the track."""

    def __init__(self, funnels: Funnels, grid: Grid, row_areas: Float64, boundary: float) -> None:
        """boundary : S [m] beyond which ground lies inside a funnel's boundary. row_areas : m2 per pixel, (rows,)."""
        self._funnels = funnels
        self._grid = grid
        self._areas = row_areas
        self._boundary = boundary
        self._rows: list[tuple[Float64, Float64, NDArray[np.int32]]] = []
        self._boundaries: list[Boundary] = []
        self._events: list[Event] = []
        self._linked: set[tuple[int, int]] = set()
        self._seen: set[int] = set()

    def add(self, day: date, s: Float64) -> None:
        """The map S [m] of the next date, (rows, columns)."""
        ids = self._funnels.ids
        labels = self._funnels.labels
        with np.errstate(invalid="ignore"):
            inside = (s > self._boundary) & (labels > 0)
        shown = np.where(inside, labels, 0).astype(np.int32)
        column = np.searchsorted(np.array(ids), labels)
        ground = np.broadcast_to(self._areas[:, None], s.shape)
        area = np.bincount(column[inside], ground[inside], len(ids)).astype(np.float64)
        deepest = np.full(len(ids), -np.inf)
        known = np.isfinite(s) & (labels > 0)
        np.maximum.at(deepest, column[known], s[known])
        deepest[~np.isfinite(deepest)] = np.nan
        group = self._groups(day, shown, area)
        number = len(self._rows)
        for funnel, shape in polygons_of(shown, self._grid).items():
            k = ids.index(funnel)
            self._boundaries.append(Boundary(funnel, number, shape, float(area[k]), float(deepest[k])))
        self._rows.append((area, deepest, group))

    def track(self) -> Track:
        """What has been collected."""
        area, deepest, group = (np.array(column) for column in zip(*self._rows))
        return Track(area, deepest, group, tuple(self._boundaries), tuple(self._events))

    def _groups(self, day: date, shown: NDArray[np.int32], area: Float64) -> NDArray[np.int32]:
        """Note the events of a date and return the group of each funnel."""
        ids = self._funnels.ids
        present = tuple(number for number, size in zip(ids, area) if size > 0)
        for number in present:
            if number not in self._seen:
                self._events.append(Event(day, APPEARS, (number,)))
                self._seen.add(number)
        pairs = touching(shown, shown > 0)
        found = groups(present, pairs)
        together = {(a, b) for group in found for a in group for b in group if a < b}
        for kind, changed in ((MERGES, together - self._linked), (SEPARATES, self._linked - together)):
            members = tuple(sorted({number for pair in changed for number in pair}))
            for group in groups(members, sorted(changed)):
                self._events.append(Event(day, kind, group))
        self._linked = together
        out = np.zeros(len(ids), np.int32)
        for group in found:
            for number in group:
                out[ids.index(number)] = group[0]
        return out


def follow(
    maps: list[tuple[date, Float64]], funnels: Funnels, grid: Grid, row_areas: Float64, boundary: float
) -> Track:
    """The track of maps that are in memory; see Tracker."""
    tracker = Tracker(funnels, grid, row_areas, boundary)
    for day, s in maps:
        tracker.add(day, s)
    return tracker.track()
