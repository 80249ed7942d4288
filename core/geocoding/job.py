"""Brings a stack from the radar's rows and columns onto a map.

result = run_geocode(GeocodeParams(input="interferograms", output="map", spacing=20.0))
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from .. import atomic, finished, manifest
from .. import crs as systems
from ..blocks import Compute, Plan, check_memory, map_blocks
from ..errors import InputError
from ..monitor import Monitor
from ..raster import TILE, Float32, Window, writing
from ..result import Result
from ..sentinel1.radarframe import LOST_ON_MAPS
from ..stack import MAP, RADAR, RASTER, SLC, Acquisition, Item, Stack
from ..stage import refuse_locked, staging
from ..version import VERSION
from .baselines import BaselineRows, baseline_field
from .orbit_lookup import LAYERS
from .params import ALGORITHM, GeocodeParams
from .reference import on_map
from .rows import COLUMNS, ROWS, LookupRows, TaskRows, known_cells, lookup_file
from .showing import add_files
from .target import Target, ground_size
from .tasks import BPERP, GEOMETRY_FOLDER, ROOT, File, Work, work_of
from .ways import OUTDATED, Course, OrbitWay, mapped, orbit_way

LOOKUP = "lookup"  # in the stage only
BYTES = 500  # per part of a cell of a tile
LOOKUP_SHARE = 0.3
STRETCH = 0.01  # of lengths on the map that users are told of


def run_geocode(
    params: GeocodeParams, monitor: Monitor | None = None, compute: Compute | None = None
) -> Result:
    """Write the stack on the map. A run that was stopped goes on with the files that are missing."""
    monitor, compute = monitor or Monitor(), compute or Compute()
    params.validate()
    compute.validate()
    folder = Path(params.input).expanduser().absolute()
    stack = _radar_stack(folder)
    way = orbit_way(folder, stack)
    work = work_of(folder, stack, LAYERS if way else ())
    items = [*(item for task in work.tasks for item in task.sources), *stack.place]
    mark = finished.fingerprint(ALGORITHM, params.plain(), folder, stack, items, [])
    output = Path(params.output).expanduser().absolute()
    kept = finished.kept(output, mark, monitor)
    if kept is not None:
        return kept
    monitor.step(0.0)
    job = _Job(folder, stack, way, work, mapped(params, folder, stack, way))
    _check_memory(job, compute)
    grid, parts = job.course.target.grid, job.course.target.parts
    monitor.info(
        f"{grid.height} x {grid.width} cells of {grid.transform[1]:g}, {parts[0]} x {parts[1]} places in each; "
        f"{len(job.files)} raster(s)."
    )
    refuse_locked(output, job.files)
    folders = {str(Path(name).parent) for name in job.files if "/" in name} | {LOOKUP}
    with staging(output, tuple(sorted(folders)), _earlier, resume=mark[:12]) as stage:
        atomic.check_free_space(stage.folder, _disk(job))
        _write_lookup(job, stage.path, monitor.part(0.0, LOOKUP_SHARE), compute)
        known = known_cells(stage.path / LOOKUP, job.course.target)
        if not known:
            shutil.rmtree(stage.path)  # nothing to go on with
            raise InputError("EXTENT", "a part without a pixel of the radar", "a part that the images show")
        _write_all(job, stage.path, monitor.part(LOOKUP_SHARE, 0.95), compute)
        out = _map_stack(params, job)
        out = replace(out, reference=on_map(stack, out, stage.path / LOOKUP, job.course.target))
        shutil.rmtree(stage.path / LOOKUP)
        result = Result(ALGORITHM, stage.path)
        _fill(result, job, known)
        velocity = add_files(result, stage.path, out, Plan(job.course.target.strips, 0))
        monitor.step(0.96)
        from .report import write_report  # brings in matplotlib

        manifest.save(stage.path, out)
        result.files["report"] = write_report(stage.path / "report.html", stage.path, out, result, velocity)
        finished.seal(result, mark, stage.path)
        result.write(params.plain(), VERSION)
    monitor.progress(1.0)
    return stage.published(result)


@dataclass(frozen=True, eq=False)
class _Job:
    """way : by orbits; None by layers."""

    folder: Path
    stack: Stack
    way: OrbitWay | None
    work: Work
    course: Course

    @property
    def layers(self) -> dict[str, tuple[str, str]]:
        """What is computed for every cell."""
        return LAYERS if self.way else {}

    @property
    def dates(self) -> list[date]:
        """Dates whose baselines are computed."""
        return [day for day in self.stack.dates if self.way and day in self.way.frame.orbits]

    @property
    def files(self) -> list[str]:
        """Every raster of the map."""
        made = [file.path for task in self.work.tasks for file in task.files]
        return [*made, *(_layer(role) for role in self.layers), *(_bperp(day).path for day in self.dates)]


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


def memory_needed(target: Target, layers: int, workers: int) -> int:
    """Bytes at the peak: tiles in work, strips of the lookup table, and its writers with those of the layers."""
    strip = target.divided(target.strips[0])
    tile = target.divided(target.tiles(target.strips[0])[0])
    writers = TILE * (2 * 16 * target.fine.width + 2 * 4 * layers * target.grid.width)
    return workers * (tile.height * tile.width * BYTES + 16 * strip.height * strip.width) + writers


def _check_memory(job: _Job, compute: Compute) -> None:
    """Refuse where tiles and writers do not fit into the memory."""
    need = memory_needed(job.course.target, len(job.layers), compute.workers)
    check_memory(
        need,
        compute,
        f"for {compute.workers} worker(s)",
        "Raise the budget or lower the number of workers in the settings, or choose a smaller extent",
    )


def _disk(job: _Job) -> int:
    fine, grid = job.course.target.fine, job.course.target.grid
    return 16 * fine.width * fine.height + 4 * len(job.files) * grid.width * grid.height


def _layer(role: str) -> str:
    return f"{GEOMETRY_FOLDER}/{role}.tif"


def _bperp(day: date) -> File:
    path = f"{BPERP}/{day:%Y%m%d}.tif"
    return File(path, f"Perpendicular baseline {day}", "m", Item(ROOT, path))


def _write_lookup(job: _Job, stage: Path, monitor: Monitor, compute: Compute) -> None:
    """Rows and columns of the map's cells, and the layers computed with them; they appear together."""
    target, lookup = job.course.target, job.course.lookup
    coordinates = {name: lookup_file(stage / LOOKUP, name) for name in (ROWS, COLUMNS)}
    layers = {role: stage / _layer(role) for role in job.layers}
    if all(path.is_file() for path in [*coordinates.values(), *layers.values()]):
        monitor.info("The lookup table of an earlier run is used.")
        return
    with ExitStack() as opened:
        table = {
            name: opened.enter_context(writing(path, target.fine, name, double=True))
            for name, path in coordinates.items()
        }
        writers = {
            role: opened.enter_context(writing(path, target.grid, *LAYERS[role]))
            for role, path in layers.items()
        }
        for _, made in map_blocks(LookupRows(lookup, target, tuple(layers)), target.strips, compute, monitor):
            table[ROWS].write(made.rows)
            table[COLUMNS].write(made.columns)
            for role, writer in writers.items():
                writer.write(made.layers[role])


