"""Parameters of the polygon statistics."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Union

from ...component import COMPONENTS, VERTICAL
from ...errors import InputError
from ...outputfolder import check_output
from ...validation.observations import Source
from ...vector import VectorInput

ALGORITHM = "polygonstatistics"


@dataclass(frozen=True)
class PolygonParams:
    """What `run_polygons` needs.

    points : measurement points or a velocity raster. polygons : areas of interest. name_field, class_field : of the
    polygons, empty for the usual names and for no classes. component : vertical or los; incidence [deg] : where
    unknown. field : attribute of points with the velocity [mm/yr]. length [m] : over which differential motion is
    taken. min_points : of a cell that takes part in it. zones : features whose distance to the polygons is wanted.
    stack : folder of interferograms for pictures around the polygons; pairs : which ones, empty for six of them.
    faults : lines over the pictures. margin [m] : around the polygons in the pictures.
    """

    points: Source
    polygons: VectorInput
    output: Union[str, Path]
    name_field: str = ""
    class_field: str = ""
    component: str = VERTICAL
    incidence: Optional[float] = None
    field: str = "velocity"
    length: float = 100.0
    min_points: int = 2
    zones: Optional[VectorInput] = None
    stack: Union[str, Path] = ""
    pairs: tuple[str, ...] = ()
    faults: Optional[VectorInput] = None
    margin: float = 2000.0

    def validate(self) -> None:
        """Raise InputError for a value that cannot be used."""
        check_output(self.output, ALGORITHM, self.stack)
        self.polygons.check("POLYGONS", ("polygon",), "polygons")
        names = {name for row in self.polygons.attributes for name in row}
        for field, name in (("NAME_FIELD", self.name_field), ("CLASS_FIELD", self.class_field)):
            if name and name not in names:
                seen = ", ".join(sorted(names)) or "it has none"
                raise InputError(field, name, f"a field of {self.polygons.name or 'the polygons'}: {seen}")
        if self.zones is not None:
            self.zones.check("ZONES", ("point", "line", "polygon"), "points, lines or polygons")
        if self.faults is not None:
            self.faults.check("FAULTS", ("line",), "lines")
        if self.component not in COMPONENTS:
            raise InputError("COMPONENT", self.component, " or ".join(COMPONENTS))
        if self.incidence is not None and not 0.0 <= self.incidence < 90.0:
            raise InputError(
                "INCIDENCE", self.incidence, "0 to below 90 degrees", "0 means that the rates are vertical"
            )
        if not self.field:
            raise InputError("FIELD", self.field, "the name of the field with the velocity")
        if not (math.isfinite(self.length) and self.length > 0):
            raise InputError("LENGTH", self.length, "a length above 0 m")
        if self.min_points < 1:
            raise InputError("MIN_POINTS", self.min_points, "1 or more")
        if not (math.isfinite(self.margin) and self.margin >= 0):
            raise InputError("MARGIN", self.margin, "a length of 0 m or more")
        if self.pairs and not str(self.stack):
            raise InputError("PAIRS", ", ".join(self.pairs), "pairs of STACK", "Give the folder of the interferograms")
