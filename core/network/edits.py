"""The CSV of a network: `date1,date2,state,reason`, written by a run and accepted as edits.

States are kept, excluded and proposed. A proposed row asks for a decision: change it to kept to
use the pair. A row with one date only, `20180106,,excluded,snow`, drops that image.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from ..errors import InputError
from ..stack import EXCLUDED, KEPT

PROPOSED = "proposed"
STATES = (KEPT, EXCLUDED, PROPOSED)
HEADER = ("date1", "date2", "state", "reason")
_FIELD = "EDITS"
_EXAMPLE = "Write rows like 20180106,20180130,excluded,noisy under the header date1,date2,state,reason"


@dataclass(frozen=True)
class Row:
    """One line of the file; `date2` None means the whole image `date1`."""

    date1: date
    date2: date | None
    state: str
    reason: str = ""
    line: int = 0


@dataclass(frozen=True)
class Edits:
    """The rows of a file by what they are about."""

    pairs: dict[tuple[date, date], Row] = field(default_factory=dict)
    images: dict[date, Row] = field(default_factory=dict)
    source: str = ""


def read_edits(path: str | Path) -> Edits:
    """Read and check a file of edits; every complaint names the line."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(_FIELD, str(path), "a readable CSV file", f"Check the path ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise InputError(_FIELD, str(path), "a text file in UTF-8", "Save it again as CSV UTF-8") from error
    header = text.split("\n", maxsplit=1)[0]
    delimiter = max(",;\t", key=header.count)
    pairs: dict[tuple[date, date], Row] = {}
    images: dict[date, Row] = {}
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    names: list[str] = []
    try:
        for cells in reader:
            values = [cell.strip() for cell in cells]
            if not any(values):
                continue
            if not names:
                names = _header(values, path)
                continue
            row = _row(dict(zip(names, values)), len(values) > len(names), reader.line_num, path)
            earlier = _store(row, pairs, images)
            if earlier is not None:
                raise _wrong(path, row.line, f"the same dates as line {earlier.line}", "one row per pair or image")
    except csv.Error as error:
        raise _wrong(path, reader.line_num, str(error), "a well-formed CSV row") from error
    if not names:
        raise InputError(_FIELD, str(path), f"a file with the header {','.join(HEADER)}", _EXAMPLE)
    return Edits(pairs, images, str(path))


def edits_text(rows: Iterable[Row]) -> str:
    """The rows as CSV text, dates as YYYYMMDD."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(HEADER)
    for row in rows:
        second = "" if row.date2 is None else f"{row.date2:%Y%m%d}"
        writer.writerow((f"{row.date1:%Y%m%d}", second, row.state, row.reason))
    return stream.getvalue()


def check_known(edits: Edits, dates: Iterable[date], pairs: Iterable[tuple[date, date]] | None) -> None:
    """Refuse rows about images that the stack lacks, or (when `pairs` is given) pairs that it lacks."""
    known = set(dates)
    strange: dict[date, int] = {}
    for row in (*edits.images.values(), *edits.pairs.values()):
        for day in (row.date1, row.date2):
            if day is not None and day not in known:
                strange.setdefault(day, row.line)
    if strange:
        listed = [f"{day:%Y%m%d} (line {line})" for day, line in sorted(strange.items())]
        raise InputError(
            f"{_FIELD} {edits.source}: date",
            listed,
            f"dates of the stack, from {min(known):%Y%m%d} to {max(known):%Y%m%d}",
            "Correct or delete these rows",
        )
    if pairs is None:
        return
    existing = set(pairs)
    missing = [row for key, row in edits.pairs.items() if key not in existing]
    if missing:
        listed = [f"{row.date1:%Y%m%d}_{row.date2:%Y%m%d} (line {row.line})" for row in missing]
        raise InputError(
            f"{_FIELD} {edits.source}: pair",
            listed,
            "pairs of which the stack has an interferogram",
            "Correct or delete these rows, or add the interferograms and import them",
        )


def parse_date(text: str) -> date | None:
    """YYYYMMDD or YYYY-MM-DD; None for anything else."""
    for pattern, length in (("%Y%m%d", 8), ("%Y-%m-%d", 10)):
        if len(text) == length:
            try:
                return datetime.strptime(text, pattern).date()
            except ValueError:
                return None
    return None


def _header(values: list[str], path: Path) -> list[str]:
    names = [value.lower() for value in values]
    missing = [name for name in HEADER[:3] if name not in names]
    if missing:
        raise InputError(
            f"{_FIELD} {path}, line 1", ",".join(values), f"a header with {', '.join(HEADER)}", _EXAMPLE
        )
    return names


def _row(cells: dict[str, str], too_long: bool, line: int, path: Path) -> Row:
    if too_long:
        raise _wrong(path, line, "too many cells", "four cells", "Put a reason that holds a comma in quotes")
    if not {"date1", "state"} <= set(cells):
        raise _wrong(path, line, ",".join(cells.values()), "four cells: date1, date2, state, reason")
    first = _date(cells["date1"], line, path)
    second = _date(cells["date2"], line, path) if cells.get("date2") else None
    if second is not None and second <= first:
        raise _wrong(path, line, f"{cells['date1']},{cells['date2']}", "a second date later than the first")
    state = cells["state"].lower()
    if state not in STATES or (second is None and state == PROPOSED):
        allowed = STATES if second is not None else (KEPT, EXCLUDED)
        raise _wrong(path, line, cells["state"] or "an empty state", f"one of {', '.join(allowed)}")
    return Row(first, second, state, cells.get("reason", ""), line)


def _date(text: str, line: int, path: Path) -> date:
    day = parse_date(text)
    if day is None:
        raise _wrong(path, line, text or "an empty date", "a date as YYYYMMDD or YYYY-MM-DD")
    return day


def _store(row: Row, pairs: dict[tuple[date, date], Row], images: dict[date, Row]) -> Row | None:
    """Add a row; returns the earlier row about the same thing, if any."""
    if row.date2 is None:
        earlier = images.get(row.date1)
        images[row.date1] = row
        return earlier
    key = (row.date1, row.date2)
    earlier = pairs.get(key)
    pairs[key] = row
    return earlier


def _wrong(path: Path, line: int, value: str, allowed: str, remedy: str = "") -> InputError:
    return InputError(f"{_FIELD} {path}, line {line}", value, allowed, remedy or "Correct this line")
