"""A coregistered stack on the map: the lookup closes, motion lies where it was simulated, blocks do not show."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from groundline_tests.tops_images import WAVELENGTH, Images

from groundline.core import crs as systems
from groundline.core import ellipsoid, manifest, raster
from groundline.core.blocks import Compute
from groundline.core.errors import Cancelled, InputError
from groundline.core.geocoding.job import memory_needed, run_geocode
from groundline.core.geocoding.orbit_lookup import LAYERS, OrbitLookup, read_posts
from groundline.core.geocoding.params import GeocodeParams
from groundline.core.geocoding.target import Target, coordinates
from groundline.core.geocoding.ways import mapped as mapped_by
from groundline.core.geocoding.ways import orbit_way
from groundline.core.monitor import Monitor
from groundline.core.network.job import NetworkParams, run_network
from groundline.core.raster import StackReader
from groundline.core.sentinel1.geometry import geo2rdr, rdr2geo
from groundline.core.sentinel1.geometry_baseline import baseline, line_of_sight
from groundline.core.sentinel1.interferograms_job import run_interferograms
from groundline.core.sentinel1.interferograms_params import InterferogramParams
from groundline.core.sentinel1.radarframe import RadarFrame, frame_of
from groundline.core.stack import MAP, WRAPPED, Grid, Stack

UTM = 60.0  # m, spacing of the map


@pytest.fixture(scope="module")
def network(slc: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("network") / "network"
    run_network(NetworkParams(slc, folder, max_bperp=500.0))
    return folder


def interferograms(network: Path, folder: Path, looks: str) -> Path:
    return run_interferograms(InterferogramParams(str(network), str(folder), looks=looks)).folder


@pytest.fixture(scope="module")
def looked(network: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Interferograms of 8 x 16 looks."""
    return interferograms(network, tmp_path_factory.mktemp("looked") / "looked", "8x16")


