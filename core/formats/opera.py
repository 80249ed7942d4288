"""OPERA L3 DISP-S1 (NASA/JPL): one netCDF per pair of dates, displacement in the line of sight on a UTM grid.

What the producer says (product specification JPL D-108772; disp-s1, product.py and product_info.py):
- `displacement` [m]: "Displacement along the radar Line-of-Sight (LOS) direction. Positive values indicate
  apparent motion towards the platform", made of the phase by -wavelength / (4 pi); NaN is no data. Here it
  becomes phase again, with the product's own `identification/radar_wavelength`.
- Dates: name OPERA_L3_DISP-S1_IW_F<frame>_VV_<reference>_<secondary>_v<version>_<made>.nc; "each displacement
  is relative between two SAR acquisition dates", and the reference date moves forward in time. A product is
  therefore a pair of an unwrapped stack, and the inversion chains them; the chain has little or no redundancy.
- `temporal_coherence` of the phase linking, 0 to 1, stands in for coherence. `recommended_mask` differs per
  product and is not applied.
- `corrections/perpendicular_baseline` [m] is computed as ISCE does (see `isce`): our sign. The middle row's
  mean is taken.
- DISP-S1-STATIC: `line_of_sight_enu` has the east, north and up components of the unit vector from target to
  sensor (COMPASS's static layers, of which it is made), `dem` metres.
Status: unverified on real data (tested on written samples of this layout).
"""

from __future__ import annotations

import math
import re
from datetime import date
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..units import SENTINEL1_WAVELENGTH
from .base import UNVERIFIED, Found, FoundPair, Source, by_pair, need_driver, single
from .listing import Listing, parse_date
from .operafile import OperaFile, read_opera
from .params import ImportParams

_NAME = re.compile(
    r"OPERA_L3_DISP-S1_IW_F(?P<frame>\d{5})_(?P<polarisation>[HV]{2})_(?P<first>\d{8})T\d{6}Z_(?P<second>\d{8})T\d{6}Z_.*\.nc",
    re.IGNORECASE,
)
_STATIC = r"OPERA_L3_DISP-S1-STATIC_F{frame}_.*_{layer}\.tif"


class OperaReader:
    """`OPERA_L3_DISP-S1_*.nc`."""

    name = "opera"
    title = "OPERA DISP-S1"
    status = UNVERIFIED

    def claims(self, listing: Listing) -> str:
        products = listing.matching(_NAME.pattern)
        return f"{len(products)} product(s) like {listing.show(products[0])}" if products else ""

    def read(self, listing: Listing, params: ImportParams) -> Found:
        need_driver("netCDF", "OPERA's products")
        files = listing.matching(_NAME.pattern)
        if not files:
            raise InputError(
                "INPUT", str(listing.root), "products OPERA_L3_DISP-S1_*.nc", "Restore the products' names"
            )
        frame = _frame(listing, files)
        products = by_pair(listing, files, "Displacement", _dates)
        pairs = []
        for dates, path in sorted(products.items()):
            product = read_opera(path)
            _check(product, dates)
            wavelength = product.wavelength or SENTINEL1_WAVELENGTH
            # The inversion turns phase back with the stack's wavelength: the two must be the same.
            factor = -4.0 * math.pi / (params.wavelength or wavelength)
            layers = {"phase": Source(path, 1, factor, dataset="displacement")}
            if "temporal_coherence" in product.layers:
                layers["coherence"] = Source(path, dataset="temporal_coherence")
            pairs.append(FoundPair(*dates, layers, product.bperp))
        geometry, warnings = _geometry(listing, frame)
        return Found(
            pairs=tuple(pairs),
            wavelength=wavelength,
            geometry=geometry,
            metadata=_metadata(frame, files[0], product, "los_up" in geometry),
            notes=(
                "Displacement as OPERA writes it: metres, positive = toward the satellite; made phase again. "
                "NaN is no data.",
                "Each product is one pair, reference to secondary date; the inversion chains them.",
                "temporal_coherence stands in for coherence (MIN_COHERENCE masks by it; do not weight with it); "
                "recommended_mask is not applied.",
                f"Geometry: {', '.join(sorted(geometry)) or 'nothing'}.",
            ),
            warnings=warnings,
        )


def _parts(path: Path) -> dict[str, str]:
    match = _NAME.fullmatch(path.name)
    return match.groupdict() if match else {}


def _dates(path: Path) -> tuple[date, date] | None:
    parts = _parts(path)
    first, second = parse_date(parts.get("first", "")), parse_date(parts.get("second", ""))
    return None if first is None or second is None else (first, second)


def _frame(listing: Listing, files: tuple[Path, ...]) -> str:
    """The one frame of all products."""
    frames = {_parts(path)["frame"]: path for path in files}
    if len(frames) > 1:
        raise InputError(
            "OPERA frame",
            " / ".join(listing.show(path) for path in frames.values()),
            "products of one frame",
            "Import each frame apart",
        )
    return next(iter(frames))


def _check(product: OperaFile, dates: tuple[date, date]) -> None:
    if "displacement" not in product.layers:
        raise InputError(
            "OPERA product",
            f"{product.path}: {', '.join(product.layers) or 'nothing'}",
            "a layer 'displacement'",
            "Download it again",
        )
    for stated, named in zip((product.reference, product.secondary), dates):
        if stated is not None and stated != named:
            raise InputError(
                "OPERA product",
                f"{product.path.name}: its contents are of {stated}",
                f"{named}, as its name says",
                "Restore the product's name",
            )


def _geometry(listing: Listing, frame: str) -> tuple[dict[str, Source], tuple[str, ...]]:
    """Line of sight and heights of the static layers."""
    out: dict[str, Source] = {}
    los, los_warning = single(
        listing, listing.matching(_STATIC.format(frame=frame, layer="line_of_sight_enu")), "line of sight"
    )
    dem, dem_warning = single(listing, listing.matching(_STATIC.format(frame=frame, layer="dem")), "DEM")
    if los is not None:
        for band, role in enumerate(("los_east", "los_north", "los_up"), start=1):
            out[role] = Source(los, band, missing=(0.0,))
    if dem is not None:
        out["height"] = Source(dem)
    warnings = (*los_warning, *dem_warning)
    if los is None:
        warnings = (
            *warnings,
            f"No static layers of frame {frame}: download OPERA_L3_DISP-S1-STATIC_F{frame}_*_line_of_sight_enu.tif "
            "beside the products for incidence and line of sight per pixel.",
        )
    return out, warnings


def _metadata(frame: str, path: Path, product: OperaFile, per_pixel: bool) -> dict[str, Any]:
    """The frame's incidence only where there is none per pixel."""
    out: dict[str, Any] = {
        "sensor": "Sentinel-1",
        "frame": f"F{frame}",
        "polarisation": _parts(path)["polarisation"],
    }
    if product.incidence is not None and not per_pixel:
        out["incidence_deg"] = product.incidence
    if product.slant_range is not None:
        out["slant_range_m"] = product.slant_range
    if product.track is not None:
        out["track"] = product.track
    return out
