"""Measured series and velocities beside ground truth: points around a benchmark, common epochs, differences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]
FIRST, MEAN = "first", "mean"
ALIGN = (FIRST, MEAN)


@dataclass(frozen=True)
class Comparison:
    """One benchmark's series at common epochs (k,) [mm], aligned; `difference` leaves out what alignment makes zero.

    measured_rate, truth_rate : least-squares slopes over the epochs [mm/yr]. sparse : whose dates the epochs are.
    """

    days: tuple[date, ...]
    measured: Float64
    truth: Float64
    difference: Float64
    measured_rate: float
    truth_rate: float
    sparse: str


def around(x: Float64, y: Float64, places: Float64, radius: float) -> tuple[list[NDArray[np.intp]], Float64]:
    """Points within `radius` [m] of each place (B, 2), and the distance [m] from each to its nearest point."""
    from scipy.spatial import cKDTree

    tree = cKDTree(np.column_stack([x, y]))
    nearest, _ = tree.query(places)
    return [np.sort(np.array(found, np.intp)) for found in tree.query_ball_point(places, radius)], np.asarray(nearest)


def compare_series(
    measured_days: tuple[date, ...], measured: Float64, truth_days: tuple[date, ...], truth: Float64, align: str
) -> Comparison | None:
    """Compare two series [mm] (NaN missing) at common epochs; None when there are fewer than two.

    In the time that both cover, the series with more dates is interpolated linearly in time to the dates of the
    other. align : `first` makes both zero at the first common epoch, `mean` takes off the mean difference.
    """
    one, two = _ordinals(measured_days, measured), _ordinals(truth_days, truth)
    if len(one[0]) < 2 or len(two[0]) < 2:
        return None
    low, high = max(one[0][0], two[0][0]), min(one[0][-1], two[0][-1])
    inside = [series[0][(series[0] >= low) & (series[0] <= high)] for series in (one, two)]
    epochs, sparse = (inside[1], "truth") if len(inside[1]) <= len(inside[0]) else (inside[0], "measured")
    if len(epochs) < 2:
        return None
    a, b = np.interp(epochs, *one), np.interp(epochs, *two)
    if align == FIRST:
        a, b = a - a[0], b - b[0]
        difference = (a - b)[1:]
    else:
        a, b = a - a.mean(), b - b.mean()
        difference = a - b
    return Comparison(
        tuple(date.fromordinal(int(day)) for day in epochs),
        a,
        b,
        difference,
        _rate(epochs, a),
        _rate(epochs, b),
        sparse,
    )


def mean_series(series: NDArray[np.floating]) -> Float64:
    """Mean over points (n, dates) of what is there, NaN where no point has a value."""
    there = np.isfinite(series)
    count = there.sum(axis=0)
    total = np.where(there, series, 0.0).sum(axis=0, dtype=np.float64)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _ordinals(days: tuple[date, ...], values: Float64) -> tuple[Float64, Float64]:
    """Day numbers and values of the dates with a value."""
    there = np.isfinite(values)
    return np.array([day.toordinal() for day in days], np.float64)[there], values[there]


def _rate(epochs: Float64, values: Float64) -> float:
    years = (epochs - epochs.mean()) / 365.25
    return float((years * values).sum() / (years * years).sum())
