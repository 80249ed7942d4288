"""The inversion as the textbook writes it, one pixel at a time, to compare the fast one with."""

from __future__ import annotations

import numpy as np


def interval_design(index, years):
    """B of Berardino et al. (2002): each pair is the sum of interval velocity times duration."""
    design = np.zeros((len(index), len(years) - 1))
    for row, (earlier, later) in enumerate(index):
        for k in range(earlier, later):
            design[row, k] = years[k + 1] - years[k]
    return design


def series(y, weight, index, years):
    """(N,) date phases: rows without data deleted, minimum-norm velocity by numpy's lstsq."""
    valid = np.isfinite(y)
    root = np.sqrt(weight[valid])
    design = interval_design(index, years)[valid] * root[:, None]
    rate = np.linalg.lstsq(design, y[valid] * root, rcond=None)[0]
    return np.concatenate([[0.0], np.cumsum(rate * np.diff(years))])


def all_series(y, weight, index, years):
    """(N, P) series of (M, P) pairs; NaN for pixels without data."""
    result = np.full((len(years), y.shape[1]), np.nan)
    for p in range(y.shape[1]):
        if np.isfinite(y[:, p]).any():
            result[:, p] = series(y[:, p], weight[:, p], index, years)
    return result


def nsbas_series(y, weight, index, years, gamma):
    """(N,) date phases from the augmented equations, weights scaled to a mean of 1."""
    valid = np.isfinite(y)
    count = len(years)
    root = np.sqrt(weight[valid] / weight[valid].mean())
    pairs = np.zeros((valid.sum(), count + 2))
    for row, (earlier, later) in enumerate(np.asarray(index)[valid]):
        pairs[row, later] += 1.0
        pairs[row, earlier] -= 1.0
    model = np.zeros((count, count + 2))
    model[:, :count] = np.eye(count)
    model[:, count] = -years / years[-1]
    model[:, count + 1] = -1.0
    design = np.vstack([pairs * root[:, None], gamma * model])[:, 1:]
    right = np.concatenate([y[valid] * root, np.zeros(count)])
    return np.concatenate([[0.0], np.linalg.lstsq(design, right, rcond=1e-15)[0][: count - 1]])
