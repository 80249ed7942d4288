"""Two tracks against each other: density scatter, differences with their normal fit, and where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, LogNorm
from matplotlib.figure import Figure

from ..validation import direction
from . import base
from .validation import axis_names, map_of, scale_bar

if TYPE_CHECKING:
    from ..validation.cross_params import CrossParams
    from ..validation.crossvalidate import Comparison

_DENSITY = LinearSegmentedColormap.from_list("density", ["#d8e6ec", base.ACCENT, "#0a2533"])
_BOX = {"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 2.0}
_BINS = 90
_CUT = 0.25  # percent of the values at either end that the axes leave out


def cross_figure(compared: Comparison, params: CrossParams) -> Figure:
    """Scatter and histogram above, map of the differences below."""
    figure = base.new_figure(9.6, 9.4)
    grid = figure.add_gridspec(2, 2, height_ratios=[1.0, 1.15])
    scatter, histogram = figure.add_subplot(grid[0, 0]), figure.add_subplot(grid[0, 1])
    _scatter(figure, scatter, compared, params)
    _histogram(histogram, compared, params)
    _map(figure, figure.add_subplot(grid[1, :]), compared, params)
    return figure


def _scatter(figure: Figure, axes: Axes, compared: Comparison, params: CrossParams) -> None:
    first, second, found = compared.first.mean, compared.second.mean, compared.found
    low, high = np.percentile(np.concatenate([first, second]), (_CUT, 100.0 - _CUT))
    margin = 0.05 * (high - low) or 1.0
    span = (float(low - margin), float(high + margin))
    counts, x, y = np.histogram2d(first, second, bins=_BINS if found.count > 2000 else 45, range=[span, span])
    shown = axes.pcolormesh(
        x,
        y,
        np.ma.masked_equal(counts.T, 0),
        cmap=_DENSITY,
        norm=LogNorm(1, max(float(counts.max()), 2.0)),
        rasterized=True,
    )
    axes.plot(span, span, color=base.INK, linewidth=1.0, linestyle="--", label="equal")
    if np.isfinite(found.orthogonal):
        middle = float(first.mean()), float(second.mean())
        line = [middle[1] + found.orthogonal * (edge - middle[0]) for edge in span]
        axes.plot(span, line, color=base.ALERT, linewidth=1.2, label=f"orthogonal, slope {found.orthogonal:.2f}")
    axes.set_xlim(*span)
    axes.set_ylim(*span)
    axes.set_aspect("equal")
    base.style(
        axes,
        direction.title(params.component, params.azimuth),
        f"{compared.names[0]} [{params.unit}]",
        f"{compared.names[1]} [{params.unit}]",
    )
    text = f"{found.count:,} cells\nr = {found.pearson:.3f}\nRMSE = {found.rmse:.2f} {params.unit}"
    axes.text(0.03, 0.97, text, transform=axes.transAxes, va="top", fontsize=8.5, color=base.INK, bbox=_BOX)
    axes.legend(loc="lower right", fontsize=7.5, frameon=False)
    scale_bar(figure, shown, axes, "Cells")


def _histogram(axes: Axes, compared: Comparison, params: CrossParams) -> None:
    found, difference = compared.found, compared.difference
    low, high = np.percentile(difference, (_CUT, 100.0 - _CUT))
    reach = max(float(high - found.median), float(found.median - low), 1e-9)
    edges = np.linspace(found.median - reach, found.median + reach, 61)
    inside = difference[(difference >= edges[0]) & (difference <= edges[-1])]
    axes.hist(inside, edges, density=True, color=base.ACCENT, alpha=0.45, linewidth=0)
    share = len(inside) / len(difference)
    x = np.linspace(edges[0], edges[-1], 300)
    for label, middle, width, colour, dash in (
        ("normal, mean and std", found.mean, found.std, base.INK, "-"),
        ("normal, median and NMAD", found.median, found.nmad, base.ALERT, "--"),
    ):
        if np.isfinite(width) and width > 0:
            curve = np.exp(-0.5 * ((x - middle) / width) ** 2) / (width * np.sqrt(2.0 * np.pi)) / share
            axes.plot(x, curve, color=colour, linewidth=1.2, linestyle=dash, label=label)
    base.style(axes, "Differences", f"{compared.names[0]} - {compared.names[1]} [{params.unit}]", "Density")
    text = f"mean = {found.mean:.2f}\nstd = {found.std:.2f}\nNMAD = {found.nmad:.2f}\nmedian = {found.median:.2f}"
    axes.text(0.03, 0.97, text, transform=axes.transAxes, va="top", fontsize=8.5, color=base.INK, bbox=_BOX)
    axes.set_ylim(0.0, 1.3 * axes.get_ylim()[1])
    if axes.get_lines():
        axes.legend(loc="upper right", fontsize=7.5, frameon=False)


def _map(figure: Figure, axes: Axes, compared: Comparison, params: CrossParams) -> None:
    grid = compared.gridded.grid
    x, y = grid.centres(compared.first.cell)
    shown = map_of(axes, x, y, grid.crs, compared.difference)
    base.style(axes, f"{compared.names[0]} minus {compared.names[1]}", *axis_names(grid.crs))
    scale_bar(figure, shown, axes, params.unit)
