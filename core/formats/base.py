"""What a reader of one family promises, and what it hands over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from osgeo import gdal

from ..errors import InputError
from ..raster import open_dataset
from ..stack import UNWRAPPED, Grid
from .listing import Listing, two_dates

if TYPE_CHECKING:
    from .params import ImportParams

VERIFIED = "verified on real data"
UNVERIFIED = "unverified on real data"


@dataclass(frozen=True)
class Source:
    """One raster band of a file with the rule `value = factor * stored + offset` (see core.stack.Item).

    `grid` is the band's geometry where the producer states it outside the raster; it replaces the raster's own.
    """

    path: Path
    band: int = 1
    factor: float = 1.0
    offset: float = 0.0
    missing: tuple[float, ...] = ()
    dataset: str = ""
    part: str = ""
    grid: Grid | None = None


@dataclass(frozen=True)
class FoundPair:
    """One interferogram: dates in the producer's order, which must be earlier then later.

    `layers` holds "phase" and, where there are any, "coherence" and "amplitude" (magnitude). `bperp` [m] in our sign:
    d(R2 - R1)/dh = +bperp / (R sin theta). `excluded` is why the producer dropped the pair.
    """

    date1: date
    date2: date
    layers: dict[str, Source]
    bperp: float | None = None
    excluded: str = ""


@dataclass(frozen=True)
class Found:
    """All that a reader understood of a folder.

    `wavelength` [m] and `metadata` (keys of core.stack.Stack.metadata) as far as the producer
    tells. `bperp` [m] and `amplitudes` per date where the producer gives them so. `crs` applies where the files
    carry none. `common_extent` allows files of one pixel lattice that differ in extent, as the
    producer documents. `notes` say what was decided and why.
    """

    pairs: tuple[FoundPair, ...]
    kind: str = UNWRAPPED
    wavelength: float | None = None
    geometry: dict[str, Source] = field(default_factory=dict)
    bperp: dict[date, float] = field(default_factory=dict)
    amplitudes: dict[date, Source] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    crs: str = ""
    common_extent: bool = False
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class Reader(Protocol):
    """Knows one family of files.

    `claims` looks at names (and at most at a few headers) and returns the reason why the folder
    is of its family, empty if it is not. `read` opens headers, not pixels; it raises InputError
    naming the file at fault, and never writes.
    """

    name: str
    title: str
    status: str

    def claims(self, listing: Listing) -> str:
        """Why this folder is of the family; empty when it is not."""

    def read(self, listing: Listing, params: ImportParams) -> Found:
        """Describe pairs, geometry and metadata."""


def name_dates(path: Path) -> tuple[date, date] | None:
    """The two dates in a file's name."""
    return two_dates(path.name)


def folder_dates(path: Path) -> tuple[date, date] | None:
    """The two dates in the name of a file's folder."""
    return two_dates(path.parent.name)


def by_pair(
    listing: Listing,
    files: tuple[Path, ...],
    what: str,
    dates_of: Callable[[Path], tuple[date, date] | None] = name_dates,
) -> dict[tuple[date, date], Path]:
    """Files by their two dates; refuses two files of one kind for the same dates."""
    out: dict[tuple[date, date], Path] = {}
    for path in files:
        dates = dates_of(path)
        if dates is None:
            continue
        if dates in out:
            raise InputError(
                f"{what} of pair {dates[0]:%Y%m%d}_{dates[1]:%Y%m%d}",
                f"{listing.show(out[dates])} / {listing.show(path)}",
                "one file per pair of dates",
                "Move one of the two elsewhere",
            )
        out[dates] = path
    return out


def single(listing: Listing, files: tuple[Path, ...], what: str) -> tuple[Path | None, tuple[str, ...]]:
    """The only (else the first) of some files, with a warning naming the one that was taken."""
    if not files:
        return None, ()
    if len(files) == 1:
        return files[0], ()
    return files[0], (f"{len(files)} files look like a {what}; {listing.show(files[0])} was taken.",)


def one_wavelength(field: str, waves: Mapping[Path, float]) -> float | None:
    """The wavelength [m] that all files state in `field`, None where none does; refuses those of two bands.

    Copies of Sentinel-1 differ by 1e-6 relative; another band differs by far more.
    """
    if not waves:
        return None
    first = next(iter(waves))
    for path, wave in waves.items():
        if abs(wave - waves[first]) > 1e-4 * waves[first]:
            raise InputError(
                field,
                f"{path}: {wave:.6f} m, {first}: {waves[first]:.6f} m",
                "one radar wavelength in all files",
                "Import each sensor's pairs apart",
            )
    return waves[first]


def check_whole(path: Path) -> int:
    """Refuse a raw raster (a header beside plain numbers) that is shorter than its header says.

    GDAL reads the missing rows of some as zeros. Returns the number of bands.
    """
    columns, rows, sizes = _layout(path)
    expected = columns * rows * sum(sizes)
    found = path.stat().st_size
    if found < expected:
        raise InputError(
            "File size",
            f"{path}: {found} bytes",
            f"{expected} bytes ({columns} x {rows} pixels, {len(sizes)} band(s))",
            "Copy the file and its header again: it is cut short, or the header belongs to another file",
        )
    return len(sizes)


def _layout(path: Path) -> tuple[int, int, list[int]]:
    """Columns, rows, and bytes per pixel of each band."""
    dataset = open_dataset(path)
    kinds = [dataset.GetRasterBand(index + 1).DataType for index in range(dataset.RasterCount)]
    return dataset.RasterXSize, dataset.RasterYSize, [gdal.GetDataTypeSize(kind) // 8 for kind in kinds]


def need_driver(name: str, files: str) -> None:
    """Refuse to go on where GDAL was built without a driver that the files need."""
    if gdal.GetDriverByName(name) is None:
        raise InputError(
            "GDAL",
            f"no {name} driver",
            f"a GDAL with the {name} driver, which {files} need",
            f"Install QGIS from qgis.org or your distribution, which have it (or GDAL's {name} plugin)",
        )


def orbit_name(heading: float) -> str:
    """Ascending or descending from the heading [deg, clockwise from north]."""
    return "ascending" if abs((heading + 180.0) % 360.0 - 180.0) < 90.0 else "descending"


def sentinel1_track(satellite: str, absolute_orbit: int) -> int | None:
    """Relative orbit number of an absolute one (A: 73, B: 27, C: 172 is the first orbit's offset)."""
    offset = {"S1A": 73, "S1B": 27, "S1C": 172}.get(satellite.upper())
    return None if offset is None else (absolute_orbit - offset) % 175 + 1
