"""GMTSAR's parameter files (`.PRM`), its clock, and `baseline_table.dat`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..units import SPEED_OF_LIGHT
from .base import one_wavelength
from .listing import Listing, keyed, number, one_date, read_text

_MAX_FILES = 500  # copies of one image's PRM stand in every pair folder


@dataclass(frozen=True)
class PrmFile:
    """`key = value` lines of a PRM file; `clock` is the integer part of SC_clock_start (yyyyddd)."""

    path: Path
    values: dict[str, str]
    clock: str

    def value(self, key: str) -> float | None:
        """A number, None where the line is absent."""
        return number(self.values.get(key))


def read_prms(listing: Listing) -> tuple[PrmFile, ...]:
    """The PRM files that have a clock, one per name, those of the pair folders included."""
    out = []
    names: set[str] = set()
    for path in listing.matching(r".*\.PRM"):
        if path.name in names or len(names) >= _MAX_FILES:
            continue
        names.add(path.name)
        values = keyed(path, "=")
        clock = number(values.get("SC_clock_start"))
        if clock is not None:
            out.append(PrmFile(path, values, f"{int(clock):07d}"))
    return tuple(out)


def day_of(clock: str, prms: tuple[PrmFile, ...], name: str = "") -> date | None:
    """Date of a clock yyyyddd: from the name of a PRM file with that clock or `name`, else counted from day 000.

    A name counts only within a day of the clock: other numbers of a name can look like a date.
    """
    year, day = int(clock[:4]), int(clock[4:])
    if not 1978 <= year <= 2200 or day > 366:
        return None
    counted = date(year, 1, 1) + timedelta(days=day)
    for text in (*(prm.path.name for prm in prms if prm.clock == clock), name):
        named = one_date(text)
        if named is not None and abs((named - counted).days) <= 1:
            return named
    return counted


def date_baselines(path: Path, prms: tuple[PrmFile, ...]) -> dict[date, float]:
    """Bperp per date [m, our sign] of `baseline_table.dat`: name, clock, days, B_parallel, B_perpendicular."""
    out: dict[date, float] = {}
    for line in read_text(path).splitlines():
        cells = line.split()
        if not cells:
            continue
        clock, value = (number(cells[1]), number(cells[4])) if len(cells) >= 5 else (None, None)
        day = day_of(f"{int(clock):07d}", prms, cells[0]) if clock is not None else None
        if value is None or day is None:
            raise InputError(
                "Baseline table",
                f"{path}: {line.strip()}",
                "name, clock, days and two baselines",
                "Write it again",
            )
        out[day] = -value if value else 0.0
    return out


def scene_metadata(prms: tuple[PrmFile, ...]) -> tuple[float | None, dict[str, Any], tuple[str, ...]]:
    """Wavelength [m], metadata and notes; incidence and slant range are those of the swath's centre."""
    if not prms:
        return None, {}, ()
    prm = prms[0]
    stated = {p.path: p.value("radar_wavelength") for p in prms}
    wavelength = one_wavelength(
        "radar_wavelength", {path: wave for path, wave in stated.items() if wave is not None}
    )
    out: dict[str, Any] = {}
    direction = prm.values.get("orbdir", "")[:1].upper()
    if direction in ("A", "D"):
        out["orbit"] = "ascending" if direction == "A" else "descending"
    notes = [f"Wavelength from {prm.path.name}."]
    near, bins, rate = (prm.value(key) for key in ("near_range", "num_rng_bins", "rng_samp_rate"))
    radius, height = prm.value("earth_radius"), prm.value("SC_height")
    if near is not None and bins is not None and rate:
        distance = near + 0.5 * bins * SPEED_OF_LIGHT / (2.0 * rate)
        out["slant_range_m"] = distance
        if radius is not None and height is not None:
            orbit = radius + height
            cosine = (orbit**2 - radius**2 - distance**2) / (2.0 * radius * distance)
            out["incidence_deg"] = math.degrees(math.acos(min(max(cosine, -1.0), 1.0)))
            notes.append(
                f"Incidence {out['incidence_deg']:.2f} deg at the swath's centre, from the orbit's height and the "
                "slant range; state INCIDENCE for a small part of the swath."
            )
    return wavelength, out, tuple(notes)
