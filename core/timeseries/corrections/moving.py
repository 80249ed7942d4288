"""Ground that moves, found from the interferograms themselves, to be left out of the fit of a ramp."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

SIGNIFICANT = 3.0  # standard deviations
LEAST_SHARE = 0.1  # of the pixels that must remain, else nothing is left out

Float64 = NDArray[np.float64]


def moving(values: NDArray[np.float32], years: Float64) -> NDArray[np.bool_]:
    """(P,) true where a pixel's mean rate differs from that of most ground by three standard deviations.

    values : (M, P) displacement of each pair [mm], NaN missing. years : (M,) duration of each pair.
    The rate of a pixel is the slope through zero of its pairs against their duration (stacking, Sandwell & Price
    1998) and its standard deviation follows from their scatter about it, which holds atmosphere and ramps too.
    Most ground is the half-sample mode of the rates, because a bowl can fill more than half of an image.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a pair or pixel without any value
        level = np.nanmedian(values, axis=1).astype(np.float64)
    relative = values - np.where(np.isfinite(level), level, 0.0)[:, None]
    known = np.isfinite(relative)
    relative = np.where(known, relative, 0.0)
    count = known.sum(axis=0)
    xx = (years * years) @ known
    xy = years @ relative
    yy = (relative * relative).sum(axis=0)
    enough = count >= 3
    xx = np.where(enough, xx, 1.0)
    rate = xy / xx
    deviation = np.sqrt(np.maximum(yy - xy * rate, 0.0) / np.maximum(count - 1, 1) / xx)
    if not enough.any():
        return np.zeros(values.shape[1], np.bool_)
    common = half_sample_mode(rate[enough])
    least = float(np.median(deviation[enough]))
    found: NDArray[np.bool_] = enough & (np.abs(rate - common) > SIGNIFICANT * np.maximum(deviation, least))
    return found


def half_sample_mode(values: Float64) -> float:
    """The mode of a sample: the densest half, again and again (Robertson & Cryer 1974)."""
    ordered = np.sort(values)
    while len(ordered) > 2:
        half = (len(ordered) + 1) // 2
        first = int(np.argmin(ordered[half - 1 :] - ordered[: len(ordered) - half + 1]))
        ordered = ordered[first : first + half]
    return float(ordered.mean())
