"""What the user says to the filters."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..outputfolder import check_output
from .goldstein import GoldsteinOptions
from .selection import SelectionOptions

SHPFILTER, GOLDSTEIN = "shpfilter", "goldstein"
AUTO, AMPLITUDE, PHASE = "auto", "amplitude", "phase"
WEIGHTS = (AUTO, AMPLITUDE, PHASE)


@dataclass(frozen=True)
class ShpFilterParams:
    """Parameters of the filter over statistically homogeneous pixels (SHP).

    input : folder of a stack of wrapped interferograms. output : folder of the filtered one.
    amplitudes : folder of another stack on the same grid with the amplitudes of the images (or the images);
        empty: those of the input.
    selection : window, level and test. minimum : pixels with so many SHP or fewer stay as they are.
    unbiased : take the bias of few looks out of the coherence.
    """

    input: str | Path
    output: str | Path
    amplitudes: str | Path = ""
    selection: SelectionOptions = field(default_factory=SelectionOptions)
    minimum: int = 18
    unbiased: bool = False

    def validate(self) -> None:
        """Raise InputError for a value that cannot be used."""
        self.selection.validate()
        most = self.selection.neighbourhood.rows * self.selection.neighbourhood.columns - 1
        if not 0 <= self.minimum < most:
            raise InputError(
                "MIN_COUNT",
                self.minimum,
                f"0 to {most - 1}: the window has {most} pixels beside its centre",
                "Lower it, or widen the window",
            )
        check_output(self.output, SHPFILTER, self.input)

    def describe(self) -> dict[str, Any]:
        """The parameters as JSON, without the output folder."""
        amplitudes = Path(self.amplitudes).absolute().as_posix() if str(self.amplitudes) else ""
        return {
            "input": Path(self.input).absolute().as_posix(),
            "amplitudes": amplitudes,
            **asdict(self.selection),
            "minimum": self.minimum,
            "unbiased": self.unbiased,
        }


@dataclass(frozen=True)
class GoldsteinParams:
    """Parameters of the Goldstein filter.

    input : folder of a stack of wrapped interferograms. output : folder of the filtered one.
    options : strength, patch, overlap, smoothing. weights : what a phase weighs: amplitude (magnitude of the
        interferogram), phase (all alike), or auto: amplitude where all interferograms have one and no filter has
        been at them before, because a bright pixel says nothing of a phase that is the mean of others.
    """

    input: str | Path
    output: str | Path
    options: GoldsteinOptions = field(default_factory=GoldsteinOptions)
    weights: str = AUTO

    def validate(self) -> None:
        """Raise InputError for a value that cannot be used."""
        self.options.validate()
        if self.weights not in WEIGHTS:
            raise InputError("WEIGHTS", self.weights, ", ".join(WEIGHTS))
        check_output(self.output, GOLDSTEIN, self.input)

    def describe(self) -> dict[str, Any]:
        """The parameters as JSON, without the output folder."""
        given = Path(self.input).absolute().as_posix()
        return {"input": given, **asdict(self.options), "weights": self.weights}
