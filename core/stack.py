"""The stack: what is known of a set of images and pairs, without their pixels.

A stack is a folder with `stack.json` (see `manifest`). Its rasters stay where they are;
each is an `Item`: a named root, a path below it, and the linear rule from the file's
numbers to ours.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from .errors import InputError

SLC, WRAPPED, UNWRAPPED, DISPLACEMENT = "slc", "wrapped", "unwrapped", "displacement"
KINDS = (SLC, WRAPPED, UNWRAPPED, DISPLACEMENT)
WAVELENGTHS = (0.005, 2.0)  # m, beyond any radar interferometer: outside lies a wrong unit
MAP, RADAR = "map", "radar"
RASTER, POINTS = "raster", "points"
LONGITUDE, LATITUDE = "longitude", "latitude"  # roles of the geolocation of radar and point stacks [deg]
PHASE, MAGNITUDE = "phase", "magnitude"  # parts of complex numbers
KEPT, EXCLUDED = "kept", "excluded"


@dataclass(frozen=True)
class Grid:
    """Geometry of every raster of a stack.

    `transform` is GDAL's geotransform; `crs` is WKT, empty in radar frame.
    """

    width: int
    height: int
    transform: tuple[float, float, float, float, float, float] = (0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
    crs: str = ""

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns)."""
        return self.height, self.width


@dataclass(frozen=True)
class Item:
    """One raster band: `value = factor * stored + offset`, in the unit of its role.

    Roles and units: phase [rad, sign of `units`], coherence [0-1], amplitude, displacement [m],
    height [m], incidence [rad], los_east/los_north/los_up [unit vector, ground to satellite],
    los_elevation/los_orientation [rad, as HyP3's lv_theta/lv_phi], mask [0 = not used],
    longitude/latitude [deg, WGS 84].

    `missing` are stored values that mean "no data" besides NaN (0.0 only where the producer
    documents it). `dataset` names the array inside a netCDF (.nc) or HDF5 file, or tells how a file without
    header is laid out (core.rawraster). `part` says what of complex numbers is meant: phase or magnitude.

    `origin` (row, column) is where the stack's grid begins in the file, and `file_shape`
    (rows, columns) the file's full size; they differ from the default where the stack is a part
    of a larger file (import with an extent). None: the file is as large as the grid.
    """

    root: str
    path: str
    band: int = 1
    factor: float = 1.0
    offset: float = 0.0
    missing: tuple[float, ...] = ()
    dataset: str = ""
    part: str = ""
    origin: tuple[int, int] = (0, 0)
    file_shape: tuple[int, int] | None = None


@dataclass(frozen=True)
class Acquisition:
    """One date. `bperp` [m] is relative to the stack's baseline origin; None when unknown."""

    date: date
    bperp: float | None = None
    doppler: float | None = None  # Hz
    items: dict[str, Item] = field(default_factory=dict)


@dataclass(frozen=True)
class Pair:
    """One interferogram, always earlier x conj(later).

    `bperp` [m], signed so that d(R2 - R1)/dh = +bperp / (R sin theta). `coherence` is the mean
    over valid pixels when known. `state` is kept or excluded, `reason` says why.
    """

    date1: date
    date2: date
    items: dict[str, Item] = field(default_factory=dict)
    bperp: float | None = None
    coherence: float | None = None
    state: str = KEPT
    reason: str = ""

    @property
    def name(self) -> str:
        """yyyymmdd_yyyymmdd."""
        return f"{self.date1:%Y%m%d}_{self.date2:%Y%m%d}"

    @property
    def days(self) -> int:
        """Temporal baseline in days."""
        return (self.date2 - self.date1).days


