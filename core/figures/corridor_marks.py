"""What the figures of a corridor share: colours of the tracks, and stations on panels with an axis of chainage."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from ..corridor.kilometrage import Kilometrage
from ..corridor.stations import Station
from . import base

_COLOURS = (base.ACCENT, "#d98b00", "#5a8f3c", "#7d4fa3")
_APART = 0.016  # of the axis: names nearer than this would overlap


def track_colours(count: int) -> list[str]:
    """A colour for each of the tracks."""
    return [_COLOURS[index % len(_COLOURS)] for index in range(count)]


def mark_stations(panels: Sequence[Axes], stations: Sequence[Station], km: Kilometrage) -> None:
    """A line at each station through all panels, its name in the first one; those too close to the last are left out.

    The limits of the axis must be set.
    """
    low, high = sorted(panels[0].get_xlim())
    last = -float("inf")
    for station in sorted(stations, key=lambda entry: km.one(entry.chainage)):
        place = km.one(station.chainage) / 1000
        if place - last < _APART * (high - low):
            continue
        last = place
        for axes in panels:
            axes.axvline(place, color=base.INK, linewidth=0.7, linestyle=":", alpha=0.8, zorder=1.5)
        panels[0].annotate(
            station.name,
            (place, 0.06),
            xycoords=panels[0].get_xaxis_transform(),
            rotation=90,
            ha="center",
            va="bottom",
            fontsize=7.5,
            color=base.INK,
            bbox={"facecolor": "white", "alpha": 0.75, "linewidth": 0, "pad": 1.0},
            zorder=5,
        )
