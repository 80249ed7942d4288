"""Polygons over velocities, the rates inside them, and interferograms around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from osgeo import ogr

from ..component import TITLES
from ..vector import VectorInput
from . import base
from .timeseries import show_map
from .validation import axis_names, map_of, scale_bar

if TYPE_CHECKING:
    from ..corridor.polygons.params import PolygonParams
    from ..corridor.polygons.pictures import Pictures
    from ..corridor.polygons.run import Data
    from ..corridor.polygons.tables import Found

_MOST_BARS = 25
_MARGIN = 0.4  # of the polygons' extent, around them on the map
_LEAST_MARGIN = 300.0  # m
_KM = 1000.0


def polygon_figure(data: Data, found: Found, params: PolygonParams) -> Figure:
    """Map of the rates with the polygons, and the spread of the rates of each polygon (at most 25)."""
    shown = [n for n, rate in enumerate(found.rates) if rate.count]
    shown = sorted(shown, key=lambda n: found.rates[n].median)[:_MOST_BARS]
    figure = base.new_figure(10.0, float(np.clip(1.5 + 0.3 * len(shown), 4.6, 9.0)))
    left, right = figure.subplots(1, 2, width_ratios=[1.5, 1.0])
    _map(figure, left, data, found)
    for place, number in enumerate(reversed(shown)):
        rate = found.rates[number]
        low, quarter, three, high = rate.quantiles
        right.plot([low, high], [place, place], color=base.ACCENT, lw=1.2)
        right.plot([quarter, three], [place, place], color=base.ACCENT, lw=6, solid_capstyle="butt", alpha=0.5)
        right.plot(rate.median, place, "o", ms=5, color=base.INK)
        right.plot(rate.worst, place, "x", ms=5, color=base.ALERT)
    right.set_yticks(range(len(shown)))
    right.set_yticklabels([f"{found.areas[n].name} ({found.rates[n].count:,})" for n in reversed(shown)])
    right.axvline(0.0, color=base.INK, lw=0.6)
    base.style(right, "Median, 50 %, 90 %, worst (x)", f"{TITLES[params.component]} [mm/yr]")
    return figure


def interferogram_panels(pictures: Pictures, polygons: VectorInput, faults: VectorInput | None = None) -> Figure:
    """Wrapped phase of each pair with polygons (black) and faults (white, dashed) over it."""
    count = len(pictures.each)
    columns = min(3, count)
    rows = -(-count // columns)
    height, width = pictures.each[0].phase.shape
    side = 9.6 / columns
    figure = base.new_figure(9.6, float(np.clip(rows * (side * height / width + 0.35) + 0.9, 3.0, 12.0)))
    panels = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True).ravel()
    for axes, picture in zip(panels, pictures.each):
        image = show_map(
            axes, picture.phase, picture.step, picture.grid, cmap=base.PHASE_MAP, vmin=-np.pi, vmax=np.pi
        )
        limits = axes.get_xlim(), axes.get_ylim()
        _outlines(axes, polygons.geometries(pictures.crs), {"color": "black", "lw": 1.4})
        if faults is not None:
            _outlines(axes, faults.geometries(pictures.crs), {"color": "white", "lw": 1.4, "linestyle": "--"})
        axes.set_xlim(*limits[0])
        axes.set_ylim(*limits[1])
        base.style(axes, "")
        axes.set_title(picture.title, loc="left", fontsize=8.5, color=base.INK)
        axes.grid(False)
        axes.tick_params(labelsize=6)
        axes.locator_params(nbins=3)
    for axes in panels[count:]:
        axes.set_visible(False)
    bar = figure.colorbar(image, ax=panels.tolist(), location="bottom", aspect=50, shrink=0.6, pad=0.02)
    bar.set_ticks([-np.pi, 0.0, np.pi])
    bar.set_ticklabels(["-π", "0", "π"])
    bar.set_label(f"Wrapped phase; one fringe = {pictures.fringe:.1f} mm along the line of sight", fontsize=8)
    bar.ax.tick_params(labelsize=7)
    return figure


def _map(figure: Figure, axes: Axes, data: Data, found: Found) -> None:
    boxes = np.array([area.shape.GetEnvelope() for area in found.areas])
    west, east, south, north = boxes[:, 0].min(), boxes[:, 1].max(), boxes[:, 2].min(), boxes[:, 3].max()
    margin = max(_LEAST_MARGIN, _MARGIN * max(east - west, north - south))
    near = (
        (data.x > west - margin) & (data.x < east + margin) & (data.y > south - margin) & (data.y < north + margin)
    )
    shown = map_of(axes, data.x[near], data.y[near], data.crs, data.value[near])
    _outlines(axes, [area.shape for area in found.areas], {"color": base.INK, "lw": 1.2}, _KM)
    if len(found.areas) <= _MOST_BARS:
        for area in found.areas:
            centre = area.shape.Centroid()
            axes.annotate(
                area.name, (centre.GetX() / _KM, centre.GetY() / _KM), fontsize=7.5, ha="center", color=base.INK,
                bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.7, "pad": 1.0},
            )  # fmt: skip
    base.style(axes, "Where they are", *axis_names(data.crs))
    scale_bar(figure, shown, axes, "mm/yr")


def _outlines(axes: Axes, geometries: list[ogr.Geometry], look: dict[str, Any], unit: float = 1.0) -> None:
    """Draw lines and the rings of polygons; coordinates are divided by `unit`."""
    for geometry in geometries:
        for line in _lines(geometry.GetLinearGeometry()):
            axes.plot(line[:, 0] / unit, line[:, 1] / unit, **look)


def _lines(geometry: ogr.Geometry) -> list[NDArray[np.float64]]:
    if geometry.GetGeometryCount():
        return [line for n in range(geometry.GetGeometryCount()) for line in _lines(geometry.GetGeometryRef(n))]
    points = geometry.GetPoints()
    return [np.array(points, np.float64)[:, :2]] if points else []
