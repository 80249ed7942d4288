"""Uncertainty of the volumes of a displacement folder, per date and funnel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .. import crs as coordinates
from ..monitor import Monitor
from ..raster import Window, whole
from .funnel_areas import Funnels
from .gaps import Filling
from .subsidence import SubsidenceSeries
from .volume_noise import (
    MAX_LAG,
    gains,
    noise_covariance,
    reference_counts,
    reference_std,
    responses,
    volume_std,
)
from .volumes import EACH

Float64 = NDArray[np.float64]
_LEAST = 0.002  # m
_SIDE = 1200  # pixels: the window of the covariance is no larger


def volume_stds(
    series: SubsidenceSeries,
    funnels: Funnels,
    threshold: float,
    selection: str,
    last: Float64,
    filling: Filling | None = None,
    monitor: Monitor | None = None,
) -> Float64:
    """Standard deviation [m3] of the volume, shape (N, K + 1): each funnel, then all together; NaN where unknown.

    Noise is measured outside the funnels (outside the subsiding pixels, when the funnels leave no ground free) and
    counted with its spatial correlation, the pixels included that count by its chance. Where the folder states a
    standard deviation per pixel, which a model's errors share over the whole funnel, its sum is added in quadrature;
    where it states none, the noise of its reference, which all pixels share.
    The filling adds its own, see `gap_check`; noise is measured on pixels with a value of their own.
    threshold [m]; last : S of the last date [m] as read, (rows, columns).
    """
    monitor = monitor or Monitor()
    groups = [funnels.labels == number for number in funnels.ids] + [funnels.labels != 0]
    end = last if filling is None else filling.onto(last[None], number=-1)[0]
    window = _window(groups[-1] & (end > threshold))
    part = np.s_[window.row : window.row + window.height, window.col : window.col + window.width]
    stable = stable_ground(funnels, last, threshold)[part]
    size = coordinates.pixel_size(series.grid)
    areas = series.pixel_area()[:, None]
    out = np.full((len(series.dates), len(groups)), np.nan)
    reference = reference_counts(series.stack, size)
    noise_at_end = noise_covariance(last[part], stable, size)
    for n in range(len(series.dates)):
        monitor.step(n / len(series.dates))
        s = series.read(whole(series.grid), [n])[0]
        covariance = noise_covariance(s[part], stable, size)
        stated = series.read_std(whole(series.grid), n)
        s = s if filling is None else filling.onto(s[None], number=n)[0]
        if covariance is not None and noise_at_end is not None:
            deciding = n == len(series.dates) - 1 or selection == EACH
            gain = gains(s, threshold, covariance.std, None if deciding else end, noise_at_end.std)
            decides = (s, covariance.std) if deciding else (end, noise_at_end.std)
            moved = responses(decides[0], threshold, decides[1], deciding) * areas
            shared = 0.0 if stated is not None else reference_std(reference, covariance)
            for k, group in enumerate(groups):
                own = volume_std(covariance, np.where(group, gain, 0.0), size, float(areas.mean()))
                out[n, k] = np.hypot(own, shared * float(moved[group].sum()))
        if stated is not None:
            counted = (s if selection == EACH else end) > threshold
            model = [_common(stated, group & counted, areas) for group in groups]
            out[n] = np.hypot(np.nan_to_num(out[n]), model)
        if filling is not None and filling.std is not None:
            out[n] = np.hypot(out[n], filling.std[n])
    monitor.step(1.0)
    return out


def _common(stated: Float64, counted: NDArray[np.bool_], areas: Float64) -> float:
    """Sum [m3] of a standard deviation [m] common to all pixels that count; those without take the mean of the rest."""
    known = counted & np.isfinite(stated)
    if not known.any():
        return 0.0
    return float((stated * areas)[known].sum() * (counted * areas).sum() / (known * areas).sum())


def stable_ground(funnels: Funnels, last: Float64, threshold: float) -> NDArray[np.bool_]:
    """Ground that stands still: outside the funnels, or below the threshold where the funnels leave little free."""
    still = np.abs(last) <= max(threshold, _LEAST)
    free = still & (funnels.labels == 0)
    return free if free.sum() >= still.sum() / 4 else still


def _window(counted: NDArray[np.bool_]) -> Window:
    """The pixels that count and as much ground around them, at most 1200 pixels wide and high."""
    height, width = counted.shape
    bounds = []
    for flags, length in ((counted.any(axis=1), height), (counted.any(axis=0), width)):
        found = np.flatnonzero(flags)
        first, stop = int(found[0]), int(found[-1]) + 1
        margin = max(2 * MAX_LAG, (stop - first) // 2)
        first, stop = max(first - margin, 0), min(stop + margin, length)
        if stop - first > _SIDE:
            first = min(max((first + stop - _SIDE) // 2, 0), length - _SIDE)
            stop = first + _SIDE
        bounds.append((first, stop - first))
    (row, rows), (col, cols) = bounds
    return Window(row, col, rows, cols)
