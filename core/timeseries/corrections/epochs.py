"""From coefficients per interferogram to coefficients per date, so that corrections close."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..matrix import Network, displacement_operator, incidence
from ..velocity import slope

Float64 = NDArray[np.float64]


def to_epochs(network: Network, coefficients: Float64) -> Float64:
    """(N, K) coefficients per date from those of the pairs (M, K): least squares, the first date 0."""
    return displacement_operator(network) @ coefficients


def misclosure(network: Network, coefficients: Float64, epochs: Float64) -> Float64:
    """(M, K) what the pairs' coefficients have beyond those of their dates: noise and unwrapping errors."""
    return coefficients - incidence(network) @ epochs


def trend(network: Network, epochs: Float64) -> tuple[Float64, Float64]:
    """(K,) slope of the coefficients against time [per year] and its standard deviation, NaN below three dates."""
    years = network.years
    weights = slope(years)
    rate = weights @ epochs
    residual = epochs - epochs.mean(axis=0) - np.outer(years - years.mean(), rate)
    if network.N < 3:
        return rate, np.full(len(rate), np.nan)
    return rate, np.sqrt((residual * residual).sum(axis=0) / (network.N - 2) * (weights @ weights))


def without_trend(network: Network, epochs: Float64) -> Float64:
    """Coefficients per date without their slope in time, the first date still 0."""
    return epochs - np.outer(network.years, trend(network, epochs)[0])
