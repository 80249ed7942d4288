"""ISCE3 and NISAR: geocoded unwrapped interferograms (GUNW), one HDF5 file per pair; part of the family `isce`.

What the producer says (isce-framework/isce3, python/packages/nisar and cxx; NISAR specification JPL D-102272):
- Layout (products/insar/GUNW_writer.py, InSAR_L2_writer.py): science/LSAR/GUNW/grids/frequencyA/
  unwrappedInterferogram/<polarisation>/ `unwrappedPhase` [rad], `coherenceMagnitude`, `xCoordinates`,
  `yCoordinates` (workflows/h5_prep.py, set_get_geo_info: centres of pixels), their spacings, `projection` (EPSG
  code); grids/frequencyA/`centerFrequency` [Hz]. NaN is no data.
- Phase: `ref_slc * sec_slc.conjugate()` (isce3/signal/CrossMultiply.cpp), so that it grows with range. Users of
  NISAR's products found the same on ground that is known to sink: LiCSBAS2 #152 (Mexico City); ARIA-tools #495
  turns NISAR's phase where it wants "positive = towards sensor"; MintPy's prep_nisar.py takes it as written.
- Dates: identification/`referenceZeroDopplerStartTime`, `secondaryZeroDopplerStartTime`; in NISAR's names the
  first and third of four moments (products/insar/granule_id.py).
- metadata/radarGrid: cubes over height, y and x, coarser than the layers: `incidenceAngle` [deg], `losUnitVectorX`,
  `-Y` "of LOS from target to sensor", `alongTrackUnitVectorX`, `-Y`, east and north. They need a DEM to become
  layers; here they are taken at one place and state incidence, heading and side.
- `perpendicularBaseline` [m] (workflows/baseline.py) has the sign of ((target - reference) x (secondary -
  reference)) . velocity: ours for a right-looking satellite (see `isce`), opposite for a left-looking one, which
  NISAR is. The side follows from the two horizontal vectors. Releases before ISCE3's pull request 172 (October
  2025) leave the part along the track in, by which its size can be wrong; the code after it was not at hand.
Status: unverified on real data (tested on written samples of this layout).
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

from ..errors import InputError
from .base import (
    Found,
    FoundPair,
    Source,
    by_pair,
    folder_dates,
    name_dates,
    need_driver,
    one_wavelength,
    orbit_name,
)
from .gunwfile import FIELD, GunwFile, Place, read_gunw
from .listing import Listing, parse_date
from .params import ImportParams

_PATTERN = r"(.*[^a-z0-9])?GUNW([^a-z0-9].*)?\.h5"
_NISAR = re.compile(
    r"NISAR_[LS]2_\w{2}_GUNW_\d{3}_(?P<track>\d{3})_[AD]_(?P<frame>\d{3})_.*?"
    r"_(?P<first>\d{8})T\d{6}_\d{8}T\d{6}_(?P<second>\d{8})T\d{6}_\d{8}T\d{6}_.*",
    re.IGNORECASE,
)
_COPOLARISED = ("HH", "VV")


def gunw_files(listing: Listing) -> tuple[Path, ...]:
    """Files whose name has the word GUNW, as ISCE3 and NISAR name them."""
    return listing.matching(_PATTERN)


def read_stack(listing: Listing, params: ImportParams) -> Found:
    """Describe the pairs of a folder of GUNW files."""
    need_driver("HDF5", "ISCE3's products")
    place = _place(params)
    files = gunw_files(listing)
    _one_frame(listing, files)
    read = {path: read_gunw(path, place) for path in files}
    paths = by_pair(listing, files, "Product", lambda path: _dates(read[path]))
    products = {dates: read[path] for dates, path in paths.items()}
    polarisation, others = _polarisation(tuple(products.values()))
    pairs = []
    for dates, product in sorted(products.items()):
        layers = product.layers[polarisation]
        found = {"phase": Source(product.path, dataset=layers["unwrappedPhase"], grid=product.grid)}
        if "coherenceMagnitude" in layers:
            found["coherence"] = Source(product.path, dataset=layers["coherenceMagnitude"], grid=product.grid)
        pairs.append(FoundPair(*dates, found, _bperp(product)))
    first = products[min(products)]
    sides = {product.left for product in products.values()} - {None}
    if len(sides) > 1:
        raise InputError(FIELD, "left- and right-looking", "products of one side", "Import each side apart")
    waves = {
        product.path: product.wavelength for product in products.values() if product.wavelength is not None
    }
    return Found(
        pairs=tuple(pairs),
        wavelength=one_wavelength("centerFrequency", waves),
        metadata=_metadata(first, polarisation),
        common_extent=True,
        notes=(
            "Phase as ISCE3 writes it: radians, reference x conj(secondary), positive = away; NaN is no data. "
            "connectedComponents, mask, ionosphere, troposphere and tides are not read.",
            f"Polarisation {polarisation}{f'; {others} left aside' if others else ''}.",
            *_side_note(first),
        ),
        warnings=(
            "Incidence and heading are those of one place, the middle of "
            f"{'the extent' if place else 'the files'}: the files keep angles on a coarse grid that needs a DEM. Over "
            "NISAR's full swath incidence changes by some 14 degrees; state EXTENT to get that of your area.",
        ),
    )


def _place(params: ImportParams) -> Place | None:
    if params.extent is None:
        return None
    xmin, ymin, xmax, ymax = params.extent
    return 0.5 * (xmin + xmax), 0.5 * (ymin + ymax), params.extent_crs


def _one_frame(listing: Listing, files: tuple[Path, ...]) -> None:
    """Refuse products of two tracks or frames, as far as the names tell them."""
    frames: dict[tuple[str, str], Path] = {}
    for path in files:
        match = _NISAR.fullmatch(path.name)
        if match:
            frames.setdefault((match["track"], match["frame"]), path)
    if len(frames) > 1:
        raise InputError(
            "NISAR frame",
            " / ".join(listing.show(path) for path in frames.values()),
            "products of one track and frame",
            "Import each frame apart",
        )


def _dates(product: GunwFile) -> tuple[date, date]:
    """Dates as the file states them, which a NISAR name must not contradict; else those of the name or folder."""
    path = product.path
    match = _NISAR.fullmatch(path.name)
    named = (parse_date(match["first"]), parse_date(match["second"])) if match else (None, None)
    for stated, name in zip((product.reference, product.secondary), named):
        if stated is not None and name is not None and stated != name:
            raise InputError(
                FIELD,
                f"{path.name}: its contents are of {stated}",
                f"{name}, as its name says",
                "Restore the product's name",
            )
    first, second = product.reference or named[0], product.secondary or named[1]
    if first is not None and second is not None:
        return first, second
    found = name_dates(path) or folder_dates(path)
    if found is None:
        raise InputError(
            FIELD,
            f"{path}: no dates",
            "referenceZeroDopplerStartTime and secondaryZeroDopplerStartTime",
            "Put yyyymmdd_yyyymmdd in the file's name",
        )
    return found


def _polarisation(products: tuple[GunwFile, ...]) -> tuple[str, str]:
    """The polarisation that all products have, co-polarised before cross-polarised, and the others."""
    common = set(products[0].layers).intersection(*(product.layers for product in products))
    if not common:
        lacking = next(product for product in products if not set(product.layers) & set(products[0].layers))
        raise InputError(
            "Polarisation",
            f"{lacking.path}: {', '.join(lacking.layers)}; {products[0].path}: {', '.join(products[0].layers)}",
            "one polarisation that all products have",
            "Import each polarisation apart",
        )
    ordered = sorted(common, key=lambda name: (name not in _COPOLARISED, name))
    return ordered[0], ", ".join(ordered[1:])


def _bperp(product: GunwFile) -> float | None:
    """Bperp [m] in our sign; unknown where the side is."""
    if product.bperp is None or product.left is None:
        return None
    return -product.bperp if product.left else product.bperp


def _side_note(product: GunwFile) -> tuple[str, ...]:
    if product.left is None:
        return ()
    if product.left:
        return ("The satellite looks to its left: ISCE3's baselines are turned.",)
    return ("The satellite looks to its right: ISCE3's baselines are taken as written.",)


def _metadata(product: GunwFile, polarisation: str) -> dict[str, Any]:
    out: dict[str, Any] = {"polarisation": polarisation}
    match = _NISAR.fullmatch(product.path.name)
    if match:
        out.update(sensor="NISAR", track=int(match["track"]), frame=match["frame"])
    if product.left is not None:
        out["look"] = "left" if product.left else "right"
    if product.heading is not None:
        out["heading_deg"] = product.heading
        out["orbit"] = orbit_name(product.heading)
    if product.incidence is not None:
        out["incidence_deg"] = product.incidence
    if product.slant_range is not None:
        out["slant_range_m"] = product.slant_range
    return out
