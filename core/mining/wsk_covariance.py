"""Covariance of D, dH and the coefficients of u: the Cramer-Rao bound of the model for noise of known size.

The Fisher matrix is an arrow: a 2 x 2 block per pixel and a border of the coefficients. Gauges enter as directions in
which the coefficients do not move. Bounds are not taken as knowledge: a value on its bound has the variance it would
have without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

import numpy as np
from numpy.typing import NDArray

from .wsk_data import Data

Float64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Covariance:
    """For unit noise (multiply by sigma squared), in the solver's units.

    c : (q, q). d, h, dh : (P,) variances of d and h and their covariance. cross : (q,) k with cov(c, d_p) = k d_p;
    exact when all pixels have the same weights, the mean over the pixels otherwise.
    """

    c: Float64
    d: Float64
    h: Float64
    dh: Float64
    cross: Float64


@dataclass(frozen=True, eq=False)
class HeightGauge:
    """dH uncorrelated with D, linearised: sum of `d` delta d + `h` delta h is zero.

    d, h : (P,). along : (q,) change of c, along_d : change of d over d, when h changes by -d.
    """

    d: Float64
    h: Float64
    along: Float64
    along_d: float


def covariance(
    data: Data, c: Float64, d: Float64, directions: Float64, gauge: Optional[HeightGauge] = None
) -> Covariance:
    """Covariance at the estimate c (q,), d (P,); directions (q, r) are those in which c may move."""
    normals = data.normals(data.L @ c)
    determinant = normals.dd * normals.hh - normals.dh**2
    inverse = np.broadcast_to(
        np.stack([normals.hh, -normals.dh, normals.dd]) / determinant,
        (3, len(d)) if data.W is not None else (3,),
    )
    inverse = inverse if inverse.ndim == 2 else inverse[:, None]  # (3, P) or (3, 1): dd, dh, hh
    B = data.L @ directions
    g = data.L @ c
    if data.W is None:
        coupling = np.stack([g @ B, data.b @ B])[:, :, None]  # (2, r, 1)
        inner = float(d @ d) * (B.T @ B)
    else:
        coupling = np.stack([(B * g[:, None]).T @ data.W, (B * data.b[:, None]).T @ data.W])
        inner = B.T @ ((data.W @ (d * d))[:, None] * B)
    gain = _times(inverse, coupling)  # (2, r, P or 1): response of d and h to c, per unit of d
    lost = (
        np.einsum("irp,isp,p->rs", coupling, gain, d * d)
        if data.W is not None
        else (float(d @ d) * np.einsum("irp,isp->rs", coupling, gain))
    )
    size = inner - lost
    Cz = np.linalg.inv((size + size.T) / 2.0) if len(size) else size
    follow = np.einsum("rs,isp->irp", Cz, gain)
    square = d * d
    var_d = inverse[0] + square * np.einsum("rp,rp->p", gain[0], follow[0])
    var_h = inverse[2] + square * np.einsum("rp,rp->p", gain[1], follow[1])
    var_dh = inverse[1] + square * np.einsum("rp,rp->p", gain[0], follow[1])
    cross = _mean_over_power(-follow[0], d)
    plain = Covariance(
        directions @ Cz @ directions.T, var_d, var_h * data.estimates_height, var_dh, directions @ cross
    )
    return plain if gauge is None else _regauged(plain, gauge, d, inverse, gain, Cz, directions)


def _regauged(
    plain: Covariance,
    gauge: HeightGauge,
    d: Float64,
    inverse: Float64,
    gain: Float64,
    Cz: Float64,
    directions: Float64,
) -> Covariance:
    """The same along the other gauge: x' = x + V t, t = -(G x) / (G V), V the direction the phases leave open."""
    own_d = inverse[0] * gauge.d + inverse[1] * gauge.h
    own_h = inverse[1] * gauge.d + inverse[2] * gauge.h
    pulled = np.sum((gain[0] * gauge.d + gain[1] * gauge.h) * d, axis=1)  # (r,)
    moved = Cz @ pulled
    step = -1.0 / float(gauge.d @ d * gauge.along_d - gauge.h @ d)
    var_t = step**2 * (float(gauge.d @ own_d + gauge.h @ own_h) + float(pulled @ moved))
    t_d = step * (own_d + d * np.einsum("r,rp->p", moved, gain[0]))
    t_h = step * (own_h + d * np.einsum("r,rp->p", moved, gain[1]))
    t_c = -step * directions @ moved
    vd, vh = gauge.along_d * d, -d
    return Covariance(
        plain.c
        + np.outer(gauge.along, t_c)
        + np.outer(t_c, gauge.along)
        + var_t * np.outer(gauge.along, gauge.along),
        plain.d + 2.0 * vd * t_d + vd**2 * var_t,
        plain.h + 2.0 * vh * t_h + vh**2 * var_t,
        plain.dh + vd * t_h + vh * t_d + vd * vh * var_t,
        plain.cross
        + gauge.along * float((t_d @ d) / (d @ d))
        + gauge.along_d * t_c
        + gauge.along * gauge.along_d * var_t,
    )


def _times(inverse: Float64, coupling: Float64) -> Float64:
    """(2, r, P) of the symmetric 2 x 2 matrices (3, P) and (2, r, P)."""
    return np.stack(
        [
            inverse[0] * coupling[0] + inverse[1] * coupling[1],
            inverse[1] * coupling[0] + inverse[2] * coupling[1],
        ]
    )


def _mean_over_power(values: Float64, d: Float64) -> Float64:
    """(r,) mean of (r, P) weighted by d squared."""
    if values.shape[1] == 1:
        return values[:, 0]
    finite = np.where(d != 0, values, 0.0)
    return np.asarray(finite @ (d * d) / float(d @ d))
