"""Alternating bounded least squares: pixels for given u, u for given pixels, never uphill.

The problem is biconvex, so what is reached is a point that satisfies the Karush-Kuhn-Tucker conditions, a local
optimum. Each half step is solved exactly (`wsk_pixel.bounded`, `quadratic.minimise`). The step of u is tried first with
the curvature it feels when the pixels follow it, which converges in a few rounds; where that does not lower the sum
of squares, the plain half step does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import wsk_pixel
from .quadratic import Infeasible, minimise
from .wsk_data import Data
from .wsk_pixel import Box, Normals

Float64 = NDArray[np.float64]

_RIDGE = 1e-12  # of the curvature, for directions that it hardly has
_ROUNDING = 1e-13  # of the sum of squares: differences below it say nothing


@dataclass(frozen=True, eq=False)
class Limits:
    """low <= U c <= high for u = U c (K,), and E c held at its starting value (gauges), E (e, q)."""

    U: Float64
    low: float
    high: float
    E: Float64

    @property
    def directions(self) -> Float64:
        """(q, q - e) orthonormal basis of the steps that leave E c as it is."""
        if not len(self.E):
            return np.eye(self.U.shape[1])
        _, strength, right = np.linalg.svd(self.E)
        rank = int(np.sum(strength > 1e-12 * strength[0]))
        return right[rank:].T

    def inequalities(self, c: Float64) -> tuple[Float64, Float64]:
        """(A, b): steps s keep u inside its limits while A s >= b."""
        u = self.U @ c
        rows, sides = [np.zeros((0, len(c)))], [np.zeros(0)]
        if np.isfinite(self.low):
            rows.append(self.U)
            sides.append(self.low - u)
        if np.isfinite(self.high):
            rows.append(-self.U)
            sides.append(u - self.high)
        return np.concatenate(rows), np.concatenate(sides)


@dataclass(frozen=True, eq=False)
class Solution:
    """c (q,), d and h (P,), the scaled KKT residual, the number of rounds, and half the sum of squares after each."""

    c: Float64
    d: Float64
    h: Float64
    kkt: float
    rounds: int
    history: tuple[float, ...]


def solve(
    data: Data,
    limits: Limits,
    box: Box,
    c: Float64,
    tolerance: float,
    most: int,
    check: Callable[[], None] = lambda: None,
) -> Solution:
    """Minimise from a c within its limits until the scaled KKT residual is below the tolerance.

    KKT residual: gradient projected onto the bounds over its largest value with all unknowns zero. check : called once
    per round, for cancelling.
    """
    normals, d, h, objective = _pixels(data, box, c)
    history = [objective]
    Z = limits.directions
    for rounds in range(most):
        check()
        pixel_kkt = _pixel_kkt(normals, box, d, h)
        if Z.shape[1] == 0:
            return Solution(c, d, h, pixel_kkt, rounds, tuple(history))
        H, f = data.coefficient_normals(d, h)
        if not np.any(f):
            return Solution(c, d, h, pixel_kkt, rounds, tuple(history))
        plain, kkt = _half_step(H, f, Z, limits, c)
        kkt = max(kkt, pixel_kkt)
        # At least once, so that u follows pixels that a bound has moved since the closed form.
        if (kkt <= tolerance and rounds > 0) or rounds == most - 1:
            return Solution(c, d, h, kkt, rounds, tuple(history))
        best = None
        quick = _quick_step(data, H, f, Z, limits, c, d, *box.free(d, h))
        if quick is not None:
            best = _pixels(data, box, quick)
            if best[3] > objective + _ROUNDING * data.energy:
                best = None
            else:
                c = quick
        if best is None:
            c = plain
            best = _pixels(data, box, c)
        normals, d, h, objective = best
        history.append(objective)
    return Solution(c, d, h, float("nan"), most, tuple(history))


def _pixels(data: Data, box: Box, c: Float64) -> tuple[Normals, Float64, Float64, float]:
    normals = data.normals(data.L @ c)
    d, h = wsk_pixel.bounded(normals, box)
    return normals, d, h, data.objective(normals, d, h)


def _half_step(H: Float64, f: Float64, Z: Float64, limits: Limits, c: Float64) -> tuple[Float64, float]:
    """The best c for these pixels, and how far c is from satisfying its conditions."""
    A, b = limits.inequalities(c)
    inner = Z.T @ H @ Z
    found = minimise(inner, Z.T @ (f - H @ c), A @ Z, np.minimum(b, 0.0))
    scale = float(np.abs(f).max())
    # Multipliers of the optimum, put to the conditions at c: stationarity and complementarity.
    stationary = float(np.abs(inner @ found.x).max()) / scale
    slack = float(np.abs(found.multipliers * b).max()) / scale if len(b) else 0.0
    return c + Z @ found.x, max(stationary, slack)


def _quick_step(
    data: Data,
    H: Float64,
    f: Float64,
    Z: Float64,
    limits: Limits,
    c: Float64,
    d: Float64,
    free_d: NDArray,
    free_h: NDArray,
) -> Float64 | None:
    A, b = limits.inequalities(c)
    curvature = Z.T @ data.curvature(data.L @ c, d, free_d, free_h) @ Z
    curvature = (curvature + curvature.T) / 2.0 + _RIDGE * np.trace(curvature) * np.eye(len(curvature))
    try:
        found = minimise(curvature, Z.T @ (f - H @ c), A @ Z, np.minimum(b, 0.0))
    except (np.linalg.LinAlgError, Infeasible):
        return None
    return np.asarray(c + Z @ found.x)


def _pixel_kkt(normals: Normals, box: Box, d: Float64, h: Float64) -> float:
    at_zero = np.abs(normals.d) / np.sqrt(normals.dd) + np.abs(normals.h) / np.sqrt(normals.hh)
    largest = float(at_zero.max())
    return float(wsk_pixel.violation(normals, box, d, h).max()) / largest if largest > 0 else 0.0
