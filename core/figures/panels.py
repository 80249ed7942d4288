"""Maps side by side on one colour scale."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ..stack import Grid
from . import base
from .timeseries import show_map


def map_panels(
    maps: Sequence[NDArray[np.float32]],
    titles: Sequence[str],
    step: int,
    grid: Grid,
    colours: Normalize,
    label: str,
) -> Figure:
    """One panel per map; the maps hold every `step`-th row and column of the grid. label : of the colour bar."""
    rows, cols = maps[0].shape
    tall = rows > cols
    figure = base.new_figure(9.0, float(np.clip(3.0 * rows / cols + 1.3, 2.6, 6.0)))
    axes = figure.subplots(1, len(maps), sharex=True, sharey=True, squeeze=False)[0]
    for place, (axis, values, title) in enumerate(zip(axes, maps, titles)):
        image = show_map(axis, values, step, grid, cmap=base.SUBSIDENCE_MAP, norm=colours)
        base.style(axis, title)
        axis.grid(False)
        axis.tick_params(labelsize=6, labelleft=place == 0)
        axis.locator_params(nbins=4)
    bar = figure.colorbar(
        image, ax=axes, extend="both", shrink=0.8, location="right" if tall else "bottom", aspect=40, pad=0.02
    )
    bar.set_label(label, fontsize=8, color=base.INK)
    bar.ax.tick_params(labelsize=8, colors=base.INK)
    return figure
