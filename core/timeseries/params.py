"""What the user says to the inversion and to the change of reference."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..finished import describe_vector
from ..outputfolder import check_output
from ..vector import VectorInput
from . import selection
from .masking import Mask, describe_mask
from .options import GAPS, LOSSES, WEIGHTS
from .reference_area import STATISTICS


@dataclass(frozen=True)
class SbasParams:
    """Parameters of the inversion.

    input : folder of a stack of unwrapped interferograms. output : folder for the results.
    weights : none or coherence. loss : l2 or l1. gaps : minimum_norm or nsbas (see `Options`).
    dem_error : estimate a height error per pixel with the baselines.
    reference : points or polygons on stable ground; None lets the program choose and say so.
    mask : raster (0 = not used) on the grid of the stack, or polygons (inside = used).
    min_coherence : values of a pair below this coherence count as missing; 0 for none.
    min_pairs : pixels with fewer valid pairs are left out; 0 means as many as there
        are unknowns (dates less one in a connected network).
    start, end : first and last date (YYYY-MM-DD), empty for all.
    max_points : at most this many measurement points. point_coherence : their least temporal coherence.
    statistic : median or mean of a reference area.
    """

    input: str | Path
    output: str | Path
    weights: str = "none"
    loss: str = "l2"
    gaps: str = "minimum_norm"
    dem_error: bool = False
    reference: VectorInput | None = None
    mask: Mask | None = None
    min_coherence: float = 0.0
    min_pairs: int = 0
    start: str = ""
    end: str = ""
    max_points: int = 300_000
    point_coherence: float = 0.7
    statistic: str = "median"

    def validate(self) -> None:
        """Raise InputError for a value that cannot be used."""
        for name, value, allowed in (
            ("WEIGHTS", self.weights, WEIGHTS),
            ("LOSS", self.loss, LOSSES),
            ("GAPS", self.gaps, GAPS),
            ("Statistic", self.statistic, STATISTICS),
        ):
            if value not in allowed:
                raise InputError(name, value, " or ".join(allowed))
        for name, number in (
            ("MIN_COHERENCE", self.min_coherence),
            ("POINT_COHERENCE", self.point_coherence),
        ):
            if not 0.0 <= number <= 1.0:
                raise InputError(name, number, "a number from 0 to 1")
        if self.min_pairs < 0:
            raise InputError("MIN_PAIRS", self.min_pairs, "0 (automatic) or a number of interferograms")
        if self.max_points < 1:
            raise InputError(
                "MAX_POINTS", self.max_points, "at least 1", "300000 is what QGIS shows with ease"
            )
        start, end = selection.parse_day(self.start, "START"), selection.parse_day(self.end, "END")
        if start is not None and end is not None and end <= start:
            raise InputError("END", self.end, f"a date after START ({self.start})", "Correct one of the two")
        check_folders(self.input, self.output, "sbas")

    def describe(self) -> dict[str, Any]:
        """The parameters as JSON, without the output folder."""
        return {
            **{k: v for k, v in asdict(self).items() if k not in ("output", "reference", "mask")},
            "input": Path(self.input).absolute().as_posix(),
            "reference": describe_vector(self.reference),
            "mask": describe_mask(self.mask),
        }


@dataclass(frozen=True)
class ReferenceParams:
    """Parameters of the change of reference.

    input : displacement folder. output : folder for the same with the new reference.
    reference : points or polygons on stable ground. statistic : median or mean of an area.
    """

    input: str | Path
    output: str | Path
    reference: VectorInput
    statistic: str = "median"

    def validate(self) -> None:
        """Raise InputError for a value that cannot be used."""
        if self.statistic not in STATISTICS:
            raise InputError("Statistic", self.statistic, " or ".join(STATISTICS))
        if not self.reference.wkb:
            raise InputError("REFERENCE", self.reference.name or "layer", "at least one point or polygon")
        check_folders(self.input, self.output, "reference")

    def describe(self) -> dict[str, Any]:
        """The parameters as JSON, without the output folder."""
        return {
            "input": Path(self.input).absolute().as_posix(),
            "reference": describe_vector(self.reference),
            "statistic": self.statistic,
        }


def check_folders(given: str | Path, output: str | Path, algorithm: str) -> None:
    """Refuse an empty input, and an output that is the input or holds what another algorithm wrote."""
    if not str(given):
        raise InputError("INPUT", "nothing", "an existing folder", "Choose the folder")
    check_output(output, algorithm, given)
