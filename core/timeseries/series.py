"""Pair phases of one chunk of pixels to date phases, before subsets of dates are joined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

import numpy as np
from numpy.typing import NDArray

from . import banded, robust, weights
from .halves import Halves
from .options import Options

Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]
IntP = NDArray[np.intp]

_NEAR = 2048  # pixels


@dataclass(frozen=True, eq=False)
class Pairs:
    """What was read: y (M, n), 0 where missing; weight None for all 1; count before `min_pairs`."""

    y: NDArray
    valid: Bool
    weight: Optional[Float64]
    count: IntP
    solved: Bool


@dataclass(frozen=True, eq=False)
class Found:
    """Least-squares or L1 series x (N, n), a constant free in each subset of dates.

    same : pixels that share the design. own : the C others; for these valid and final weight
    (M, C) and the factors of the normal matrices without L1 reweighting.
    """

    x: Float64
    same: IntP
    own: IntP
    valid: Bool
    weight: Float64
    factors: banded.Factor


def least_squares(
    layout: banded.Layout,
    shared: Optional[Halves],
    options: Options,
    phase: NDArray,
    coherence: Optional[NDArray],
) -> tuple[Pairs, Found]:
    """One product for all pixels that share the design; the others one network each.

    shared : the solver without weights or gaps, None for several subsets. phase : (M, n) [rad], NaN = missing.
    coherence : (M, n) for weights, None for none.
    """
    pixels = phase.shape[1]
    if coherence is not None or options.loss != "l2" or shared is None:
        pairs = _read(options, phase, coherence)
        x = np.empty((layout.network.N, pixels))
        own = np.arange(pixels)
    else:
        with np.errstate(invalid="ignore"):
            x = _ungapped(layout, shared, phase)
            own = _with_gaps(x)
        complete = not len(own) and options.min_pairs <= layout.network.M
        pairs = _complete(phase) if complete else _read(options, phase, None)
    same = _others(own, pixels)
    valid, y = columns_of(pairs.valid, own), columns_of(pairs.y, own)
    weight = valid.astype(np.float64) if pairs.weight is None else pairs.weight
    factors = banded.factor(layout, weight)
    if len(own):
        series = banded.solve(factors, layout.gather(weight * y))
        if options.loss == "l1":
            weight = robust.refine(layout, y, weight, series)
        _put(x, own, series)
    return pairs, Found(x, same, own, valid, weight, factors)


def _ungapped(layout: banded.Layout, shared: Halves, phase: NDArray) -> Float64:
    """(N, n) answer of all pixels as if none had gaps; so few pixels at a time stay in the nearest cache."""
    x = np.empty((layout.network.N, phase.shape[1]))
    for start in range(0, phase.shape[1], _NEAR):
        near = slice(start, start + _NEAR)
        shared.solve(layout.gather(phase[:, near].astype(np.float64)), x[:, near])
    return x


def _with_gaps(x: Float64) -> IntP:
    """Pixels that miss a phase: it made the dates of its pair NaN, so that sums tell without a mask."""
    if np.isfinite(np.sum(x)):
        return np.empty(0, np.intp)
    return np.flatnonzero(~np.isfinite(np.sum(x, axis=0)))


def columns_of(value: NDArray, columns: IntP) -> NDArray:
    """Some pixels of (K, n) values; a view when all or none are asked for."""
    if not len(columns):
        return value[:, :0]
    return value if len(columns) == value.shape[1] else np.take(value, columns, axis=1)


def _complete(phase: NDArray) -> Pairs:
    """Phases of which none is missing."""
    everywhere = np.broadcast_to(np.True_, phase.shape)
    return Pairs(phase, everywhere, None, np.full(phase.shape[1], len(phase), np.intp), everywhere[0])


def _read(options: Options, phase: NDArray, coherence: Optional[NDArray]) -> Pairs:
    """Sort out what is missing; pixels with too few pairs become missing altogether."""
    valid = np.isfinite(phase)
    weight = None
    if coherence is not None:
        weight = weights.from_coherence(coherence, options.looks)
        valid &= weight > 0.0
    count = np.sum(valid, axis=0, dtype=np.intp)
    solved = count >= options.min_pairs
    valid &= solved
    if weight is not None:
        weight *= valid
    y = np.zeros(phase.shape)
    np.copyto(y, phase, where=valid)
    return Pairs(y, valid, weight, count, solved)


def _put(target: Float64, columns: IntP, value: Float64) -> None:
    """Write (K, C) values into C columns of (K, n)."""
    if len(columns) == target.shape[1]:
        target[:] = value
        return
    for row, new in zip(target, value):
        row[columns] = new


def _others(columns: IntP, pixels: int) -> IntP:
    """The columns that are not in `columns`."""
    rest = np.ones(pixels, np.bool_)
    rest[columns] = False
    return np.flatnonzero(rest)
