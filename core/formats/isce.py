"""ISCE2 stacks: topsStack (`merged/interferograms`) and stripmapStack (`Igrams`), in radar geometry or geocoded.

ISCE3's geocoded products, of the same family, are read by `gunw`.

What the producer says:
- Layout (ISCE2 contrib/stack, README of topsStack and stripmapStack): one folder YYYYMMDD_YYYYMMDD per pair
  with `filt_*.unw` and `filt_*.cor`, `geom_reference/{hgt,lat,lon,los}.rdr`, `baselines`, `reference/IW*.xml`.
  Each raster is plain numbers with an ISCE header `.xml` beside it.
- Phase: `.unw` has two bands by line, amplitude and unwrapped phase [rad] (unwrap.py, SNAPHU's output); of
  reference x conj(secondary), "positive value represents motion away from the satellite" (MintPy's FAQ on the
  stacks it reads). The folder's first date is the reference. 0 marks pixels without phase.
- Angles (zerodop/topozero, topozero.f90): `los.rdr` band 1 is the angle of the line of sight from the vertical,
  band 2 atan2(north, east) of the vector from target to satellite minus 90, i.e. its azimuth from north,
  anticlockwise; degrees.
- Baselines: topsStack's computeBaseline.py gives |B| the sign of ((target - reference) x (secondary -
  reference)) . velocity, which is our sign for a right-looking satellite, as in `topsProc.xml` of a real pair
  (see `hyp3`). stripmapStack's PERP_BASELINE_* come from mroipac's Baseline.py: -h cos(look) + v sin(look) with
  h to the left of the flight, which is opposite to ours and turned. The tests compute both from two orbits.
- Wavelength: `radarwavelength` of `reference/IW*.xml`. stripmapStack keeps it in a Python pickle, which is not
  read: state WAVELENGTH.
Status: unverified on real data (tested on written samples of this layout).
"""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path
from typing import Any

from ..crs import WGS84, parse
from ..errors import InputError
from ..raster import grid_of, open_dataset
from ..stack import LATITUDE, LONGITUDE, Grid
from .base import UNVERIFIED, Found, FoundPair, Source, by_pair, check_whole, folder_dates, single
from .baselines import per_date
from .gunw import gunw_files, read_stack
from .iscemeta import orbit_bperp, reference_metadata
from .listing import Listing
from .params import ImportParams

_PHASE = r"filt.*\.unw(\.geo)?"
_COHERENCE = r"filt.*\.cor(\.geo)?"
_DEGREE = math.pi / 180.0


class IsceReader:
    """`filt*.unw` in folders named with two dates, each with its `.xml`; or ISCE3's GUNW files."""

    name = "isce"
    title = "ISCE"
    status = UNVERIFIED

    def claims(self, listing: Listing) -> str:
        known = set(listing.files)
        phases = [
            path
            for path in _phases(listing)
            if any(path.with_name(path.name + suffix) in known for suffix in (".xml", ".vrt"))
        ]
        products = gunw_files(listing)
        reasons = [f"{len(phases)} file(s) like {listing.show(phases[0])} with ISCE's .xml"] if phases else []
        if products:
            reasons.append(f"{len(products)} GUNW product(s) like {listing.show(products[0])}")
        return "; ".join(reasons)

    def read(self, listing: Listing, params: ImportParams) -> Found:
        products = gunw_files(listing)
        if products and _phases(listing):
            raise InputError(
                "INPUT",
                f"{listing.show(_phases(listing)[0])} / {listing.show(products[0])}",
                "ISCE2's or ISCE3's files, not both",
                "Choose a folder that holds one of them only",
            )
        if products:
            return read_stack(listing, params)
        phases = by_pair(listing, _phases(listing), "Unwrapped phase", folder_dates)
        if not phases:
            raise InputError(
                "INPUT",
                str(listing.root),
                "merged/interferograms/YYYYMMDD_YYYYMMDD/filt_*.unw (topsStack) or Igrams/... (stripmapStack), "
                "or ISCE3's *GUNW*.h5",
                "Choose the stack's working folder, after unwrapping",
            )
        geocoded = next(iter(phases.values())).suffix == ".geo"
        coherences = by_pair(listing, _files(listing, _COHERENCE, geocoded), "Coherence", folder_dates)
        pairs = []
        for dates, path in sorted(phases.items()):
            layers = {"phase": _source(path, 2, geocoded, missing=(0.0,))}
            if dates in coherences:
                layers["coherence"] = _source(coherences[dates], 0, geocoded, missing=(0.0,))
            pairs.append(FoundPair(*dates, layers))
        geometry, warnings = _geometry(listing, geocoded)
        wavelength, metadata, notes = reference_metadata(listing)
        bperp, baseline_notes = _date_baselines(listing)
        return Found(
            pairs=tuple(pairs),
            wavelength=wavelength,
            geometry=geometry,
            bperp=bperp,
            metadata=metadata,
            notes=(
                "Phase is band 2 of the .unw files: radians, reference x conj(secondary), positive = range increase; "
                "0 is no data.",
                f"Geometry: {', '.join(sorted(geometry)) or 'nothing'}.",
                *notes,
                *baseline_notes,
            ),
            warnings=warnings,
        )


