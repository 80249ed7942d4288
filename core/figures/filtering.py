"""Figures of the filters: an interferogram before and after, with the coherence and the count of neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import Colormap, Normalize
from matplotlib.figure import Figure
from numpy.typing import NDArray

from .base import INK, PHASE_MAP, new_figure, style

_MISSING = "#eef1f3"

# title, array, kind of scale
Panel = tuple[str, NDArray[np.floating], str]


def panels(shown: Sequence[Panel], row: int = 0, col: int = 0, columns: int = 2) -> Figure:
    """Pieces of rasters side by side, each with its scale.

    shown : panels whose kind is phase [rad], coherence (0 to 1), count or amplitude (logarithmic grey).
    row, col : where the piece begins in the raster.
    """
    rows = -(-len(shown) // columns)
    height, width = shown[0][1].shape
    figure = new_figure(4.7 * columns, (4.0 * min(max(height / width, 0.3), 1.6) + 0.5) * rows)
    for number, (title, array, kind) in enumerate(shown):
        axes = style(figure.add_subplot(rows, columns, number + 1), title, "Column [px]", "Row [px]")
        values, colours, scale, label = _look(array, kind)
        palette = colours.with_extremes(bad=_MISSING)
        box = (col, col + width, row + height, row)
        image = axes.imshow(values, palette, scale, extent=box, interpolation="nearest")
        axes.grid(False)
        bar = figure.colorbar(image, ax=axes, shrink=0.8)
        bar.set_label(label, fontsize=9, color=INK)
        bar.ax.tick_params(labelsize=8, colors=INK)
        if kind == "phase":
            bar.set_ticks([-np.pi, 0.0, np.pi], labels=["-π", "0", "π"])
    return figure


def _look(array: NDArray[np.floating], kind: str) -> tuple[NDArray[np.floating], Colormap, Normalize, str]:
    """Values, colour map, scale and label of a panel."""
    if kind == "phase":
        return array, PHASE_MAP, Normalize(-np.pi, np.pi), "Phase [rad]"
    if kind == "coherence":
        return array, colormaps["gray"], Normalize(0.0, 1.0), "Coherence"
    if kind == "count":
        most = max(float(np.nanmax(array, initial=1.0)), 1.0)
        return array, colormaps["viridis"], Normalize(0.0, most), "Homogeneous pixels"
    with np.errstate(divide="ignore", invalid="ignore"):
        level = 20.0 * np.log10(np.where(array > 0, array, np.nan))
    known: NDArray[Any] = level[np.isfinite(level)]
    low, high = np.percentile(known, (2, 98)) if known.size else (0.0, 1.0)
    return level, colormaps["gray"], Normalize(low, high), "Amplitude [dB]"
