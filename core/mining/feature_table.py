"""Feature points of a run: their series, stages, jumps, and what the weather did meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import crs as coordinates
from ..errors import InputError
from ..result import Result
from ..vector import VectorInput
from .datetable import DateSeries, read_series
from .feature_points import (
    COLD,
    WARM,
    Stage,
    against_rain,
    jumps,
    per_interval,
    stage_rates,
    stages_by_calendar,
    stages_by_temperature,
)
from .funnel_params import FunnelParams, month_day
from .subsidence import SubsidenceSeries

Float64 = NDArray[np.float64]
_NAMES = ("name", "id", "label", "point")
RAIN, TEMPERATURE = (
    ("rain", "rain_mm", "precipitation", "precipitation_mm", "prcp"),
    ("temperature", "temperature_c", "temp", "tavg", "t"),
)


@dataclass(frozen=True)
class Features:
    """Series S [m] (N, P) of the feature points with what was found in them; rain and temperature per interval."""

    names: tuple[str, ...]
    s: Float64
    spread: Float64
    pixels: tuple[int, ...]
    stages: list[Stage]
    rates: list[dict[str, Any]]
    jumps: list[dict[str, Any]]
    rain: Float64 | None
    temperature: DateSeries | None
    correlation: tuple[float | None, float | None, int]
    notes: list[str]

    def add_numbers(self, result: Result) -> None:
        """Rates of the seasons, jumps, and the correlation with rain."""
        add = result.number
        add("feature_points", len(self.names), "", "Feature points")
        for kind in (WARM, COLD):
            rates = [
                row["rate_mm_yr"]
                for row in self.rates
                if row["stage"] == kind and row["rate_mm_yr"] is not None
            ]
            add(
                f"{kind}_rate",
                float(np.mean(rates)) if rates else None,
                "mm/yr",
                f"Mean rate in the {kind} stages",
            )
        add("jumps", len(self.jumps), "", "Jumps of the feature points")
        rho, chance, _ = self.correlation
        add(
            "rain_correlation",
            rho,
            "",
            "Rank correlation of the steps with the rain (negative: uplift with rain)",
        )
        add("rain_p_value", chance, "", "Chance of such a correlation without any relation")


def features_of(params: FunnelParams, series: SubsidenceSeries) -> Features:
    """Read the points and drivers of a run and describe the series."""
    layer = params.points
    if layer is None:
        raise InputError("POINTS", "nothing", "a layer of points")
    s, spread, pixels = _series(layer, series, params.radius)
    names = _names(layer)
    dates = series.dates
    days = np.array([day.toordinal() for day in dates], np.float64)
    rain = read_series(params.rain, "RAIN", RAIN) if str(params.rain) else None
    temperature = (
        read_series(params.temperature, "TEMPERATURE", TEMPERATURE) if str(params.temperature) else None
    )
    notes = []
    for driver, field in ((rain, "RAIN"), (temperature, "TEMPERATURE")):
        if driver is None:
            continue
        if driver.dates[-1] < dates[0] or driver.dates[0] > dates[-1]:
            raise InputError(
                field,
                f"{driver.dates[0]} to {driver.dates[-1]}",
                f"dates of the record, {dates[0]} to {dates[-1]}",
                "Choose another file",
            )
        if driver.dates[0] > dates[0] or driver.dates[-1] < dates[-1]:
            notes.append(
                f"{field} covers {driver.dates[0]} to {driver.dates[-1]} only, not the whole record."
            )
    if temperature is not None:
        stages = stages_by_temperature(temperature, dates[0], dates[-1])
    else:
        stages = stages_by_calendar(
            dates[0], dates[-1], month_day(params.warm_from), month_day(params.warm_to)
        )
    rates = [
        {"point": name, **row}
        for place, name in enumerate(names)
        for row in stage_rates(days, s[:, place], stages)
    ]
    sums = per_interval(rain, dates, "sum") if rain is not None else None
    means = per_interval(temperature, dates, "mean") if temperature is not None else None
    found = jumps(dates, s)
    starts = [day.isoformat() for day in dates]
    for row in found:
        k = starts.index(row["from"])
        row["points"] = ", ".join(names[place - 1] for place in row["points"])
        row["rain_mm"] = _known(sums, k)
        row["rain_rank_percent"] = _rank(sums, k)
        row["temperature"] = _known(means, k)
    correlation = against_rain(dates, s, sums) if sums is not None else (None, None, 0)
    blind = [name for place, name in enumerate(names) if not np.isfinite(s[:, place]).any()]
    if blind:
        notes.append(f"No value at the feature points {', '.join(blind)}.")
    return Features(names, s, spread, pixels, stages, rates, found, sums, temperature, correlation, notes)


def _series(
    layer: VectorInput, series: SubsidenceSeries, radius: float
) -> tuple[Float64, Float64, tuple[int, ...]]:
    """Mean and spread of S [m] within the radius of each point, (N, P), and the number of pixels."""
    grid = series.grid
    size = coordinates.pixel_size(grid)
    reach = [int(radius / length) + 1 if radius > 0 else 0 for length in size]
    down, right = np.mgrid[-reach[1] : reach[1] + 1, -reach[0] : reach[0] + 1]
    means, spreads, pixels = [], [], []
    for shape in layer.geometries(grid.crs):
        centre = shape.Centroid()
        row, col = coordinates.pixel_of(grid, np.array([centre.GetX()]), np.array([centre.GetY()]))
        near = (np.hypot(down * size[1], right * size[0]) <= radius) | ((down == 0) & (right == 0))
        rows, cols = row[0] + down[near], col[0] + right[near]
        values = series.at(rows, cols)
        known = np.isfinite(values).all(axis=0)
        pixels.append(int(known.sum()))
        blank = np.full(len(values), np.nan)
        means.append(values[:, known].mean(axis=1) if known.any() else blank)
        spreads.append(values[:, known].std(axis=1) if known.any() else blank)
    if not means:
        raise InputError("POINTS", layer.name, "at least one point")
    return np.array(means).T, np.array(spreads).T, tuple(pixels)


def _names(layer: VectorInput) -> tuple[str, ...]:
    names = []
    for number in range(len(layer.wkb)):
        row = layer.attributes[number] if layer.attributes else {}
        low = {key.lower(): value for key, value in row.items()}
        found = next((low[key] for key in _NAMES if low.get(key) not in (None, "")), f"F{number + 1}")
        names.append(str(found))
    return tuple(names)


def _known(values: Float64 | None, place: int) -> float | None:
    return None if values is None or np.isnan(values[place]) else round(float(values[place]), 2)


def _rank(values: Float64 | None, place: int) -> float | None:
    """Share of the intervals with no more rain [%]."""
    if values is None or np.isnan(values[place]):
        return None
    known = values[np.isfinite(values)]
    return round(100.0 * float((known <= values[place]).mean()), 1)
