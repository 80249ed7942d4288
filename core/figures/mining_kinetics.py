"""Figures of the dissolution kinetics: concentration over time, residuals, series with bands, forecast errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from numpy.typing import NDArray

from . import base

Float64 = NDArray[np.float64]
COLOURS = ("#0b6e8f", "#c0392b", "#7a5195", "#d98b00", "#2e8b57", "#22303c", "#8c564b", "#5b6b79")
_BAND = 2.0  # standard deviations


@dataclass(frozen=True)
class Concentration:
    """u of one funnel: mean of each interval (K,) and its standard deviation (K,), NaN where unknown."""

    label: str
    u: Float64
    u_std: Float64


@dataclass(frozen=True)
class Curve:
    """Subsidence of a place: fitted (record), predicted, with standard deviations [mm], and what was measured."""

    label: str
    dates: Sequence[date]
    values: Float64
    std: Float64
    measured_dates: Sequence[date] = ()
    measured: Float64 | None = None


def concentration(dates: Sequence[date], curves: Sequence[Concentration], cs: float, physical: bool) -> Figure:
    """u and Cx of every interval between dates (K + 1,), with bands of two standard deviations."""
    figure = base.new_figure(8.0, 5.6 if physical else 3.4)
    axes = np.atleast_1d(figure.subplots(2 if physical else 1, 1, sharex=True))
    edges = days(dates)
    for number, curve in enumerate(curves):
        colour = COLOURS[number % len(COLOURS)]
        _steps(axes[0], edges, curve.u, curve.u_std, colour, curve.label)
        if physical:
            _steps(axes[1], edges, cs * (1.0 - curve.u), cs * curve.u_std, colour, curve.label)
    name = "Undersaturation u = (Cs - Cx)/Cs" if physical else "Shape of the dissolution rate (mean 1)"
    base.style(axes[0], f"{name}, bands of two standard deviations", "", "u [-]" if physical else "u / mean")
    if physical:
        base.style(axes[1], "Concentration of the brine", "", "Cx [g/100 g water]")
        axes[1].axhline(cs, color=base.INK, lw=0.8, ls="--")
        axes[1].annotate(
            f"saturated, Cs = {cs:g}", (0.99, cs), xycoords=("axes fraction", "data"), xytext=(0, -3),
            textcoords="offset points", fontsize=8, ha="right", va="top", color=base.INK,
        )  # fmt: skip
    if len(curves) > 1:
        axes[0].legend(fontsize=8, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    date_axis(axes[-1])
    return figure


def residual_std(pairs: Sequence[str], std: Float64) -> Figure:
    """Standard deviation of the residual phase of every interferogram [rad]."""
    figure = base.new_figure(8.0, 3.6)
    axes = figure.subplots()
    place = np.arange(len(pairs))
    middle = float(np.nanmedian(std)) if np.isfinite(std).any() else 0.0
    colours = [base.ALERT if middle > 0 and value > 3.0 * middle else base.ACCENT for value in std]
    axes.bar(place, std, color=colours, width=0.8)
    axes.axhline(middle, color=base.INK, lw=0.8, ls="--", label=f"median {middle:.3g} rad")
    base.style(axes, "Residual phase of each interferogram (red: over three times the median)", "", "Std [rad]")
    every = max(1, int(np.ceil(len(pairs) / 30)))
    axes.set_xticks(place[::every])
    axes.set_xticklabels([name.replace("_", "\n") for name in pairs[::every]], rotation=90, fontsize=6)
    axes.grid(axis="x", visible=False)
    axes.set_xlim(-0.8, len(pairs) - 0.2)
    axes.set_ylim(0.0, 1.15 * float(np.nanmax(std)) if np.isfinite(std).any() and np.nanmax(std) > 0 else 1.0)
    axes.legend(fontsize=8, frameon=False, loc="upper right")
    return figure


def curves(lines: Sequence[Curve], last: date | None, title: str) -> Figure:
    """Subsidence over time [mm, positive down, drawn downward]; right of `last` is forecast."""
    figure = base.new_figure(8.0, 4.4)
    axes = figure.subplots()
    for number, line in enumerate(lines):
        colour = COLOURS[number % len(COLOURS)]
        when = days(line.dates)
        axes.plot(when, line.values, color=colour, lw=1.5, label=line.label)
        axes.fill_between(
            when, line.values - _BAND * line.std, line.values + _BAND * line.std, color=colour, alpha=0.2, lw=0
        )
        if line.measured is not None:
            axes.plot(days(line.measured_dates), line.measured, "o", ms=3, mfc="none", mec=colour)
    if last is not None:
        axes.axvline(days([last])[0], color=base.INK, lw=0.8, ls="--")
        axes.annotate(
            "forecast", (days([last])[0], 0.98), xycoords=("data", "axes fraction"), xytext=(4, 0),
            textcoords="offset points", fontsize=8, va="top", color=base.INK,
        )  # fmt: skip
    base.style(axes, title, "", "Subsidence [mm]")
    axes.invert_yaxis()
    date_axis(axes)
    axes.legend(fontsize=8, frameon=False, loc="lower left")
    return figure


def forecast_errors(dates: Sequence[date], errors: Sequence[Float64]) -> Figure:
    """Errors [mm] of the forecast per date: median, middle half, 95 %, extremes."""
    figure = base.new_figure(8.0, 3.8)
    axes = figure.subplots()
    place = np.arange(len(dates))
    shown = [part if part.size else np.array([np.nan]) for part in errors]
    whiskers = [np.percentile(part, [0, 2.5, 25, 50, 75, 97.5, 100]) for part in shown]
    for at, (low, p2, p25, p50, p75, p97, high) in zip(place, whiskers):
        axes.plot([at, at], [low, high], color=base.GRID, lw=6, solid_capstyle="butt")
        axes.plot([at, at], [p2, p97], color=base.ACCENT, lw=6, alpha=0.5, solid_capstyle="butt")
        axes.plot([at, at], [p25, p75], color=base.ACCENT, lw=6, solid_capstyle="butt")
        axes.plot([at], [p50], "o", color="white", mec=base.INK, ms=5)
    axes.axhline(0.0, color=base.INK, lw=0.8)
    base.style(axes, "Error of the forecast: median, half, 95 % and all pixels", "", "Predicted - measured [mm]")
    every = max(1, int(np.ceil(len(dates) / 12)))
    axes.set_xticks(place[::every])
    axes.set_xticklabels([day.isoformat() for day in dates[::every]], rotation=30, ha="right", fontsize=8)
    axes.grid(axis="x", visible=False)
    return figure


def days(dates: Sequence[date]) -> NDArray[Any]:
    """Dates as matplotlib takes them."""
    return np.array(dates, dtype="datetime64[D]").astype("datetime64[s]").astype(object)


def date_axis(axes: Axes) -> None:
    """Few, short date labels."""
    locator = AutoDateLocator(minticks=4, maxticks=9)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))


def _steps(axes: Axes, edges: NDArray[Any], values: Float64, std: Float64, colour: str, label: str) -> None:
    axes.step(edges, np.append(values, values[-1]), where="post", color=colour, lw=1.4, label=label)
    low, high = values - _BAND * std, values + _BAND * std
    axes.fill_between(
        edges, np.append(low, low[-1]), np.append(high, high[-1]), step="post", color=colour, alpha=0.2, lw=0
    )
