"""Figures of a displacement result: maps, histogram, residuals, series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from numpy.typing import NDArray

from .. import crs as coordinates
from ..stack import Grid
from . import base

Place = tuple[float, float, str, str]  # x, y, what is there, matplotlib's sign for it


@dataclass(frozen=True)
class Series:
    """A line of a time series: label and one value per date [mm]."""

    label: str
    values: NDArray[Any]
    reference: bool = False


def velocity_map(
    preview: NDArray[np.float32], step: int, grid: Grid, limit: float, places: Sequence[Place] = ()
) -> Figure:
    """Velocity [mm/yr] on a diverging scale, zero in the middle, with marked places (map coordinates)."""
    figure, axes = _map_axes(preview.shape)
    image = show_map(axes, preview, step, grid, cmap=base.SUBSIDENCE_MAP, vmin=-limit, vmax=limit)
    bar = figure.colorbar(image, ax=axes, extend="both", shrink=0.85, pad=0.02)
    bar.set_label("LOS velocity [mm/yr], negative = away from the satellite", fontsize=8, color=base.INK)
    bar.ax.tick_params(labelsize=8, colors=base.INK)
    for x, y, text, marker in places:
        axes.plot(
            [x], [y], marker, ms=7, mfc="none", mec=base.INK, mew=1.5, ls="none", label=text, clip_on=False
        )
    if places:
        axes.legend(fontsize=8, loc="upper left", framealpha=0.9)
    base.style(axes, "Line-of-sight velocity", *_axis_names(grid))
    axes.grid(False)
    return figure


def coherence_map(preview: NDArray[np.float32], step: int, grid: Grid) -> Figure:
    """Temporal coherence, 0 to 1."""
    figure, axes = _map_axes(preview.shape)
    image = show_map(axes, preview, step, grid, cmap="viridis", vmin=0.0, vmax=1.0)
    bar = figure.colorbar(image, ax=axes, shrink=0.85, pad=0.02)
    bar.set_label("Temporal coherence", fontsize=8, color=base.INK)
    bar.ax.tick_params(labelsize=8, colors=base.INK)
    base.style(axes, "Temporal coherence", *_axis_names(grid))
    axes.grid(False)
    return figure


def velocity_histogram(values: NDArray[np.float32]) -> Figure:
    """How many per cent of the pixels move how fast [mm/yr]."""
    figure = base.new_figure(8.0, 3.2)
    axes = figure.subplots()
    base.style(axes, "Distribution of the velocity", "LOS velocity [mm/yr]", "Pixels [%]")
    if values.size:
        low, high = np.quantile(values, [0.001, 0.999])
        if low == high:
            low, high = low - 0.5, high + 0.5
        share = np.full(values.shape, 100.0 / values.size)
        axes.hist(values, bins=80, range=(float(low), float(high)), weights=share, color=base.ACCENT)
        middle = float(np.median(values))
        axes.axvline(middle, color=base.ALERT, lw=1.2, label=f"median {middle:.1f} mm/yr")
        axes.axvline(0.0, color=base.INK, lw=0.8)
        axes.legend(fontsize=8, frameon=False)
    return figure


def residuals(
    pairs: Sequence[str], pair_rms: NDArray[Any], dates: Sequence[date], date_rms: NDArray[Any]
) -> Figure:
    """Residual RMS [rad] of every interferogram and of every date: what does not fit the network."""
    figure = base.new_figure(8.0, 5.6)
    upper, lower = figure.subplots(2, 1)
    position = np.arange(len(pairs))
    middle = float(np.nanmedian(pair_rms)) if np.isfinite(pair_rms).any() else 0.0
    colours = np.where(pair_rms > 3.0 * middle, base.ALERT, base.ACCENT) if middle > 0 else base.ACCENT
    upper.bar(position, pair_rms, color=colours, width=0.8)
    base.style(upper, "Residual of each interferogram (red: over three times the median)", "", "RMS [rad]")
    every = max(1, int(np.ceil(len(pairs) / 30)))
    upper.set_xticks(position[::every])
    upper.set_xticklabels([name.replace("_", "\n") for name in pairs[::every]], rotation=90, fontsize=6)
    upper.grid(axis="x", visible=False)
    upper.set_xlim(-0.8, len(pairs) - 0.2)
    span = max(1, (dates[-1] - dates[0]).days)
    lower.bar(
        day_numbers(dates), date_rms, color=base.ACCENT, width=max(1.0, 0.4 * span / max(1, len(dates)))
    )
    base.style(lower, "Residual of each date (its interferograms together)", "", "RMS [rad]")
    date_axis(lower)
    lower.grid(axis="x", visible=False)
    return figure


def time_series(dates: Sequence[date], lines: Sequence[Series]) -> Figure:
    """Displacement [mm] of chosen places and of the reference."""
    figure = base.new_figure(8.0, 3.8)
    axes = figure.subplots()
    colours = [base.ALERT, base.ACCENT, "#7a5195", "#d98b00", "#2e8b57"]
    free = 0
    for line in lines:
        if line.reference:
            axes.plot(day_numbers(dates), line.values, "s--", color=base.INK, ms=3, lw=1, label=line.label)
        else:
            axes.plot(
                day_numbers(dates), line.values, "o-", color=colours[free % 5], ms=4, lw=1.2, label=line.label
            )
            free += 1
    base.style(axes, "Displacement over time", "", "LOS displacement [mm]")
    date_axis(axes)
    axes.axhline(0.0, color=base.INK, lw=0.6)
    axes.legend(fontsize=8, frameon=False)
    return figure


def _map_axes(shape: tuple[int, ...]) -> tuple[Figure, Axes]:
    rows, cols = shape
    height = float(np.clip(7.0 * rows / max(cols, 1) + 0.6, 3.0, 8.5))
    figure = base.new_figure(8.0, height)
    return figure, figure.subplots()


def show_map(axes: Axes, preview: NDArray[np.float32], step: int, grid: Grid, **colours: Any) -> Any:
    """Draw a thinned raster in map coordinates, or in pixels where there is no map."""
    x0, dx, rx, y0, ry, dy = grid.transform
    rows, cols = preview.shape
    straight = bool(grid.crs) and rx == 0 and ry == 0
    extent = (
        (x0, x0 + cols * step * dx, y0 + rows * step * dy, y0)
        if straight
        else (0, cols * step, rows * step, 0)
    )
    aspect = 1.0
    if straight and coordinates.is_geographic(grid.crs):
        east, north = coordinates.pixel_size(grid)
        aspect = (north / abs(dy)) / (east / abs(dx))
    axes.set_facecolor("#eceff1")
    axes.ticklabel_format(useOffset=False, style="plain")
    return axes.imshow(preview, extent=extent, interpolation="nearest", aspect=aspect, **colours)


def _axis_names(grid: Grid) -> tuple[str, str]:
    if not grid.crs:
        return "Column [pixel]", "Row [pixel]"
    if coordinates.is_geographic(grid.crs):
        return "Longitude [°]", "Latitude [°]"
    return "Easting [m]", "Northing [m]"


def day_numbers(dates: Sequence[date]) -> NDArray[Any]:
    """Dates as matplotlib's axis of dates takes them."""
    return np.array(dates, dtype="datetime64[D]").astype("datetime64[s]").astype(object)


def date_axis(axes: Axes) -> None:
    """Few, short date labels."""
    locator = AutoDateLocator(minticks=4, maxticks=9)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
