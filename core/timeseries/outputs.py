"""The displacement folder: what is in it, how it is filled, and how it appears all at once.

A run writes into a hidden folder inside the output folder and moves the finished files to their
names at the end, `stack.json` last. Cancelled or failed runs leave the earlier results as they were.
"""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .. import atomic, manifest
from ..errors import InputError
from ..raster import TILE, RasterWriter, StackReader, writing
from ..stack import DISPLACEMENT, Acquisition, Grid, Item, Pair, Stack

STAGE = ".part-run-"
FOLDER = "displacement"
MM = 0.001  # stored mm -> m
_COMMIT_LAST = ("result.json", manifest.NAME)
_DATE_FILE = re.compile(r"^\d{8}\.tif$")


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


def names(stack: Stack) -> list[str]:
    """Files of a folder that a new run may replace and that a map may show."""
    return [date_file(day) for day in stack.dates] + [product.file for product in PRODUCTS] + ["points.gpkg"]


@dataclass(frozen=True)
class Stage:
    """Where a run writes (`path`) and where its files will be (`folder`)."""

    path: Path
    folder: Path

    def final(self, path: Path) -> Path:
        """The later name of a file of the stage."""
        return self.folder / path.relative_to(self.path)


@contextmanager
def staging(output: Path, field: str = "OUTPUT") -> Iterator[Stage]:
    """A hidden folder to write into; its files replace those of `output` when the block ends well.

    On an error or a cancellation everything of this run is removed, the output folder too if the
    run made it.
    """
    missing = _first_missing(output.expanduser().absolute())
    folder = atomic.prepare_folder(output, field)
    for left in folder.glob(f"{STAGE}*"):
        shutil.rmtree(left, ignore_errors=True)
    stage = Stage(folder / f"{STAGE}{secrets.token_hex(3)}", folder)
    atomic.check_path_length(stage.path / FOLDER / ("x" * 28))
    try:
        (stage.path / FOLDER).mkdir(parents=True)
        yield stage
        _commit(stage)
    except BaseException:
        shutil.rmtree(stage.path, ignore_errors=True)
        if missing is not None and not any(folder.iterdir()):
            shutil.rmtree(missing, ignore_errors=True)
        raise
    shutil.rmtree(stage.path, ignore_errors=True)


def refuse_locked(folder: Path, names: list[str]) -> None:
    """Refuse to start when a file to be replaced is held open, as Windows does with shown layers."""
    for name in names:
        path = folder / name
        if not path.is_file():
            continue
        try:
            path.rename(path)  # needs the same right as replacing, and changes nothing
        except PermissionError as error:
            raise InputError(
                "OUTPUT",
                str(path),
                "a folder whose files no other program holds open",
                f"Remove the layer '{path.stem}' from the project, or choose another output folder",
            ) from error


@contextmanager
def writers(stage: Path, grid: Grid, dates: tuple[date, ...], dem_error: bool) -> Iterator[RasterSet]:
    """Open the rasters of the inversion for writing from top to bottom: all but that of the unwrapping limit."""
    with ExitStack() as open_files:
        by_date = [
            open_files.enter_context(
                writing(stage / date_file(day), grid, f"Line-of-sight displacement {day:%Y-%m-%d}", "mm")
            )
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
    roots = {name: _absolute(geometry_folder, source.roots[name]) for name in _roots_of(source.geometry)}
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


def _commit(stage: Stage) -> None:
    files = sorted(
        path.relative_to(stage.path).as_posix() for path in stage.path.rglob("*") if path.is_file()
    )
    for name in _COMMIT_LAST:
        atomic.remove_file(stage.folder / name)
    _remove_stale(stage.folder, set(files))
    ordered = [name for name in files if name not in _COMMIT_LAST]
    for name in [*ordered, *(name for name in _COMMIT_LAST if name in files)]:
        target = stage.folder / name
        target.parent.mkdir(exist_ok=True)
        atomic.move(stage.path / name, target)


def _remove_stale(folder: Path, new: set[str]) -> None:
    """Remove rasters of an earlier run that the new run does not have: other dates, height error."""
    old = [folder / product.file for product in PRODUCTS]
    if (folder / FOLDER).is_dir():
        old += [path for path in sorted((folder / FOLDER).iterdir()) if _DATE_FILE.match(path.name)]
    for path in old:
        if path.relative_to(folder).as_posix() not in new:
            atomic.remove_with_sidecars(path)


def _bare(pair: Pair) -> Pair:
    return replace(pair, items={})


def _roots_of(items: dict[str, Item]) -> list[str]:
    return sorted({item.root for item in items.values()})


def _absolute(folder: Path, root: str) -> str:
    return (folder.expanduser().absolute() / root).resolve().as_posix()


def _first_missing(folder: Path) -> Path | None:
    missing = None
    while not folder.exists():
        missing, folder = folder, folder.parent
    return missing
