"""Parameters of the comparison with levelling or GNSS."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Union

from .. import crs as coordinates
from ..component import COMPONENTS, VERTICAL
from ..errors import InputError
from ..outputfolder import check_output
from ..pointimport.params import UNITS
from ..pointsource import Points
from .benchmarks import ALIGN, FIRST
from .cross_params import check_incidence_parameter
from .observations import Source


@dataclass(frozen=True)
class GroundTruthParams:
    """What `run_groundtruth` needs; exactly one of `truth` and `table`.

    points : measurement points, with series unless the truth is velocities, or the velocity raster of a displacement
    folder. radius : points or pixels this near a benchmark [m] are averaged. component : vertical or los. align : see
    `benchmarks.compare_series`. unit : of the truth's lengths. remove_offset : velocities only, take the median
    difference off the points. crs : of a table's x and y. field : attribute with the velocity [mm/yr].
    incidence [deg] : for points that do not know theirs.
    """

    points: Source
    output: Union[str, Path]
    truth: Points | None = None
    table: Union[str, Path] = ""
    radius: float = 100.0
    component: str = VERTICAL
    align: str = FIRST
    remove_offset: bool = False
    unit: str = "mm"
    crs: str = ""
    field: str = "velocity"
    incidence: float | None = None

    def validate(self) -> None:
        """Raise InputError for a value that cannot be used."""
        check_output(self.output, "groundtruth")
        if (self.truth is None) == (not str(self.table)):
            both = "neither" if self.truth is None else "both"
            raise InputError("TRUTH and TRUTH_TABLE", both, "exactly one of the two", "Give a layer or a table")
        if not (math.isfinite(self.radius) and self.radius > 0):
            raise InputError("RADIUS", self.radius, "a length above 0 m")
        if self.component not in COMPONENTS:
            raise InputError("COMPONENT", self.component, " or ".join(COMPONENTS))
        if self.align not in ALIGN:
            raise InputError("ALIGN", self.align, " or ".join(ALIGN))
        if self.unit not in UNITS:
            raise InputError("UNIT", self.unit, ", ".join(UNITS))
        if self.crs:
            coordinates.parse(self.crs, "TRUTH_CRS")
        if not self.field:
            raise InputError("FIELD", self.field, "the name of the field with the velocity")
        check_incidence_parameter("INCIDENCE", self.incidence)
