"""NSBAS: join the subsets of a pixel's dates by a linear model.

Lopez-Quiroz et al. (2009) and Doin et al. (2011) add to the pair equations, for every date n,

    gamma (d_n - v (t_n - t_0) - c) = 0,   d_0 = 0,

with one velocity v and constant c per pixel and gamma so small (1e-4) that the model only
decides what the pairs leave open. The normal matrix is the network's, grounded by gamma^2 and
bordered by the two columns of the model; it is solved exactly for the gamma given.

`gamma` is relative to an average valid pair: it multiplies the root of the pixel's mean weight,
so that the unit of the weights does not matter. (Published: all pair weights are 1.)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .banded import Factor, Layout, factor, solve

Float64 = NDArray[np.float64]


def join(layout: Layout, weight: Float64, right: Float64, gamma: float) -> Float64:
    """(N, P) time series with the model equations, first date 0.

    weight : (M, P) pair weights, 0 = missing; each pixel has at least one. right : (N, P)
    A^T W y of the pair values y. The map from `right` to the result is symmetric.
    """
    count, pixels = right.shape
    strength = gamma * gamma * np.sum(weight, axis=0) / np.count_nonzero(weight, axis=0)
    factors = _grounded(layout, weight, strength)
    time = layout.network.years / layout.network.years[-1]

    free = _solve(factors, right)
    by_time = _solve(factors, np.repeat(time[:, None], pixels, axis=1))
    by_constant = _solve(factors, np.ones((count, pixels)))
    # Normal equations of (v, c), with d eliminated and divided by gamma^2.
    vv = time @ time - strength * (time @ by_time)
    vc = np.sum(time) - strength * np.sum(by_time, axis=0)
    cc = count - strength * np.sum(by_constant, axis=0)
    v, c = _solve_pair(vv, vc, cc, time @ free, np.sum(free, axis=0))
    return free + strength * (by_time * v + by_constant * c)


def adjoint(layout: Layout, weight: Float64, functional: Float64, gamma: float) -> Float64:
    """The functional f with f . x = functional . join(A^T W A x), for propagating errors."""
    response = join(layout, weight, functional, gamma)
    network = layout.network
    return layout.gather(weight * (response[network.later] - response[network.earlier]))


def _grounded(layout: Layout, weight: Float64, strength: Float64) -> Factor:
    """Factor of the normal matrix plus gamma^2 on the diagonal, with d_0 = 0."""
    ground = np.repeat(strength[None], layout.network.N, axis=0)
    inner = weight.copy()
    for m, (earlier, later) in enumerate(layout.network.index.tolist()):
        if earlier == 0:
            # A pair with the first date, which is held at 0, ties its other date to zero.
            ground[later] += weight[m]
            inner[m] = 0.0
    return factor(layout, inner, ground)


def _solve(factors: Factor, right: Float64) -> Float64:
    held = right.copy()
    held[0] = 0.0
    return solve(factors, held)


def _solve_pair(
    aa: Float64, ab: Float64, bb: Float64, right_a: Float64, right_b: Float64
) -> tuple[Float64, Float64]:
    """Two unknowns per pixel by Cramer's rule."""
    determinant = aa * bb - ab * ab
    return (right_a * bb - right_b * ab) / determinant, (aa * right_b - ab * right_a) / determinant
