"""The files below a folder, bounded in depth and number, and the dates in their names."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ..errors import InputError
from ..monitor import Monitor

MAX_DEPTH = 6
MAX_FILES = 200_000

_DATE = r"(?<!\d)(\d{8}|\d{6})(?:T\d{6})?(?!\d)"
_DATES = re.compile(_DATE)
_TWO_DATES = re.compile(rf"(?={_DATE}[-_.]{_DATE})")


@dataclass(frozen=True)
class Listing:
    """Files below `root`, sorted by path; `cut` says that a bound was reached."""

    root: Path
    files: tuple[Path, ...]
    cut: bool = False

    def matching(self, pattern: str) -> tuple[Path, ...]:
        """Files whose name fits a regular expression in full, letter case ignored."""
        expression = re.compile(pattern, re.IGNORECASE)
        return tuple(path for path in self.files if expression.fullmatch(path.name))

    def show(self, path: Path) -> str:
        """Path relative to the root, for people."""
        try:
            return path.relative_to(self.root).as_posix()
        except ValueError:
            return str(path)


def scan(root: Path, monitor: Monitor) -> Listing:
    """List the files below a folder; hidden folders are left out, links are followed once."""
    files: list[Path] = []
    seen = {os.path.realpath(root)}
    cut = False
    for folder, names, entries in os.walk(root, followlinks=True):
        monitor.check()
        depth = len(Path(folder).relative_to(root).parts)
        kept = []
        for name in sorted(names):
            real = os.path.realpath(Path(folder) / name)
            if name.startswith(".") or real in seen:
                continue
            if depth >= MAX_DEPTH:
                cut = True
                continue
            seen.add(real)
            kept.append(name)
        names[:] = kept
        files.extend(Path(folder) / entry for entry in entries if not entry.startswith("."))
        if len(files) > MAX_FILES:
            cut = True
            break
    files = sorted(files)[:MAX_FILES]
    if not files:
        raise InputError(
            "INPUT", str(root), "a folder with interferograms", "The folder is empty: check the path"
        )
    return Listing(root, tuple(files), cut)


def parse_date(digits: str) -> date | None:
    """Date of yyyymmdd or yymmdd (80-99 are the 1900s); None when it is not one."""
    if len(digits) == 6:
        digits = ("19" if digits[:2] >= "80" else "20") + digits
    try:
        found = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None
    return found if found.year >= 1978 else None


def two_dates(name: str) -> tuple[date, date] | None:
    """The first two adjoining dates of a name, in the order written, e.g. 20180106-20180130."""
    for match in _TWO_DATES.finditer(name):
        first, second = parse_date(match.group(1)), parse_date(match.group(2))
        if first is not None and second is not None:
            return first, second
    return None


def one_date(name: str) -> date | None:
    """The first date of a name."""
    for match in _DATES.finditer(name):
        found = parse_date(match.group(1))
        if found is not None:
            return found
    return None


def read_text(path: Path) -> str:
    """Contents of a small text file; undecodable bytes are replaced."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise InputError(
            "File", str(path), "a readable file", f"Check its permissions ({error.strerror})"
        ) from error


def keyed(path: Path, separator: str | None) -> dict[str, str]:
    """`key<separator>value` lines of a text file (None: any blanks); other lines are left out."""
    out: dict[str, str] = {}
    for line in read_text(path).splitlines():
        parts = line.strip().split(separator, 1)
        if len(parts) == 2:
            out[parts[0].strip()] = parts[1].strip()
    return out


def number(text: str | None) -> float | None:
    """The number that a value begins with, or None."""
    if not text or not text.split():
        return None
    try:
        return float(text.split()[0])
    except ValueError:
        return None
