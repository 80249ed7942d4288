"""Chainage x time: mean displacement per bin and date."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..monitor import Monitor
from .chainage import Float64, Index


@dataclass(frozen=True)
class HeatMap:
    """Per bin and date, arrays (bins, dates).

    mean : displacement [mm] of the component asked for, relative to what the series are relative to, NaN where a bin
    has no value on a date. count : values behind it.
    """

    dates: tuple[date, ...]
    mean: Float64
    count: NDArray[np.int64]


def heat_map(
    dates: tuple[date, ...],
    columns: Iterable[NDArray[Any]],
    bins: Index,
    bin_count: int,
    scale: Float64,
    monitor: Monitor | None = None,
) -> HeatMap:
    """Means of the finite values of each date.

    columns : per date the line-of-sight displacement (k,) [mm] of the entries, NaN where missing. bins : (k,) bin of
    each entry. scale : (k,) component per line of sight; empty means 1.
    """
    monitor = monitor or Monitor()
    mean = np.full((bin_count, len(dates)), np.nan)
    count = np.zeros((bin_count, len(dates)), np.int64)
    for number, column in enumerate(columns):
        monitor.step(number / len(dates))
        value = column * scale if len(scale) else column.astype(np.float64)
        known = np.isfinite(value)
        place = bins if known.all() else bins[known]
        count[:, number] = np.bincount(place, minlength=bin_count)
        total = np.bincount(place, value if known.all() else value[known], bin_count)
        some = count[:, number] > 0
        mean[some, number] = total[some] / count[some, number]
    return HeatMap(dates, mean, count)
