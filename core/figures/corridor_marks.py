"""What the figures of a corridor share: colours of the tracks, and stations on panels with an axis of chainage."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from ..corridor.kilometrage import Kilometrage
from ..corridor.stations import Station
from . import base

NAMES_HEIGHT = 0.75  # inches: of the strip that holds the names of stations
_COLOURS = (base.ACCENT, "#d98b00", "#5a8f3c", "#7d4fa3")
_APART = 0.016  # of the axis: names nearer than this would overlap
_LONGEST = 16  # characters of a name


def track_colours(count: int) -> list[str]:
    """A colour for each of the tracks."""
    return [_COLOURS[index % len(_COLOURS)] for index in range(count)]


def mark_stations(strip: Axes, panels: Sequence[Axes], stations: Sequence[Station], km: Kilometrage) -> None:
    """A line at each station through all panels, its name in the strip above them.

    Stations too close to the one before are left out. The limits of the axis must be set.
    """
    strip.set_axis_off()
    low, high = sorted(strip.get_xlim())
    last = -float("inf")
    for station in sorted(stations, key=lambda entry: km.one(entry.chainage)):
        place = km.one(station.chainage) / 1000
        if place - last < _APART * (high - low):
            continue
        last = place
        for axes in panels:
            axes.axvline(place, color=base.INK, linewidth=0.7, linestyle=":", alpha=0.8, zorder=1.5)
        strip.annotate(
            _short(station.name),
            (place, 0.0),
            xycoords=strip.get_xaxis_transform(),
            rotation=90,
            ha="center",
            va="bottom",
            fontsize=7.5,
            color=base.INK,
        )


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
