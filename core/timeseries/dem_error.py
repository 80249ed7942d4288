"""Height error of the terrain model, from the displacement series of each pixel.

A height error h adds 4 pi Bperp h / (lambda R sin theta) to a pair. The baseline of a pair is the
difference of the baselines of its dates, so this phase is exactly that of a displacement
proportional to the date's baseline: a network of pairs with one free displacement per date
cannot tell the two apart, whatever its redundancy (the column of h lies in the span of the
incidence matrix). What separates them is that motion is smooth in time and baselines are not.
So h is estimated in the time domain, by least squares of each pixel's series on a polynomial of
time plus the date's height factor (Fattahi & Amelung 2013). This is also the limit of the NSBAS
equations with a baseline term for a small gamma (Lopez-Quiroz et al. 2009). Subsets of dates
keep a constant of their own each, and dates without data take no part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .matrix import Network

Float64 = NDArray[np.float64]
IntP = NDArray[np.intp]

# A regressor that the others explain to this fraction of its square is not independent.
_DEPENDENT = 1e-10


@dataclass(frozen=True)
class HeightError:
    """height, std : (P,) [m]; NaN where it cannot be estimated (std also without freedom left).
    functional : (N, P) with height = functional . x; 0 where it cannot be estimated.
    change : (N, P) [m] by which the height grows for having date n: height minus that without it.
    """

    height: Float64
    std: Float64
    functional: Float64
    change: Float64


def check_baselines(network: Network, bperp: Sequence[Optional[float]]) -> None:
    """Refuse baselines that say nothing about heights.

    bperp : per date [m], None or NaN where unknown. Raises InputError when all are unknown,
    some are (named), or all are equal.
    """
    values = np.array([np.nan if value is None else value for value in bperp], np.float64)
    unknown = [day.isoformat() for day, value in zip(network.dates, values) if not np.isfinite(value)]
    remedy = "Switch the height error off, or import the stack with its baseline files"
    if len(unknown) == len(values):
        raise InputError("Height error", "no perpendicular baselines", "a stack with baselines", remedy)
    if unknown:
        raise InputError(
            "Height error: baseline of", unknown, "a perpendicular baseline for every date", remedy
        )
    if np.ptp(values) < 1e-3:
        raise InputError(
            "Height error",
            f"all baselines are {values[0]:g} m",
            "baselines that differ between dates",
            remedy,
        )


def date_factor(operator: Float64, pair_factor: NDArray) -> Float64:
    """(N, P or 1) height factor of each date relative to the first [rad/m] from that of pairs.

    operator : (N, M) of `displacement_operator`. pair_factor : (M, P) or (M, 1),
    4 pi Bperp / (lambda R sin theta). In a subset of dates only the differences matter.
    A pixel with an unknown factor gets 0 throughout, which tells nothing of its height.
    """
    known = np.all(np.isfinite(pair_factor), axis=0)
    return operator @ np.where(known, pair_factor, 0.0)


def estimate(x: Float64, factor: Float64, label: IntP | None, years: Float64, degree: int) -> HeightError:
    """Height error of each pixel.

    x : (N, P) series [rad], an arbitrary constant in each subset. factor : (N, P) or (N, 1)
    [rad/m]. label : (N, P) subset of each date; None when all dates are connected. degree : of
    the polynomial of time. The standard deviation takes the residuals of the fit as independent
    between dates.
    """
    count, pixels = x.shape
    time = years / years[-1]
    powers = [np.broadcast_to((time**n)[:, None], (count, pixels)) for n in range(1, degree + 1)]
    basis: list[Float64] = []
    for column in powers:
        basis.append(_normalised(_independent(_centred(column, label), basis)))
    centred = _centred(np.broadcast_to(factor, (count, pixels)), label)
    own = _independent(centred, basis)
    strength = np.sum(own * own, axis=0)
    known = strength > _DEPENDENT * np.sum(centred * centred, axis=0)
    inverse = np.divide(1.0, strength, out=np.zeros(pixels), where=known)
    functional = own * inverse
    height = np.sum(functional * x, axis=0)

    rest = _independent(_centred(x, label), basis) - own * height
    subsets = 1 if label is None else label.max(axis=0) + 1
    regressors = np.sum([np.any(column != 0.0, axis=0) for column in basis], axis=0) + 1
    freedom = (count - subsets - regressors).astype(np.float64)
    variance = np.sum(rest * rest, axis=0) / np.where(freedom > 0.0, freedom, np.nan)
    leverage = _subset_share(count, label) + own * functional
    for column in basis:
        leverage = leverage + column * column
    # A date that its own unknowns fit exactly (leverage 1) has no residual and changes nothing.
    held = leverage < 1.0 - _DEPENDENT
    change = functional * rest * held / np.where(held, 1.0 - leverage, 1.0)
    return HeightError(
        np.where(known, height, np.nan),
        np.where(known, np.sqrt(variance * inverse), np.nan),
        functional,
        change,
    )


def _centred(value: Float64, label: IntP | None) -> Float64:
    """Value (N, P) minus its mean over each subset of dates."""
    if label is None:
        return value - np.mean(value, axis=0)
    column = np.arange(value.shape[1])
    total = np.zeros((int(label.max()) + 1, value.shape[1]))
    size = np.zeros_like(total)
    for row, owner in zip(value, label):
        total[owner, column] += row
        size[owner, column] += 1.0
    mean = total / np.maximum(size, 1.0)
    return value - np.take_along_axis(mean, label, axis=0)


def _subset_share(count: int, label: IntP | None) -> Float64 | float:
    """1 / number of dates in the subset of each date, (N, P)."""
    if label is None:
        return 1.0 / count
    size = np.zeros((int(label.max()) + 1, label.shape[1]))
    column = np.arange(label.shape[1])
    for owner in label:
        size[owner, column] += 1.0
    return np.asarray(1.0 / np.take_along_axis(size, label, axis=0))


def _independent(value: Float64, basis: list[Float64]) -> Float64:
    """Part of value (N, P) orthogonal to the normalised basis, twice for accuracy."""
    for column in basis + basis:
        value = value - column * np.sum(column * value, axis=0)
    return value


def _normalised(value: Float64) -> Float64:
    """Value (N, P) over its norm over dates; zero where nothing independent is left of it."""
    square = np.sum(value * value, axis=0)
    known = square > _DEPENDENT
    return value * np.where(known, 1.0 / np.sqrt(np.where(known, square, 1.0)), 0.0)
