"""Figures of the probability integral method: surface, profile, fit, series, correlation of parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from numpy.typing import NDArray

from . import base

_CLASSES = ("#f2f4f5", "#c7e2ec", "#f6d98b", "#ee9b52", "#c0392b", "#7b1e1e", "#3d0f0f")
_MOST_POINTS = 20_000
_MOST_LINES = 8  # isolines in the picture; the drawing has them all

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Surface:
    """A part of the model's surface in its metric plane: extent (left, right, bottom, top) [m], row 0 on top."""

    extent: tuple[float, float, float, float]
    subsidence: NDArray[np.float32]
    damage: NDArray[np.float32]
    outlines: tuple[Float64, ...]


@dataclass(frozen=True)
class Profile:
    """Along a straight line: distance [m], subsidence and its deviation [mm], motion along the line [mm], tilt [mm/m],

    curvature [mm/m2] and strain [mm/m] along the line; measured subsidence [mm] where known. caption : where it runs.
    """

    distance: Float64
    subsidence: Float64
    std: Float64
    along: Float64
    tilt: Float64
    curvature: Float64
    strain: Float64
    caption: str
    measured_at: Float64
    measured: Float64


@dataclass(frozen=True)
class Curve:
    """At one place: the model's LOS motion and deviation [mm] over days, measurements, and the last fitted day."""

    days: Sequence[date]
    motion: Float64
    std: Float64
    measured_days: Sequence[date]
    measured: Float64
    fitted_until: date
    place: str


