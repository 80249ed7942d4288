"""Figure of a coregistration: the shift of every date, and the coherence where bursts overlap."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from .base import ACCENT, INK, new_figure, style


def shift_figure(
    lines: Mapping[date, float], deviations: Mapping[date, float], edges: NDArray[Any], cells: NDArray[Any]
) -> Figure:
    """Shifts of dates [lines] with bars of one standard deviation, and a histogram of coherence.

    edges, cells : borders of the histogram's bins and the cells in each.
    """
    figure = new_figure(9.0, 3.8)
    left, right = figure.subplots(1, 2)
    days = sorted(lines)
    places = np.arange(len(days))
    style(left, "Shift of the dates", "", "Late [lines]")
    left.axhline(0.0, color=INK, linewidth=0.8)
    left.errorbar(
        places,
        [lines[day] for day in days],
        [deviations[day] for day in days],
        fmt="o",
        color=ACCENT,
        capsize=3,
    )
    shown = places[:: max(1, len(days) // 12)]
    left.set_xticks(shown, [days[index].isoformat() for index in shown], rotation=40, ha="right")
    style(right, "Coherence in the overlaps", "Coherence", "Cells")
    right.stairs(cells, edges, fill=True, color=ACCENT)
    return figure
