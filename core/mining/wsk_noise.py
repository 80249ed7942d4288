"""Noise of the phases in two parts: of each interferogram alone, and of each image, which its interferograms share.

The phases of one pixel have the covariance pair W^-1 + image A A^T, A the incidence matrix of interferograms on images:
decorrelation is drawn anew in every interferogram, the atmosphere once per image. Taking the image's part for noise of
the interferograms makes D look worse than it is (in a network of short pairs it cancels between its ends), dH better,
and u far better, because the atmosphere of neighbouring pixels is alike and does not average out over them.

Both parts are estimated from residuals. What does not close around loops of interferograms is noise of interferograms
alone (Henderson's third method of variance components, 1953); what the rest has beyond it is noise of images. Once over
the pixels, once for a sum over the pixels; where the sum's noise is larger than that of independent pixels, a share of
each part is common to all pixels. One share for all pairs of pixels stands for the correlation that in truth falls with
their distance. Without loops everything counts as noise of interferograms.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Optional

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]

_SAMPLE = 4096  # pixels that the parts are estimated from
_PATTERNS = 512  # the same where each pixel has weights of its own
_SINGULAR = 1e-9
_TINY = 1e-300


@dataclass(frozen=True)
class Noise:
    """Variances [rad^2] at a pixel: of a phase of weight 1, and of an image; common_* : what all pixels share."""

    pair: float
    image: float
    common_pair: float = 0.0
    common_image: float = 0.0

    @classmethod
    def known(cls, sigma: float) -> Noise:
        """Independent noise of this standard deviation in every interferogram and pixel."""
        return cls(sigma**2, 0.0)

    def text(self, free: bool = False) -> str:
        """What the standard deviations take for noise; free : u has a value per interval."""
        if not math.isfinite(self.pair):
            return "Without redundancy there are no residuals and no standard deviations."
        said = (
            f"Noise of a pixel: {math.sqrt(self.pair):.2g} rad in every interferogram (of weight 1), "
            f"{_share(self.common_pair, self.pair)} common to all pixels, and {math.sqrt(self.image):.2g} rad in every "
            f"image, {_share(self.common_image, self.image)} common."
        )
        if not free:
            return said
        return (
            f"{said} A free u follows what the atmosphere has in common with D and leaves no residual of it: the "
            "standard deviations of u, D and subsidence are lower limits, several times too small where the atmosphere "
            "is smooth."
        )


def _share(part: float, whole: float) -> str:
    return f"{100.0 * part / whole if whole > 0 else 0.0:.0f} % of its variance"


@dataclass(frozen=True, eq=False)
class Network:
    """What the interferograms see: X (M, 1 or 2) of D and dH, B (M, r) of u, A (M, N) of the images."""

    X: Float64
    B: Float64
    A: Float64


def estimate(
    network: Network, phase: NDArray, weights: Optional[Float64], d: Float64, h: Float64, free: bool
) -> Noise:
    """All parts from the residuals of the unbounded d and h (P,).

    phase : (M, P), read only where weights are above 0. weights : None, (M,) or (M, P). free : u may follow the images
    one by one and hides what the pixels' sum weighted by d shows; then a sum that u does not see is taken.
    """
    W = np.ones((len(phase), 1)) if weights is None else weights if weights.ndim == 2 else weights[:, None]
    one = W.shape[1] == 1
    most = min(len(d), _SAMPLE if one else _PATTERNS)
    chosen = np.unique(np.linspace(0, len(d) - 1, most).round().astype(np.intp))
    W_chosen = W if one else W[:, chosen]
    residual = _residual(network, phase[:, chosen], W_chosen, d[chosen], h[chosen])
    pair, image = _parts(network.A, network.X, W_chosen, residual, network.B.shape[1])
    if not network.B.shape[1] or not math.isfinite(pair):
        return Noise(pair, image)
    seen = np.ones_like(d) - d * (d.sum() / float(d @ d)) if free else d
    columns = network.X if free else np.hstack([network.X, network.B])
    sum_pair, sum_image = _parts(network.A, columns, *_summed(network, phase, W, d, h, seen))
    # Variance of the sum over that of independent pixels, were all of it common.
    largest = float(seen.sum()) ** 2 / float(seen @ seen)
    if not (math.isfinite(sum_pair) and largest > 1.0 + _SINGULAR):
        return Noise(pair, image)
    shared = (
        min(max((summed - single) / (largest - 1.0), 0.0), single)
        for summed, single in ((sum_pair, pair), (sum_image, image))
    )
    return Noise(pair, image, *shared)


def _residual(network: Network, phase: NDArray, W: Float64, d: Float64, h: Float64) -> Float64:
    unknown = np.stack([d, h])[: network.X.shape[1]]
    return np.where(W > 0, phase - network.X @ unknown, 0.0)


def _summed(
    network: Network, phase: NDArray, W: Float64, d: Float64, h: Float64, share: Float64
) -> tuple[Float64, Float64]:
    """(M, 1) weights and residuals of the sum of the pixels weighted by `share` (P,), of a pixel's size."""
    if W.shape[1] > 1:
        power = W @ share**2
        total = (W * _residual(network, phase, W, d, h)) @ share
    else:
        power = W[:, 0] * float(share @ share)
        unknown = np.stack([d, h])[: network.X.shape[1]]
        total = W[:, 0] * (phase @ share - network.X @ (unknown @ share))
    length = math.sqrt(float(share @ share))
    known = power > 0
    mean = np.where(known, total / np.where(known, power, 1.0), 0.0)
    return (power / length**2)[:, None], (length * mean)[:, None]


def _parts(A: Float64, columns: Float64, W: Float64, residual: Float64, shared: int = 0) -> tuple[float, float]:
    """Variances (pair, image) of residuals (M, k) that the columns (M, s) have been fitted out of.

    W : (M, k), or (M, 1) for all; 0 where missing. shared : unknowns common to all k.
    Neither is below 0; NaN without redundancy.
    """
    alike = residual.shape[1] / W.shape[1]
    weighted = W * residual
    normal = np.einsum("mn,mp,mk->pnk", A, W, A, optimize=True)
    ridge = _SINGULAR * np.einsum("pnn->p", normal)[:, None, None] * np.eye(A.shape[1])
    towards = A.T @ weighted
    stacked = towards[None] if W.shape[1] == 1 else towards.T[:, :, None]
    fitted = np.linalg.solve(normal + ridge + _TINY * np.eye(A.shape[1]), np.concatenate([normal, stacked], axis=2))
    rank = np.einsum("pnn->p", fitted[:, :, : A.shape[1]]).round()
    of_images = float(np.sum(stacked * fitted[:, :, A.shape[1] :]))
    loops = float(np.sum(residual * weighted)) - of_images
    N = np.einsum("mi,mp,mj->pij", columns, W, columns)
    T = np.einsum("mn,mp,mj->pnj", A, W, columns)
    taken = np.einsum("pnj,pjn->p", T, np.linalg.solve(N, np.swapaxes(T, 1, 2)))
    power = alike * float(np.sum(np.einsum("pnn->p", normal) - taken))
    freedom_loops = alike * float(np.sum(np.count_nonzero(W, axis=0) - rank))
    freedom_images = alike * float(np.sum(rank - columns.shape[1])) - shared
    freedom = freedom_loops + freedom_images
    if freedom <= 0:
        return math.nan, 0.0
    pair = max(loops, 0.0) / freedom_loops if freedom_loops > 0 else math.inf
    image = (of_images - pair * freedom_images) / power if power > 0 else 0.0
    return (pair, image) if image > 0 else (max(loops + of_images, 0.0) / freedom, 0.0)
