"""Figures of a funnel analysis: map with boundaries, areas through time, profile, feature points."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from osgeo import ogr

from .. import crs as coordinates
from . import base
from .brine import COLOURS

if TYPE_CHECKING:
    from ..mining.funnels_job import Findings

_SHADES = LinearSegmentedColormap.from_list(
    "depth", ["#f7f7f7", "#fddbc7", "#f4a582", "#d6604d", "#b2182b", "#67001f"]
)
_LABEL_WIDTH = 0.07  # of the profile: peaks that stand closer have their figures one below the other
_METRIC = ("Easting [m]", "Northing [m]")
_LATEST = 4  # dates whose boundaries the map shows
_LINES = 8  # funnels or dates with a line of their own


def map_figure(found: Findings) -> Figure:
    """Subsidence [mm] of the date that was cut with the funnels, and boundaries of some dates beside it."""
    from ..mining.funnel_areas import polygons_of

    grid = found.series.grid
    labels = found.funnels.labels
    rows, cols = np.nonzero(labels)
    margin = 3 + max(np.ptp(rows), np.ptp(cols)) // 20
    top, bottom = max(rows.min() - margin, 0), min(rows.max() + margin + 1, grid.height)
    left, right = max(cols.min() - margin, 0), min(cols.max() + margin + 1, grid.width)
    x, y = coordinates.pixel_centres(
        grid, np.array([top - 0.5, bottom - 0.5]), np.array([left - 0.5, right - 0.5])
    )
    width, height = coordinates.pixel_size(grid)
    ratio = float(np.clip((bottom - top) * height / ((right - left) * width), 0.4, 1.6))
    figure = base.new_figure(10.4, 1.3 + 4.5 * ratio)
    panels = figure.subplots(1, 2, sharex=True, sharey=True)
    s = found.map[top:bottom, left:right] * 1000.0
    limit = float(np.nanmax(np.where(labels[top:bottom, left:right] > 0, s, np.nan)))
    image = None
    for axes in panels:
        image = axes.imshow(
            s,
            extent=(x[0], x[1], y[1], y[0]),
            cmap=_SHADES,
            vmin=0.0,
            vmax=max(limit, 1.0),
            interpolation="nearest",
            aspect=ratio * abs(x[1] - x[0]) / abs(y[1] - y[0]),
        )
        base.style(axes)
        axes.grid(False)
        axes.ticklabel_format(useOffset=False, style="plain")
        axes.locator_params(nbins=4)
    for number, shape in polygons_of(labels, grid).items():
        _outline(panels[0], shape, base.INK, 1.1)
        inside = np.where((labels == number) & np.isfinite(found.map), found.map, -np.inf)
        row, col = np.unravel_index(int(inside.argmax()), inside.shape)
        px, py = coordinates.pixel_centres(grid, np.array([row]), np.array([col]))
        panels[0].text(
            px[0], py[0], str(number), fontsize=8, ha="center", va="center", color="white", fontweight="bold"
        )
    east, north = ("Longitude [°]", "Latitude [°]") if coordinates.is_geographic(grid.crs) else _METRIC
    base.style(panels[0], f"Subsidence and funnels, {found.day.isoformat()}", east, north)
    base.style(panels[1], "Boundaries through time", east)
    for axes in panels:
        axes.grid(False)
    _boundaries(panels[1], found)
    bar = figure.colorbar(image, ax=list(panels), shrink=0.7, pad=0.015)
    bar.set_label("Subsidence [mm]", fontsize=9, color=base.INK)
    bar.ax.tick_params(labelsize=8)
    return figure


def area_figure(found: Findings, boundary: float) -> Figure:
    """Area inside the boundary [m2] per funnel against time, merging events as lines."""
    figure = base.new_figure(9.0, 4.2)
    axes = base.style(figure.subplots(), f"Ground beyond {boundary:g} mm", "", "Area [m²]")
    days = _days(found.series.dates)
    area = found.track.area
    order = np.argsort(-area[-1], kind="stable")[:_LINES]
    for colour, k in zip(COLOURS, order):
        axes.plot(
            days, area[:, k], color=colour, linewidth=1.4, marker="o", markersize=2.5,
            label=f"funnel {found.funnels.ids[k]}",
        )  # fmt: skip
    merges = [event for event in found.track.events if event.kind == "merges"]
    for place, event in enumerate(merges[:10]):
        day = float(date2num(event.date))
        axes.axvline(day, color="#9aa7b3", linewidth=0.9, linestyle=":")
        axes.annotate(
            " + ".join(map(str, event.funnels)),
            (day, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(-2, -3 - 10 * (place % 3)),
            textcoords="offset points",
            fontsize=7.5,
            color=base.INK,
            va="top",
            ha="right",
        )
    axes.set_ylim(0.0, 1.15 * float(area.max()) or 1.0)
    _dates(axes)
    axes.legend(fontsize=7.5, frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return figure


def profile_figure(found: Findings, edge: float) -> Figure:
    """Subsidence [mm, downward] along the profile at several dates, peaks, stable and solution parts."""
    profile = found.profile
    figure = base.new_figure(9.0, 4.4)
    axes = base.style(
        figure.subplots(),
        f"Profile on {found.day.isoformat()}",
        "Distance along the line [m]",
        "Subsidence [mm]",
    )
    if profile is None:
        return figure
    others = np.unique(np.linspace(0, len(profile.s) - 1, min(7, len(profile.s))).astype(int))
    for n in others:
        if n != profile.number:
            axes.plot(profile.distance, profile.s[n] * 1000.0, color="#b8c3cc", linewidth=0.9)
            _end_label(axes, profile.distance, profile.s[n] * 1000.0, found.series.dates[n], 2.0 * edge)
    axes.plot(profile.distance, profile.s[profile.number] * 1000.0, color=base.ACCENT, linewidth=1.8)
    for part in profile.sections:
        if part.kind == "solution":
            axes.axvspan(part.start, part.stop, color=base.ALERT, alpha=0.07, linewidth=0)
    width = float(profile.distance[-1] - profile.distance[0])
    before = -np.inf
    for peak in sorted(profile.peaks[:8], key=lambda entry: entry.distance):
        close = peak.distance - before < _LABEL_WIDTH * width
        before = -np.inf if close else peak.distance
        axes.plot(peak.distance, peak.subsidence * 1000.0, marker="v", color=base.ALERT, markersize=6)
        axes.annotate(
            f"{peak.subsidence * 1000.0:.0f} mm",
            (peak.distance, peak.subsidence * 1000.0),
            xytext=(0, -16 if close else -6),
            textcoords="offset points",
            ha="center",
            va="top",
            fontsize=8,
            color=base.ALERT,
        )
    axes.axhline(edge, color=base.INK, linewidth=0.8, linestyle="--")
    axes.text(
        0.995,
        edge,
        f"{edge:g} mm",
        transform=axes.get_yaxis_transform(),
        fontsize=7.5,
        ha="right",
        va="top",
        color=base.INK,
    )
    top, low = float(np.nanmin(profile.s)) * 1000.0, float(np.nanmax(profile.s)) * 1000.0
    axes.set_ylim(low + 0.14 * (low - top), min(top, 0.0) - 0.05 * (low - top))
    axes.set_xlim(profile.distance[0], profile.distance[-1])
    return figure


def point_figure(found: Findings) -> Figure:
    """Feature points [mm, downward] with warm stages shaded and jumps marked, above rain and temperature."""
    features = found.features
    if features is None:
        return base.new_figure()
    drivers = int(features.rain is not None) + int(features.temperature is not None)
    figure = base.new_figure(9.4, 4.6 + 1.4 * drivers)
    panels = figure.subplots(
        1 + drivers, 1, sharex=True, squeeze=False, gridspec_kw={"height_ratios": [3.0] + [1.0] * drivers}
    )[:, 0]
    dates = found.series.dates
    days = _days(dates)
    main = base.style(panels[0], "Feature points", "", "Subsidence [mm]")
    for number, name in enumerate(features.names[:_LINES]):
        s = features.s[:, number] * 1000.0
        main.plot(days, s, color=COLOURS[number], linewidth=1.3, marker="o", markersize=2.5, label=name)
    for axes in panels:
        for stage in features.stages:
            if stage.kind == "warm":
                axes.axvspan(
                    float(date2num(stage.start)),
                    float(date2num(stage.stop)),
                    color="#d98b00",
                    alpha=0.10,
                    linewidth=0,
                )
    for row in features.jumps:
        middle = 0.5 * sum(float(date2num(date.fromisoformat(row[key]))) for key in ("from", "to"))
        main.annotate(
            "", (middle, 0.90), (middle, 0.99), xycoords=("data", "axes fraction"),
            arrowprops={"arrowstyle": "-|>", "color": base.INK},
        )  # fmt: skip
    main.invert_yaxis()
    main.legend(
        fontsize=7.5, frameon=False, loc="lower left", ncol=2, title="warm stages shaded", title_fontsize=7.5
    )
    below = list(panels[1:])
    if features.rain is not None:
        axes = base.style(below.pop(0), "", "", "Rain [mm]\nper interval")
        widths = np.diff(days)
        axes.bar(days[:-1], np.nan_to_num(features.rain), widths, align="edge", color=base.ACCENT, alpha=0.6)
    if features.temperature is not None:
        axes = base.style(below.pop(0), "", "", "Temperature\n[°C]")
        axes.plot(
            _days(features.temperature.dates), features.temperature.values, color=base.ALERT, linewidth=0.9
        )
    panels[-1].set_xlim(days[0] - 5.0, days[-1] + 5.0)
    _dates(panels[-1])
    return figure


def _boundaries(axes: Axes, found: Findings) -> None:
    """Boundaries of up to four dates: the first that has any, the last, and two between."""
    numbers = sorted({entry.number for entry in found.track.boundaries})
    if not numbers:
        axes.text(
            0.5, 0.5, "no funnel reaches the boundary", transform=axes.transAxes, ha="center", fontsize=9
        )
        return
    chosen = sorted({numbers[int(n)] for n in np.linspace(0, len(numbers) - 1, min(_LATEST, len(numbers)))})
    colours = ("#9ecae1", "#4292c6", "#2171b5", "#08306b")[-len(chosen) :]
    for colour, number in zip(colours, chosen):
        for entry in found.track.boundaries:
            if entry.number == number:
                _outline(axes, entry.shape, colour, 1.4)
        axes.plot([], [], color=colour, linewidth=1.4, label=found.series.dates[number].isoformat())
    axes.legend(fontsize=7.5, loc="upper right", framealpha=0.85)


def _outline(axes: Axes, shape: bytes, colour: str, width: float) -> None:
    geometry = ogr.CreateGeometryFromWkb(shape)
    vertices: list[tuple[float, float]] = []
    codes: list[int] = []
    for part in (geometry.GetGeometryRef(n) for n in range(geometry.GetGeometryCount())):
        for ring in (part.GetGeometryRef(n) for n in range(part.GetGeometryCount())):
            points = [(ring.GetX(n), ring.GetY(n)) for n in range(ring.GetPointCount())]
            vertices += points
            codes += [int(Path.MOVETO), *[int(Path.LINETO)] * (len(points) - 2), int(Path.CLOSEPOLY)]
    axes.add_patch(PathPatch(Path(vertices, codes), facecolor="none", edgecolor=colour, linewidth=width))


def _end_label(axes: Axes, distance: np.ndarray, s: np.ndarray, day: date, least: float) -> None:
    """The date of a line at its deepest point, when that lies deeper than `least`."""
    if np.isfinite(s).any() and np.nanmax(s) > least:
        place = int(np.nanargmax(s))
        axes.annotate(
            day.isoformat(), (distance[place], s[place]), xytext=(0, -2), textcoords="offset points",
            fontsize=6.5, color="#7d8a96", ha="center", va="top",
        )  # fmt: skip


def _days(dates: tuple[date, ...]) -> np.ndarray:
    return np.array([float(date2num(day)) for day in dates])


def _dates(axes: Axes) -> None:
    locator = AutoDateLocator()
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
