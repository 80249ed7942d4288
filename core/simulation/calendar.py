"""When a simulated satellite passes, from where, and which pairs are made."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

REPEAT = 12  # days
RHYTHM = 24  # days between most images
FIRST = date(2015, 7, 15)
DAYS_PER_IMAGE = 25.1  # 63 images from July 2015 to November 2019
TUBE = 45.0  # m, standard deviation of the orbit in its tube
LONGEST = 84  # days, of the ordinary pairs
EXTRA = 132  # days, of the few long ones


def passes(count: int, anchor: date, gap: int, rng: np.random.Generator) -> tuple[date, ...]:
    """`count` dates from July 2015 on, 24 days apart with some 12, some 48, and one gap.

    anchor : a date of the track's 12-day repeat. gap [days] : a multiple of 12, in the middle third.
    """
    start = FIRST + timedelta(days=(anchor - FIRST).days % REPEAT)
    span = round(count * DAYS_PER_IMAGE / REPEAT) * REPEAT
    before = round(span * rng.uniform(0.4, 0.6) / RHYTHM) * RHYTHM
    after = before + gap
    chosen = [*range(0, before + 1, RHYTHM), *range(after, span + 1, RHYTHM)]
    halves = [t for t in range(REPEAT, span, RHYTHM) if (t < before or t > after) and t not in chosen]
    extra = max(round(0.1 * count), count - len(chosen))
    chosen = sorted({*chosen, *(int(t) for t in rng.choice(halves, min(extra, len(halves)), replace=False))})
    while len(chosen) > count:
        removable = [
            index for index in range(1, len(chosen) - 1)
            if chosen[index] not in (before, after) and chosen[index + 1] - chosen[index - 1] <= 2 * RHYTHM
        ]
        chosen.pop(int(rng.choice(removable)))
    return tuple(start + timedelta(days=t) for t in chosen)


def orbits(count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Perpendicular baseline [m] of each pass: slow wandering inside the orbital tube, (count,)."""
    steps = rng.standard_normal(count)
    out = np.empty(count)
    out[0] = steps[0]
    for index in range(1, count):
        out[index] = 0.35 * out[index - 1] + math.sqrt(1.0 - 0.35**2) * steps[index]
    return np.round(np.clip(out, -2.6, 2.6) * TUBE, 1)


def pair_indices(dates: Sequence[date]) -> list[tuple[int, int]]:
    """Pairs of a small-baseline product: up to 84 days, some longer ones, and two across each longer gap."""
    pairs = set()
    for first in range(len(dates)):
        for second in range(first + 1, len(dates)):
            days = (dates[second] - dates[first]).days
            if days <= LONGEST or (first % 6 == 2 and days <= EXTRA):
                pairs.add((first, second))
    for index in range(len(dates) - 1):
        if (dates[index + 1] - dates[index]).days > LONGEST:
            pairs.add((index, index + 1))
            if index > 0:
                pairs.add((index - 1, index + 1))
    return sorted(pairs)


def growth(day: date) -> float:
    """Vegetation from 0 in mid-January to 1 in mid-July."""
    return 0.5 * (1.0 - math.cos(2.0 * math.pi * (day.timetuple().tm_yday - 15) / 365.25))
