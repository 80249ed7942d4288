"""What the two filters share: the stack that comes in, the walk over its blocks, and the stack that goes out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import atomic, finished, manifest
from ..blocks import Compute, Plan, map_blocks, plan
from ..errors import InputError
from ..monitor import Monitor
from ..raster import TILE, Float32, RasterWriter, Window, writing
from ..result import Result
from ..stack import RASTER, SLC, WRAPPED, Acquisition, Grid, Item, Pair, Stack
from ..stage import Stage, refuse_locked, staging
from ..version import VERSION
from . import comparison
from .params import GOLDSTEIN, SHPFILTER

ROOT = "filtered"
BLOCK_PIXELS = 250_000  # at most; so that progress shows and cancelling is prompt
_PAIR_FILE = re.compile(r"^\d{8}_\d{8}\.tif$")
_TITLES = {"phase": "Filtered wrapped phase", "coherence": "Coherence of homogeneous pixels"}
_UNITS = {"phase": "rad"}


@dataclass(frozen=True)
class Filtered:
    """One block: by role, (pairs, rows, width) of the pairs and (rows, width) of the layers."""

    pairs: dict[str, Float32]
    layers: dict[str, Float32]


class Watch:
    """Sums over the blocks that one filter wants; this one wants none."""

    def see(self, made: Filtered) -> None:
        """The next block, in order of the rows."""

    def describe(self, stack: Stack) -> Stack:
        """The stack that goes out, with what was learnt."""
        return stack

    def add_numbers(self, result: Result) -> None:
        """Add what was summed."""


@dataclass(frozen=True)
class Filter:
    """A filter that is ready to walk over a stack.

    algorithm, title : who it is. folder, stack : what comes in (kept pairs only). roles : what it makes of every
    pair. layers : role -> description of what it makes once. work : a block of rows to the block's results.
    halo : rows that a block reads beyond its own, above and below. bytes_per_pixel : memory of a block.
    parameters, mark : what the run is, for the history and for a rerun. acquisitions, roots : of the stack that goes
    out. explanation : paragraphs of the report.
    """

    algorithm: str
    title: str
    folder: Path
    stack: Stack
    roles: tuple[str, ...]
    layers: dict[str, str]
    work: Callable[[Window], Filtered]
    halo: int
    bytes_per_pixel: int
    parameters: dict[str, Any]
    mark: str
    acquisitions: tuple[Acquisition, ...]
    roots: dict[str, str]
    explanation: tuple[str, ...]


def load_wrapped(folder: Path, algorithm: str) -> tuple[Stack, list[str]]:
    """The kept pairs of a stack that can be filtered, and notes; raises InputError for other stacks."""
    stack = manifest.load(folder)
    if stack.kind != WRAPPED:
        raise InputError(
            "INPUT",
            f"{folder} ({stack.kind})",
            f"a stack of wrapped interferograms: '{algorithm}' works on wrapped phase",
            "Run 'network' and 'interferograms' first"
            if stack.kind == SLC
            else "Import the wrapped interferograms with KIND wrapped; unwrapped ones go on to 'sbas'",
        )
    if stack.layout != RASTER:
        raise InputError("INPUT", f"{folder} (points)", "rasters: single points have no neighbours to average")
    if not stack.kept:
        raise InputError("INPUT", str(folder), "at least one interferogram in use", "Run 'network' again")
    notes = []
    dropped = len(stack.pairs) - len(stack.kept)
    if dropped:
        notes.append(f"{dropped} excluded interferogram(s) were left out.")
    if stack.grid.crs:
        notes.append(
            "This stack is geocoded: rows and columns of the window are north and east, not azimuth and range, and "
            "resampling has correlated neighbouring pixels, which makes coherence and looks come out too high. Filter "
            "before 'geocode' where you can."
        )
    return replace(stack, pairs=stack.kept), notes


def filtered_before(stack: Stack) -> bool:
    """Whether one of the filters has been at the interferograms."""
    return any(step.get("algorithm") in (SHPFILTER, GOLDSTEIN) for step in stack.history)


def run(
    job: Filter, output: str | Path, notes: Iterable[str], monitor: Monitor, compute: Compute, watch: Watch
) -> Result:
    """Filter all blocks, compare before and after, and publish the folder.

    watch : sees every block as it is written, and adds the filter's own numbers to the result.
    """
    folder = Path(output).expanduser().absolute()
    refuse_locked(folder, [*(_file(role, pair) for role in job.roles for pair in job.stack.pairs), *_layer_files(job)])
    with staging(folder, job.roles, _earlier) as stage:
        steps = _plan(job, compute)
        monitor.info(f"{len(job.stack.pairs)} interferograms: {steps.describe()}.")
        atomic.check_free_space(stage.folder, steps.disk)
        with _writers(job, stage.path) as files:
            means = _Means([], [])
            for _, made in map_blocks(job.work, steps.blocks, compute, monitor.part(0.0, 0.85)):
                files.write(made)
                means.add(made.pairs.get("coherence"))
                watch.see(made)
                del made  # else it would stay in memory while the next block is filtered
        result = Result(job.algorithm, stage.path)
        result.warnings.extend(notes)
        stack = watch.describe(_stack(job, means))
        compared = comparison.compare(job.folder, job.stack, stage.path, stack, monitor.part(0.85, 0.97))
        comparison.add_numbers(result, compared)
        watch.add_numbers(result)
        monitor.step(0.97)  # the last moment to cancel
        _publish(job, stage, stack, result, compared)
    monitor.progress(1.0)
    return stage.published(result)


def _publish(job: Filter, stage: Stage, stack: Stack, result: Result, compared: comparison.Comparison) -> None:
    """Report, numbers and, last, `stack.json`."""
    from . import report  # brings in matplotlib

    result.files.update({role: stage.path / f"{role}.tif" for role in job.layers})
    result.files["report"] = stage.path / "report.html"
    report.write(result.files["report"], job.title, stack, result, compared, job.explanation)
    manifest.save(stage.path, stack)
    finished.seal(result, job.mark, stage.path)
    result.write(job.parameters, VERSION)


def _plan(job: Filter, compute: Compute) -> Plan:
    grid = job.stack.grid
    rasters = len(job.roles) * len(job.stack.pairs) + len(job.layers)
    # A row of tiles in the writer, and as much again that GDAL holds for an open file (measured with 240 of them).
    writers = 2 * (rasters + 2) * grid.width * TILE * 4
    beyond = 2 * job.halo * grid.width * job.bytes_per_pixel * compute.workers
    pixels = max(BLOCK_PIXELS, grid.width) * compute.workers
    most = min(compute.memory, writers + beyond + job.bytes_per_pixel * pixels)
    disk = rasters * grid.width * grid.height * 4
    return plan(grid, job.bytes_per_pixel, replace(compute, memory=most), writers + beyond, disk)


@dataclass
class _Means:
    """Mean coherence per pair, from sums of single rows, so that blocks do not show."""

    sums: list[NDArray[np.float64]]
    counts: list[NDArray[np.int64]]

    def add(self, coherence: Float32 | None) -> None:
        """Rows of the next block, (pairs, rows, width)."""
        if coherence is not None:
            known = np.isfinite(coherence)
            self.sums.append(np.where(known, coherence, 0.0).astype(np.float64).sum(axis=2))
            self.counts.append(known.sum(axis=2))

    def of(self, pair: int) -> float | None:
        """Of one pair; None without coherence."""
        if not self.sums:
            return None
        count = int(sum(rows[pair].sum() for rows in self.counts))
        total = float(np.concatenate([rows[pair] for rows in self.sums]).sum())
        return round(total / count, 6) if count else None


@dataclass
class _Files:
    """The open rasters of one run."""

    pairs: dict[str, list[RasterWriter]]
    layers: dict[str, RasterWriter]

    def write(self, made: Filtered) -> None:
        """Append the rows of a block."""
        for role, files in self.pairs.items():
            for file, rows in zip(files, made.pairs[role]):
                file.write(rows)
        for role, file in self.layers.items():
            file.write(made.layers[role])


@contextmanager
def _writers(job: Filter, stage: Path) -> Iterator[_Files]:
    grid = job.stack.grid
    with ExitStack() as opened:
        pairs = {
            role: [
                opened.enter_context(
                    writing(stage / _file(role, pair), grid, f"{_TITLES[role]} {pair.name}", _UNITS.get(role, ""))
                )
                for pair in job.stack.pairs
            ]
            for role in job.roles
        }
        layers = {
            role: opened.enter_context(writing(stage / f"{role}.tif", grid, text)) for role, text in job.layers.items()
        }
        yield _Files(pairs, layers)


def _file(role: str, pair: Pair) -> str:
    return f"{role}/{pair.name}.tif"


def _layer_files(job: Filter) -> list[str]:
    return [f"{role}.tif" for role in job.layers]


def _earlier(folder: Path) -> list[Path]:
    """Rasters that an earlier run of a filter left."""
    old = [folder / "shp_count.tif"]
    for role in _TITLES:
        if (folder / role).is_dir():
            old += [path for path in sorted((folder / role).iterdir()) if _PAIR_FILE.match(path.name)]
    return old


def _stack(job: Filter, means: _Means) -> Stack:
    """What goes out: the new rasters in the folder itself, all else where it was."""
    source = job.stack
    own = ROOT
    while own in job.roots:
        own += "_"
    pairs = []
    for number, pair in enumerate(source.pairs):
        items = {**pair.items, **{role: Item(own, _file(role, pair)) for role in job.roles}}
        mean = means.of(number)
        pairs.append(replace(pair, items=items, coherence=pair.coherence if mean is None else mean))
    out = replace(
        source,
        pairs=tuple(pairs),
        acquisitions=job.acquisitions,
        products={**source.products, **{role: Item(own, f"{role}.tif") for role in job.layers}},
        roots={**job.roots, own: "."},
    )
    return out.with_history(job.algorithm, VERSION, job.parameters, {"INPUT": job.folder.as_posix()})


def absolute_roots(folder: Path, stack: Stack) -> dict[str, str]:
    """The roots of a stack as they stand in the manifest of any other folder."""
    return {name: (folder / root).resolve().as_posix() for name, root in stack.roots.items()}


def widened(window: Window, halo: int, grid: Grid) -> Window:
    """A block of rows with the rows around it, as far as there are any."""
    first = max(0, window.row - halo)
    last = min(grid.height, window.row + window.height + halo)
    return Window(first, window.col, last - first, window.width)
