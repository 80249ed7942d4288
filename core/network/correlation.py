"""Expected correlation of pairs, the best reference image, and the baseline of each image.

Model of Hooper et al. (2007, eq. 1) with constant thermal noise: the correlation falls linearly
with temporal baseline, perpendicular baseline and Doppler difference, to zero at critical values.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..stack import Stack
from ..units import DAYS_PER_YEAR

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Limits:
    """Where the expected correlation reaches zero.

    years : temporal baseline. bperp : perpendicular baseline [m]. doppler : difference of the
    Doppler centroids [Hz]; None leaves the term out (TOPS bursts share their Doppler history).
    """

    years: float = 5.0
    bperp: float = 1100.0
    doppler: float | None = None

    def validate(self) -> None:
        for name, value in (("Critical time", self.years), ("Critical baseline", self.bperp)):
            if not value > 0:
                raise InputError(name, value, "a number above zero")
        if self.doppler is not None and not self.doppler > 0:
            raise InputError("Critical Doppler difference", self.doppler, "a number above zero, or none")


def expected_correlation(
    days: Float64 | float, bperp: Float64 | float | None, limits: Limits, doppler: Float64 | float | None = None
) -> Float64:
    """(1 - f(Bt/Btc)) (1 - f(Bp/Bpc)) (1 - f(dDC/fDCc)), f(x) = x up to 1, then 1.

    A term whose quantity is None, or the Doppler term when its limit is None, counts as 1; NaN too.
    """
    value = _left(days, limits.years * DAYS_PER_YEAR)
    if bperp is not None:
        value = value * _left(bperp, limits.bperp)
    if doppler is not None and limits.doppler is not None:
        value = value * _left(doppler, limits.doppler)
    return value


def reference_scores(days: Float64, bperp: Float64, doppler: Float64, limits: Limits) -> Float64:
    """Sum of the expected correlation of each image with all images, itself among them.

    days, bperp [m], doppler [Hz] : (n,), NaN where unknown. The best reference image has the
    largest score.
    """

    def differences(values: Float64) -> Float64:
        return values[:, None] - values[None, :]

    pairs = expected_correlation(differences(days), differences(bperp), limits, differences(doppler))
    return np.asarray(pairs.sum(axis=1))


def baselines(stack: Stack) -> dict[date, float]:
    """Perpendicular baseline [m] of each date, as far as it is known.

    The producer's own values; else the least-squares solution of the pairs' baselines, relative to
    the mean of each connected part.
    """
    own = {a.date: float(a.bperp) for a in stack.acquisitions if a.bperp is not None}
    if len(own) == len(stack.acquisitions):
        return own
    known = [pair for pair in stack.pairs if pair.bperp is not None]
    dates = sorted({day for pair in known for day in (pair.date1, pair.date2)})
    if not known:
        return own
    column = {day: index for index, day in enumerate(dates)}
    matrix = np.zeros((len(known), len(dates)))
    for row, pair in enumerate(known):
        matrix[row, column[pair.date1]] = -1.0
        matrix[row, column[pair.date2]] = 1.0
    values = np.array([pair.bperp for pair in known], np.float64)
    solution = np.linalg.lstsq(matrix, values, rcond=None)[0]
    return {day: float(solution[index]) for day, index in column.items()}


def _left(value: Float64 | float, limit: float) -> Float64:
    share = 1.0 - np.minimum(np.abs(np.asarray(value, np.float64)) / limit, 1.0)
    return np.where(np.isnan(share), 1.0, share)
