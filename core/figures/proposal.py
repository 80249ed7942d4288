"""Proposed reference areas: where, how good, and how they move."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from .. import crs as coordinates
from ..stack import Stack
from . import base
from .timeseries import date_axis, day_numbers, show_map

if TYPE_CHECKING:
    from ..timeseries.proposal.run import Proposal
    from ..timeseries.proposal.score import Quality

COLOURS = ("#c0392b", "#0b6e8f", "#2e8b57", "#d98b00", "#7a5195", "#5b6b79")
_PREVIEW = 900  # pixels of a side


def proposal_figure(proposal: Proposal, quality: Quality, stack: Stack) -> Figure:
    """Map of the score with the areas; their displacements [mm] over time."""
    rows, cols = stack.grid.shape
    figure = base.new_figure(8.0, float(np.clip(6.5 * rows / cols, 3.0, 7.0)) + 3.0)
    above, below = figure.subplots(2, 1, height_ratios=[float(np.clip(6.5 * rows / cols, 3.0, 7.0)), 2.6])
    step = -(-max(rows, cols) // _PREVIEW)
    score = quality.score().astype(np.float32)[::step, ::step]
    image = show_map(above, score, step, stack.grid, cmap="viridis", vmin=0.0, vmax=1.0)
    bar = figure.colorbar(image, ax=above, shrink=0.8, pad=0.01)
    bar.set_label("Score", fontsize=9, color=base.INK)
    days = day_numbers(stack.dates)
    for number, square in enumerate(proposal.squares):
        colour = COLOURS[number % len(COLOURS)]
        corners_row = np.array([0, 0, square.side, square.side, 0]) + square.row - 0.5
        corners_col = np.array([0, square.side, square.side, 0, 0]) + square.col - 0.5
        x, y = coordinates.pixel_centres(stack.grid, corners_row, corners_col)
        above.plot(x, y, color="white", lw=3.0)
        above.plot(x, y, color=colour, lw=1.6)
        above.annotate(
            str(number + 1), (float(x.max()), float(y.max())), fontsize=9, color=colour, fontweight="bold",
            xytext=(3, 3), textcoords="offset points",
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1.0},
        )  # fmt: skip
        label = f"Area {number + 1}: velocities change by {proposal.change[number]:+.1f} mm/yr"
        below.plot(days, proposal.reference.values[number], "o-", ms=3, lw=1.1, color=colour, label=label)
    base.style(above, "Score of the usable pixels")
    above.grid(False)
    base.style(below, "Displacement against the present reference", "", "LOS displacement [mm]")
    below.axhline(0.0, color=base.INK, lw=0.6)
    below.legend(fontsize=8, frameon=False)
    date_axis(below)
    return figure
