"""Chainage x time: a panel per track with its displacement in colours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.figure import Figure

from ..component import SENSES, VERTICAL
from ..corridor.analysis import Analysis
from ..corridor.heatmap import HeatMap
from . import base
from .corridor_marks import NAMES_HEIGHT, mark_stations

_ALONE = 6.0  # days on either side of the only date of a series
_NO_DATA = "#c9d0d6"


def heatmap_figure(found: Analysis) -> Figure:
    """Mean displacement [mm] per bin and date over official chainage [km]; one scale for all tracks."""
    heats = found.heats
    named = bool(found.stations)
    heights = [NAMES_HEIGHT] * named + [3.1] * len(heats)
    figure = base.new_figure(9.6, 0.9 + sum(heights))
    axes = figure.subplots(
        len(heights), 1, sharex=True, squeeze=False, gridspec_kw={"height_ratios": heights}
    )[:, 0]
    panels = axes[named:]
    edges = found.km.at(found.profiles[0].edges) / 1000
    scale = base.symmetric(np.concatenate([heat.mean.ravel() for _, heat in heats]), 99.9)
    for panel, (name, heat) in zip(panels, heats):
        panel.set_facecolor(_NO_DATA)
        drawn = panel.pcolormesh(
            edges, _borders(heat.dates), heat.mean.T, cmap=base.SUBSIDENCE_MAP, norm=scale, rasterized=True
        )
        base.style(panel, f"Displacement, track {name}" if len(heats) > 1 else "Displacement", "", "")
        panel.grid(False)
        _date_axis(panel, heat)
    axes[-1].set_xlabel("Chainage [km]", color=base.INK, fontsize=9)
    axes[-1].set_xlim(edges[0], edges[-1])
    component = found.params.component
    bar = figure.colorbar(drawn, ax=list(panels), pad=0.015, fraction=0.05, aspect=18 * len(heats))
    bar.set_label(
        f"{'Vertical' if component == VERTICAL else 'LOS'} displacement [mm]\n({SENSES[component]})",
        color=base.INK,
        fontsize=9,
    )
    bar.ax.tick_params(colors=base.INK, labelsize=8)
    if named:
        mark_stations(axes[0], panels, found.stations, found.km)
    return figure


def _borders(dates: Sequence[date]) -> np.ndarray:
    """Borders (dates + 1,) of the strips of the dates: halfway between neighbours."""
    days = np.array(date2num(list(dates)), float)
    if len(days) == 1:
        return np.array([days[0] - _ALONE, days[0] + _ALONE])
    middle = 0.5 * (days[1:] + days[:-1])
    return np.concatenate([[2 * days[0] - middle[0]], middle, [2 * days[-1] - middle[-1]]])


def _date_axis(axes: Axes, heat: HeatMap) -> None:
    """Dates from bottom to top."""
    axes.yaxis_date()
    span = heat.dates[-1] - heat.dates[0]
    locator = AutoDateLocator(minticks=3, maxticks=8) if span > timedelta(days=2) else AutoDateLocator()
    axes.yaxis.set_major_locator(locator)
    axes.yaxis.set_major_formatter(ConciseDateFormatter(locator))
