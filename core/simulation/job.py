"""Makes a whole scene in a folder: two stacks, the truth, the layers, and a page that explains them."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from .. import atomic, crs
from ..monitor import Monitor
from ..result import Result
from ..stack import Grid
from ..version import VERSION
from . import profile, saltmine_job, scene, singlelook_job, staging, tops_job, vectors
from .params import SALTMINE, SINGLELOOK, SIZES, TOPS, SimulateParams
from .readme import readme
from .track import Geometry, TrackMaker, writer

_LONGEST = "track040/interferograms/20150723_20150816/20150723_20150816.geo.unw.part-00000000.tif"
_BYTES = 3.2  # per pixel and raster, compressed


def run_simulate(params: SimulateParams, monitor: Monitor | None = None) -> Result:
    """Write the scene. An earlier scene in the folder stays until the new one is whole.

    Files are made in a hidden folder inside OUTPUT and moved at the end; a cancelled run with the
    same parameters goes on where it stopped, and a finished one makes only what is missing.
    """
    monitor = monitor or Monitor()
    params.validate()
    if params.scenario == SALTMINE:
        return saltmine_job.run_saltmine(params.saltmine(), monitor)
    if params.scenario == SINGLELOOK:
        return singlelook_job.run_singlelook(params.singlelook(), monitor)
    if params.scenario == TOPS:
        return tops_job.run_tops(params.tops(), monitor)
    monitor.step(0.0)
    output = Path(params.output).expanduser().absolute()
    geometries = _geometries(params)
    grids = _grids(params)
    key = staging.key(params.facts())
    finished = staging.fingerprint(output) == key
    folder = output if finished else staging.stage(output, key)
    atomic.check_path_length(folder / _LONGEST)
    write = writer(folder)
    makers = [TrackMaker(g, grid, params, folder, write) for g, grid in zip(geometries, grids)]
    with atomic.output_folder(output):
        _check_space(folder, makers)
    staging.begin(output, folder)

    tracks: dict[str, Any] = {}
    for number, maker in enumerate(makers):
        tracks[maker.geometry.folder] = maker.run(monitor.part(0.02 + 0.48 * number, 0.5 + 0.48 * number))
    monitor.step(0.99)
    result = _result(params, folder, makers, tracks)
    texts = _texts(params, tracks, result)
    for maker in makers:
        texts.update(maker.texts())
    for name, text in texts.items():
        atomic.write_text(folder / name, text)
    result.write({**params.facts(), "fingerprint": key}, VERSION)
    if not finished:
        staging.publish(folder, output)
    monitor.progress(1.0)
    monitor.info(f"Scene of {', '.join(tracks)} in {output}")
    files = {role: output / path.relative_to(folder) for role, path in result.files.items()}
    return replace(result, folder=output, files=files)


def _geometries(params: SimulateParams) -> tuple[Geometry, Geometry]:
    """The two ascending tracks of Zhu et al. (2020), Table 1."""
    _, first, second = SIZES[params.size]
    return (
        Geometry(40, "IW3", 43.8, -13.0, date(2018, 1, 8), first),
        Geometry(142, "IW1", 33.8, -13.0, date(2018, 1, 15), second),
    )


def _grids(params: SimulateParams) -> tuple[Grid, Grid]:
    """Track 40 in degrees over the whole scene, track 142 in UTM with finer pixels and a little less of it."""
    columns = params.columns or SIZES[params.size][0]
    spacing = 2.0 * scene.HALF_WIDTH / columns
    w, h = scene.HALF_WIDTH, scene.HALF_HEIGHT
    lon, lat = scene.geographic(np.array([-w, -w, w, w]), np.array([-h, h, -h, h]))
    degree = math.radians(1.0) * crs.EARTH_RADIUS
    step_lat = round(spacing / degree, 7)
    step_lon = round(spacing / (degree * math.cos(math.radians(float(lat.mean())))), 7)
    west, north = round(float(lon.min()), 6), round(float(lat.max()), 6)
    degrees = Grid(
        math.ceil((float(lon.max()) - west) / step_lon),
        math.ceil((north - float(lat.min())) / step_lat),
        (west, step_lon, 0.0, north, 0.0, -step_lat),
        crs.parse(crs.WGS84).ExportToWkt(),
    )
    fine = float(round(0.9 * spacing))
    left, top = scene.ORIGIN[0] - 46_000.0, scene.ORIGIN[1] + 20_500.0
    metres = Grid(
        int((w + 46_000.0) / fine),
        int((20_500.0 + h) / fine),
        (left, fine, 0.0, top, 0.0, -fine),
        crs.parse(scene.METRIC).ExportToWkt(),
    )
    return degrees, metres


def _check_space(folder: Path, makers: list[TrackMaker]) -> None:
    needed = sum(maker.steps * maker.grid.width * maker.grid.height * _BYTES for maker in makers)
    present = sum(file.stat().st_size for file in folder.rglob("*.tif")) if folder.is_dir() else 0
    atomic.check_free_space(folder if folder.is_dir() else folder.parent, max(0, int(needed) - present))


def _result(params: SimulateParams, folder: Path, makers: list[TrackMaker], tracks: dict[str, Any]) -> Result:
    truth = profile.truth()
    result = Result("simulate", folder)
    for maker in makers:
        number = maker.geometry.track
        facts = tracks[maker.geometry.folder]
        result.number(f"images_{number}", facts["images"], "", f"Images of track {number}")
        result.number(f"pairs_{number}", facts["pairs"], "", f"Interferograms of track {number}")
        result.number(
            f"missing_{number}", 100.0 * facts["missing_share"], "%", f"Pixels without phase, track {number}, mean"
        )
        result.files[f"stack_{number}"] = folder / maker.geometry.folder / "stack.json"
    affected = truth["by_threshold"]["-10"]["affected_length_m"]
    result.number("line_length", truth["line_length_m"], "m", "Length of the railway")
    result.number("affected_length", affected, "m", "Truth: length that sinks at 10 mm/yr or more")
    result.number("lowest_rate", truth["lowest_rate_mm_yr"], "mm/yr", "Truth: lowest vertical rate on the railway")
    result.number("seasonal_amplitude", scene.SEASONAL_AMPLITUDE, "mm", "Truth: annual amplitude of rural ground")
    result.number("seasonal_lag", scene.LAG_DAYS, "d", "Truth: days by which the ground follows the rain")
    result.tables["line"] = truth
    result.tables["tracks"] = tracks
    result.tables["bowls"] = [
        {"name": bowl.name, "peak_mm_yr": bowl.peak, "half_axes_m": [bowl.along, bowl.across], "power": bowl.power}
        for bowl in scene.BOWLS
    ]
    for role in ("railway", "reference_areas", "land_use"):
        result.files[role] = folder / f"{role}.geojson"
    result.files["velocity"] = folder / "truth" / makers[0].geometry.folder / "velocity_vertical.tif"
    result.files["readme"] = folder / "README.md"
    return result


def _texts(params: SimulateParams, tracks: dict[str, Any], result: Result) -> dict[str, str]:
    return {
        "railway.geojson": vectors.railway(),
        "reference_areas.geojson": vectors.reference_areas(),
        "coalfield.geojson": vectors.coalfield(),
        "workings.geojson": vectors.workings(),
        "land_use.geojson": vectors.land_use(),
        "precipitation.csv": vectors.precipitation(params.seed),
        "truth/profile.csv": vectors.truth_profile(),
        "README.md": readme(params, tracks, result),
    }
