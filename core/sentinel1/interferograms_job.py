"""Makes the interferograms of a stack of coregistered images."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from .. import atomic, finished, manifest, raster
from ..blocks import Compute, map_blocks, plan
from ..errors import InputError
from ..monitor import Monitor
from ..network.edits import read_edits
from ..raster import Float32, Window, writing
from ..result import Result
from ..stack import KEPT, MAGNITUDE, PHASE, RADAR, SLC, WRAPPED, Acquisition, Grid, Item, Pair, Stack
from ..stage import refuse_locked, staging
from ..version import VERSION
from .interferograms_looks import Complex64, interferogram, middles
from .interferograms_params import ALGORITHM, InterferogramParams

ROOT = "interferograms"
PAIRS_FOLDER, COHERENCE_FOLDER, GEOMETRY_FOLDER = "interferograms", "coherence", "geometry"
BYTES = 170  # per pixel of the images in a block
FILE_BYTES = 12  # per cell and pair


def run_interferograms(
    params: InterferogramParams, monitor: Monitor | None = None, compute: Compute | None = None
) -> Result:
    """Write the stack of interferograms. A run that was stopped goes on with the pairs that are missing."""
    monitor, compute = monitor or Monitor(), compute or Compute()
    params.validate()
    compute.validate()
    source = Path(params.input).expanduser().absolute()
    stack = _images(source)
    pairs = _pairs(params, stack)
    needed = {day for pair in pairs for day in (pair.date1, pair.date2)}
    items = [a.items["slc"] for a in stack.acquisitions if a.date in needed]
    extra = [Path(params.pairs).expanduser()] if params.pairs else []
    mark = finished.fingerprint(ALGORITHM, params.plain(), source, stack, items, extra)
    output = Path(params.output).expanduser().absolute()
    kept = finished.kept(output, mark, monitor, read="images")
    if kept is not None:
        return kept
    looks = params.averaged
    grid = Grid(stack.grid.width // looks[1], stack.grid.height // looks[0])
    if min(grid.shape) < 1:
        raise InputError(
            "LOOKS", params.looks, f"fewer than the {stack.grid.height} x {stack.grid.width} pixels"
        )
    margin = 2 * (params.window // 2) * looks[0] * stack.grid.width * BYTES * compute.workers
    steps = plan(
        grid, BYTES * looks[0] * looks[1], compute, margin, len(pairs) * FILE_BYTES * grid.width * grid.height
    )
    monitor.info(f"{len(pairs)} interferograms: {steps.describe()}.")
    refuse_locked(output, [name for pair in pairs for name in _files(pair)])
    with staging(
        output, (PAIRS_FOLDER, COHERENCE_FOLDER, GEOMETRY_FOLDER), _earlier, resume=mark[:12]
    ) as stage:
        atomic.check_free_space(stage.folder, steps.disk)
        made = []
        for index, pair in enumerate(pairs):
            share = monitor.part(*(0.92 * step / len(pairs) for step in (index, index + 1)))
            rows = PairRows(source, stack, pair, looks, params.window)
            _write_pair(stage.path, pair, grid, steps.blocks, rows, share, compute)
            made.append(_described(stage.path, pair, steps.blocks))
            monitor.info(f"{pair.name}: mean coherence {made[-1].coherence}.")
        _write_geometry(stage.path, source, stack, grid, looks, steps.blocks)
        out = _stack(params, source, stack, grid, tuple(made))
        result = Result(ALGORITHM, stage.path)
        _fill(result, out)
        monitor.step(0.95)
        from .interferograms_report import write_report  # brings in matplotlib

        manifest.save(stage.path, out)
        result.files["report"] = write_report(stage.path / "report.html", stage.path, out, result)
        finished.seal(result, mark, stage.path)
        result.write(params.plain(), VERSION)
    monitor.progress(1.0)
    return stage.published(result)


@dataclass(frozen=True, eq=False)
class PairRows:
    """Makes blocks of a pair: the interferogram and its coherence."""

    folder: Path
    stack: Stack
    pair: Pair
    looks: tuple[int, int]
    window: int

    def __call__(self, window: Window) -> tuple[Complex64, Float32]:
        half = self.window // 2
        first = max(0, window.row - half)
        stop = min(self.stack.grid.height // self.looks[0], window.row + window.height + half)
        rows = Window(first * self.looks[0], 0, (stop - first) * self.looks[0], self.stack.grid.width)
        first_image, second_image = (self._read(day, rows) for day in (self.pair.date1, self.pair.date2))
        mean, coherence = interferogram(first_image, second_image, self.looks, self.window)
        own = slice(window.row - first, window.row - first + window.height)
        return mean[own], coherence[own]

    def _read(self, day: date, rows: Window) -> Complex64:
        item = next(a for a in self.stack.acquisitions if a.date == day).items["slc"]
        path = manifest.resolve(self.folder, self.stack, item)
        dataset = raster.open_dataset(path, item.dataset)
        band = dataset.GetRasterBand(item.band)
        return np.asarray(
            raster.read_stored(band, rows, path, "Image", "Run 'coregister' again"), np.complex64
        )


def _images(folder: Path) -> Stack:
    """The stack of coregistered images; other stacks are refused."""
    stack = manifest.load(folder)
    if stack.kind != SLC or stack.frame != RADAR or any("slc" not in a.items for a in stack.acquisitions):
        raise InputError(
            "INPUT", f"{folder} ({stack.kind})", "a stack of coregistered images", "Run 'coregister' first"
        )
    return stack


def _pairs(params: InterferogramParams, stack: Stack) -> tuple[Pair, ...]:
    """The pairs to make, with their baselines, by date."""
    if params.pairs:
        edits = read_edits(params.pairs)
        dropped = {day for day, row in edits.images.items() if row.state != KEPT}
        wanted = [days for days, row in edits.pairs.items() if row.state == KEPT and not dropped & set(days)]
    else:
        wanted = [(pair.date1, pair.date2) for pair in stack.kept]
    if not wanted:
        raise InputError(
            "PAIRS",
            params.pairs or "nothing, and INPUT has no pairs",
            "pairs to make",
            "Run 'network' on the stack of images and give its folder as INPUT, or its CSV as PAIRS",
        )
    bperp = {a.date: a.bperp for a in stack.acquisitions}
    unknown = sorted({day for days in wanted for day in days} - set(bperp))
    if unknown:
        raise InputError(
            "PAIRS",
            ", ".join(str(day) for day in unknown),
            ", ".join(str(day) for day in bperp),
            "Correct the CSV",
        )
    return tuple(_pair(first, second, bperp) for first, second in sorted(wanted))


def _pair(first: date, second: date, bperp: dict[date, float | None]) -> Pair:
    ends = bperp[first], bperp[second]
    known = None if ends[0] is None or ends[1] is None else round(ends[1] - ends[0], 3)
    return Pair(first, second, bperp=known)


def _files(pair: Pair) -> tuple[str, str]:
    return f"{PAIRS_FOLDER}/{pair.name}.tif", f"{COHERENCE_FOLDER}/{pair.name}.tif"


def _write_pair(
    folder: Path,
    pair: Pair,
    grid: Grid,
    windows: tuple[Window, ...],
    rows: PairRows,
    monitor: Monitor,
    compute: Compute,
) -> None:
    phase, coherence = (folder / name for name in _files(pair))
    if phase.is_file() and coherence.is_file():
        monitor.info(f"{pair.name} was finished by an earlier run.")
        return
    with (
        writing(phase, grid, f"Interferogram {pair.name}", complex_numbers=True) as pixels,
        writing(coherence, grid, f"Coherence {pair.name}") as shares,
    ):
        for _, (made, share) in map_blocks(rows, windows, compute, monitor):
            pixels.write(made)
            shares.write(share)


def _described(folder: Path, pair: Pair, windows: tuple[Window, ...]) -> Pair:
    """The pair with its items and its mean coherence, summed by rows so that blocks do not show."""
    phase, coherence = _files(pair)
    path = folder / coherence
    dataset = raster.open_dataset(path)
    rows: list[float] = []
    count = 0
    for window in windows:
        values = raster.read_band(dataset, 1, window, path)
        known = np.isfinite(values)
        rows.extend(np.where(known, values, 0.0).sum(axis=1, dtype=np.float64).tolist())
        count += int(known.sum())
    items = {
        "phase": Item(ROOT, phase, part=PHASE),
        "amplitude": Item(ROOT, phase, part=MAGNITUDE),
        "coherence": Item(ROOT, coherence),
    }
    return replace(pair, items=items, coherence=round(sum(rows) / count, 6) if count else None)


def _write_geometry(
    folder: Path, source: Path, stack: Stack, grid: Grid, looks: tuple[int, int], windows: tuple[Window, ...]
) -> None:
    """The layers at the middle of every cell; single looks use those of the images."""
    if looks == (1, 1):
        return
    reader = raster.StackReader(source, stack)
    for role, item in stack.geometry.items():
        with writing(folder / _layer(role), grid, role) as writer:
            for window in windows:
                pixels = Window(window.row * looks[0], 0, window.height * looks[0], grid.width * looks[1])
                writer.write(middles(reader.read(item, pixels), looks))
    reader.close()


def _layer(role: str) -> str:
    return f"{GEOMETRY_FOLDER}/{role}.tif"


def _stack(
    params: InterferogramParams, source: Path, stack: Stack, grid: Grid, pairs: tuple[Pair, ...]
) -> Stack:
    """What goes out: interferograms in the folder; of single looks, images and geometry where they are."""
    rows, columns = params.averaged
    single = (rows, columns) == (1, 1)
    kept = set(stack.roots) if single else {item.root for item in (stack.dem,) if item is not None}
    roots = {name: (source / root).resolve().as_posix() for name, root in stack.roots.items() if name in kept}
    used = {day for pair in pairs for day in (pair.date1, pair.date2)}
    out = replace(
        stack,
        kind=WRAPPED,
        grid=grid,
        pairs=pairs,
        acquisitions=tuple(
            a if single else Acquisition(a.date, a.bperp, a.doppler)
            for a in stack.acquisitions
            if a.date in used
        ),
        geometry=stack.geometry if single else {role: Item(ROOT, _layer(role)) for role in stack.geometry},
        roots={**roots, ROOT: "."},
        metadata={**stack.metadata, "azimuth_looks": rows, "range_looks": columns},
    )
    return out.with_history(ALGORITHM, VERSION, params.plain(), {"INPUT": source.as_posix()})


def _fill(result: Result, stack: Stack) -> None:
    coherence = [pair.coherence for pair in stack.pairs if pair.coherence is not None]
    result.number("pairs", len(stack.pairs), "", "Interferograms")
    result.number("images", len(stack.acquisitions), "", "Images in them")
    result.number("rows", stack.grid.height, "", "Rows")
    result.number("columns", stack.grid.width, "", "Columns")
    result.number("mean_coherence", float(np.mean(coherence)) if coherence else None, "", "Mean coherence")
    result.number("least_coherence", min(coherence, default=None), "", "Smallest mean coherence of a pair")
    result.tables["pairs"] = [
        {"pair": pair.name, "days": pair.days, "bperp_m": pair.bperp, "coherence": pair.coherence}
        for pair in stack.pairs
    ]


def _earlier(folder: Path) -> list[Path]:
    """Rasters that runs of this kind leave."""
    names = (PAIRS_FOLDER, COHERENCE_FOLDER, GEOMETRY_FOLDER)
    return sorted(path for name in names for path in (folder / name).glob("*.tif") if path.is_file())
