"""GAMMA: geocoded GeoTIFFs (data2geotiff) with the `.par` files of images and baselines beside them.

What the producer says (GAMMA ISP/DIFF reference manuals): `*_base.par` holds the "estimate of baseline
(expressed in TCN coordinates in meter) at center of SLC-1"; unwrapped phase is float32 in radians, and
0.0 marks pixels without a value; the first date of a pair is the reference image, and the
interferometric phase of reference x conj(secondary) grows with range.
Sign and values are proven on real Sentinel-1 and ENVISAT files (Mexico City, where the city sinks
and the phase is positive; Sydney, where GAMMA, ROI_PAC and GeoTIFF forms agree).
Status: verified on real data.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from ..crs import WGS84, pixel_centres, transform
from ..errors import InputError
from ..raster import Window, grid_of, open_dataset, read_band
from ..units import SPEED_OF_LIGHT
from . import tags
from .base import (
    VERIFIED,
    Found,
    FoundPair,
    Source,
    by_pair,
    one_wavelength,
    orbit_name,
    sentinel1_track,
    single,
)
from .gammapar import ImagePar, base_bperp, read_image, table_bperp
from .listing import Listing, one_date, two_dates
from .orbitview import orbit, view
from .params import ImportParams

# LiCSAR's and HyP3's GeoTIFFs are made with GAMMA too, but have readers of their own.
_PHASE = r"(?!\d{8}_\d{8}\.geo\.|S1.*_unw_phase).*unw.*\.tiff?"
_COHERENCE = r"(.*[._-])?(cc|cor|coh|coherence|smcc)([._-].*)?\.tiff?"
_HEIGHT = r"(.*[._-])?(dem|hgt|seg)([._-].*)?\.tiff?"
_THETA = r".*lv_theta.*\.tiff?"
_PHI = r".*lv_phi.*\.tiff?"
_IMAGES = r".*[._-](slc|mli|rslc|rmli)\.par|.*\.(slc|mli|rslc|rmli)\.par"
_BASES = r".*[._-]base\.par|.*\.base"
_TABLES = r".*[._-]bperp\.par|.*\.base_perp"
_RAW = r".*\.unw"


class GammaReader:
    """GeoTIFFs named with two dates and `unw`, with image and baseline parameter files."""

    name = "gamma"
    title = "GAMMA"
    status = VERIFIED

    def claims(self, listing: Listing) -> str:
        images, bases = listing.matching(_IMAGES), listing.matching(_BASES)
        if not images and not bases:
            return ""
        phases = [path for path in listing.matching(_PHASE) if two_dates(path.name)]
        if phases:
            return (
                f"{len(phases)} file(s) like {listing.show(phases[0])} beside {len(images)} image parameter "
                f"file(s) (*_slc.par, *_mli.par) and {len(bases)} baseline file(s) (*_base.par)"
            )
        raw = _raw_files(listing)
        if raw:
            return f"{len(raw)} raw GAMMA file(s) like {listing.show(raw[0])} beside {len(images)} *_slc.par"
        return ""

    def read(self, listing: Listing, params: ImportParams) -> Found:
        phases = by_pair(listing, listing.matching(_PHASE), "Unwrapped phase")
        if not phases:
            _refuse_raw(listing)
        used = set(phases.values())
        coherences = by_pair(
            listing, tuple(path for path in listing.matching(_COHERENCE) if path not in used), "Coherence"
        )
        images = _images(listing)
        baselines = _baselines(listing, images)
        pairs = []
        for (date1, date2), path in sorted(phases.items()):
            layers = {"phase": Source(path, missing=(0.0,))}
            if (date1, date2) in coherences:
                layers["coherence"] = Source(coherences[date1, date2], missing=(0.0,))
            pairs.append(FoundPair(date1, date2, layers, baselines.values.get((date1, date2))))
        geometry, warnings = _geometry(listing)
        wavelength, tag_warning = _chosen_wavelength(images, tuple(phases.values()))
        local, place_notes = _seen_from_orbit(images, next(iter(phases.values())), geometry.get("height"))
        return Found(
            pairs=tuple(pairs),
            wavelength=wavelength,
            geometry=geometry,
            metadata={**_metadata(images), **local},
            notes=(
                "Phase as GAMMA writes it: radians, earlier x conj(later), positive = range increase; 0 is no data.",
                *baselines.notes,
                *_image_notes(images),
                *place_notes,
            ),
            warnings=(*warnings, *tag_warning, *baselines.warnings),
        )


@dataclass(frozen=True)
class _Baselines:
    values: dict[tuple[date, date], float]
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def _raw_files(listing: Listing) -> tuple[Path, ...]:
    """Raw .unw files that are not ROI_PAC's, which have a .rsc beside them."""
    names = set(listing.files)
    return tuple(
        p for p in listing.matching(_RAW) if p.with_name(p.name + ".rsc") not in names and two_dates(p.name)
    )


