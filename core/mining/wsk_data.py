"""Sums over interferograms and over pixels that the alternating solver needs, with or without per-pixel weights."""

from __future__ import annotations

from typing import Optional

import numpy as np
from numpy.typing import NDArray

from .wsk_closed import CHUNK
from .wsk_pixel import Bool, Normals

Float64 = NDArray[np.float64]


class Data:
    """Phases Y (m, P), design L (m, q) and baseline b (m,); weights W (m, P), 0 where missing, or None for all 1.

    Complete data enter reduced (`wsk_closed.Reduced`), so that m is q + 1 instead of the number of interferograms.
    estimates_height : False where b is zero; dH is then 0. energy : weighted sum of squares of the phases before they
    were reduced; None sums those given. images : (m, N) what a phase of each image adds to the phases (the incidence
    matrix in the same coordinates), for the covariance.
    """

    def __init__(
        self,
        Y: Float64,
        L: Float64,
        b: Float64,
        W: Optional[Float64] = None,
        energy: Optional[float] = None,
        images: Optional[Float64] = None,
    ) -> None:
        self.L, self.b, self.W = L, b, W
        self.images = np.zeros((len(b), 0)) if images is None else images
        self.weighted = Y if W is None else W * np.where(W > 0, Y, 0.0)
        self.estimates_height = bool(np.any(b != 0))
        if energy is not None:
            self.energy = energy
        elif W is None:
            self.energy = float((Y**2).sum())
        else:
            self.energy = float((self.weighted * np.where(W > 0, Y, 0.0)).sum())

    def normals(self, g: Float64) -> Normals:
        """Normal equations of (d, h) of every pixel at g = L c."""
        rows = np.stack([g, self.b])
        right = rows @ self.weighted
        if self.W is None:
            dd, dh, hh = g @ g, g @ self.b, self.b @ self.b
        else:
            dd, dh, hh = np.stack([g * g, g * self.b, self.b * self.b]) @ self.W
        if not self.estimates_height:
            return Normals(dd, 0.0 * dd, np.ones_like(dd), right[0], np.zeros_like(right[1]))
        return Normals(dd, dh, hh, right[0], right[1])

    def objective(self, n: Normals, d: Float64, h: Float64) -> float:
        """Half the weighted sum of squares."""
        inner = (n.dd * d) @ d + 2.0 * ((n.dh * d) @ h) + (n.hh * h) @ h - 2.0 * (n.d @ d + n.h @ h)
        return 0.5 * (self.energy + float(inner))

    def coefficient_normals(self, d: Float64, h: Float64) -> tuple[Float64, Float64]:
        """(H (q, q), f (q,)) of the least-squares problem of c at d and h."""
        if self.W is None:
            square = np.full(len(self.b), float(d @ d))
            baseline = np.full(len(self.b), float(d @ h))
        else:
            square, baseline = self.W @ (d * d), self.W @ (d * h)
        right = self.weighted @ d - self.b * baseline
        return self.L.T @ (square[:, None] * self.L), self.L.T @ right

    def curvature(self, g: Float64, d: Float64, free_d: Bool, free_h: Bool) -> Float64:
        """(q, q) the same matrix with the unknowns of the pixels eliminated; weights are averaged over pixels.

        Exact (Gauss-Newton) for complete data. It is what c feels when d and h follow it.
        """
        total = np.zeros((len(self.b), len(self.b)))
        free_h = free_h & self.estimates_height
        for with_d in (False, True):
            for with_h in (False, True):
                members = (free_d == with_d) & (free_h == with_h)
                power = float(np.sum(d[members] ** 2))
                if power == 0.0:
                    continue
                mean = np.ones(len(self.b))
                if self.W is not None:
                    mean = self.W @ np.where(members, d * d, 0.0) / power
                total += power * _eliminated(mean, [v for v, used in ((g, with_d), (self.b, with_h)) if used])
        return np.asarray(self.L.T @ total @ self.L)


def gap_weights(phase: NDArray, weights: Optional[Float64]) -> Float64:
    """(M, P) weights with 0 where a phase or a weight is missing."""
    W = np.empty(phase.shape)
    for start in range(0, phase.shape[1], CHUNK):
        columns = slice(start, min(start + CHUNK, phase.shape[1]))
        known = np.isfinite(phase[:, columns])
        if weights is None:
            W[:, columns] = known
        else:
            given = weights[:, None] if weights.ndim == 1 else weights[:, columns]
            W[:, columns] = np.where(known, np.nan_to_num(given, nan=0.0), 0.0)
    return W


def _eliminated(weight: Float64, columns: list[Float64]) -> Float64:
    """diag(w) less its part along the columns."""
    matrix = np.diag(weight)
    if not columns:
        return matrix
    X = np.stack(columns, axis=1)
    WX = weight[:, None] * X
    return np.asarray(matrix - WX @ np.linalg.solve(X.T @ WX, WX.T))
