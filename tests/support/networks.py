"""Small networks and phases with known truth."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from groundline.core.timeseries.matrix import Network


def network(count, lags, seed=None):
    """`count` dates 12 days apart (or irregular, with a seed), a pair for every lag in `lags`."""
    if seed is None:
        days = 12 * np.arange(count)
    else:
        days = np.concatenate([[0], np.cumsum(np.random.default_rng(seed).integers(6, 30, count - 1))])
    dates = tuple(date(2020, 1, 1) + timedelta(int(day)) for day in days)
    pairs = [(i, i + lag) for i in range(count) for lag in lags if i + lag < count]
    return Network(dates, np.array(pairs))


def days(*numbers):
    """Dates so many days after 1 January 2020."""
    return tuple(date(2020, 1, 1) + timedelta(number) for number in numbers)


def noisy_pairs(net, pixels, missing, seed=0):
    """(M, P) phases with noise, a rising share of missing values up to `missing`, and coherence."""
    rng = np.random.default_rng(seed)
    truth = np.cumsum(rng.normal(0.0, 1.0, (net.N, pixels)), axis=0)
    phase = truth[net.later] - truth[net.earlier] + rng.normal(0.0, 0.7, (net.M, pixels))
    phase[rng.random(phase.shape) < np.linspace(0.0, missing, pixels)] = np.nan
    coherence = rng.uniform(0.05, 0.98, phase.shape)
    return phase.astype(np.float32), coherence.astype(np.float32)