@dataclass(frozen=True)
class Stack:
    """Everything about a stack but its pixels; immutable, changed with `dataclasses.replace`.

    `wavelength` [m]. `geometry` and `products` map roles to items. `metadata` holds what the
    producer says (sensor, track, swath, orbit, polarisation, incidence_deg, heading_deg, look (left
    or right; right where absent), slant_range_m ...). Stacks of `coregister` in radar frame also name there what
    `geocode` needs (sentinel1.radarframe). `reference` describes the reference area, `history` one entry per step.
    """

    kind: str
    grid: Grid
    wavelength: float
    pairs: tuple[Pair, ...] = ()
    acquisitions: tuple[Acquisition, ...] = ()
    geometry: dict[str, Item] = field(default_factory=dict)
    products: dict[str, Item] = field(default_factory=dict)
    roots: dict[str, str] = field(default_factory=dict)
    frame: str = MAP
    layout: str = RASTER
    family: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    reference: dict[str, Any] = field(default_factory=dict)
    history: tuple[dict[str, Any], ...] = ()

    @property
    def dates(self) -> tuple[date, ...]:
        """Dates of the acquisitions in order."""
        return tuple(a.date for a in self.acquisitions)

    @property
    def dem(self) -> Item | None:
        """Ellipsoidal heights [m] that the metadata name, on a grid of their own; None without any."""
        entry = self.metadata.get("dem")
        return Item(str(entry["root"]), str(entry["path"])) if isinstance(entry, dict) else None

    @property
    def place(self) -> tuple[Item, ...]:
        """What belongs to the frame and to no date or pair: steps that write new rasters keep these where they are."""
        return (*self.geometry.values(), *(() if self.dem is None else (self.dem,)))

    @property
    def kept(self) -> tuple[Pair, ...]:
        """Pairs in use."""
        return tuple(p for p in self.pairs if p.state == KEPT)

    def with_history(
        self, algorithm: str, version: str, parameters: dict[str, Any], inputs: dict[str, str]
    ) -> Stack:
        """The same stack with one more step in its history."""
        step = {"algorithm": algorithm, "version": version, "parameters": parameters, "inputs": inputs}
        return replace(self, history=(*self.history, step))

    def validate(self) -> None:
        """Raise InputError where the stack contradicts itself."""
        if self.kind not in KINDS:
            raise InputError("Stack kind", self.kind, ", ".join(KINDS))
        if not WAVELENGTHS[0] <= self.wavelength <= WAVELENGTHS[1]:
            raise InputError(
                "Wavelength",
                f"{self.wavelength} m",
                f"{WAVELENGTHS[0]:g} to {WAVELENGTHS[1]:g} m",
                "State the wavelength in metres at import",
            )
        if self.grid.width < 1 or self.grid.height < 1:
            raise InputError(
                "Grid",
                f"{self.grid.width} x {self.grid.height} pixels",
                "at least one pixel",
                "Import the folder again",
            )
        if list(self.dates) != sorted(set(self.dates)):
            raise InputError("Acquisition dates", [d.isoformat() for d in self.dates], "unique dates in order")
        check_pairs(self.pairs)
        known = set(self.dates)
        for pair in self.pairs:
            if pair.state not in (KEPT, EXCLUDED):
                raise InputError(f"State of pair {pair.name}", pair.state, "kept or excluded")
            if not {pair.date1, pair.date2} <= known:
                raise InputError(f"Pair {pair.name}", pair.name, "pairs of the stack's acquisitions")


def check_pairs(pairs: tuple[Pair, ...]) -> None:
    """Refuse pairs in reverse order and pairs that occur twice."""
    seen: dict[str, Pair] = {}
    for pair in pairs:
        source = ", ".join(item.path for item in pair.items.values())
        if pair.date2 <= pair.date1:
            raise InputError(
                f"Pair {pair.name}",
                source or pair.name,
                "a second date later than the first",
                "Rename or remove the file; pairs are always earlier to later",
            )
        if pair.name in seen:
            other = ", ".join(item.path for item in seen[pair.name].items.values())
            raise InputError(
                f"Pair {pair.name}",
                f"{other} / {source}",
                "one interferogram per pair of dates",
                "Remove or rename one of the two",
            )
        seen[pair.name] = pair


def acquisitions_of(pairs: tuple[Pair, ...]) -> tuple[Acquisition, ...]:
    """The dates that occur in pairs, in order, without baselines."""
    dates = sorted({d for pair in pairs for d in (pair.date1, pair.date2)})
    return tuple(Acquisition(d) for d in dates)
