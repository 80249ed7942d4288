"""ROI_PAC: geocoded `.unw` (amplitude, phase) and `.cor` (amplitude, correlation) with `.rsc` headers.

What the producer says (ROI_PAC's format, as GDAL's ROI_PAC driver and MintPy's attribute table describe it):
a `.unw` file has two float32 bands by line, amplitude and unwrapped phase in radians, 0 in both where there
is none; `DATE12` is "(date1)-(date2), reference - secondary date of interferogram in 6 digit number";
`X_FIRST`, `Y_FIRST` are the upper left corner; `WAVELENGTH` is in metres; `P_BASELINE_TOP_HDR` and
`P_BASELINE_BOTTOM_HDR` are the perpendicular baseline at the first and last line in metres.
Phase is that of date1 x conj(date2), positive = range increase: proven on real ENVISAT files (Sydney,
where the values equal those of the GeoTIFF and GAMMA forms). Status: verified on real data, except the
sign of the perpendicular baseline, which is kept as written (unverified).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from ..errors import InputError
from .base import VERIFIED, Found, FoundPair, Source, one_wavelength, orbit_name, single
from .listing import Listing, keyed, number, two_dates
from .params import ImportParams

_WGS84 = "EPSG:4326"


class RoipacReader:
    """`.unw` files with a `.unw.rsc` beside them."""

    name = "roipac"
    title = "ROI_PAC"
    status = VERIFIED

    def claims(self, listing: Listing) -> str:
        phases = _with_header(listing, r".*\.unw")
        if not phases:
            return ""
        return f"{len(phases)} file(s) like {listing.show(phases[0])} with a .rsc header each"

    def read(self, listing: Listing, params: ImportParams) -> Found:
        phases = _with_header(listing, r".*\.unw")
        if not phases:
            raise InputError(
                "INPUT",
                str(listing.root),
                "ROI_PAC .unw files, each with its .unw.rsc",
                "Copy the .rsc files too",
            )
        coherences = {_dates(path): path for path in _with_header(listing, r".*\.cor")}
        baselines = _baselines(listing)
        pairs = []
        headers = []
        for path in phases:
            header = keyed(_rsc(path), None)
            _check_size(path, header)
            headers.append(header)
            dates = _dates(path)
            layers = {"phase": Source(path, band=2, missing=(0.0,))}
            if dates in coherences:
                _check_size(coherences[dates], keyed(_rsc(coherences[dates]), None))
                layers["coherence"] = Source(coherences[dates], band=2, missing=(0.0,))
            bperp = baselines.get(dates, _mean_baseline(header))
            pairs.append(FoundPair(dates[0], dates[1], layers, bperp))
        height, warnings = single(listing, _with_header(listing, r".*\.(dem|hgt)"), "DEM")
        notes = [
            "Phase is band 2 of the .unw files: radians, date1 x conj(date2) of DATE12, positive = range increase; "
            "0 is no data."
        ]
        if any(pair.bperp is not None for pair in pairs):
            notes.append(
                "Perpendicular baselines are the mean of first and last line, with the sign as written."
            )
        crs = _crs(headers[0])
        if crs:
            notes.append(
                "The .rsc files name no coordinate system; X_FIRST is in degrees, so WGS 84 was assumed."
            )
        return Found(
            pairs=tuple(pairs),
            wavelength=_wavelength(phases, headers),
            geometry={}
            if height is None
            else {"height": Source(height, band=2 if height.suffix == ".hgt" else 1)},
            metadata=_metadata(headers[0]),
            crs=crs,
            notes=tuple(notes),
            warnings=warnings,
        )


def _rsc(path: Path) -> Path:
    return path.with_name(path.name + ".rsc")


def _with_header(listing: Listing, pattern: str) -> tuple[Path, ...]:
    """Files with a .rsc header, without ISCE's (with .xml), beside which MintPy puts a .rsc too."""
    names = set(listing.files)
    return tuple(
        path
        for path in listing.matching(pattern)
        if _rsc(path) in names and path.with_name(path.name + ".xml") not in names
    )


def _dates(path: Path) -> tuple[date, date]:
    """The two dates of DATE12, else of the file's name."""
    dates = two_dates(keyed(_rsc(path), None).get("DATE12", "")) or two_dates(path.name)
    if dates is None:
        raise InputError(
            "Dates of an interferogram",
            str(_rsc(path)),
            "a line DATE12 yymmdd-yymmdd, or two dates in the file's name",
            "Add the line to the .rsc file",
        )
    return dates


def _check_size(path: Path, header: dict[str, str]) -> None:
    """Refuse a two-band float32 file of another length than its header says: not every GDAL does."""
    width, lines = number(header.get("WIDTH")), number(header.get("FILE_LENGTH"))
    if width is None or lines is None:
        raise InputError(
            "Header", str(_rsc(path)), "the lines WIDTH and FILE_LENGTH", "Copy the .rsc file again"
        )
    expected = int(width) * int(lines) * 8
    found = path.stat().st_size
    if found != expected:
        raise InputError(
            "File size",
            f"{path}: {found} bytes",
            f"{expected} bytes ({int(width)} x {int(lines)} pixels, two bands)",
            "Copy the file and its .rsc again: it is cut short, or the header belongs to another file",
        )


def _mean_baseline(header: dict[str, str]) -> float | None:
    ends = [number(header.get(f"P_BASELINE_{end}_HDR")) for end in ("TOP", "BOTTOM")]
    known = [value for value in ends if value is not None]
    return sum(known) / len(known) if known else None


def _baselines(listing: Listing) -> dict[tuple[date, date], float]:
    out: dict[tuple[date, date], float] = {}
    for path in listing.matching(r".*baseline\.rsc"):
        dates = two_dates(path.name)
        value = _mean_baseline(keyed(path, None))
        if dates is not None and value is not None:
            out[dates] = value
    return out


def _wavelength(paths: tuple[Path, ...], headers: list[dict[str, str]]) -> float | None:
    known = {path: number(header.get("WAVELENGTH")) for path, header in zip(paths, headers)}
    return one_wavelength("WAVELENGTH", {path: wave for path, wave in known.items() if wave is not None})


def _crs(header: dict[str, str]) -> str:
    """WGS 84 when the corner is in degrees and no projection is named; GDAL knows the named ones."""
    if header.get("PROJECTION", "").upper() not in ("", "LATLON", "LL"):
        return ""
    x_first, x_step = number(header.get("X_FIRST")), number(header.get("X_STEP"))
    if x_first is None or x_step is None:
        return ""
    degrees = header.get("X_UNIT", "").lower().startswith("deg") or (
        abs(x_first) <= 360.0 and abs(x_step) < 1.0
    )
    return _WGS84 if degrees else ""


def _metadata(header: dict[str, str]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, name in (("PLATFORM", "sensor"), ("TRACK", "track"), ("POLARIZATION", "polarisation")):
        if header.get(key):
            out[name] = header[key]
    heading = number(header.get("HEADING_DEG", header.get("HEADING")))
    if heading is not None:
        out["heading_deg"] = (heading + 180.0) % 360.0 - 180.0
        out["orbit"] = orbit_name(heading)
    for key, name in (
        ("STARTING_RANGE", "slant_range_m"),
        ("RLOOKS", "range_looks"),
        ("ALOOKS", "azimuth_looks"),
    ):
        value = number(header.get(key))
        if value is not None:
            out[name] = int(value) if name.endswith("looks") else value
    return out
