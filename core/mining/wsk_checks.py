"""Data that no estimate should be made from, refused with the numbers that say why."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from . import wsk_facts
from .wsk_closed import Leading
from .wsk_model import Problem
from .wsk_options import Bounds
from .wsk_setup import Setup

Float64 = NDArray[np.float64]

_EDGE = 2.0  # standard deviations beyond the largest singular value of noise


def require_signal(found: Leading, rest: float, freedom: int, pixels: int) -> None:
    """Refuse phases whose common part is no larger than noise makes it by chance (Marchenko-Pastur edge)."""
    if freedom <= 0:
        return
    noise = max(rest - found.strength, 0.0) / freedom
    edge = (math.sqrt(pixels) + math.sqrt(found.rank) + _EDGE) ** 2
    if found.strength <= noise * edge:
        raise InputError(
            "Phase",
            f"no subsiding pixel (common signal {math.sqrt(found.strength / pixels):.2g} rad per pixel, noise alone "
            f"gives up to {math.sqrt(noise * edge / pixels):.2g})",
            "pixels that subside together, above the noise",
            "Choose the area of the mine, a longer record, or a lower coherence threshold",
        )


def require_inside(
    problem: Problem, setup: Setup, bounds: Bounds, offered: Bounds, d: Float64, on_low: int, on_high: int
) -> None:
    if not np.any(d > 0.0):
        raise InputError(
            "Phase",
            "no subsiding pixel",
            "at least one pixel that sinks against the reference",
            "Check the reference area and the sign of the phases",
        )
    if on_low + on_high == len(d):
        reach = wsk_facts.reach_text(problem.geology, bounds, setup.basis, setup.mean)
        raise InputError(
            "MAX_D",
            f"{bounds.diffusion_high:.3g} m2/s (all {len(d):,} pixels are on a bound)",
            f"a bound that the data can stay within, about {offered.diffusion_high:.2g} m2/s",
            f"{reach} Let the bounds follow the data, or raise MAX_D",
        )
