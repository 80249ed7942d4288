"""Perpendicular baselines per date from those of pairs, and the other way round."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date

import numpy as np

PairBaseline = tuple[date, date, float]


def per_date(pairs: Iterable[PairBaseline]) -> tuple[dict[date, float], float]:
    """Least-squares baseline of each date relative to the first [m], and the RMS misfit [m].

    Pairs are (earlier, later, Bperp) with Bperp = b(later) - b(earlier). Only dates that the
    pairs connect with the first date are determined.
    """
    entries = list(pairs)
    if not entries:
        return {}, 0.0
    first = min(entry[0] for entry in entries)
    reached = {first}
    grew = True
    while grew:
        more = {day for a, b, _ in entries if (a in reached) != (b in reached) for day in (a, b)} - reached
        grew = bool(more)
        reached |= more
    used = [entry for entry in entries if entry[0] in reached]
    days = sorted(reached - {first})
    column = {day: index for index, day in enumerate(days)}
    matrix = np.zeros((len(used), len(days)))
    for row, (a, b, _) in enumerate(used):
        if a in column:
            matrix[row, column[a]] = -1.0
        if b in column:
            matrix[row, column[b]] = 1.0
    values = np.array([entry[2] for entry in used])
    solution = np.linalg.lstsq(matrix, values, rcond=None)[0]
    misfit = math.sqrt(float(np.mean((matrix @ solution - values) ** 2)))
    return {first: 0.0, **{day: float(solution[column[day]]) for day in days}}, misfit
