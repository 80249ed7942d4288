"""Dates in a column of a table, in whatever usual form all of them have."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from ...errors import InputError

_DAYS = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
)
_MONTHS = ("%Y-%m", "%Y/%m", "%m/%Y")
FORMS = "YYYY-MM-DD, YYYY/MM/DD, YYYYMMDD, DD.MM.YYYY, DD/MM/YYYY, MM/DD/YYYY, or months as YYYY-MM"
_MIDDLE = 15  # day that stands for a month
_SHOWN = 3


def parse(texts: Sequence[str], field: str, where: str) -> list[date]:
    """The dates of a column; a month without a day means its middle.

    Refuses a column in which some form fits the first dates but not all, or where day and month may be exchanged.
    """
    cut = [_day_only(text) for text in texts]
    fits = [form for form in (*_DAYS, *_MONTHS) if all(_read(text, form) for text in cut)]
    if not fits:
        raise InputError(field, f"{where}: {_unread(cut)}", f"dates as {FORMS}", "Write all dates in one form")
    readings = [[_read(text, form) for text in cut] for form in fits]
    if any(reading != readings[0] for reading in readings):
        raise InputError(
            field,
            f"{where}: {', '.join(cut[:_SHOWN])} may be day/month or month/day",
            "dates that can be read in one way only",
            "Write them as YYYY-MM-DD",
        )
    return [day for day in readings[0] if day is not None]


def is_dates(texts: Sequence[str]) -> bool:
    """Whether a column holds dates of one form."""
    cut = [_day_only(text) for text in texts]
    return any(all(_read(text, form) for text in cut) for form in (*_DAYS, *_MONTHS))


def _day_only(text: str) -> str:
    """The text without a time of the day."""
    clean = text.strip()
    for mark in ("T", " "):
        head, _, tail = clean.partition(mark)
        if ":" in tail:
            return head
    return clean


def _read(text: str, form: str) -> date | None:
    try:
        day = datetime.strptime(text, form).date()
    except ValueError:
        return None
    return day.replace(day=_MIDDLE) if form in _MONTHS else day


def _unread(texts: Sequence[str]) -> str:
    """The texts that the form of most of them does not fit, else the first ones."""
    best = max((*_DAYS, *_MONTHS), key=lambda form: sum(_read(text, form) is not None for text in texts))
    wrong = [text for text in texts if _read(text, best) is None]
    return ", ".join(repr(text) for text in wrong[:_SHOWN]) + (" ..." if len(wrong) > _SHOWN else "")
