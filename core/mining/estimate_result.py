"""What an estimate of the kinetics found, over all funnels."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .wsk_groups import Weak
from .wsk_noise import Noise

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Group:
    """One funnel: its pixels and what is common to them.

    members : positions (P_g,) in the scene's order. u, u_std : (K,) per interval [-]. model : the u model as JSON, from
    which a prediction continues. facts : sentences with numbers on what the model can and cannot tell; brief : one line
    on each limit. physical : D and u are known each for itself, not only their product.
    bounds : the ones in force (max_d [m2/s], max_cx [g/100 g], max_dh [m]), None where free.
    """

    funnel: int
    members: NDArray[np.intp]
    u: Float64
    u_std: Float64
    model: dict[str, Any]
    facts: tuple[str, ...]
    brief: tuple[str, ...]
    gauge: str
    physical: bool
    noise: Noise
    solver: str
    iterations: int
    kkt: float
    diffusion_on_bound: int
    height_on_bound: int
    uplift: int
    largest_diffusion: float
    bounds: dict[str, float | None] = field(default_factory=dict)

    def summary(self) -> dict[str, Any]:
        """One row of result.json."""
        return {
            "funnel": self.funnel,
            "pixels": len(self.members),
            "gauge": self.gauge,
            "physical": self.physical,
            "noise_rad": {
                "interferogram": _root(self.noise.pair),
                "image": _root(self.noise.image),
                "common_interferogram": _root(self.noise.common_pair),
                "common_image": _root(self.noise.common_image),
            },
            "solver": self.solver,
            "iterations": self.iterations,
            "kkt": self.kkt,
            "diffusion_on_bound": self.diffusion_on_bound,
            "height_on_bound": self.height_on_bound,
            "uplift": self.uplift,
            "largest_diffusion_m2_s": self.largest_diffusion,
            "bounds": self.bounds,
            "facts": list(self.facts),
        }


@dataclass(frozen=True)
class Fitted:
    """All funnels together; P pixels in the scene's order, N dates, M interferograms.

    diffusion [m2/s], height [m], their standard deviations, and the correlation of their errors : (P,).
    subsidence, subsidence_std : (N, P) [m]. residual : (M, P) [rad], NaN where missing.
    residual_rms [rad], temporal_coherence : (P,). pair_std : (M,) [rad], overall [rad]. weak : funnels left out.
    """

    groups: tuple[Group, ...]
    weak: tuple[Weak, ...]
    cs: float
    delta: float
    diffusion: Float64
    diffusion_std: Float64
    height: Float64
    height_std: Float64
    correlation: Float64
    subsidence: Float64
    subsidence_std: Float64
    residual: Float64
    residual_rms: Float64
    temporal_coherence: Float64
    pair_std: Float64
    overall: float
    warnings: tuple[str, ...] = ()

    @property
    def physical(self) -> bool:
        """Whether D and u are known each for itself in every funnel."""
        return all(group.physical for group in self.groups)

    @property
    def on_bound(self) -> int:
        """Pixels with D or dH on an upper bound."""
        return sum(group.diffusion_on_bound + group.height_on_bound for group in self.groups)

    @property
    def uplift(self) -> int:
        """Pixels whose unbounded D is negative."""
        return sum(group.uplift for group in self.groups)


def _root(variance: float) -> float | None:
    return math.sqrt(variance) if math.isfinite(variance) else None


def residual_statistics(residual: Float64) -> tuple[Float64, Float64, Float64, float]:
    """(rms (P,), temporal coherence (P,), std per interferogram (M,), std over all) of residuals (M, P).

    NaN counts as missing.
    """
    known = np.isfinite(residual)
    filled = np.where(known, residual, 0.0)
    count = np.maximum(known.sum(axis=0), 1)
    rms = np.sqrt((filled**2).sum(axis=0) / count)
    turned = np.where(known, np.exp(1j * filled), 0.0).sum(axis=0)
    per_pair = np.array([float(np.std(row[seen])) if seen.any() else np.nan for row, seen in zip(residual, known)])
    overall = float(np.std(residual[known])) if known.any() else float("nan")
    return rms, np.abs(turned) / count, per_pair, overall
