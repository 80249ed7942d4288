"""A coregistered stack on the map: the lookup closes, motion lies where it was simulated, blocks do not show."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from groundline_tests.tops_images import WAVELENGTH, Images

from groundline.core import crs as systems
from groundline.core import ellipsoid, manifest, raster
from groundline.core.blocks import Compute
from groundline.core.geocoding.job import run_geocode
from groundline.core.geocoding.orbit_lookup import OrbitLookup, read_posts
from groundline.core.geocoding.params import GeocodeParams
from groundline.core.network.job import NetworkParams, run_network
from groundline.core.raster import StackReader
from groundline.core.sentinel1.geometry import rdr2geo
from groundline.core.sentinel1.interferograms_job import run_interferograms
from groundline.core.sentinel1.interferograms_params import InterferogramParams
from groundline.core.sentinel1.radarframe import frame_of
from groundline.core.stack import MAP, WRAPPED

DAYS = ("20250406", "20250418", "20250430")


@pytest.fixture(scope="module")
def network(slc: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("network") / "network"
    run_network(NetworkParams(slc, folder, max_bperp=500.0))
    return folder


@pytest.fixture(scope="module")
def looked(network: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Interferograms of 8 x 16 looks."""
    folder = tmp_path_factory.mktemp("looked") / "looked"
    return run_interferograms(InterferogramParams(str(network), str(folder), looks="8x16")).folder


@pytest.fixture(scope="module")
def mapped(looked: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """They on a map."""
    folder = tmp_path_factory.mktemp("mapped") / "map"
    return run_geocode(GeocodeParams(str(looked), str(folder), spacing=60.0)).folder


def truth(images: Images, folder: Path, first: str, second: str) -> np.ndarray:
    """Phase of earlier x conj(later) [rad] on the map that the simulated motion makes."""
    grid = manifest.load(folder).grid
    rows, columns = np.indices(grid.shape)
    lon, lat = systems.transform(*systems.pixel_centres(grid, rows, columns), grid.crs, systems.WGS84)
    motion = []
    for day in (first, second):
        values, own = raster.read_geotiff(images.folder / "truth" / f"los_{day}.tif")
        row, column = systems.pixel_of(own, lon, lat)
        motion.append(values[np.clip(row, 0, own.height - 1), np.clip(column, 0, own.width - 1)])
    return np.asarray(-4.0 * np.pi / WAVELENGTH * 1e-3 * (motion[1] - motion[0]))


def test_the_lookup_closes(looked: Path) -> None:
    stack = manifest.load(looked)
    frame = frame_of(stack)
    assert frame is not None and stack.dem is not None
    rows = np.linspace(0.0, stack.grid.height - 1.0, 23)[:, None]
    columns = np.linspace(0.0, stack.grid.width - 1.0, 5)[None, :]
    dem = manifest.resolve(looked, stack, stack.dem)
    height = 100.0 + np.zeros((23, 5))
    for _ in range(60):  # the ground that a pixel shows: its height is that of the DEM at its place
        lon, lat, _ = ellipsoid.geodetic(
            rdr2geo(frame.orbit, frame.times(rows), frame.ranges(columns), height)
        )
        posts = read_posts(dem, lon, lat)
        height += 0.5 * (posts.sample(lon, lat) - height)
    lon, lat, _ = ellipsoid.geodetic(rdr2geo(frame.orbit, frame.times(rows), frame.ranges(columns), height))
    x, y = systems.transform(lon, lat, systems.WGS84, systems.utm(float(lon[0, 0]), float(lat[0, 0])))
    utm = systems.utm(float(lon[0, 0]), float(lat[0, 0]))
    places = OrbitLookup(frame, posts, utm).at(x, y)
    assert np.ptp(height) > 50.0
    assert np.abs(places.rows - rows).max() < 1e-3 and np.abs(places.columns - columns).max() < 1e-3
    np.testing.assert_allclose(places.height, height, atol=1e-3)


def test_the_motion_lies_where_it_was_simulated(images: Images, mapped: Path) -> None:
    stack = manifest.load(mapped)
    assert stack.kind == WRAPPED and stack.frame == MAP and stack.grid.transform[1] == 60.0
    reader = StackReader(mapped, stack)
    for pair in stack.pairs:
        phase = reader.read(pair.items["phase"])
        left = np.exp(1j * (phase - truth(images, mapped, f"{pair.date1:%Y%m%d}", f"{pair.date2:%Y%m%d}")))
        known = np.isfinite(left)
        assert known.sum() > 1000  # a strip 360 m wide across the map
        assert np.sqrt(np.mean(np.angle(left[known] * np.conj(left[known].sum())) ** 2)) < 0.1
    reader.close()


def test_blocks_do_not_show(looked: Path, mapped: Path, tmp_path: Path) -> None:
    params = GeocodeParams(str(looked), str(tmp_path / "other"), spacing=60.0)
    other = run_geocode(params, compute=Compute(memory=64 * 2**20, workers=3)).folder
    files = sorted(path.relative_to(mapped) for path in mapped.rglob("*.tif"))
    assert len(files) > 10
    for name in files:
        assert (mapped / name).read_bytes() == (other / name).read_bytes(), name
