"""Dates that two tracks have in common, exactly or within a few days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from ..errors import InputError

Match = tuple[date, date]


def matches(first: Sequence[date], second: Sequence[date], max_days: int) -> list[Match]:
    """Pairs of dates at most `max_days` apart, each date in one pair at most, in order of the first track."""
    if not first or not second:
        return []
    one = np.array([day.toordinal() for day in first])
    two = np.array([day.toordinal() for day in second])
    near = np.abs(one[:, None] - two[None, :])
    out = []
    for row, column in enumerate(near.argmin(axis=1)):
        mutual = near[:, column].argmin() == row
        if mutual and near[row, column] <= max_days:
            out.append((first[row], second[int(column)]))
    return out


def common_span(
    first: Sequence[date], second: Sequence[date], max_days: int, start: date | None, end: date | None
) -> tuple[Match, Match]:
    """First and last common dates from `start` to `end` (both included), or InputError with fewer than two."""
    found = [
        match
        for match in matches(first, second, max_days)
        if (start is None or min(match) >= start) and (end is None or max(match) <= end)
    ]
    if len(found) < 2:
        seen = f": {found[0][0]}" if found else ""
        raise InputError(
            "TRACK1 and TRACK2",
            f"{len(found)} common date{'' if len(found) == 1 else 's'}{seen}",
            f"at least two dates that both tracks have within {max_days} days",
            f"The tracks have {_range(first)} and {_range(second)}: "
            + ("enlarge MAX_DAYS or the time from START to END, or " if first and second else "")
            + "compare velocities",
        )
    return found[0], found[-1]


def _range(days: Sequence[date]) -> str:
    return f"{len(days)} dates ({days[0]} to {days[-1]})" if days else "no dates"
