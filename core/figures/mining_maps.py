"""Maps of the mining steps: one raster, or panels of many dates on one scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from .. import crs as coordinates
from ..stack import Grid
from . import base

SUBSIDENCE = "YlOrRd"  # nothing to deepest
_LARGEST = 600  # pixels of a map's longer side
_NO_DATA = "#eceff1"


def thinned(values: NDArray[Any]) -> tuple[NDArray[Any], int]:
    """Every n-th row and column, so that the longer side keeps at most 600, and n."""
    step = max(1, math.ceil(max(values.shape[-2:]) / _LARGEST))
    return values[..., ::step, ::step], step


def map_figure(
    values: NDArray[Any],
    grid: Grid,
    title: str,
    label: str,
    limits: tuple[float, float],
    colours: str = SUBSIDENCE,
    extend: str = "neither",
) -> Figure:
    """One raster (rows, cols) with a colour bar; NaN is grey."""
    figure = base.new_figure(7.0, float(np.clip(5.6 * grid.height / grid.width + 0.6, 3.0, 8.0)))
    axes = figure.subplots()
    image = _show(axes, values, grid, limits, colours)
    bar = figure.colorbar(image, ax=axes, shrink=0.85, pad=0.02, extend=extend)
    bar.set_label(label, fontsize=8, color=base.INK)
    bar.ax.tick_params(labelsize=8, colors=base.INK)
    base.style(axes, title, *axis_names(grid))
    axes.grid(False)
    return figure


def panels(
    rasters: NDArray[Any], titles: Sequence[str], grid: Grid, title: str, label: str, limits: tuple[float, float]
) -> Figure:
    """Several rasters (n, rows, cols) on one scale, four in a row, without coordinates."""
    columns = min(4, len(titles))
    rows = math.ceil(len(titles) / columns)
    height = float(np.clip(2.0 * grid.height / grid.width, 1.0, 3.5))
    figure = base.new_figure(8.0, rows * (height + 0.35) + 0.9)
    axes = np.atleast_1d(figure.subplots(rows, columns, squeeze=False)).ravel()
    image = None
    for place, name, raster in zip(axes, titles, rasters):
        image = _show(place, raster, grid, limits, SUBSIDENCE)
        place.set_title(name, fontsize=8, color=base.INK)
        place.set_xticks([])
        place.set_yticks([])
    for place in axes[len(titles) :]:
        place.set_visible(False)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11, color=base.INK, fontweight="bold")
    if image is not None:
        bar = figure.colorbar(
            image, ax=list(axes), orientation="horizontal", shrink=0.6, aspect=40, pad=0.02, extend="both"
        )
        bar.set_label(label, fontsize=8, color=base.INK)
        bar.ax.tick_params(labelsize=8, colors=base.INK)
    return figure


def axis_names(grid: Grid) -> tuple[str, str]:
    """Labels of the axes with units."""
    if coordinates.is_geographic(grid.crs):
        return "Longitude [°]", "Latitude [°]"
    return "Easting [m]", "Northing [m]"


def _show(axes: Axes, values: NDArray[Any], grid: Grid, limits: tuple[float, float], colours: str) -> Any:
    shown, step = thinned(values)
    x0, dx, _, y0, _, dy = grid.transform
    rows, cols = shown.shape
    aspect = 1.0
    if coordinates.is_geographic(grid.crs):
        east, north = coordinates.pixel_size(grid)
        aspect = (north / abs(dy)) / (east / abs(dx))
    axes.set_facecolor(_NO_DATA)
    axes.ticklabel_format(useOffset=False, style="plain")
    return axes.imshow(
        shown,
        extent=(x0, x0 + cols * step * dx, y0 + rows * step * dy, y0),
        interpolation="nearest",
        aspect=aspect,
        cmap=colours,
        vmin=limits[0],
        vmax=limits[1],
    )
