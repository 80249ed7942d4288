"""Parameters of the proposal of reference areas."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Union

from ...errors import InputError
from ...outputfolder import check_output
from ...vector import VectorInput

ALGORITHM = "proposereference"
MODE, REFERENCE = "mode", "reference"
LEVELS = (MODE, REFERENCE)


@dataclass(frozen=True)
class ProposalParams:
    """What `propose_reference` needs.

    input : displacement folder. count : most areas. size [m] : their side, at least three pixels. min_coherence :
    temporal coherence of their pixels. max_velocity [mm/yr] : against what is taken as standing still. level : which
    is the most frequent velocity (mode) or the present reference. min_distance [m] : between areas, 0 for a fifth of
    the scene's diagonal. avoid : polygons without areas.
    """

    input: Union[str, Path]
    output: Union[str, Path]
    count: int = 3
    size: float = 300.0
    min_coherence: float = 0.7
    max_velocity: float = 3.0
    level: str = MODE
    min_distance: float = 0.0
    avoid: Optional[VectorInput] = None

    def validate(self) -> None:
        """Raise InputError for a value that cannot be used."""
        check_output(self.output, ALGORITHM, self.input)
        if self.count < 1:
            raise InputError("COUNT", self.count, "1 or more")
        if not (math.isfinite(self.size) and self.size > 0):
            raise InputError("SIZE", self.size, "a length above 0 m")
        if not 0.0 <= self.min_coherence <= 1.0:
            raise InputError("MIN_COHERENCE", self.min_coherence, "0 to 1")
        if not (math.isfinite(self.max_velocity) and self.max_velocity > 0):
            raise InputError("MAX_VELOCITY", self.max_velocity, "a rate above 0 mm/yr")
        if self.level not in LEVELS:
            raise InputError("LEVEL", self.level, " or ".join(LEVELS))
        if not (math.isfinite(self.min_distance) and self.min_distance >= 0):
            raise InputError("MIN_DISTANCE", self.min_distance, "a length of 0 m or more")
        if self.avoid is not None:
            self.avoid.check("AVOID", ("polygon",), "polygons")
