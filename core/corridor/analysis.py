"""Everything that one run found, before it is written."""

from __future__ import annotations

from dataclasses import dataclass

from .chainage import Alignment
from .crosssection import CrossSection
from .heatmap import HeatMap
from .joining import Joined
from .kilometrage import Kilometrage
from .params import CorridorParams
from .profile import Profile
from .stations import Station


@dataclass(frozen=True)
class Analysis:
    """Results of all tracks.

    km : official chainage. stray : labels of stations too far from the line. sections : per chainage asked for, one
    per track. distances : per track and zone, distance [m] to the nearest given polygon and its label; empty when no
    polygons were given.
    """

    params: CorridorParams
    joined: Joined
    km: Kilometrage
    profiles: tuple[Profile, ...]
    stations: tuple[Station, ...] = ()
    stray: tuple[str, ...] = ()
    sections: tuple[tuple[CrossSection, ...], ...] = ()
    distances: tuple[tuple[tuple[float, str], ...], ...] = ()

    @property
    def alignment(self) -> Alignment:
        """The line."""
        return self.joined.alignment

    @property
    def subject(self) -> str:
        """What was counted."""
        return "pixels" if str(self.params.raster) else "points"

    @property
    def heats(self) -> list[tuple[str, HeatMap]]:
        """Displacement per bin and date of the tracks that have series, with the track's name."""
        return [(p.track.name, p.track.heat) for p in self.profiles if p.track.heat is not None]
