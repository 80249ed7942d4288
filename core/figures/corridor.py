"""The profile along the line: velocity with its spread and zones, unevenness, and point density."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, LogNorm
from matplotlib.figure import Figure

from ..component import SENSES, TITLES
from ..corridor.analysis import Analysis
from ..corridor.kilometrage import Kilometrage
from ..corridor.limits import over_limit
from ..corridor.profile import Profile
from ..corridor.trafficlight import CLASSES, traffic_light
from . import base
from .corridor_marks import NAMES_HEIGHT, mark_stations, track_colours

_SHADE = LinearSegmentedColormap.from_list("shade", ["#e3e9ee", "#5b6b79"])
_LABELS = 12  # zones that get a label; more would overlap
_LIGHTS = ("#4c9f50", "#f2b134", base.ALERT, "#ffffff")  # in the order of CLASSES
_STRIP = 0.03  # height of the band of classes, part of the panel


def profile_figure(found: Analysis) -> Figure:
    """Panels over a common axis of official chainage [km]: velocity per track, differential settlement, density.

    Several tracks are drawn together in one more panel, on top. Stations are marked in all panels, named in the first.
    """
    profiles, km, params = found.profiles, found.km, found.params
    several = len(profiles) > 1
    named = bool(found.stations)
    heights = [NAMES_HEIGHT] * named + [2.2] * several + [3.0] * len(profiles) + [1.3, 1.1]
    figure = base.new_figure(9.6, 1.1 + 1.05 * sum(heights))
    axes = figure.subplots(
        len(heights), 1, sharex=True, squeeze=False, gridspec_kw={"height_ratios": heights}
    )[:, 0]
    panels = axes[named:]
    if several:
        _together(panels[0], found)
    for panel, profile in zip(panels[several:], profiles):
        _velocity(panel, profile, found)
    _differential(axes[-2], found)
    _density(axes[-1], profiles, km, found.subject)
    axes[-1].set_xlabel("Chainage [km]", color=base.INK, fontsize=9)
    axes[-1].set_xlim(*(km.at(profiles[0].edges[[0, -1]]) / 1000))
    if named:
        mark_stations(axes[0], panels, found.stations, km)
    if params.amber is not None or params.red is not None:
        for panel, profile in zip(panels[several:], profiles):
            _lights(panel, profile, params.class_limits, km)
    return figure


def _together(axes: Axes, found: Analysis) -> None:
    """The medians of all tracks in one panel."""
    component, threshold = found.params.component, found.params.threshold
    base.style(axes, f"{TITLES[component]}, all tracks", "", "median\n[mm/yr]")
    for profile, colour in zip(found.profiles, track_colours(len(found.profiles))):
        edges = found.km.at(profile.edges) / 1000
        _steps(axes, edges, profile.bins.median, colour, 1.4, profile.track.name)
    axes.axhline(
        threshold, color=base.ALERT, linewidth=1.0, linestyle="--", label=f"threshold {threshold:g} mm/yr"
    )
    _legend(axes)


def _velocity(axes: Axes, profile: Profile, found: Analysis) -> None:
    component, threshold, km = found.params.component, found.params.threshold, found.km
    title = TITLES[component] + (f", track {profile.track.name}" if len(found.profiles) > 1 else "")
    base.style(
        axes,
        title,
        "",
        f"{'Vertical' if component == 'vertical' else 'LOS'} velocity [mm/yr]\n({SENSES[component]})",
    )
    limits = _limits(profile, threshold)
    _shade(axes, profile, km, limits)
    edges = km.at(profile.edges) / 1000
    q05, q25, q75, q95 = profile.bins.quantiles.T
    _band(axes, edges, q05, q95, 0.16, "5 % to 95 %")
    _band(axes, edges, q25, q75, 0.34, "25 % to 75 %")
    _steps(axes, edges, profile.bins.median, base.ACCENT, 1.6, "median of the bin")
    if len(profile.track.on_line):
        _steps(axes, edges, profile.track.on_line, base.INK, 0.9, "pixel under the line")
    axes.axhline(
        threshold, color=base.ALERT, linewidth=1.0, linestyle="--", label=f"threshold {threshold:g} mm/yr"
    )
    axes.set_ylim(*limits)
    _zones(axes, profile, km)
    _legend(axes)


def _legend(axes: Axes) -> None:
    """In one row above the panel."""
    handles, labels = axes.get_legend_handles_labels()
    axes.legend(
        handles,
        labels,
        loc="lower right",
        bbox_to_anchor=(1.0, 1.0),
        ncol=len(labels),
        fontsize=7.5,
        frameon=False,
        borderaxespad=0.1,
        columnspacing=1.2,
        handlelength=1.6,
    )


def _lights(axes: Axes, profile: Profile, limits: tuple[float, float], km: Kilometrage) -> None:
    """Traffic-light classes as a band along the bottom of the panel."""
    edges = km.at(profile.edges) / 1000
    classes = traffic_light(profile.bins.median, limits)
    for index, colour in enumerate(_LIGHTS[: len(CLASSES)]):
        hit = np.flatnonzero(classes == index)
        spans = [(edges[place], edges[place + 1] - edges[place]) for place in hit]
        axes.broken_barh(
            spans, (0.0, _STRIP), transform=axes.get_xaxis_transform(), color=colour, linewidth=0, zorder=4
        )
    axes.annotate(
        f"amber from {limits[0]:g}, red from {limits[1]:g} mm/yr",
        (1.0, _STRIP), xycoords="axes fraction", xytext=(-4, 2), textcoords="offset points",
        ha="right", va="bottom", fontsize=7.5, color=base.INK,
    )  # fmt: skip


def _limits(profile: Profile, threshold: float) -> tuple[float, float]:
    """Value axis: the quantiles, the line, the threshold and zero, with room for the zone labels."""
    values = np.concatenate(
        [profile.bins.quantiles.ravel(), profile.bins.median, profile.track.on_line, [threshold, 0.0]]
    )
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    span = high - low or 1.0
    return low - 0.08 * span, high + 0.16 * span


def _shade(axes: Axes, profile: Profile, km: Kilometrage, limits: tuple[float, float]) -> None:
    """Number of points per cell of chainage and velocity, behind everything."""
    columns = int(min(len(profile.middle), 400))
    span = [[float(profile.edges[0]), float(profile.edges[-1])], list(limits)]
    counts, x, y = np.histogram2d(
        profile.track.chainage, profile.track.value, bins=(columns, 120), range=span
    )
    if counts.max() < 1:
        return
    axes.pcolormesh(
        km.at(x) / 1000,
        y,
        np.ma.masked_equal(counts.T, 0),
        cmap=_SHADE,
        norm=LogNorm(1, max(counts.max(), 2)),
        rasterized=True,
        zorder=0.5,
    )


def _band(axes: Axes, edges: np.ndarray, low: np.ndarray, high: np.ndarray, alpha: float, label: str) -> None:
    axes.fill_between(
        edges,
        np.append(low, low[-1]),
        np.append(high, high[-1]),
        step="post",
        color=base.ACCENT,
        alpha=alpha,
        linewidth=0,
        label=label,
    )


def _steps(axes: Axes, edges: np.ndarray, values: np.ndarray, colour: str, width: float, label: str) -> None:
    axes.plot(
        edges,
        np.append(values, values[-1]),
        drawstyle="steps-post",
        color=colour,
        linewidth=width,
        label=label,
    )


def _zones(axes: Axes, profile: Profile, km: Kilometrage) -> None:
    """Shade the zones; number the longest ones."""
    named = sorted(profile.zones, key=lambda zone: -zone.affected)[:_LABELS]
    for number, zone in enumerate(profile.zones, 1):
        left, right = km.one(zone.start) / 1000, km.one(zone.stop) / 1000
        axes.axvspan(left, right, color=base.ALERT, alpha=0.10, linewidth=0, zorder=0.2)
        if zone in named:
            axes.text(
                0.5 * (left + right),
                0.985,
                f"{number}",
                transform=axes.get_xaxis_transform(),
                ha="center",
                va="top",
                fontsize=8,
                color=base.ALERT,
                fontweight="bold",
            )


def _differential(axes: Axes, found: Analysis) -> None:
    profiles, limit = found.profiles, found.params.limit
    base.style(axes, "Differential settlement between neighbouring bins", "", "[mm/yr\nper 100 m]")
    for profile, colour in zip(profiles, track_colours(len(profiles))):
        joints = found.km.at(profile.edges[1:]) / 1000
        known = np.isfinite(profile.differential)
        axes.vlines(
            joints[known],
            0.0,
            profile.differential[known],
            color=colour,
            linewidth=1.3,
        )
        over = over_limit(profile.differential, limit)
        axes.plot(joints[over], profile.differential[over], "o", color=base.ALERT, markersize=3.0)
    axes.axhline(0.0, color=base.INK, linewidth=0.7)
    if limit.given:
        axes.axhline(
            limit.allowed, color=base.ALERT, linewidth=1.0, linestyle="--", label=f"limit {limit.describe()}"
        )
        axes.axhline(-limit.allowed, color=base.ALERT, linewidth=1.0, linestyle="--")
        _legend(axes)


def _density(axes: Axes, profiles: tuple[Profile, ...], km: Kilometrage, subject: str) -> None:
    base.style(axes, f"Density of {subject}", "", "[per km²]")
    top = 0.0
    for profile, colour in zip(profiles, track_colours(len(profiles))):
        values = profile.density
        axes.stairs(
            np.nan_to_num(values),
            km.at(profile.edges) / 1000,
            color=colour,
            fill=len(profiles) == 1,
            alpha=0.7,
        )
        top = max(top, float(np.nanmax(values)) if np.isfinite(values).any() else 0.0)
    axes.set_ylim(0.0, 1.08 * top or 1.0)
