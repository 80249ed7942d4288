"""What displacement series are made of: classes on the map, how many of each, seasons, and the clearest series."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from .. import crs as coordinates
from ..stack import Grid
from ..timeseries.seasonal.analysis import CLASSES, SEASONAL
from . import base
from .timeseries import date_axis, day_numbers, show_map
from .validation import MOST_DRAWN, axis_names

if TYPE_CHECKING:
    from ..timeseries.seasonal.overview import Example, Overview

COLOURS = ("#9aa7b1", "#0b6e8f", "#2e8b57", "#d98b00", "#c0392b", "#7a5195")
_MAP = ListedColormap(list(COLOURS))
_NORM = BoundaryNorm(np.arange(-0.5, len(CLASSES)), len(CLASSES))
_MONTHS = ("Jan", "Mar", "May", "Jul", "Sep", "Nov")
_PREVIEW = 900  # pixels of a side


def class_map(where: tuple[Any, ...]) -> Figure:
    """Map of the classes, of points (x, y, crs, code with NaN) or of pixels (code with -1, grid)."""
    figure = base.new_figure(8.0, 5.6)
    axes = figure.subplots()
    if len(where) == 2:
        _pixels(axes, *where)
    else:
        _points(axes, *where)
    handles = [
        Line2D([], [], marker="s", linestyle="", color=colour, label=name) for name, colour in zip(CLASSES, COLOURS)
    ]
    axes.legend(handles=handles, bbox_to_anchor=(1.01, 1.0), loc="upper left", fontsize=8, frameon=False)
    return figure


def overview_figure(overview: Overview) -> Figure:
    """Number of each class; amplitude and day of the peak of the class seasonal."""
    figure = base.new_figure(9.6, 3.4)
    left, middle, right = figure.subplots(1, 3)
    left.barh(CLASSES[::-1], overview.counts[::-1], color=COLOURS[::-1])
    for place, count in enumerate(overview.counts[::-1].tolist()):
        left.text(count, place, f" {count:,}", va="center", fontsize=8, color=base.INK)
    left.set_xlim(0, 1.3 * max(1, int(overview.counts.max())))
    left.locator_params(axis="x", nbins=4)
    base.style(left, "Classes", "Number")
    those = overview.column("kind") == SEASONAL
    amplitude, day = overview.column("amplitude")[those], overview.column("peak_day")[those]
    top = float(np.percentile(amplitude, 99.5)) if len(amplitude) else 1.0
    middle.hist(amplitude, np.linspace(0.0, top, 41), color=COLOURS[SEASONAL], alpha=0.8)
    base.style(middle, "Annual amplitude (seasonal)", "mm", "Number")
    right.hist(day, np.linspace(0.0, 365.25, 37), color=COLOURS[SEASONAL], alpha=0.8)
    right.set_xticks([365.25 * month / 12.0 for month in range(0, 12, 2)])
    right.set_xticklabels(_MONTHS)
    base.style(right, "Highest in (seasonal)", "", "Number")
    return figure


def examples_figure(overview: Overview) -> Figure:
    """The clearest series of every class with its model."""
    examples = [overview.examples[kind] for kind in sorted(overview.examples)]
    rows = max(1, -(-len(examples) // 2))
    figure = base.new_figure(9.6, 2.3 * rows)
    panels = figure.subplots(rows, 2, squeeze=False, sharex=True).ravel()
    for axes, example in zip(panels, examples):
        _example(axes, example, overview)
    for axes in panels[len(examples) :]:
        axes.set_visible(False)
    return figure


def _example(axes: Axes, example: Example, overview: Overview) -> None:
    days = day_numbers(overview.design.dates)
    axes.plot(days, example.values, "o", ms=3, color=base.INK, alpha=0.8)
    axes.plot(moments(example.model_years), example.model, color=COLOURS[example.kind], lw=1.6)
    chance = "p < 0.001" if example.p < 0.001 else f"p = {example.p:.2g}"
    base.style(axes, f"{CLASSES[example.kind]} ({chance})", "", "mm")
    date_axis(axes)


def moments(years: NDArray[np.float64]) -> NDArray[Any]:
    """Decimal years since 2000 as moments that matplotlib's axis of dates takes."""
    seconds = np.round(years * 365.25 * 86_400.0).astype("timedelta64[s]")
    return (np.datetime64("2000-01-01T00:00:00") + seconds).astype(object)


def _points(
    axes: Axes, x: NDArray[np.float64], y: NDArray[np.float64], crs: str, code: NDArray[np.float32]
) -> None:
    step = -(-len(x) // MOST_DRAWN)
    unit = 1.0 if not crs or coordinates.is_geographic(crs) else 1000.0
    known = np.flatnonzero(np.isfinite(code))[::step]
    size = float(np.clip(20_000.0 / max(1, len(known)), 1.0, 16.0))
    axes.scatter(
        x[known] / unit, y[known] / unit, c=code[known], s=size, cmap=_MAP, norm=_NORM, linewidths=0, rasterized=True
    )
    stretch = 1.0 / np.cos(np.radians(np.median(y))) if unit == 1.0 and crs else 1.0
    axes.set_aspect(float(stretch), adjustable="datalim")
    base.style(axes, "Classes", *(axis_names(crs) if crs else ("", "")))


def _pixels(axes: Axes, kinds: NDArray[np.int8], grid: Grid) -> None:
    step = -(-max(grid.shape) // _PREVIEW)
    shown = np.ma.masked_less(kinds[::step, ::step], 0)
    show_map(axes, shown, step, grid, cmap=_MAP, norm=_NORM)
    base.style(axes, "Classes")
    axes.grid(False)
