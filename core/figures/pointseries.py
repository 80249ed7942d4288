"""Series at marked places: by group, beside their drivers, against their lines, and correlation over lags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ..component import VERTICAL
from . import base
from .seasonal import moments
from .timeseries import date_axis, day_numbers

if TYPE_CHECKING:
    from ..corridor.pointseries.drivers import Driver
    from ..corridor.pointseries.places import Marked
    from ..corridor.pointseries.shape import Shapes
    from ..corridor.pointseries.tables import Found

COLOURS = ("#0b6e8f", "#c0392b", "#2e8b57", "#d98b00", "#7a5195", "#5b6b79", "#a05a2c", "#1b9e9e")
_MOST_SHAPES = 12
_YEARS = 365.25
_LINE_SHARE = 0.14  # of a panel's height that a line of text takes


def series_figure(marked: Marked, component: str) -> Figure:
    """Mean series of the places [mm], one panel per group; the band holds two thirds of the points."""
    groups = marked.groups
    figure = base.new_figure(9.0, 3.1 * len(groups))
    days = day_numbers(marked.dates)
    for axes, group in zip(figure.subplots(len(groups), 1, squeeze=False, sharex=True).ravel(), groups):
        places = [place for place in marked.places if place.group == group.name]
        for number, place in enumerate(places):
            colour = COLOURS[number % len(COLOURS)]
            axes.fill_between(days, place.low, place.high, color=colour, alpha=0.13, linewidth=0)
            there = np.isfinite(place.mean)
            label = f"{place.name} ({place.points})"
            axes.plot(days[there], place.mean[there], "o-", ms=2.5, lw=1.1, color=colour, label=label)
        base.style(axes, "" if len(groups) == 1 else group.name, "", _quantity(component))
        axes.axhline(0.0, color=base.INK, lw=0.6)
        axes.legend(fontsize=7.5, frameon=False, loc="lower left", ncols=-(-len(places) // 6), title="Place (points)",
                    title_fontsize=7.5)  # fmt: skip
        date_axis(axes)
    return figure


def driver_panel(marked: Marked, drivers: tuple[Driver, ...], found: Found, component: str) -> Figure:
    """Drivers above, groups' mean residuals [mm] below, over one axis of time (Zhu et al. 2020, figure 7)."""
    groups = marked.groups
    figure = base.new_figure(9.0, 1.75 * (len(drivers) + len(groups)) + 0.6)
    panels = figure.subplots(len(drivers) + len(groups), 1, squeeze=False, sharex=True).ravel()
    for axes, driver in zip(panels, drivers):
        _driver(axes, driver)
    days = day_numbers(marked.dates)
    for number, (axes, group) in enumerate(zip(panels[len(drivers) :], groups)):
        colour = COLOURS[number % len(COLOURS)]
        if np.isfinite(group.std).any():
            low, high = group.mean - group.std, group.mean + group.std
            axes.fill_between(days, low, high, color=colour, alpha=0.18, linewidth=0)
        there = np.isfinite(group.mean)
        axes.plot(days[there], group.mean[there], "o-", ms=2.5, lw=1.1, color=colour)
        axes.axhline(0.0, color=base.INK, lw=0.6)
        places = f"{group.places} place{'' if group.places == 1 else 's'}"
        base.style(axes, f"{group.name}: without trend ({places})", "", _quantity(component, short=True))
        texts = [
            f"{item.driver}: r = {item.r_best:.2f} at {item.best} d, "
            f"{_chance(item.p_blocks)} (blocks), {_chance(item.p_phase)} (phase)"
            for item in found.get(group.name, [])
        ]
        low, high = axes.get_ylim()
        axes.set_ylim(low, high + _LINE_SHARE * len(texts) * (high - low))
        axes.text(0.995, 0.98, "\n".join(texts), transform=axes.transAxes, ha="right", va="top", fontsize=7.5,
                  color=base.INK)  # fmt: skip
    first, last = days[0], days[-1]
    margin = 0.02 * (last - first)
    panels[-1].set_xlim(first - margin, last + margin)
    for axes in panels:
        date_axis(axes)
    return figure


def lag_figure(marked: Marked, found: Found) -> Figure:
    """Correlation of the groups with the drivers over the lags, one panel per group."""
    groups = [group.name for group in marked.groups]
    figure = base.new_figure(9.0, 2.6 * len(groups))
    for axes, name in zip(figure.subplots(len(groups), 1, squeeze=False, sharex=True).ravel(), groups):
        for number, item in enumerate(found[name]):
            colour = COLOURS[number % len(COLOURS)]
            axes.plot(item.lags, item.r, "-", lw=1.4, color=colour, label=item.driver)
            axes.plot(item.best, item.r_best, "o", ms=6, color=colour)
            for level in (-item.level, item.level):
                axes.axhline(level, color=colour, lw=0.8, linestyle="--", alpha=0.6)
        axes.axhline(0.0, color=base.INK, lw=0.6)
        axes.set_ylim(-1.0, 1.0)
        base.style(axes, name, "", "Correlation")
        axes.legend(fontsize=7.5, frameon=False, loc="lower left")
    axes.set_xlabel("Lag of the ground behind the driver [d]", color=base.INK, fontsize=9)
    return figure


def shape_figure(marked: Marked, shapes: Shapes) -> Figure:
    """Series with their lines and the models of their classes (Zhu et al. 2020, figure 8); at most twelve."""
    chosen = range(min(len(marked.places), _MOST_SHAPES))
    rows = -(-len(chosen) // 2)
    figure = base.new_figure(9.6, 2.2 * rows)
    panels = figure.subplots(rows, 2, squeeze=False, sharex=True).ravel()
    days = day_numbers(marked.dates)
    for axes, number in zip(panels, chosen):
        place = marked.places[number]
        colour = COLOURS[number % len(COLOURS)]
        there = np.isfinite(place.mean)
        axes.plot(days[there], place.mean[there], "o", ms=2.8, color=base.INK, alpha=0.75)
        axes.plot(days, _line(marked.days, place.mean), "--", lw=1.0, color=base.INK)
        title = place.name
        if shapes.name(number):
            times, curve = shapes.curve(number)
            axes.plot(moments(times), curve, "-", lw=1.5, color=colour)
            title += f": {shapes.name(number)}, line R² = {shapes.line_r2[number]:.2f}"
        base.style(axes, title, "", "mm")
        date_axis(axes)
    for axes in panels[len(chosen) :]:
        axes.set_visible(False)
        panels[len(chosen) - 2].tick_params(labelbottom=True)
    return figure


def _driver(axes: Axes, driver: Driver) -> None:
    moment = (driver.days - 719_163).astype("datetime64[D]").astype("datetime64[s]").astype(object)
    if driver.is_amount:
        width = 0.8 * float(np.median(np.diff(driver.days)))
        axes.bar(moment, driver.values, width=width, color=base.ACCENT, alpha=0.7)
    else:
        axes.plot(moment, driver.values, "-", lw=1.2, color=base.ACCENT)
    base.style(axes, driver.name)


def _line(days: NDArray[Any], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Least-squares line of values with gaps, at all days."""
    there = np.isfinite(values)
    time = (days - days[there].mean()) / _YEARS
    return np.asarray(np.polyval(np.polyfit(time[there], values[there], 1), time))


def _quantity(component: str, short: bool = False) -> str:
    if short:
        return "mm"
    return "Vertical displacement [mm]" if component == VERTICAL else "LOS displacement [mm]"


def _chance(p: float) -> str:
    return f"p = {p:.3f}" if p >= 0.002 else "p < 0.002"
