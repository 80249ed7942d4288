"""Parameters of the corridor profile."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Union

from ..component import COMPONENTS, VERTICAL
from ..errors import InputError
from ..outputfolder import check_output
from ..pointsource import Points
from ..vector import VectorInput


@dataclass(frozen=True)
class CorridorParams:
    """What `run_corridor` needs; exactly one of `points` and `raster`.

    line : the track, any CRS, any number of parts. points : one or several layers, one track each.
    raster : velocity raster in mm/yr. radius : half width of the corridor [m]; bin : length of a bin [m].
    threshold : rate from which the line counts as affected [mm/yr]; negative: at or below, positive: at or above.
    component : vertical or los. start_chainage : chainage of the line's start [m]. field : attribute with the
    line-of-sight velocity [mm/yr]. incidence : [deg], for inputs that have none. min_length, max_gap [m] : see
    `zones.find_zones`. join_gap : largest gap between parts of the line [m]. land_use : polygons by whose
    `land_use_field` points and area are counted.
    """

    line: VectorInput
    output: Union[str, Path]
    points: tuple[Points, ...] = ()
    raster: Union[str, Path] = ""
    radius: float = 3000.0
    bin: float = 100.0
    threshold: float = -10.0
    component: str = VERTICAL
    start_chainage: float = 0.0
    field: str = "velocity"
    incidence: float | None = None
    min_length: float = 0.0
    max_gap: float = 200.0
    join_gap: float = 1000.0
    land_use: VectorInput | None = None
    land_use_field: str = ""

    def validate(self) -> None:
        """Raise InputError for a value that cannot be used."""
        check_output(self.output, "corridorprofile")
        if bool(self.points) == bool(str(self.raster)):
            raise InputError(
                "POINTS and RASTER",
                "both" if self.points else "neither",
                "exactly one of the two",
                "Choose measurement points or a velocity raster",
            )
        if self.component not in COMPONENTS:
            raise InputError("COMPONENT", self.component, " or ".join(COMPONENTS))
        for name, value in (("RADIUS", self.radius), ("BIN", self.bin)):
            if not (math.isfinite(value) and value > 0):
                raise InputError(name, value, "a length above 0 m")
        for name, value in (
            ("MIN_LENGTH", self.min_length),
            ("MAX_GAP", self.max_gap),
            ("JOIN_GAP", self.join_gap),
        ):
            if not (math.isfinite(value) and value >= 0):
                raise InputError(name, value, "a length of 0 m or more")
        if not math.isfinite(self.threshold) or self.threshold == 0:
            raise InputError(
                "THRESHOLD",
                self.threshold,
                "a rate in mm/yr other than 0",
                "Negative finds subsidence, positive uplift",
            )
        if not math.isfinite(self.start_chainage):
            raise InputError("START_CHAINAGE", self.start_chainage, "a number of metres")
        if self.incidence is not None and not 0.0 <= self.incidence < 90.0:
            raise InputError(
                "INCIDENCE", self.incidence, "0 to below 90 degrees", "0 means that the rates are vertical"
            )
        if not self.points:
            return
        if not self.field:
            raise InputError("FIELD", self.field, "the name of the field with the velocity")
