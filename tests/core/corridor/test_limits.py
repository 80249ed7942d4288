"""Limits for differential settlement, and traffic-light classes."""

from __future__ import annotations

import numpy as np
import pytest

from groundline.core.corridor.limits import SettlementLimit, over_limit, stretches, years_to_distortion
from groundline.core.corridor.trafficlight import CLASSES, class_lengths, class_limits, traffic_light
from groundline.core.errors import InputError


def test_limits_as_differential_settlement_by_hand() -> None:
    assert SettlementLimit().allowed == np.inf
    assert SettlementLimit(differential=1.0, base=20.0).allowed == pytest.approx(5.0)  # mm/yr per 100 m
    # 1:1000 over 100 m is 100 mm, in 10 years 10 mm/yr
    assert SettlementLimit(distortion=1000.0, years=10.0).allowed == pytest.approx(10.0)
    assert SettlementLimit(1.0, 20.0, 1000.0, 50.0).allowed == pytest.approx(2.0)  # the stricter one
    assert SettlementLimit(1.0, 20.0, 1000.0, 50.0).describe() == "1 mm/yr over 20 m; 1:1000 in 50 years"


def test_joints_over_the_limit_and_their_stretches() -> None:
    over = over_limit(np.array([5.0, 5.1, -6.0, np.nan, 7.0, 0.0]), SettlementLimit(1.0, 20.0))
    assert over.tolist() == [False, True, True, False, True, False]
    assert stretches(over) == [(1, 2), (4, 4)]
    assert stretches(np.zeros(3, bool)) == []


def test_years_until_the_distortion_is_reached() -> None:
    # 1:1000 is 1000 urad
    np.testing.assert_allclose(
        years_to_distortion(np.array([100.0, 50.0, 0.0, np.nan]), 1000.0), [10.0, 20.0, np.nan, np.nan]
    )


@pytest.mark.parametrize(
    ("limit", "message"),
    [
        (SettlementLimit(differential=0.0), "DIFFERENTIAL_LIMIT"),
        (SettlementLimit(base=-1.0), "DIFFERENTIAL_BASE"),
        (SettlementLimit(distortion=float("nan")), "DISTORTION_LIMIT"),
        (SettlementLimit(years=0.0), "DISTORTION_YEARS"),
    ],
)
def test_limits_that_cannot_be_are_named(limit, message) -> None:
    with pytest.raises(InputError, match=message):
        limit.validate()


def test_classes_of_subsidence_and_uplift() -> None:
    rate = np.array([0.0, -4.9, -5.0, -9.9, -10.0, 20.0, np.nan])
    names = [CLASSES[index] for index in traffic_light(rate, (-5.0, -10.0))]
    assert names == ["green", "green", "amber", "amber", "red", "green", "no data"]
    np.testing.assert_array_equal(traffic_light(-rate, (5.0, 10.0)), traffic_light(rate, (-5.0, -10.0)))


def test_class_limits_follow_the_threshold_where_they_are_not_given() -> None:
    assert class_limits(-10.0, None, None) == (-5.0, -10.0)
    assert class_limits(-10.0, None, -30.0) == (-15.0, -30.0)
    assert class_limits(-10.0, -2.0, None) == (-2.0, -10.0)


def test_lengths_per_class_add_up_to_the_line() -> None:
    lengths = class_lengths(np.array([0, 2, 2, 3]), np.array([100.0, 100.0, 50.0, 30.0]))
    assert lengths == {"green": 100.0, "amber": 0.0, "red": 150.0, "no data": 30.0}
