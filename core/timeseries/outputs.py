"""The displacement folder: what is in it, and how it is filled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .. import stage as stages
from ..raster import TILE, RasterWriter, StackReader, writing
from ..stack import DISPLACEMENT, Acquisition, Grid, Item, Pair, Stack
from ..stage import Stage as Stage
from ..stage import refuse_locked as refuse_locked

FOLDER = "displacement"
MM = 0.001  # stored mm -> m
_SETS = (FOLDER, "phase", "removed")  # folders of rasters by date or pair
_SET_FILE = re.compile(r"^\d{8}(_\d{8})?\.tif$")


@dataclass(frozen=True)
class Product:
    """One raster of the folder: name of the file without suffix, unit stored, factor to SI."""

    role: str
    unit: str
    description: str
    factor: float = 1.0

    @property
    def file(self) -> str:
        return f"{self.role}.tif"


VELOCITY = Product("velocity", "mm/yr", "Line-of-sight velocity, positive toward the satellite", MM)
VELOCITY_STD = Product(
    "velocity_std", "mm/yr", "Standard deviation of the velocity from the residuals alone (too small)", MM
)
VELOCITY_STD_IMAGES = Product(
    "velocity_std_images",
    "mm/yr",
    "Standard deviation of the velocity by resampling images, residuals included",
    MM,
)
TEMPORAL_COHERENCE = Product("temporal_coherence", "", "Temporal coherence; 1 where redundancy is 0")
REDUNDANCY = Product("redundancy", "", "Interferograms beyond those needed: valid pairs minus rank")
RESIDUAL_RMS = Product("residual_rms", "rad", "Root mean square of the interferogram residuals")
GAPS = Product("gaps", "", "Dates without an interferogram at this pixel")
PARTS = Product("parts", "", "Parts of the dates that no interferogram connects at this pixel; 1 is whole")
BEYOND_LIMIT = Product(
    "beyond_limit", "", "Share of the interferograms with a quarter wavelength or more against neighbours"
)
HEIGHT_ERROR = Product("height_error", "m", "Error of the elevation model")

PRODUCTS = (
    VELOCITY,
    VELOCITY_STD,
    VELOCITY_STD_IMAGES,
    TEMPORAL_COHERENCE,
    REDUNDANCY,
    RESIDUAL_RMS,
    GAPS,
    PARTS,
    BEYOND_LIMIT,
    HEIGHT_ERROR,
)


def products(dem_error: bool) -> tuple[Product, ...]:
    """The rasters of a run beside the displacements."""
    return PRODUCTS if dem_error else PRODUCTS[:-1]


def date_file(day: date) -> str:
    """Path of a date's displacement inside the folder."""
    return f"{FOLDER}/{day:%Y%m%d}.tif"


def date_title(day: date) -> str:
    """What a date's raster says of itself."""
    return f"Line-of-sight displacement {day:%Y-%m-%d}"


def names(stack: Stack) -> list[str]:
    """Files of a folder that a new run may replace and that a map may show."""
    return [date_file(day) for day in stack.dates] + [product.file for product in PRODUCTS] + ["points.gpkg"]


@contextmanager
def staging(output: Path, field: str = "OUTPUT") -> Iterator[Stage]:
    """`stage.staging` for a displacement folder."""
    with stages.staging(output, (FOLDER,), _earlier, field) as stage:
        yield stage


@contextmanager
def writers(stage: Path, grid: Grid, dates: tuple[date, ...], dem_error: bool) -> Iterator[RasterSet]:
    """Open the rasters of the inversion for writing from top to bottom: all but that of the unwrapping limit."""
    with ExitStack() as open_files:
        by_date = [
            open_files.enter_context(writing(stage / date_file(day), grid, date_title(day), "mm"))
            for day in dates
        ]
        by_role = {
            product.role: open_files.enter_context(
                writing(stage / product.file, grid, product.description, product.unit)
            )
            for product in products(dem_error)
            if product is not BEYOND_LIMIT
        }
        yield RasterSet(by_date, by_role)


@dataclass
class RasterSet:
    """The open rasters of one run."""

    by_date: list[RasterWriter]
    by_role: dict[str, RasterWriter]

    def write(self, displacement: NDArray[np.float32], layers: Mapping[str, NDArray[np.float32]]) -> None:
        """Append rows: displacement (N, rows, width) [mm], layers role -> (rows, width)."""
        for writer, rows in zip(self.by_date, displacement):
            writer.write(rows)
        for role, writer in self.by_role.items():
            writer.write(layers[role])


def writer_memory(grid: Grid, dates: int) -> int:
    """Bytes that the open rasters may hold: one row of tiles each, and one being joined and compressed."""
    return (dates + len(PRODUCTS) + 3) * grid.width * TILE * 4


def disk_needed(grid: Grid, dates: int, points: int) -> int:
    """Bytes on disk at most."""
    return (dates + len(PRODUCTS)) * grid.width * grid.height * 4 + points * (dates + 12) * 12


def displacement_stack(source: Stack, folder: Path, geometry_folder: Path, dem_error: bool) -> Stack:
    """The stack of kind displacement that describes a folder; geometry stays where it is."""
    here = "results"
    roots = {name: absolute_root(geometry_folder, source.roots[name]) for name in _roots_of(source.place)}
    roots[here] = "."
    acquisitions = tuple(
        Acquisition(a.date, a.bperp, a.doppler, {"displacement": Item(here, date_file(a.date), factor=MM)})
        for a in source.acquisitions
    )
    return replace(
        source,
        kind=DISPLACEMENT,
        acquisitions=acquisitions,
        pairs=tuple(_bare(pair) for pair in source.pairs),
        products={p.role: Item(here, p.file, factor=p.factor) for p in products(dem_error)},
        roots=roots,
    )


def displacement_reader(folder: Path, grid: Grid, wavelength: float, dates: tuple[date, ...]) -> StackReader:
    """A reader of the displacement rasters of a folder, values as stored [mm]."""
    acquisitions = tuple(
        Acquisition(day, items={"displacement": Item("here", date_file(day))}) for day in dates
    )
    stack = Stack(DISPLACEMENT, grid, wavelength, acquisitions=acquisitions, roots={"here": "."})
    return StackReader(folder, stack)


def stored(role: str) -> Item:
    """The item of a product in the folder itself, values as stored."""
    return Item("here", f"{role}.tif")


def _earlier(folder: Path) -> list[Path]:
    """Rasters of an earlier run, which the new run may not have: other dates or pairs, height error."""
    old = [folder / product.file for product in PRODUCTS]
    for name in _SETS:
        if (folder / name).is_dir():
            old += [path for path in sorted((folder / name).iterdir()) if _SET_FILE.match(path.name)]
    return old


def _bare(pair: Pair) -> Pair:
    return replace(pair, items={})


def _roots_of(items: Iterable[Item]) -> list[str]:
    return sorted({item.root for item in items})


def absolute_root(folder: Path, root: str) -> str:
    """A root of a stack in `folder` as another folder can name it."""
    return (folder.expanduser().absolute() / root).resolve().as_posix()
