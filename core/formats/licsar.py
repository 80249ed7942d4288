"""LiCSAR (COMET): `GEOC/yyyymmdd_yyyymmdd/yyyymmdd_yyyymmdd.geo.unw.tif` and its companions.

What the producer says (LiCSAR is GAMMA based; its time series package LiCSBAS states how the files are read):
phase to displacement is "coef_r2m = -wavelength/4/np.pi*1000 #rad -> mm, positive is -LOS", so positive phase
is range increase of the second date against the first; 0 is no data ("unw[unw==0] = np.nan"); coherence is
uint8 0-255 since October 2019 and float 0-1 before; E, N, U are the components of the unit vector from ground
to satellite (incidence = arccos(U)), 0 is no data; `metadata.txt` has heading and avg_incidence_angle in
degrees, centre_range_m; `baselines` has lines "smdate sdate bp dt" (older: nine columns), metres against one date.
The baseline's sign is taken as GAMMA's and turned to ours.
Status: unverified on real data (tested on written samples of this layout).
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

from osgeo import gdal

from ..errors import InputError
from ..raster import open_dataset
from ..units import SENTINEL1_WAVELENGTH, SPEED_OF_LIGHT
from .base import UNVERIFIED, Found, FoundPair, Source, by_pair, orbit_name, single
from .listing import Listing, keyed, number, parse_date, read_text
from .params import ImportParams

_PHASE = r"\d{8}_\d{8}\.geo\.unw\.tif"
_COHERENCE = r"\d{8}_\d{8}\.geo\.cc\.tif"
_FRAME = re.compile(r"(\d{3})([AD])_\d{5}_\d{6}")


class LicsarReader:
    """`*.geo.unw.tif` named with two dates."""

    name = "licsar"
    title = "LiCSAR"
    status = UNVERIFIED

    def claims(self, listing: Listing) -> str:
        phases = listing.matching(_PHASE)
        return f"{len(phases)} file(s) like {listing.show(phases[0])}" if phases else ""

    def read(self, listing: Listing, params: ImportParams) -> Found:
        phases = by_pair(listing, listing.matching(_PHASE), "Unwrapped phase")
        if not phases:
            raise InputError(
                "INPUT",
                str(listing.root),
                "the frame's folder with GEOC/yyyymmdd_yyyymmdd/*.geo.unw.tif",
                "Choose the frame's folder or its GEOC folder",
            )
        coherences = by_pair(listing, listing.matching(_COHERENCE), "Coherence")
        pairs = []
        for (date1, date2), path in sorted(phases.items()):
            layers = {"phase": Source(path, missing=(0.0,))}
            if (date1, date2) in coherences:
                layers["coherence"] = _coherence(coherences[date1, date2])
            pairs.append(FoundPair(date1, date2, layers))
        geometry, warnings = _geometry(listing)
        header_path, header_warnings = single(listing, listing.matching(r"metadata\.txt"), "metadata file")
        header = keyed(header_path, "=") if header_path is not None else {}
        bperp = _baselines(listing)
        notes = ["Phase as LiCSAR writes it: radians, positive = range increase; 0 is no data."]
        if bperp:
            notes.append(
                f"Perpendicular baselines of {len(bperp)} date(s) from 'baselines'; sign as GAMMA's, turned."
            )
        frequency = number(header.get("radar_freq"))
        if frequency is None:
            notes.append("The wavelength is Sentinel-1's.")
        return Found(
            pairs=tuple(pairs),
            wavelength=SENTINEL1_WAVELENGTH if frequency is None else SPEED_OF_LIGHT / frequency,
            geometry=geometry,
            bperp=bperp,
            metadata=_metadata(listing, header),
            notes=tuple(notes),
            warnings=(*warnings, *header_warnings),
        )


def _coherence(path: Path) -> Source:
    """Bytes are 255ths; floating-point numbers are the coherence itself."""
    dataset = open_dataset(path, field="Coherence")
    kind = dataset.GetRasterBand(1).DataType
    return Source(path, factor=1.0 / 255.0 if kind == gdal.GDT_Byte else 1.0, missing=(0.0,))


def _geometry(listing: Listing) -> tuple[dict[str, Source], tuple[str, ...]]:
    geometry: dict[str, Source] = {}
    warnings: list[str] = []
    roles = (("E", "los_east"), ("N", "los_north"), ("U", "los_up"), ("hgt", "height"))
    for tag, role in roles:
        path, said = single(listing, listing.matching(rf".*\.geo\.{tag}\.tif"), role)
        warnings.extend(said)
        if path is not None:
            geometry[role] = Source(path, missing=() if role == "height" else (0.0,))
    return geometry, tuple(warnings)


def _baselines(listing: Listing) -> dict[date, float]:
    """Bperp per date [m, our sign] against the single reference date."""
    path, _ = single(listing, listing.matching(r"baselines"), "baseline file")
    out: dict[date, float] = {}
    if path is None:
        return out
    for line in read_text(path).splitlines():
        cells = line.split()
        try:
            if len(cells) == 4:
                entries = [(cells[0], 0.0), (cells[1], float(cells[2]))]
            elif len(cells) == 9:
                entries = [(cells[1], float(cells[7])), (cells[2], float(cells[8]))]
            else:
                continue
        except ValueError as error:
            raise InputError(
                "Baseline file", f"{path}: {line.strip()}", "numbers", "Correct the line"
            ) from error
        for digits, value in entries:
            day = parse_date(digits) if re.fullmatch(r"\d{8}", digits) else None
            if day is not None:
                out[day] = -value if value else 0.0
    return out


def _metadata(listing: Listing, header: dict[str, str]) -> dict[str, Any]:
    out: dict[str, Any] = {"sensor": "Sentinel-1"}
    heading = number(header.get("heading"))
    if heading is not None:
        out["heading_deg"] = (heading + 180.0) % 360.0 - 180.0
        out["orbit"] = orbit_name(heading)
    for key, name in (("avg_incidence_angle", "incidence_deg"), ("centre_range_m", "slant_range_m")):
        value = number(header.get(key))
        if value is not None:
            out[name] = value
    places = [str(listing.root.absolute()), *(path.name for path in listing.matching(r".*\.geo\..*\.tif"))]
    for place in places:
        frame = _FRAME.search(place)
        if frame is not None:
            out["frame"] = frame.group(0)
            out["track"] = int(frame.group(1))
            out.setdefault("orbit", "ascending" if frame.group(2) == "A" else "descending")
            break
    return out
