"""Parameters of simulated Sentinel-1 images."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..errors import InputError
from .tops_nominal import BURSTS, MODE

# Subswaths, bursts, samples and dates.
SIZES = {
    "small": (("IW2",), 2, 256, 2),
    "medium": (("IW1", "IW2"), 3, 512, 4),
    "large": (("IW1", "IW2", "IW3"), 4, 1024, 8),
}
# Per date: metres across and above the first orbit, seconds by which bursts start later, timing error in lines.
ORBITS = (
    (0.0, 0.0, 0.0, 0.0),
    (95.0, -30.0, 0.0043, 0.020),
    (-60.0, 20.0, -0.0011, -0.013),
    (40.0, 35.0, 0.0031, 0.030),
    (120.0, -45.0, -0.0052, 0.007),
    (-100.0, 10.0, 0.0024, -0.024),
    (15.0, -20.0, -0.0037, 0.015),
    (70.0, 25.0, 0.0012, -0.006),
)
LEAST_SAMPLES, MOST_SAMPLES = 64, 4096


@dataclass(frozen=True)
class TopsParams:
    """Which images.

    output : folder of the scene. seed : of all random numbers. size : small, medium or large; `swaths`, `bursts`,
    `samples` and `dates`, where they are given, override it.
    annotations : folder with two SAFE folders of one track, whose orbits, timing and polynomials are taken (no pixels
    are read); empty for a made-up orbit. coherence : of any two dates. fringes : of the bowl until the last date.
    misregistration : lines by which the targets of each date appear late; empty for those of ORBITS.
    """

    output: str | os.PathLike[str]
    seed: int = 1
    size: str = "small"
    annotations: str | os.PathLike[str] = ""
    swaths: tuple[str, ...] = ()
    bursts: int = 0
    samples: int = 0
    dates: int = 0
    coherence: float = 0.8
    fringes: float = 2.0
    misregistration: tuple[float, ...] = ()

    def validate(self) -> None:
        """Raise InputError for a value that cannot be used."""
        if self.seed < 0:
            raise InputError("SEED", self.seed, "a whole number, 0 or above")
        if self.size not in SIZES:
            raise InputError("SIZE", self.size, ", ".join(SIZES))
        if str(self.annotations) and not Path(self.annotations).expanduser().is_dir():
            raise InputError("ANNOTATIONS", str(self.annotations), "a folder with two SAFE folders, or empty")
        if not set(self.swaths) <= set(MODE) or len(set(self.swaths)) != len(self.swaths):
            raise InputError("Swaths", ", ".join(self.swaths), ", ".join(MODE), "Name each once")
        if not 0 <= self.bursts <= BURSTS:
            raise InputError("Bursts", self.bursts, f"1 to {BURSTS}, or 0 for those of the size")
        if self.samples and not LEAST_SAMPLES <= self.samples <= MOST_SAMPLES:
            raise InputError("COLUMNS", self.samples, f"0, or {LEAST_SAMPLES} to {MOST_SAMPLES} samples")
        most = 2 if str(self.annotations) else len(ORBITS)
        if self.dates and not 2 <= self.dates <= most:
            raise InputError("Dates", self.dates, f"2 to {most}, or 0 for those of the size")
        if not 0.0 <= self.coherence <= 1.0:
            raise InputError("Coherence", self.coherence, "0 to 1")
        if self.misregistration and len(self.misregistration) != self.count:
            raise InputError("Misregistration", len(self.misregistration), f"a number for each of {self.count} dates")

    @property
    def names(self) -> tuple[str, ...]:
        """Subswaths to make, in order."""
        wanted = self.swaths or SIZES[self.size][0]
        return tuple(name for name in MODE if name in wanted)

    @property
    def extent(self) -> tuple[int, int]:
        """Bursts and samples to make."""
        _, bursts, samples, _ = SIZES[self.size]
        return self.bursts or bursts, self.samples or samples

    @property
    def count(self) -> int:
        """Dates to make; a pair of annotations gives two."""
        if str(self.annotations):
            return 2
        return self.dates or SIZES[self.size][3]

    @property
    def late(self) -> tuple[float, ...]:
        """Misregistration of each date [lines]."""
        return self.misregistration or tuple(orbit[3] for orbit in ORBITS[: self.count])

    def facts(self) -> dict[str, Any]:
        """Everything that decides the bytes; the folder does not."""
        facts = {key: value for key, value in asdict(self).items() if key != "output"}
        return {"scenario": "tops", **facts, "annotations": str(self.annotations)}
