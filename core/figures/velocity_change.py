"""Figures of velocities before and after an event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from . import base
from .timeseries import date_axis, day_numbers

Line = tuple[Sequence[date], NDArray[Any], str]  # dates, fitted values [mm], label


def event_series(
    dates: Sequence[date],
    values: NDArray[Any],
    lines: Sequence[Line],
    event: tuple[date, date] | None,
    place: str,
) -> Figure:
    """Displacement [mm] of one point, the fitted lines, and the days of the event."""
    figure = base.new_figure(9.0, 3.6)
    axes = figure.subplots()
    axes.plot(day_numbers(dates), values, "o", ms=4, color=base.INK, label=place)
    for colour, (days, fitted, label) in zip((base.ACCENT, base.ALERT), lines):
        axes.plot(day_numbers(days), fitted, "-", lw=1.8, color=colour, label=label)
    if event is not None:
        axes.axvspan(*day_numbers(event), color=base.GRID, zorder=0)
        axes.axvline(day_numbers(event)[0], color=base.INK, lw=0.8, ls="--", label="event")
    base.style(axes, "Displacement and velocities", "", "LOS displacement [mm]")
    date_axis(axes)
    axes.legend(fontsize=8, frameon=False)
    return figure


def change_histogram(change: NDArray[Any], deviation: NDArray[Any]) -> Figure:
    """Difference [mm/yr] of the pixels, and the normal curve that its standard deviation alone would give."""
    figure = base.new_figure(9.0, 3.2)
    axes = figure.subplots()
    base.style(axes, "Distribution of the difference", "After minus before [mm/yr]", "Pixels [%]")
    both = np.isfinite(change) & np.isfinite(deviation)
    change, deviation = change[both], deviation[both]
    if change.size:
        low, high = np.quantile(change, [0.002, 0.998])
        reach = max(float(high - low), 1e-6) * 0.05
        edges = np.linspace(low - reach, high + reach, 81)
        share = np.full(change.shape, 100.0 / change.size)
        axes.hist(change, bins=edges, weights=share, color=base.ACCENT)
        sigma = float(np.sqrt(np.mean(np.square(deviation, dtype=np.float64)))) or 1.0
        x = np.linspace(edges[0], edges[-1], 300)
        curve = np.exp(-0.5 * (x / sigma) ** 2) / (sigma * np.sqrt(2 * np.pi)) * (edges[1] - edges[0]) * 100.0
        axes.plot(x, curve, color=base.ALERT, lw=1.2, label=f"no change, noise of {sigma:.1f} mm/yr")
        axes.legend(fontsize=8, frameon=False)
    return figure
