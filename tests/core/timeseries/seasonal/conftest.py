"""Sixty-two dates over four years, as a real stack has them: every 12 days with many left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pytest

from groundline.core.timeseries.seasonal import chance
from groundline.core.timeseries.seasonal.analysis import Rules
from groundline.core.timeseries.seasonal.design import Design, design


@dataclass(frozen=True)
class Setting:
    """Dates, times since 2000 and since the middle [yr], design and rules without thresholds."""

    dates: tuple[date, ...]
    times: np.ndarray
    t: np.ndarray
    form: Design
    rules: Rules

    def noise(self, series: int, std: float = 3.0, seed: int = 0) -> np.ndarray:
        """White noise (N, series) [mm]."""
        return np.random.default_rng(seed).normal(0.0, std, (len(self.dates), series))


@pytest.fixture(scope="session")
def setting() -> Setting:
    taken = np.sort(np.random.default_rng(1).choice(130, 62, replace=False))
    dates = tuple(date(2015, 7, 23) + timedelta(12 * int(step)) for step in taken)
    form = design(dates)
    rules = Rules()
    step, hinge = chance.null(form, rules.for_departures)
    return Setting(dates, form.times, form.years, form, Rules(step_tests=step, hinge_tests=hinge))
