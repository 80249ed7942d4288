"""Variance-based sensitivity: Sobol indices of first and total order with bootstrap intervals.

Sources: Saltelli et al. 2010, Computer Physics Communications 181, 259-270 (first order, their table 2 (b)) and Jansen
1999, Computer Physics Communications 117, 35-43 (total order), on a scrambled Sobol' sequence (Owen 1998).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError

Float64 = NDArray[np.float64]
Model = Callable[[Float64], Float64]

CLASSES = ((0.8, "very important"), (0.5, "important"), (0.3, "unimportant"), (-math.inf, "not correlated"))


@dataclass(frozen=True)
class Indices:
    """Of one output: first and total order per parameter (k,), their intervals (k, 2), mean and variance.

    NaN where the output does not vary.
    """

    first: Float64
    total: Float64
    first_interval: Float64
    total_interval: Float64
    mean: float
    variance: float


@dataclass(frozen=True)
class Sample:
    """Outputs (n, outputs) at the base matrices A and B, and at A with one column of B each (k, n, outputs)."""

    at_a: Float64
    at_b: Float64
    at_mixed: Float64


def evaluate(model: Model, low: Sequence[float], high: Sequence[float], n: int, seed: int) -> Sample:
    """Run a model on the design for uniform, independent parameters.

    model : (rows, k) in the units of the bounds -> (rows, outputs). n : base sample, a power of 2; the model is
    evaluated n (k + 2) times.
    """
    from scipy.stats import qmc

    if n < 4 or n & (n - 1):
        raise InputError("SAMPLES", n, "a power of 2 from 4 on, such as 4096")
    lower: Float64 = np.asarray(low, np.float64)
    upper: Float64 = np.asarray(high, np.float64)
    k = len(low)
    unit = np.asarray(qmc.Sobol(2 * k, scramble=True, seed=seed).random(n), np.float64)
    span = upper - lower
    a, b = lower + span * unit[:, :k], lower + span * unit[:, k:]
    mixed = []
    for i in range(k):
        ab = a.copy()
        ab[:, i] = b[:, i]
        mixed.append(_outputs(model, ab))
    return Sample(_outputs(model, a), _outputs(model, b), np.array(mixed))


def indices(sample: Sample, level: float = 0.95, resamples: int = 500, seed: int = 0) -> list[Indices]:
    """First and total order per output with percentile intervals from resampled rows of the design."""
    rng = np.random.default_rng(seed)
    n = len(sample.at_a)
    picks = rng.integers(0, n, (resamples, n)) if resamples else np.empty((0, n), np.intp)
    tails = [50.0 * (1.0 - level), 50.0 * (1.0 + level)]
    found = []
    for output in range(sample.at_a.shape[1]):
        a, b, mixed = sample.at_a[:, output], sample.at_b[:, output], sample.at_mixed[:, :, output]
        both = np.concatenate([a, b])
        mean, variance = float(both.mean()), float(both.var())
        k = len(mixed)
        if not variance > 1e-24 * max(mean**2, 1e-300):
            empty = np.full(k, np.nan)
            found.append(Indices(empty, empty, np.full((k, 2), np.nan), np.full((k, 2), np.nan), mean, 0.0))
            continue
        first, total = _estimate(a - mean, b - mean, mixed - mean)
        drawn = [_estimate(a[p] - mean, b[p] - mean, mixed[:, p] - mean) for p in picks]
        spread = [np.full((k, 2), np.nan)] * 2
        if drawn:
            spread = [np.percentile([d[order] for d in drawn], tails, axis=0).T for order in (0, 1)]
        found.append(Indices(first, total, spread[0], spread[1], mean, variance))
    return found


def importance(value: float) -> str:
    """Class of an index by the ranges of Xing et al., table V; a value on a limit falls into the lower class."""
    if math.isnan(value):
        return "undetermined"
    return next(name for limit, name in CLASSES if value > limit)


def perturb(model: Model, nominal: Sequence[float], fractions: Sequence[float]) -> Float64:
    """One at a time: relative change of each output when one parameter changes by a fraction of its nominal value.

    Shape (k, fractions, outputs); 0.1 is 10 %. NaN where the nominal output is 0.
    """
    centre = np.asarray(nominal, np.float64)
    k = len(centre)
    rows = np.repeat(centre[None], k * len(fractions), axis=0)
    for i in range(k):
        rows[i * len(fractions) : (i + 1) * len(fractions), i] *= 1.0 + np.asarray(fractions, np.float64)
    base = _outputs(model, centre[None])[0]
    changed = _outputs(model, rows).reshape(k, len(fractions), -1)
    return np.asarray((changed - base) / np.where(base == 0, np.nan, base), np.float64)


def _estimate(a: Float64, b: Float64, mixed: Float64) -> tuple[Float64, Float64]:
    variance = float(np.concatenate([a, b]).var())
    first = (b * (mixed - a)).mean(axis=1) / variance
    total = 0.5 * ((a - mixed) ** 2).mean(axis=1) / variance
    return first, total


def _outputs(model: Model, rows: Float64) -> Float64:
    values = np.asarray(model(rows), np.float64)
    return values[:, None] if values.ndim == 1 else values
