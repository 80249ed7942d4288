"""The influence function: unit integral, closed form and quadrature agree, derivatives are derivatives."""

from __future__ import annotations

import math

import numpy as np
import pytest

from groundline.core.mining.pim_influence import Polygon, Rectangle, influence, ring_area
from groundline.core.mining.pim_panels import rings_of

TURNED = Rectangle(40.0, -25.0, math.cos(0.4), math.sin(0.4), 160.0, 70.0)
RING = np.array([[0.0, 0.0], [220.0, 30.0], [260.0, 190.0], [90.0, 120.0], [20.0, 240.0]])  # not convex


def places(seed: int = 0, count: int = 400) -> tuple[np.ndarray, np.ndarray]:
    return tuple(np.random.default_rng(seed).uniform(-450.0, 450.0, (2, count)))


@pytest.mark.parametrize("radius", [30.0, 120.0, 700.0])
def test_closed_form_equals_quadrature_along_the_outline(radius: float) -> None:
    x, y = places()
    closed = influence(TURNED, x, y, radius, 2)
    contour = influence(Polygon(tuple(rings_of(TURNED))), x, y, radius, 2)
    scale = np.array([1.0, radius, radius, radius**2, radius**2, radius**2])[:, None]
    np.testing.assert_allclose(contour * scale, closed * scale, atol=2e-9)


@pytest.mark.parametrize("outline", [TURNED, Polygon((RING,))], ids=["rectangle", "polygon"])
def test_integral_over_the_plane_is_the_area(outline) -> None:
    axis = np.arange(-900.0, 1100.0, 5.0)
    x, y = (v.ravel() for v in np.meshgrid(axis, axis))
    total = influence(outline, x, y, 110.0)[0].sum() * 25.0
    assert total == pytest.approx(outline.area, rel=1e-9)


def test_polygon_equals_a_sum_of_small_squares() -> None:
    # Green's theorem against the definition: the influence function summed over 2 m squares inside the ring.
    from matplotlib.path import Path

    s, t = (v.ravel() for v in np.meshgrid(np.arange(1.0, 260.0, 2.0), np.arange(1.0, 240.0, 2.0)))
    inside = Path(RING).contains_points(np.column_stack([s, t]))
    x, y = places(1, 20)
    r = 90.0
    kernel = np.exp(-math.pi * ((s[inside] - x[:, None]) ** 2 + (t[inside] - y[:, None]) ** 2) / r**2) / r**2
    np.testing.assert_allclose(influence(Polygon((RING,)), x, y, r)[0], 4.0 * kernel.sum(axis=1), atol=5e-3)


@pytest.mark.parametrize("outline", [TURNED, Polygon((RING,))], ids=["rectangle", "polygon"])
def test_derivatives_are_finite_differences(outline) -> None:
    x, y = places(2, 100)
    r, h = 130.0, 0.01
    rows = influence(outline, x, y, r, 2)
    east, west = influence(outline, x + h, y, r, 2), influence(outline, x - h, y, r, 2)
    north, south = influence(outline, x, y + h, r, 2), influence(outline, x, y - h, r, 2)
    by_x, by_y = (east - west) / (2 * h), (north - south) / (2 * h)
    np.testing.assert_allclose(rows[1], by_x[0], atol=1e-9)
    np.testing.assert_allclose(rows[2], by_y[0], atol=1e-9)
    np.testing.assert_allclose(rows[3], by_x[1], atol=1e-11)
    np.testing.assert_allclose(rows[4], by_y[1], atol=1e-11)
    np.testing.assert_allclose(rows[4], by_x[2], atol=1e-11)
    np.testing.assert_allclose(rows[5], by_y[2], atol=1e-11)


def test_edge_of_a_wide_area_has_half_the_influence_and_the_known_slope() -> None:
    # Half-plane x > 0: I = 1/2 at the edge, dI/dx = 1/r there (the textbook's W0/r), exp(-pi) of it at x = r.
    wide = Rectangle(1e5, 0.0, 1.0, 0.0, 1e5, 1e5)
    rows = influence(wide, np.array([0.0, 80.0, 400.0]), np.zeros(3), 80.0, 1)
    assert rows[0, 0] == pytest.approx(0.5, abs=1e-12)
    assert rows[1, :2] == pytest.approx([1 / 80.0, math.exp(-math.pi) / 80.0], rel=1e-12)
    assert rows[0, 2] == pytest.approx(1.0, abs=1e-12)


def test_hole_is_taken_out() -> None:
    outer = np.array([[-200.0, -200.0], [200.0, -200.0], [200.0, 200.0], [-200.0, 200.0]])
    hole = np.array([[-50.0, -60.0], [-50.0, 60.0], [50.0, 60.0], [50.0, -60.0]])
    assert ring_area(hole) < 0
    x, y = places(3, 50)
    r = 75.0
    both = influence(Polygon((outer, hole)), x, y, r)
    apart = influence(Rectangle(0, 0, 1, 0, 200, 200), x, y, r) - influence(
        Rectangle(0, 0, 1, 0, 50, 60), x, y, r
    )
    np.testing.assert_allclose(both, apart, atol=1e-9)
    assert Polygon((outer, hole)).area == 160_000.0 - 12_000.0


def test_beyond_reach_there_is_nothing() -> None:
    x, y = np.array([5000.0]), np.array([0.0])
    assert influence(Polygon((RING,)), x, y, 100.0, 2).tolist() == [[0.0]] * 6
    assert influence(Polygon(()), x, y, 100.0).tolist() == [[0.0]]
