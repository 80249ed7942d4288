"""Influence of an extracted area on the surface: the Knothe function integrated over the area, and its derivatives.

Knothe's influence function f(x, y) = exp(-pi (x^2 + y^2) / r^2) / r^2 has unit integral over the plane (Knothe 1957;
Litwiniszyn's stochastic medium gives the same, which is why China calls the method the probability integral).
The influence of an area A at a surface point is

    I(x, y) = integral over A of f(s - x, t - y) ds dt,

0 far away and 1 in the middle of an area that is wide against r. Rectangles have a closed form with the error
function. For any polygon Green's theorem turns the integral into one along the outline,

    I = 1/(2 r) * contour integral of erf(sqrt(pi) (s - x) / r) exp(-pi (t - y)^2 / r^2) dt,
    dI/dx = -contour integral of f dt,   dI/dy = +contour integral of f ds,

which Gauss-Legendre nodes along the edges give to better than 1e-8. All coordinates in metres in one plane.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Union

import numpy as np
from numpy.typing import NDArray

NODES = (2, 4, 7)  # Gauss-Legendre nodes on edges up to the lengths of SHORT, and per PIECE of longer ones
SHORT = (0.06, 0.25)  # in r
PIECE = 0.75  # longest piece of an edge, in r
REACH = 2.8  # in r; beyond it the influence is below 1e-10
_CELLS = 400_000  # points times nodes worked on at once

_GAUSS = tuple(np.polynomial.legendre.leggauss(count) for count in NODES)

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Rectangle:
    """A rectangle: centre (x, y) [m], unit vector (ux, uy) of its first side, half lengths of both sides [m]."""

    x: float
    y: float
    ux: float
    uy: float
    half_u: float
    half_v: float

    @property
    def area(self) -> float:
        """[m2]"""
        return 4.0 * self.half_u * self.half_v

    def moved(self, dx: float, dy: float) -> Rectangle:
        """The same rectangle elsewhere."""
        return Rectangle(self.x + dx, self.y + dy, self.ux, self.uy, self.half_u, self.half_v)


@dataclass(frozen=True)
class Polygon:
    """Rings of shape (V, 2), not closed; the area lies to the left of each: outer ones counter-clockwise."""

    rings: tuple[Float64, ...]

    @property
    def area(self) -> float:
        """[m2]"""
        return float(sum(ring_area(ring) for ring in self.rings))

    def moved(self, dx: float, dy: float) -> Polygon:
        """The same polygon elsewhere."""
        return Polygon(tuple(ring + np.array([dx, dy]) for ring in self.rings))


Outline = Union[Rectangle, Polygon]


def ring_area(ring: Float64) -> float:
    """Signed area of a ring, positive when it runs counter-clockwise."""
    x, y = ring[:, 0] - ring[0, 0], ring[:, 1] - ring[0, 1]
    return 0.5 * float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))


def influence(outline: Outline, x: Float64, y: Float64, radius: float, order: int = 0) -> Float64:
    """I and its derivatives at points, shape (1, 3 or 6 for order 0, 1, 2; points).

    Rows: I [-]; dI/dx, dI/dy [1/m]; d2I/dx2, d2I/dxdy, d2I/dy2 [1/m2]. radius r [m]; x, y (points,) [m].
    """
    if isinstance(outline, Rectangle):
        return rectangle_influence(outline, x, y, radius, order)
    return polygon_influence(outline.rings, x, y, radius, order)


def rectangle_influence(area: Rectangle, x: Float64, y: Float64, radius: float, order: int = 0) -> Float64:
    """Closed form for a rectangle in any direction; see `influence`."""
    along = (x - area.x) * area.ux + (y - area.y) * area.uy
    across = (y - area.y) * area.ux - (x - area.x) * area.uy
    u = _strip(along, area.half_u, radius, order)
    v = _strip(across, area.half_v, radius, order)
    out = np.empty((_rows(order), len(x)))
    out[0] = u[0] * v[0]
    if order >= 1:
        du, dv = u[1] * v[0], u[0] * v[1]
        out[1] = du * area.ux - dv * area.uy
        out[2] = du * area.uy + dv * area.ux
    if order >= 2:
        uu, uv, vv = u[2] * v[0], u[1] * v[1], u[0] * v[2]
        c, s = area.ux, area.uy
        out[3] = uu * c * c - 2.0 * uv * c * s + vv * s * s
        out[4] = (uu - vv) * c * s + uv * (c * c - s * s)
        out[5] = uu * s * s + 2.0 * uv * c * s + vv * c * c
    return out


def polygon_influence(
    rings: Sequence[Float64], x: Float64, y: Float64, radius: float, order: int = 0
) -> Float64:
    """Quadrature along the outline of any polygon, with holes and in several parts; see `influence`."""
    out = np.zeros((_rows(order), len(x)))
    if not rings:
        return out
    corners = np.concatenate(list(rings))
    low, high = corners.min(axis=0) - REACH * radius, corners.max(axis=0) + REACH * radius
    near = np.flatnonzero((x >= low[0]) & (x <= high[0]) & (y >= low[1]) & (y <= high[1]))
    nodes = [_nodes(ring, radius) for ring in rings]
    s, t, ds, dt = (np.concatenate(parts) for parts in zip(*nodes))
    step = max(1, _CELLS // len(s))
    for start in range(0, len(near), step):
        chosen = near[start : start + step]
        out[:, chosen] = _contour(s, t, ds, dt, x[chosen], y[chosen], radius, order)
    return out


def _contour(
    s: Float64, t: Float64, ds: Float64, dt: Float64, x: Float64, y: Float64, radius: float, order: int
) -> Float64:
    from scipy.special import erf

    p = (s - x[:, None]) / radius
    q = (t - y[:, None]) / radius
    across = np.exp(-math.pi * q * q)
    out = np.empty((_rows(order), len(x)))
    out[0] = (erf(math.sqrt(math.pi) * p) * across) @ dt / (2.0 * radius)
    if order >= 1:
        f = across
        f *= np.exp(-math.pi * p * p)
        f /= radius * radius
        out[1] = -(f @ dt)
        out[2] = f @ ds
    if order >= 2:
        slope = 2.0 * math.pi / radius
        along = f * p
        out[3] = -slope * (along @ dt)
        out[4] = slope * (along @ ds)
        out[5] = slope * ((f * q) @ ds)
    return out


def _strip(x: Float64, half: float, radius: float, order: int) -> list[Float64]:
    """Integral of the one-dimensional influence function over (-half, half), with derivatives."""
    from scipy.special import erf

    near, far = (x + half) / radius, (x - half) / radius
    root = math.sqrt(math.pi)
    out = [0.5 * (erf(root * near) - erf(root * far))]
    if order >= 1:
        a, b = np.exp(-math.pi * near * near), np.exp(-math.pi * far * far)
        out.append((a - b) / radius)
    if order >= 2:
        out.append(-2.0 * math.pi * (near * a - far * b) / (radius * radius))
    return out


def _nodes(ring: Float64, radius: float) -> tuple[Float64, Float64, Float64, Float64]:
    """Places (s, t) and steps (ds, dt) of the quadrature along a ring; short edges take fewer nodes."""
    edge = np.roll(ring, -1, axis=0) - ring
    length = np.hypot(edge[:, 0], edge[:, 1]) / radius
    count = np.maximum(1, np.ceil(length / PIECE)).astype(np.intp)
    points, steps = [], []
    for low, high, nodes in zip((-1.0, *SHORT), (*SHORT, np.inf), _GAUSS):
        chosen = np.flatnonzero((length > low) & (length <= high))
        owner = np.repeat(chosen, count[chosen])
        number = np.arange(len(owner)) - np.repeat(np.cumsum(count[chosen]) - count[chosen], count[chosen])
        share = 1.0 / count[owner]
        place, weight = 0.5 * (nodes[0] + 1.0), 0.5 * nodes[1]
        at = ((number[:, None] + place) * share[:, None])[..., None]
        points.append((ring[owner][:, None] + at * edge[owner][:, None]).reshape(-1, 2))
        steps.append(((weight * share[:, None])[..., None] * edge[owner][:, None]).reshape(-1, 2))
    place, step = np.concatenate(points), np.concatenate(steps)
    return place[:, 0], place[:, 1], step[:, 0], step[:, 1]


def _rows(order: int) -> int:
    return (1, 3, 6)[order]