def _write_all(job: _Job, stage: Path, monitor: Monitor, compute: Compute) -> None:
    """Every raster of the stack, then the baselines."""
    table, target = stage / LOOKUP, job.course.target
    total = len(job.work.tasks) + len(job.dates)
    for number, task in enumerate(job.work.tasks):
        rows = TaskRows(job.folder, job.stack, table, target, task)
        _write(job, task.files, rows, stage, monitor.part(number / total, (number + 1) / total), compute)
    for number, day in enumerate(job.dates, len(job.work.tasks)):
        if job.way is not None:
            field = baseline_field(job.way.frame, day, job.way.heights)
            made = BaselineRows(field, table, stage / _layer("height"), target)
            share = monitor.part(number / total, (number + 1) / total)
            _write(job, (_bperp(day),), made, stage, share, compute)


def _write(
    job: _Job,
    files: tuple[File, ...],
    rows: Callable[[Window], list[Float32]],
    stage: Path,
    monitor: Monitor,
    compute: Compute,
) -> None:
    """Rasters that are made together; they appear together, and are kept where an earlier run finished them."""
    if all((stage / file.path).is_file() for file in files):
        monitor.info(f"{files[0].path} was finished by an earlier run.")
        return
    with ExitStack() as opened:
        writers = [
            opened.enter_context(
                writing(stage / file.path, job.course.target.grid, file.description, file.unit)
            )
            for file in files
        ]
        for _, made in map_blocks(rows, job.course.target.strips, compute, monitor):
            for writer, values in zip(writers, made):
                writer.write(values)


def _map_stack(params: GeocodeParams, job: _Job) -> Stack:
    """What goes out: everything in the folder itself."""
    work = job.work
    out = replace(
        job.stack,
        grid=job.course.target.grid,
        frame=MAP,
        pairs=work.pairs,
        acquisitions=tuple(_with_baseline(job, acquisition) for acquisition in work.acquisitions),
        geometry={**work.geometry, **{role: Item(ROOT, _layer(role)) for role in job.layers}},
        products=work.products,
        roots={ROOT: "."},
        metadata={key: value for key, value in job.stack.metadata.items() if key not in LOST_ON_MAPS},
    )
    return out.with_history(ALGORITHM, VERSION, params.plain(), {"INPUT": job.folder.as_posix()})


def _with_baseline(job: _Job, acquisition: Acquisition) -> Acquisition:
    if acquisition.date not in job.dates:
        return acquisition
    return replace(acquisition, items={**acquisition.items, BPERP: _bperp(acquisition.date).item})


def _fill(result: Result, job: _Job, known: int) -> None:
    target = job.course.target
    grid = target.grid
    east, north = systems.pixel_size(grid)
    result.number("rows", grid.height, "", "Rows of the map")
    result.number("columns", grid.width, "", "Columns of the map")
    result.number("pixel_east", east, "m", "Cell size, east")
    result.number("pixel_north", north, "m", "Cell size, north")
    result.number("cells", known, "", "Cells that the radar shows")
    result.number("places", target.parts[0] * target.parts[1], "", "Places looked up in every cell")
    result.number("rasters", len(job.files), "", "Rasters on the map")
    result.tables["kind"] = job.stack.kind
    result.tables["system"] = systems.parse(grid.crs).GetName()
    result.tables["way"] = "orbits and heights" if job.way else "longitude and latitude of the pixels"
    if job.way is None and job.stack.family == "sentinel1":
        result.warnings.append(OUTDATED)
    sides = ground_size(grid)
    if max(abs(sides[0] / east - 1.0), abs(sides[1] / north - 1.0)) > STRETCH:
        result.warnings.append(
            f"{result.tables['system']} stretches lengths here: a cell of {east:g} x {north:g} m is {sides[0]:.1f} x "
            f"{sides[1]:.1f} m on the ground. Areas and distances measured on this map are wrong; UTM keeps them."
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
