"""The functions of time that a series is fitted with."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ...units import DAYS_PER_YEAR, years_between

Float64 = NDArray[np.float64]

TREND, COSINE = 1, 2  # columns of the base: 0 is the constant, 2 and 3 the annual cosine and sine
LEAST_SEGMENT = 4  # dates on either side of a break; fewer make a step of two wrong dates
LEAST_SPARE = 4  # dates beyond the unknowns
_SHARE = 0.1  # of the dates, on either side of a break
ORIGIN = date(2000, 1, 1)  # phases are counted from the start of a year
_WORST = 100.0  # condition number of the base with columns of length one


@dataclass(frozen=True)
class Design:
    """Functions of time at N dates; time [yr] is counted from the middle of the dates.

    base : (N, k) constant, trend, then annual cosine and sine, then semi-annual ones, as far as wanted.
    quadratic : (1, N) t^2. steps : (K, N) 0 before date `starts[k]`, 1 from it on. hinges : (K, N) 0 up to date
    `knots[k]`, then t - t_knot.
    """

    dates: tuple[date, ...]
    years: Float64
    base: Float64
    quadratic: Float64
    steps: Float64
    starts: NDArray[np.intp]
    hinges: Float64
    knots: NDArray[np.intp]
    least: int

    @property
    def annual(self) -> bool:
        """Whether the base holds the annual terms."""
        return self.base.shape[1] > COSINE

    @property
    def times(self) -> Float64:
        """Dates in years since 1 January 2000."""
        return np.array([years_between(ORIGIN, day) for day in self.dates])

    @property
    def unknowns(self) -> int:
        """Columns of the base."""
        return int(self.base.shape[1])

    @property
    def least_dates(self) -> int:
        """Dates with a value that a series needs."""
        return max(self.unknowns + LEAST_SPARE, 2 * self.least)


def design(
    dates: Sequence[date], semiannual: bool = False, least_segment: int = 0, field: str = "INPUT"
) -> Design:
    """The design of some dates in order; refuses too few of them.

    Annual terms are left out where the dates cannot tell them from a trend: over less than a year, or where all
    fall into a few months. semiannual : with the terms of half a year. least_segment : dates on either side of a
    break; 0 for a tenth of them, at least four.
    """
    time = np.array([years_between(ORIGIN, day) for day in dates])
    count = len(time)
    least = least_segment or max(LEAST_SEGMENT, math.ceil(_SHARE * count))
    needed = max(2 + LEAST_SPARE, 2 * least)
    if count < needed:
        raise InputError(
            field, f"{count} dates", f"at least {needed} dates", "Use a longer series, or a smaller MIN_SEGMENT"
        )
    middle = 0.5 * (time[0] + time[-1])
    t = time - middle
    base = np.stack([np.ones(count), t], axis=1)
    for cycles in (1.0, 2.0) if semiannual else (1.0,):
        turn = 2.0 * math.pi * cycles * time
        wider = np.column_stack([base, np.cos(turn), np.sin(turn)])
        if time[-1] - time[0] < 1.0 or count < wider.shape[1] + LEAST_SPARE or _condition(wider) > _WORST:
            break
        base = wider
    starts = np.arange(least, count - least + 1)
    knots = np.arange(least, count - least)
    steps = (np.arange(count) >= starts[:, None]).astype(np.float64)
    hinges = np.maximum(0.0, t - t[knots][:, None])
    return Design(tuple(dates), t, base, (t * t)[None, :], steps, starts, hinges, knots, least)


def day_of_year(cosine: Float64, sine: Float64) -> Float64:
    """Day of the year (0 is 1 January) on which a cos + b sin of the annual cycle is highest."""
    return np.asarray(np.arctan2(sine, cosine) / (2.0 * math.pi) % 1.0 * DAYS_PER_YEAR)


def _condition(columns: Float64) -> float:
    return float(np.linalg.cond(columns / np.linalg.norm(columns, axis=0)))
