"""Parameters of `geocode`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import crs as systems
from ..errors import InputError
from ..outputfolder import check_output

ALGORITHM = "geocode"
LARGEST_DEGREES = 1.0  # of a cell: more is a number of metres in a system of degrees
SMALLEST_METRES = 0.1  # of a cell: less is a number of degrees in a system of metres


@dataclass(frozen=True)
class GeocodeParams:
    """What goes onto which map.

    input : folder of a stack in radar frame. output : folder of the stack on the map. crs : of the map; empty: the UTM
    zone of the scene's middle. spacing : side of a cell in the unit of the CRS; None: from the size of the radar's
    cells on the ground. extent, extent_crs : (x min, y min, x max, y max) of the map and its system; None: all.
    """

    input: str
    output: str
    crs: str = ""
    spacing: float | None = None
    extent: tuple[float, float, float, float] | None = None
    extent_crs: str = ""

    def validate(self) -> None:
        """Raise InputError for what cannot be used."""
        if not str(self.input):
            raise InputError("INPUT", "nothing", "the folder of a stack in radar coordinates")
        check_output(self.output, ALGORITHM, self.input)
        if self.crs:
            reference = systems.parse(self.crs)
            if not (reference.IsProjected() or reference.IsGeographic()):
                raise InputError("CRS", reference.GetName(), "a map projection, or longitude and latitude")
            self.check_spacing(self.crs)
        elif self.spacing is not None:
            self.check_spacing(systems.utm(0.0, 0.0))
        if self.extent is not None:
            xmin, ymin, xmax, ymax = self.extent
            if not (xmax > xmin and ymax > ymin):
                raise InputError(
                    "EXTENT", self.extent, "xmin < xmax and ymin < ymax", "Draw the rectangle again"
                )

    def check_spacing(self, crs: str) -> None:
        """Refuse a spacing that is none, or that is meant in another unit than the system's."""
        if self.spacing is None:
            return
        if not (math.isfinite(self.spacing) and self.spacing > 0.0):
            raise InputError("SPACING", self.spacing, "a size above 0, or nothing for the automatic one")
        if systems.is_geographic(crs):
            if self.spacing > LARGEST_DEGREES:
                raise InputError(
                    "SPACING",
                    f"{self.spacing:g} degrees",
                    "a size in degrees, because the CRS is one of longitudes and latitudes (0.0002 is about 20 m)",
                    "State it in degrees, choose a CRS in metres, or leave it empty",
                )
        elif self.spacing * systems.parse(crs).GetLinearUnits() < SMALLEST_METRES:
            raise InputError(
                "SPACING",
                f"{self.spacing:g} {systems.parse(crs).GetLinearUnitsName()}",
                "a size in the unit of the CRS, such as 20 for metres",
                "State it in the unit of the CRS, or leave it empty",
            )

    def plain(self) -> dict[str, Any]:
        """As JSON has it, without OUTPUT."""
        return {
            "input": Path(self.input).expanduser().absolute().as_posix(),
            "crs": self.crs,
            "spacing": self.spacing,
            "extent": list(self.extent) if self.extent else None,
            "extent_crs": self.extent_crs,
        }
