"""Correlation of a series with a driver that it follows by some days."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...units import DAYS_PER_YEAR
from . import surrogates
from .drivers import Daily

Float64 = NDArray[np.float64]

LEAST_DATES = 12
_BOUNDS = (5.0, 95.0)  # percent of the resampled lags
_LEVEL = 95.0  # percent of the surrogates' largest correlations
_ANNUAL_SPAN = 1.5  # yr that annual terms need


@dataclass(frozen=True)
class Sampled:
    """A driver and its surrogates at the dates of a series, moved by every lag, without their straight line.

    lags (L,) [d]. use : dates of the series at which the driver is known at all lags. days : of those. driver (L, n);
    phase, blocks (draws, L, n) : surrogates. basis (n, 2), annual (n, 4 or 2) : orthonormal columns of what is taken
    out of the series, and of what is taken out of both for the correlation of the anomalies.
    """

    name: str
    lags: NDArray[np.int64]
    use: NDArray[np.bool_]
    days: NDArray[np.int64]
    driver: Float64
    phase: Float64
    blocks: Float64
    basis: Float64
    annual: Float64


@dataclass(frozen=True)
class LagCorrelation:
    """Correlation of a series with a driver; r (L,) at `lags` (L,) [d].

    best : lag of the largest |r|. low, high : 90 % of its values when blocks of dates are drawn again. r_best : there.
    p_blocks, p_phase : how often a surrogate reaches |r_best| at any lag. level : |r| that 95 % of the
    block surrogates stay below at all lags. anomaly : correlation at that lag without the annual terms of both, and
    p_anomaly how often phase surrogates reach it there; NaN over too short a time.
    """

    driver: str
    lags: NDArray[np.int64]
    r: Float64
    best: int
    low: float
    high: float
    r_best: float
    p_blocks: float
    p_phase: float
    level: float
    anomaly: float
    p_anomaly: float
    dates: int


def sample(
    driver: Daily,
    days: NDArray[np.int64],
    lags: NDArray[np.int64],
    draws: int,
    block: int,
    seed: int,
) -> Sampled:
    """The driver at days - lag, for every lag; `use` is empty when it does not reach."""
    moved = days[None, :] - lags[:, None]
    use = np.stack([driver.covers(row) for row in moved]).all(axis=0)
    days, moved = days[use], moved[:, use]
    if len(days) < LEAST_DATES:
        empty = np.empty((0, len(lags), len(days)))
        return Sampled(driver.name, lags, use, days, empty[0:0].reshape(0, 0), empty, empty, empty[0:0], empty[0:0])
    first, last = int(moved.min()), int(moved.max())
    piece = driver.values[first - driver.first : last + 1 - driver.first]
    piece = _filled(piece)
    time = np.arange(len(piece), dtype=np.float64)
    flat = piece - np.polyval(np.polyfit(time, piece, 1), time)
    rng = np.random.default_rng(seed)
    index = moved - first
    basis, annual = _basis(days)
    return Sampled(
        driver.name,
        lags,
        use,
        days,
        _free(piece[index], basis),
        _free(surrogates.phase_randomised(flat, draws, rng)[:, index], basis),
        _free(surrogates.blocks_shuffled(flat, block, draws, rng)[:, index], basis),
        basis,
        annual,
    )


def correlate(series: Float64, sampled: Sampled, draws: int, block: int, seed: int) -> LagCorrelation | None:
    """Correlate a series (N,) at all its dates, NaN missing; None with fewer than twelve dates in common."""
    own = series[sampled.use]
    there = np.isfinite(own)
    if there.sum() < LEAST_DATES:
        return None
    if not there.all():
        basis, annual = _basis(sampled.days[there])
        driver, phase, blocks = (
            _free(part[..., there], basis) for part in (sampled.driver, sampled.phase, sampled.blocks)
        )
    else:
        basis, annual = sampled.basis, sampled.annual
        driver, phase, blocks = sampled.driver, sampled.phase, sampled.blocks
    value = _free(own[there], basis)
    r = _correlation(value, driver)
    place = int(np.argmax(np.abs(r)))
    top = abs(float(r[place]))
    by_phase, by_blocks = (np.abs(_correlation(value, part)).max(axis=1) for part in (phase, blocks))
    low, high = _lag_bounds(value, driver, sampled.lags, sampled.days[there], block, draws, seed)
    anomaly, p_anomaly = math.nan, math.nan
    if annual.shape[1] > basis.shape[1]:
        rest = _free(value, annual)
        anomaly = float(_correlation(rest, _free(driver[place], annual)))
        by_chance = np.abs(_correlation(rest, _free(phase[:, place], annual)))
        p_anomaly = _share(by_chance, abs(anomaly))
    return LagCorrelation(
        sampled.name,
        sampled.lags,
        r,
        int(sampled.lags[place]),
        low,
        high,
        float(r[place]),
        _share(by_blocks, top),
        _share(by_phase, top),
        float(np.percentile(by_blocks, _LEVEL)),
        anomaly,
        p_anomaly,
        int(there.sum()),
    )


def without_line(days: NDArray[np.int64], series: Float64) -> Float64:
    """A series (N,) minus its least-squares line, NaN where missing."""
    there = np.isfinite(series)
    out = np.full(len(series), np.nan)
    if there.sum() > 1:
        out[there] = _free(series[there], _basis(days[there])[0])
    return out


def _basis(days: NDArray[np.int64]) -> tuple[Float64, Float64]:
    """Orthonormal columns: constant and line; these and the annual terms where the days span enough."""
    t = (days - days.mean()) / DAYS_PER_YEAR
    columns = [np.ones(len(t)), t]
    straight = np.linalg.qr(np.column_stack(columns))[0]
    if t[-1] - t[0] < _ANNUAL_SPAN:
        return straight, straight
    turn = 2.0 * np.pi * t
    return straight, np.linalg.qr(np.column_stack([*columns, np.cos(turn), np.sin(turn)]))[0]


def _free(values: Float64, basis: Float64) -> Float64:
    """Values (..., n) without what the orthonormal columns (n, k) explain."""
    return np.asarray(values - (values @ basis) @ basis.T)


def _correlation(value: Float64, other: Float64) -> Float64:
    """Correlation of (n,) with (..., n), both of mean 0; 0 where one of them does not vary."""
    size = np.sqrt((value @ value) * np.einsum("...n,...n->...", other, other))
    return np.divide(other @ value, size, out=np.zeros(np.shape(size)), where=size > 1e-12)


def _share(by_chance: Float64, reached: float) -> float:
    """Probability of reaching a value by chance, from draws (Davison and Hinkley 1997)."""
    return float((1 + np.count_nonzero(by_chance >= reached - 1e-12)) / (1 + len(by_chance)))


def _lag_bounds(
    value: Float64,
    driver: Float64,
    lags: NDArray[np.int64],
    days: NDArray[np.int64],
    block: int,
    draws: int,
    seed: int,
) -> tuple[float, float]:
    """Bounds of the lag of the largest |r| when blocks of dates are drawn with replacement (moving blocks)."""
    step = float(np.median(np.diff(days)))
    length = max(1, min(len(days), round(block / step)))
    rng = np.random.default_rng(seed)
    index = surrogates.blocks_shuffled(np.arange(len(days)), length, draws, rng)
    some = value[index]
    product = np.einsum("dn,ldn->dl", some, driver[:, index])
    square = np.einsum("ldn,ldn->dl", driver[:, index], driver[:, index])
    best = np.argmax(np.abs(product) / np.sqrt(np.maximum(square, 1e-300)), axis=1)
    low, high = np.percentile(lags[best], _BOUNDS)
    return float(low), float(high)


def _filled(values: Float64) -> Float64:
    """The values with gaps filled linearly; only surrogates see the filled ones."""
    known = np.flatnonzero(np.isfinite(values))
    return np.interp(np.arange(len(values)), known, values[known])
