"""Differential settlement, angular distortion, curvature."""

from __future__ import annotations

import numpy as np
import pytest

from groundline.core.corridor.settlement import angular_distortion, curvature, differential

MIDDLE = np.array([25.0, 75.0, 125.0, 175.0, 210.0])


def test_differential_settlement_by_hand() -> None:
    rate = np.array([0.0, -5.0, np.nan, -8.0, -1.0])
    got = differential(MIDDLE, rate)
    # -5 mm/yr over 50 m; nothing across the empty bin; +7 mm/yr over 35 m; nothing after the last bin
    np.testing.assert_allclose(got, [-10.0, np.nan, np.nan, 20.0, np.nan])
    # 10 mm in 100 m is 1 in 10,000
    np.testing.assert_allclose(angular_distortion(got), [100.0, np.nan, np.nan, 200.0, np.nan])


def test_curvature_of_a_parabola_with_uneven_bins() -> None:
    rate = 2e-3 * (MIDDLE - 100.0) ** 2  # second derivative 4e-3 mm/yr/m2, a sag
    got = curvature(MIDDLE, rate)
    assert np.isnan(got[[0, -1]]).all()
    np.testing.assert_allclose(got[1:-1], 4.0)


def test_a_uniform_tilt_has_no_curvature_but_distorts() -> None:
    rate = -0.1 * MIDDLE
    np.testing.assert_allclose(curvature(MIDDLE, rate)[1:-1], 0.0, atol=1e-12)
    np.testing.assert_allclose(differential(MIDDLE, rate)[:-1], -10.0)


def test_two_bins_have_a_difference_but_no_curvature() -> None:
    assert differential(MIDDLE[:2], np.array([0.0, 1.0]))[0] == pytest.approx(2.0)
    assert np.isnan(curvature(MIDDLE[:2], np.array([0.0, 1.0]))).all()