@pytest.fixture(scope="module")
def mapped(looked: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """They on a map."""
    folder = tmp_path_factory.mktemp("mapped") / "map"
    return run_geocode(GeocodeParams(str(looked), str(folder), spacing=UTM)).folder


@pytest.fixture(scope="module")
def bare(looked: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stack without its orbits, as another processor's would be."""
    return stripped(looked, tmp_path_factory.mktemp("bare") / "bare")


def stripped(source: Path, folder: Path) -> Path:
    shutil.copytree(source, folder)
    document = json.loads((folder / "stack.json").read_text())
    del document["metadata"]["orbits"], document["metadata"]["dem"]
    document["family"] = "isce"
    (folder / "stack.json").write_text(json.dumps(document))
    return folder


def frame(folder: Path) -> tuple[Stack, RadarFrame]:
    stack = manifest.load(folder)
    found = frame_of(stack)
    assert found is not None
    return stack, found


def read(folder: Path, role: str) -> np.ndarray:
    stack = manifest.load(folder)
    return StackReader(folder, stack).read(stack.geometry[role])


def lonlat(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    grid = manifest.load(folder).grid
    rows, columns = np.indices(grid.shape)
    return systems.transform(*systems.pixel_centres(grid, rows, columns), grid.crs, systems.WGS84)


def truth(images: Images, folder: Path, first: str, second: str) -> np.ndarray:
    """Phase of earlier x conj(later) [rad] on the map that the simulated motion makes."""
    lon, lat = lonlat(folder)
    motion = []
    for day in (first, second):
        values, own = raster.read_geotiff(images.folder / "truth" / f"los_{day}.tif")
        row, column = systems.pixel_of(own, lon, lat)
        motion.append(values[np.clip(row, 0, own.height - 1), np.clip(column, 0, own.width - 1)])
    return np.asarray(-4.0 * np.pi / WAVELENGTH * 1e-3 * (motion[1] - motion[0]))


def scatter(phase: np.ndarray, expected: np.ndarray) -> float:
    """Rms [rad] of what is left, without its mean."""
    left = np.exp(1j * (phase - expected))
    left = left[np.isfinite(left)]
    return float(np.sqrt(np.mean(np.angle(left * np.conj(left.sum())) ** 2)))


def test_the_lookup_closes(looked: Path) -> None:
    stack, found = frame(looked)
    rows, columns = np.linspace(0.0, stack.grid.height - 1.0, 23)[:, None], np.linspace(0.0, 4.0, 5)[None, :]
    assert stack.dem is not None
    dem = manifest.resolve(looked, stack, stack.dem)
    height = np.full((23, 5), 100.0)
    for _ in range(60):  # the ground that a pixel shows: its height is that of the DEM at its place
        points = rdr2geo(found.orbit, found.times(rows), found.ranges(columns), height)
        lon, lat, _ = ellipsoid.geodetic(points)
        posts = read_posts(dem, lon, lat)
        height += 0.5 * (posts.sample(lon, lat) - height)
    places = OrbitLookup(found, dem).at(lon, lat)
    assert np.ptp(height) > 50.0
    assert np.abs(places.rows - rows).max() < 1e-3 and np.abs(places.columns - columns).max() < 1e-3
    np.testing.assert_allclose(places.layers["height"], height, atol=1e-3)


def test_orbits_survive_in_the_metadata(looked: Path, network: Path) -> None:
    # The frame's places are those that the processor itself wrote for every pixel.
    stack, found = frame(network)
    reader = StackReader(network, stack)
    lon, lat, height = (
        reader.read_double(stack.geometry[role], raster.whole(stack.grid))
        for role in ("longitude", "latitude", "height")
    )
    times, ranges = geo2rdr(found.orbit, ellipsoid.ecef(lon, lat, height), found.span)
    rows, columns = np.indices(stack.grid.shape)
    # float32 degrees: 0.4 m, and its mean over many pixels far less
    assert (
        abs(np.nanmean(found.rows(times) - rows)) < 1e-3
        and abs(np.nanmean(found.columns(ranges) - columns)) < 5e-3
    )
    assert np.nanmax(np.abs(found.rows(times) - rows)) < 0.05


def test_the_motion_lies_where_it_was_simulated(images: Images, mapped: Path) -> None:
    stack = manifest.load(mapped)
    assert stack.kind == WRAPPED and stack.frame == MAP and stack.grid.transform[1] == UTM
    reader = StackReader(mapped, stack)
    for pair in stack.pairs:
        phase = reader.read(pair.items["phase"])
        expected = truth(images, mapped, f"{pair.date1:%Y%m%d}", f"{pair.date2:%Y%m%d}")
        assert np.isfinite(phase).sum() > 1000  # a strip 360 m wide across the map
        assert scatter(phase, expected) < 0.1


def test_the_pattern_is_not_shifted(images: Images, mapped: Path) -> None:
    # The misfit of the pattern moved along the track has its least within a tenth of a cell of no shift.
    stack = manifest.load(mapped)
    pair = stack.pairs[1]
    phase = StackReader(mapped, stack).read(pair.items["phase"])
    expected = truth(images, mapped, f"{pair.date1:%Y%m%d}", f"{pair.date2:%Y%m%d}")
    slope = np.gradient(expected)[0]
    left = np.exp(1j * (phase - expected))
    known = np.isfinite(left) & np.isfinite(slope)
    rest = np.angle(left[known] * np.conj(left[known].sum()))
    shift = np.sum(rest * slope[known]) / np.sum(slope[known] ** 2)  # least squares, rows
    assert abs(shift) < 0.1


def test_looks_do_not_shift_the_map(network: Path, looked: Path) -> None:
    single, averaged = frame(network)[1], frame(looked)[1]
    rows, columns = np.arange(5.0), np.arange(5.0)
    # The middle of a cell of 8 x 16 pixels is between its fourth and fifth row.
    np.testing.assert_allclose(averaged.times(rows), single.times(8.0 * rows + 3.5), rtol=0, atol=1e-9)
    np.testing.assert_allclose(
        averaged.ranges(columns), single.ranges(16.0 * columns + 7.5), rtol=0, atol=1e-6
    )
    np.testing.assert_allclose(averaged.rows(averaged.times(rows)), rows, atol=1e-6)
    np.testing.assert_allclose(averaged.columns(averaged.ranges(columns)), columns, atol=1e-6)


def test_looks_give_the_same_map(images: Images, network: Path, mapped: Path, tmp_path: Path) -> None:
    fine = interferograms(network, tmp_path / "fine", "1x1")
    grid = manifest.load(mapped).grid
    x, dx, _, y, _, dy = grid.transform
    box = (x, y + 420 * dy, x + grid.width * dx, y + 220 * dy)  # the middle third
    params = GeocodeParams(str(fine), str(tmp_path / "map"), grid.crs, UTM, box, grid.crs)
    folder = run_geocode(params).folder
    stack = manifest.load(folder)
    assert json.loads((folder / "result.json").read_text())["numbers"]["places"]["value"] > 10
    pair = stack.pairs[1]
    phase = StackReader(folder, stack).read(pair.items["phase"])
    expected = truth(images, folder, f"{pair.date1:%Y%m%d}", f"{pair.date2:%Y%m%d}")
    slope = np.gradient(expected)[0]
    assert scatter(phase, expected) < 0.2
    left = np.exp(1j * (phase - expected))
    known = np.isfinite(left) & np.isfinite(slope)
    rest = np.angle(left[known] * np.conj(left[known].sum()))
    assert abs(np.sum(rest * slope[known]) / np.sum(slope[known] ** 2)) < 0.1


def test_geometry_and_baselines_are_those_of_the_cells(looked: Path, mapped: Path) -> None:
    stack, found = frame(looked)
    assert stack.dem is not None
    lon, lat = lonlat(mapped)
    height = read(mapped, "height")
    where = tuple(index[::97] for index in np.nonzero(np.isfinite(height)))
    posts = read_posts(manifest.resolve(looked, stack, stack.dem), lon, lat)
    np.testing.assert_allclose(height[where], posts.sample(lon[where], lat[where]), atol=1e-2)
    points = ellipsoid.ecef(lon[where], lat[where], height[where])
    times, _ = geo2rdr(found.orbit, points, found.span)
    sight = line_of_sight(points, found.orbit, times)
    expected_layers = {
        "incidence": sight.incidence, "los_east": sight.east, "los_north": sight.north, "los_up": sight.up,
    }  # fmt: skip
    for role, expected in expected_layers.items():
        np.testing.assert_allclose(read(mapped, role)[where], expected, atol=2e-5)
    out = manifest.load(mapped)
    reader = StackReader(mapped, out)
    for acquisition in out.acquisitions:
        other = found.orbits[acquisition.date]
        other_times, _ = geo2rdr(other, points, (float(other.times[0]), float(other.times[-1])))
        exact = baseline(points, found.orbit, times, other, other_times).perpendicular
        np.testing.assert_allclose(reader.read(acquisition.items["bperp"])[where], exact, atol=2e-3)
        assert np.mean(exact) == pytest.approx(acquisition.bperp, abs=1.0)


def test_layers_find_the_same_places_as_orbits(looked: Path, bare: Path) -> None:
    params = GeocodeParams(str(looked), "unused", spacing=UTM)
    stack = manifest.load(looked)
    by_orbit = mapped_by(params, looked, stack, orbit_way(looked, stack))
    without = manifest.load(bare)
    assert orbit_way(bare, without) is None
    by_layers = mapped_by(params, bare, without, None)
    target = Target(by_orbit.target.grid)
    differences = []
    for strip in target.strips:
        place = coordinates(target.grid, strip)
        first, second = by_orbit.lookup.at(*place), by_layers.lookup.at(*place)
        differences.append(
            np.stack([first.rows - second.rows, first.columns - second.columns]).reshape(2, -1)
        )
    apart = np.concatenate(differences, axis=1)
    apart = apart[:, np.isfinite(apart).all(axis=0)]
    assert apart.shape[1] > 1000
    sides = np.array([8 * 13.9, 16 * 3.9]) / UTM  # cells of the map in a cell of the radar
    assert np.abs(apart * sides[:, None]).max() < 0.05


def test_unknown_coordinates_do_not_poison_their_neighbours(bare: Path, tmp_path: Path) -> None:
    holed = tmp_path / "holed"
    shutil.copytree(bare, holed)
    stack = manifest.load(holed)
    for role in ("longitude", "latitude"):
        path = holed / stack.geometry[role].path
        values, grid = raster.read_geotiff(path)
        values[40:60, 2:4] = 0.0
        raster.write_geotiff(path, values, grid)
    whole = run_geocode(GeocodeParams(str(bare), str(tmp_path / "whole"), spacing=UTM)).folder
    part = run_geocode(GeocodeParams(str(holed), str(tmp_path / "part"), spacing=UTM)).folder
    first, second = read(whole, "incidence"), read(part, "incidence")
    assert 5 < np.isfinite(first).sum() - np.isfinite(second).sum() < 400
    both = np.isfinite(first) & np.isfinite(second)
    assert np.abs(first[both] - second[both]).max() < 1e-4


def test_missing_pixels_stay_missing(looked: Path, mapped: Path, tmp_path: Path) -> None:
    folder = tmp_path / "holed"
    shutil.copytree(looked, folder)
    stack = manifest.load(folder)
    path = folder / stack.pairs[0].items["coherence"].path
    values, grid = raster.read_geotiff(path)
    values[50:120] = np.nan
    raster.write_geotiff(path, values, grid)
    out = run_geocode(GeocodeParams(str(folder), str(tmp_path / "map"), spacing=UTM)).folder
    role = "coherence"
    holed, whole = (
        StackReader(where, manifest.load(where)).read(manifest.load(where).pairs[0].items[role])
        for where in (out, mapped)
    )
    gone = np.isfinite(whole) & ~np.isfinite(holed)
    shown = np.isfinite(values[30]).sum()  # columns with data
    assert gone.sum() == pytest.approx(70 * shown * 8 * 13.9 * 16 * 3.9 / UTM**2, rel=0.1)
    kept = np.isfinite(holed)
    assert np.mean(holed[kept] == whole[kept]) > 0.98  # all but the cells beside the hole


def test_blocks_do_not_show(looked: Path, mapped: Path, tmp_path: Path) -> None:
    params = GeocodeParams(str(looked), str(tmp_path / "other"), spacing=UTM)
    other = run_geocode(params, compute=Compute(memory=64 * 2**20, workers=3)).folder
    files = sorted(path.relative_to(mapped) for path in mapped.rglob("*.tif"))
    assert len(files) > 10
    for name in files:
        assert (mapped / name).read_bytes() == (other / name).read_bytes(), name


@pytest.mark.parametrize(
    ("crs", "spacing"),
    [("EPSG:4326", 0.0006), ("EPSG:4479", None), ("EPSG:4490", 0.001), ("EPSG:2436", 60.0)],
)
def test_systems(images: Images, looked: Path, tmp_path: Path, crs: str, spacing: float | None) -> None:
    params = GeocodeParams(str(looked), str(tmp_path / "map"), crs=crs, spacing=spacing)
    if crs == "EPSG:4479":  # positions in space are no map
        with pytest.raises(InputError, match="CRS"):
            run_geocode(params)
        return
    folder = run_geocode(params).folder
    stack = manifest.load(folder)
    assert systems.same(stack.grid.crs, crs) and stack.grid.transform[1] == spacing
    pair = stack.pairs[1]
    phase = StackReader(folder, stack).read(pair.items["phase"])
    assert scatter(phase, truth(images, folder, f"{pair.date1:%Y%m%d}", f"{pair.date2:%Y%m%d}")) < 0.1


def test_a_whole_image_fits_into_the_default_memory() -> None:
    # Three swaths at 10 m, single looks: 13,069 x 67,044 pixels; the heights are read tile by tile.
    target = Target(Grid(28_469, 22_586, (0.0, 10.0, 0.0, 0.0, 0.0, -10.0), "EPSG:32633"), (1, 3))
    assert memory_needed(target, len(LAYERS), workers=1) < 0.7 * Compute().memory


def test_an_extent_cuts_the_same_cells(mapped: Path, looked: Path, tmp_path: Path) -> None:
    whole = manifest.load(mapped).grid
    x, dx, _, y, _, dy = whole.transform
    box = (x + 20 * dx, y + 300 * dy, x + 80 * dx, y + 200 * dy)
    params = GeocodeParams(str(looked), str(tmp_path / "part"), whole.crs, UTM, box, whole.crs)
    folder = run_geocode(params).folder
    assert manifest.load(folder).grid.shape == (100, 60)
    part, full = read(folder, "incidence"), read(mapped, "incidence")[200:300, 20:80]
    np.testing.assert_allclose(part, full, atol=1e-6)


def test_an_extent_beside_the_image_is_refused(mapped: Path, looked: Path, tmp_path: Path) -> None:
    whole = manifest.load(mapped).grid
    x, dx, _, y, _, dy = whole.transform
    box = (x, y + 640 * dy, x + 20 * dx, y + 600 * dy)  # inside the map, but the strip is elsewhere
    with pytest.raises(InputError, match="without a pixel"):
        run_geocode(GeocodeParams(str(looked), str(tmp_path / "map"), whole.crs, UTM, box, whole.crs))
    assert not list((tmp_path / "map").iterdir())


class Stops(Monitor):
    """Cancels once a file has been made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def cancelled(self) -> bool:
        return bool(finished_files(self.folder))


def finished_files(folder: Path) -> list[Path]:
    return [path for path in folder.glob(".part-run-*/coherence/*.tif") if ".part-" not in path.name]


def test_a_stopped_run_goes_on(looked: Path, mapped: Path, tmp_path: Path) -> None:
    params = GeocodeParams(str(looked), str(tmp_path / "map"), spacing=UTM)
    with pytest.raises(Cancelled):
        run_geocode(params, Stops(tmp_path / "map"))
    assert not (tmp_path / "map" / "stack.json").exists()
    kept = finished_files(tmp_path / "map")[0]
    before = kept.stat().st_mtime_ns
    result = run_geocode(params)
    assert (result.folder / "coherence" / kept.name).stat().st_mtime_ns == before
    assert not list(result.folder.glob(".part*")) and not (result.folder / "lookup").exists()
    again = run_geocode(params)
    assert (
        again.files["report"].is_file()
        and (result.folder / "coherence" / kept.name).stat().st_mtime_ns == before
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"crs": "EPSG:4326", "spacing": 20.0}, "SPACING"),
        ({"spacing": 0.0002}, "SPACING"),
        ({"spacing": -5.0}, "SPACING"),
        ({"spacing": 90_000.0}, "SPACING"),
        ({"spacing": 0.5}, "SPACING"),
        ({"crs": "EPSG:0"}, "CRS"),
        ({"extent": (0.0, 0.0, 1.0, 1.0), "extent_crs": "EPSG:4326"}, "EXTENT"),
        ({"extent": (1.0, 0.0, 0.0, 1.0), "extent_crs": "EPSG:4326"}, "EXTENT"),
    ],
)
def test_what_cannot_be_used_is_named(looked: Path, tmp_path: Path, change: dict, field: str) -> None:
    with pytest.raises(InputError) as caught:
        run_geocode(replace(GeocodeParams(str(looked), str(tmp_path / "out")), **change))
    assert caught.value.field == field and not (tmp_path / "out").exists()


def test_a_map_that_stretches_lengths_says_so(looked: Path, tmp_path: Path) -> None:
    # At 35.6 degrees of latitude Web Mercator shows 0.81 m as 1 m.
    for crs, spacing, said in (("EPSG:3857", 100.0, ["100 x 100 m is 81"]), ("EPSG:4326", 0.001, [])):
        params = GeocodeParams(str(looked), str(tmp_path / crs[5:]), crs=crs, spacing=spacing)
        warnings = run_geocode(params).warnings
        assert len(warnings) == len(said) and all(text in told for text, told in zip(said, warnings))


@pytest.mark.parametrize(
    ("name", "value"),
    [("azimuth_looks", 0), ("range_spacing_m", float("nan")), ("epoch", "2025-04-06T00:00:00+00:00"), ("epoch", 3)],
)
def test_a_damaged_frame_is_named(looked: Path, name: str, value: object) -> None:
    stack = manifest.load(looked)
    with pytest.raises(InputError, match="radar frame that cannot be read"):
        frame_of(replace(stack, metadata={**stack.metadata, name: value}))


def test_stacks_that_cannot_be_mapped_are_told_why(
    slc: Path, mapped: Path, bare: Path, tmp_path: Path
) -> None:
    out = str(tmp_path / "out")
    with pytest.raises(InputError, match="interferograms"):
        run_geocode(GeocodeParams(str(slc), out))
    with pytest.raises(InputError, match="map already"):
        run_geocode(GeocodeParams(str(mapped), out))
    lost = tmp_path / "lost"
    shutil.copytree(bare, lost)
    stack = manifest.load(lost)
    geometry = {role: item for role, item in stack.geometry.items() if role != "longitude"}
    manifest.save(lost, replace(stack, geometry=geometry))
    with pytest.raises(InputError, match="Run 'coregister' again"):
        run_geocode(GeocodeParams(str(lost), out))
