"""A small folder of ISCE3's GUNW products, written with h5py as ISCE3 does: fixed-length texts, scales attached."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from .samples import TRUTH, UTM_TRANSFORM, Truth

SPEED_OF_LIGHT = 299_792_458.0
HEIGHTS = np.array([-500.0, 0.0, 500.0])


def gunw_name(truth: Truth, first: int, second: int, frame: int = 19) -> str:
    """A product's name, as NISAR gives it."""
    a, b = (f"{truth.dates[index]:%Y%m%d}" for index in (first, second))
    return (
        f"NISAR_L2_PR_GUNW_001_030_A_{frame:03d}_002_2000_SH_"
        f"{a}T060911_{a}T060925_{b}T061000_{b}T061014_D00404_N_F_J_001.h5"
    )


def write_gunw(folder: Path, truth: Truth = TRUTH, left: bool = False) -> Path:
    """One product per pair."""
    for first, second in truth.pairs:
        gunw(folder / gunw_name(truth, first, second), truth, first, second, left=left)
    return folder


def gunw(
    path: Path,
    truth: Truth,
    first: int,
    second: int,
    *,
    left: bool = False,
    dated: bool = True,
    polarisations: tuple[str, ...] = ("HH",),
    transform: tuple[float, ...] = UTM_TRANSFORM,
) -> Path:
    """One product; the cubes are right at the middle of the grid and 5 degrees off in their last column."""
    import h5py

    path.parent.mkdir(parents=True, exist_ok=True)
    rows, cols = truth.shape
    x0, dx, _, y0, _, dy = transform
    with h5py.File(path, "w") as file:
        file.attrs["title"] = np.bytes_("NISAR L2 GUNW Product")
        facts = file.create_group("science/LSAR/identification")
        facts["lookDirection"] = np.bytes_("Left" if left else "Right")
        facts["productType"] = np.bytes_("GUNW")
        if dated:
            for role, index in (("reference", first), ("secondary", second)):
                text = f"{truth.dates[index]}T06:09:11.000000000"
                facts[f"{role}ZeroDopplerStartTime"] = np.bytes_(text)
        frequency = file.create_group("science/LSAR/GUNW/grids/frequencyA")
        frequency["centerFrequency"] = SPEED_OF_LIGHT / truth.wavelength
        frequency["listOfPolarizations"] = np.array(polarisations, "S2")
        frequency.create_group("pixelOffsets")
        for polarisation in polarisations:
            group = frequency.create_group(f"unwrappedInterferogram/{polarisation}")
            axes = _axes(group, x0 + dx * (np.arange(cols) + 0.5), y0 + dy * (np.arange(rows) + 0.5))
            group["xCoordinateSpacing"], group["yCoordinateSpacing"] = dx, dy
            for name, values in (
                ("unwrappedPhase", truth.phase(first, second)),
                ("coherenceMagnitude", truth.coherence(first, second)),
                ("connectedComponents", np.ones(truth.shape, np.uint16)),
            ):
                array = group.create_dataset(name, data=values)
                if values.dtype == np.float32:
                    array.attrs["_FillValue"] = np.float32(np.nan)
                array.attrs["grid_mapping"] = np.bytes_("projection")
                for dimension, axis in enumerate(axes):
                    array.dims[dimension].attach_scale(axis)
        _cubes(
            file.create_group("science/LSAR/GUNW/metadata/radarGrid"), truth, first, second, left, transform
        )
    return path


def _axes(group: Any, x: Any, y: Any) -> tuple[Any, Any]:
    """y and x coordinates as scales, and the projection."""
    for name, values in (("xCoordinates", x), ("yCoordinates", y)):
        group[name] = values
        group[name].make_scale()
    group["projection"] = np.int32(32632)
    group["projection"].attrs["epsg_code"] = 32632
    return group["yCoordinates"], group["xCoordinates"]


def _cubes(
    group: Any, truth: Truth, first: int, second: int, left: bool, transform: tuple[float, ...]
) -> None:
    rows, cols = truth.shape
    x0, dx, _, y0, _, dy = transform
    x = x0 + 0.5 * cols * dx + 120.0 * np.arange(-2, 3)
    y = y0 + 0.5 * rows * dy + 120.0 * np.arange(2, -3, -1)
    _axes(group, x, y)
    group["heightAboveEllipsoid"] = HEIGHTS
    shape = (HEIGHTS.size, y.size, x.size)
    east, north, _ = truth.los()
    side = -1.0 if left else 1.0
    heading = math.radians(truth.heading_deg)
    for name, value in (
        ("incidenceAngle", truth.incidence_deg),
        ("losUnitVectorX", side * east),
        ("losUnitVectorY", side * north),
        ("alongTrackUnitVectorX", math.sin(heading)),
        ("alongTrackUnitVectorY", math.cos(heading)),
        ("slantRange", truth.slant_range),
        ("perpendicularBaseline", side * (truth.bperp[second] - truth.bperp[first])),
    ):
        cube = np.full(shape, value)
        cube[:, 0] = np.nan  # beyond the swath
        if name == "incidenceAngle":
            cube += (0.001 * HEIGHTS)[:, None, None]
            cube[:, :, -1] += 5.0
        if name == "perpendicularBaseline":
            cube = cube[[0, -1]].astype(np.float32)  # lowest and highest layer only
        group[name] = cube
