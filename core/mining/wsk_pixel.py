"""Least squares with inequality constraints (LSIC) of D and dH, exactly, for all pixels at once.

Xing et al., eq. 7-9: min (A x - phi)^T P (A x - phi) with bounds on x. With two unknowns the optimum of the convex
problem is inside, on one of four edges, or in a corner; all candidates are formed for all pixels and the one that
satisfies the Karush-Kuhn-Tucker conditions is taken. No iteration, no start value.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Box:
    """Bounds of d and h, each a number or (P,); infinite where free."""

    d_low: Float64
    d_high: Float64
    h_low: Float64
    h_high: Float64

    def holds(self, d: Float64, h: Float64) -> bool:
        """Whether all d and h are within their bounds."""
        inside = (d >= self.d_low) & (d <= self.d_high) & (h >= self.h_low) & (h <= self.h_high)
        return bool(np.all(inside))

    def free(self, d: Float64, h: Float64) -> tuple[Bool, Bool]:
        """(P,) whether d and h are off their bounds."""
        return (d > self.d_low) & (d < self.d_high), (h > self.h_low) & (h < self.h_high)


@dataclass(frozen=True, eq=False)
class Normals:
    """Normal equations [[dd, dh], [dh, hh]] x = (d, h); matrix entries are numbers or (P,), right sides (P,)."""

    dd: Float64
    dh: Float64
    hh: Float64
    d: Float64
    h: Float64


def unbounded(n: Normals) -> tuple[Float64, Float64]:
    """Least-squares d and h (P,)."""
    determinant = n.dd * n.hh - n.dh**2
    dd, dh, hh = n.hh / determinant, n.dh / determinant, n.dd / determinant
    return dd * n.d - dh * n.h, hh * n.h - dh * n.d


def violation(n: Normals, box: Box, d: Float64, h: Float64) -> Float64:
    """(P,) projected gradient of half the sum of squares: 0 exactly at the bounded optimum.

    Each part is divided by the root of its diagonal entry, so that both have the unit of the phase.
    """
    gradient_d = n.dd * d + n.dh * h - n.d
    gradient_h = n.dh * d + n.hh * h - n.h
    return _projected(gradient_d, d, box.d_low, box.d_high) / np.sqrt(n.dd) + _projected(
        gradient_h, h, box.h_low, box.h_high
    ) / np.sqrt(n.hh)


def bounded(n: Normals, box: Box) -> tuple[Float64, Float64]:
    """d and h (P,) of the bounded problem."""
    d, h = unbounded(n)
    outside = np.flatnonzero(~((d >= box.d_low) & (d <= box.d_high) & (h >= box.h_low) & (h <= box.h_high)))
    if outside.size == 0:
        return d, h
    n, box = _at(n, outside), _box_at(box, outside)
    candidates = [
        (edge, _clip((n.h - n.dh * edge) / n.hh, box.h_low, box.h_high)) for edge in (box.d_low, box.d_high)
    ]
    candidates += [
        (_clip((n.d - n.dh * edge) / n.dd, box.d_low, box.d_high), edge) for edge in (box.h_low, box.h_high)
    ]
    tried_d = np.stack([np.broadcast_to(c[0], outside.shape) for c in candidates])
    tried_h = np.stack([np.broadcast_to(c[1], outside.shape) for c in candidates])
    with np.errstate(invalid="ignore"):
        cost = np.stack([violation(n, box, *c) for c in zip(tried_d, tried_h)])
    best = np.argmin(np.where(np.isfinite(cost), cost, np.inf), axis=0)
    column = np.arange(outside.size)
    d, h = d.copy(), h.copy()
    d[outside], h[outside] = tried_d[best, column], tried_h[best, column]
    return d, h


def _projected(gradient: Float64, x: Float64, low: Float64, high: Float64) -> Float64:
    # On a bound only a slope that leads inside counts.
    downhill = np.where(x <= low, np.minimum(gradient, 0.0), gradient)
    return np.abs(np.where(x >= high, np.maximum(downhill, 0.0), downhill))


def _clip(x: Float64, low: Float64, high: Float64) -> Float64:
    # An infinite edge gives an infinite or undefined candidate, which is never the best.
    return np.minimum(np.maximum(x, low), high)


def _at(n: Normals, index: NDArray[np.intp]) -> Normals:
    return Normals(*(_pick(v, index) for v in (n.dd, n.dh, n.hh, n.d, n.h)))


def _box_at(box: Box, index: NDArray[np.intp]) -> Box:
    return Box(*(_pick(v, index) for v in (box.d_low, box.d_high, box.h_low, box.h_high)))


def _pick(value: Float64, index: NDArray[np.intp]) -> Float64:
    value = np.asarray(value, np.float64)
    return value if value.ndim == 0 else value[index]
