"""The ground of a burst's pixels: closes in the radar's coordinates and on the DEM."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from groundline.core import ellipsoid
from groundline.core.sentinel1 import geometry
from groundline.core.sentinel1.bursts import Burst, Swath
from groundline.core.sentinel1.bursts_area import bounds
from groundline.core.sentinel1.geometry_dem import Dem
from groundline.core.sentinel1.geometry_grid import LonLatGrid
from groundline.core.sentinel1.geometry_terrain import BurstGround
from groundline.core.sentinel1.safe import read_product
from groundline.core.sentinel1.safe_files import find_images

STEP = 1.0 / 600.0


@pytest.fixture(scope="module")
def swath(shared_data: Path) -> Swath:
    return read_product(find_images(shared_data / "s1-annotation-pair")[0], ("IW1",)).swaths[0]


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


def test_known_heights_give_the_same_ground(swath: Swath) -> None:
    burst = swath.bursts[4]
    ground = BurstGround(burst, swath.orbit, mountains(swath, burst, 300.0))
    lines, samples = np.arange(700.0, 733.0), np.arange(5000.0, 5040.0)
    found = ground.at(lines, samples)
    again = ground.above(lines, samples, found.height.astype(np.float32))
    assert np.abs(again.positions() - found.positions()).max() < 1e-3
