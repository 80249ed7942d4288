"""Parameters of the import of measurement points."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Union

from .. import crs as coordinates
from ..errors import InputError
from ..outputfolder import check_output

TOWARD, AWAY = "toward", "away"
UNITS = {"mm": 1.0, "cm": 10.0, "m": 1000.0}  # what makes mm of them


@dataclass(frozen=True)
class ImportPointsParams:
    """What to import, and what the file does not say.

    input : CSV or text table, Shapefile, GeoPackage or another vector file; `layer` inside it (empty: the first).
    unit, sign : of displacements and velocities. crs : of the coordinates, empty for the file's own.
    x_field, y_field, velocity_field : columns, empty to find them by their usual names. date_pattern : names of the
    columns with dates as strptime reads them, empty for the usual forms. incidence, heading [deg] : line of sight for
    files that bring none (right-looking). track : name of the track, empty for the file's. min_coherence : points
    below are left out. max_points : at most so many, the most coherent ones; 0 for all.
    extent : (x min, y min, x max, y max) in `extent_crs`, None for all.
    """

    input: Union[str, Path]
    output: Union[str, Path]
    layer: str = ""
    unit: str = "mm"
    sign: str = TOWARD
    crs: str = ""
    x_field: str = ""
    y_field: str = ""
    velocity_field: str = ""
    date_pattern: str = ""
    incidence: float | None = None
    heading: float | None = None
    track: str = ""
    min_coherence: float = 0.0
    max_points: int = 300_000
    extent: tuple[float, float, float, float] | None = None
    extent_crs: str = ""

    def validate(self) -> None:
        """Raise InputError for a value that cannot be used."""
        if not str(self.input) or not Path(self.input).is_file():
            raise InputError("INPUT", str(self.input) or "nothing", "an existing file", "Check the path")
        check_output(self.output, "importpoints")
        if self.unit not in UNITS:
            raise InputError("UNIT", self.unit, ", ".join(UNITS))
        if self.sign not in (TOWARD, AWAY):
            raise InputError("SIGN", self.sign, f"{TOWARD}, {AWAY}")
        if self.crs:
            coordinates.parse(self.crs)
        if bool(self.x_field) != bool(self.y_field):
            raise InputError("X_FIELD and Y_FIELD", self.x_field or self.y_field, "both or none")
        if self.incidence is not None and not 0.0 <= self.incidence < 90.0:
            raise InputError("INCIDENCE", self.incidence, "0 to below 90 degrees")
        if self.heading is not None and not -360.0 <= self.heading <= 360.0:
            raise InputError("HEADING", self.heading, "-360 to 360 degrees")
        if self.heading is not None and self.incidence is None:
            raise InputError("INCIDENCE", "nothing", "an angle when HEADING is given", "Give both angles")
        if not 0.0 <= self.min_coherence <= 1.0:
            raise InputError("MIN_COHERENCE", self.min_coherence, "0 to 1")
        if self.max_points < 0:
            raise InputError("MAX_POINTS", self.max_points, "0 or more")
        for part in ("%Y", "%m", "%d") if self.date_pattern else ():
            if part not in self.date_pattern and not (part == "%Y" and "%y" in self.date_pattern):
                raise InputError(
                    "DATE_PATTERN", self.date_pattern, "a pattern with %Y (or %y), %m and %d", "E.g. D%Y%m%d"
                )
        if self.extent is not None and not all(map(math.isfinite, self.extent)):
            raise InputError("EXTENT", self.extent, "four numbers")
