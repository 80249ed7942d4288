"""Series, groups, correlations and places as tables and as a layer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...pointfile import PointSet
from ..outputs import Columns
from .lags import LagCorrelation
from .places import Marked
from .shape import Shapes

_DECIMALS = 3

Found = dict[str, list[LagCorrelation]]  # by the name of a group or place


def series_columns(marked: Marked) -> Columns:
    """One row per place and date."""
    rows = [
        (
            place.group,
            place.name,
            day.isoformat(),
            *(_number(values[n]) for values in (place.mean, place.std, place.low, place.high)),
            int(place.counts[n]),
        )
        for place in marked.places
        for n, day in enumerate(marked.dates)
    ]
    names = ("group", "location", "date", "mean_mm", "std_mm", "p16_mm", "p84_mm", "points")
    return _columns(names, (str, str, str, float, float, float, float, int), rows)


def group_columns(marked: Marked) -> Columns:
    """One row per group and date: mean of the series without their lines."""
    rows = [
        (group.name, day.isoformat(), _number(group.mean[n]), _number(group.std[n]), group.places)
        for group in marked.groups
        for n, day in enumerate(marked.dates)
    ]
    return _columns(("group", "date", "residual_mm", "std_mm", "locations"), (str, str, float, float, int), rows)


def lag_columns(found: Found) -> Columns:
    """One row per group or place, driver and lag."""
    rows = [
        (name, item.driver, int(lag), _number(r), _number(item.level))
        for name, items in found.items()
        for item in items
        for lag, r in zip(item.lags.tolist(), item.r.tolist())
    ]
    return _columns(("series", "driver", "lag_days", "r", "level95"), (str, str, int, float, float), rows)


def lag_table(found: Found) -> list[dict[str, Any]]:
    """One row per group or place and driver."""
    return [
        {
            "series": name,
            "driver": item.driver,
            "lag_days": item.best,
            "lag_p05": _number(item.low),
            "lag_p95": _number(item.high),
            "r": _number(item.r_best),
            "p_blocks": _number(item.p_blocks),
            "p_phase": _number(item.p_phase),
            "r_anomaly": _number(item.anomaly),
            "p_anomaly": _number(item.p_anomaly),
            "dates": item.dates,
        }
        for name, items in found.items()
        for item in items
    ]


def place_table(marked: Marked, shapes: Shapes | None) -> list[dict[str, Any]]:
    """One row per place: points, spread, rate, season, class and the test against a line."""
    rows = []
    for number, place in enumerate(marked.places):
        row: dict[str, Any] = {
            "location": place.name,
            "group": place.group,
            "points": place.points,
            "spread_mm": _number(float(np.nanmedian(place.std)) if np.isfinite(place.std).any() else math.nan),
        }
        if shapes is not None:
            found = shapes.found
            for key, values in (
                ("velocity", found.trend),
                ("velocity_std", found.trend_std),
                ("amplitude", found.amplitude),
                ("amplitude_std", found.amplitude_std),
                ("peak_day", found.peak_day),
                ("acceleration", found.acceleration),
                ("acceleration_std", found.acceleration_std),
                ("line_r2", shapes.line_r2),
                ("p_nonlinear", shapes.p_nonlinear),
            ):
                row[key] = _number(float(values[number]), 5)
            row["class"] = shapes.name(number)
        rows.append(row)
    return rows


def place_points(marked: Marked, table: Sequence[dict[str, Any]]) -> PointSet:
    """The places as measurement points, with the mean series in their columns of dates."""
    attributes: dict[str, np.ndarray] = {}
    for key in table[0]:
        column = [row[key] for row in table]
        if isinstance(column[0], str):
            attributes[key] = np.array(column, dtype=object)
        else:
            attributes[key] = np.array([math.nan if value is None else value for value in column], np.float64)
    attributes["points"] = attributes["points"].astype(np.int64)
    x, y = (np.array([getattr(place, axis) for place in marked.places]) for axis in ("x", "y"))
    series = np.stack([place.mean for place in marked.places]).astype(np.float32)
    return PointSet(x, y, marked.crs, attributes, marked.dates, series, "locations")


def _columns(names: Sequence[str], kinds: Sequence[type], rows: Sequence[tuple[Any, ...]]) -> Columns:
    values = [list(column) for column in zip(*rows)] or [[] for _ in names]
    return {name: (kind, column) for name, kind, column in zip(names, kinds, values)}


def _number(value: float, decimals: int = _DECIMALS) -> float | None:
    return None if not math.isfinite(value) else round(float(value), decimals)
