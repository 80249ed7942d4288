"""Solubility, concentration and the reach of a bound, against the printed numbers."""

from __future__ import annotations

import numpy as np
import pytest

from groundline.core.errors import InputError
from groundline.core.mining.kinetics import PRESETS, Geology, concentration, solubility, undersaturation


def test_solubility_of_glaubers_salt_between_the_entries_of_the_table():
    np.testing.assert_allclose(solubility([0, 5, 10, 20, 25, 30]), [5.0, 7.0, 9.0, 19.4, 34.1, 48.8])


@pytest.mark.parametrize("outside", [-0.1, 30.1, float("nan")])
def test_nothing_is_extrapolated(outside):
    with pytest.raises(InputError, match="0 to 30 deg C"):
        solubility(outside)


def test_minerals_by_name():
    assert solubility(45.0, "thenardite") == pytest.approx(47.75)
    with pytest.raises(InputError, match="glauberite"):
        solubility(10.0, "halite")


def test_undersaturation_and_concentration_are_inverse():
    cx = np.array([0.0, 20.4, 40.8])
    np.testing.assert_allclose(undersaturation(cx, 40.8), [1.0, 0.5, 0.0])
    np.testing.assert_allclose(concentration(undersaturation(cx, 40.8), 40.8), cx, atol=1e-14)


def test_reach_of_the_published_bound():
    # 1.87e-9 m2/s / 3 m * 31 557 600 s = 19.67 mm a year, 42.65 mm in 792 days.
    yearly = PRESETS["xinhua"].reach(1.87e-9)
    assert 1000 * yearly == pytest.approx(19.671, abs=5e-4)
    assert 1000 * yearly * 792 / 365.25 == pytest.approx(42.654, abs=1e-3)


def test_presets_of_the_two_mines_and_the_simulation():
    assert PRESETS["xinhua"] == Geology(48.8, 3.0)
    assert PRESETS["huaian"] == Geology(48.8, 5.0)
    assert PRESETS["simulation"] == Geology(40.8, 3.0)


@pytest.mark.parametrize(
    ("cs", "delta", "name"),
    [(0.0, 3.0, "Cs"), (-1.0, 3.0, "Cs"), (48.8, 0.0, "delta"), (48.8, -3.0, "delta")],
)
def test_impossible_geology_is_refused_by_name(cs, delta, name):
    with pytest.raises(InputError) as caught:
        Geology(cs, delta).validate()
    assert caught.value.field == name
