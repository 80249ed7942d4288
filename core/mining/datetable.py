"""Tables with dates as CSV: drivers such as rain and temperature, and production records."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError

Float64 = NDArray[np.float64]
_DATE = ("date", "day", "time")


@dataclass(frozen=True)
class DateSeries:
    """Values at dates in order; `name` is the heading of the column."""

    name: str
    dates: tuple[date, ...]
    values: Float64

    @property
    def days(self) -> Float64:
        """Proleptic day numbers (date.toordinal)."""
        return np.array([day.toordinal() for day in self.dates], np.float64)


@dataclass(frozen=True)
class Period:
    """One line of a production record: tonnes from the start of `first` to the start of `last`; funnel 0 is all."""

    first: date
    last: date
    tonnes: float
    funnel: int = 0


def read_series(path: str | Path, field: str, names: tuple[str, ...]) -> DateSeries:
    """A series from a CSV with a column `date` (YYYY-MM-DD) and a column of one of these names, else the second.

    Lines without a value are skipped; dates that occur twice are refused.
    """
    table = _read(path, field)
    header = list(table[0][1]) if table else []
    day = _find(header, _DATE) or (header[0] if header else "")
    column = _find(header, names) or next((name for name in header if name != day), "")
    if not column:
        raise InputError(
            field, str(path), f"a CSV with the columns date and {names[0]}", "Add a heading line"
        )
    found: dict[date, float] = {}
    for line, row in table:
        text = (row.get(column) or "").strip()
        if not text:
            continue
        when = _date(row.get(day), path, line, field)
        if when in found:
            raise InputError(
                field, f"{path}, line {line}: {when}", "each date once", "Remove one of the two lines"
            )
        found[when] = _value(text, path, line, field)
    if not found:
        raise InputError(field, str(path), "at least one line with a date and a value")
    dates = tuple(sorted(found))
    return DateSeries(column.strip(), dates, np.array([found[when] for when in dates]))


def read_production(path: str | Path, field: str = "RECORDS") -> tuple[Period, ...]:
    """Production records from a CSV with the columns from, to (YYYY-MM-DD), tonnes, and optionally funnel."""
    periods = []
    for line, row in _read(path, field):
        low = {(key or "").strip().lower(): value for key, value in row.items()}
        missing = [name for name in ("from", "to", "tonnes") if name not in low]
        if missing:
            raise InputError(
                field, f"{path} (no column {', '.join(missing)})", "the columns from, to and tonnes"
            )
        first, last = _date(low["from"], path, line, field), _date(low["to"], path, line, field)
        if last <= first:
            raise InputError(
                field, f"{path}, line {line}: {first} to {last}", "a period that ends after it begins"
            )
        number = (low.get("funnel") or "").strip()
        tonnes = _value(low["tonnes"] or "", path, line, field)
        if tonnes < 0 or (number and not number.isdigit()):
            raise InputError(
                field, f"{path}, line {line}", "tonnes of 0 or more, and a whole number or nothing as funnel"
            )
        periods.append(Period(first, last, tonnes, int(number) if number else 0))
    if not periods:
        raise InputError(field, str(path), "at least one period")
    return tuple(periods)


def _read(path: str | Path, field: str) -> list[tuple[int, dict[str, str | None]]]:
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(field, str(path), "a CSV file in UTF-8", str(error)) from error
    head = text.splitlines()[0] if text else ""
    mark = ";" if head.count(";") > head.count(",") else ","
    rows = csv.DictReader(text.splitlines(), delimiter=mark)
    return [
        (number, dict(row))
        for number, row in enumerate(rows, 2)
        if any(v for v in row.values() if isinstance(v, str))
    ]


def _find(header: list[str], names: tuple[str, ...]) -> str:
    low = {(name or "").strip().lower(): name for name in header}
    return next((low[name] for name in names if name in low), "")


def _date(text: str | None, path: str | Path, line: int, field: str) -> date:
    try:
        return date.fromisoformat((text or "").strip()[:10])
    except ValueError as error:
        raise InputError(field, f"{path}, line {line}: {text}", "dates as YYYY-MM-DD") from error


def _value(text: str, path: str | Path, line: int, field: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(field, f"{path}, line {line}: {text}", "numbers with a point as decimal sign")
    return value
