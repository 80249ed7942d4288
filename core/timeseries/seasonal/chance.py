"""How likely a statistic is by chance: F tests, and the search for a break among many dates.

A break whose date was searched for fits noise better than one whose date was given, so its F statistic is not
F distributed (Andrews 1993). The least p value of a search over K dates is treated as that of the least of m
independent tests, p = 1 - (1 - p_F)^m, where m <= K is found by simulation: white noise at the same dates is
searched alike, and m makes the test right at the significance asked for. How noise that is correlated in time widens
errors is found by simulation too.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .design import TREND, Design
from .fit import best, fit

Float64 = NDArray[np.float64]

_DRAWS = 20_000
_CORRELATED_DRAWS = 2_000
_CORRELATIONS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
_SEED = 20_160_501


def f_test(
    gain: Float64, squares: Float64, terms: int, freedom: Float64, inflation: float = 1.0
) -> tuple[Float64, Float64]:
    """(F, p) of `terms` coefficients that lower the sum of squares to `squares` with `freedom` degrees left.

    inflation : by which correlated noise makes coefficients more uncertain (variance). Where there is neither gain
    nor residual, as at the reference pixel, F is 0 and p is 1.
    """
    from scipy.special import fdtrc

    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = np.nan_to_num(gain / terms / (squares / freedom) / inflation, nan=0.0, posinf=np.inf)
        p = np.where(statistic > 0, fdtrc(terms, freedom, np.maximum(statistic, 0.0)), 1.0)
    return statistic, p


def searched(p: Float64, tests: float) -> Float64:
    """p value of the best of a search that is worth so many independent tests."""
    with np.errstate(invalid="ignore"):
        return np.asarray(-np.expm1(tests * np.log1p(-np.minimum(p, 1.0 - 1e-16))))


def null(design: Design, significance: float) -> tuple[float, float]:
    """(tests of the search for a step, of that for a change of rate), from white noise at the dates of the design."""
    rng = np.random.default_rng(_SEED)
    noise = rng.standard_normal((len(design.dates), _DRAWS))
    fitted = fit(noise, design)
    tests = []
    for columns in (design.steps, design.hinges):
        found = best(fitted, columns, design)
        freedom = fitted.count - design.unknowns - 1
        _, p = f_test(found.gain, fitted.squares - found.gain, 1, freedom)
        low = float(np.quantile(p, significance))
        tests.append(float(np.clip(np.log1p(-significance) / np.log1p(-low), 1.0, len(columns))))
    return tests[0], tests[1]


def autocorrelation(residual: Float64) -> Float64:
    """Lag-one autocorrelation of residuals (N, P), 0 where missing, from date to date; NaN without any spread."""
    squares = np.einsum("np,np->p", residual, residual)
    product = np.einsum("np,np->p", residual[1:], residual[:-1])
    return np.asarray(np.divide(product, squares, out=np.full(len(squares), np.nan), where=squares > 0))


def inflations(design: Design) -> tuple[Float64, Float64]:
    """(median autocorrelation of residuals, factor of the trend's variance) for noise of growing correlation.

    The noise is correlated from date to date by r = 0 to 0.8 (first-order autoregressive); the factor is the mean
    square of the trend's error over its stated variance, and 1 for r = 0.
    """
    rng = np.random.default_rng(_SEED)
    shocks = rng.standard_normal((len(design.dates), _CORRELATED_DRAWS))
    seen, factor = [], []
    for r in _CORRELATIONS:
        noise = shocks.copy()
        for row in range(1, len(noise)):
            noise[row] = r * noise[row - 1] + np.sqrt(1.0 - r * r) * shocks[row]
        fitted = fit(noise, design)
        stated = fitted.squares / (len(noise) - design.unknowns) * fitted.inverse[0, TREND, TREND]
        seen.append(float(np.median(autocorrelation(fitted.residual))))
        factor.append(float(np.mean(fitted.beta[TREND] ** 2) / np.mean(stated)))
    return np.array(seen), np.maximum(np.array(factor) / factor[0], 1.0)


def inflation(measured: float, table: tuple[Float64, Float64]) -> float:
    """By how much correlated noise raises the variance of slow terms, from the residuals' autocorrelation."""
    return float(np.interp(measured, *table))
