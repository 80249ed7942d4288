"""Data that no estimate should be made from, refused with the numbers that say why."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from . import wsk_facts
from .wsk_model import Problem
from .wsk_options import Bounds
from .wsk_setup import Setup

Float64 = NDArray[np.float64]

_HELD = 0.995  # of the pixels on a bound: chance leaves one inside here and there
_EDGE = 2.0  # standard deviations beyond the largest singular value of noise


def require_signal(strength: float, sigma: float, coefficients: int, pixels: int) -> None:
    """Refuse phases whose common part is no larger than noise makes it by chance (Marchenko-Pastur edge).

    strength : by how much D u lowers the sum of squares [rad^2]. sigma : standard deviation of what is left [rad], NaN
    without redundancy. coefficients : of u, the scale included.
    """
    if math.isnan(sigma):
        return
    edge = sigma**2 * (math.sqrt(pixels) + math.sqrt(coefficients) + _EDGE) ** 2
    if strength <= edge:
        raise InputError(
            "Phase",
            f"phases without a subsiding pixel (common signal {math.sqrt(max(strength, 0.0) / pixels):.2g} rad per "
            f"pixel, noise alone gives up to {math.sqrt(edge / pixels):.2g})",
            "pixels that subside together, above the noise",
            "Choose the area of the mine, a longer record, or a lower coherence threshold",
        )


def require_inside(
    problem: Problem, setup: Setup, bounds: Bounds, offered: Bounds, on_bound: int, pixels: int
) -> None:
    """Refuse an estimate in which D is hardly anywhere but on its bounds: it would only repeat them."""
    if on_bound < _HELD * pixels:
        return
    count = f"all {pixels:,}" if on_bound == pixels else f"{on_bound:,} of {pixels:,}"
    reach = wsk_facts.reach_text(problem.geology, bounds, setup.basis, setup.mean)
    raise InputError(
        "MAX_D",
        f"{bounds.diffusion_high:.3g} m2/s ({count} pixels are on a bound)",
        f"a bound that the data can stay within, about {offered.diffusion_high:.2g} m2/s",
        f"{reach} Let the bounds follow the data, or raise MAX_D",
    )


def require_sinking(diffusion: Float64, std: Float64) -> None:
    """Refuse data in which no pixel sinks by more than the largest of so many pixels of noise would.

    diffusion, std : unbounded D and its standard deviation (P,).
    """
    largest = max(3.0, math.sqrt(2.0 * math.log(len(diffusion))) + 1.0)
    known = np.isfinite(std) & (std > 0)
    sinking = diffusion > np.where(known, largest * std, 0.0)
    if not np.any(sinking):
        raise InputError(
            "Phase",
            "phases without a subsiding pixel",
            f"at least one pixel that sinks against the reference by more than {largest:.1f} standard deviations",
            "Check the reference area and the sign of the phases",
        )
