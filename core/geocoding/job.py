"""Brings a stack from the radar's rows and columns onto a map.

result = run_geocode(GeocodeParams(input="interferograms", output="map", spacing=20.0))
"""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from .. import atomic, finished, manifest
from .. import crs as systems
from ..blocks import MIB, Compute, map_blocks
from ..errors import InputError
from ..monitor import Monitor
from ..raster import TILE, RasterWriter, writing
from ..result import Result
from ..sentinel1.radarframe import LOST_ON_MAPS, RadarFrame, frame_of
from ..stack import MAP, RADAR, RASTER, SLC, Item, Stack
from ..stage import refuse_locked, staging
from ..version import VERSION
from . import orbit_lookup
from .params import ALGORITHM, GeocodeParams
from .rows import COLUMNS, COMPUTED, ROWS, OrbitRows, TaskRows, lookup_file
from .target import Target, around, map_grid, parts_of
from .tasks import GEOMETRY_FOLDER, ROOT, Task, Work, work_of

LOOKUP = "lookup"  # in the stage only
BYTES = 500  # per part of a cell of a tile
LOOKUP_SHARE = 0.3


def run_geocode(
    params: GeocodeParams, monitor: Monitor | None = None, compute: Compute | None = None
) -> Result:
    """Write the stack on the map. A run that was stopped goes on with the files that are missing."""
    monitor, compute = monitor or Monitor(), compute or Compute()
    params.validate()
    compute.validate()
    folder = Path(params.input).expanduser().absolute()
    stack = _radar_stack(folder)
    frame = _frame(folder, stack)
    work = work_of(folder, stack, COMPUTED)
    items = [*(item for task in work.tasks for item in task.sources), *stack.place]
    mark = finished.fingerprint(ALGORITHM, params.plain(), folder, stack, items, [])
    output = Path(params.output).expanduser().absolute()
    kept = finished.earlier(output, mark)
    if kept is not None:
        monitor.info(
            "These parameters and inputs have been computed already: the results are kept as they are."
        )
        monitor.step(1.0)
        return kept
    monitor.step(0.0)
    job = _prepared(params, folder, stack, frame, work)
    _check_memory(job, compute)
    grid = job.target.grid
    monitor.info(
        f"{grid.height} x {grid.width} cells of {grid.transform[1]:g}, {job.target.parts[0]} x {job.target.parts[1]} "
        f"places in each; {len(work.tasks)} raster(s)."
    )
    files = [file.path for task in work.tasks for file in task.files]
    refuse_locked(output, [*files, *(_layer(role) for role in COMPUTED)])
    folders = tuple(
        sorted({str(Path(name).parent) for name in files if "/" in name} | {GEOMETRY_FOLDER, LOOKUP})
    )
    with staging(output, folders, _earlier, resume=mark[:12]) as stage:
        atomic.check_free_space(stage.folder, _disk(job, len(files)))
        _write_lookup(job, stage.path, monitor.part(0.0, LOOKUP_SHARE), compute)
        for number, task in enumerate(work.tasks):
            shares = (
                LOOKUP_SHARE + (0.95 - LOOKUP_SHARE) * step / len(work.tasks) for step in (number, number + 1)
            )
            _write_task(job, task, stage.path, monitor.part(*shares), compute)
        shutil.rmtree(stage.path / LOOKUP)
        out = _map_stack(params, job)
        result = Result(ALGORITHM, stage.path)
        _fill(result, job)
        monitor.step(0.96)
        manifest.save(stage.path, out)
        from .report import write_report  # brings in matplotlib

        result.files["report"] = write_report(stage.path / "report.html", stage.path, out, result)
        finished.seal(result, mark, stage.path)
        result.write(params.plain(), VERSION)
    monitor.progress(1.0)
    return replace(
        result, folder=output, files={role: stage.final(path) for role, path in result.files.items()}
    )


@dataclass(frozen=True, eq=False)
class _Job:
    folder: Path
    stack: Stack
    work: Work
    target: Target
    lookup: orbit_lookup.OrbitLookup


def _radar_stack(folder: Path) -> Stack:
    """A stack that can be geocoded; others are refused."""
    stack = manifest.load(folder)
    if stack.frame != RADAR or stack.layout != RASTER:
        shown = "on a map already" if stack.frame == MAP else "points"
        raise InputError("INPUT", f"{folder} ({shown})", "a stack of rasters in radar coordinates")
    if stack.kind == SLC:
        raise InputError(
            "INPUT",
            f"{folder} (images)",
            "interferograms or displacements: the phase of a single image is noise, whose mean over a cell is nothing",
            "Run 'network' and 'interferograms' first",
        )
    return stack


def _frame(folder: Path, stack: Stack) -> RadarFrame:
    frame = frame_of(stack)
    if frame is None or stack.dem is None:
        raise InputError(
            "INPUT",
            f"{folder} without orbits and heights",
            "a stack that knows its orbits and the heights of the ground",
            "Run 'coregister' again, and the steps after it",
        )
    return frame


