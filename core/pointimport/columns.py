"""What the columns of a table of points are: dates by their pattern, quantities by their usual names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from ..errors import InputError
from ..pointfile import date_of

PATTERNS = "DYYYYMMDD, YYYYMMDD, D_YYYYMMDD, YYYY-MM-DD"
_DASHED = re.compile(r"^[Dd]?_?(\d{4})[-_./](\d{1,2})[-_./](\d{1,2})$")
_DIGITS = 5  # of a name that may hold a date
_SHOWN = 12  # columns that a message lists

# Our attribute -> names that other programs give it, in order of preference; compared in lower case.
NAMES: dict[str, tuple[str, ...]] = {
    "velocity": ("velocity", "mean_velocity", "vel", "vel_mm_yr", "velocity_mm_yr", "v", "rate", "mean_vel"),
    "velocity_std": (
        "velocity_std",
        "mean_velocity_std",
        "v_stdev",
        "vel_std",
        "v_std",
        "std_vel",
        "sigma_v",
        "std",
        "stdev",
        "sigma",
        "err",
    ),
    "coherence": ("coherence", "temporal_coherence", "coh", "temp_coh", "tempcoh"),
    "height_error": ("height_error", "dem_error", "demerror", "topographic_error"),
    "incidence": ("incidence", "incidence_angle", "inc_angle", "inc", "theta"),
    "los_east": ("los_east", "elos", "los_e", "e_los", "east_los"),
    "los_north": ("los_north", "nlos", "los_n", "n_los", "north_los"),
    "los_up": ("los_up", "ulos", "los_u", "u_los", "up_los"),
    "track": ("track", "relative_orbit", "path"),
    "pass": ("pass", "orbit_direction", "direction"),
}
LONGITUDE = ("longitude", "lon", "lng", "long")
LATITUDE = ("latitude", "lat")
EASTING = ("easting", "east", "x", "utm_x", "x_coord")
NORTHING = ("northing", "north", "y", "utm_y", "y_coord")


def find(names: Iterable[str], wanted: Sequence[str]) -> str:
    """The first column that has one of the wanted names, whatever its case; empty without."""
    low = {name.strip().lower(): name for name in reversed(list(names))}
    return next((low[name] for name in wanted if name in low), "")


def named(names: Iterable[str], asked: str, field: str) -> str:
    """The column that the user asked for, whatever its case; InputError that shows what is there."""
    names = list(names)
    found = asked if asked in names else find(names, (asked.lower(),))
    if not found:
        raise InputError(field, asked, f"a column of the table: {preview(names)}", "Correct the name")
    return found


def date_in(name: str, pattern: str = "") -> date | None:
    """The date that a column's name stands for, None for other columns.

    pattern : as datetime.strptime takes it (`D%Y%m%d`); empty for the usual forms.
    """
    if pattern:
        try:
            return datetime.strptime(name.strip(), pattern).date()
        except ValueError:
            return None
    usual = date_of(name.strip())
    if usual is not None:
        return usual
    match = _DASHED.match(name.strip())
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def check_dates(names: Sequence[str], days: Mapping[str, date], pattern: str) -> None:
    """Refuse dates that occur twice, a pattern that fits no column, columns that look like dates of another form."""
    by_day: dict[date, str] = {}
    for name, day in days.items():
        if day in by_day:
            raise InputError(
                "Columns", f"{by_day[day]} and {name}", "one column per date", "Remove one of the two columns"
            )
        by_day[day] = name
    if days:
        return
    if pattern:
        raise InputError(
            "DATE_PATTERN",
            pattern,
            f"a pattern that fits the columns seen: {preview(names)}",
            "Write %Y, %m and %d for year, month and day, e.g. D%Y%m%d",
        )
    suspects = [name for name in names if sum(letter.isdigit() for letter in name) >= _DIGITS]
    if len(suspects) > 1:
        raise InputError(
            "Columns",
            f"{len(suspects)} columns that look like dates: {preview(suspects)}",
            f"{PATTERNS}, or DATE_PATTERN",
            f"Give DATE_PATTERN, e.g. T%d%m%Y. All columns seen: {preview(names)}",
        )


def preview(names: Iterable[str]) -> str:
    """Column names for a message: the first ones, how many there are, and the last one."""
    names = list(names)
    if len(names) <= _SHOWN:
        return ", ".join(names) or "none"
    return f"{', '.join(names[: _SHOWN - 1])} ... {names[-1]} ({len(names)} columns)"
