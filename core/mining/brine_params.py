"""Parameters of the brine estimate."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import InputError
from ..vector import VectorInput
from .brine import Deposit
from .gaps import FILL, GAPS
from .volumes import LAST, SELECTIONS


@dataclass(frozen=True)
class BrineParams:
    """What `run_brine` needs.

    input : displacement folder. funnels : polygons with the field `funnel`; None takes the whole grid as one funnel.
    threshold : subsidence [mm] beyond which a pixel counts. selection : `last` or `each`, see `volumes`.
    records : CSV with production records (from, to, tonnes, funnel), or empty. gaps : `fill` or `leave` pixels
    without a value, see `gaps`.
    """

    input: str | Path
    output: str | Path
    funnels: VectorInput | None = None
    deposit: Deposit = field(default_factory=Deposit)
    threshold: float = 10.0
    selection: str = LAST
    records: str | Path = ""
    gaps: str = FILL

    def validate(self) -> None:
        """Refuse values outside their range, by name."""
        for name, value in (("INPUT", self.input), ("OUTPUT", self.output)):
            if not str(value).strip() or str(value) == ".":
                raise InputError(name, "nothing", "a folder")
        self.deposit.validate()
        if not (math.isfinite(self.threshold) and self.threshold >= 0):
            raise InputError(
                "THRESHOLD", f"{self.threshold:g} mm", "0 mm or more (subsidence counts positive)"
            )
        for name, value, allowed in (
            ("SELECTION", self.selection, SELECTIONS),
            ("GAPS", self.gaps, GAPS),
        ):
            if value not in allowed:
                raise InputError(name, value, " or ".join(allowed))
        if str(self.records) and not Path(self.records).is_file():
            raise InputError(
                "RECORDS", str(self.records), "an existing CSV file", "Check the path, or leave it empty"
            )
