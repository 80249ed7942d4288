"""What may drive the motion: rain, groundwater and the like, from CSV files with a column of dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ...monitor import Monitor
from ...pointimport.table import Table, read_table
from . import datecolumn

Float64 = NDArray[np.float64]

_NAMES = ("date", "day", "time", "datetime", "month", "datum", "data", "fecha")
_LEAST = 8  # dates of a driver
_GAP_DAYS, _GAP_STEPS = 62, 3.0  # without a value for longer than either, a driver is unknown in between


@dataclass(frozen=True)
class Driver:
    """Values at days (date.toordinal) in rising order; `name` is the column's heading."""

    name: str
    days: NDArray[np.int64]
    values: Float64

    @property
    def span(self) -> str:
        """First and last date for a message."""
        first, last = (date.fromordinal(int(day)) for day in self.days[[0, -1]])
        return f"{first} to {last}"

    @property
    def is_amount(self) -> bool:
        """Whether the values are amounts per period, as rain is, which are drawn as bars."""
        return any(word in self.name.lower() for word in ("rain", "precip", "snow")) and bool((self.values >= 0).all())


@dataclass(frozen=True)
class Daily:
    """A driver at every day from `first` (date.toordinal) on, averaged over a window; NaN inside long gaps."""

    name: str
    first: int
    values: Float64

    def covers(self, days: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether there is a value at each of the days."""
        place = days - self.first
        inside = (place >= 0) & (place < len(self.values))
        inside[inside] = np.isfinite(self.values[place[inside]])
        return inside


def read_drivers(paths: tuple[str, ...], field: str = "DRIVERS") -> tuple[Driver, ...]:
    """Every column of numbers of every file; columns of the same name are told apart by their files."""
    found: list[Driver] = []
    for path in paths:
        for driver in _read(Path(path), field):
            taken = any(other.name == driver.name for other in found)
            name = f"{driver.name} ({Path(path).stem})" if taken else driver.name
            found.append(Driver(name, driver.days, driver.values))
    return tuple(found)


def daily(driver: Driver, window: int) -> Daily:
    """The driver between its dates (linear), averaged over `window` days centred on each day, fewer at its ends."""
    first, last = int(driver.days[0]), int(driver.days[-1])
    days = np.arange(first, last + 1)
    values = np.interp(days, driver.days, driver.values)
    steps = np.diff(driver.days)
    for place in np.flatnonzero(steps > max(_GAP_DAYS, _GAP_STEPS * float(np.median(steps)))):
        values[driver.days[place] + 1 - first : driver.days[place + 1] - first] = np.nan
    half = window // 2
    known = np.isfinite(values)
    total = np.concatenate([[0.0], np.cumsum(np.where(known, values, 0.0))])
    number = np.concatenate([[0], np.cumsum(known)])
    low = np.maximum(np.arange(len(days)) - half, 0)
    high = np.minimum(np.arange(len(days)) + half + 1, len(days))
    with np.errstate(invalid="ignore"):
        mean = (total[high] - total[low]) / (number[high] - number[low])
    return Daily(driver.name, first, np.where(known, mean, np.nan))


def _read(path: Path, field: str) -> list[Driver]:
    if not path.is_file():
        raise InputError(field, str(path), "an existing CSV file", "Check the path")
    table = read_table(path, lambda _: False, Monitor(), field)
    column = _date_column(table, path, field)
    days = np.array(
        [day.toordinal() for day in datecolumn.parse(_texts(table, column), field, f"{path.name}, column {column}")]
    )
    order = np.argsort(days, kind="stable")
    twice = np.flatnonzero(np.diff(days[order]) == 0)
    if len(twice):
        day = date.fromordinal(int(days[order][twice[0]]))
        raise InputError(field, f"{path.name}: {day} twice", "each date once", "Remove one of the two lines")
    drivers = []
    for name, values in table.columns.items():
        if name == column or values.dtype == object:
            continue
        known = np.isfinite(values[order])
        if known.sum() < _LEAST:
            raise InputError(
                field, f"{path.name}, column {name}: {int(known.sum())} values", f"at least {_LEAST} dates with a value"
            )
        drivers.append(Driver(name, days[order][known], values[order][known]))
    if not drivers:
        raise InputError(
            field,
            f"{path.name}: columns {', '.join(table.columns)}",
            "a column of numbers beside the dates",
            "Numbers have a point as decimal sign, or a comma where semicolons divide the columns",
        )
    return drivers


def _date_column(table: Table, path: Path, field: str) -> str:
    """The column of dates: by its name, else the first whose texts are dates."""
    named = next((name for name in table.columns if name.strip().lower() in _NAMES), "")
    if named:
        return named
    for name in table.columns:
        if datecolumn.is_dates(_texts(table, name)):
            return name
    first = next(iter(table.columns))
    seen = ", ".join(repr(text) for text in _texts(table, first)[:3])
    raise InputError(
        field,
        f"{path.name}: columns {', '.join(table.columns)}; the first holds {seen}",
        f"a column named date with {datecolumn.FORMS}",
        "Name the column of dates 'date'",
    )


def _texts(table: Table, column: str) -> list[str]:
    """The cells of a column as they stand; whole numbers without a point."""
    values = table.columns[column]
    if values.dtype == object:
        return [str(value) for value in values.tolist()]
    return [f"{value:.0f}" if value == round(value) else f"{value:g}" for value in values.tolist()]
