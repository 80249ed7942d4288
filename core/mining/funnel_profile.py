"""Subsidence along a line across the funnels: peaks, and the split into stable ground and solution area."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .. import crs as coordinates
from ..corridor.joining import align
from ..errors import InputError
from ..vector import VectorInput
from .subsidence import SubsidenceSeries

Float64 = NDArray[np.float64]

STABLE, SOLUTION = "stable", "solution"


@dataclass(frozen=True)
class Peak:
    """A deepest point along the line: sample number from 1, distance [m] and S [m]."""

    sample: int
    distance: float
    subsidence: float


@dataclass(frozen=True)
class Section:
    """Successive samples of one kind: first and last number from 1, and their distances [m]."""

    kind: str
    first: int
    last: int
    start: float
    stop: float


@dataclass(frozen=True)
class Profile:
    """S [m] along a line, (N, samples), at distances [m] (samples,), one sample per pixel that the line crosses."""

    distance: Float64
    s: Float64
    number: int  # of the date whose peaks and sections are given
    peaks: tuple[Peak, ...]
    sections: tuple[Section, ...]


def profile_along(
    series: SubsidenceSeries, line: VectorInput, number: int, threshold: float, prominence: float
) -> Profile:
    """Sample the series along a line; threshold and prominence in metres of subsidence at the date `number`."""
    alignment = align(line, field="PROFILE").alignment
    step = 0.25 * min(coordinates.pixel_size(series.grid))
    along = np.arange(0.0, alignment.length + step / 2, step)
    x, y = coordinates.transform(*alignment.at(along), alignment.crs, series.grid.crs)
    rows, cols = coordinates.pixel_of(series.grid, x, y)
    inside = (rows >= 0) & (rows < series.grid.height) & (cols >= 0) & (cols < series.grid.width)
    if not inside.any():
        raise InputError(
            "PROFILE", line.name, "a line that crosses the data", "Check its CRS, or draw it elsewhere"
        )
    along, rows, cols = along[inside], rows[inside], cols[inside]
    starts = np.flatnonzero(np.r_[True, (np.diff(rows) != 0) | (np.diff(cols) != 0)])
    stops = np.r_[starts[1:], len(along)] - 1
    distance = 0.5 * (along[starts] + along[stops])
    s = series.at(rows[starts], cols[starts])
    return Profile(
        distance,
        s,
        number,
        peaks_of(distance, s[number], prominence),
        sections_of(distance, s[number], threshold),
    )


def peaks_of(distance: Float64, s: Float64, prominence: float) -> tuple[Peak, ...]:
    """Peaks of S along the line that stand out by `prominence` [m], deepest first; ends count as peaks too.

    Unknown samples are bridged linearly.
    """
    from scipy.signal import find_peaks

    known = np.isfinite(s)
    if not known.any():
        return ()
    filled = np.interp(np.arange(len(s)), np.flatnonzero(known), s[known])
    floor = filled.min() - max(prominence, 0.0) - 1.0
    places, _ = find_peaks(np.r_[floor, filled, floor], prominence=max(prominence, np.finfo(float).tiny))
    found = [Peak(int(p), float(distance[p - 1]), float(filled[p - 1])) for p in places if known[p - 1]]
    return tuple(sorted(found, key=lambda peak: -peak.subsidence))


def sections_of(distance: Float64, s: Float64, threshold: float) -> tuple[Section, ...]:
    """Runs of samples beyond the threshold [m] (solution area) or not (stable); unknown ones join the one before."""
    if not len(s):
        return ()
    kinds: list[str] = []
    for value in s:
        unknown = kinds[-1] if kinds else STABLE
        kinds.append(unknown if np.isnan(value) else SOLUTION if value > threshold else STABLE)
    starts = [n for n, kind in enumerate(kinds) if n == 0 or kind != kinds[n - 1]]
    stops = [*(n - 1 for n in starts[1:]), len(kinds) - 1]
    return tuple(
        Section(kinds[a], a + 1, b + 1, float(distance[a]), float(distance[b])) for a, b in zip(starts, stops)
    )
