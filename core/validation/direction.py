"""What of the ground's motion is compared: the line of sight turned into motion along one assumed direction."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..component import LOS, VERTICAL

AZIMUTH = "azimuth"
DIRECTIONS = (VERTICAL, AZIMUTH, LOS)
BLIND = 0.1  # of the unit vector: a track that sees less of the direction says nothing about it

Float64 = NDArray[np.float64]


def sensitivity(los: Float64, component: str, azimuth: float = 0.0) -> Float64:
    """How much of motion along the direction each line of sight sees, (n,); NaN where it is too little or unknown.

    los : (n, 3) unit vectors east, north, up from the ground to the satellite. azimuth [deg] clockwise from north.
    Motion along the direction is line-of-sight motion divided by this (no motion across it): for `vertical` that is
    d_up = d_los / cos(incidence), for `azimuth` d = d_los / (e sin a + n cos a), for `los` nothing changes.
    """
    if component == LOS:
        return np.ones(len(los))
    if component == VERTICAL:
        seen = los[:, 2]
    else:
        angle = math.radians(azimuth)
        seen = los[:, 0] * math.sin(angle) + los[:, 1] * math.cos(angle)
    return np.where(np.abs(seen) >= BLIND, seen, np.nan)


def title(component: str, azimuth: float = 0.0) -> str:
    """The direction in words, for figures and reports."""
    if component == AZIMUTH:
        return f"Horizontal, towards {azimuth % 360:g} deg"
    return "Vertical" if component == VERTICAL else "Line-of-sight"
