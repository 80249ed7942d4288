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
from ..spreadsheet import check_driver
from ..vector import VectorInput
from .limits import NO_LIMIT, SettlementLimit
from .trafficlight import class_limits


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

    reverse : chainage counts from the other end. use_m : chainage is the line's M, plus start_chainage. stations :
    points whose `station_field` labels the profile. amber, red : limits of the traffic-light classes [mm/yr], by
    default half the threshold and the threshold. limit : for differential settlement. sections : chainages [m] of
    cross-sections of `section_width` [m] (by default the corridor's). distance_to : polygons, labelled by
    `distance_field`, to which the distance of each zone is measured. heat_map : chainage x time where there are
    series. xlsx, pdf : the tables as a spreadsheet, the figures as PDF too.
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
    reverse: bool = False
    use_m: bool = False
    stations: VectorInput | None = None
    station_field: str = ""
    amber: float | None = None
    red: float | None = None
    limit: SettlementLimit = NO_LIMIT
    sections: tuple[float, ...] = ()
    section_width: float | None = None
    distance_to: VectorInput | None = None
    distance_field: str = ""
    heat_map: bool = True
    xlsx: bool = False
    pdf: bool = False

    @property
    def class_limits(self) -> tuple[float, float]:
        """Amber and red limit of the traffic-light classes [mm/yr]."""
        return class_limits(self.threshold, self.amber, self.red)

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
        self._check_classes()
        self.limit.validate()
        self._check_sections()
        if self.xlsx:
            check_driver("XLSX")
        if self.points and not self.field:
            raise InputError("FIELD", self.field, "the name of the field with the velocity")

    def _check_classes(self) -> None:
        amber, red = self.class_limits
        same_side = amber * red > 0.0 and red * self.threshold > 0.0
        if not (math.isfinite(amber) and math.isfinite(red) and same_side and abs(amber) <= abs(red)):
            raise InputError(
                "AMBER and RED",
                f"{amber:g} and {red:g} mm/yr",
                "two rates with the sign of THRESHOLD, RED at least as far from 0 as AMBER",
                "Such as -5 and -10 for subsidence; left empty, they are half THRESHOLD and THRESHOLD",
            )

    def _check_sections(self) -> None:
        if not all(math.isfinite(place) for place in self.sections):
            raise InputError("CROSS_SECTIONS", self.sections, "chainages in metres")
        width = self.section_width
        if width is not None and not 0.0 < width <= 2.0 * self.radius:
            raise InputError(
                "CROSS_WIDTH",
                f"{width:g} m",
                f"a width above 0 m and at most that of the corridor, {2.0 * self.radius:g} m",
                "Raise RADIUS for a wider section",
            )
