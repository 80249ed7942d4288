"""A small strictly convex quadratic program, exactly (Goldfarb & Idnani 1983, dual active set)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]

_NEAR = 1e-12


class Infeasible(ValueError):
    """No point satisfies all constraints."""


@dataclass(frozen=True, eq=False)
class Minimum:
    """Minimiser x (q,), and the multipliers (m,) of the constraints, 0 where one is not active."""

    x: Float64
    multipliers: Float64


def minimise(H: Float64, f: Float64, A: Float64, b: Float64) -> Minimum:
    """Minimise x^T H x / 2 - f^T x subject to A x >= b.

    H : (q, q) symmetric positive definite. A : (m, q), b : (m,), infinite entries of b are never active.
    Raises Infeasible, and numpy's LinAlgError when H is not positive definite.
    """
    np.linalg.cholesky(H)
    inverse = np.linalg.inv(H)
    inverse = (inverse + inverse.T) / 2.0
    x = np.linalg.solve(H, f)
    length = np.maximum(np.sqrt((A**2).sum(axis=1)), 1e-300)
    tolerance = _NEAR * np.maximum(1.0, np.where(np.isfinite(b), np.abs(b), 0.0)) * np.maximum(length, 1.0)
    active: list[int] = []
    multipliers: list[float] = []
    for _ in range(20 * (len(b) + len(f)) + 20):
        slack = A @ x - b
        slack[active] = 0.0
        missing = np.where(slack < -tolerance, slack / length, 0.0)
        worst = int(np.argmin(missing)) if len(missing) else 0
        if not len(missing) or missing[worst] >= 0.0:
            result = np.zeros(len(b))
            result[active] = multipliers
            return Minimum(_polish(x, inverse, H, f, A, b, active), result)
        x = _add(x, inverse, A, b, worst, active, multipliers)
    raise Infeasible("the quadratic program does not end")


def _add(
    x: Float64,
    inverse: Float64,
    A: Float64,
    b: Float64,
    new: int,
    active: list[int],
    multipliers: list[float],
) -> Float64:
    """Make constraint `new` hold with equality, dropping others whose multipliers reach zero on the way."""
    normal = A[new]
    added = 0.0
    while True:
        towards = inverse @ normal
        if active:
            N = A[active]
            ratio = np.linalg.solve(N @ inverse @ N.T, N @ towards)
            towards = towards - inverse @ N.T @ ratio
        else:
            ratio = np.zeros(0)
        slope = float(normal @ towards)
        moves = slope > 1e-13 * float(normal @ inverse @ normal)
        full = -float(normal @ x - b[new]) / slope if moves else np.inf
        blocked = [(multipliers[j] / ratio[j], j) for j in range(len(active)) if ratio[j] > 1e-14]
        partial, leaving = min(blocked) if blocked else (np.inf, -1)
        step = min(full, partial)
        if not np.isfinite(step):
            raise Infeasible("the constraints contradict each other")
        for j in range(len(active)):
            multipliers[j] -= step * float(ratio[j])
        added += step
        if moves:
            x = x + step * towards
        if full <= partial:
            active.append(new)
            multipliers.append(added)
            return x
        del active[leaving], multipliers[leaving]


def _polish(
    x: Float64, inverse: Float64, H: Float64, f: Float64, A: Float64, b: Float64, active: list[int]
) -> Float64:
    """Move x back onto the active constraints, from which sums of steps drift by rounding."""
    if not active:
        return x
    N = A[active]
    return np.asarray(x + inverse @ N.T @ np.linalg.solve(N @ inverse @ N.T, b[active] - N @ x))
