"""Least squares of many series at once, with or without missing dates, and one more function of time on top.

Series without gaps share one normal matrix. Each of the others has its own, summed up for all of them by matrix
products over the mask, so that no pattern of gaps is slow. One further column c is added without a new fit by
projection (Frisch & Waugh 1933): with r the residual of the base and c' the part of c that the base cannot
explain, its coefficient is c'r / c'c', and the sum of squares falls by (c'r)^2 / c'c'.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .design import Design

Float64 = NDArray[np.float64]
IntP = NDArray[np.intp]

_NEGLIGIBLE = 1e-6  # share of a column's square that must remain beside the base
_WORST = 1e4  # condition number of a normal matrix scaled to a diagonal of ones


@dataclass(frozen=True)
class Fit:
    """Base fit of P series. Arrays with first axis Q have Q = 1 where all series share them, else Q = P.

    beta : (k, P). inverse : (Q, k, k) of the normal matrix. squares : (P,) sum of squared residuals. count : (Q,)
    dates with a value. residual : (N, P), 0 where missing. valid : (N, P) as float64, None where nothing is missing.
    founded : (Q,) whether the dates determine the base.
    """

    beta: Float64
    inverse: Float64
    squares: Float64
    count: Float64
    residual: Float64
    valid: Float64 | None
    founded: NDArray[np.bool_]


@dataclass(frozen=True)
class Extra:
    """The best of K further columns for each of P series.

    which : (P,) its number. gain : (P,) fall of the sum of squares. size : (P,) its coefficient. spread : (P,)
    variance of the coefficient per variance of a value. leak : (P, k) base coefficients of that column, by whose
    `size`-fold the base coefficients change.
    """

    which: IntP
    gain: Float64
    size: Float64
    spread: Float64
    leak: Float64


def fit(values: Float64, design: Design) -> Fit:
    """Fit the base to values (N, P), NaN where missing."""
    B = design.base
    missing = np.isnan(values)
    if not missing.any():
        inverse = np.linalg.inv(B.T @ B)[None]
        beta = inverse[0] @ (B.T @ values)
        residual = values - B @ beta
        count = np.array([float(len(B))])
        return Fit(beta, inverse, _squares(residual), count, residual, None, np.array([True]))
    valid = (~missing).astype(np.float64)
    filled = np.where(missing, 0.0, values)
    k = B.shape[1]
    normal = (valid.T @ (B[:, :, None] * B[:, None, :]).reshape(len(B), k * k)).reshape(-1, k, k)
    count = valid.sum(axis=0)
    founded = (count >= design.least_dates) & _well_conditioned(normal)
    normal[~founded] = np.eye(k)
    inverse = np.linalg.inv(normal)
    beta = np.einsum("pij,jp->ip", inverse, B.T @ filled)
    residual = (filled - B @ beta) * valid
    return Fit(beta, inverse, _squares(residual), count, residual, valid, founded)


def best(fitted: Fit, columns: Float64, design: Design, least: int = 0) -> Extra:
    """The column of (K, N) that lowers each series' sum of squares most.

    least : dates with a value that must lie on either side of the column's start; 0 for columns without one.
    """
    B = design.base
    K, k = len(columns), B.shape[1]
    mixed = columns[:, :, None] * B[None]  # (K, N, k)
    if fitted.valid is None:
        cross = mixed.sum(axis=1)[None]
        own = (columns * columns).sum(axis=1)[None]
    else:
        flat = mixed.transpose(1, 0, 2).reshape(len(B), K * k)
        cross = (fitted.valid.T @ flat).reshape(-1, K, k)
        own = fitted.valid.T @ (columns * columns).T
    leak = np.einsum("qij,qkj->qki", fitted.inverse, cross)
    left = own - np.einsum("qki,qki->qk", cross, leak)
    usable = left > _NEGLIGIBLE * np.maximum(own, 1e-300)
    if fitted.valid is not None and least:
        after = fitted.valid.T @ (columns > 0).T.astype(np.float64)
        usable &= (after >= least) & (fitted.count[:, None] - after >= least)
    weight = np.where(usable, 1.0 / np.where(usable, left, 1.0), 0.0)
    product = fitted.residual.T @ columns.T
    gain = product * product * weight
    which = np.argmax(gain, axis=1)
    series = np.arange(len(gain))
    row = series if len(weight) == len(series) else np.zeros_like(series)
    spread = weight[row, which]
    return Extra(which, gain[series, which], product[series, which] * spread, spread, leak[row, which])


def _squares(residual: Float64) -> Float64:
    return np.asarray(np.einsum("np,np->p", residual, residual))


def _well_conditioned(normal: Float64) -> NDArray[np.bool_]:
    """Whether each (k, k) matrix can be inverted; none with an empty column can."""
    size = np.sqrt(np.einsum("pii->pi", normal))
    some = (size > 0).all(axis=1)
    size[~some] = 1.0
    scaled = normal / (size[:, :, None] * size[:, None, :])
    scaled[~some] = np.eye(normal.shape[1])
    return some & (np.linalg.cond(scaled) < _WORST)
