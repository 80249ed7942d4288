"""From the line of sight to the vertical."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .errors import InputError

Float64 = NDArray[np.float64]

VERTICAL, LOS = "vertical", "los"
COMPONENTS = (VERTICAL, LOS)
TITLES = {VERTICAL: "Vertical velocity", LOS: "Line-of-sight velocity"}
SENSES = {VERTICAL: "negative = subsidence", LOS: "negative = away from the satellite"}


def to_vertical(los: NDArray, incidence: NDArray) -> Float64:
    """Vertical rate from the line-of-sight rate, any shape, same unit: d_up = d_los / cos(theta).

    incidence [deg] at the ground. Holds when there is no horizontal motion.
    """
    return np.asarray(los, np.float64) / np.cos(np.radians(np.asarray(incidence, np.float64)))


def check_incidence(incidence: NDArray, source: str) -> None:
    """Refuse angles that are no incidence in degrees."""
    known = incidence[np.isfinite(incidence)]
    if not known.size:
        return
    low, high = float(known.min()), float(known.max())
    if low < 0.0 or high >= 90.0:
        raise InputError(
            "Incidence angle",
            f"{source}: {low:g} to {high:g}",
            "0 to below 90 degrees",
            "Correct the field `incidence`",
        )
    if 0.0 < high <= 1.6:
        raise InputError(
            "Incidence angle",
            f"{source}: {low:g} to {high:g}",
            "degrees",
            "These look like radians: convert the field `incidence` to degrees",
        )
