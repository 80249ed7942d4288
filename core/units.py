"""Constants and the conversions between phase, displacement and time.

Signs: line-of-sight displacement d > 0 is motion toward the satellite. The phase of a
pair (earlier x conj(later)) grows with range, so phi = -(4 pi / lambda) (d_later - d_earlier).
"""

from __future__ import annotations

import math
from datetime import date

SPEED_OF_LIGHT = 299_792_458.0  # m/s
DAYS_PER_YEAR = 365.25
MM_PER_M = 1000.0
SENTINEL1_WAVELENGTH = SPEED_OF_LIGHT / 5.405000454334350e9  # m


def phase_to_metres(wavelength: float) -> float:
    """Factor from unwrapped pair phase [rad] to LOS displacement of the later date [m]; negative."""
    return -wavelength / (4.0 * math.pi)


def nyquist(wavelength: float) -> float:
    """Largest LOS difference between neighbours that one pair can carry, lambda/4 [m]."""
    return wavelength / 4.0


def years_between(first: date, second: date) -> float:
    """Signed time from first to second in years of 365.25 days."""
    return (second - first).days / DAYS_PER_YEAR
