"""Shared spectra: against the formula of the baseline and the carrier's rate."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from groundline.core.monitor import Monitor
from groundline.core.sentinel1.bursts_band import shared_bands
from groundline.core.sentinel1.bursts_match import BurstPair, match
from groundline.core.sentinel1.bursts_scene import group_passes, join
from groundline.core.sentinel1.carrier import carrier_of
from groundline.core.sentinel1.geometry import rdr2geo
from groundline.core.sentinel1.geometry_baseline import line_of_sight, middle_baseline
from groundline.core.sentinel1.orbit import Orbit
from groundline.core.sentinel1.safe import read_product
from groundline.core.sentinel1.safe_files import find_images


@pytest.fixture(scope="module")
def case(shared_data: Path) -> tuple[BurstPair, Orbit, Orbit]:
    products = [read_product(path, ("IW1",)) for path in find_images(shared_data / "s1-annotation-pair")]
    first, second = (join(one, [], Monitor()) for one in group_passes(products))
    return match(first, second)[4], first.orbit, second.orbit


def test_an_image_shares_everything_with_itself(case: tuple[BurstPair, Orbit, Orbit]) -> None:
    pair, orbit, _ = case
    same = shared_bands(replace(pair, secondary=pair.reference), orbit, orbit)
    assert same.azimuth == pytest.approx(1.0, abs=1e-6) and same.range == pytest.approx(1.0, abs=1e-6)


def test_the_range_share_follows_from_the_baseline(case: tuple[BurstPair, Orbit, Orbit]) -> None:
    pair, orbit, other = case
    burst = pair.reference
    _, perpendicular = middle_baseline(burst, orbit, pair.secondary, other)
    time, reach = np.array([burst.middle_time]), burst.ranges(np.array([0.5 * (burst.samples - 1)]))
    theta = line_of_sight(rdr2geo(orbit, time, reach), orbit, time).incidence[0]
    shift = burst.radar_frequency * abs(perpendicular) / (reach[0] * np.tan(theta))
    assert 1.0 - shared_bands(pair, orbit, other).range == pytest.approx(shift / 5.65e7, rel=0.03)


def test_the_azimuth_share_falls_with_wrong_synchronisation(case: tuple[BurstPair, Orbit, Orbit]) -> None:
    pair, orbit, _ = case
    burst = pair.reference
    late = replace(burst, azimuth_time=burst.azimuth_time + 0.010)
    rate, _, _ = carrier_of(burst, orbit).rates(0.5 * (burst.samples - 1))
    found = shared_bands(replace(pair, secondary=late), orbit, orbit)
    assert 1.0 - found.azimuth == pytest.approx(abs(float(rate)) * 0.010 / 327.0, rel=1e-3)


def test_the_real_pair_shares_more_than_nine_tenths(case: tuple[BurstPair, Orbit, Orbit]) -> None:
    found = shared_bands(*case)
    assert found.azimuth > 0.9 and found.range > 0.95
