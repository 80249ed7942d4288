"""The analysis as fields of points and as rasters: names, units, order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .analysis import CLASSES, UNKNOWN, Analysis


@dataclass(frozen=True)
class Layer:
    """One raster: the field that it shows, its title and unit."""

    field: str
    title: str
    unit: str = ""

    def numbers(self, columns: Mapping[str, NDArray[Any]]) -> NDArray[np.float32]:
        """Values for the raster; dates as decimal years."""
        values = columns[self.field]
        if values.dtype == object:
            return np.array([_decimal(text) for text in values.tolist()], np.float32)
        return values.astype(np.float32)


LAYERS = {
    "class": Layer("class_code", "Class: " + ", ".join(f"{code} {name}" for code, name in enumerate(CLASSES))),
    "class_f": Layer("class_f", "F statistic of what decided the class"),
    "class_p": Layer("class_p", "Probability by chance of what decided the class"),
    "trend": Layer("trend", "Trend with the season taken into account", "mm/yr"),
    "trend_std": Layer("trend_std", "Standard deviation of the trend", "mm/yr"),
    "amplitude": Layer("amplitude", "Annual amplitude", "mm"),
    "amplitude_std": Layer("amplitude_std", "Standard deviation of the annual amplitude", "mm"),
    "peak_day": Layer("peak_day", "Day of the year of the annual maximum, 0 is 1 January", "d"),
    "peak_day_std": Layer("peak_day_std", "Standard deviation of that day", "d"),
    "acceleration": Layer("acceleration", "Acceleration", "mm/yr2"),
    "acceleration_std": Layer("acceleration_std", "Standard deviation of the acceleration", "mm/yr2"),
    "step": Layer("step", "Step, where significant", "mm"),
    "step_std": Layer("step_std", "Standard deviation of the step", "mm"),
    "step_date": Layer("step_date", "First date after the step, decimal year", "yr"),
    "rate_change": Layer("rate_change", "Change of the rate, where significant", "mm/yr"),
    "rate_change_std": Layer("rate_change_std", "Standard deviation of that change", "mm/yr"),
    "change_date": Layer("change_date", "Date of the change of the rate, decimal year", "yr"),
    "residual_std": Layer("residual_std", "Standard deviation of the residuals of the class's model", "mm"),
}
_PLAIN = (
    "trend",
    "trend_std",
    "amplitude",
    "amplitude_std",
    "peak_day",
    "peak_day_std",
    "acceleration",
    "acceleration_std",
    "step",
    "step_std",
    "rate_change",
    "rate_change_std",
    "p_trend",
    "p_seasonal",
    "p_acceleration",
    "p_step",
    "p_change",
    "residual_std",
    "autocorrelation",
)
FIELDS = ("class", "class_code", "class_f", "class_p", *_PLAIN, "step_date", "change_date", "n_dates")


def fields_of(found: Analysis, dates: Sequence[date]) -> dict[str, NDArray[Any]]:
    """Columns in the order of FIELDS: class as text, numbers in single precision, dates as text, "" for none."""
    names = np.array([*CLASSES, ""], dtype=object)
    days = np.array([*(day.isoformat() for day in dates), ""], dtype=object)
    columns: dict[str, NDArray[Any]] = {
        "class": names[found.kind],
        "class_code": np.where(found.kind == UNKNOWN, np.nan, found.kind).astype(np.float32),
        "class_f": found.kind_f.astype(np.float32),
        "class_p": found.kind_p.astype(np.float32),
        **{name: getattr(found, name).astype(np.float32) for name in _PLAIN},
        "step_date": days[found.step_at],
        "change_date": days[found.change_at],
        "n_dates": found.dates.astype(np.int64),
    }
    return {name: columns[name] for name in FIELDS}


def _decimal(text: str) -> float:
    """An ISO date as a decimal year; NaN for no date."""
    if not text:
        return float("nan")
    day = date.fromisoformat(text)
    start = date(day.year, 1, 1)
    return day.year + (day - start).days / (date(day.year + 1, 1, 1) - start).days
