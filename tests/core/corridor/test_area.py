"""Area of the corridor and convex hulls."""

from __future__ import annotations

import math

import numpy as np
import pytest

from groundline.core.corridor.area import convex_hull, corridor_lattice, inside_hull
from groundline.core.corridor.chainage import Alignment


@pytest.mark.parametrize("radius", [3000.0, 50.0])
def test_straight_corridor_has_flat_ends(radius: float) -> None:
    line = Alignment(np.array([0.0, 8000.0]), np.array([0.0, 6000.0]), "EPSG:32650")
    lattice = corridor_lattice(line, radius)
    assert len(lattice.x) * lattice.cell == pytest.approx(2.0 * radius * 10_000.0, rel=2e-3)
    per_km = np.bincount((lattice.chainage // 1000.0).astype(int), minlength=10)[:10] * lattice.cell
    np.testing.assert_allclose(per_km, 2.0 * radius * 1000.0, rtol=0.02)


def test_bend_adds_the_wedge_outside_and_takes_the_overlap_inside() -> None:
    line = Alignment(np.array([0.0, 5000.0, 5000.0]), np.array([0.0, 0.0, 5000.0]), "EPSG:32650")
    lattice = corridor_lattice(line, 1000.0)
    expected = 2 * 2000.0 * 5000.0 - 1000.0**2 + math.pi / 4 * 1000.0**2
    assert len(lattice.x) * lattice.cell == pytest.approx(expected, rel=2e-3)


def test_hull_of_a_square_with_points_inside() -> None:
    x = np.array([0.0, 4.0, 4.0, 0.0, 2.0, 1.0, np.nan])
    y = np.array([0.0, 0.0, 4.0, 4.0, 2.0, 3.0, 1.0])
    hull = convex_hull(x, y)
    assert {tuple(vertex) for vertex in hull.tolist()} == {(0, 0), (4, 0), (4, 4), (0, 4)}
    inside = inside_hull(np.array([2.0, 4.0, 4.1, -0.1]), np.array([1.0, 4.0, 2.0, 2.0]), hull)
    assert inside.tolist() == [True, True, False, False]


def test_hull_test_equals_the_sign_of_every_edge() -> None:
    generator = np.random.default_rng(7)
    for count in (3, 4, 50):
        hull = convex_hull(*generator.normal(size=(2, count)))
        x, y = generator.uniform(-3, 3, (2, 2000))
        expected = np.ones(2000, bool)
        for (ax, ay), (bx, by) in zip(hull, np.roll(hull, -1, axis=0)):
            expected &= (bx - ax) * (y - ay) - (by - ay) * (x - ax) >= 0
        np.testing.assert_array_equal(inside_hull(x, y, hull), expected)


def test_points_on_one_line_have_no_area() -> None:
    hull = convex_hull(np.arange(5.0), np.arange(5.0))
    assert len(hull) == 0
    assert not inside_hull(np.array([1.0]), np.array([1.0]), hull).any()
