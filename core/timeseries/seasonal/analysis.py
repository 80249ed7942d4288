"""Trend, annual term, acceleration, breaks and the class of many series at once.

Every series is fitted with constant, trend and annual term (the base). Three departures from it are tried: a
quadratic term, the best step, the best change of rate. Those that are significant compete by their Bayesian
information criterion (Schwarz 1978), in which the date of a break counts as an unknown. What a class reports is the
fit of its own model. The classes follow Berti et al. (2013, PS-Time), with the season added to the base.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from ...units import DAYS_PER_YEAR
from . import chance
from .design import COSINE, TREND, Design, day_of_year
from .fit import Extra, Fit, best, fit

Float64 = NDArray[np.float64]

UNKNOWN, STABLE, LINEAR, SEASONAL, ACCELERATING, STEP, BREAKPOINT = -1, 0, 1, 2, 3, 4, 5
CLASSES = ("stable", "linear", "seasonal", "accelerating", "step", "breakpoint")
PORTION = 20_000  # series at a time
_DEPARTURES = 3  # that are tried on every series
_NO_DATE = -1
_CODES = {"kind": np.int8, "step_at": np.intp, "change_at": np.intp}  # fields that are whole numbers


@dataclass(frozen=True)
class Rules:
    """When a term counts. significance : largest probability of an error of the first kind per series.

    min_velocity [mm/yr], min_amplitude [mm] : smaller trends and seasons do not make a class, however certain.
    inflation : of all variances, for noise that is correlated in time. step_tests, hinge_tests : see `chance`.
    """

    significance: float = 0.01
    min_velocity: float = 0.0
    min_amplitude: float = 0.0
    inflation: float = 1.0
    step_tests: float = 1.0
    hinge_tests: float = 1.0

    @property
    def for_departures(self) -> float:
        """Significance of a single departure, so that three tries together keep the level (Bonferroni)."""
        return self.significance / _DEPARTURES


@dataclass(frozen=True)
class Analysis:
    """What P series are made of, (P,) each; NaN where unknown, for series of too few dates everywhere.

    kind : code of the class, UNKNOWN for too few dates. kind_f, kind_p : statistic of the test that decided, and how
    likely it is by chance. trend [mm/yr] : at the middle of the dates for accelerating, before the break for
    breakpoint. amplitude [mm], peak_day [day of the year, 0 is 1 January] : of the annual term, and its highest day.
    acceleration [mm/yr2] : of all series. step [mm] at date `step_at`, rate_change [mm/yr] at date `change_at` : where
    significant (-1 elsewhere); of two that both are, the class is the better one. *_std : standard deviations.
    p_* : how likely the term is by chance. residual_std [mm] : of the class's model. autocorrelation : of its
    residuals from date to date. dates : with a value.
    """

    kind: NDArray[np.int8]
    kind_f: Float64
    kind_p: Float64
    trend: Float64
    trend_std: Float64
    amplitude: Float64
    amplitude_std: Float64
    peak_day: Float64
    peak_day_std: Float64
    acceleration: Float64
    acceleration_std: Float64
    step: Float64
    step_std: Float64
    step_at: NDArray[np.intp]
    rate_change: Float64
    rate_change_std: Float64
    change_at: NDArray[np.intp]
    p_trend: Float64
    p_seasonal: Float64
    p_acceleration: Float64
    p_step: Float64
    p_change: Float64
    residual_std: Float64
    autocorrelation: Float64
    dates: NDArray[np.intp]


def analyse(values: NDArray, design: Design, rules: Rules) -> Analysis:
    """Analyse series (N, P) [mm], NaN where missing."""
    count = np.isfinite(values).sum(axis=0)
    whole = np.flatnonzero(count == len(values))
    # Pixels outside the data would cost as much as series with gaps.
    gappy = np.flatnonzero((count >= design.least_dates) & (count < len(values)))
    parts: list[tuple[NDArray[np.intp], Analysis]] = []
    for index in (whole, gappy):
        for start in range(0, len(index), PORTION):
            some = index[start : start + PORTION]
            parts.append((some, _portion(values[:, some].astype(np.float64), design, rules)))
    return _joined(parts, count)


def model(times: Float64, origin: float, analysed: Analysis, series: int, design: Design, values: Float64) -> Float64:
    """The class's model of one series at `times` [yr since 1 January 2000], fitted to its values (N,) again."""
    columns = [np.ones(len(times)), times - origin]
    if design.annual:
        for cycle in range((design.unknowns - COSINE) // 2):
            turn = 2.0 * math.pi * (cycle + 1) * times
            columns += [np.cos(turn), np.sin(turn)]
    own = [design.base]
    kind = int(analysed.kind[series])
    if kind == ACCELERATING:
        own.append(design.quadratic.T)
        columns.append((times - origin) ** 2)
    elif kind == STEP:
        at = int(analysed.step_at[series])
        own.append(design.steps[design.starts == at].T)
        columns.append((times - origin >= design.years[at] - 1e-9).astype(np.float64))
    elif kind == BREAKPOINT:
        at = int(analysed.change_at[series])
        own.append(design.hinges[design.knots == at].T)
        columns.append(np.maximum(0.0, times - origin - design.years[at]))
    valid = np.isfinite(values)
    solution = np.linalg.lstsq(np.column_stack(own)[valid], values[valid], rcond=None)[0]
    return np.asarray(np.column_stack(columns) @ solution)


def _portion(values: Float64, design: Design, rules: Rules) -> Analysis:
    """The work on series that all have gaps, or of which none has."""
    fitted = fit(values, design)
    curve = best(fitted, design.quadratic, design)
    step = best(fitted, design.steps, design, design.least)
    hinge = best(fitted, design.hinges, design, design.least)
    less = fitted.count - design.unknowns - 1
    tests = [chance.f_test(e.gain, fitted.squares - e.gain, 1, less, rules.inflation) for e in (curve, step, hinge)]
    p_curve = tests[0][1]
    p_step, p_hinge = (
        chance.searched(p, number)
        for (_, p), number in zip(tests[1:], (rules.step_tests, rules.hinge_tests))
    )
    departures = (curve, step, hinge)
    chosen = _strongest(fitted, departures, np.stack([p_curve, p_step, p_hinge]), rules)
    kept = _with(fitted, departures, chosen, design, rules.inflation)
    with np.errstate(divide="ignore", invalid="ignore"):
        trend_chi2 = kept.beta[TREND] ** 2 / kept.covariance[:, TREND, TREND]
    trend_f, p_trend = chance.f_test(trend_chi2, kept.freedom, 1, kept.freedom)
    amplitude, amplitude_std, peak, peak_std, season_f, p_season = _season(kept, design)
    kind = np.where(
        chosen >= 0,
        ACCELERATING + chosen,
        np.where(
            (p_season < rules.significance) & (amplitude >= rules.min_amplitude),
            SEASONAL,
            np.where((p_trend < rules.significance) & (np.abs(kept.beta[TREND]) >= rules.min_velocity), LINEAR, STABLE),
        ),
    )
    every_f = np.stack([trend_f, trend_f, season_f, *(f for f, _ in tests)])
    every_p = np.stack([p_trend, p_trend, p_season, p_curve, p_step, p_hinge])
    row = np.arange(values.shape[1])
    noise = (fitted.squares[:, None] - np.stack([e.gain for e in departures], axis=1)) / np.reshape(less, (-1, 1))
    errors = np.sqrt(np.maximum(noise, 0.0) * rules.inflation * np.stack([e.spread for e in departures], axis=1))
    has_step, has_change = (p < rules.for_departures for p in (p_step, p_hinge))
    found = Analysis(
        kind=kind.astype(np.int8),
        kind_f=every_f[kind, row],
        kind_p=every_p[kind, row],
        trend=kept.beta[TREND],
        trend_std=np.sqrt(kept.covariance[:, TREND, TREND]),
        amplitude=amplitude,
        amplitude_std=amplitude_std,
        peak_day=peak,
        peak_day_std=peak_std,
        acceleration=2.0 * curve.size,
        acceleration_std=2.0 * errors[:, 0],
        step=np.where(has_step, step.size, np.nan),
        step_std=np.where(has_step, errors[:, 1], np.nan),
        step_at=np.where(has_step, design.starts[step.which], _NO_DATE),
        rate_change=np.where(has_change, hinge.size, np.nan),
        rate_change_std=np.where(has_change, errors[:, 2], np.nan),
        change_at=np.where(has_change, design.knots[hinge.which], _NO_DATE),
        p_trend=p_trend,
        p_seasonal=p_season,
        p_acceleration=p_curve,
        p_step=p_step,
        p_change=p_hinge,
        residual_std=np.sqrt(kept.variance / rules.inflation),
        autocorrelation=chance.autocorrelation(kept.residual),
        dates=np.broadcast_to(fitted.count, row.shape).astype(np.intp),
    )
    return _without(found, ~np.broadcast_to(fitted.founded, row.shape))


@dataclass(frozen=True)
class _Kept:
    """Fit of the chosen model: beta (k, P), covariance (P, k, k), variance (P,) of a value with the inflation,

    freedom (P,), residual (N, P).
    """

    beta: Float64
    covariance: Float64
    variance: Float64
    freedom: Float64
    residual: Float64


def _strongest(fitted: Fit, departures: tuple[Extra, ...], p: Float64, rules: Rules) -> NDArray[np.intp]:
    """(P,) number of the significant departure with the lowest BIC, -1 for none."""
    count = fitted.count
    scores = []
    for extra, unknowns in zip(departures, (1.0, 2.0, 2.0)):
        with np.errstate(divide="ignore", invalid="ignore"):
            left = np.log(np.maximum(fitted.squares - extra.gain, 0.0) / count)
        scores.append(count * left + unknowns * np.log(np.maximum(count, 1.0)))
    score = np.where(p < rules.for_departures, np.stack(scores), np.inf)
    return np.where(np.isfinite(score).any(axis=0), np.argmin(score, axis=0), -1)


def _with(
    fitted: Fit, departures: tuple[Extra, ...], chosen: NDArray[np.intp], design: Design, inflation: float
) -> _Kept:
    """The base fit, changed by the chosen departure of each series."""
    beta, squares = fitted.beta.copy(), fitted.squares.copy()
    residual = fitted.residual.copy()
    freedom = np.broadcast_to(fitted.count - design.unknowns, squares.shape).copy()
    k = design.unknowns
    grown = np.zeros((len(squares), k, k))
    for number, (extra, columns) in enumerate(zip(departures, (design.quadratic, design.steps, design.hinges))):
        those = np.flatnonzero(chosen == number)
        leak, size = extra.leak[those], extra.size[those]
        beta[:, those] -= leak.T * size
        change = (columns[extra.which[those]].T - design.base @ leak.T) * size
        residual[:, those] -= change if fitted.valid is None else change * fitted.valid[:, those]
        squares[those] -= extra.gain[those]
        freedom[those] -= 1.0
        grown[those] = leak[:, :, None] * leak[:, None, :] * extra.spread[those, None, None]
    variance = np.maximum(squares, 0.0) / np.maximum(freedom, 1.0) * inflation
    covariance = (fitted.inverse + grown) * variance[:, None, None]
    return _Kept(beta, covariance, variance, freedom, residual)


def _season(kept: _Kept, design: Design) -> tuple[Float64, ...]:
    """Amplitude, its deviation, day of the peak, its deviation [d], F and p of the annual term."""
    if not design.annual:
        nothing = np.full(len(kept.variance), np.nan)
        return (nothing,) * 6
    a, b = kept.beta[COSINE], kept.beta[COSINE + 1]
    block = kept.covariance[:, COSINE : COSINE + 2, COSINE : COSINE + 2]
    aa, ab, bb = block[:, 0, 0], block[:, 0, 1], block[:, 1, 1]
    square = a * a + b * b
    with np.errstate(divide="ignore", invalid="ignore"):
        along = np.sqrt((a * a * aa + 2.0 * a * b * ab + b * b * bb) / square)
        across = np.sqrt((b * b * aa - 2.0 * a * b * ab + a * a * bb) / square)
        turn = across / np.sqrt(square)
        chi2 = (a * a * bb - 2.0 * a * b * ab + b * b * aa) / (aa * bb - ab * ab)
    # A phase that nothing holds has the standard deviation of an even spread over the year.
    days = np.minimum(turn / (2.0 * math.pi), 1.0 / math.sqrt(12.0)) * DAYS_PER_YEAR
    statistic, p = chance.f_test(chi2, kept.freedom, 2, kept.freedom)
    return np.sqrt(square), along, day_of_year(a, b), days, statistic, p


def _without(found: Analysis, lost: NDArray[np.bool_]) -> Analysis:
    """The same with nothing known of some series."""
    if not lost.any():
        return found
    for entry in fields(found):
        values = getattr(found, entry.name)
        if entry.name != "dates":
            values[lost] = np.nan if values.dtype.kind == "f" else UNKNOWN
    return found


def _joined(parts: list[tuple[NDArray[np.intp], Analysis]], count: NDArray[np.intp]) -> Analysis:
    """Portions in the order of the series, nothing known of those that no portion holds; count (P,) of dates."""
    out: dict[str, NDArray] = {}
    for entry in fields(Analysis):
        if entry.name == "dates":
            out[entry.name] = count
            continue
        whole_number = _CODES.get(entry.name)
        out[entry.name] = np.full(len(count), np.nan if whole_number is None else UNKNOWN, whole_number)
        for index, part in parts:
            out[entry.name][index] = getattr(part, entry.name)
    return Analysis(**out)
