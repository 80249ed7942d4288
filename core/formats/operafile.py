"""What stands inside one OPERA DISP-S1 netCDF file, through GDAL's multidimensional interface.

Only numbers are read: GDAL 3.6 crashes on the fixed-length texts of the group `identification`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
from osgeo import gdal

from ..raster import call, open_multidim


@dataclass(frozen=True)
class OperaFile:
    """Names of the layers; dates, wavelength [m], mean Bperp [m, our sign], incidence [deg], slant range [m].

    None for what the file does not state.
    """

    path: Path
    layers: tuple[str, ...]
    reference: date | None
    secondary: date | None
    wavelength: float | None
    bperp: float | None
    incidence: float | None
    slant_range: float | None
    track: int | None


def read_opera(path: Path) -> OperaFile:
    """Read the small parts of a product; no layer is read whole."""
    opened = open_multidim(path, "netCDF", "OPERA product", "Download it again")
    root = opened.GetRootGroup()
    near, far = (_number(root, "identification", f"{end}_range_incidence_angle") for end in ("near", "far"))
    track = _number(root, "identification", "track_number")
    return OperaFile(
        path=path,
        layers=tuple(root.GetMDArrayNames() or ()),
        reference=_day(root, "reference_time"),
        secondary=_day(root, "time"),
        wavelength=_number(root, "identification", "radar_wavelength"),
        bperp=_middle_row(root, "corrections", "perpendicular_baseline"),
        incidence=None if near is None or far is None else 0.5 * (near + far),
        slant_range=_number(root, "metadata", "slant_range_mid_swath"),
        track=None if track is None else int(track),
    )


def _array(root: gdal.Group, group_name: str, name: str) -> gdal.MDArray | None:
    """A numeric array; None where it is absent or holds text."""
    group, _ = call(root.OpenGroup, group_name) if group_name else (root, "")
    if group is None:
        return None
    array, _ = call(group.OpenMDArray, name)
    return array if array is not None and array.GetDataType().GetClass() == gdal.GEDTC_NUMERIC else None


def _number(root: gdal.Group, group_name: str, name: str) -> float | None:
    array = _array(root, group_name, name)
    if array is None or array.GetTotalElementsCount() != 1:
        return None
    values, message = call(array.ReadAsArray)
    if values is None or message:
        return None
    value = float(np.asarray(values).ravel()[0])
    return value if np.isfinite(value) else None


def _day(root: gdal.Group, name: str) -> date | None:
    """Date of a time coordinate: seconds since the moment that its unit names."""
    array, seconds = _array(root, "", name), _number(root, "", name)
    match = re.match(
        r"seconds since (\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})", array.GetUnit() if array else ""
    )
    if match is None or seconds is None:
        return None
    try:
        moment = datetime.fromisoformat(f"{match.group(1)}T{match.group(2)}")
    except ValueError:
        return None
    return (moment + timedelta(seconds=seconds)).date()


def _middle_row(root: gdal.Group, group_name: str, name: str) -> float | None:
    """Mean of the finite values of an array's middle row."""
    array = _array(root, group_name, name)
    sizes = [] if array is None else [dimension.GetSize() for dimension in array.GetDimensions()]
    if array is None or len(sizes) != 2 or not all(sizes):
        return None
    values, message = call(array.ReadAsArray, [sizes[0] // 2, 0], [1, sizes[1]])
    if values is None or message:
        return None
    finite = np.asarray(values, np.float64)[np.isfinite(values)]
    return float(finite.mean()) if finite.size else None
