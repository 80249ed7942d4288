"""Measures of how well models explain phases, meet levelling, and predict.

AIC = n ln(RSS / n) + 2 (K + 1) (Akaike 1974; least squares with an unknown variance), n phase observations, K
parameters of all pixels together. P = exp(-d/2) / (1 + exp(-d/2)), d = AIC of a model less AIC of the one beside
it: the probability that it is the better of the two. Improvement = (a - b) / a.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from .compare_levelling import Benchmarks, modelled
from .compare_models import Fit

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Errors:
    """Errors of a prediction [m], predicted less measured: mean, std about it, RMSE, largest size, lowest, highest."""

    values: int
    mean: float
    std: float
    rmse: float
    largest: float
    lowest: float
    highest: float


def deviation(residual: Float64) -> Float64:
    """Standard deviation of the residual phases of each interferogram (M,) [rad], about their mean."""
    return np.asarray(residual.std(axis=1), np.float64)


def aic(residual: Float64, parameters: int) -> float:
    """Akaike's criterion of residuals (M, P) with so many parameters."""
    n = residual.size
    squares = float(np.sum(residual**2))
    if squares <= 0.0:
        return -math.inf
    return n * math.log(squares / n) + 2.0 * (parameters + 1)


def probability(own: float, other: float) -> float:
    """Probability that a model of AIC `own` is better than one of AIC `other`."""
    half = 0.5 * (own - other)
    if half > 700.0:
        return 0.0
    return 1.0 / (1.0 + math.exp(half))


def improvement(a: float, b: float) -> float | None:
    """(a - b) / a: by how much b is smaller than a; None when a is 0."""
    return (a - b) / a if a > 0 else None


def errors(predicted: Float64, measured: Float64) -> Errors | None:
    """Statistics of predicted less measured over all values that both have; None without any."""
    left = (predicted - measured)[np.isfinite(predicted) & np.isfinite(measured)]
    if not left.size:
        return None
    return Errors(
        int(left.size),
        float(left.mean()),
        float(left.std()),
        float(np.sqrt(np.mean(left**2))),
        float(np.abs(left).max()),
        float(left.min()),
        float(left.max()),
    )


@dataclass(frozen=True)
class Outcome:
    """A fitted model and its scores; the residuals are dropped from `fit` to save memory.

    deviations (M,) : std of the residual phases of each interferogram [rad]; std : of all of them. aic : see above.
    levelled (D, B) [m] : modelled subsidence of the benchmarks since their first date; levelling : its errors.
    """

    fit: Fit
    deviations: Float64
    std: float
    observations: int
    aic: float
    levelled: Float64 | None
    levelling: Errors | None


@dataclass(frozen=True)
class Prediction:
    """Predicted less measured S of a model at days after its last observation: left (days, P) [m], and its scores."""

    model: str
    left: Float64
    each: tuple[Errors | None, ...]
    total: Errors | None


def outcome(fit: Fit, marks: Benchmarks | None) -> Outcome:
    """Score a fit on its phases and on levelling."""
    levelled = None if marks is None else modelled(fit.vertical(marks.days), marks)
    # The first levelling is where both are zero: it says nothing.
    met = None if marks is None or levelled is None else errors(levelled[1:], marks.subsidence[1:])
    return Outcome(
        replace(fit, residual=np.empty((0, 0))),
        deviation(fit.residual),
        float(fit.residual.std()),
        fit.residual.size,
        aic(fit.residual, fit.parameters),
        levelled,
        met,
    )


def prediction(fit: Fit, days: Sequence[date], truth: Float64) -> Prediction:
    """Score a prediction against measured S (days, P) [m]."""
    left = fit.apparent(days) - truth
    each = tuple(errors(row, np.zeros(len(row))) for row in left)
    return Prediction(fit.model, left, each, errors(left, np.zeros(left.shape)))
