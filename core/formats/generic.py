"""Any rasters that GDAL can read, by a pattern of their names; the user states what the files do not.

The user gives the pattern with the two dates, wavelength, incidence, heading, sign and unit. Files that
carry the tag WAVELENGTH_METRES (PyRate writes it) may leave the wavelength to it. Wrapped interferograms may
be phases or complex numbers; amplitudes of the images may lie beside them; and where the files have no header
at all, the user states their type and columns. Verified on the GeoTIFF form of the Sydney data, whose values
equal the ROI_PAC form, and on the complex files without header of the Houston data.
"""

from __future__ import annotations

import fnmatch
import math
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

from osgeo import gdal

from .. import rawraster
from ..errors import InputError
from ..raster import open_dataset
from ..stack import MAGNITUDE, PHASE, WRAPPED
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
        raw = params.raw_columns > 0
        wavelength = params.wavelength or (None if raw else tags.wavelength(phases.values()))
        factor = phase_factor(params, wavelength)
        pairs = []
        for (date1, date2), path in sorted(phases.items()):
            layers = _phase_layers(path, factor, params)
            if (date1, date2) in coherences:
                layers["coherence"] = _real(coherences[date1, date2], params)
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
        if raw:
            notes.append(f"As stated: files without header, {params.raw_type}, {params.raw_columns} columns.")
        if any("amplitude" in pair.layers for pair in pairs):
            notes.append("The files hold complex numbers: their phase is used, and their magnitude as amplitude.")
        amplitudes = _amplitudes(listing, params, {day for dates in phases for day in dates})
        if amplitudes:
            notes.append(f"Amplitudes of {len(amplitudes)} image(s) by the pattern of their names.")
        if params.wavelength is None and wavelength is not None:
            notes.append("Wavelength from the files' tag WAVELENGTH_METRES.")
        return Found(
            pairs=tuple(pairs),
            kind=params.kind,
            wavelength=wavelength,
            geometry={} if height is None else {"height": _real(height, params)},
            amplitudes=amplitudes,
            notes=tuple(notes),
            warnings=warnings,
        )


def _phase_layers(path: Path, factor: float, params: ImportParams) -> dict[str, Source]:
    """Phase, and of complex numbers the magnitude too."""
    dataset = rawraster.describe(params.raw_type, params.raw_columns) if params.raw_columns else ""
    phase = Source(path, factor=factor, missing=params.nodata, dataset=dataset)
    if params.kind != WRAPPED or not _is_complex(path, dataset):
        return {"phase": phase}
    return {"phase": replace(phase, part=PHASE), "amplitude": replace(phase, factor=1.0, part=MAGNITUDE)}


def _is_complex(path: Path, dataset: str) -> bool:
    opened = open_dataset(path, dataset)  # held, because a band does not live without its file
    return bool(gdal.DataTypeIsComplex(opened.GetRasterBand(1).DataType))


def _real(path: Path, params: ImportParams) -> Source:
    """A file of real numbers: in the byte order stated, where files have no header."""
    order = params.raw_type.partition("_")
    dataset = rawraster.describe("float32" + "".join(order[1:]), params.raw_columns) if params.raw_columns else ""
    return Source(path, missing=params.nodata, dataset=dataset)


def _amplitudes(listing: Listing, params: ImportParams, dates: set[date]) -> dict[date, Source]:
    """Amplitudes by date; complex numbers (SLC) by their magnitude."""
    if not params.amplitude_pattern:
        return {}
    compiled = expression(params.amplitude_pattern)
    out: dict[date, Source] = {}
    for path in listing.files:
        match = compiled.fullmatch(path.name)
        day = parse_date(match.group("date")) if match is not None else None
        if day not in dates or day is None:
            continue
        if day in out:
            raise InputError(
                "AMPLITUDE_PATTERN",
                f"{listing.show(out[day].path)} / {listing.show(path)}",
                "one file per date",
                "Make the pattern stricter",
            )
        source = _real(path, params)
        out[day] = replace(source, part=MAGNITUDE) if _is_complex(path, source.dataset) else source
    if not out:
        raise InputError(
            "AMPLITUDE_PATTERN",
            params.amplitude_pattern,
            "a pattern that fits a file with the date of an interferogram",
            "Write the file's name with {date} in place of the date and * for what varies",
        )
    return out


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
    """Regular expression of a name pattern: {date1}, {date2}, {date} are dates, * is anything, ? one character."""
    out = ""
    for part in re.split(r"(\{date[12]?\}|\*|\?)", pattern):
        if part in ("{date1}", "{date2}", "{date}"):
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
