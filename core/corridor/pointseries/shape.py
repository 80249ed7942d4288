"""Whether a series goes straight on: rate, season, and the test against a line (Zhu et al. 2020, figure 8)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ...timeseries.seasonal import chance
from ...timeseries.seasonal.analysis import CLASSES, Analysis, Rules, analyse, model
from ...timeseries.seasonal.design import Design, design
from .places import Marked

Float64 = NDArray[np.float64]

_FINE = 300  # places of a drawn model


@dataclass(frozen=True)
class Shapes:
    """Analysis of the places' mean series. line_r2 (P,) : share of the variance that a straight line explains.

    p_nonlinear (P,) : least probability by chance of acceleration, step and change of rate, times three.
    """

    form: Design
    found: Analysis
    values: Float64
    line_r2: Float64
    p_nonlinear: Float64

    def name(self, place: int) -> str:
        """Class of a place; empty with too few dates."""
        kind = int(self.found.kind[place])
        return CLASSES[kind] if kind >= 0 else ""

    def curve(self, place: int) -> tuple[Float64, Float64]:
        """Times [yr since 2000] and values [mm] of the model of a place's class."""
        times = np.linspace(self.form.times[0], self.form.times[-1], _FINE)
        origin = self.form.times[0] - self.form.years[0]
        return times, model(times, origin, self.found, place, self.form, self.values[:, place])


def shapes(marked: Marked, significance: float) -> Shapes | None:
    """None where the series have too few dates for the tests."""
    try:
        form = design(marked.dates)
    except InputError:
        return None
    rules = Rules(significance)
    step, hinge = chance.null(form, rules.for_departures)
    rules = Rules(significance, step_tests=step, hinge_tests=hinge)
    values = np.stack([place.mean for place in marked.places], axis=1)
    found = analyse(values, form, rules)
    p = np.stack([found.p_acceleration, found.p_step, found.p_change])
    return Shapes(form, found, values, _line_r2(form.years, values), np.minimum(3.0 * p.min(axis=0), 1.0))


def _line_r2(years: Float64, values: Float64) -> Float64:
    """(P,) share of the variance of values (N, P) that a line explains; NaN for constant series."""
    out = np.full(values.shape[1], np.nan)
    for place, series in enumerate(values.T):
        there = np.isfinite(series)
        if there.sum() > 2 and np.ptp(series[there]) > 0:
            out[place] = np.corrcoef(years[there], series[there])[0, 1] ** 2
    return out
