"""Tables as text: CSV with any usual separator, or columns divided by blanks; numbers by numpy's C reader."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..monitor import Monitor

_CELLS = 3_000_000  # numbers read at a time
_SAMPLE = 200  # rows that decide which columns are numbers
_MISSING = ("", "nan", "null", "none", "na", "n/a", "-")
_COMMA_NUMBER = re.compile(r"^[+-]?\d+,\d+(e[+-]?\d+)?$", re.IGNORECASE)


@dataclass(frozen=True)
class Table:
    """Columns of a file: numbers float64 (n,) with NaN for missing, texts as objects; `series` float32 (n, dated)."""

    columns: dict[str, NDArray[Any]]
    dated: tuple[str, ...]
    series: NDArray[np.float32]

    @property
    def names(self) -> list[str]:
        """All columns, those with dates last."""
        return [*self.columns, *self.dated]


@dataclass(frozen=True)
class _Form:
    """How a file is written: separator (None: blanks), comma as decimal sign, its columns, which are numbers."""

    separator: str | None
    comma: bool
    names: list[str]
    numeric: list[int]


def read_table(path: Path, is_dated: Callable[[str], bool], monitor: Monitor, field: str = "INPUT") -> Table:
    """Read a table whose first line names the columns.

    is_dated : whether a column belongs to the series. Lines without letters or digits are skipped.
    """
    try:
        with open(path, encoding="utf-8-sig", errors="replace", newline="") as stream:
            size = max(path.stat().st_size, 1)
            form, ahead = _form(stream, path, field)
            return _read(path, stream, form, ahead, is_dated, monitor, size, field)
    except OSError as error:
        raise InputError(field, str(path), "a file that you may read", str(error.strerror or error)) from error


def _form(stream: TextIO, path: Path, field: str) -> tuple[_Form, list[str]]:
    """The form of the file, and the lines of the sample, which are read already."""
    heading = next(_lines(stream), "")
    separator = max((",", ";", "\t"), key=heading.count)
    chosen = separator if heading.count(separator) else None
    names = [name.strip() for name in _cells(heading.lstrip("# "), chosen)]
    twice = {name for name in names if names.count(name) > 1}
    if len(names) < 2 or twice:
        seen = f"the column {sorted(twice)[0]} twice" if twice else repr(heading[:80])
        raise InputError(
            field,
            f"{path.name}: {seen}",
            "a table whose first line names the columns, each once",
            "Separate the columns by commas, semicolons, tabs or blanks",
        )
    ahead = list(islice(_lines(stream), _SAMPLE))
    rows = [_cells(line, chosen) for line in ahead]
    if not rows:
        raise InputError(field, path.name, "at least one line with numbers below the heading")
    short = next((row for row in rows if len(row) != len(names)), None)
    if short is not None:
        raise InputError(
            field,
            f"{path.name}: a line with {len(short)} values",
            f"as many values as columns ({len(names)})",
            "Correct the file",
        )
    columns = list(zip(*rows))
    comma = chosen == ";" and any(_COMMA_NUMBER.match(cell.strip()) for column in columns for cell in column)
    numeric = [n for n, column in enumerate(columns) if all(_is_number(cell, comma) for cell in column)]
    return _Form(chosen, comma, names, numeric), ahead


def _read(
    path: Path,
    stream: TextIO,
    form: _Form,
    ahead: list[str],
    is_dated: Callable[[str], bool],
    monitor: Monitor,
    size: int,
    field: str,
) -> Table:
    numbers = [n for n in form.numeric if not is_dated(form.names[n])]
    dated = [n for n in form.numeric if is_dated(form.names[n])]
    texts = [n for n in range(len(form.names)) if n not in form.numeric]
    plain: list[NDArray[np.float64]] = []
    series: list[NDArray[np.float32]] = []
    words: dict[int, list[str]] = {n: [] for n in texts}
    rows = max(1000, _CELLS // len(form.names))
    first = 2
    portion = ahead + list(islice(_lines(stream), rows))
    done = 0
    while portion:
        done += sum(map(len, portion))
        monitor.step(min(1.0, done / size))
        values = _numbers(portion, form, path, first, field)
        plain.append(values[:, [form.numeric.index(n) for n in numbers]])
        series.append(values[:, [form.numeric.index(n) for n in dated]].astype(np.float32))
        if texts:
            for row in _rows(portion, form.separator):
                for n in texts:
                    words[n].append(row[n].strip() if n < len(row) else "")
        first += len(portion)
        portion = list(islice(_lines(stream), rows))
    table = np.concatenate(plain)
    columns: dict[str, NDArray[Any]] = {}
    for n, name in enumerate(form.names):
        if n in words:
            columns[name] = np.array(words[n], dtype=object)
        elif n in numbers:
            columns[name] = np.ascontiguousarray(table[:, numbers.index(n)])
    return Table(columns, tuple(form.names[n] for n in dated), np.concatenate(series))


def _numbers(lines: list[str], form: _Form, path: Path, first: int, field: str) -> NDArray[np.float64]:
    """The numeric columns of some lines, (lines, numeric)."""
    if not form.numeric:
        return np.empty((len(lines), 0))
    if form.comma:
        lines = [line.replace(",", ".") for line in lines]
    try:
        return _loaded(lines, form)
    except ValueError:
        # Missing values stop the fast reader: write them as NaN and try again.
        rows = _rows(lines, form.separator)
    values = np.empty((len(lines), len(form.numeric)))
    for number, row in enumerate(rows):
        for place, column in enumerate(form.numeric):
            cell = row[column].strip() if column < len(row) else "(nothing)"
            try:
                values[number, place] = np.nan if cell.lower() in _MISSING else float(cell)
            except ValueError:
                raise InputError(
                    field,
                    f"{path.name}, line {first + number}, column {form.names[column]}: {cell[:40]}",
                    "a number, or nothing where there is none",
                    "Correct the line",
                ) from None
    return values


def _loaded(lines: list[str], form: _Form) -> NDArray[np.float64]:
    return np.loadtxt(
        lines,
        dtype=np.float64,
        delimiter=form.separator,
        usecols=form.numeric,
        ndmin=2,
        comments=None,
        quotechar='"',
    )


def _lines(stream: TextIO) -> Iterator[str]:
    """Lines that hold a letter or a digit, without their end."""
    for line in stream:
        if any(letter.isalnum() for letter in line):
            yield line.strip("\r\n")


def _rows(lines: list[str], separator: str | None) -> list[list[str]]:
    if separator is None:
        return [line.split() for line in lines]
    return list(csv.reader(lines, delimiter=separator))


def _cells(line: str, separator: str | None) -> list[str]:
    return _rows([line], separator)[0]


def _is_number(cell: str, comma: bool) -> bool:
    text = cell.strip()
    if text.lower() in _MISSING:
        return True
    try:
        float(text.replace(",", ".") if comma else text)
    except ValueError:
        return False
    return True
