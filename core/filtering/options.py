"""How homogeneous neighbours are chosen."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..errors import InputError
from .glr import critical_ratio
from .ks import critical_count
from .neighbourhood import Neighbourhood

TESTS = ("ks", "glr")
FEWEST_DATES = {"ks": 8, "glr": 2}


@dataclass(frozen=True)
class SelectionOptions:
    """How neighbours are chosen.

    alpha : level of the test, 0 to 1.
    test : "ks" (from 8 dates) or "glr", the likelihood ratio of speckle (from 2 dates).
    connected : keep only what hangs together (8 neighbours) with the centre, inside the window.
    looks : looks of the amplitudes, for "glr" (1 = single look).
    """

    neighbourhood: Neighbourhood = field(default_factory=Neighbourhood)
    alpha: float = 0.05
    test: str = "ks"
    connected: bool = False
    looks: float = 1.0

    def validate(self) -> None:
        """Raise InputError for options that no stack can be filtered with."""
        self.neighbourhood.validate()
        if not 0 < self.alpha < 1:
            raise InputError("Alpha", self.alpha, "between 0 and 1, both excluded", "The default is 0.05")
        if self.test not in TESTS:
            raise InputError("Test", self.test, " or ".join(TESTS))
        if not self.looks >= 1:
            raise InputError("Looks", self.looks, "1 or more", "Single-look amplitudes have 1")

    def validate_for(self, dates: int, rows: int, columns: int) -> None:
        """Raise InputError for a stack with too few dates, or an image smaller than the window."""
        self.validate_dates(dates)
        self.neighbourhood.validate_for(rows, columns)

    def validate_dates(self, dates: int) -> None:
        """Raise InputError for too few dates, or so few that nothing is as rare as alpha."""
        least = FEWEST_DATES[self.test]
        if dates < least:
            remedy = (
                f"Use the likelihood-ratio test (glr), which works from {FEWEST_DATES['glr']} dates"
                if FEWEST_DATES["glr"] <= dates
                else "Add dates"
            )
            raise InputError(
                "Dates with amplitudes", dates, f"at least {least} for the test {self.test}", remedy
            )
        if self.test == "ks" and critical_count(dates, self.alpha) > dates:
            raise InputError(
                "Alpha",
                self.alpha,
                f"a level that {dates} dates can reach",
                "Raise alpha, add dates, or use the likelihood-ratio test (glr)",
            )

    def critical_count(self, dates: int) -> int:
        """M D from which the KS test calls two pixels different."""
        return critical_count(dates, self.alpha)

    def critical_ratio(self, dates: int) -> float:
        """Ratio of mean intensities above which the likelihood ratio calls two pixels different."""
        return critical_ratio(dates, self.alpha, self.looks)
