"""SNAP (ESA's Sentinel Application Platform): unwrapped phase and coherence as BEAM-DIMAP, see `dimap`.

What the producer says:
- Names: SnaphuImport names the band Unw_Phase_ifg_<reference>_<secondary>, dates as 23Feb2018 (SnaphuImportOp);
  coherence is coh_..._<reference>_<secondary>.
- Phase: PhaseToDisplacementOp takes displacement = -wavelength / (4 pi) * phase, displacement toward the
  satellite: phase of reference x conj(secondary) in radians grows with range. SNAP often chooses a reference in
  the middle of time: where it is the later image, the pair is turned (phase and baseline change sign), as
  SNAP's own names tell the order.
- No data: the band's NO_DATA_VALUE where NO_DATA_VALUE_USED is true (0 after terrain correction).
- Baselines: jlinda's Baseline.java takes Bperp as positive where the secondary sees the target more steeply, and
  PhaseToElevation height = -wavelength R sin(theta) / (4 pi Bperp) * phase: opposite to our sign and turned; metres.
- `radar_frequency` is in MHz, angles in degrees, incidenceAngleFromEllipsoid from the vertical.
Status: unverified on real data (tested on written samples of this layout).
"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from typing import Any

from ..errors import InputError
from ..stack import LATITUDE, LONGITUDE
from ..units import SPEED_OF_LIGHT
from .base import UNVERIFIED, Found, FoundPair, Source, check_whole, one_wavelength, orbit_name
from .dimap import Band, DimapProduct, band_dates, read_dimap
from .listing import Listing
from .params import ImportParams

_DIM = r".*\.dim"
_GEOMETRY = (  # role, names of SNAP's bands, factor
    ("incidence", ("incidenceanglefromellipsoid",), math.pi / 180.0),
    ("height", ("elevation",), 1.0),
    (LONGITUDE, ("longitude", "orthorectifiedlon"), 1.0),
    (LATITUDE, ("latitude", "orthorectifiedlat"), 1.0),
)
_REMEDY = "Export the wrapped phase with Snaphu Export, unwrap it, join it with Snaphu Import, and terrain-correct it"


class SnapReader:
    """`.dim` files with bands named Unw_Phase_*."""

    name = "snap"
    title = "SNAP"
    status = UNVERIFIED

    def claims(self, listing: Listing) -> str:
        known = {path.with_suffix("") for path in listing.files if path.suffix.lower() == ".dim"}
        products = sorted({p.parent.with_suffix("") for p in listing.matching(r".*\.(img|hdr)")} & known)
        return (
            f"{len(products)} product(s) like {listing.show(products[0])}.dim with .data" if products else ""
        )

    def read(self, listing: Listing, params: ImportParams) -> Found:
        files = listing.matching(_DIM)
        if not files:
            raise InputError("INPUT", str(listing.root), "SNAP products (.dim with .data)", _REMEDY)
        products = tuple(read_dimap(path) for path in files)
        unwrapped = tuple(p for p in products if any(_is_unwrapped(band) for band in p.bands))
        if not unwrapped:
            names = [band.name for product in products for band in product.bands]
            raise InputError(
                "INPUT",
                f"{listing.show(files[0])} ... with the bands {', '.join(names[:8]) or '(none)'}",
                "unwrapped phase (a band Unw_Phase_ifg_<date>_<date>)",
                _REMEDY,
            )
        projected = tuple(product for product in unwrapped if product.grid.crs)
        used = projected or unwrapped
        notes = ["Phase as SNAP writes it: radians, reference x conj(secondary), positive = range increase."]
        if len(used) < len(unwrapped):
            count = len(unwrapped) - len(used)
            notes.append(f"{count} product(s) in radar geometry left out: there are terrain-corrected ones.")
        others = tuple(p for p in products if p not in used and bool(p.grid.crs) == bool(projected))
        pairs, turned = _pairs(listing, used, (*used, *others))
        if turned:
            notes.append(
                f"The reference is the later image in {turned} pair(s): their phase and baseline were turned."
            )
        first = used[0]
        notes.append(
            f"Wavelength and metadata from {listing.show(first.path)}; sign of baselines turned to ours."
        )
        geometry = _geometry((*used, *others))
        metadata, angle_note = _metadata(first, "incidence" in geometry)
        return Found(
            pairs=pairs,
            wavelength=_wavelength(used),
            geometry=geometry,
            metadata=metadata,
            notes=(*notes, *angle_note),
        )


def _is_unwrapped(band: Band) -> bool:
    return band.name.lower().startswith("unw") and len(band_dates(band.name)) >= 2


def _pairs(
    listing: Listing, used: tuple[DimapProduct, ...], all_products: tuple[DimapProduct, ...]
) -> tuple[tuple[FoundPair, ...], int]:
    """Pairs earlier to later, and how many had to be turned."""
    coherences: dict[tuple[date, ...], Source] = {}
    for product in all_products:
        for band in product.bands:
            dates = band_dates(band.name)
            if band.name.lower().startswith("coh") and len(dates) >= 2:
                coherences.setdefault(tuple(sorted(dates[-2:])), _source(product, band))
    out: dict[tuple[date, date], FoundPair] = {}
    seen: dict[tuple[date, date], DimapProduct] = {}
    turned = 0
    for product in used:
        for band in filter(_is_unwrapped, product.bands):
            reference, secondary = band_dates(band.name)[-2:]
            early, late = min(reference, secondary), max(reference, secondary)
            if (early, late) in seen:
                raise InputError(
                    f"Unwrapped phase of pair {early:%Y%m%d}_{late:%Y%m%d}",
                    f"{listing.show(seen[early, late].path)} / {listing.show(product.path)} ({band.name})",
                    "one unwrapped band per pair of dates",
                    "Move one of the two elsewhere",
                )
            source = _source(product, band)
            if reference > secondary:
                turned += 1
                source = replace(source, factor=-source.factor, offset=-source.offset)
            layers = {"phase": source}
            if (early, late) in coherences:
                layers["coherence"] = coherences[early, late]
            out[early, late] = FoundPair(early, late, layers, _bperp(product, early, late))
            seen[early, late] = product
    return tuple(out[dates] for dates in sorted(out)), turned


def _source(product: DimapProduct, band: Band) -> Source:
    if not band.path.is_file() or not band.path.with_suffix(".hdr").is_file():
        raise InputError(
            "SNAP product",
            f"{product.path}: {band.path.name} or its .hdr is absent",
            f"the folder {band.path.parent.name} beside the .dim, complete",
            "Copy the .dim together with its .data folder",
        )
    if band.logarithmic:
        raise InputError(
            "SNAP product",
            f"{product.path}: {band.name} is stored as log10",
            "a linear band",
            "Save it linearly",
        )
    check_whole(band.path)
    return Source(band.path, 1, band.factor, band.offset, band.missing, grid=product.grid)


def _bperp(product: DimapProduct, early: date, late: date) -> float | None:
    """Perpendicular baseline [m, our sign]."""
    value = product.baselines.get((early, late))
    if value is not None:
        return -value
    return product.baselines.get((late, early))


def _geometry(products: tuple[DimapProduct, ...]) -> dict[str, Source]:
    """The first band of each role."""
    out: dict[str, Source] = {}
    for role, names, factor in _GEOMETRY:
        for product in products:
            if role in (LONGITUDE, LATITUDE) and product.grid.crs:
                continue
            band = next((band for band in product.bands if band.name.lower() in names), None)
            if band is not None:
                source = _source(product, band)
                out[role] = replace(source, factor=factor * source.factor, offset=factor * source.offset)
                break
    return out


def _wavelength(products: tuple[DimapProduct, ...]) -> float | None:
    waves = {
        product.path: SPEED_OF_LIGHT / (1e6 * frequency)
        for product in products
        if (frequency := product.value("radar_frequency"))
    }
    return one_wavelength("radar_frequency", waves)


def _metadata(product: DimapProduct, per_pixel: bool) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Metadata and notes; the scene's incidence only where there is none per pixel."""
    out: dict[str, Any] = {}
    notes: tuple[str, ...] = ()
    texts = (
        ("MISSION", "sensor"),
        ("SWATH", "swath"),
        ("mds1_tx_rx_polar", "polarisation"),
        ("PASS", "orbit"),
    )
    for key, name in texts:
        text = product.attributes.get(key, "").strip()
        if text and not text.startswith("99999"):
            out[name] = text.lower() if name == "orbit" else text
    near, far = product.value("incidence_near"), product.value("incidence_far")
    if near is not None and far is not None and not per_pixel:
        out["incidence_deg"] = 0.5 * (near + far)
        notes = (
            f"Incidence {out['incidence_deg']:.2f} deg is the middle of incidence_near and incidence_far of the whole "
            "scene; state INCIDENCE for a small part of it, or save incidenceAngleFromEllipsoid at terrain correction.",
        )
    heading = product.value("centre_heading")
    if heading is not None:
        out["heading_deg"] = (heading + 180.0) % 360.0 - 180.0
        out.setdefault("orbit", orbit_name(heading))
    for key, name in (
        ("REL_ORBIT", "track"),
        ("slant_range_to_first_pixel", "slant_range_m"),
        ("range_looks", "range_looks"),
        ("azimuth_looks", "azimuth_looks"),
    ):
        value = product.value(key)
        if value:
            out[name] = value if name == "slant_range_m" else round(value)
    return out, notes
