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
_CHANCE = 2.326  # standard deviations: one series of noise in a hundred passes
_FEWEST = 6  # dates from which even motion can be told from noise at that level


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


def require_course(series: Float64) -> None:
    """Refuse a free u whose motion jumps from date to date as the atmosphere does, instead of going on.

    A free u follows anything that pixels have in common, smooth atmosphere too, and leaves no residual of it. What the
    atmosphere adds to one date it does not add to the next: the ratio of the mean square of successive differences to
    the variance is 2 for independent dates, with the variance 4 (N - 2) / (N^2 - 1), and near 0 for ground that goes on
    sinking (von Neumann, Ann. Math. Statist. 12, 1941).

    series : (N,) common motion at the dates, any unit, without bounds.
    """
    count = len(series)
    spread = float(np.sum((series - series.mean()) ** 2))
    if count < _FEWEST or not spread > 0:
        return
    ratio = float(np.sum(np.diff(series) ** 2)) / spread
    least = 2.0 - _CHANCE * math.sqrt(4.0 * (count - 2) / (count**2 - 1))
    if ratio >= least:
        raise InputError(
            "Phase",
            f"phases without a subsiding pixel (what the pixels have in common jumps from date to date as the "
            f"atmosphere does: von Neumann ratio {ratio:.2f}, 2 for noise)",
            f"motion that goes on from date to date, with a ratio below {least:.2f}",
            "Take a harmonic u, a smaller area around the mine, or phases corrected for the atmosphere",
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
