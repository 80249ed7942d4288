"""How unevenly the track moves: differences between neighbouring bins, and the profile's curvature."""

from __future__ import annotations

import numpy as np

from .chainage import Float64


def differential(middle: Float64, rate: Float64) -> Float64:
    """Rate of differential settlement from each bin to the next, (bins,) [mm/yr per 100 m].

    (rate of the next bin - rate of this bin) / distance of their middles. NaN for the last bin and
    where either bin is empty: no difference is taken across bins without data.
    """
    out = np.full(len(rate), np.nan)
    out[:-1] = 100.0 * np.diff(rate) / np.diff(middle)
    return out


def angular_distortion(differential_rate: Float64) -> Float64:
    """Rate of angular distortion [urad/yr]: |differential settlement| over its distance, no tilt removed.

    1 mm/yr per 100 m = 10 urad/yr. (Skempton and MacDonald 1956 define the angular distortion as the
    differential settlement of neighbouring supports over their distance.)
    """
    return np.abs(differential_rate) * 10.0


def curvature(middle: Float64, rate: Float64) -> Float64:
    """Rate of curvature of the profile [urad/m/yr] at each bin; positive in a sag, negative on a hog.

    Second divided difference over three neighbours, for uneven distances too; NaN at the ends and
    beside empty bins. 1 mm/yr/m2 = 1000 urad/m/yr.
    """
    out = np.full(len(rate), np.nan)
    slope = np.diff(rate) / np.diff(middle)
    out[1:-1] = 2.0 * np.diff(slope) / (middle[2:] - middle[:-2]) * 1000.0
    return out
