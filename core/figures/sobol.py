"""Figures of a sensitivity analysis: indices with their classes, and the effect of one parameter at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from . import base

_BANDS = (
    (0.0, 0.3, "not correlated"),
    (0.3, 0.5, "unimportant"),
    (0.5, 0.8, "important"),
    (0.8, 1.0, "very important"),
)
_SHADES = ("#f4f6f8", "#e9eef2", "#dde5eb", "#d0dbe3")
_COLOURS = (base.ACCENT, "#d98b00", "#5a8f3c")


def index_figure(rows: Sequence[dict[str, Any]], outputs: Sequence[tuple[str, str]]) -> Figure:
    """First and total order per parameter with intervals, one panel per output, classes as bands."""
    figure = base.new_figure(3.1 * len(outputs) + 1.4, 4.4)
    panels = figure.subplots(1, len(outputs), sharey=True, squeeze=False)[0]
    top = max([1.0, *(row[key] or 0.0 for row in rows for key in ("first_high", "total_high"))])
    for axes, (name, title) in zip(panels, outputs):
        base.style(axes, title[0].upper() + title[1:], "", "Sobol index" if axes is panels[0] else "")
        axes.grid(False)
        for (low, high, label), shade in zip(_BANDS, _SHADES):
            axes.axhspan(low, high, color=shade, linewidth=0, zorder=0)
            if axes is panels[-1]:
                axes.text(
                    1.02,
                    0.5 * (low + high),
                    label,
                    transform=axes.get_yaxis_transform(),
                    fontsize=8,
                    color=base.INK,
                    va="center",
                )
        mine = [row for row in rows if row["output"] == name]
        place = np.arange(len(mine), dtype=float)
        for shift, order, colour in ((-0.2, "first", _COLOURS[0]), (0.2, "total", _COLOURS[1])):
            values = np.array([np.nan if row[order] is None else row[order] for row in mine])
            axes.bar(place + shift, np.maximum(values, 0.0), 0.36, color=colour, label=f"{order} order")
            for x, row in zip(place + shift, mine):
                _interval(axes, x, row[f"{order}_low"], row[f"{order}_high"])
        axes.set_xticks(place, [row["parameter"] for row in mine])
        axes.set_ylim(0.0, 1.02 * top)
        axes.set_xlim(-0.6, len(mine) - 0.4)
    panels[0].legend(fontsize=8, frameon=False, loc="upper left")
    return figure


def perturbation_figure(rows: Sequence[dict[str, Any]], outputs: Sequence[tuple[str, str]]) -> Figure:
    """Change of each output [%] against the change of one parameter [%]."""
    figure = base.new_figure(3.1 * len(outputs) + 0.6, 3.6)
    panels = figure.subplots(1, len(outputs), sharey=True, squeeze=False)[0]
    for axes, (name, title) in zip(panels, outputs):
        base.style(
            axes,
            title[0].upper() + title[1:],
            "Change of the parameter [%]",
            "Change of the output [%]" if axes is panels[0] else "",
        )
        axes.axhline(0.0, color=base.INK, linewidth=0.6)
        axes.axvline(0.0, color=base.INK, linewidth=0.6)
        mine = [row for row in rows if row["output"] == name and row["effect_percent"] is not None]
        for parameter, colour in zip(dict.fromkeys(row["parameter"] for row in mine), _COLOURS):
            points = [
                (row["change_percent"], row["effect_percent"])
                for row in mine
                if row["parameter"] == parameter
            ]
            axes.plot(*zip(*points), color=colour, marker="o", markersize=3, label=parameter)
        axes.legend(fontsize=8, frameon=False, loc="upper center")
    return figure


def _interval(axes: Axes, x: float, low: float | None, high: float | None) -> None:
    """The interval above the axis; nothing where it is not known."""
    if low is not None and high is not None:
        axes.vlines(x, max(low, 0.0), max(high, 0.0), color=base.INK, linewidth=1.2)
