"""Text files of an ISCE2 stack: baselines, and the reference image's description."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..xmltree import parse_xml
from .base import sentinel1_track
from .listing import Listing, number, read_text, two_dates

_TOPS = "Bperp (average)"
_STRIPMAP = re.compile(r"PERP_BASELINE_(TOP|BOTTOM)\s+(\S+)")


def orbit_bperp(path: Path) -> tuple[date, date, float] | None:
    """(earlier, later, Bperp [m, our sign]) of a file of `baselines`; None for an empty one.

    topsStack writes one average per swath, of which the mean is taken; stripmapStack writes the first and the
    last line's, of the opposite sign (see `isce`). The name is REFERENCE_SECONDARY in any order of time.
    """
    dates = two_dates(path.name)
    tops: list[float] = []
    stripmap: list[float] = []
    for line in read_text(path).splitlines():
        key, colon, value = line.partition(":")
        match = _STRIPMAP.match(line.strip())
        found = number(value) if colon and key.strip() == _TOPS else number(match.group(2)) if match else None
        if found is not None:
            (stripmap if match else tops).append(found)
        elif key.strip() == _TOPS or match:
            raise InputError(
                "Baseline file", f"{path}: {line.strip()}", "a number in metres", "Correct the line"
            )
    if dates is None or not (tops or stripmap):
        return None
    value_m = sum(tops) / len(tops) if tops else -sum(stripmap) / len(stripmap)
    first, second = dates
    return (first, second, value_m) if first < second else (second, first, -value_m)


def reference_metadata(listing: Listing) -> tuple[float | None, dict[str, Any], tuple[str, ...]]:
    """Wavelength [m], metadata and notes from `reference/IW*.xml` (older stacks: `master/`)."""
    swaths = [p for p in listing.matching(r"IW\d\.xml") if p.parent.name in ("reference", "master")]
    if not swaths:
        return None, {}, ()
    ranges: list[float] = []
    values: dict[str, str] = {}
    for path in swaths:
        values = _properties(path)
        near, step, width = (
            number(values.get(key)) for key in ("startingrange", "rangepixelsize", "numberofsamples")
        )
        if near is not None:
            ranges.append(near + 0.5 * (step or 0.0) * (width or 0.0))
    out: dict[str, Any] = {"sensor": values.get("spacecraftname") or "Sentinel-1"}
    out["swath"] = " ".join(path.stem for path in swaths)
    if values.get("polarization"):
        out["polarisation"] = values["polarization"]
    if values.get("passdirection"):
        out["orbit"] = values["passdirection"].lower()
    orbit = number(values.get("orbitnumber"))
    track = number(values.get("tracknumber"))
    if track is None and orbit is not None:
        track = sentinel1_track(str(out["sensor"]).replace("Sentinel-1", "S1"), int(orbit))
    if track is not None:
        out["track"] = int(track)
    if ranges:
        out["slant_range_m"] = sum(ranges) / len(ranges)
    wavelength = number(values.get("radarwavelength"))
    return wavelength, out, (f"Wavelength, track and slant range from {', '.join(p.name for p in swaths)}.",)


def _properties(path: Path) -> dict[str, str]:
    """The first value of each property of an ISCE product; names in lower case without blanks."""
    out: dict[str, str] = {}
    for element in parse_xml(path, "ISCE product").named("property"):
        name = element.attributes.get("name", "").lower().replace(" ", "").replace("_", "")
        out.setdefault(name, element.child_text("value"))
    return out
