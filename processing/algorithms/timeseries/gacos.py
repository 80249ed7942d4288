"""The toolbox entry of `gacos`."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProcessingContext, QgsProcessingFeedback

from ....core.monitor import Monitor
from ....core.result import Result
from ....core.timeseries.corrections.gacos import run_gacos
from ....core.timeseries.corrections.params import MISSING, GacosParams
from ... import parameters as make
from ...base import GroundlineAlgorithm
from ...groups import TIME_SERIES
from . import corrected


class GacosAlgorithm(GroundlineAlgorithm):
    """Removes the tropospheric delay of GACOS."""

    ID = "gacos"
    TITLE = "Remove GACOS delays"
    GROUP = TIME_SERIES
    SUMMARY = """Removes the tropospheric delay that GACOS (Yu et al. 2018) models, from interferograms or from a
        displacement folder: each date's zenith delay is put onto the grid, divided by the cosine of the incidence, and
        its difference between the dates is removed. Triplets of interferograms close as before.

        Order the dates of the stack at gacos.net, at the time of day of the satellite, and unpack what comes."""
    TAGS = (*GroundlineAlgorithm.TAGS, "troposphere", "atmosphere", "delay", "ztd", "correction")
    HELP = (
        (
            "INPUT",
            "Folder of a geocoded stack of unwrapped interferograms, or a displacement folder as sbas writes it.",
        ),
        (
            "DELAYS",
            "Folder with YYYYMMDD.ztd and YYYYMMDD.ztd.rsc, or YYYYMMDD.ztd.tif; subfolders are looked into.",
        ),
        (
            "MISSING",
            "refuse: stop and name the dates without a file. exclude: leave out the interferograms of these dates.",
        ),
        (
            "OUTPUT",
            "Folder for the corrected stack (phase, stack.json) or displacement folder, with removed/YYYYMMDD.tif in "
            "mm, the report and result.json.",
        ),
        *corrected.HELP,
    )
    NUMBERS = (*corrected.NUMBERS, ("dates_missing", "Dates without a GACOS file, left out"))

    def define(self) -> None:
        self.addParameter(make.stack_folder(description="Stack or displacement folder"))
        self.addParameter(make.input_folder("DELAYS", "Folder with GACOS files"))
        self.addParameter(make.choice("MISSING", "Dates without a file", MISSING, "refuse"))
        self.addParameter(make.output_folder(description="Corrected folder"))
        corrected.add_outputs(self)

    def core_parameters(self, parameters: dict[str, Any], context: QgsProcessingContext) -> GacosParams:
        return GacosParams(
            input=self.folder(parameters, "INPUT", context),
            output=self.folder(parameters, "OUTPUT", context),
            delays=self.folder(parameters, "DELAYS", context),
            missing=self.parameterAsEnumString(parameters, "MISSING", context),
        )

    def compute(self, params: GacosParams, monitor: Monitor) -> Result:
        return run_gacos(params, monitor, self.resources())

    def present(
        self, result: Result, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        return corrected.present(result, context)
