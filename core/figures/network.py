"""Figure of an interferogram network: baselines against time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from matplotlib import dates as mdates
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from .base import ACCENT, ALERT, INK, new_figure, style

FAINT = "#9aa6b0"
COHERENCE_MAP = "viridis"


@dataclass(frozen=True)
class Edge:
    """A pair in the plot; `coherence` None when unknown; `state` kept, excluded or proposed."""

    date1: date
    date2: date
    state: str
    coherence: float | None = None


def network_figure(
    bperp: dict[date, float], dates: Sequence[date], edges: Sequence[Edge], reference: date | None = None,
    lone: Sequence[date] = (), title: str = "Interferogram network",
) -> Figure:
    """Perpendicular baseline against time, kept pairs coloured by mean coherence when it is known.

    dates : images in use; those without a baseline are drawn at 0. lone : images to mark because
    they lie in no closed loop.
    """
    figure = new_figure(8.6, 4.8)
    known = any(day in bperp for day in dates)
    axes = style(figure.add_subplot(), title, "", "Perpendicular baseline [m]" if known else "Baseline unknown")
    position = {day: bperp.get(day, 0.0) for day in {*dates, *(d for e in edges for d in (e.date1, e.date2))}}

    def segments(chosen: Sequence[Edge]) -> list[list[tuple[float, float]]]:
        return [
            [(float(mdates.date2num(day)), position[day]) for day in (edge.date1, edge.date2)] for edge in chosen
        ]

    by_state = {state: [e for e in edges if e.state == state] for state in ("excluded", "kept", "proposed")}
    handles: list[Line2D] = []
    if by_state["excluded"]:
        dotted = LineCollection(
            segments(by_state["excluded"]), colors=FAINT, linewidths=0.8, linestyles="dotted", zorder=1
        )
        axes.add_collection(dotted)
        handles.append(Line2D([], [], color=FAINT, lw=1.2, ls=":", label=f"excluded ({len(by_state['excluded'])})"))
    kept = by_state["kept"]
    values = np.array([np.nan if e.coherence is None else e.coherence for e in kept], np.float64)
    if np.isfinite(values).any():
        finite = values[np.isfinite(values)]
        scale = Normalize(np.floor(finite.min() * 20) / 20, np.ceil(finite.max() * 20) / 20)
        lines = LineCollection(segments(kept), array=values, cmap=COHERENCE_MAP, norm=scale, linewidths=1.2, zorder=2)
        axes.add_collection(lines)
        bar = figure.colorbar(lines, ax=axes, pad=0.01, fraction=0.035, ticks=MaxNLocator(5), format="%.2f")
        bar.set_label("Mean coherence", fontsize=9, color=INK)
        bar.ax.tick_params(labelsize=8, colors=INK)
        bar.outline.set_visible(False)
        handles.append(Line2D([], [], color="#3b8f8a", lw=1.2, label=f"kept ({len(kept)})"))
    elif kept:
        axes.add_collection(LineCollection(segments(kept), colors=ACCENT, linewidths=1.0, zorder=2))
        handles.append(Line2D([], [], color=ACCENT, lw=1.2, label=f"kept ({len(kept)})"))
    if by_state["proposed"]:
        dashed = LineCollection(
            segments(by_state["proposed"]), colors=ALERT, linewidths=1.6, linestyles="dashed", zorder=3
        )
        axes.add_collection(dashed)
        handles.append(Line2D([], [], color=ALERT, lw=1.6, ls="--", label=f"proposed ({len(by_state['proposed'])})"))
    handles += _images(axes, dates, position, lone, reference)
    axes.autoscale_view()
    axes.margins(x=0.03, y=0.1)
    locator = mdates.AutoDateLocator(minticks=4, maxticks=9)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator))
    if not known:
        axes.set_yticks([])
        axes.set_ylim(-1, 1)
    columns = len(handles) if len(handles) < 6 else 3
    axes.legend(
        handles=handles, loc="upper center", bbox_to_anchor=(0.5, -0.08), ncols=columns, fontsize=8, frameon=False,
        columnspacing=1.4, handletextpad=0.5,
    )
    return figure


def _images(
    axes: Axes, dates: Sequence[date], position: dict[date, float], lone: Sequence[date], reference: date | None
) -> list[Line2D]:
    """Draw the images and return what the legend says of them."""
    marked = set(lone)

    def points(chosen: Sequence[date]) -> tuple[list[float], list[float]]:
        return [float(mdates.date2num(day)) for day in chosen], [position[day] for day in chosen]

    plain = [day for day in dates if day not in marked]
    axes.plot(*points(plain), "o", color=INK, ms=4.5, zorder=4)
    handles = [Line2D([], [], color=INK, marker="o", ls="", ms=4.5, label=f"images ({len(dates)})")]
    if marked:
        axes.plot(*points(sorted(marked)), "o", color="white", mec=ALERT, mew=1.4, ms=5.5, zorder=4)
        label = f"in no closed loop ({len(marked)})"
        handles.append(Line2D([], [], color="white", mec=ALERT, mew=1.4, marker="o", ls="", ms=5.5, label=label))
    if reference is not None and reference in position:
        axes.plot(*points([reference]), "*", color="#f2b134", mec=INK, mew=0.7, ms=14, zorder=5)
        label = f"best reference {reference:%Y%m%d}"
        handles.append(Line2D([], [], color="#f2b134", mec=INK, marker="*", ls="", ms=11, label=label))
    return handles
