"""Parameters of the decomposition into east and up."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Union

from ..errors import InputError
from ..outputfolder import check_output
from ..vector import VectorInput
from .cross_params import check_cells, same_source
from .observations import Source


@dataclass(frozen=True)
class DecomposeParams:
    """What `run_decompose` needs.

    tracks : two or more, with line-of-sight vectors. spacing : side of the cells [m]. max_condition : cells whose
    condition number is larger get no result. std : standard deviation [mm/yr] of tracks that do not state theirs.
    min_points : per cell and track. field : attribute of points with the velocity [mm/yr]. crs : metric system of
    the cells, empty to choose. reference : points or areas that stand still, where every track becomes zero; None when
    the tracks have the same reference already.
    """

    tracks: tuple[Source, ...]
    output: Union[str, Path]
    spacing: float = 50.0
    max_condition: float = 5.0
    std: float = 1.0
    min_points: int = 1
    field: str = "velocity"
    crs: str = ""
    reference: VectorInput | None = None

    def validate(self) -> None:
        """Raise InputError for a value that cannot be used."""
        check_output(self.output, "decompose")
        if len(self.tracks) < 2:
            raise InputError("TRACKS", f"{len(self.tracks)} layer", "at least two tracks", "Add another track")
        for number, track in enumerate(self.tracks):
            if any(same_source(track, other) for other in self.tracks[:number]):
                raise InputError("TRACKS", "the same layer twice", "different tracks", "Choose another layer")
        check_cells(self.spacing, self.min_points, self.crs)
        if not self.max_condition > 1.0:
            raise InputError("MAX_CONDITION", self.max_condition, "a number above 1", "5 suits most")
        if not (math.isfinite(self.std) and self.std > 0):
            raise InputError("STD", self.std, "a standard deviation above 0 mm/yr")
        if not self.field:
            raise InputError("FIELD", self.field, "the name of the field with the velocity")
        if self.reference is not None:
            self.reference.check("REFERENCE", ("point", "polygon"), "points or polygons on stable ground")
