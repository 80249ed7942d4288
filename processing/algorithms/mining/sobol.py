"""The toolbox entry of `sobol`."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputFile,
    QgsProcessingOutputHtml,
)

from ....core.mining.sobol_job import SobolParams, run_sobol
from ....core.monitor import Monitor
from ....core.result import Result
from ... import parameters as make
from ...base import GroundlineAlgorithm
from ...groups import MINING
from . import deposit


class SobolAlgorithm(GroundlineAlgorithm):
    """Sensitivity of subsidence and brine to the parameters of the model."""

    ID = "sobol"
    TITLE = "Sensitivity of the salt model"
    GROUP = MINING
    SUMMARY = """Sobol indices of first and total order for the diffusion coefficient D and the concentration Cx of the
        water-solution-kinetic model: their shares in the variance of subsidence, product and channel diameter, with
        bootstrap intervals, classes of importance, and the effect of changing one parameter at a time."""
    TAGS = (*GroundlineAlgorithm.TAGS, "salt", "mine", "sobol", "sensitivity")
    HELP = (
        ("D_MIN", "Lower end of the range of D in 1e-9 m²/s."),
        ("D_MAX", "Upper end of the range of D in 1e-9 m²/s."),
        ("CX_MIN", "Lower end of the range of Cx in g/100 g of water."),
        ("CX_MAX", "Upper end of the range of Cx in g/100 g of water; empty for the saturation CS."),
        ("CS", "Concentration of the saturated solution in g/100 g of water."),
        ("DELTA", "Thickness of the saturated layer in m."),
        ("DAYS", "Time of solution in days."),
        ("AREA", "Ground that sinks, in m²."),
        *deposit.HELP,
        ("SAMPLES", "Base sample, a power of 2; the model is run four times as often."),
        ("RESAMPLES", "Bootstrap samples for the intervals; 0 for none."),
        ("SEED", "Start of the random scrambling; the same seed gives the same numbers."),
        ("OUTPUT", "Folder for tables, figures and report."),
        ("TABLE", "CSV of the indices with intervals and classes."),
        ("HTML", "Report with figures, indices and how to read them."),
    )
    NUMBERS = tuple(
        (f"{order}_{output}_{parameter}", f"{order.capitalize()}-order index of {text} on {what}")
        for output, what in (("s", "subsidence"), ("ty", "product"), ("d", "channel diameter"))
        for parameter, text in (("d", "D"), ("cx", "Cx"))
        for order in ("first", "total")
    )

    def define(self) -> None:
        add = self.addParameter
        add(make.real("D_MIN", "Lowest D [1e-9 m²/s]", 0.0, minimum=0.0, decimals=6))
        add(make.real("D_MAX", "Highest D [1e-9 m²/s]", 1.87, minimum=0.0, decimals=6))
        add(make.real("CX_MIN", "Lowest Cx [g/100 g]", 0.0, minimum=0.0))
        add(make.real("CX_MAX", "Highest Cx [g/100 g]", None, minimum=0.0, optional=True))
        add(make.real("CS", "Saturated concentration Cs [g/100 g]", 48.8, minimum=0.0))
        add(make.real("DELTA", "Thickness of the saturated layer [m]", 3.0, minimum=0.0))
        add(make.real("DAYS", "Time [d]", 792.0, minimum=0.0))
        add(make.real("AREA", "Sinking ground [m²]", 10_000.0, minimum=0.0))
        deposit.add_parameters(self)
        add(make.integer("SAMPLES", "Base sample", 4096, minimum=8))
        add(make.advanced(make.integer("RESAMPLES", "Bootstrap samples", 500, minimum=0)))
        add(make.advanced(make.integer("SEED", "Seed", 1, minimum=0)))
        add(make.output_folder())
        self.addOutput(QgsProcessingOutputFile("TABLE", "Indices"))
        self.addOutput(QgsProcessingOutputHtml("HTML", "Sensitivity report"))

    def core_parameters(self, parameters: dict[str, Any], context: QgsProcessingContext) -> SobolParams:
        def number(name: str) -> float:
            return self.parameterAsDouble(parameters, name, context)

        given = parameters.get("CX_MAX")
        return SobolParams(
            output=self.folder(parameters, "OUTPUT", context),
            d_low=number("D_MIN") * 1e-9,
            d_high=number("D_MAX") * 1e-9,
            cx_low=number("CX_MIN"),
            cx_high=number("CX_MAX") if given not in (None, "") else None,
            cs=number("CS"),
            delta=number("DELTA"),
            days=number("DAYS"),
            area=number("AREA"),
            deposit=deposit.deposit_of(self, parameters, context),
            samples=self.parameterAsInt(parameters, "SAMPLES", context),
            resamples=self.parameterAsInt(parameters, "RESAMPLES", context),
            seed=self.parameterAsInt(parameters, "SEED", context),
        )

    def compute(self, params: SobolParams, monitor: Monitor) -> Result:
        return run_sobol(params, monitor)

    def present(
        self, result: Result, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        return {
            "OUTPUT": str(result.folder),
            "TABLE": str(result.files["table"]),
            "HTML": str(result.files["report"]),
        }
