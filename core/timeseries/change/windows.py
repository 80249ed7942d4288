"""Velocity and its standard deviation over some of the dates of a series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ...units import years_between
from ..velocity import slope_of_measured, spread_over_images

LEAST_DATES = 4  # a line and a spread that means something

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Period:
    """Some of the dates. name : window, before or after. index : their places among all dates."""

    name: str
    dates: tuple[date, ...]
    index: NDArray[np.intp]

    @property
    def years(self) -> Float64:
        """Time since the first date of the period."""
        return np.array([years_between(self.dates[0], day) for day in self.dates])


def periods(
    dates: Sequence[date], start: date | None, event: date | None, event_end: date | None, end: date | None
) -> tuple[Period, ...]:
    """One period, or the two before and after an event; the event's own days belong to neither.

    Without `event_end` the dates from `event` on are after it. Refuses periods of fewer than four dates.
    """
    used = [
        (number, day)
        for number, day in enumerate(dates)
        if (start is None or day >= start) and (end is None or day <= end)
    ]
    if event is None:
        return (_period("window", used, dates, "START and END"),)
    before = [(number, day) for number, day in used if day < event]
    after = [(number, day) for number, day in used if (day > event_end if event_end else day >= event)]
    return _period("before", before, dates, "EVENT"), _period("after", after, dates, "EVENT")


def velocity(series: NDArray[np.float32], years: Float64) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(P,) slope of series (N, P) [per year] and its standard deviation by leaving out images.

    NaN dates take no part; NaN where fewer than four remain. See `velocity.spread_over_images`.
    """
    known = np.isfinite(series)
    x = np.where(known, series, 0.0).astype(np.float64)
    rate = np.sum(slope_of_measured(years, known) * x, axis=0)
    deviation = spread_over_images(x, known, years)
    few = known.sum(axis=0) < LEAST_DATES
    rate[few] = np.nan
    deviation[few] = np.nan
    return rate.astype(np.float32), deviation.astype(np.float32)


def difference(
    before: tuple[NDArray[np.float32], NDArray[np.float32]],
    after: tuple[NDArray[np.float32], NDArray[np.float32]],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """After minus before and its standard deviation; the two share no image, so their errors are independent."""
    return after[0] - before[0], np.hypot(before[1], after[1])


def _period(name: str, chosen: list[tuple[int, date]], dates: Sequence[date], field: str) -> Period:
    if len(chosen) < LEAST_DATES:
        where = "in the window" if name == "window" else f"{name} the event"
        raise InputError(
            field,
            f"{len(chosen)} date(s) {where}",
            f"at least {LEAST_DATES} dates",
            f"The series runs from {dates[0].isoformat()} to {dates[-1].isoformat()} with {len(dates)} dates",
        )
    return Period(name, tuple(day for _, day in chosen), np.array([number for number, _ in chosen], np.intp))
