"""Benchmarks beside measured points: a panel per series, or velocities with their errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure

from ..component import VERTICAL
from . import base

if TYPE_CHECKING:
    from ..validation.groundtruth import Compared

_PANELS = 12
_NAMED = 40  # benchmarks whose names fit under the bars


def groundtruth_figure(compared: Compared, component: str) -> Figure:
    """Series in panels, the worst benchmarks first; velocities as scatter and differences."""
    what = "Vertical" if component == VERTICAL else "LOS"
    if compared.has_series:
        return _series(compared, what)
    figure = base.new_figure(10.6, 4.9)
    left, right = figure.subplots(1, 2, gridspec_kw={"width_ratios": [1.0, 1.25]})
    _scatter(left, compared, what)
    _bars(right, compared)
    return figure


def _series(compared: Compared, what: str) -> Figure:
    marks = sorted(compared.marks, key=lambda mark: -mark.rmse)[:_PANELS]
    columns = min(3, len(marks))
    rows = -(-len(marks) // columns)
    figure = base.new_figure(3.6 * columns + 0.8, 2.5 * rows + 0.4)
    panels = figure.subplots(rows, columns, squeeze=False, sharey=True).ravel()
    for axes, mark in zip(panels, marks):
        series = mark.series
        if series is None:
            continue
        days = np.array(series.days, dtype="datetime64[D]")
        axes.plot(days, series.measured, color=base.ACCENT, linewidth=1.3, label="points")
        axes.plot(days, series.truth, "o", color=base.ALERT, markersize=3.5, label="truth")
        base.style(axes, f"{mark.name}: RMSE {mark.rmse:.1f} mm", "", "")
        locator = AutoDateLocator(minticks=2, maxticks=7)
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    for axes in panels[len(marks) :]:
        axes.set_visible(False)
    for axes in panels[::columns]:
        axes.set_ylabel(f"{what} [mm]", color=base.INK, fontsize=9)
    panels[0].legend(fontsize=7.5, frameon=False)
    return figure


def _scatter(axes: Axes, compared: Compared, what: str) -> None:
    truth = np.array([mark.truth for mark in compared.marks])
    measured = np.array([mark.measured for mark in compared.marks]) - compared.offset
    errors = [
        np.nan_to_num([getattr(mark, name) for mark in compared.marks]) for name in ("truth_std", "measured_std")
    ]
    axes.errorbar(
        truth, measured, xerr=errors[0], yerr=errors[1], fmt="o", color=base.ACCENT, ecolor=base.GRID, markersize=4
    )
    low, high = float(min(truth.min(), measured.min())), float(max(truth.max(), measured.max()))
    margin = 0.08 * (high - low) or 1.0
    span = (low - margin, high + margin)
    axes.plot(span, span, color=base.INK, linewidth=1.0, linestyle="--")
    axes.set_xlim(*span)
    axes.set_ylim(*span)
    axes.set_aspect("equal")
    after = ", offset taken off" if compared.offset else ""
    base.style(axes, f"{what} velocity{after}", "Truth [mm/yr]", "Points [mm/yr]")


def _bars(axes: Axes, compared: Compared) -> None:
    marks = sorted(compared.marks, key=lambda mark: mark.difference)
    difference = np.array([mark.difference for mark in marks]) - compared.offset
    stated = np.hypot([mark.measured_std for mark in marks], [mark.truth_std for mark in marks])
    place = np.arange(len(marks))
    axes.bar(place, difference, color=base.ACCENT, alpha=0.7)
    axes.errorbar(place, difference, yerr=np.nan_to_num(stated), fmt="none", ecolor=base.INK, linewidth=0.8)
    if len(marks) <= _NAMED:
        axes.set_xticks(place, [mark.name for mark in marks], rotation=90)
    else:
        axes.set_xticks([])
    base.style(axes, "Points minus truth, with the combined stated error", "", "mm/yr")
