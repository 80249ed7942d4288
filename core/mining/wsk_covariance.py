"""Covariance of D, dH and the coefficients of u for noise of interferograms and of images (`wsk_noise`).

The Fisher matrix is an arrow: a 2 x 2 block per pixel and a border of the coefficients. Gauges enter as directions in
which the coefficients do not move. With noise of the interferograms alone this is the Cramer-Rao bound; noise of images
is carried through the same estimator. Bounds are not taken as knowledge: a value on its bound has the variance it would
have without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

import numpy as np
from numpy.typing import NDArray

from .wsk_closed import CHUNK
from .wsk_data import Data
from .wsk_noise import Noise

Float64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Covariance:
    """In the solver's units.

    c : (q, q). d, h, dh : (P,) variances of d and h and their covariance. cross, cross_all : (q,) with cov(c, d_p) =
    cross d_p + cross_all; exact when all pixels have the same weights, the mean over the pixels otherwise.
    """

    c: Float64
    d: Float64
    h: Float64
    dh: Float64
    cross: Float64
    cross_all: Float64

    @property
    def correlation(self) -> Float64:
        """(P,) of the errors of d and h; NaN where one of them has none."""
        product = self.d * self.h
        known = product > 0
        size = np.sqrt(np.where(known, product, 1.0))
        return np.where(known, np.clip(self.dh / size, -1.0, 1.0), np.nan)


@dataclass(frozen=True, eq=False)
class HeightGauge:
    """dH uncorrelated with D, linearised: sum of `d` delta d + `h` delta h is zero.

    d, h : (P,). along : (q,) change of c, along_d : change of d over d, when h changes by -d.
    """

    d: Float64
    h: Float64
    along: Float64
    along_d: float


@dataclass(frozen=True, eq=False)
class _Pixels:
    """Per pattern of weights, K of them (one when all pixels have the same).

    inverse : (3, K) of the normal matrix, entries dd, dh, hh. coupling : (2, r, K) products with the columns of u.
    gain : (2, r, K) response of d and h to c per unit of d. images : (3, K) square of the response to the images.
    shared : (2, r, K) product of that response with that of u.
    """

    inverse: Float64
    coupling: Float64
    gain: Float64
    images: Float64
    shared: Float64


def covariance(
    data: Data, c: Float64, d: Float64, directions: Float64, noise: Noise, gauge: Optional[HeightGauge] = None
) -> Covariance:
    """Covariance at the estimate c (q,), d (P,); directions (q, r) are those in which c may move."""
    B, g = data.L @ directions, data.L @ c
    power = np.full(len(g), float(d @ d)) if data.W is None else data.W @ (d * d)
    pixels = _pixels(data, g, B)
    lost = _weighted_sum(np.einsum("irp,isp->rsp", pixels.coupling, pixels.gain), d)
    size = B.T @ (power[:, None] * B) - lost
    Cz = np.linalg.inv((size + size.T) / 2.0) if len(size) else size
    seen = _seen_by_u(data, g, B, power, float(d @ d))
    total = float(d.sum())
    alike = total**2 / float(d @ d) if np.any(d) else 0.0
    alone = Noise(noise.pair - noise.common_pair, noise.image - noise.common_image)
    pair, image = alone.pair + alike * noise.common_pair, alone.image + alike * noise.common_image
    Z = Cz @ (pair * size + image * seen) @ Cz
    shared = np.einsum("rs,isp->irp", Cz, pixels.shared)
    # Of a pixel's own error with that of u: per unit of its d, and what is the same for all.
    met, met_all = alone.image * shared, noise.common_image * total * shared
    follow = np.einsum("rs,isp->irp", Z, pixels.gain)
    own = noise.pair * pixels.inverse + noise.image * pixels.images

    def entry(i: int, j: int) -> Float64:
        gain = pixels.gain
        square = gain[i] * follow[j] - met[i] * gain[j] - gain[i] * met[j]
        linear = met_all[i] * gain[j] + gain[i] * met_all[j]
        return np.asarray(own[i + j] + d * d * square.sum(axis=0) - d * linear.sum(axis=0))

    used = float(data.estimates_height)
    plain = Covariance(
        directions @ Z @ directions.T,
        entry(0, 0),
        entry(1, 1) * used,
        entry(0, 1) * used,
        directions @ _mean_over_power(met[0] - follow[0], d),
        directions @ _mean_over_power(met_all[0], d),
    )
    if gauge is None:
        return plain
    lonely = alone.pair * pixels.inverse + alone.image * pixels.images
    return _regauged(plain, gauge, d, lonely, pixels.gain, (met, met_all), Z, directions)


def _pixels(data: Data, g: Float64, B: Float64) -> _Pixels:
    normals = data.normals(g)
    entries = np.stack([np.atleast_1d(v) for v in (normals.dd, normals.dh, normals.hh)])
    determinant = entries[0] * entries[2] - entries[1] ** 2
    inverse = np.stack([entries[2], -entries[1], entries[0]]) / determinant
    X = np.stack([g, data.b])
    W = np.ones((len(g), 1)) if data.W is None else data.W
    count, r = W.shape[1], B.shape[1]
    coupling, towards = np.empty((2, r, count)), np.empty((2, r, count))
    squares = np.empty((3, count))
    for start in range(0, count, CHUNK):
        part = slice(start, min(start + CHUNK, count))
        felt = []
        for i in range(2):
            weighted = W[:, part] * X[i][:, None]
            coupling[i, :, part] = B.T @ weighted
            felt.append(data.images.T @ weighted)
            towards[i, :, part] = B.T @ (W[:, part] * (data.images @ felt[i]))
        for entry, (i, j) in enumerate(((0, 0), (0, 1), (1, 1))):
            squares[entry, part] = np.einsum("np,np->p", felt[i], felt[j])
    gain = _times(inverse, coupling)
    own = _sandwich(inverse, squares)
    return _Pixels(inverse, coupling, gain, own, _times(inverse, towards - _times(squares, gain)))


def _seen_by_u(data: Data, g: Float64, B: Float64, power: Float64, total: float) -> Float64:
    """(r, r) square of u's response to the images, with the mean weights of the pixels."""
    root = np.sqrt(power / total) if total > 0 else power
    X = np.column_stack([g, data.b]) if data.estimates_height else g[:, None]
    X, scaled = root[:, None] * X, root[:, None] * B
    rest = scaled - X @ np.linalg.lstsq(X, scaled, rcond=None)[0]
    response = (root[:, None] * data.images).T @ rest
    return np.asarray(total * response.T @ response)


