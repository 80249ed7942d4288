"""A trivial algorithm that exercises the base class; tests only, never shipped."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qgis.core import QgsProcessingContext

from groundline.core.errors import Cancelled, InputError
from groundline.core.monitor import Monitor
from groundline.core.result import Result
from groundline.core.version import VERSION
from groundline.processing import parameters as make
from groundline.processing.base import GroundlineAlgorithm
from groundline.processing.groups import DATA


@dataclass(frozen=True)
class ProbeParameters:
    """What the probe is told to do."""

    output: Path
    count: int
    mode: str

    def validate(self) -> None:
        if self.count > 5:
            raise InputError("COUNT", self.count, "at most 5", "Lower it")


class ProbeAlgorithm(GroundlineAlgorithm):
    """Counts, and fails in the way that MODE names."""

    ID = "probe"
    TITLE = "Probe"
    GROUP = DATA
    SUMMARY = "Counts to a number & says so.\n\nSecond paragraph."
    HELP = (
        ("COUNT", "How far to count."),
        ("MODE", "What happens on the way."),
        ("OUTPUT", "Folder for the result."),
    )
    NUMBERS = (("counted", "Numbers counted"), ("missed", "Numbers missed"))

    def define(self) -> None:
        self.addParameter(make.integer("COUNT", "Count", 3, minimum=1))
        self.addParameter(make.advanced(make.choice("MODE", "Mode", MODES, "work")))
        self.addParameter(make.output_folder())

    def core_parameters(self, parameters: dict[str, Any], context: QgsProcessingContext) -> ProbeParameters:
        return ProbeParameters(
            output=self.folder(parameters, "OUTPUT", context),
            count=self.parameterAsInt(parameters, "COUNT", context),
            mode=self.parameterAsEnumString(parameters, "MODE", context),
        )

    def compute(self, params: ProbeParameters, monitor: Monitor) -> Result:
        for step in range(params.count):
            monitor.step(step / params.count)
            monitor.info(f"step {step}")
        if params.mode != "work":
            raise FAILURES[params.mode]
        params.output.mkdir(parents=True, exist_ok=True)
        result = Result("probe", params.output, warnings=["Counting is not science."])
        result.number("counted", params.count, "", "Numbers counted")
        result.number("missed", None, "", "Numbers missed")
        result.write({"COUNT": params.count}, VERSION)
        return result


FAILURES: dict[str, Exception] = {
    "input": InputError("File", "a.tif", "a readable raster", "Check it"),
    "cancelled": Cancelled(),
    "full": OSError(errno.ENOSPC, "No space left on device"),
}
MODES = ("work", *FAILURES)
