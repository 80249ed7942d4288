"""GMTSAR: pair folders `YYYYDDD_YYYYDDD` (intf, intf_all, merge) with `unwrap_ll.grd` or `unwrap.grd` and
`corr*.grd`.

What the producer says:
- Phase: geocode.csh makes line-of-sight displacement as -79.58 * wavelength * unwrapped phase [mm]: "constant
  is negative to make LOS = -1 * range change", so phase in radians grows with range; NaN is no data
  (snaphu.csh, geocode.csh mask with NaN). The reference image comes first in intf.in and in the folder's name
  (intf_tops.csh).
- Dates: the folder's numbers are the integer parts of SC_clock_start, in which 1 January is day 000 (scene
  S1A20150403 is in folder 2015092_..., merge_unwrap_geocode_tops.csh). A date in the name of the PRM file with
  that clock is preferred to the count of days.
- Grids: `_ll.grd` are in longitude and latitude on one lattice whose extent follows the data (proj_ra2ll.csh);
  the others are in radar range and azimuth, and no raster of longitude and latitude stands beside them.
- Baselines: baseline_table.dat has name, SC_clock_start, days, B_parallel, B_perpendicular [m]
  (baseline_table.csh). SAT_baseline.c takes B cos(look - alpha), alpha from the horizontal on the side that the
  radar looks to; that is opposite to our sign and turned. The tests compute it from two orbits.
Status: unverified on real data (tested on written samples of this layout).
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

from ..crs import WGS84, parse
from ..errors import InputError
from ..raster import grid_of, open_dataset
from ..stack import Grid
from .base import UNVERIFIED, Found, FoundPair, Source, by_pair, need_driver, single
from .gmtsarprm import PrmFile, date_baselines, day_of, read_prms, scene_metadata
from .listing import Listing, two_dates
from .params import ImportParams

_FOLDER = re.compile(r"(\d{7})_(\d{7})")
_NAMES = (  # what is read, in order of preference, with the coherence that belongs to it
    ("unwrap_ll.grd", "corr_ll.grd"),
    ("unwrap_mask_ll.grd", "corr_ll.grd"),
    ("unwrap.grd", "corr.grd"),
)


class GmtsarReader:
    """`unwrap_ll.grd` or `unwrap.grd` in folders named by two days."""

    name = "gmtsar"
    title = "GMTSAR"
    status = UNVERIFIED

    def claims(self, listing: Listing) -> str:
        phases, _ = _phases(listing)
        return f"{len(phases)} file(s) like {listing.show(phases[0])}" if phases else ""

    def read(self, listing: Listing, params: ImportParams) -> Found:
        need_driver("netCDF", "GMTSAR's .grd files")
        files, coherence_name = _phases(listing)
        if not files:
            raise InputError(
                "INPUT",
                str(listing.root),
                "pair folders YYYYDDD_YYYYDDD with unwrap_ll.grd or unwrap.grd",
                "Choose the folder that holds intf_all, after unwrapping (and geocoding)",
            )
        prms = read_prms(listing)

        def dates(path: Path) -> tuple[date, date] | None:
            return _dates(path, prms)

        phases = by_pair(listing, files, "Unwrapped phase", dates)
        coherences = {path.parent: path for path in listing.matching(re.escape(coherence_name))}
        pairs = []
        for pair, path in sorted(phases.items()):
            layers = {"phase": _source(path)}
            if path.parent in coherences:
                layers["coherence"] = _source(coherences[path.parent])
            pairs.append(FoundPair(*pair, layers))
        table, warnings = single(listing, listing.matching(r"baseline_table\.dat"), "baseline table")
        bperp = date_baselines(table, prms) if table is not None else {}
        baseline_notes = (f"Perpendicular baselines of {len(bperp)} date(s); sign turned.",) if bperp else ()
        wavelength, metadata, notes = scene_metadata(prms)
        without = sorted(_pair_folders(listing) - {path.parent for path in files})
        if without:
            warnings = (
                *warnings,
                f"{len(without)} pair folder(s) without {files[0].name} left out, such as {listing.show(without[0])}.",
            )
        return Found(
            pairs=tuple(pairs),
            wavelength=wavelength,
            bperp=bperp,
            metadata=metadata,
            common_extent=_is_map(files[0]),
            notes=(
                f"Phase of {files[0].name} as GMTSAR writes it: radians, positive = range increase; NaN is no data.",
                "Days in the folders' names count from 000 (1 January), unless a PRM file of that clock has a date.",
                *notes,
                *baseline_notes,
            ),
            warnings=warnings,
        )


def _is_map(path: Path) -> bool:
    return path.stem.endswith("_ll")


def _phases(listing: Listing) -> tuple[tuple[Path, ...], str]:
    """The preferred files of the pair folders and the name of the coherence that goes with them."""
    for name, coherence in _NAMES:
        found = tuple(p for p in listing.matching(re.escape(name)) if _is_pair_folder(p.parent))
        if found:
            return found, coherence
    return (), ""


def _is_pair_folder(folder: Path) -> bool:
    return bool(_FOLDER.fullmatch(folder.name)) or two_dates(folder.name) is not None


def _pair_folders(listing: Listing) -> set[Path]:
    return {p.parent for p in listing.matching(r"(unwrap|phasefilt).*\.grd") if _is_pair_folder(p.parent)}


def _dates(path: Path, prms: tuple[PrmFile, ...]) -> tuple[date, date] | None:
    match = _FOLDER.fullmatch(path.parent.name)
    if match is None:
        return two_dates(path.parent.name)
    first, second = day_of(match.group(1), prms), day_of(match.group(2), prms)
    if first is None or second is None:
        raise InputError(
            "Dates of an interferogram", str(path.parent), "a folder YYYYDDD_YYYYDDD", "Restore its name"
        )
    return first, second


def _source(path: Path) -> Source:
    """A grid file with its place: longitudes within -180 to 180, radar geometry without coordinates."""
    own = grid_of(open_dataset(path, field="GMTSAR grid"))
    if not _is_map(path):
        return Source(path, grid=Grid(own.width, own.height))
    x0, *rest = own.transform
    if own.transform == Grid(1, 1).transform:
        raise InputError(
            "GMTSAR grid",
            f"{path}: no longitude and latitude",
            "a grid in longitude and latitude",
            "Geocode it again with proj_ra2ll.csh",
        )
    west = x0 - 360.0 if x0 >= 180.0 else x0
    a, b, c, d, e = rest
    return Source(
        path, grid=replace(own, transform=(west, a, b, c, d, e), crs=str(parse(WGS84).ExportToWkt()))
    )
