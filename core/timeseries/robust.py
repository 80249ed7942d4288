"""Least absolute deviations, against unwrapping errors of single pairs.

An unwrapping error is a jump of 2 pi in one pair. Least squares spreads it over the network;
the sum of absolute residuals leaves it where it is, as long as few pairs around a date jump.
Minimised by iteratively reweighted least squares (Schlossmacher 1973), started from least
squares: the weight of a pair becomes w / max(sqrt(w) |r|, floor), so that the sum of
|sqrt(w) r| is minimised with a parabola of half-width `FLOOR` at zero (Huber's function).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .banded import Layout, factor, solve

Float64 = NDArray[np.float64]

# Half-width of the parabola, in standard deviations of an average pair: well below any noise.
FLOOR = 1e-3
# A pixel is done when no date moves by more than this between iterations [rad]: 0.4 um at C-band.
TOLERANCE = 1e-4
ITERATIONS = 100


def refine(layout: Layout, y: Float64, weight: Float64, x: Float64) -> Float64:
    """Replace the least-squares series x (N, P) by that of least absolute deviations, in place.

    y : (M, P) pair phases [rad], 0 where missing. weight : (M, P), 0 = missing. Every subset of
    dates keeps one free constant. Returns the final (M, P) weights of the iteration.
    """
    network = layout.network
    final = weight.copy()
    average = np.sum(weight, axis=0) / np.maximum(np.count_nonzero(weight, axis=0), 1)
    active = np.flatnonzero(np.any(weight > 0.0, axis=0))
    for _ in range(ITERATIONS):
        if len(active) == 0:
            break
        # In units of the average pair's standard deviation, so that the floor is one of residuals.
        base = weight[:, active] / np.where(average[active] > 0.0, average[active], 1.0)
        value = y[:, active]
        before = x[:, active]
        residual = value - (before[network.later] - before[network.earlier])
        size = np.sqrt(base) * np.abs(residual)
        current = base / np.maximum(size, FLOOR)
        factors = factor(layout, current)
        after = solve(factors, layout.gather(current * value))
        x[:, active] = after
        final[:, active] = current
        moved = np.abs(np.diff(after, axis=0) - np.diff(before, axis=0)).max(axis=0)
        active = active[moved > TOLERANCE]
    return final
