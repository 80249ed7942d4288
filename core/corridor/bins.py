"""Statistics of values in bins of chainage."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .chainage import Float64

QUANTILES = (0.05, 0.25, 0.75, 0.95)


@dataclass(frozen=True)
class Bins:
    """Statistics per bin, each (bins,) in the values' unit; NaN where a bin holds too few values.

    count : points or pixels. std is that of a sample (divisor n - 1) and needs two of them.
    quantiles : (bins, 4), QUANTILES.
    """

    count: NDArray[np.int64]
    median: Float64
    mean: Float64
    std: Float64
    quantiles: Float64


def bin_edges(length: float, size: float) -> Float64:
    """Edges (bins + 1,) [m] from 0 to the length.

    The last bin takes up the remainder: it is half to one and a half times as long as the others, because a
    sliver would hold next to no points.
    """
    count = max(1, math.floor(length / size + 0.5))
    return np.append(np.arange(count) * size, length)


def bin_index(chainage: Float64, edges: Float64) -> NDArray[np.intp]:
    """Bin of each chainage; an edge belongs to the bin that begins there, the line's end to the last one."""
    return np.clip(np.searchsorted(edges, chainage, side="right") - 1, 0, len(edges) - 2)


def bin_statistics(
    chainage: Float64, values: Float64, edges: Float64, source: NDArray[np.intp] | None = None
) -> Bins:
    """Statistics of finite values (n,) by the bin of their chainage (n,).

    source : (n,) number of the pixel of which each value is a part; parts of one pixel count once.
    Quantiles interpolate linearly between order statistics, as numpy does by default.
    """
    bins = len(edges) - 1
    index = bin_index(chainage, edges)
    order = np.lexsort((values, index))
    ranked = np.asarray(values, np.float64)[order]
    count = np.bincount(index, minlength=bins).astype(np.int64)
    distinct = count if source is None else _distinct(index, source, bins)
    start = np.concatenate([[0], np.cumsum(count)[:-1]])
    some = count > 0
    mean = np.full(bins, np.nan)
    mean[some] = np.bincount(index, values, bins)[some] / count[some]
    std = np.full(bins, np.nan)
    two = distinct > 1
    squares = np.bincount(index, (values - mean[index]) ** 2, bins)
    std[two] = np.sqrt(squares[two] / count[two] * (distinct[two] / (distinct[two] - 1)))
    median = _quantile(ranked, start, count, 0.5)
    return Bins(
        distinct, median, mean, std, np.column_stack([_quantile(ranked, start, count, q) for q in QUANTILES])
    )


def _distinct(index: NDArray[np.intp], source: NDArray[np.intp], bins: int) -> NDArray[np.int64]:
    """Number of different sources per bin."""
    order = np.lexsort((source, index))
    ranked = np.stack([index[order], source[order]])
    new = np.ones(len(order), bool)
    new[1:] = (np.diff(ranked, axis=1) != 0).any(axis=0)
    return np.bincount(ranked[0, new], minlength=bins).astype(np.int64)


def _quantile(ranked: Float64, start: NDArray[np.int64], count: NDArray[np.int64], q: float) -> Float64:
    out = np.full(len(count), np.nan)
    some = np.flatnonzero(count)
    place = q * (count[some] - 1)
    low = np.floor(place).astype(np.intp)
    high = np.minimum(low + 1, count[some] - 1)
    below, above = ranked[start[some] + low], ranked[start[some] + high]
    out[some] = below + (place - low) * (above - below)
    return out
