"""Figures of the brine estimate: product and diameter per funnel, effect of the threshold, production records."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.figure import Figure

from . import base

if TYPE_CHECKING:
    from ..mining.brine_ledger import Ledger

COLOURS = ("#0b6e8f", "#d98b00", "#5a8f3c", "#7d4fa3", "#c0392b", "#3f5f7f", "#a3783c", "#4aa3a2")
_NAMED = len(COLOURS)  # funnels with a line of their own
_RECORDED = "#9aa7b3"
_SIDE_BY_SIDE = 12  # periods; more are drawn along time, a panel per funnel
_ACROSS = 3  # panels in a row


def product_figure(ledger: Ledger) -> Figure:
    """Product [kt] with its uncertainty, and channel diameter [m], per funnel against time."""
    figure = base.new_figure(9.0, 7.0)
    upper, lower = figure.subplots(2, 1, sharex=True)
    order = np.argsort(-ledger.product[-1], kind="stable")[:_NAMED]
    days = [date2num(day) for day in ledger.dates]
    base.style(upper, "Product in the brine since " + ledger.origin.isoformat(), "", "Product Ty [kt]")
    base.style(lower, "Diameter of the dissolution channel", "", "d [m]")
    for colour, k in zip(COLOURS, order):
        name = f"funnel {ledger.ids[k]}"
        _line(upper, days, ledger.product[:, k] / 1000.0, ledger.product_std[:, k] / 1000.0, colour, name)
        _line(lower, days, ledger.diameter[:, k], ledger.diameter_std[:, k], colour, name)
    if len(ledger.ids) > 1:
        _line(upper, days, ledger.total / 1000.0, ledger.total_std / 1000.0, base.INK, "all funnels", 2.0)
    _dates(lower)
    handles, labels = upper.get_legend_handles_labels()
    if len(ledger.ids) > _NAMED:
        labels[-1] += f" ({len(ledger.ids)}, largest {_NAMED} drawn)"
    upper.legend(
        handles, labels, fontsize=7.5, frameon=False, loc="upper left", ncol=2 if len(labels) > 4 else 1
    )
    for axes in (upper, lower):
        axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0] if axes is upper else 0.0))
    return figure


def threshold_figure(rows: Sequence[dict[str, Any]], chosen: float) -> Figure:
    """Share of the volume that is left against the threshold [mm]."""
    figure = base.new_figure(8.0, 3.4)
    axes = base.style(
        figure.subplots(),
        "Effect of the threshold at the last date",
        "Subsidence from which a pixel counts [mm]",
        "Volume left [%]",
    )
    rows = [row for row in rows if row["threshold_mm"] is not None]
    limits = [row["threshold_mm"] for row in rows]
    left = [100.0 * (1.0 - (row["lost_share"] or 0.0)) for row in rows]
    axes.plot(limits, left, color=base.ACCENT, marker="o", markersize=4)
    axes.axvline(chosen, color=base.ALERT, linewidth=1.0, linestyle="--", label=f"chosen: {chosen:g} mm")
    axes.set_ylim(0.0, max(104.0, 1.04 * max(left)))
    axes.set_xlim(left=min(0.0, *limits) - 0.6)
    axes.legend(fontsize=8, frameon=False, loc="lower left")
    return figure


def records_figure(rows: Sequence[dict[str, Any]]) -> Figure:
    """Recorded and estimated tonnes per period: side by side, or along time for each funnel when there are many."""
    if len(rows) > _SIDE_BY_SIDE:
        return _records_in_time(rows)
    figure = base.new_figure(max(6.0, 1.5 + 0.9 * len(rows)), 3.8)
    axes = base.style(figure.subplots(), "Against the production record", "", "Product [kt]")
    place = np.arange(len(rows), dtype=float)
    recorded = [row["recorded_t"] / 1000.0 for row in rows]
    estimated = [row["estimated_t"] / 1000.0 for row in rows]
    axes.bar(place - 0.2, recorded, 0.38, color=_RECORDED, label="recorded")
    axes.bar(place + 0.2, estimated, 0.38, color=base.ACCENT, label="estimated")
    axes.set_xticks(place, [_period(row) for row in rows])
    axes.grid(False, axis="x")
    axes.set_ylim(top=1.2 * max([*recorded, *estimated, 1e-9]))
    axes.legend(fontsize=8, frameon=False, ncol=2, loc="upper left")
    return figure


def _records_in_time(rows: Sequence[dict[str, Any]]) -> Figure:
    """A bar over each recorded period and a dot in its middle for the estimate; the funnels of largest record."""
    groups: dict[Any, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row["funnel"], []).append(row)
    order = sorted(groups, key=lambda funnel: -sum(row["recorded_t"] for row in groups[funnel]))[:_NAMED]
    across = min(_ACROSS, len(order))
    down = -(-len(order) // across)
    figure = base.new_figure(max(6.0, 3.6 * across), 2.6 * down + 0.6)
    grid = figure.subplots(down, across, sharex=True, sharey=True, squeeze=False)
    for number, axes in enumerate(grid.ravel()):
        if number >= len(order):
            axes.set_visible(False)
            continue
        funnel = order[number]
        title = f"Funnel {funnel}" if funnel else "Against the production record"
        base.style(axes, title, "", "" if number % across else "Product per period [t]")
        first = np.array([date2num(date.fromisoformat(row["from"])) for row in groups[funnel]])
        last = np.array([date2num(date.fromisoformat(row["to"])) for row in groups[funnel]])
        recorded = [row["recorded_t"] for row in groups[funnel]]
        estimated = [row["estimated_t"] for row in groups[funnel]]
        axes.bar(
            first, recorded, last - first, align="edge", color=_RECORDED, edgecolor="white", linewidth=0.4,
            label="recorded",
        )  # fmt: skip
        axes.plot(0.5 * (first + last), estimated, "o", color=base.ACCENT, markersize=3, label="estimated")
        _dates(axes)
        axes.tick_params(labelbottom=number + across >= len(order))
    if len(groups) > len(order):
        figure.suptitle(f"{len(order)} of {len(groups)} funnels, those of the largest record", fontsize=9)
    grid[0, 0].legend(fontsize=7.5, frameon=False, loc="upper left", ncol=2)
    grid[0, 0].set_ylim(top=1.2 * max(1e-9, *(max(r["recorded_t"], r["estimated_t"]) for r in rows)))
    return figure


def _period(row: dict[str, Any]) -> str:
    who = f"\nfunnel {row['funnel']}" if row["funnel"] else ""
    return f"{row['from']}\nto {row['to']}{who}"


def _line(
    axes: Axes,
    days: Sequence[float],
    values: np.ndarray,
    std: np.ndarray,
    colour: str,
    label: str,
    width: float = 1.4,
) -> None:
    axes.plot(days, values, color=colour, linewidth=width, marker="o", markersize=2.5, label=label)
    known = np.nan_to_num(std)
    if known.any():
        axes.fill_between(days, values - known, values + known, color=colour, alpha=0.15, linewidth=0)


def _dates(axes: Axes) -> None:
    locator = AutoDateLocator(minticks=3, maxticks=9)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
