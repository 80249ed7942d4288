"""Any rasters that GDAL can read, by a pattern of their names; the user states what the files do not.

The user gives the pattern with the two dates, wavelength, incidence, heading, sign and unit. Files that
carry the tag WAVELENGTH_METRES (PyRate writes it) may leave the wavelength to it.
Verified on the GeoTIFF form of the Sydney data, whose values equal the ROI_PAC form.
"""

from __future__ import annotations

import fnmatch
import math
import re
from datetime import date
from pathlib import Path

from ..errors import InputError
from . import tags
from .base import VERIFIED, Found, FoundPair, Source, single
from .listing import Listing, parse_date
from .params import TOWARD, UNITS, ImportParams

_RASTER = (".tif", ".tiff", ".unw", ".cor", ".cc", ".img", ".nc", ".bil", ".asc")


class GenericReader:
    """Files found by the pattern; never chosen by itself."""

    name = "generic"
    title = "Generic"
    status = VERIFIED

    def claims(self, listing: Listing) -> str:
        return ""

    def read(self, listing: Listing, params: ImportParams) -> Found:
        coherences = find(listing, params.coherence_pattern) if params.coherence_pattern else {}
        phases = find(listing, params.pattern, frozenset(coherences.values()))
        if not phases:
            seen = [path for path in listing.files if path.suffix.lower() in _RASTER]
            example = f"; the folder holds for instance {listing.show(seen[0])}" if seen else ""
            raise InputError(
                "PATTERN",
                params.pattern,
                f"a pattern that fits at least one file{example}",
                "Write the file's name with {date1} and {date2} in place of the dates and * for what varies",
            )
        wavelength = params.wavelength or tags.wavelength(phases.values())
        factor = phase_factor(params, wavelength)
        pairs = []
        for (date1, date2), path in sorted(phases.items()):
            layers = {"phase": Source(path, factor=factor, missing=params.nodata)}
            if (date1, date2) in coherences:
                layers["coherence"] = Source(coherences[date1, date2], missing=params.nodata)
            pairs.append(FoundPair(date1, date2, layers))
        heights: tuple[Path, ...] = ()
        if params.height_pattern:
            heights = tuple(p for p in listing.files if fnmatch.fnmatch(p.name, params.height_pattern))
            if not heights:
                raise InputError(
                    "HEIGHT_PATTERN", params.height_pattern, "a pattern that fits a file", "Check it"
                )
        height, warnings = single(listing, heights, "DEM")
        sense = "toward" if params.sign == TOWARD else "away from"
        notes = [f"As stated: values in {params.unit}, positive = {sense} the satellite, {params.kind}."]
        if params.wavelength is None and wavelength is not None:
            notes.append("Wavelength from the files' tag WAVELENGTH_METRES.")
        return Found(
            pairs=tuple(pairs),
            kind=params.kind,
            wavelength=wavelength,
            geometry={} if height is None else {"height": Source(height)},
            notes=tuple(notes),
            warnings=warnings,
        )


def phase_factor(params: ImportParams, wavelength: float | None) -> float:
    """Factor from the stored values to phase in radians, positive = range increase."""
    sign = -1.0 if params.sign == TOWARD else 1.0
    metres = UNITS[params.unit]
    if metres is None:
        return sign
    if wavelength is None:
        raise InputError(
            "WAVELENGTH", "not stated", "the radar wavelength in metres", "State it: Sentinel-1 has 0.05547 m"
        )
    return sign * metres * 4.0 * math.pi / wavelength


def expression(pattern: str) -> re.Pattern[str]:
    """Regular expression of a name pattern: {date1}, {date2} are dates, * is anything, ? one character."""
    out = ""
    for part in re.split(r"(\{date1\}|\{date2\}|\*|\?)", pattern):
        if part in ("{date1}", "{date2}"):
            out += rf"(?<!\d)(?P<{part[1:-1]}>\d{{8}}|\d{{6}})(?!\d)"
        else:
            out += {"*": ".*?", "?": "."}.get(part, re.escape(part))
    return re.compile(out, re.IGNORECASE)


def find(
    listing: Listing, pattern: str, without: frozenset[Path] = frozenset()
) -> dict[tuple[date, date], Path]:
    """Files whose name fits the pattern, by their two dates; refuses two files for one pair."""
    compiled = expression(pattern)
    out: dict[tuple[date, date], Path] = {}
    for path in listing.files:
        match = compiled.fullmatch(path.name)
        if match is None or path in without:
            continue
        date1, date2 = parse_date(match.group("date1")), parse_date(match.group("date2"))
        if date1 is None or date2 is None:
            continue
        if (date1, date2) in out:
            raise InputError(
                f"Pair {date1:%Y%m%d}_{date2:%Y%m%d}",
                f"{listing.show(out[date1, date2])} / {listing.show(path)}",
                "one file per pair of dates",
                "Make the pattern stricter, or move one of the two elsewhere",
            )
        out[date1, date2] = path
    return out
