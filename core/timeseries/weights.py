"""Weights of pairs from their coherence: 1 / variance of the multilooked interferometric phase.

The variance is the second moment of the exact probability density of the phase of L independent
looks at coherence g (Tough, Blacknell & Quegan 1995; Lee et al. 1994), by quadrature, at every g
from 0 (uniform phase, variance pi^2/3) to `MAX_COHERENCE`. The Cramer-Rao bound
(1 - g^2) / (2 L g^2) is what it tends to for large L g^2; it is not used for weights, because it
is far too small at one look and has no limit at low coherence. Coherence is taken as it is: the
bias of its estimate is not removed.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError

Float64 = NDArray[np.float64]
T = TypeVar("T", float, NDArray[np.float64])

# The weight tends to infinity at coherence 1, which a finite window cannot tell from 0.999.
MAX_COHERENCE = 0.999
_LEVELS = 1 << 16
_PHASES = 96


@lru_cache(maxsize=16)
def _gauss_legendre(count: int) -> tuple[Float64, Float64]:
    """Nodes in 0 to 1 and weights of a Gauss-Legendre rule."""
    node, weight = np.polynomial.legendre.leggauss(count)
    return 0.5 * (node + 1.0), weight


def cramer_rao_variance(coherence: T, looks: float) -> T:
    """Lower bound of the phase variance [rad^2], (1 - g^2) / (2 L g^2) (Rodriguez & Martin 1992)."""
    squared = coherence * coherence
    return (1.0 - squared) / (2.0 * looks * squared)


def phase_density(phase: Float64, coherence: float, looks: float) -> Float64:
    """Density of the multilooked phase about its expectation, up to a constant factor.

    With b = g cos(phase) it is proportional to the integral over x > 0 of
    sinh(x)^(2L-2) / (cosh(x) - b)^(2L): the product of the complex Wishart density and the
    integral form of its Bessel function, integrated over the magnitude. The integrand is positive,
    so no digits are lost at any L >= 1, where the hypergeometric form cancels.

    phase : (K,) [rad]; coherence below 1; looks at least 1. Returns (K,).
    """
    count = int(160 + 24 * math.sqrt(looks))
    node, weight = _gauss_legendre(count)
    b = coherence * np.cos(phase)[:, None]
    width = np.sqrt(2.0 * (1.0 - b))
    top = np.arcsinh(20.0 / width)  # beyond x = 20 the integrand is below e^-40
    y = node * top
    x = width * np.sinh(y)
    jacobian = width * np.cosh(y) * 0.5 * top * weight
    # cosh(x) - b without cancellation at small x
    exponent = -2.0 * looks * np.log(2.0 * np.square(np.sinh(0.5 * x)) + (1.0 - b))
    if looks > 1.0:
        exponent += (2.0 * looks - 2.0) * np.log(np.sinh(x))
    # At b the integrand peaks where cosh(x) = 1/b; its height there sets the scale.
    scale = looks * math.log1p(-coherence * coherence)
    return np.sum(np.exp(exponent + scale) * jacobian, axis=1)


def phase_variance(coherence: float, looks: float) -> float:
    """Variance of the multilooked phase [rad^2] about its expectation, within -pi to pi."""
    if coherence <= 0.0:
        return math.pi**2 / 3.0
    node, weight = _gauss_legendre(_PHASES)
    spread = min(math.sqrt(cramer_rao_variance(coherence, looks)), 1.0)
    top = math.asinh(math.pi / spread)
    y = node * top
    phase = spread * np.sinh(y)
    density = phase_density(phase, coherence, looks) * np.cosh(y) * weight
    return float(np.sum(density * phase * phase) / np.sum(density))


@lru_cache(maxsize=8)
def weight_table(looks: float) -> Float64:
    """Weights [rad^-2] at 65536 equal steps of coherence from 0 to 1, for one number of looks.

    The variance is computed at about 200 coherences, dense toward 1 and below a few 1/sqrt(L),
    and its ratio to 1 - g^2, which is smooth, is interpolated.
    """
    low = np.linspace(0.0, min(0.6, 5.0 / math.sqrt(looks)), 80)
    node = np.union1d(low, np.tanh(np.linspace(0.0, math.atanh(MAX_COHERENCE), 129)))
    smooth = np.array([phase_variance(float(g), looks) for g in node]) / (1.0 - node * node)
    level = np.minimum(np.arange(_LEVELS) / (_LEVELS - 1.0), MAX_COHERENCE)
    rapidity = np.arctanh(level)
    variance = np.exp(np.interp(rapidity, np.arctanh(node), np.log(smooth))) * (1.0 - level * level)
    table: Float64 = 1.0 / variance
    table.setflags(write=False)
    return table


def from_coherence(coherence: NDArray[np.float32], looks: float) -> Float64:
    """Weights 1/sigma^2 [rad^-2] of coherence (any shape); 0 (missing) where coherence is NaN.

    Values outside 0 to 1 count as 0 or 1. Raises InputError when looks is below 1.
    """
    if not looks >= 1.0:
        raise InputError("Looks", looks, "a number of at least 1", "Give the effective number of looks")
    known = coherence == coherence
    level = np.where(known, coherence, 0.0)
    np.clip(level, 0.0, 1.0, out=level)
    level *= _LEVELS - 1.0
    level += 0.5
    weight = weight_table(float(looks))[level.astype(np.int32)]
    weight *= known
    return weight
