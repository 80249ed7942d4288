"""Parameters of the funnel analysis."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ..errors import InputError
from ..vector import VectorInput
from .gaps import FILL, GAPS


@dataclass(frozen=True)
class FunnelParams:
    """What `run_funnels` needs.

    input : displacement folder. wells : points, one funnel each (numbers from their field `funnel`, else their
    order); None cuts by watershed. day : date (YYYY-MM-DD) of the map that is cut, empty for the last. edge : S [mm]
    beyond which ground belongs to a funnel. boundary : S [mm] of the outlines followed through time. smoothing :
    of the map before it is cut [pixels]. prominence : depth [mm] by which a funnel stands out from the sill to a
    deeper one or, when it lies apart, from the edge, and a peak from its surroundings. min_area : smallest funnel
    [m2]. max_distance : from a well [m], 0 for any. previous : funnels of an earlier run, whose numbers are kept.
    profile : a line. points : feature points, averaged within radius [m] (0: the pixel). rain, temperature : CSV
    with dates. warm_from, warm_to : (month, day) of the warm season where there is no temperature. gaps : `fill` or
    `leave` pixels without a value, see `gaps`.
    """

    input: str | Path
    output: str | Path
    wells: VectorInput | None = None
    day: str = ""
    edge: float = 10.0
    boundary: float = 120.0
    smoothing: float = 1.0
    prominence: float = 10.0
    min_area: float = 0.0
    max_distance: float = 0.0
    previous: VectorInput | None = None
    profile: VectorInput | None = None
    points: VectorInput | None = None
    radius: float = 0.0
    rain: str | Path = ""
    temperature: str | Path = ""
    warm_from: str = "03-15"
    warm_to: str = "10-15"
    gaps: str = FILL

    def validate(self) -> None:
        """Refuse values outside their range, by name."""
        for name, text in (("INPUT", self.input), ("OUTPUT", self.output)):
            if not str(text).strip() or str(text) == ".":
                raise InputError(name, "nothing", "a folder")
        for name, value, unit in (
            ("EDGE", self.edge, "mm"),
            ("SMOOTHING", self.smoothing, "pixels"),
            ("PROMINENCE", self.prominence, "mm"),
            ("MIN_AREA", self.min_area, "m2"),
            ("MAX_DISTANCE", self.max_distance, "m"),
            ("RADIUS", self.radius, "m"),
        ):
            if not (math.isfinite(value) and value >= 0):
                raise InputError(name, f"{value:g} {unit}", f"0 {unit} or more")
        if not (math.isfinite(self.boundary) and self.boundary >= self.edge):
            raise InputError("BOUNDARY", f"{self.boundary:g} mm", f"EDGE ({self.edge:g} mm) or more")
        if self.day:
            _date(self.day)
        for name, text in (("WARM_FROM", self.warm_from), ("WARM_TO", self.warm_to)):
            month_day(text, name)
        if self.gaps not in GAPS:
            raise InputError("GAPS", self.gaps, " or ".join(GAPS))
        if month_day(self.warm_from) == month_day(self.warm_to):
            raise InputError("WARM_TO", self.warm_to, "another day than WARM_FROM")
        for name, path in (("RAIN", self.rain), ("TEMPERATURE", self.temperature)):
            if str(path) and not Path(path).is_file():
                raise InputError(name, str(path), "an existing CSV file", "Check the path, or leave it empty")


def month_day(text: str, name: str = "WARM_FROM") -> tuple[int, int]:
    """(month, day) of MM-DD."""
    try:
        found = date.fromisoformat(f"2000-{text.strip()}")
    except ValueError as error:
        raise InputError(name, text, "a day of the year as MM-DD") from error
    return found.month, found.day


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise InputError("DATE", text, "a date as YYYY-MM-DD") from error


def date_number(day: str, dates: tuple[date, ...]) -> int:
    """Place of a date in the record; the last one for an empty text."""
    if not day:
        return len(dates) - 1
    wanted = _date(day)
    if wanted not in dates:
        near = min(dates, key=lambda one: abs((one - wanted).days))
        raise InputError("DATE", day, "a date of the record", f"The nearest is {near.isoformat()}")
    return dates.index(wanted)