def _refuse_raw(listing: Listing) -> None:
    raw = _raw_files(listing)
    if raw:
        raise InputError(
            "INPUT",
            f"{listing.show(raw[0])} ({len(raw)} raw file(s))",
            "GAMMA results as GeoTIFF",
            "Convert each with GAMMA's data2geotiff (data2geotiff <DEM_par> <file>.unw 2 <file>_unw.tif 0.0)",
        )
    raise InputError(
        "INPUT",
        str(listing.root),
        "GeoTIFFs whose names hold two dates and 'unw', e.g. 20180106-20180130_unw.tif",
        "Check the folder, or import it with FORMAT generic",
    )


def _images(listing: Listing) -> dict[date, ImagePar]:
    """Image parameters by date; an SLC's come before an MLI's."""
    out: dict[date, ImagePar] = {}
    for path in sorted(listing.matching(_IMAGES), key=lambda p: ("mli" in p.name.lower(), p)):
        day = one_date(path.name)
        if day is not None and day not in out:
            out[day] = read_image(path)
    return out


def _baselines(listing: Listing, images: dict[date, ImagePar]) -> _Baselines:
    """Bperp per pair: the table's mean where there is one, else base.par with the look angle."""
    tables = by_pair(listing, listing.matching(_TABLES), "Baseline table")
    bases = by_pair(listing, listing.matching(_BASES), "Baseline file")
    values: dict[tuple[date, date], float] = {}
    apart: list[str] = []
    from_table = 0
    for pair in sorted({*tables, *bases}):
        table = table_bperp(tables[pair]) if pair in tables else None
        image = images.get(pair[0])
        base = base_bperp(bases[pair], image) if pair in bases and image is not None else None
        if table is not None and base is not None and abs(table - base) > max(2.0, 0.05 * abs(base)):
            apart.append(f"{pair[0]:%Y%m%d}_{pair[1]:%Y%m%d} ({table:.1f} and {base:.1f} m)")
        chosen = table if table is not None else base
        if chosen is not None:
            values[pair] = chosen
            from_table += table is not None
    notes: tuple[str, ...] = ()
    if values:
        notes = (
            f"Perpendicular baselines of {len(values)} pair(s): {from_table} from the mean of the base_perp table, "
            f"{len(values) - from_table} from base.par at the swath's centre; sign turned to ours.",
        )
    warnings = (
        (f"base_perp table and base.par differ for {', '.join(apart)}; the table was used.",) if apart else ()
    )
    return _Baselines(values, notes, warnings)


def _geometry(listing: Listing) -> tuple[dict[str, Source], tuple[str, ...]]:
    geometry: dict[str, Source] = {}
    heights = tuple(path for path in listing.matching(_HEIGHT) if two_dates(path.name) is None)
    height, warnings = single(listing, heights, "DEM")
    if height is not None:
        geometry["height"] = Source(height)
    theta, theta_warning = single(listing, listing.matching(_THETA), "look vector elevation")
    phi, phi_warning = single(listing, listing.matching(_PHI), "look vector orientation")
    if theta is not None:
        geometry["los_elevation"] = Source(theta, missing=(0.0,))
    if theta is not None and phi is not None:
        geometry["los_orientation"] = Source(phi, missing=(0.0,))
    return geometry, (*warnings, *theta_warning, *phi_warning)


def _wavelength(images: dict[date, ImagePar]) -> float | None:
    waves = {}
    for image in images.values():
        if image.frequency is None:
            continue
        if not 1e8 < image.frequency < 1e11:
            raise InputError(
                "radar_frequency", f"{image.frequency} in {image.path}", "hertz", "Correct the file"
            )
        waves[image.path] = SPEED_OF_LIGHT / image.frequency
    return one_wavelength("radar_frequency", waves)


def _chosen_wavelength(
    images: dict[date, ImagePar], phases: tuple[Path, ...]
) -> tuple[float | None, tuple[str, ...]]:
    """The interferograms' own tag before the images' radar_frequency; a warning when they differ."""
    computed, tagged = _wavelength(images), tags.wavelength(phases)
    if tagged is None or computed is None:
        return tagged if computed is None else computed, ()
    if abs(tagged - computed) <= 1e-5 * computed:
        return tagged, ()
    return tagged, (
        f"The interferograms' tag {tags.WAVELENGTH} says {tagged:.8f} m, radar_frequency of the image parameters "
        f"{computed:.8f} m ({100 * (tagged / computed - 1):+.2f} %). The tag was used; state WAVELENGTH to decide.",
    )


