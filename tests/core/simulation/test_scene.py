"""The ground of the railway corridor: rates, seasons, line and lengths known beforehand."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from groundline.core.simulation import profile, scene


def at(x, y):
    return float(scene.vertical_rate(np.array([x], float), np.array([y], float))[0])


@pytest.mark.parametrize(("bowl", "rate"), [(scene.URBAN, -40.0), (scene.MINING, -80.0), (scene.SPOT, -30.0)])
def test_each_bowl_has_its_peak_at_its_centre(bowl, rate):
    assert at(*bowl.centre) == pytest.approx(rate, abs=0.1)


def test_the_axes_of_a_bowl_lie_along_the_line():
    bowl = scene.Bowl("b", 0.0, 0.0, 2_000.0, 1_000.0, 2.0, -10.0)
    angle = scene.line_direction(0.0)
    ahead = bowl.rate(np.array(2_000.0 * np.cos(angle)), np.array(2_000.0 * np.sin(angle)))
    aside = bowl.rate(np.array(-1_000.0 * np.sin(angle)), np.array(1_000.0 * np.cos(angle)))
    assert float(ahead) == pytest.approx(-10.0 / np.e)
    assert float(aside) == pytest.approx(-10.0 / np.e)


def test_the_line_crosses_both_bowls_and_touches_the_spot():
    zones = profile.truth()["by_threshold"]["-10"]["zones"]
    lengths = [zone["length_m"] for zone in zones]
    lowest = [zone["min_mm_yr"] for zone in zones]
    assert lengths == pytest.approx([20_000.0, 15_000.0, 3_690.0], abs=30.0)
    assert lowest == pytest.approx([-40.0, -80.0, -27.0], abs=0.1)


def test_zones_by_hand():
    rate = np.array([0, -10, -12, 0, -11, -9.0])
    found = profile.zones(np.arange(0.0, 60.0, 10.0), rate, -10.0)
    assert [(z["from_m"], z["to_m"], z["min_mm_yr"], z["mean_mm_yr"]) for z in found] == [
        (10.0, 30.0, -12.0, -11.0), (40.0, 50.0, -11.0, -11.0)
    ]


def test_reference_towns_stand_still():
    for town in scene.REFERENCE_TOWNS:
        assert abs(at(town.x, town.y)) < 0.05
        assert scene.built_up(np.array(town.x), np.array(town.y), ()) == pytest.approx(1.0)


def test_displacement_is_rate_times_time_plus_a_season_on_open_land():
    first, year_later = date(2016, 3, 1), date(2017, 3, 1)
    rate, town, field = np.array(-20.0), np.array(1.0), np.array(0.0)
    moved = scene.vertical_displacement(rate, town, first, year_later)
    assert float(moved) == pytest.approx(-20.0 * 365 / 365.25)
    days = [first + timedelta(days=n) for n in range(366)]
    season = np.array([float(scene.vertical_displacement(np.array(0.0), field, first, day)) for day in days])
    assert np.ptp(season) == pytest.approx(10.0, abs=0.01)


def test_the_ground_is_highest_two_months_after_the_rain():
    start = date(2016, 1, 1)
    highest = max(range(366), key=lambda n: scene.season(start + timedelta(days=n)))
    assert highest / 365.25 == pytest.approx(scene.rain_peak() + 61 / 365.25, abs=1.5 / 365.25)
    # The wettest months are July and August: the annual term of the rain peaks between their middles.
    assert 196 < scene.rain_peak() * 365.25 < 227


def test_rain_of_a_year():
    assert sum(scene.CLIMATOLOGY) == 663.0
    assert sum(scene.CLIMATOLOGY[5:8]) == pytest.approx(0.6 * 663, rel=0.02)


def test_built_up_share_falls_over_the_rim():
    town = scene.Town("t", 0.0, 0.0, 1_000.0, 1_000.0, 0.8)
    share = town.share(np.array([0.0, 850.0, 1_000.0, 1_150.0]), np.zeros(4))
    np.testing.assert_allclose(share, [0.8, 0.8, 0.4, 0.0], atol=1e-12)


def test_the_plain_is_flat():
    x, y = np.meshgrid(np.linspace(-5e4, 5e4, 200), np.linspace(-2e4, 2e4, 100))
    height = scene.terrain(x, y)
    assert 36 < height.min() < 40
    assert 65 < height.max() < 69


def test_local_and_geographic_coordinates_are_inverse():
    x, y = np.array([-40_000.0, 3_000.0]), np.array([10_000.0, -5_000.0])
    lon, lat = scene.geographic(x, y)
    back = scene.local(lon, lat, "EPSG:4326")
    np.testing.assert_allclose(back, [x, y], atol=1e-3)
    assert 115.3 < lon[0] < 115.6
    assert 35.1 < lat[0] < 35.4
