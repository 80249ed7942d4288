"""Zones of the line that move faster than a threshold."""

from __future__ import annotations

import numpy as np
import pytest

from groundline.core.corridor.zones import affected_bins, find_zones

NAN = np.nan
EDGES = np.append(np.arange(10) * 100.0, 950.0)  # ten bins, the last one 50 m long
#                 0     1      2      3     4    5      6     7     8      9
RATE = np.array([-1.0, -10.0, -12.0, -9.9, NAN, -20.0, -1.0, -1.0, -1.0, -15.0])


def test_zones_by_hand_without_bridging() -> None:
    zones = find_zones(EDGES, RATE, -10.0)
    assert [(zone.start, zone.stop) for zone in zones] == [(100.0, 300.0), (500.0, 600.0), (900.0, 950.0)]
    assert [zone.affected for zone in zones] == [200.0, 100.0, 50.0]
    first = zones[0]
    assert (first.minimum, first.mean, first.maximum, first.peak) == (-12.0, -11.0, -10.0, 250.0)


def test_bridged_bins_lengthen_the_zone_but_are_not_affected() -> None:
    # 200 m between the first two: one slower bin and one without data
    zones = find_zones(EDGES, RATE, -10.0, max_gap=200.0)
    assert [(zone.start, zone.stop, zone.length, zone.affected) for zone in zones] == [
        (100.0, 600.0, 500.0, 300.0),
        (900.0, 950.0, 50.0, 50.0),
    ]
    assert zones[0].mean == pytest.approx((-10.0 - 12.0 - 20.0) / 3)
    assert np.flatnonzero(affected_bins(zones, RATE, -10.0)).tolist() == [1, 2, 5, 9]
    assert len(find_zones(EDGES, RATE, -10.0, max_gap=199.0)) == 3


def test_short_zones_are_left_out_by_their_affected_length() -> None:
    zones = find_zones(EDGES, RATE, -10.0, min_length=100.0, max_gap=0.0)
    assert [zone.start for zone in zones] == [100.0, 500.0]
    assert not affected_bins(zones, RATE, -10.0)[9]


def test_positive_threshold_finds_uplift() -> None:
    zones = find_zones(EDGES, -RATE, 10.0)
    assert [(zone.start, zone.stop) for zone in zones] == [(100.0, 300.0), (500.0, 600.0), (900.0, 950.0)]
    assert (zones[0].maximum, zones[0].peak) == (12.0, 250.0)


def test_no_data_and_no_motion_make_no_zone() -> None:
    assert find_zones(EDGES, np.full(10, NAN), -10.0) == []
    assert find_zones(EDGES, np.zeros(10), -10.0) == []


def test_mean_weighs_bins_by_their_length() -> None:
    edges = np.array([0.0, 100.0, 150.0])
    zone = find_zones(edges, np.array([-10.0, -40.0]), -10.0)[0]
    assert zone.mean == pytest.approx((-10.0 * 100.0 - 40.0 * 50.0) / 150.0)