def _prepared(params: GeocodeParams, folder: Path, stack: Stack, frame: RadarFrame, work: Work) -> _Job:
    dem = manifest.resolve(folder, stack, stack.dem or Item("", ""))
    heights = orbit_lookup.extremes(dem)
    sides = orbit_lookup.cell_sides(frame, 0.5 * sum(heights))
    grid = map_grid(params, *orbit_lookup.outline(frame, heights), sides)
    posts = orbit_lookup.read_posts(dem, *around(grid))
    east, north = systems.pixel_size(grid)
    # Rows follow the track, mostly north, and columns range, mostly east.
    density = north / sides[0], east / sides[1]
    target = Target(grid, parts_of(grid, density))
    return _Job(folder, stack, work, target, orbit_lookup.OrbitLookup(frame, posts, grid.crs))


def _check_memory(job: _Job, compute: Compute) -> None:
    """Refuse where tiles, writers and heights do not fit into the memory."""
    target = job.target
    strip = target.divided(target.strips[0])
    tile = target.divided(target.tiles(target.strips[0])[0])
    writers = TILE * (2 * 16 * target.fine.width + 2 * 4 * len(COMPUTED) * target.grid.width)
    need = compute.workers * (tile.height * tile.width * BYTES + 16 * strip.height * strip.width) + writers
    need += job.lookup.heights.values.nbytes
    if need > compute.memory:
        raise InputError(
            "Memory budget",
            f"{compute.memory // MIB} MiB",
            f"at least {need // MIB + 1} MiB for {compute.workers} worker(s)",
            "Raise the budget or lower the number of workers in the settings, or choose a smaller extent",
        )


def _disk(job: _Job, files: int) -> int:
    fine, grid = job.target.fine, job.target.grid
    return 16 * fine.width * fine.height + 4 * (files + len(COMPUTED)) * grid.width * grid.height


def _layer(role: str) -> str:
    return f"{GEOMETRY_FOLDER}/{role}.tif"


def _write_lookup(job: _Job, stage: Path, monitor: Monitor, compute: Compute) -> None:
    """Rows and columns of the map's cells, and the geometry; they appear together."""
    coordinates = {name: lookup_file(stage / LOOKUP, name) for name in (ROWS, COLUMNS)}
    layers = {role: stage / _layer(role) for role in COMPUTED}
    if all(path.is_file() for path in [*coordinates.values(), *layers.values()]):
        monitor.info("The lookup table of an earlier run is used.")
        return
    with ExitStack() as opened:
        table = {
            name: opened.enter_context(writing(path, job.target.fine, name, double=True))
            for name, path in coordinates.items()
        }
        writers = {
            role: opened.enter_context(writing(path, job.target.grid, *COMPUTED[role]))
            for role, path in layers.items()
        }
        for _, made in map_blocks(OrbitRows(job.lookup, job.target), job.target.strips, compute, monitor):
            table[ROWS].write(made.rows)
            table[COLUMNS].write(made.columns)
            for role, writer in writers.items():
                writer.write(made.layers[role])


def _write_task(job: _Job, task: Task, stage: Path, monitor: Monitor, compute: Compute) -> None:
    """The files of a task; they appear together."""
    if all((stage / file.path).is_file() for file in task.files):
        monitor.info(f"{task.files[0].path} was finished by an earlier run.")
        return
    rows = TaskRows(job.folder, job.stack, stage / LOOKUP, job.target, task)
    with ExitStack() as opened:
        writers: list[RasterWriter] = [
            opened.enter_context(writing(stage / file.path, job.target.grid, file.description, file.unit))
            for file in task.files
        ]
        for _, made in map_blocks(rows, job.target.strips, compute, monitor):
            for writer, values in zip(writers, made):
                writer.write(values)


def _map_stack(params: GeocodeParams, job: _Job) -> Stack:
    """What goes out: everything in the folder itself."""
    work = job.work
    out = replace(
        job.stack,
        grid=job.target.grid,
        frame=MAP,
        pairs=work.pairs,
        acquisitions=work.acquisitions,
        geometry={**work.geometry, **{role: Item(ROOT, _layer(role)) for role in COMPUTED}},
        products=work.products,
        roots={ROOT: "."},
        metadata={key: value for key, value in job.stack.metadata.items() if key not in LOST_ON_MAPS},
    )
    return out.with_history(ALGORITHM, VERSION, params.plain(), {"INPUT": job.folder.as_posix()})


def _fill(result: Result, job: _Job) -> None:
    grid = job.target.grid
    east, north = systems.pixel_size(grid)
    result.number("rows", grid.height, "", "Rows of the map")
    result.number("columns", grid.width, "", "Columns of the map")
    result.number("pixel_east", east, "m", "Cell size, east")
    result.number("pixel_north", north, "m", "Cell size, north")
    result.number("places", int(np.prod(job.target.parts)), "", "Places looked up in every cell")
    result.number(
        "rasters", sum(len(task.files) for task in job.work.tasks), "", "Rasters brought onto the map"
    )


def _earlier(folder: Path) -> list[Path]:
    """Rasters that an earlier run in the folder left, as its own stack names them."""
    try:
        stack = manifest.load(folder)
    except InputError:
        return []
    items = [item for pair in stack.pairs for item in pair.items.values()]
    items += [item for acquisition in stack.acquisitions for item in acquisition.items.values()]
    items += [*stack.geometry.values(), *stack.products.values()]
    return sorted({folder / item.path for item in items if stack.roots.get(item.root) == "."})
