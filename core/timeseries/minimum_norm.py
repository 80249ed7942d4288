"""Join the subsets of a pixel's dates by the smallest norm of the interval velocities.

Where the valid pairs of a pixel do not connect all dates, least squares leaves one constant per
subset free. Berardino et al. (2002) take, among all solutions, the one whose vector of mean
interval velocities v_k = (d_{k+1} - d_k) / (t_{k+1} - t_k) is shortest. The constants c follow
exactly from the small system of the subsets, a graph whose edges are the intervals that cross
from one subset to another, with conductances 1 / (t_{k+1} - t_k)^2; there is no regularisation.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]
IntP = NDArray[np.intp]


def join(x: Float64, label: IntP, years: Float64) -> Float64:
    """Add the constants of minimum-norm velocity to a least-squares solution.

    x : (N, P) solution with an arbitrary constant in each subset. label : (N, P) subset of each
    date, numbered from 0, date 0 in subset 0. years : (N,). Returns (N, P), first date 0.
    """
    force = _interval_force(x, years)
    constants = _solve_subsets(-_subset_sums(force, label), label, years)
    joined = x + np.take_along_axis(constants, label, axis=0)
    joined -= joined[0].copy()
    return joined


def adjoint(functional: Float64, label: IntP, years: Float64) -> Float64:
    """The functional f with f . x = functional . join(x), for propagating errors.

    functional : (N, P) sums to zero over the dates. The result sums to zero over each subset.
    """
    constants = _solve_subsets(_subset_sums(functional, label), label, years)
    return functional - _interval_force(np.take_along_axis(constants, label, axis=0), years)


def _interval_force(x: Float64, years: Float64) -> Float64:
    """(N, P) gradient of half the squared interval velocities: K x, K = D^T diag(1/dt^2) D."""
    flow = np.diff(x, axis=0) / np.square(np.diff(years))[:, None]
    force = np.zeros_like(x)
    force[1:] += flow
    force[:-1] -= flow
    return force


def _subset_sums(value: Float64, label: IntP) -> Float64:
    """(C, P) sums of (N, P) values over each subset."""
    column = np.arange(value.shape[1])
    total = np.zeros((int(label.max()) + 1, value.shape[1]))
    for row, owner in zip(value, label):
        total[owner, column] += row
    return total


def _solve_subsets(right: Float64, label: IntP, years: Float64) -> Float64:
    """(C, P) constants of the subsets, that of subset 0 zero, for (C, P) right-hand sides."""
    constants = np.zeros_like(right)
    conductance = 1.0 / np.square(np.diff(years))
    subsets = label.max(axis=0) + 1
    for count in np.unique(subsets[subsets > 1]):
        chosen = np.flatnonzero(subsets == count)
        matrix = _subset_matrix(label[:, chosen], int(count), conductance)
        # Subset 0 is the reference: dropping its row and column leaves a regular matrix.
        known = right[1:count, chosen].T[:, :, None]
        constants[1:count, chosen] = np.linalg.solve(matrix[:, 1:, 1:], known)[:, :, 0].T
    return constants


def _subset_matrix(label: IntP, count: int, conductance: Float64) -> Float64:
    """(P, C, C) Laplacian of the subsets of pixels that all have C of them."""
    pixel = np.arange(label.shape[1])
    matrix = np.zeros((label.shape[1], count, count))
    for first, second, g in zip(label[:-1], label[1:], conductance):
        across = np.where(first == second, 0.0, g)
        matrix[pixel, first, first] += across
        matrix[pixel, second, second] += across
        matrix[pixel, first, second] -= across
        matrix[pixel, second, first] -= across
    return matrix
