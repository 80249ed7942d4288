"""The ground of a burst's pixels: closes in the radar's coordinates and on the DEM."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from groundline.core import ellipsoid
from groundline.core.monitor import Monitor
from groundline.core.sentinel1 import geometry
from groundline.core.sentinel1.bursts import Burst, Scene, Swath
from groundline.core.sentinel1.bursts_area import bounds
from groundline.core.sentinel1.bursts_match import match
from groundline.core.sentinel1.bursts_scene import group_passes, join
from groundline.core.sentinel1.coregistration_burst import offsets_of
from groundline.core.sentinel1.geometry_baseline import line_of_sight
from groundline.core.sentinel1.geometry_dem import Dem
from groundline.core.sentinel1.geometry_grid import LonLatGrid, bilinear
from groundline.core.sentinel1.geometry_terrain import BurstGround
from groundline.core.sentinel1.geometry_volume import Volume
from groundline.core.sentinel1.safe import read_product
from groundline.core.sentinel1.safe_files import find_images

STEP = 1.0 / 600.0


@pytest.fixture(scope="module")
def swath(shared_data: Path) -> Swath:
    return read_product(find_images(shared_data / "s1-annotation-pair")[0], ("IW1",)).swaths[0]


@pytest.fixture(scope="module")
def scenes(shared_data: Path) -> tuple[Scene, Scene]:
    """Two dates of IW1."""
    products = [read_product(path, ("IW1",)) for path in find_images(shared_data / "s1-annotation-pair")]
    first, second = (join(one, [], Monitor()) for one in group_passes(products))
    return first, second


def mountains(swath: Swath, burst: Burst, amplitude: float) -> Dem:
    """Hills and valleys of 6 km over a burst; slopes up to 2 pi amplitude / 6 km."""
    west, south, east, north = bounds([burst], swath.orbit, (-3000.0, 6000.0))
    lon = west + STEP * np.arange(int((east - west) / STEP) + 2)[None, :]
    lat = north - STEP * np.arange(int((north - south) / STEP) + 2)[:, None]
    values = 1500.0 + amplitude * np.sin(2 * np.pi * lon / 0.0866) * np.cos(2 * np.pi * lat / 0.054)
    return Dem(LonLatGrid(values, west, north, STEP, STEP), float(values.min()), float(values.max()), "")


@pytest.mark.parametrize("amplitude", [0.0, 300.0, 2000.0])  # level; slopes of 0.3; of 2: layover
def test_a_burst_closes_on_the_dem_and_in_the_radar(amplitude: float, swath: Swath) -> None:
    burst = swath.bursts[4]
    dem = mountains(swath, burst, amplitude)
    lines, samples = (
        np.linspace(first, stop - 1.0, count)
        for (first, stop), count in ((burst.valid_lines, 41), (burst.valid_samples, 201))
    )
    ground = BurstGround(burst, swath.orbit, dem).at(lines, samples)
    assert np.abs(dem.grid.sample(ground.lon, ground.lat) - ground.height).max() < 1e-3
    back_lines, back_samples = geometry.burst_coordinates(burst, swath.orbit, ground.positions())
    assert np.abs(back_lines - lines[:, None]).max() < 1e-4
    assert np.abs(back_samples - samples).max() < 1e-4
    again = geometry.rdr2geo(swath.orbit, burst.times(back_lines), burst.ranges(back_samples), ground.height)
    assert np.abs(again - ground.positions()).max() < 1e-3


def test_a_level_dem_is_the_exact_solution_at_its_height(swath: Swath) -> None:
    burst = swath.bursts[0]
    ground = BurstGround(burst, swath.orbit, mountains(swath, burst, 0.0)).window((700, 703), (5000, 5004))
    exact = geometry.rdr2geo(
        swath.orbit, burst.times(np.arange(700, 703))[:, None], burst.ranges(np.arange(5000, 5004)), 1500.0
    )
    np.testing.assert_allclose(ground.positions(), exact, atol=1e-3)
    assert ground.height.shape == (3, 4)


def test_pixels_beyond_the_dem_are_missing(swath: Swath) -> None:
    burst = swath.bursts[4]
    dem = mountains(swath, burst, 300.0)
    half = dem.grid.values.copy()
    half[:, : half.shape[1] // 2] = np.nan
    cut = Dem(LonLatGrid(half, dem.grid.west, dem.grid.north, STEP, STEP), dem.low, dem.high, "")
    ground = BurstGround(burst, swath.orbit, cut).at(
        np.array([700.0]), np.linspace(0.0, burst.samples - 1.0, 101)
    )
    missing = np.isnan(ground.height[0])
    assert missing[:30].all() and not missing[-30:].any()
    assert np.array_equal(missing, np.isnan(ground.lon[0])) and np.array_equal(
        missing, np.isnan(ground.lat[0])
    )


def test_a_burst_on_the_date_line_is_continuous(swath: Swath) -> None:
    burst = swath.bursts[4]
    centre = geometry.rdr2geo(swath.orbit, np.array(burst.middle_time), burst.ranges(10_000.0))
    turn = np.radians(180.0 - ellipsoid.geodetic(centre)[0])
    matrix = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    orbit = type(swath.orbit)(
        swath.orbit.epoch,
        swath.orbit.times,
        swath.orbit.positions @ matrix.T,
        swath.orbit.velocities @ matrix.T,
        "turned",
    )
    dem = Dem(LonLatGrid(np.full((3, 3), 200.0), 178.0, 53.5, 2.0, 2.0), 200.0, 200.0, "")
    ground = BurstGround(burst, orbit, dem).at(np.array([700.0]), np.linspace(0.0, burst.samples - 1.0, 50))
    assert np.isfinite(ground.height).all() and ground.lon.min() < 180.0 < ground.lon.max()
    assert np.diff(ground.lon[0]).min() > 0.0


def test_heights_are_interpolated_as_scipy_does() -> None:
    rng = np.random.default_rng(4)
    values = rng.normal(size=(9, 12)).astype(np.float32)
    values[5, 7] = np.nan
    row, column = rng.uniform(-1.0, 10.0, (2, 4000))
    row[:4], column[:4] = (0.0, 8.0, 3.0, np.nan), (0.0, 11.0, 11.0, 2.0)  # corners, an edge, no place
    plain = map_coordinates(values, [row, column], np.float64, order=1, mode="constant", cval=np.nan)
    np.testing.assert_allclose(bilinear(values, row, column), plain, rtol=0.0, atol=1e-12)
    assert np.isfinite(plain[:3]).all() and np.isnan(plain).any()


def test_quantities_of_which_the_highest_power_vanishes_are_fitted_too(swath: Swath) -> None:
    """Over level ground a coefficient may come out as 0 exactly."""
    burst = swath.bursts[4]
    volume = Volume(burst, swath.orbit, -10.0, 10.0)
    levels = np.arange(8.0)[:, None] * np.round(ellipsoid.geodetic(volume.points)[2][0, 0])
    values = np.broadcast_to(levels[:, None, None, :], (8, *volume.points.shape[:3]))
    found = volume.fitted(values).at(np.array([700.0]), np.array([5000.0]), np.array([[0.0]]))
    np.testing.assert_allclose(found, 0.0, atol=1e-9)


def test_the_line_of_sight_of_pixels_is_that_of_the_orbit(swath: Swath) -> None:
    burst = swath.bursts[4]
    ground = BurstGround(burst, swath.orbit, mountains(swath, burst, 2000.0))
    lines, samples = (
        np.linspace(first, stop - 1.0, count)
        for (first, stop), count in ((burst.valid_lines, 31), (burst.valid_samples, 101))
    )
    found = ground.at(lines, samples)
    plain = line_of_sight(found.positions(), swath.orbit, burst.times(lines)[:, None])
    sight = ground.sight(lines, samples, found.height)
    for fast, exact in zip(sight, (plain.east, plain.north, plain.up)):
        np.testing.assert_allclose(fast, exact, rtol=0.0, atol=1e-8)


@pytest.mark.parametrize("late", [0.0, 600.0])  # lines by which the other image's bursts start later
def test_offsets_of_another_image_are_those_of_its_own_geometry(
    scenes: tuple[Scene, Scene], late: float
) -> None:
    """The polynomials against Newton's iteration (to 2e-6 lines) at places known to 0.1 mm, with slopes of 2."""
    reference, secondary = scenes
    interval = secondary.bursts["IW1"][0].azimuth_interval
    moved = tuple(
        replace(burst, azimuth_time=burst.azimuth_time + late * interval) for burst in secondary.bursts["IW1"]
    )
    secondary = replace(secondary, bursts={"IW1": moved})
    pair = next(pair for pair in match(reference, secondary) if pair.reference.index == 4)
    burst = pair.reference
    assert pair.line_shift == pytest.approx(-late, abs=10.0)
    dem = mountains(reference.swaths[0], burst, 2000.0)
    ground = BurstGround(burst, reference.orbit, dem)
    lines, samples = (
        np.linspace(first, stop - 1.0, count)
        for (first, stop), count in ((burst.valid_lines, 31), (burst.valid_samples, 101))
    )
    places = ground.at(lines, samples)
    down, farther = offsets_of(pair, secondary, ground.volume).at(lines, samples, places.height)
    around = pair.secondary.azimuth_time - 5.0, pair.secondary.stop_time + 5.0
    times, ranges = geometry.geo2rdr(secondary.orbit, places.positions(), around)
    np.testing.assert_allclose(down, pair.secondary.line_of(times) - lines[:, None], rtol=0.0, atol=3e-5)
    np.testing.assert_allclose(farther, ranges - burst.ranges(samples), rtol=0.0, atol=1e-4)