def _seen_from_orbit(
    images: dict[date, ImagePar], phase: Path, height: Source | None
) -> tuple[dict[str, float], tuple[str, ...]]:
    """Incidence and slant range at the middle of the files, from an image's state vectors.

    The parameter files state both for the swath's centre, which a crop may be far from: ten degrees
    of incidence are ten per cent of vertical displacement. Empty without state vectors or CRS.
    """
    found = ((image, orbit(image.path)) for image in images.values())
    image, state = next(((image, state) for image, state in found if state is not None), (None, None))
    grid = grid_of(open_dataset(phase))
    if image is None or state is None or not grid.crs:
        return {}, ()
    x, y = pixel_centres(grid, np.array([grid.height / 2 - 0.5]), np.array([grid.width / 2 - 0.5]))
    lon, lat = transform(x, y, grid.crs, WGS84)
    if not (np.isfinite(lon).all() and np.isfinite(lat).all()):
        return {}, ()
    ground = _ground(height)
    distance, incidence = view(*state, float(lon[0]), float(lat[0]), ground)
    if not 5.0 < incidence < 80.0:  # the state vectors belong to another place
        return {}, ()
    said = f" (swath's centre: {image.incidence:.2f} deg)" if image.incidence is not None else ""
    return {"incidence_deg": incidence, "slant_range_m": distance}, (
        f"Incidence {incidence:.2f} deg{said} and slant range {distance / 1000:.1f} km at the middle of the files, "
        f"at a height of {ground:.0f} m, from the state vectors of {image.path.name}.",
    )


def _ground(height: Source | None) -> float:
    """Median of up to fifty rows of a DEM [m]; 0 without one."""
    if height is None:
        return 0.0
    dataset = open_dataset(height.path)
    rows = sorted({int(row) for row in np.linspace(0, dataset.RasterYSize - 1, 50)})
    lines = [read_band(dataset, 1, Window(row, 0, 1, dataset.RasterXSize), height.path) for row in rows]
    values = np.concatenate(lines, axis=1)
    good = values[np.isfinite(values)]
    return float(np.median(good)) if good.size else 0.0


def _mean(values: list[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None


def _metadata(images: dict[date, ImagePar]) -> dict[str, Any]:
    pars = list(images.values())
    out: dict[str, Any] = {}
    incidence = _mean([p.incidence for p in pars if p.incidence is not None])
    heading = _mean([(p.heading + 180.0) % 360.0 - 180.0 for p in pars if p.heading is not None])
    slant_range = _mean([p.range_at_centre for p in pars if p.range_at_centre is not None])
    if incidence is not None:
        out["incidence_deg"] = incidence
    if heading is not None:
        out["heading_deg"] = heading
        out["orbit"] = orbit_name(heading)
    if slant_range is not None:
        out["slant_range_m"] = slant_range
    if pars:
        out.update(_sensor(pars[0]))
    looks = [(p.range_looks, p.azimuth_looks) for p in pars if p.range_looks and p.azimuth_looks]
    if looks and max(looks) != (1, 1):
        out["range_looks"], out["azimuth_looks"] = max(looks)
    return out


def _sensor(image: ImagePar) -> dict[str, Any]:
    """Sensor, swath, polarisation and track from `sensor: S1A IW IW1 VV` and the product's title."""
    out: dict[str, Any] = {}
    words = image.sensor.split()
    if words:
        out["sensor"] = words[0]
        swath = [word for word in words if re.fullmatch(r"(IW|EW|S)\d", word)]
        polarisation = [word for word in words if re.fullmatch(r"[HV]{2}", word)]
        if swath:
            out["swath"] = swath[0]
        if polarisation:
            out["polarisation"] = polarisation[0]
    orbit = re.search(r"(s1[abc])-.*-(\d{6})-[0-9a-f]{6}-\d{3}", image.title)
    if orbit is not None:
        track = sentinel1_track(orbit.group(1), int(orbit.group(2)))
        if track is not None:
            out["track"] = track
    return out


def _image_notes(images: dict[date, ImagePar]) -> tuple[str, ...]:
    if not images:
        return ()
    first = next(iter(images.values()))
    return (
        f"Wavelength, incidence, heading and slant range from {len(images)} image parameter file(s) such as "
        f"{first.path.name}.",
    )