def _regauged(
    plain: Covariance,
    gauge: HeightGauge,
    d: Float64,
    own: Float64,
    gain: Float64,
    met: tuple[Float64, Float64],
    Z: Float64,
    directions: Float64,
) -> Covariance:
    """The same along the other gauge: x' = x + V t, t = -(G x) / (G V), V the direction the phases leave open.

    own : (3, P or 1) covariance of d and h in which pixels are independent; what they share cancels in G, whose entries
    have no mean.
    """
    across = float(gauge.d @ d * gauge.along_d - gauge.h @ d)
    if across == 0.0:  # no pixel sinks: nothing to be correlated with
        return plain
    step = -1.0 / across
    held = np.stack([own[0] * gauge.d + own[1] * gauge.h, own[1] * gauge.d + own[2] * gauge.h])
    pulled = np.sum((gain[0] * gauge.d + gain[1] * gauge.h) * d, axis=1)  # (r,)
    linked = np.sum((met[0][0] * d + met[1][0]) * gauge.d + (met[0][1] * d + met[1][1]) * gauge.h, axis=1)
    moved = Z @ pulled
    var_t = float(gauge.d @ held[0] + gauge.h @ held[1] - 2.0 * linked @ pulled + pulled @ moved) * step**2
    t_d, t_h = (
        step * (held[i] + d * ((moved - linked) @ gain[i] - pulled @ met[0][i]) - pulled @ met[1][i])
        for i in range(2)
    )
    t_c = step * directions @ (linked - moved)
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
        plain.cross_all,
    )


def _times(matrix: Float64, values: Float64) -> Float64:
    """(2, r, P) of the symmetric 2 x 2 matrices (3, P) and (2, r, P)."""
    return np.stack(
        [matrix[0] * values[0] + matrix[1] * values[1], matrix[1] * values[0] + matrix[2] * values[1]]
    )


def _sandwich(outer: Float64, inner: Float64) -> Float64:
    """(3, P) of the symmetric 2 x 2 matrices outer inner outer."""
    first = _times(outer, np.stack([np.stack([inner[0], inner[1]]), np.stack([inner[1], inner[2]])]))
    return np.stack(
        [
            first[0, 0] * outer[0] + first[0, 1] * outer[1],
            first[0, 0] * outer[1] + first[0, 1] * outer[2],
            first[1, 0] * outer[1] + first[1, 1] * outer[2],
        ]
    )


def _weighted_sum(values: Float64, d: Float64) -> Float64:
    """(r, s) sum of (r, s, P or 1) weighted by d squared."""
    square = d * d
    return values[:, :, 0] * float(square.sum()) if values.shape[2] == 1 else np.asarray(values @ square)


def _mean_over_power(values: Float64, d: Float64) -> Float64:
    """(r,) mean of (r, P or 1) weighted by d squared."""
    if values.shape[1] == 1:
        return values[:, 0]
    total = float(d @ d)
    return np.asarray(values @ (d * d) / total) if total > 0 else np.zeros(len(values))
