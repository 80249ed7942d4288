"""The profile along the line: velocity with its spread and zones, unevenness, and point density."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, LogNorm
from matplotlib.figure import Figure

from ..component import SENSES, TITLES
from ..corridor.profile import Profile
from . import base

_SHADE = LinearSegmentedColormap.from_list("shade", ["#e3e9ee", "#5b6b79"])
_COLOURS = (base.ACCENT, "#d98b00", "#5a8f3c", "#7d4fa3")
_LABELS = 12  # zones that get a label; more would overlap


def profile_figure(
    profiles: list[Profile], component: str, threshold: float, start: float = 0.0, subject: str = "points"
) -> Figure:
    """Panels over a common chainage axis [km]: one of velocity per track, then differential settlement, then density.

    start [m] is the chainage of the line's start; subject says what was counted (points or pixels).
    """
    heights = [3.0] * len(profiles) + [1.3, 1.1]
    figure = base.new_figure(9.6, 1.1 + 1.05 * sum(heights))
    axes = figure.subplots(
        len(heights), 1, sharex=True, squeeze=False, gridspec_kw={"height_ratios": heights}
    )[:, 0]
    for panel, profile in zip(axes, profiles):
        _velocity(panel, profile, component, threshold, start, several=len(profiles) > 1)
    _differential(axes[len(profiles)], profiles, start)
    _density(axes[-1], profiles, start, subject)
    axes[-1].set_xlabel("Chainage [km]", color=base.INK, fontsize=9)
    axes[-1].set_xlim((profiles[0].edges[0] + start) / 1000, (profiles[0].edges[-1] + start) / 1000)
    return figure


def _velocity(
    axes: Axes, profile: Profile, component: str, threshold: float, start: float, several: bool
) -> None:
    title = TITLES[component] + (f", track {profile.track.name}" if several else "")
    base.style(
        axes,
        title,
        "",
        f"{'Vertical' if component == 'vertical' else 'LOS'} velocity [mm/yr]\n({SENSES[component]})",
    )
    limits = _limits(profile, threshold)
    _shade(axes, profile, start, limits)
    edges = (profile.edges + start) / 1000
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
    _zones(axes, profile, start)
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


def _limits(profile: Profile, threshold: float) -> tuple[float, float]:
    """Value axis: the quantiles, the line, the threshold and zero, with room for the zone labels."""
    values = np.concatenate(
        [profile.bins.quantiles.ravel(), profile.bins.median, profile.track.on_line, [threshold, 0.0]]
    )
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    span = high - low or 1.0
    return low - 0.08 * span, high + 0.16 * span


def _shade(axes: Axes, profile: Profile, start: float, limits: tuple[float, float]) -> None:
    """Number of points per cell of chainage and velocity, behind everything."""
    columns = int(min(len(profile.middle), 400))
    span = [[float(profile.edges[0]), float(profile.edges[-1])], list(limits)]
    counts, x, y = np.histogram2d(
        profile.track.chainage, profile.track.value, bins=(columns, 120), range=span
    )
    if counts.max() < 1:
        return
    axes.pcolormesh(
        (x + start) / 1000,
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


def _zones(axes: Axes, profile: Profile, start: float) -> None:
    """Shade the zones; number the longest ones."""
    named = sorted(profile.zones, key=lambda zone: -zone.affected)[:_LABELS]
    for number, zone in enumerate(profile.zones, 1):
        left, right = (zone.start + start) / 1000, (zone.stop + start) / 1000
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


def _differential(axes: Axes, profiles: list[Profile], start: float) -> None:
    base.style(axes, "Differential settlement between neighbouring bins", "", "[mm/yr\nper 100 m]")
    for profile, colour in zip(profiles, _cycle(len(profiles))):
        joints = (profile.edges[1:] + start) / 1000
        known = np.isfinite(profile.differential)
        axes.vlines(
            joints[known],
            0.0,
            profile.differential[known],
            color=colour,
            linewidth=1.3,
            label=profile.track.name,
        )
    axes.axhline(0.0, color=base.INK, linewidth=0.7)
    if len(profiles) > 1:
        axes.legend(
            fontsize=7.5,
            frameon=False,
            ncol=len(profiles),
            loc="lower right",
            bbox_to_anchor=(1.0, 1.0),
            borderaxespad=0.1,
        )


def _density(axes: Axes, profiles: list[Profile], start: float, subject: str) -> None:
    base.style(axes, f"Density of {subject}", "", "[per km²]")
    top = 0.0
    for profile, colour in zip(profiles, _cycle(len(profiles))):
        values = profile.density
        axes.stairs(
            np.nan_to_num(values),
            (profile.edges + start) / 1000,
            color=colour,
            fill=len(profiles) == 1,
            alpha=0.7,
        )
        top = max(top, float(np.nanmax(values)) if np.isfinite(values).any() else 0.0)
    axes.set_ylim(0.0, 1.08 * top or 1.0)


def _cycle(count: int) -> list[str]:
    return [_COLOURS[index % len(_COLOURS)] for index in range(count)]
