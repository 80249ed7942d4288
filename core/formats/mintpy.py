"""MintPy: `ifgramStack.h5` and `geometryGeo.h5` (or `geometryRadar.h5`), read through GDAL's HDF5 driver.

What the producer says (MintPy's FAQ, data structure and attribute pages):
- 'unwrapPhase': "positive value represents motion away from the satellite. We assume the date1_date2 format for the
  interferogram with date1 being the earlier acquisition"; radians, 0 is no data.
- /date "2D array of string (m, 2)", /bperp in metres, /dropIfgram "0/False for drop and 1/True for keep".
- incidenceAngle in degrees "measured from vertical at the target"; azimuthAngle "measured from the north at the
  target with anti-clockwise direction as positive"; height and slantRangeDistance in metres.
- "X/Y_FIRST: coordinate of the upper left corner of the first pixel"; EPSG or X_UNIT tell the system.
MintPy copies the perpendicular baseline from the processor: GAMMA's sign is turned (see `gammapar`),
ISCE's is ours (see `hyp3`), others are kept as written.
Status: unverified on real data (tested on a written file of this layout).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from osgeo import gdal

from ..crs import parse as parse_crs
from ..errors import InputError
from ..raster import open_dataset, open_multidim
from ..stack import LATITUDE, LONGITUDE, Grid
from .base import UNVERIFIED, Found, FoundPair, Source, orbit_name, single
from .listing import Listing, number, parse_date
from .params import ImportParams

_STACK = r"ifgramStack\.h5"
_GEOMETRY = r"geometry(Geo|Radar)\.h5"
_DEGREE = math.pi / 180.0


class MintpyReader:
    """`ifgramStack.h5`."""

    name = "mintpy"
    title = "MintPy"
    status = UNVERIFIED

    def claims(self, listing: Listing) -> str:
        stacks = listing.matching(_STACK)
        return f"{listing.show(stacks[0])}" if stacks else ""

    def read(self, listing: Listing, params: ImportParams) -> Found:
        stacks = listing.matching(_STACK)
        if len(stacks) != 1:
            raise InputError(
                "INPUT",
                ", ".join(listing.show(path) for path in stacks) or str(listing.root),
                "a folder with one ifgramStack.h5",
                "Choose MintPy's 'inputs' folder",
            )
        path = stacks[0]
        file = _open(path)
        arrays = file.arrays
        if "unwrapPhase" not in arrays or "date" not in arrays:
            raise InputError(
                "MintPy file", str(path), "the datasets unwrapPhase and date", "Load the data in MintPy again"
            )
        header = open_header(path)
        dates = _pair_dates(file, path)
        bperp = _numbers(file, "bperp", len(dates)) if "bperp" in arrays else None
        keep = _numbers(file, "dropIfgram", len(dates)) if "dropIfgram" in arrays else None
        sign = _baseline_sign(header)
        grid = _grid(header, path)
        pairs = []
        for index, (date1, date2) in enumerate(dates):
            layers = {"phase": Source(path, index + 1, missing=(0.0,), dataset="unwrapPhase", grid=grid)}
            if "coherence" in arrays:
                layers["coherence"] = Source(path, index + 1, dataset="coherence", grid=grid)
            dropped = keep is not None and not keep[index]
            pairs.append(
                FoundPair(
                    date1,
                    date2,
                    layers,
                    sign * float(bperp[index]) if bperp is not None else None,
                    "dropped in MintPy (dropIfgram)" if dropped else "",
                )
            )
        geometry, slant_range, notes, warnings = _geometry(listing, grid)
        corrected = sorted(name for name in arrays if name.startswith("unwrapPhase_"))
        if corrected:
            warnings = (*warnings, f"The file also holds {', '.join(corrected)}; unwrapPhase was used.")
        return Found(
            pairs=tuple(pairs),
            wavelength=number(header.get("WAVELENGTH")),
            geometry=geometry,
            metadata=_metadata(header, slant_range),
            notes=(
                "Phase as MintPy keeps it: radians, date1 x conj(date2), positive = away; 0 is no data.",
                *notes,
            ),
            warnings=warnings,
        )


@dataclass(frozen=True)
class _File:
    """An HDF5 file by its arrays; `dataset` keeps the group alive."""

    dataset: gdal.Dataset
    group: gdal.Group
    arrays: tuple[str, ...]


def _open(path: Path) -> _File:
    opened = open_multidim(
        path,
        "HDF5",
        "MintPy file",
        "Copy the file again; if that does not help, GDAL's HDF5 driver is absent",
    )
    group = opened.GetRootGroup()
    return _File(opened, group, tuple(group.GetMDArrayNames() or ()))


def open_header(path: Path) -> dict[str, str]:
    """MintPy's attributes, which stand at the file's root."""
    return {
        str(key): str(value) for key, value in open_dataset(path, field="MintPy file").GetMetadata().items()
    }


def _pair_dates(file: _File, path: Path) -> list[tuple[date, date]]:
    texts = [str(text) for text in file.group.OpenMDArray("date").Read()]
    days = [parse_date(text[:8]) for text in texts]
    if len(days) % 2 or any(day is None for day in days):
        bad = next((text for text, day in zip(texts, days) if day is None), len(texts))
        raise InputError(
            "MintPy file", f"{path}: date '{bad}'", "two dates yyyymmdd per pair", "Load the data again"
        )
    known = [day for day in days if day is not None]
    return list(zip(known[0::2], known[1::2]))


def _numbers(file: _File, name: str, count: int) -> np.ndarray[Any, Any]:
    values = np.asarray(file.group.OpenMDArray(name).ReadAsArray(), np.float64).ravel()
    if len(values) != count:
        raise InputError(
            "MintPy file", f"{len(values)} values in {name}", f"{count}, one per pair", "Load the data again"
        )
    return values


def _baseline_sign(header: dict[str, str]) -> float:
    processor = header.get("PROCESSOR", "").lower()
    product = re.split(r"[\\/]", header.get("FILE_PATH", ""))[-1]
    gamma = processor == "gamma" or (processor == "hyp3" and re.match(r"S1[A-D]{2}_", product))
    return -1.0 if gamma else 1.0


def _geometry(
    listing: Listing, grid: Grid
) -> tuple[dict[str, Source], float | None, tuple[str, ...], tuple[str, ...]]:
    path, warnings = single(listing, listing.matching(_GEOMETRY), "geometry file")
    if path is None:
        return {}, None, (), ("No geometryGeo.h5 beside ifgramStack.h5: no heights and no incidence angles.",)
    file = _open(path)
    arrays = file.arrays
    out: dict[str, Source] = {}
    if "height" in arrays:
        out["height"] = Source(path, dataset="height", grid=grid)
    if {LONGITUDE, LATITUDE} <= set(arrays):  # of radar geometry only
        for role in (LONGITUDE, LATITUDE):
            out[role] = Source(path, missing=(0.0,), dataset=role, grid=grid)
    if "incidenceAngle" in arrays:
        out["incidence"] = Source(path, factor=_DEGREE, missing=(0.0,), dataset="incidenceAngle", grid=grid)
        if "azimuthAngle" in arrays:
            out["los_elevation"] = Source(
                path, 1, -_DEGREE, math.pi / 2, missing=(0.0,), dataset="incidenceAngle", grid=grid
            )
            out["los_orientation"] = Source(
                path, 1, _DEGREE, math.pi / 2, missing=(0.0,), dataset="azimuthAngle", grid=grid
            )
    slant_range = None
    if "slantRangeDistance" in arrays:
        values = np.asarray(file.group.OpenMDArray("slantRangeDistance").ReadAsArray(), np.float64)
        valid = values[np.isfinite(values) & (values > 0)]
        slant_range = float(valid.mean()) if valid.size else None
    notes = [f"Geometry from {path.name}: {', '.join(sorted(out)) or 'nothing'}."]
    if "waterMask" in arrays:
        notes.append("MintPy's waterMask is not read; give a mask at the inversion instead.")
    return out, slant_range, tuple(notes), warnings


def _grid(header: dict[str, str], path: Path) -> Grid:
    width, height = number(header.get("WIDTH")), number(header.get("LENGTH"))
    if width is None or height is None:
        raise InputError(
            "MintPy file", str(path), "the attributes WIDTH and LENGTH", "Load the data in MintPy again"
        )
    x, dx, y, dy = (number(header.get(key)) for key in ("X_FIRST", "X_STEP", "Y_FIRST", "Y_STEP"))
    if x is None or dx is None or y is None or dy is None:
        return Grid(int(width), int(height))
    return Grid(int(width), int(height), (x, dx, 0.0, y, 0.0, dy), _crs(header, path))


def _crs(header: dict[str, str], path: Path) -> str:
    epsg = number(header.get("EPSG"))
    zone = re.fullmatch(r"(\d{1,2})([NS])", header.get("UTM_ZONE", "").strip().upper())
    if epsg is not None:
        code = int(epsg)
    elif zone:
        code = (32600 if zone.group(2) == "N" else 32700) + int(zone.group(1))
    elif header.get("X_UNIT", "degrees").lower().startswith("deg"):
        code = 4326
    else:
        raise InputError(
            "MintPy file", str(path), "the attribute EPSG or UTM_ZONE", "Add EPSG to the file's attributes"
        )
    return str(parse_crs(f"EPSG:{code}").ExportToWkt())


def _metadata(header: dict[str, str], slant_range: float | None) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, name in (
        ("PLATFORM", "sensor"),
        ("beam_swath", "swath"),
        ("relative_orbit", "track"),
        ("POLARIZATION", "polarisation"),
    ):
        if header.get(key):
            out[name] = header[key]
    heading = number(header.get("HEADING"))
    if heading is not None:
        out["heading_deg"] = (heading + 180.0) % 360.0 - 180.0
        out["orbit"] = orbit_name(heading)
    elif header.get("ORBIT_DIRECTION"):
        out["orbit"] = header["ORBIT_DIRECTION"].lower()
    incidence = number(header.get("CENTER_INCIDENCE_ANGLE"))
    if incidence is not None:
        out["incidence_deg"] = incidence
    near = number(header.get("STARTING_RANGE"))
    if slant_range is not None or near is not None:
        out["slant_range_m"] = slant_range if slant_range is not None else near
    for key, name in (("RLOOKS", "range_looks"), ("ALOOKS", "azimuth_looks")):
        value = number(header.get(key))
        if value is not None:
            out[name] = int(value)
    return out
