"""When the simulated satellite passes over the salt mine, and its interferograms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from . import noise

Float64 = NDArray[np.float64]

FIRST = date(2015, 6, 15)
# 32 passes in 792 days as in the paper: every 24 days but one until day 576, then a shifted rhythm to day 792.
DAYS = (*(day for day in range(0, 577, 24) if day != 192), 612, 636, 660, 684, 708, 732, 768, 792)
AFTER = tuple(range(792 + 30, 792 + 361, 30))  # days of the year after the record, for forecasts
LONGEST = 84  # days
WIDEST = 150.0  # m
TUBE = 75.0  # m, standard deviation of the orbits
_TRIES = 100


def record() -> tuple[date, ...]:
    """Dates of the 32 images."""
    return tuple(FIRST + timedelta(days=day) for day in DAYS)


def later() -> tuple[date, ...]:
    """Twelve dates in the year after the record."""
    return tuple(FIRST + timedelta(days=day) for day in AFTER)


def orbits(dates: Sequence[date], seed: int) -> Float64:
    """Perpendicular baseline [m] of each image against the first, drawn again until the pairs connect all images."""
    for attempt in range(_TRIES):
        rng = noise.generator(seed, "saltmine", "orbits", attempt)
        drawn = np.round(np.clip(rng.normal(0.0, TUBE, len(dates)), -WIDEST, WIDEST), 1)
        bperp = np.round(drawn - drawn[0], 1)
        if _connected(len(dates), pairs(dates, bperp)):
            return bperp
    raise ValueError(f"no connected network in {_TRIES} draws")


def pairs(dates: Sequence[date], bperp: Float64) -> list[tuple[int, int]]:
    """Indices of the pairs within 84 days and 150 m."""
    return [
        (first, second)
        for first in range(len(dates))
        for second in range(first + 1, len(dates))
        if (dates[second] - dates[first]).days <= LONGEST and abs(bperp[second] - bperp[first]) <= WIDEST
    ]


def _connected(count: int, links: list[tuple[int, int]]) -> bool:
    """Every image has two pairs at least, and all hang together."""
    degree = np.bincount(np.array(links, np.intp).ravel(), minlength=count)
    part = list(range(count))
    for first, second in links:
        old, new = part[second], part[first]
        part = [new if entry == old else entry for entry in part]
    return bool(degree.min() >= 2) and len(set(part)) == 1
