"""Brings the images of a folder onto the pixels of one of them, and writes them as a stack."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from .. import atomic, crs, ellipsoid, finished, manifest
from ..blocks import Compute, map_blocks
from ..monitor import Monitor
from ..raster import Window, write_geotiff, writing
from ..result import Result
from ..stack import MAGNITUDE, RADAR, SLC, Acquisition, Grid, Item, Stack
from ..stage import refuse_locked, staging
from ..version import VERSION
from .bursts import Scene
from .bursts_area import bounds, needed
from .coregistration_burst import aligners, grounds_of
from .coregistration_layout import Layout, layout_of
from .coregistration_params import ALGORITHM, CoregisterParams
from .coregistration_rasters import (
    GEOMETRY,
    Complex64,
    DateRows,
    GeometryRows,
    ReferenceRows,
    lacking_share,
    windows_of,
)
from .coregistration_result import DateFacts, facts_of, fill, tell_lacking
from .coregistration_scenes import Scenes, mark_of, read_scenes
from .coregistration_shift import estimate_misregistration
from .geometry import rdr2geo
from .geometry_baseline import line_of_sight
from .geometry_dem import Dem, load_dem
from .radarframe import described
from .safe_measurement import Readers, check_measurement

ROOT = "stack"
SEA_LEVEL = (0.0, 0.0)
SLC_FOLDER, GEOMETRY_FOLDER = "slc", "geometry"
DEM_FILE = f"{GEOMETRY_FOLDER}/dem.tif"
BYTES = 8  # per pixel and date


def run_coregister(
    params: CoregisterParams, monitor: Monitor | None = None, compute: Compute | None = None
) -> Result:
    """Write the stack. A run that was stopped goes on with the dates that are missing."""
    monitor, compute = monitor or Monitor(), compute or Compute()
    params.validate()
    compute.validate()
    output = Path(params.output).expanduser().absolute()
    mark = mark_of(params)
    kept = finished.kept(output, mark, monitor, read="images")
    if kept is not None:
        return kept
    scenes = read_scenes(params, monitor.part(0.0, 0.02))
    reference = scenes.reference
    for scene in scenes.every:
        for swath in scene.swaths:
            check_measurement(swath)
    facts = {scene.date: facts_of(reference, scene) for scene in scenes.others}
    layout = layout_of(reference)
    windows = windows_of(layout, compute)
    dem = load_dem(
        params.dem,
        bounds(scenes.bursts, reference.orbit),
        needed(params.area, bounds(scenes.bursts, reference.orbit, SEA_LEVEL)),
    )
    monitor.info(dem.note)
    grounds = grounds_of(reference, dem)
    refuse_locked(output, [*(f"{SLC_FOLDER}/{scene.date:%Y%m%d}.tif" for scene in scenes.every)])
    with staging(output, (SLC_FOLDER, GEOMETRY_FOLDER), _earlier, resume=mark[:12]) as stage:
        pixels = layout.height * layout.width
        atomic.check_free_space(stage.folder, pixels * (BYTES * len(scenes.every) + 4 * len(GEOMETRY)))
        _write_dem(stage.path / DEM_FILE, dem)
        _write_geometry(
            stage.path,
            layout,
            windows,
            GeometryRows(layout, grounds),
            monitor.part(0.02, 0.2),
            compute,
        )
        found = None
        if params.esd:
            found = estimate_misregistration(
                reference, scenes.others, grounds, monitor.part(0.2, 0.35), compute.memory
            )
        heights = stage.path / GEOMETRY_FOLDER / "height.tif"
        for index, scene in enumerate(scenes.every):
            share = monitor.part(*(0.35 + 0.6 * step / len(scenes.every) for step in (index, index + 1)))
            with Readers() as readers:
                rows: Callable[[Window], Complex64]
                if scene is reference:
                    rows = ReferenceRows(layout, reference, readers)
                else:
                    late = found.late(scene.date) if found else 0.0
                    rows = DateRows(layout, aligners(reference, scene, grounds, late), heights, readers)
                _write_date(stage.path, scene, layout, windows, rows, share, compute)
        result = Result(ALGORITHM, stage.path)
        fill(result, scenes, layout, facts, found)
        tell_lacking(result, lacking_share(heights, layout, windows))
        result.files["height"] = heights
        monitor.step(0.97)
        from .coregistration_report import write_report  # brings in matplotlib

        stack = _stack(params, scenes, layout, facts)
        result.files["report"] = write_report(stage.path / "report.html", stack, result, found)
        monitor.check()
        manifest.save(stage.path, stack)
        finished.seal(result, mark, stage.path)
        result.write(params.plain(), VERSION)
    monitor.progress(1.0)
    return stage.published(result)


def _write_geometry(
    folder: Path,
    layout: Layout,
    windows: tuple[Window, ...],
    rows: GeometryRows,
    monitor: Monitor,
    compute: Compute,
) -> None:
    """All layers; they appear together."""
    paths = {role: folder / GEOMETRY_FOLDER / f"{role}.tif" for role in GEOMETRY}
    if all(path.is_file() for path in paths.values()):
        monitor.info("The geometry of an earlier run is used.")
        return
    with ExitStack() as opened:
        writers = {
            role: opened.enter_context(writing(path, layout.grid, *GEOMETRY[role]))
            for role, path in paths.items()
        }
        for _, made in map_blocks(rows, windows, compute, monitor):
            for role, writer in writers.items():
                writer.write(made[role])


def _write_dem(path: Path, dem: Dem) -> None:
    """The heights that were used, which geocoding needs again."""
    posts = dem.grid
    rows, columns = posts.values.shape
    west, north = posts.west - 0.5 * posts.east_step, posts.north + 0.5 * posts.south_step
    transform = (west, posts.east_step, 0.0, north, 0.0, -posts.south_step)
    grid = Grid(columns, rows, transform, str(crs.parse(crs.WGS84).ExportToWkt()))
    write_geotiff(path, posts.values, grid, "Height above the ellipsoid", "m")


def _write_date(
    folder: Path,
    scene: Scene,
    layout: Layout,
    windows: tuple[Window, ...],
    rows: Callable[[Window], Complex64],
    monitor: Monitor,
    compute: Compute,
) -> None:
    path = folder / SLC_FOLDER / f"{scene.date:%Y%m%d}.tif"
    if path.is_file():
        monitor.info(f"{scene.date} was finished by an earlier run.")
        return
    with writing(path, layout.grid, f"Coregistered image {scene.date}", complex_numbers=True) as writer:
        for _, made in map_blocks(rows, windows, compute, monitor):
            writer.write(made)


def _stack(
    params: CoregisterParams, scenes: Scenes, layout: Layout, facts: Mapping[date, DateFacts]
) -> Stack:
    reference = scenes.reference
    acquisitions = tuple(
        Acquisition(
            scene.date,
            bperp=round(facts[scene.date].bperp, 3) if scene.date in facts else 0.0,
            items={
                "slc": _item(f"{SLC_FOLDER}/{scene.date:%Y%m%d}.tif"),
                "amplitude": replace(_item(f"{SLC_FOLDER}/{scene.date:%Y%m%d}.tif"), part=MAGNITUDE),
            },
        )
        for scene in scenes.every
    )
    stack = Stack(
        kind=SLC,
        grid=layout.grid,
        wavelength=scenes.bursts[0].wavelength,
        acquisitions=acquisitions,
        geometry={role: _item(f"{GEOMETRY_FOLDER}/{role}.tif") for role in GEOMETRY},
        roots={ROOT: "."},
        frame=RADAR,
        family="sentinel1",
        metadata={
            "sensor": ", ".join(sorted({scene.platform for scene in scenes.every})),
            "track": reference.track,
            "swath": " ".join(reference.bursts),
            "orbit": scenes.direction,
            "polarisation": params.polarisation,
            **_angles(scenes),
            "range_looks": 1,
            "azimuth_looks": 1,
            "reference_date": reference.date.isoformat(),
            "bursts": [burst.label for burst in scenes.bursts],
            "azimuth_interval_s": scenes.bursts[0].azimuth_interval,
            "range_spacing_m": scenes.bursts[0].range_spacing,
            "dem": {"root": ROOT, "path": DEM_FILE},
            **described(
                scenes.bursts[0].epoch,
                layout.azimuth_time,
                layout.starting_range,
                [(scene.date, scene.orbit, _span(scene)) for scene in scenes.every],
            ),
        },
    )
    return stack.with_history(ALGORITHM, VERSION, params.plain(), {"images": params.plain()["input"]})


def _item(path: str) -> Item:
    return Item(ROOT, path)


def _span(scene: Scene) -> tuple[float, float]:
    """First and last time of an image's bursts [s from its orbit's epoch]."""
    bursts = [burst.since(scene.orbit.epoch) for bursts in scene.bursts.values() for burst in bursts]
    return min(burst.azimuth_time for burst in bursts), max(burst.stop_time for burst in bursts)


def _angles(scenes: Scenes) -> dict[str, float]:
    """Incidence, heading and slant range at the middle of the reference on the ellipsoid."""
    orbit, burst = scenes.reference.orbit, scenes.bursts[len(scenes.bursts) // 2]
    distance = burst.ranges(0.5 * (burst.samples - 1))
    times = np.array([burst.azimuth_time, burst.middle_time, burst.stop_time])
    points = rdr2geo(orbit, times, distance)
    lon, lat, _ = ellipsoid.geodetic(points)
    east, north, _ = ellipsoid.local_axes(lon[1], lat[1])
    path = points[2] - points[0]
    heading = math.degrees(math.atan2(float(path @ east), float(path @ north)))
    incidence = float(np.degrees(line_of_sight(points, orbit, times).incidence[1]))
    return {
        "incidence_deg": round(incidence, 4),
        "heading_deg": round(heading, 4),
        "slant_range_m": round(float(distance), 1),
    }


def _earlier(folder: Path) -> list[Path]:
    """Rasters that runs of this kind leave."""
    return sorted(
        path
        for name in (SLC_FOLDER, GEOMETRY_FOLDER)
        for path in (folder / name).glob("*.tif")
        if path.is_file()
    )
