"""Figures of imported points."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray

from .. import crs as coordinates
from ..pointfile import PointSet
from . import base

MOST_DRAWN = 60_000  # points of a map; more would only hide one another


def points_figure(points: PointSet) -> Figure:
    """Map of the velocities [mm/yr], and the spread of the displacements [mm] over time where there are any."""
    figure = base.new_figure(8.0, 7.6 if points.dates else 5.2)
    count = 2 if points.dates else 1
    rows = figure.subplots(count, 1, squeeze=False, gridspec_kw={"height_ratios": [2.4, 1.0][:count]})
    upper: Axes = rows[0, 0]
    shown = map_of(upper, points.x, points.y, points.crs, points.attributes["velocity"])
    base.style(upper, "Velocity", *axis_names(points.crs))
    scale_bar(figure, shown, upper, "mm/yr")
    if points.dates:
        _spread(rows[1, 0], points)
    return figure


def map_of(
    axes: Axes, x: NDArray, y: NDArray, crs: str, values: NDArray, size: float | None = None
) -> PathCollection:
    """Coloured dots at their places; axes in km, or degrees true to length at their middle."""
    step = -(-len(x) // MOST_DRAWN)
    unit = 1.0 if coordinates.is_geographic(crs) else 1000.0
    shown = axes.scatter(
        x[::step] / unit,
        y[::step] / unit,
        c=values[::step],
        s=size or float(np.clip(20_000.0 / len(x[::step]), 1.0, 16.0)),
        cmap=base.SUBSIDENCE_MAP,
        norm=base.symmetric(values),
        linewidths=0,
        rasterized=True,
    )
    stretch = 1.0 / np.cos(np.radians(np.median(y))) if unit == 1.0 else 1.0
    axes.set_aspect(float(stretch), adjustable="datalim")
    return shown


def scale_bar(figure: Figure, shown: ScalarMappable, axes: Axes, label: str) -> None:
    """The colours beside their axes."""
    bar = figure.colorbar(shown, ax=axes, shrink=0.85, pad=0.01)
    bar.set_label(label, color=base.INK, fontsize=9)
    bar.ax.tick_params(colors=base.INK, labelsize=8)


def axis_names(crs: str) -> tuple[str, str]:
    """Labels of a map's axes."""
    if coordinates.is_geographic(crs):
        return "Longitude [deg]", "Latitude [deg]"
    return "East [km]", "North [km]"


def _spread(axes: Axes, points: PointSet) -> None:
    step = -(-len(points) // MOST_DRAWN)
    some = points.series[::step].astype(np.float64)
    low, middle, high = np.nanpercentile(some, (25.0, 50.0, 75.0), axis=0)
    days = np.array(points.dates, dtype="datetime64[D]")
    axes.fill_between(days, low, high, color=base.ACCENT, alpha=0.25, linewidth=0)
    axes.plot(days, middle, color=base.ACCENT, linewidth=1.4)
    base.style(axes, "Displacement", "", "mm")
