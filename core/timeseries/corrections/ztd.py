"""GACOS zenith delays: which file is of which date, and reading the two forms (Yu et al. 2018).

What the producer says: a `.ztd` file holds the zenith total delay of one time in metres as little-endian float32,
row by row from the north; `.ztd.rsc` gives WIDTH, FILE_LENGTH, X_FIRST, Y_FIRST (the upper left corner), X_STEP and
Y_STEP in degrees of WGS 84. The GeoTIFF form carries the same in itself. A delay of exactly 0 cannot be: it is
missing. Status: written samples only (unverified on real data).
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import numpy as np
from osgeo import gdal

from ... import crs as coordinates
from ...errors import InputError
from ...formats.listing import keyed, number, parse_date
from ...raster import Float32, grid_of, open_dataset, read_band, whole
from ...stack import Grid
from .resample import in_memory

_NAME = re.compile(r"^(\d{8})(?!\d).*?(\.ztd|\.ztd\.tiff?)$", re.IGNORECASE)
PLAUSIBLE = (0.3, 4.0)  # m, median of an image: 8 km high to the Dead Sea, with a margin
MAX_SIZE = 2**31  # bytes of one file


def find(folder: Path) -> dict[date, Path]:
    """File of each date in a folder or its direct subfolders; the GeoTIFF where there are both forms."""
    found: dict[date, Path] = {}
    for path in sorted([*folder.glob("*"), *folder.glob("*/*")]):
        match = _NAME.match(path.name)
        day = parse_date(match.group(1)) if match else None
        if day is None or match is None or not path.is_file():
            continue
        if day not in found or match.group(2).lower() != ".ztd":
            found[day] = path
    if not found:
        some = sorted(path.name for path in folder.iterdir())[:5]
        raise InputError(
            "DELAYS",
            f"{folder} ({', '.join(some) or 'empty'})",
            "a folder with YYYYMMDD.ztd and YYYYMMDD.ztd.rsc, or YYYYMMDD.ztd.tif",
            "Unpack what GACOS sent",
        )
    return found


def files_of(path: Path) -> list[Path]:
    """The file and its header, if it has one."""
    header = _header(path)
    return [path, header] if header is not None and header.is_file() else [path]


def read(path: Path) -> gdal.Dataset:
    """Zenith total delay [m] as a raster with its coordinate system, NaN where missing."""
    values, grid = _geotiff(path) if _header(path) is None else _ztd(path)
    values[values == 0.0] = np.nan
    middle = float(np.nanmedian(values)) if np.isfinite(values).any() else float("nan")
    if not PLAUSIBLE[0] <= middle <= PLAUSIBLE[1]:
        raise InputError(
            "DELAYS",
            f"{path}: median {middle:.4g}",
            f"zenith total delays in metres ({PLAUSIBLE[0]:g} to {PLAUSIBLE[1]:g})",
            "Use the files as GACOS sends them: not differences, not slant delays, not other units",
        )
    return in_memory(values, grid)


def _header(path: Path) -> Path | None:
    return path.with_name(path.name + ".rsc") if path.suffix.lower() == ".ztd" else None


def _geotiff(path: Path) -> tuple[Float32, Grid]:
    dataset = open_dataset(path, field="DELAYS")
    grid = grid_of(dataset)
    values = read_band(dataset, 1, whole(grid), path)
    return values, grid if grid.crs else Grid(grid.width, grid.height, grid.transform, coordinates.WGS84)


def _ztd(path: Path) -> tuple[Float32, Grid]:
    header = path.with_name(path.name + ".rsc")
    if not header.is_file():
        raise InputError("DELAYS", str(path), f"its header {header.name} beside it", "Unpack it too")
    entries = keyed(header, None)
    names = ("WIDTH", "FILE_LENGTH", "X_FIRST", "Y_FIRST", "X_STEP", "Y_STEP")
    values = {name: number(entries.get(name)) for name in names}
    lacking = [name for name, value in values.items() if value is None]
    if lacking:
        raise InputError(
            "DELAYS", f"{header}: no {', '.join(lacking)}", f"the lines {', '.join(names)}", "Unpack it again"
        )
    width, height, x, y, dx, dy = (float(value or 0.0) for value in values.values())
    grid = Grid(int(width), int(height), (x, dx, 0.0, y, 0.0, dy), coordinates.WGS84)
    expected = grid.width * grid.height * 4
    size = path.stat().st_size
    if size != expected or not 0 < size < MAX_SIZE:
        raise InputError(
            "DELAYS",
            f"{path}: {size} bytes",
            f"{expected} bytes ({grid.width} x {grid.height} float32) as {header.name} says",
            "Unpack the file again: it is cut short, or the header belongs to another file",
        )
    stored = np.fromfile(path, "<f4").reshape(grid.shape)
    return stored.astype(np.float32), grid
