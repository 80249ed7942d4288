"""Brine by hand: every quantity with its unit."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from groundline.core.errors import InputError
from groundline.core.mining import brine
from groundline.core.mining.brine import PRESETS, Deposit


def test_diameter_of_one_hectare_with_wells_56_4_m_apart() -> None:
    # pi/4 d^2 [m2] + 56.4 m * d [m] = 10,000 m2
    d = float(brine.channel_diameter(1e4, 56.4))
    assert d == pytest.approx(82.507, abs=5e-4)
    assert math.pi / 4 * d**2 + 56.4 * d == pytest.approx(1e4)


def test_a_whole_chain_by_hand() -> None:
    # V = 100,000 m3; density 1.2 t/m3 -> Q = 120,000 t; g 0.8 -> Ty = 96,000 t
    # H G E = 3 m * 2 t/m3 * 0.5 = 3 t/m2 -> F = 96,000 t / 3 t/m2 = 32,000 m2
    # d = (-20 m + sqrt(400 m2 + pi * 32,000 m2)) / (pi/2) = 297.696 m / 1.570796 = 189.519 m
    salt = Deposit(thickness=3.0, ore_weight=2.0, grade=0.5, content=0.8, well_spacing=20.0, density=1.2)
    q = brine.brine_mass(100_000.0, salt)
    ty = brine.product_mass(q, salt)
    f = brine.dissolution_area(ty, salt)
    assert (q, ty, f) == pytest.approx((120_000.0, 96_000.0, 32_000.0))
    assert brine.channel_diameter(f, 20.0) == pytest.approx(
        (-20 + math.sqrt(400 + math.pi * 32_000)) / (math.pi / 2)
    )
    assert brine.channel_diameter(f, 20.0) == pytest.approx(189.519, abs=1e-3)
    assert brine.product_of_area(f, salt) == pytest.approx(96_000.0)


def test_density_one_is_the_paper_s_habit_of_a_tonne_per_cubic_metre() -> None:
    # 1,000 m3 * 1 t/m3 * 0.80 = 800 t; 3 m * 2.15 t/m3 * 0.52 = 3.354 t/m2 -> 238.521 m2
    ty = brine.product_mass(brine.brine_mass(1000.0, PRESETS["xinhua"]), PRESETS["xinhua"])
    assert ty == pytest.approx(800.0)
    assert PRESETS["xinhua"].mass_per_area == pytest.approx(3.354)
    assert PRESETS["huaian"].mass_per_area == pytest.approx(5.59)
    assert brine.dissolution_area(ty, PRESETS["xinhua"]) == pytest.approx(238.5212, abs=1e-3)


def test_routes_agree_where_the_ground_sank_by_the_dissolved_salt() -> None:
    # Xinhua: 3.354 t/m2 / (1 t/m3 * 0.8) = 4.1925 m of subsidence
    deposit = PRESETS["xinhua"]
    assert deposit.full_subsidence == pytest.approx(4.1925)
    area = 5000.0
    by_volume = brine.product_mass(brine.brine_mass(area * 4.1925, deposit), deposit)
    assert by_volume == pytest.approx(brine.product_of_area(area, deposit))


@pytest.mark.parametrize("spacing", [0.0, 56.4])
def test_diameter_satisfies_its_equation_from_millimetres_to_kilometres(spacing: float) -> None:
    f = 10.0 ** np.arange(-9, 9)
    d = brine.channel_diameter(f, spacing)
    np.testing.assert_allclose(math.pi / 4 * d**2 + spacing * d, f, rtol=1e-12)


def test_nothing_dissolved_or_uplift_has_no_channel() -> None:
    np.testing.assert_array_equal(brine.channel_diameter([0.0, -5.0], 56.4), [0.0, 0.0])
    np.testing.assert_array_equal(brine.channel_diameter([0.0], 0.0), [0.0])


def test_diameter_uncertainty_is_the_slope_of_its_equation() -> None:
    low, high = brine.channel_diameter([9_999.0, 10_001.0], 56.4)
    d = brine.channel_diameter(1e4, 56.4)
    assert brine.diameter_std(1.0, d, 56.4) == pytest.approx((high - low) / 2, rel=1e-6)


def test_amounts_between_dates_are_interpolated_and_never_extrapolated() -> None:
    years, total = np.array([0.0, 1.0, 2.0]), np.array([0.0, 10.0, 40.0])
    assert brine.amount_between(years, total, 0.5, 1.5) == pytest.approx(20.0)
    assert brine.amount_between(years, total, -0.1, 1.0) is None
    assert brine.amount_between(years, total, 1.0, 2.1) is None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"density": -1.0}, "DENSITY"),
        ({"density": 0.0}, "DENSITY"),
        ({"thickness": 0.0}, "THICKNESS"),
        ({"ore_weight": math.nan}, "ORE_WEIGHT"),
        ({"grade": 52.0}, "GRADE"),
        ({"content": 0.0}, "CONTENT"),
        ({"well_spacing": -1.0}, "WELL_SPACING"),
    ],
)
def test_impossible_deposits_are_refused(wrong: dict[str, float], field: str) -> None:
    with pytest.raises(InputError) as caught:
        replace(Deposit(), **wrong).validate()
    assert caught.value.field == field
