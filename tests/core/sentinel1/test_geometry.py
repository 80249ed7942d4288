"""Geometry: there and back, baselines against ISCE2, signs by raising the ground."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from groundline_tests.samples_sentinel1 import circular

from groundline.core import ellipsoid
from groundline.core.sentinel1 import geometry
from groundline.core.sentinel1.bursts import Product
from groundline.core.sentinel1.geometry_baseline import baseline, line_of_sight, middle_baseline
from groundline.core.sentinel1.orbit import Orbit
from groundline.core.sentinel1.safe import read_product
from groundline.core.sentinel1.safe_files import find_images


@pytest.fixture(scope="module")
def pair(shared_data: Path) -> tuple[Product, Product]:
    first, second = (read_product(path) for path in find_images(shared_data / "s1-annotation-pair"))
    return first, second


def test_six_baselines_are_those_of_isce(pair: tuple[Product, Product], shared_data: Path) -> None:
    text = (shared_data / "s1-annotation-pair" / "topsProc.xml").read_text(encoding="utf-8")
    for swath, other in zip(*(product.swaths for product in pair)):
        for position, which in ((0, "first"), (-1, "last")):
            parallel, perpendicular = middle_baseline(
                swath.bursts[position], swath.orbit, other.bursts[position], other.orbit
            )
            for name, found in (("Bpar", parallel), ("Bperp", perpendicular)):
                key = f"IW-{swath.name[-1]}_{name}_at_midrange_for_{which}_common_burst"
                assert found == pytest.approx(float(re.search(f"<{key}>(.*?)<", text)[1]), abs=0.02)


def test_a_burst_closes_there_and_back(pair: tuple[Product, Product]) -> None:
    burst, orbit = pair[0].swaths[2].bursts[3], pair[0].swaths[2].orbit
    lines = np.linspace(0.0, burst.lines - 1.0, 31)[:, None]
    samples = np.linspace(0.0, burst.samples - 1.0, 61)[None, :]
    heights = 1500.0 * np.sin(lines) * np.cos(samples)
    points = geometry.rdr2geo(orbit, burst.times(lines), burst.ranges(samples), heights)
    assert np.abs(ellipsoid.geodetic(points)[2] - heights).max() < 1e-6
    back_lines, back_samples = geometry.burst_coordinates(burst, orbit, points)
    assert np.abs(back_lines - lines).max() < 1e-4
    assert np.abs(back_samples - samples).max() < 1e-4
    again = geometry.rdr2geo(orbit, burst.times(back_lines), burst.ranges(back_samples), heights)
    assert np.abs(again - points).max() < 1e-3


def test_points_are_where_esa_put_them(shared_data: Path) -> None:
    # The annotation's geolocation grid, at the heights that it states itself.
    path = next((shared_data / "s1-annotation-pair").glob("*0406*.SAFE"))
    swath = read_product(path, ("IW2",)).swaths[0]
    text = next(path.glob("annotation/*iw2*.xml")).read_text(encoding="utf-8")
    grid = re.findall(
        "<geolocationGridPoint>.*?<azimuthTime>(.*?)<.*?<slantRangeTime>(.*?)<.*?<latitude>(.*?)<"
        ".*?<longitude>(.*?)<.*?<height>(.*?)<.*?<incidenceAngle>(.*?)<",
        text,
        flags=re.S,
    )[::7]
    times = np.array([(datetime.fromisoformat(row[0]) - swath.orbit.epoch).total_seconds() for row in grid])
    tau, lat, lon, height, incidence = np.array([row[1:] for row in grid], np.float64).T
    points = geometry.rdr2geo(swath.orbit, times, tau * 299792458 / 2, height)
    miss = points - ellipsoid.ecef(lon, lat, height)
    assert np.sqrt((miss**2).sum(axis=-1)).max() < 0.02  # its times are rounded to 1 us, 7 mm
    # ESA's incidence is against the direction from the Earth's centre, ours against the ellipsoid's normal.
    towards = swath.orbit.at(times).position - points
    cosine = (
        (towards * points).sum(axis=-1) / np.linalg.norm(towards, axis=-1) / np.linalg.norm(points, axis=-1)
    )
    np.testing.assert_allclose(np.degrees(np.arccos(cosine)), incidence, atol=1e-6)
    sight = line_of_sight(points, swath.orbit, times)
    np.testing.assert_allclose(np.degrees(sight.incidence), incidence, atol=0.05)


def test_the_perpendicular_baseline_has_our_sign_and_size(pair: tuple[Product, Product]) -> None:
    one, other = (product.swaths[0] for product in pair)
    burst, partner = one.bursts[4], other.bursts[4]
    time, reach = np.full(2, burst.middle_time), np.full(2, float(burst.ranges(10_000.0)))
    points = geometry.rdr2geo(
        one.orbit, time, reach, np.array([0.0, 10.0])
    )  # same pixel, 10 m apart in height
    times, ranges = geometry.geo2rdr(other.orbit, points, geometry.span_of(partner))
    found = baseline(points, one.orbit, time, other.orbit, times)
    sine = np.sin(line_of_sight(points, one.orbit, time).incidence[0])
    assert (ranges[1] - ranges[0]) / 10.0 == pytest.approx(
        found.perpendicular[0] / (reach[0] * sine), rel=5e-3
    )
    assert ranges[0] - reach[0] == pytest.approx(-found.parallel[0], abs=0.02)


def test_the_line_of_sight_of_an_ascending_right_looking_satellite(pair: tuple[Product, Product]) -> None:
    swath = pair[0].swaths[0]
    burst = swath.bursts[0]
    point = geometry.rdr2geo(swath.orbit, np.array([burst.middle_time]), burst.ranges(np.array([9000.0])))
    sight = line_of_sight(point, swath.orbit, np.array([burst.middle_time]))
    assert sight.east[0] < -0.4 and sight.up[0] > 0.7 and abs(sight.north[0]) < 0.2
    assert sight.east[0] ** 2 + sight.north[0] ** 2 + sight.up[0] ** 2 == pytest.approx(1.0)
    assert np.cos(sight.incidence[0]) == pytest.approx(sight.up[0])


def test_a_descending_pass_looks_to_the_west() -> None:
    times = np.arange(-40.0, 41.0, 10.0)
    orbit = Orbit(datetime(2025, 1, 1), times, *circular(times + 0.5 * 5_924.6), "POEORB")  # southwards
    assert orbit.at(0.0).velocity[2] < -7000.0
    moment = np.array([0.0])
    sight = line_of_sight(geometry.rdr2geo(orbit, moment, np.array([850e3])), orbit, moment)
    assert sight.east[0] > 0.4 and abs(sight.north[0]) < 0.2


def test_a_pass_over_midnight() -> None:
    midnight = 86_400.0
    times = midnight + np.arange(-40.0, 41.0, 10.0)
    orbit = Orbit(datetime(2025, 1, 1), times, *circular(times), "POEORB")
    wanted = midnight + np.linspace(-1.5, 1.5, 7)
    points = geometry.rdr2geo(orbit, wanted, np.full(7, 850e3))
    span = (midnight - 2.0, midnight + 2.0)
    found, ranges = geometry.geo2rdr(orbit, points, span)
    assert np.abs(found - wanted).max() < 5e-9 and np.abs(ranges - 850e3).max() < 1e-6
    next_day = orbit.since(datetime(2025, 1, 2))
    again, _ = geometry.geo2rdr(next_day, points, (-2.0, 2.0))
    assert np.abs(again + midnight - found).max() < 1e-8


def test_a_whole_data_take_is_one_span() -> None:
    times = np.arange(-90.0, 91.0, 10.0)
    orbit = Orbit(datetime(2025, 1, 1), times, *circular(times), "POEORB")
    wanted = np.linspace(-59.0, 59.0, 119)
    points = geometry.rdr2geo(orbit, wanted, np.full(119, 850e3), 500.0)
    found, ranges = geometry.geo2rdr(orbit, points, (-60.0, 60.0))
    assert np.abs(found - wanted).max() < 5e-9 and np.abs(ranges - 850e3).max() < 1e-5


def test_points_outside_the_span_and_missing_points_are_missing() -> None:
    times = np.arange(-40.0, 41.0, 10.0)
    orbit = Orbit(datetime(2025, 1, 1), times, *circular(times), "POEORB")
    points = geometry.rdr2geo(orbit, np.array([-3.0, 0.5, 0.0]), np.full(3, 850e3))
    points[2] = np.nan
    found, ranges = geometry.geo2rdr(orbit, points, (-1.0, 1.0))
    assert np.isnan(found).tolist() == [True, False, True] == np.isnan(ranges).tolist()


def test_a_range_shorter_than_the_height_of_the_satellite_sees_nothing() -> None:
    times = np.arange(0.0, 41.0, 10.0)
    orbit = Orbit(datetime(2025, 1, 1), times, *circular(times), "POEORB")
    assert np.isnan(geometry.rdr2geo(orbit, np.array(20.0), np.array(500e3))).all()
