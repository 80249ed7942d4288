"""Subsided volume and area per funnel and date."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..blocks import Compute
from ..monitor import Monitor
from .funnel_areas import Funnels
from .gaps import Filling
from .subsidence import SubsidenceSeries

LAST, EACH = "last", "each"
SELECTIONS = (LAST, EACH)

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Volumes:
    """Per date (N) and funnel (K), and per tested threshold (T) at the last date.

    volume : subsided volume of the pixels that count [m3], (N, K). area : ground area of the pixels beyond the
    threshold at the date [m2], (N, K). deepest : largest S [m], (N, K); NaN without a value. counted : ground area
    of the pixels that count at the last date [m2], (K,). missing : share of the counted pixels without a value of
    their own, (N, K). by_threshold : volume [m3] at the last date beyond each tested threshold, (T, K). filled : part
    of the volume that comes from filled pixels [m3], (N, K).
    """

    volume: Float64
    area: Float64
    deepest: Float64
    counted: Float64
    missing: Float64
    by_threshold: Float64
    filled: Float64


def sum_volumes(
    series: SubsidenceSeries,
    funnels: Funnels,
    threshold: float,
    selection: str,
    tested: Float64,
    compute: Compute | None = None,
    monitor: Monitor | None = None,
    filling: Filling | None = None,
) -> Volumes:
    """Add up S F0 over the pixels of each funnel that subside beyond `threshold` [m].

    selection `last`: the pixels beyond the threshold at the last date count at every date, so that the volume grows
    without steps; `each`: those beyond it at the date itself. tested : thresholds [m] to try at the last date, (T,).
    filling : values for pixels without one, which then count like the others.
    Rows are added one by one, so that the sums do not depend on the blocks.
    """
    dates, count, height = len(series.dates), len(funnels.ids), series.grid.height
    areas = series.pixel_area()
    number = np.searchsorted(np.array(funnels.ids), funnels.labels)
    number[funnels.labels == 0] = count  # one more, for what lies outside

    volume, area, known, filled = (np.zeros((dates, height, count)) for _ in range(4))
    chosen = np.zeros((height, count))
    by_threshold = np.zeros((len(tested), height, count))
    deepest = np.full((dates, count), -np.inf)
    for window, measured in series.blocks(compute, monitor):
        s = measured if filling is None else filling.onto(measured, window.row)
        for offset in range(window.height):
            row = window.row + offset
            inside = number[row] < count
            if not inside.any():
                continue
            where, values = number[row][inside], s[:, offset, inside]
            present, beyond = np.isfinite(values), values > threshold
            last = beyond[-1:]
            counts = present & last if selection == LAST else beyond
            own = np.isfinite(measured[:, offset, inside])
            volume[:, row] = _sums(where, np.where(counts, values, 0.0), count)
            filled[:, row] = _sums(where, np.where(counts & ~own, values, 0.0), count)
            area[:, row] = _sums(where, beyond, count)
            known[:, row] = _sums(where, own & last, count)
            chosen[row] = _sums(where, last, count)[0]
            over = values[-1] > tested[:, None]
            by_threshold[:, row] = _sums(where, np.where(over, values[-1], 0.0), count)
            for k in np.unique(where):
                highest = np.where(present, values, -np.inf)[:, where == k].max(axis=1)
                np.maximum(deepest[:, k], highest, out=deepest[:, k])
    ground = areas[:, None]
    present = chosen.sum(axis=0)
    missing = 1.0 - np.divide(known.sum(axis=1), present, out=np.ones((dates, count)), where=present > 0)
    return Volumes(
        volume=(volume * ground).sum(axis=1),
        area=(area * ground).sum(axis=1),
        deepest=np.where(np.isfinite(deepest), deepest, np.nan),
        counted=(chosen * ground).sum(axis=0),
        missing=missing,
        by_threshold=(by_threshold * ground).sum(axis=1),
        filled=(filled * ground).sum(axis=1),
    )


def _sums(where: NDArray[np.intp], values: NDArray, count: int) -> Float64:
    """Sums of values (lines, pixels) by the pixel's funnel: (lines, funnels)."""
    lines = len(values)
    place = where[None, :] + count * np.arange(lines)[:, None]
    sums = np.bincount(place.ravel(), values.ravel().astype(np.float64), lines * count)
    return np.asarray(sums.reshape(lines, count), np.float64)
