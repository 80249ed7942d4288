"""HyP3 (Alaska Satellite Facility): INSAR_GAMMA and ISCE2 burst products, one folder per pair.

What the producer says:
- Phase: "Positive values indicate movement away from the sensor (caused by subsidence or lateral movement
  away from the sensor) and negative values indicate movement towards the sensor" (README of burst products);
  the GAMMA products' README says that "the sign convention used for unwrapped phase is opposite to that used
  for the displacement maps". Radians, 0 is no data (packaging of both).
- Dates: "Reference Granule: always the data with the oldest timestamp" (Sentinel-1 InSAR Product Guide, table 4).
- Look vectors: lv_theta is "the angle between the horizontal surface and the look vector with positive angles
  indicating sensor positions above the surface", lv_phi "0 (east) to pi/2 (north)", both in radians.
- `Baseline` of the parameter file is the perpendicular baseline in metres. ISCE2's agrees with our sign: its
  value for a real pair (topsProc.xml, -129.0 m) equals what the annotation's state vectors give with our
  definition. GAMMA's is opposite to ours (see `gammapar`).
Products of one track differ in extent, on one pixel lattice; their common part is used.
Status: unverified on real data (the readers are tested on written samples of this layout).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..units import SENTINEL1_WAVELENGTH
from .base import UNVERIFIED, Found, FoundPair, Source, orbit_name, sentinel1_track
from .listing import Listing, keyed, number, two_dates
from .params import ImportParams

_PHASE = r"(?P<product>S1.*)_unw_phase(?P<clip>[_-]clip(?:ped)?)?\.tif"
_GAMMA_NAME = re.compile(r"S1[A-D]{2}_")
_GEOMETRY = (
    ("height", "dem", ()),
    ("los_elevation", "lv_theta", (0.0,)),
    ("los_orientation", "lv_phi", (0.0,)),
    ("mask", "water_mask", ()),
)


class Hyp3Reader:
    """`*_unw_phase.tif` with the product's parameter file."""

    name = "hyp3"
    title = "HyP3"
    status = UNVERIFIED

    def claims(self, listing: Listing) -> str:
        phases = _phases(listing)
        return f"{len(phases)} product(s) like {listing.show(phases[0])}" if phases else ""

    def read(self, listing: Listing, params: ImportParams) -> Found:
        phases = _phases(listing)
        if not phases:
            raise InputError(
                "INPUT",
                str(listing.root),
                "unzipped HyP3 products with *_unw_phase.tif",
                "Unzip the products first",
            )
        pairs = []
        headers: dict[str, dict[str, str]] = {}
        warnings = []
        for path in phases:
            product, clip = _parts(path)
            header = _header(path, product)
            headers[product] = header
            if not header:
                warnings.append(
                    f"{listing.show(path)}: its parameter file {product}.txt is absent; no baseline."
                )
            dates = two_dates(product)
            if dates is None:
                raise InputError(
                    "HyP3 product", path.name, "a product name with two dates", "Restore its name"
                )
            layers = {"phase": Source(path, missing=(0.0,))}
            coherence = _sibling(listing, path, product, "corr", clip)
            if coherence is not None:
                layers["coherence"] = Source(coherence, missing=(0.0,))
            pairs.append(FoundPair(dates[0], dates[1], layers, _bperp(product, header)))
        geometry, notes = _geometry(listing, phases)
        first = _parts(phases[0])[0]
        return Found(
            pairs=tuple(sorted(pairs, key=lambda pair: (pair.date1, pair.date2))),
            wavelength=SENTINEL1_WAVELENGTH,
            geometry=geometry,
            metadata=_metadata(first, headers[first]),
            common_extent=True,
            notes=(
                "Phase as HyP3 writes it: radians, positive = away from the satellite; 0 is no data. "
                "The wavelength is Sentinel-1's.",
                *notes,
            ),
            warnings=tuple(warnings),
        )


def _phases(listing: Listing) -> tuple[Path, ...]:
    """Phase files with two dates; clipped ones replace the originals."""
    found = tuple(path for path in listing.matching(_PHASE) if two_dates(_parts(path)[0]))
    clipped = tuple(path for path in found if _parts(path)[1])
    return clipped or found


def _parts(path: Path) -> tuple[str, str]:
    match = re.fullmatch(_PHASE, path.name, re.IGNORECASE)
    if match is None:
        return path.stem, ""
    return match.group("product"), match.group("clip") or ""


def _sibling(listing: Listing, phase: Path, product: str, tag: str, clip: str) -> Path | None:
    path = phase.with_name(f"{product}_{tag}{clip}.tif")
    return path if path in set(listing.matching(rf".*_{tag}{clip}\.tif")) else None


def _header(phase: Path, product: str) -> dict[str, str]:
    path = phase.with_name(f"{product}.txt")
    return keyed(path, ":") if path.is_file() else {}


def _bperp(product: str, header: dict[str, str]) -> float | None:
    value = number(header.get("Baseline"))
    if value is None:
        return None
    return -value if _GAMMA_NAME.match(product) else value


def _geometry(listing: Listing, phases: tuple[Path, ...]) -> tuple[dict[str, Source], tuple[str, ...]]:
    """Geometry of the first product that has each layer."""
    out: dict[str, Source] = {}
    notes = []
    for role, tag, missing in _GEOMETRY:
        for phase in phases:
            product, clip = _parts(phase)
            path = _sibling(listing, phase, product, tag, clip)
            if path is not None:
                out[role] = Source(path, missing=missing)
                notes.append(f"{role} from {path.name}.")
                break
    if "los_elevation" not in out:
        out.pop("los_orientation", None)
    return out, tuple(notes)


def _metadata(product: str, header: dict[str, str]) -> dict[str, Any]:
    out: dict[str, Any] = {"sensor": "Sentinel-1"}
    granule = header.get("Reference Granule", "")
    satellite = re.match(r"S1[A-D]", granule)
    if satellite:
        out["sensor"] = satellite.group(0)
    swath = re.search(r"_(IW\d)_", product)
    if swath:
        out["swath"] = swath.group(1)
    polarisation = re.search(r"_(VV|HH|VH|HV)(?:[ROP]\d+)?_", product)
    if polarisation:
        out["polarisation"] = polarisation.group(1)
    multi = re.match(r"S1_(\d{3})_", product)
    orbit = number(header.get("Reference Orbit Number"))
    if multi:
        out["track"] = int(multi.group(1))
    elif satellite and orbit is not None:
        track = sentinel1_track(satellite.group(0), int(orbit))
        if track is not None:
            out["track"] = track
    heading = number(header.get("Heading"))
    if heading is not None:
        out["heading_deg"] = (heading + 180.0) % 360.0 - 180.0
        out["orbit"] = orbit_name(heading)
    for key, name in (
        ("Slant range center", "slant_range_m"),
        ("Range looks", "range_looks"),
        ("Azimuth looks", "azimuth_looks"),
    ):
        value = number(header.get(key))
        if value is not None:
            out[name] = int(value) if name.endswith("looks") else value
    return out