def _phases(listing: Listing) -> tuple[Path, ...]:
    """Unwrapped phase of pair folders; geocoded files replace those in radar geometry."""
    return _files(listing, _PHASE, True) or _files(listing, _PHASE, False)


def _files(listing: Listing, pattern: str, geocoded: bool) -> tuple[Path, ...]:
    return tuple(
        path
        for path in listing.matching(pattern)
        if (path.suffix == ".geo") == geocoded and folder_dates(path) is not None
    )


def _source(path: Path, band: int, geocoded: bool, **rule: Any) -> Source:
    """A checked band of an ISCE raster (0: the last one) with its grid; the headers name no coordinate system."""
    header = path.with_name(path.name + ".xml")
    if not header.is_file():
        raise InputError(
            "ISCE header",
            f"{path.name} without {header.name} in {path.parent}",
            "every raster with its .xml",
            "Copy the .xml files too, or write it again with ISCE's gdal2isce_xml.py",
        )
    count = check_whole(path)
    if count < band:
        raise InputError(
            "ISCE raster", f"{path}: {count} band(s)", f"band {band}", "Write it again with ISCE"
        )
    own = grid_of(open_dataset(path))
    crs = str(parse(WGS84).ExportToWkt())
    grid = Grid(own.width, own.height, own.transform, crs) if geocoded else Grid(own.width, own.height)
    return Source(path, band or count, grid=grid, **rule)


def _geometry(listing: Listing, geocoded: bool) -> tuple[dict[str, Source], tuple[str, ...]]:
    """Heights, angles and, in radar geometry, longitude and latitude of `geom_reference`."""
    files = {}
    warnings: list[str] = []
    for name in ("hgt", "los", "lat", "lon"):
        pattern = rf"{name}(\.rdr)?\.geo" if geocoded else rf"{name}\.rdr"
        found = listing.matching(pattern) or listing.matching(pattern + r"\.full")  # .full: without looks
        path, said = single(listing, found, f"{name} layer")
        warnings.extend(said)
        if path is not None:
            files[name] = path
    out: dict[str, Source] = {}
    if "hgt" in files:
        out["height"] = _source(files["hgt"], 1, geocoded)
    if "los" in files:
        los, known = files["los"], {"missing": (0.0,)}
        out["incidence"] = _source(los, 1, geocoded, factor=_DEGREE, **known)
        out["los_elevation"] = _source(los, 1, geocoded, factor=-_DEGREE, offset=math.pi / 2, **known)
        out["los_orientation"] = _source(los, 2, geocoded, factor=_DEGREE, offset=math.pi / 2, **known)
    if not geocoded and {"lat", "lon"} <= set(files):
        for name, role in (("lon", LONGITUDE), ("lat", LATITUDE)):
            out[role] = _source(files[name], 1, geocoded, missing=(0.0,))
    return out, tuple(warnings)


def _date_baselines(listing: Listing) -> tuple[dict[date, float], tuple[str, ...]]:
    """Bperp per date [m, our sign] by least squares from the files of `baselines`, and what was read."""
    values = []
    for path in listing.matching(r"\d{8}_\d{8}\.txt"):
        if "baselines" in path.parts:
            found = orbit_bperp(path)
            if found is not None:
                values.append(found)
    if not values:
        return {}, ()
    dates, _ = per_date(values)
    return dates, (
        f"Perpendicular baselines of {len(dates)} date(s) from {len(values)} file(s) of 'baselines'.",
    )