def surface_map(surface: Surface, levels: Float64, day: str) -> Figure:
    """Modelled subsidence [mm] with isolines and panels, and beside it the damage classes."""
    rows, cols = surface.subsidence.shape
    figure = base.new_figure(9.6, float(np.clip(4.6 * rows / max(cols, 1) + 1.0, 3.2, 6.8)))
    left, right = figure.subplots(1, 2)
    shown = _show(left, surface.subsidence, surface, cmap="magma_r", vmin=0.0)
    levels = levels[:: -(-len(levels) // _MOST_LINES) or 1]
    if len(levels) and min(surface.subsidence.shape) > 1:
        x0, x1, y0, y1 = surface.extent
        xs = np.linspace(x0, x1, 2 * cols + 1)[1::2]
        ys = np.linspace(y1, y0, 2 * rows + 1)[1::2]
        drawn = left.contour(xs, ys, surface.subsidence, levels=levels, colors="white", linewidths=0.7)
        left.clabel(drawn, levels=levels[:: max(1, len(levels) // 4)], fmt="%g", fontsize=7)
    bar = figure.colorbar(shown, ax=left, orientation="horizontal", shrink=0.9, aspect=30)
    bar.set_label("Subsidence [mm]", fontsize=8, color=base.INK)
    bar.ax.tick_params(labelsize=8)
    base.style(left, f"Modelled subsidence, {day}", "Easting [m]", "Northing [m]")
    count = int(np.nanmax(surface.damage)) if np.isfinite(surface.damage).any() else 0
    classes = min(max(count, 4), len(_CLASSES) - 1) + 1
    norm = BoundaryNorm(np.arange(-0.5, classes + 0.5), classes)
    shown = _show(right, surface.damage, surface, cmap=ListedColormap(_CLASSES[:classes]), norm=norm)
    bar = figure.colorbar(
        shown, ax=right, orientation="horizontal", shrink=0.9, aspect=30, ticks=range(classes)
    )
    bar.ax.set_xticklabels(["none", *(str(number) for number in range(1, classes))])
    bar.set_label("Damage class", fontsize=8, color=base.INK)
    bar.ax.tick_params(labelsize=8)
    base.style(right, f"Damage classes, {day}", "Easting [m]", "")
    for axes in (left, right):
        _panels(axes, surface.outlines)
        _few_ticks(axes)
    return figure


def profile_figure(profile: Profile) -> Figure:
    """Subsidence, horizontal motion, tilt, curvature and strain along one line: the surveyor's section."""
    figure = base.new_figure(8.0, 8.4)
    axes = figure.subplots(5, 1, sharex=True, gridspec_kw={"height_ratios": [2.2, 1, 1, 1, 1]})
    x = profile.distance
    axes[0].fill_between(
        x, profile.subsidence - 2 * profile.std, profile.subsidence + 2 * profile.std,
        color=base.ACCENT, alpha=0.25, linewidth=0, label="± 2 standard deviations of the parameters",
    )  # fmt: skip
    axes[0].plot(x, profile.subsidence, color=base.ACCENT, lw=1.6, label="model")
    if len(profile.measured):
        axes[0].plot(
            profile.measured_at, profile.measured, ".", color=base.INK, ms=3.5,
            label="measured, taken as vertical",
        )  # fmt: skip
    axes[0].invert_yaxis()
    axes[0].legend(fontsize=7.5, frameon=False, loc="lower right")
    base.style(axes[0], f"Section {profile.caption}", "", "Subsidence [mm]")
    for panel, values, label in (
        (axes[1], profile.along, "Motion along\nthe section [mm]"),
        (axes[2], profile.tilt, "Tilt\n[mm/m]"),
        (axes[3], profile.curvature, "Curvature\n[mm/m²]"),
        (axes[4], profile.strain, "Strain\n[mm/m]"),
    ):
        panel.axhline(0.0, color=base.INK, lw=0.6)
        panel.fill_between(x, values, 0.0, color=base.ACCENT, alpha=0.15, linewidth=0)
        panel.plot(x, values, color=base.ACCENT, lw=1.3)
        base.style(panel, "", "", label)
    axes[-1].set_xlabel("Distance from the deepest point [m]", color=base.INK, fontsize=9)
    axes[-1].set_xlim(float(x[0]), float(x[-1]))
    figure.align_ylabels(axes)
    return figure


def fit_figure(
    x: Float64, y: Float64, measured: Float64, modelled: Float64, outlines: Sequence[Float64], title: str
) -> Figure:
    """Measured, modelled and remaining LOS motion [mm] of the fitted pixels in the metric plane."""
    step = -(-len(x) // _MOST_POINTS)
    x, y, measured, modelled = x[::step], y[::step], measured[::step], modelled[::step]
    figure = base.new_figure(9.6, 4.0)
    norm = base.symmetric(np.concatenate([measured, modelled]), 99.5)
    rest = base.symmetric(measured - modelled, 98.0)
    width, height = max(float(np.ptp(x)), 1.0), max(float(np.ptp(y)), 1.0)
    size = float(np.clip(7.5e4 * min(1.0, height / width) / max(len(x), 1), 1.0, 120.0))
    for axes, values, name, scale in zip(
        figure.subplots(1, 3, sharex=True, sharey=True),
        (measured, modelled, measured - modelled),
        ("measured", "model", "measured less model"),
        (norm, norm, rest),
    ):
        dots = axes.scatter(
            x, y, c=values, s=size, marker="s", cmap=base.SUBSIDENCE_MAP, norm=scale, linewidths=0
        )
        bar = figure.colorbar(dots, ax=axes, orientation="horizontal", aspect=25, extend="both")
        bar.set_label("[mm]", fontsize=8, color=base.INK)
        bar.ax.tick_params(labelsize=7)
        base.style(axes, name, "Easting [m]", "Northing [m]" if name == "measured" else "")
        axes.set_aspect("equal")
        axes.set_facecolor("#eceff1")
        axes.grid(False)
        _panels(axes, outlines)
        _few_ticks(axes)
    figure.suptitle(title, fontsize=10, color=base.INK, x=0.01, ha="left")
    return figure


def series_figure(curve: Curve) -> Figure:
    """Model with its band and the measurements at one place; what lies beyond the fit is shaded."""
    figure = base.new_figure(8.0, 3.8)
    axes = figure.subplots()
    days = _days(curve.days)
    axes.fill_between(
        days, curve.motion - 2 * curve.std, curve.motion + 2 * curve.std,
        color=base.ACCENT, alpha=0.25, linewidth=0, label="± 2 standard deviations of the parameters",
    )  # fmt: skip
    axes.plot(days, curve.motion, color=base.ACCENT, lw=1.6, label="model")
    later = np.array([day > curve.fitted_until for day in curve.measured_days], bool)
    for chosen, face, label in (
        (~later, base.INK, "measured, fitted"),
        (later, "white", "measured, not fitted"),
    ):
        if chosen.any():
            days_of = _days(curve.measured_days)[chosen]
            axes.plot(days_of, curve.measured[chosen], "o", color=base.INK, mfc=face, ms=3.5, label=label)
    if curve.days[-1] > curve.fitted_until:
        axes.axvspan(
            _days([curve.fitted_until])[0], days[-1], color="#8a97a3", alpha=0.12, lw=0, label="after the fit"
        )
    base.style(axes, f"Line-of-sight motion at {curve.place}", "", "LOS displacement [mm]")
    locator = AutoDateLocator(minticks=4, maxticks=9)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    axes.axhline(0.0, color=base.INK, lw=0.6)
    margin = 0.01 * (days[-1] - days[0])
    axes.set_xlim(days[0] - margin, days[-1] + margin)
    axes.legend(fontsize=8, frameon=False, loc="lower left")
    return figure


def correlation_figure(names: Sequence[str], table: Float64) -> Figure:
    """Correlations of the estimated parameters."""
    side = 1.9 + 0.48 * len(names)
    figure = base.new_figure(side + 1.0, side)
    axes = figure.subplots()
    shown = axes.imshow(table, cmap="RdBu_r", vmin=-1.0, vmax=1.0)
    for row in range(len(names)):
        for col in range(len(names)):
            colour = "white" if abs(table[row, col]) > 0.7 else base.INK
            axes.text(
                col,
                row,
                f"{round(table[row, col], 2) + 0.0:.2f}",
                ha="center",
                va="center",
                fontsize=7.5,
                color=colour,
            )
    base.style(axes, "Correlation")
    axes.set_xticks(range(len(names)))
    axes.set_xticklabels(names, rotation=45, ha="right")
    axes.set_yticks(range(len(names)))
    axes.set_yticklabels(names)
    axes.grid(False)
    bar = figure.colorbar(shown, ax=axes, shrink=0.85)
    bar.ax.tick_params(labelsize=7)
    return figure


def _show(axes: Axes, values: NDArray[np.float32], surface: Surface, **style: Any) -> Any:
    axes.set_facecolor("#eceff1")
    image = axes.imshow(values, extent=surface.extent, interpolation="nearest", aspect="equal", **style)
    axes.grid(False)
    return image


def _panels(axes: Axes, outlines: Sequence[Float64]) -> None:
    for ring in outlines:
        closed = np.vstack([ring, ring[:1]])
        axes.plot(closed[:, 0], closed[:, 1], color=base.INK, lw=1.0, ls="--")
    axes.autoscale(False)


def _few_ticks(axes: Axes) -> None:
    axes.locator_params(nbins=4)
    axes.ticklabel_format(useOffset=False, style="plain")
    axes.grid(False)


def _days(days: Sequence[date]) -> NDArray[Any]:
    return np.array(days, dtype="datetime64[D]").astype("datetime64[s]").astype(object)
