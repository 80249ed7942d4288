"""Tilt, curvature, strain, damage class and the bias of vertical conversion, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from groundline.core.errors import InputError
from groundline.core.mining.pim_model import EAST, EXX, EXY, EYY, NORTH, WX, WXX, WY, WYY, W
from groundline.core.mining.surveyor import (
    DEFAULT_LIMITS,
    damage_class,
    deformation,
    parse_limits,
    principal,
    propagated,
    vertical_bias,
)

LIMITS = parse_limits(DEFAULT_LIMITS)


def test_default_limits_are_those_of_the_regulations() -> None:
    assert LIMITS.strain == (2.0, 4.0, 6.0)
    assert LIMITS.curvature == (0.2, 0.4, 0.6)
    assert LIMITS.tilt == (3.0, 6.0, 10.0)
    assert LIMITS.classes == 4


def test_limits_of_another_country_have_their_own_number_of_classes() -> None:
    # Poland's categories of mining land 0 to IV: radius of curvature 40, 20, 12, 6 km is 1/R in mm/m2.
    polish = parse_limits("strain 0.3 1.5 3 6; curvature 0.025 0.05 0.0833 0.1667; tilt 0.5 2.5 5 10")
    assert polish.classes == 5
    assert polish.curvature == pytest.approx([1 / 40, 1 / 20, 1 / 12, 1 / 6], abs=5e-5)
    strain, curvature, tilt = np.array([2.0]), np.array([0.03]), np.array([6.0])  # II, I, III: category III
    assert damage_class(np.array([0.1]), strain, curvature, tilt, polish)[0] == 3 + 1


def test_units_of_the_deformation() -> None:
    fields = np.zeros((11, 1))
    fields[W], fields[EAST], fields[NORTH] = 0.25, 0.03, -0.04
    fields[WX], fields[WY] = 0.003, 0.004  # 5 mm/m
    fields[WXX], fields[WYY] = 1e-4, -3e-4  # principal: 0.1 and -0.3 mm/m2
    fields[EXX], fields[EXY], fields[EYY] = 0.0, 0.001, 0.0  # +-1 mm/m
    found = deformation(fields, LIMITS)
    assert found.tilt[0] == pytest.approx(5.0)
    assert found.curvature[0] == pytest.approx(-0.3)
    assert abs(found.strain[0]) == pytest.approx(1.0)
    assert (found.subsidence[0], found.east[0], found.north[0]) == (0.25, 0.03, -0.04)
    assert found.damage[0] == 2.0  # tilt 5 and curvature 0.3 are both class II


def test_principal_value_is_the_eigenvalue_of_larger_size() -> None:
    xx, xy, yy = np.random.default_rng(0).normal(size=(3, 50))
    for index, found in enumerate(principal(xx, xy, yy)):
        values = np.linalg.eigvalsh([[xx[index], xy[index]], [xy[index], yy[index]]])
        assert found == pytest.approx(values[np.argmax(np.abs(values))])


@pytest.mark.parametrize(
    ("subsidence", "strain", "curvature", "tilt", "expected"),
    [
        (0.001, 0.1, 0.01, 0.1, 0),  # outside the trough
        (0.05, 0.1, 0.01, 0.1, 1),
        (0.05, -2.0, 0.2, 3.0, 1),  # limits belong to the lower class
        (0.05, -2.1, 0.0, 0.0, 2),
        (0.05, 0.0, 0.45, 0.0, 3),
        (0.05, 0.0, 0.0, 10.1, 4),
        (0.001, 0.0, 0.0, 10.1, 4),
    ],
)
def test_the_worst_quantity_decides(subsidence, strain, curvature, tilt, expected) -> None:
    arrays = [np.array([value]) for value in (subsidence, strain, curvature, tilt)]
    assert damage_class(*arrays, LIMITS)[0] == expected


@pytest.mark.parametrize(
    "text",
    ["", "strain 2 4 6", "strain 2 4; curvature 1 2 3; tilt 1 2", "strain 4 2; curvature 1 2; tilt 1 2",
     "strain a b; curvature 1 2; tilt 1 2", "shear 1; curvature 1; tilt 1", "strain 0; curvature 1; tilt 1"],
)  # fmt: skip
def test_limits_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="LIMITS"):
        parse_limits(text)


def test_vertical_bias_is_what_the_conversion_gets_wrong() -> None:
    fields = np.zeros((11, 2))
    fields[W], fields[EAST], fields[NORTH] = [0.2, 0.1], [0.05, -0.05], [0.01, 0.0]
    los = np.array([[-0.6, -0.6], [-0.1, -0.1], [0.79, 0.79]])
    d = los[0] * fields[EAST] + los[1] * fields[NORTH] - los[2] * fields[W]
    np.testing.assert_allclose(vertical_bias(fields, los), -d / los[2] - fields[W], atol=1e-15)
    los[0] = np.nan
    assert np.isnan(vertical_bias(fields, los)).all()


def test_propagation_keeps_correlations() -> None:
    slopes = np.array([[1.0, 1.0], [1.0, -1.0]])
    covariance = np.array([[4.0, 3.0], [3.0, 9.0]])
    np.testing.assert_allclose(propagated(slopes, covariance), np.sqrt([19.0, 7.0]))
