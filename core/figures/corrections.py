"""Figures of a correction: one raster before and after, and the spread of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ..stack import Grid
from . import base
from .panels import map_panels
from .timeseries import date_axis, day_numbers


def before_after(maps: Sequence[NDArray[np.float32]], titles: Sequence[str], step: int, grid: Grid) -> Figure:
    """Maps before, removed and after [mm], each about its own median, on one colour scale centred on zero.

    step : the maps hold every `step`-th row and column of the grid.
    """
    level = [values - np.nanmedian(values) if np.isfinite(values).any() else values for values in maps]
    colours = base.symmetric(np.concatenate([values.ravel() for values in level]))
    label = "Line-of-sight displacement about the median [mm]"
    return map_panels(level, titles, step, grid, colours, label)


def spreads(
    before: NDArray[Any], after: NDArray[Any], dates: Sequence[date], removed: NDArray[Any], what: str
) -> Figure:
    """Standard deviation over the image [mm]: before against after, and of what was removed from each date."""
    figure = base.new_figure(9.0, 3.6)
    left, right = figure.subplots(1, 2)
    top = float(np.nanmax([1e-3, *before, *after])) * 1.06
    left.plot([0, top], [0, top], color=base.INK, lw=0.8)
    worse = after > before
    for chosen, colour, label in ((~worse, base.ACCENT, "smaller"), (worse, base.ALERT, "larger")):
        if chosen.any():
            left.plot(
                before[chosen],
                after[chosen],
                "o",
                ms=4,
                color=colour,
                alpha=0.8,
                label=f"{label}: {chosen.sum()}",
            )
    left.set_xlim(0, top)
    left.set_ylim(0, top)
    left.set_aspect("equal")
    left.legend(fontsize=8, frameon=False, loc="upper left")
    base.style(left, f"Every {what}", "Standard deviation before [mm]", "after [mm]")
    right.plot(day_numbers(dates), removed, "o-", ms=4, lw=1, color=base.ACCENT)
    base.style(right, "What was removed", "", "Standard deviation [mm]")
    right.set_ylim(bottom=0)
    date_axis(right)
    return figure


def coefficients(dates: Sequence[date], names: Sequence[str], values: NDArray[Any]) -> Figure:
    """Effect of each term per date (N, K) [mm], relative to the first date."""
    figure = base.new_figure(9.0, 3.2)
    axes = figure.subplots()
    for name, line in zip(names, values.T):
        axes.plot(day_numbers(dates), line, "o-", ms=3, lw=1, label=name)
    axes.axhline(0.0, color=base.INK, lw=0.6)
    base.style(axes, "Terms of each date", "", "Term [mm]")
    axes.legend(fontsize=8, frameon=False, ncols=len(names))
    date_axis(axes)
    return figure
