"""Parameters of the time-series analysis."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Union

from ...errors import InputError
from ...outputfolder import check_output
from ...pointsource import Points

ALGORITHM = "seasonal"


@dataclass(frozen=True)
class SeasonalParams:
    """What `run_seasonal` needs; exactly one of `input` and `points`.

    input : displacement folder. points : measurement points with a series. significance : see `analysis.Rules`, as
    are min_velocity [mm/yr] and min_amplitude [mm]. min_segment : dates on either side of a break, 0 for a tenth of
    them and at least four. semiannual : with terms of half a year. correlated : allow for noise correlated in time.
    """

    output: Union[str, Path]
    input: Union[str, Path] = ""
    points: Optional[Points] = None
    significance: float = 0.01
    min_velocity: float = 1.0
    min_amplitude: float = 1.0
    min_segment: int = 0
    semiannual: bool = False
    correlated: bool = True

    def validate(self) -> None:
        """Raise InputError for a value that cannot be used."""
        check_output(self.output, ALGORITHM, self.input)
        if bool(str(self.input)) == (self.points is not None):
            raise InputError(
                "INPUT and POINTS",
                "both" if self.points is not None else "neither",
                "exactly one of the two",
                "Choose a displacement folder or measurement points",
            )
        if not 0.0 < self.significance <= 0.5:
            raise InputError("SIGNIFICANCE", self.significance, "above 0 to 0.5", "0.01 is usual")
        for name, value in (("MIN_VELOCITY", self.min_velocity), ("MIN_AMPLITUDE", self.min_amplitude)):
            if not (math.isfinite(value) and value >= 0.0):
                raise InputError(name, value, "0 or more")
        if self.min_segment != 0 and self.min_segment < 3:
            raise InputError("MIN_SEGMENT", self.min_segment, "3 or more dates, or 0 for a tenth of them")
