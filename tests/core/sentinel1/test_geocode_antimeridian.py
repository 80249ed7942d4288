"""The same scene at 180 degrees of longitude: the map is the same, but for its longitudes."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from groundline.core import crs as systems
from groundline.core import manifest, raster
from groundline.core.geocoding.job import run_geocode
from groundline.core.geocoding.params import GeocodeParams
from groundline.core.network.job import NetworkParams, run_network
from groundline.core.raster import StackReader
from groundline.core.sentinel1.interferograms_job import run_interferograms
from groundline.core.sentinel1.interferograms_params import InterferogramParams
from groundline.core.stack import Stack

SPACING = 0.0006


@pytest.fixture(scope="module")
def here(slc: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("here")
    run_network(NetworkParams(slc, base / "network", max_bperp=500.0))
    return run_interferograms(
        InterferogramParams(str(base / "network"), str(base / "looked"), looks="8x16")
    ).folder


def stack_of(folder: Path) -> Stack:
    return manifest.load(folder)


def turned(source: Path, folder: Path, degrees: float, orbits: bool) -> Path:
    """The stack with Earth, heights and orbits turned about the axis; without orbits: with its layers alone."""
    shutil.copytree(source, folder)
    document = json.loads((folder / "stack.json").read_text())
    facts = document["metadata"]
    angle = np.radians(degrees)
    turn = np.array(
        [[np.cos(angle), np.sin(angle), 0.0], [-np.sin(angle), np.cos(angle), 0.0], [0.0, 0.0, 1.0]]
    )
    for orbit in facts["orbits"].values():
        for name in ("positions", "velocities"):
            orbit[name] = (np.array(orbit[name]) @ turn).tolist()
    stack = stack_of(source)
    assert stack.dem is not None
    values, grid = raster.read_geotiff(manifest.resolve(source, stack, stack.dem))
    x, *others = grid.transform
    document["roots"]["turned"] = "."
    facts["dem"] = {"root": "turned", "path": "turned.tif"}
    raster.write_geotiff(
        folder / "turned.tif", values, raster.Grid(grid.width, grid.height, (x + degrees, *others), grid.crs)
    )
    path = folder / stack.geometry["longitude"].path
    lon, own = raster.read_geotiff(path)
    raster.write_geotiff(path, np.mod(lon + degrees + 180.0, 360.0) - 180.0, own)
    if not orbits:
        del facts["orbits"], facts["dem"]
    (folder / "stack.json").write_text(json.dumps(document))
    return folder


def middle(folder: Path) -> float:
    stack = stack_of(folder)
    return float(np.nanmean(StackReader(folder, stack).read(stack.geometry["longitude"])))


@pytest.mark.parametrize("orbits", [True, False], ids=["orbits", "layers"])
def test_longitudes_go_on_beyond_180(here: Path, tmp_path: Path, orbits: bool) -> None:
    degrees = round((180.0 - middle(here)) / SPACING) * SPACING
    plain = turned(here, tmp_path / "plain", 0.0, orbits)
    far = turned(here, tmp_path / "far", degrees, orbits)
    layers = raster.read_geotiff(far / "geometry" / "longitude.tif")[0]
    assert np.nanmin(layers) < -179.9 and np.nanmax(layers) > 179.9
    made = []
    for source in (plain, far):
        params = GeocodeParams(str(source), str(tmp_path / f"{source.name} map"), "EPSG:4326", SPACING)
        made.append(run_geocode(params).folder)
    first, second = (stack_of(folder) for folder in made)
    assert abs(first.grid.width - second.grid.width) <= 1 and first.grid.height == second.grid.height
    phases = [
        StackReader(folder, stack).read(stack.pairs[1].items["phase"])
        for folder, stack in zip(made, (first, second))
    ]
    east = second.grid.transform[0] - degrees - first.grid.transform[0]
    shift = round((east - 360.0 * round(east / 360.0)) / SPACING)
    before, after = phases[0][:, max(0, shift) :], phases[1][:, max(0, -shift) :]
    width = min(before.shape[1], after.shape[1])
    left = np.angle(np.exp(1j * (before[:, :width] - after[:, :width])))
    known = np.isfinite(left)
    assert known.sum() > 1000 and np.isfinite(before).sum() - known.sum() < 20
    assert np.sqrt(np.mean(left[known] ** 2)) < (1e-3 if orbits else 0.05)


@pytest.mark.parametrize("orbits", [True, False], ids=["orbits", "layers"])
def test_the_map_in_metres_goes_on_beyond_180(here: Path, tmp_path: Path, orbits: bool) -> None:
    far = turned(here, tmp_path / "far", 180.0 - middle(here), orbits)
    folder = run_geocode(GeocodeParams(str(far), str(tmp_path / "map"), spacing=60.0)).folder
    stack = stack_of(folder)
    assert systems.parse(stack.grid.crs).GetUTMZone() in (1, 60)
    shown = np.isfinite(StackReader(folder, stack).read(stack.pairs[0].items["phase"]))
    plain = run_geocode(GeocodeParams(str(here), str(tmp_path / "plain"), spacing=60.0)).folder
    before = stack_of(plain)
    here_shown = np.isfinite(StackReader(plain, before).read(before.pairs[0].items["phase"]))
    assert shown.sum() == pytest.approx(here_shown.sum(), rel=0.02)


def test_an_extent_beyond_180_may_count_either_way(here: Path, tmp_path: Path) -> None:
    far = turned(here, tmp_path / "far", 180.0 - middle(here), orbits=True)
    whole = GeocodeParams(str(far), str(tmp_path / "whole"), "EPSG:4326", SPACING)
    grid = stack_of(run_geocode(whole).folder).grid
    x, step, _, north, _, down = grid.transform
    grids = []
    for turns in (-360.0, 0.0, 360.0):
        box = (x + turns, north + 300 * down, x + turns + grid.width * step, north + 200 * down)
        made = run_geocode(
            replace(whole, output=str(tmp_path / f"{turns:g}"), extent=box, extent_crs="EPSG:4326")
        )
        grids.append(stack_of(made.folder).grid)
    assert grids[0] == grids[1] == grids[2] and grids[0].height == 100
