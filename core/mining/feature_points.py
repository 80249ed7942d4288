"""Series of feature points: warm and cold stages, and jumps beside rain and temperature."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..units import DAYS_PER_YEAR, MM_PER_M
from .datetable import DateSeries

Float64 = NDArray[np.float64]

WARM, COLD = "warm", "cold"
SHORTEST = 45  # days: shorter spells of the other kind do not part a stage
SMOOTH = 30  # days of the running mean of the temperature
LIMIT = 3.5  # robust standard deviations that make a step a jump


@dataclass(frozen=True)
class Stage:
    """A warm or cold season within the record, first day to the day after the last."""

    kind: str
    start: date
    stop: date


def stages_by_calendar(
    first: date, last: date, warm_from: tuple[int, int], warm_to: tuple[int, int]
) -> list[Stage]:
    """Stages between two dates, warm from one (month, day) to before another in every year."""
    turns = []
    for year in range(first.year - 1, last.year + 2):
        turns += [(_day(year, *warm_from), WARM), (_day(year, *warm_to), COLD)]
    return _between(sorted(turns), first, last)


def stages_by_temperature(temperature: DateSeries, first: date, last: date) -> list[Stage]:
    """Stages between two dates: warm where the 30-day running mean lies above the mean of the year.

    The mean is that of the values by day of the record, linear between the dates given. Spells shorter than 45 days
    count to their surroundings.
    """
    days = np.arange(first.toordinal(), last.toordinal() + 1, dtype=np.float64)
    values = np.interp(days, temperature.days, temperature.values)
    width = min(SMOOTH, len(values)) | 1
    padded = np.pad(values, width // 2, mode="edge")
    mean = np.convolve(padded, np.ones(width) / width, mode="valid")[: len(values)]
    whole = int(len(values) // DAYS_PER_YEAR * DAYS_PER_YEAR) or len(values)
    warm = mean > mean[:whole].mean()
    starts = [n for n in range(len(warm)) if n == 0 or warm[n] != warm[n - 1]]
    kept: list[int] = []
    for place, start in enumerate(starts):
        stop = starts[place + 1] if place + 1 < len(starts) else len(warm)
        inner = 0 < place < len(starts) - 1
        if inner and stop - start < SHORTEST:
            continue
        if not kept or warm[start] != warm[kept[-1]]:
            kept.append(start)
    turns = [(first + timedelta(days=start), WARM if warm[start] else COLD) for start in kept]
    return _between(turns, first, last)


def stage_rates(days: Float64, s: Float64, stages: list[Stage]) -> list[dict[str, Any]]:
    """Rate per stage of one series: least-squares slope [mm/yr] and its standard deviation.

    days : ordinal day numbers (N,). s : S [m] (N,). A stage with fewer than two dates has no rate, with two no
    standard deviation. The change [mm] is the slope times the length of the stage.
    """
    rows = []
    for stage in stages:
        inside = (days >= stage.start.toordinal()) & (days <= stage.stop.toordinal()) & np.isfinite(s)
        t = (days[inside] - stage.start.toordinal()) / DAYS_PER_YEAR
        slope = std = None
        if inside.sum() >= 2:
            centred = t - t.mean()
            spread = float(centred @ centred)
            slope = float(centred @ s[inside]) / spread * MM_PER_M
            if inside.sum() > 2:
                rest = (s[inside] - s[inside].mean()) * MM_PER_M - slope * centred
                std = float(np.sqrt(rest @ rest / (inside.sum() - 2) / spread))
        length = (stage.stop - stage.start).days / DAYS_PER_YEAR
        rows.append(
            {
                "stage": stage.kind,
                "from": stage.start.isoformat(),
                "to": stage.stop.isoformat(),
                "dates": int(inside.sum()),
                "rate_mm_yr": slope,
                "rate_std_mm_yr": std,
                "change_mm": None if slope is None else slope * length,
            }
        )
    return rows


def detrended(days: Float64, s: Float64) -> Float64:
    """What is left of series (N, P) after offset, trend and annual terms, robustly fitted; NaN where unknown.

    Series with fewer dates than 6 lose offset and trend only.
    """
    t = (days - days[0]) / DAYS_PER_YEAR
    columns = [np.ones_like(t), t]
    if len(t) >= 6:
        columns += [np.sin(2 * np.pi * t), np.cos(2 * np.pi * t)]
    design = np.column_stack(columns)
    out = np.full(s.shape, np.nan)
    for p in range(s.shape[1]):
        known = np.isfinite(s[:, p])
        if known.sum() <= design.shape[1]:
            continue
        weight = np.ones(int(known.sum()))
        for _ in range(10):
            scaled = design[known] * weight[:, None]
            model = np.linalg.lstsq(scaled, s[known, p] * weight, rcond=None)[0]
            rest = s[known, p] - design[known] @ model
            scale = max(1.4826 * float(np.median(np.abs(rest))), 1e-9)
            weight = np.sqrt(1.0 / np.maximum(1.0, np.abs(rest) / (1.5 * scale)))
        out[known, p] = rest
    return out


def jumps(dates: tuple[date, ...], s: Float64, limit: float = LIMIT) -> list[dict[str, Any]]:
    """Steps between successive dates that stand out from the noise of a series (N, P), in m.

    A step of the detrended series counts when it lies `limit` robust standard deviations from the point's median
    step. Rows: from, to, the points' places, the mean step of these [mm, positive down; negative is uplift].
    """
    days = np.array([day.toordinal() for day in dates], np.float64)
    steps = np.diff(detrended(days, s), axis=0)
    if not len(steps):
        return []
    found = np.zeros(steps.shape, bool)
    for p in range(steps.shape[1]):
        known = steps[np.isfinite(steps[:, p]), p]
        if len(known) < 5:
            continue
        middle = float(np.median(known))
        scale = max(1.4826 * float(np.median(np.abs(known - middle))), 1e-6)
        with np.errstate(invalid="ignore"):
            found[:, p] = np.abs(steps[:, p] - middle) > limit * scale
    return [
        {
            "from": dates[k].isoformat(),
            "to": dates[k + 1].isoformat(),
            "points": [int(p) + 1 for p in np.flatnonzero(found[k])],
            "step_mm": float(steps[k, found[k]].mean() * MM_PER_M),
        }
        for k in range(len(steps))
        if found[k].any()
    ]


def per_interval(driver: DateSeries, dates: tuple[date, ...], how: str) -> Float64:
    """Sum or mean (`how`) of a driver after each date up to and with the next, (N - 1,); NaN without a value."""
    place = np.searchsorted(np.array([day.toordinal() for day in dates]), driver.days, side="left")
    out = np.full(len(dates) - 1, np.nan)
    for k in range(len(dates) - 1):
        values = driver.values[place == k + 1]
        if len(values):
            out[k] = values.sum() if how == "sum" else values.mean()
    return out


def against_rain(
    dates: tuple[date, ...], s: Float64, rain: Float64
) -> tuple[float | None, float | None, int]:
    """Rank correlation of the mean step of the detrended series with the rain of the interval: rho, p-value, n."""
    from scipy.stats import spearmanr

    days = np.array([day.toordinal() for day in dates], np.float64)
    rest = detrended(days, s)
    mean = np.full(len(rest), np.nan)
    some = np.isfinite(rest).any(axis=1)
    mean[some] = np.nanmean(rest[some], axis=1)
    steps = np.diff(mean)
    known = np.isfinite(steps) & np.isfinite(rain)
    if known.sum() < 5 or np.ptp(steps[known]) == 0 or np.ptp(rain[known]) == 0:
        return None, None, int(known.sum())
    found = spearmanr(steps[known], rain[known])
    return float(found[0]), float(found[1]), int(known.sum())


def _between(turns: list[tuple[date, str]], first: date, last: date) -> list[Stage]:
    """Stages from the days at which they begin, cut to first .. last."""
    out = []
    for place, (start, kind) in enumerate(turns):
        stop = turns[place + 1][0] if place + 1 < len(turns) else last
        begin, end = max(start, first), min(stop, last)
        if begin < end:
            out.append(Stage(kind, begin, end))
    return out


def _day(year: int, month: int, day: int) -> date:
    leap = month == 2 and day == 29 and not (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))
    return date(year, month, 28 if leap else day)
