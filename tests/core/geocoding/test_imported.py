"""Stacks of other processors in radar geometry: placed by their layers of longitude and latitude."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from groundline_tests.samples import TRUTH
from groundline_tests.samples_isce import write_isce

from groundline.core import crs as systems
from groundline.core import manifest, raster
from groundline.core.blocks import Compute
from groundline.core.errors import InputError
from groundline.core.formats.importing import import_stack
from groundline.core.formats.params import ImportParams
from groundline.core.geocoding.job import run_geocode
from groundline.core.geocoding.layer_lookup import layer_lookup, sampled
from groundline.core.geocoding.params import GeocodeParams
from groundline.core.raster import StackReader
from groundline.core.stack import MAP, RADAR, UNWRAPPED, Grid, Item, Stack


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("isce")
    truth = replace(TRUTH, shape=(40, 14))
    write_isce(base / "data", truth=truth)
    import_stack(ImportParams(str(base / "data"), str(base / "stack")))
    return base / "stack"


def test_an_isce_stack_comes_onto_the_map(imported: Path, tmp_path: Path) -> None:
    params = GeocodeParams(str(imported), str(tmp_path / "map"), crs="EPSG:4326")
    folder = run_geocode(params).folder
    stack, source = manifest.load(folder), manifest.load(imported)
    assert stack.frame == MAP and stack.kind == UNWRAPPED and source.frame == RADAR
    rows, columns = np.indices(stack.grid.shape)
    lon, lat = systems.pixel_centres(stack.grid, rows, columns)
    reader, radar = StackReader(folder, stack), StackReader(imported, source)
    phase = reader.read(stack.pairs[0].items["phase"])
    before = radar.read(source.pairs[0].items["phase"])
    place = [
        radar.read_double(source.geometry[role], raster.whole(source.grid))
        for role in ("longitude", "latitude")
    ]
    # Every cell has the phase of the pixel that stands nearest, to what a cell and a pixel differ by.
    known = np.argwhere(np.isfinite(phase))[::7]
    assert len(known) > 50
    step = max(np.nanmax(np.abs(np.diff(before, axis=axis))) for axis in range(2))
    for row, column in known:
        away = (place[0] - lon[row, column]) ** 2 + (place[1] - lat[row, column]) ** 2
        assert abs(phase[row, column] - before.flat[int(np.argmin(away))]) <= step + 1e-4
    assert {"incidence", "height"} <= set(stack.geometry) or {"los_elevation", "height"} <= set(
        stack.geometry
    )
    assert not any("bperp" in acquisition.items for acquisition in stack.acquisitions)


def test_blocks_do_not_show(imported: Path, tmp_path: Path) -> None:
    params = GeocodeParams(str(imported), str(tmp_path / "one"))
    one = run_geocode(params).folder
    two = run_geocode(replace(params, output=str(tmp_path / "two")), compute=Compute(64 * 2**20, 3)).folder
    for path in sorted(one.rglob("*.tif")):
        assert path.read_bytes() == (two / path.relative_to(one)).read_bytes(), path


def layers(folder: Path, lon: np.ndarray, lat: np.ndarray) -> Stack:
    """A stack of nothing but the two layers."""
    folder.mkdir()
    grid = Grid(lon.shape[1], lon.shape[0])
    items = {}
    for role, values in (("longitude", lon), ("latitude", lat)):
        with raster.writing(folder / f"{role}.tif", grid, double=True) as writer:
            writer.write(values)
        items[role] = Item("here", f"{role}.tif")
    stack = Stack(UNWRAPPED, grid, 0.0555, geometry=items, roots={"here": "."}, frame=RADAR)
    manifest.save(folder, stack)
    return stack


def test_steep_ground_is_inverted(tmp_path: Path) -> None:
    # A ridge whose slope shortens the ground to a fifth of what a pixel shows elsewhere.
    rows, columns = np.indices((60, 300), dtype=np.float64)
    ground = columns - 0.8 * 12.0 * np.sin(columns / 12.0 + 0.02 * rows)
    lon, lat = 11.0 + 4e-5 * ground - 2e-5 * rows, 45.0 + 1.2e-4 * rows + 6e-6 * ground
    stack = layers(tmp_path / "ridge", lon, lat)
    lookup = layer_lookup(tmp_path / "ridge", stack, sampled(tmp_path / "ridge", stack))
    found = lookup.at(lon[5:-5, 5:-5], lat[5:-5, 5:-5])
    np.testing.assert_allclose(found.rows, rows[5:-5, 5:-5], atol=0.02)
    np.testing.assert_allclose(found.columns, columns[5:-5, 5:-5], atol=0.06)


def test_angles_are_not_averaged_across_half_a_turn(tmp_path: Path) -> None:
    # The line of sight of an ascending track points west, where the angle from east turns from pi to -pi.
    rows, columns = np.indices((40, 60), dtype=np.float64)
    stack = layers(tmp_path / "stack", 11.0 + 1e-4 * columns, 45.0 - 1e-4 * rows)
    angle = np.angle(np.exp(1j * (np.pi + 1e-4 * (columns - 30.5))))
    raster.write_geotiff(tmp_path / "stack" / "phi.tif", angle, stack.grid)
    geometry = {**stack.geometry, "los_orientation": Item("here", "phi.tif")}
    manifest.save(tmp_path / "stack", replace(stack, geometry=geometry))
    params = GeocodeParams(str(tmp_path / "stack"), str(tmp_path / "map"), crs="EPSG:4326", spacing=0.00007)
    made = run_geocode(params).folder
    out = manifest.load(made)
    found = StackReader(made, out).read(out.geometry["los_orientation"])
    known = np.isfinite(found)
    assert known.sum() > 2000 and (found[known] < 0).any() and (np.abs(found[known]) > 3.13).all()


def test_real_layers_close(shared_data: Path, tmp_path: Path) -> None:
    # Sentinel-1 over Amsterdam, coregistered by SNAP; its layers are float32.
    folder = shared_data / "amsterdam-slc-pair" / "20230331-coreg.znap"
    lon, lat = (
        np.fromfile(folder / name / "0.0", ">f4").reshape(84, 338).astype(np.float64)
        for name in ("longitude_VV", "latitude_VV")
    )
    stack = layers(tmp_path / "amsterdam", lon, lat)
    lookup = layer_lookup(tmp_path / "amsterdam", stack, sampled(tmp_path / "amsterdam", stack))
    found = lookup.at(lon, lat)
    rows, columns = np.indices(lon.shape)
    known = np.isfinite(found.rows)
    assert known[1:-1, 1:-1].mean() > 0.99
    assert np.median(np.abs(found.columns - columns)[known]) < 0.02
    assert np.median(np.abs(found.rows - rows)[known]) < 0.02


def test_layers_without_coordinates_are_refused(tmp_path: Path) -> None:
    stack = layers(tmp_path / "empty", np.zeros((20, 20)), np.zeros((20, 20)))
    with pytest.raises(InputError, match="longitude and latitude of 0 of 400"):
        sampled(tmp_path / "empty", stack)
