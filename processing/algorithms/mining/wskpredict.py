"""The toolbox entry of `wskpredict`."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputHtml,
    QgsProcessingOutputRasterLayer,
    QgsProcessingOutputVectorLayer,
)

from ....core.mining.estimate_params import WskPredictParams
from ....core.mining.predict_job import run_wskpredict
from ....core.monitor import Monitor
from ....core.result import Result
from ... import parameters as make
from ...base import GroundlineAlgorithm
from ...groups import MINING
from . import results


class WskPredictAlgorithm(GroundlineAlgorithm):
    """Continues a salt mine's subsidence beyond the record."""

    ID = "wskpredict"
    TITLE = "Predict subsidence (WSK)"
    GROUP = MINING
    SUMMARY = """Continues the subsidence of a salt mine beyond the record with the model that 'wskestimate' found: a
        map and its standard deviation for every date asked for, dated for the temporal controller.

        With a displacement folder as TRUTH the prediction is scored at the dates that both have: fit the first dates
        (FIRST_DATES of wskestimate) and score the others against SBAS. A model with a free value per interval cannot
        be continued."""
    TAGS = (*GroundlineAlgorithm.TAGS, "salt", "mining", "forecast", "prediction", "wsk")
    HELP = (
        ("INPUT", "Folder that wskestimate wrote (with wsk.json)."),
        ("DATES", "Dates to predict, YYYY-MM-DD, separated by commas. When empty, STEP and END decide."),
        ("STEP", "Days between predictions."),
        ("END", "Last date to predict, YYYY-MM-DD."),
        (
            "TEMPERATURES",
            "CSV of the brine's temperature from the record's end to the last date, for a temperature-driven model. "
            "Inside the record the series of the estimate stays, because D was found with it.",
        ),
        ("TRUTH", "Displacement folder to score the prediction against, from sbas for instance."),
        (
            "OUTPUT",
            "Folder for displacement/YYYYMMDD.tif and displacement_std, points.gpkg, layers.qlr, report.html and "
            "result.json; 'brine' and 'funnels' take it.",
        ),
        ("VELOCITY", "Line-of-sight velocity of the predicted dates in mm/yr."),
        ("POINTS", "Points with one column per predicted date in mm."),
        ("HTML", "Report with maps, series with bands, and scores."),
    )
    NUMBERS = results.PREDICT_NUMBERS

    def define(self) -> None:
        self.addParameter(make.input_folder("INPUT", "Folder of wskestimate"))
        self.addParameter(make.text("DATES", "Dates (YYYY-MM-DD, separated by commas)"))
        self.addParameter(make.integer("STEP", "Days between predictions", 30, minimum=1))
        self.addParameter(make.date("END", "Last date"))
        self.addParameter(make.input_file("TEMPERATURES", "Brine temperatures", ("csv",)))
        self.addParameter(make.input_folder("TRUTH", "Displacement folder to score against", optional=True))
        self.addParameter(make.output_folder(description="Displacement folder of the prediction"))
        self.addOutput(QgsProcessingOutputRasterLayer("VELOCITY", "Velocity"))
        self.addOutput(QgsProcessingOutputVectorLayer("POINTS", "Points"))
        self.addOutput(QgsProcessingOutputHtml("HTML", "Report"))

    def core_parameters(self, parameters: dict[str, Any], context: QgsProcessingContext) -> WskPredictParams:
        return WskPredictParams(
            input=self.folder(parameters, "INPUT", context),
            output=self.folder(parameters, "OUTPUT", context),
            dates=self.parameterAsString(parameters, "DATES", context),
            step=self.parameterAsInt(parameters, "STEP", context),
            end=self.parameterAsString(parameters, "END", context),
            temperatures=self.parameterAsString(parameters, "TEMPERATURES", context),
            truth=self.parameterAsString(parameters, "TRUTH", context),
        )

    def compute(self, params: WskPredictParams, monitor: Monitor) -> Result:
        return run_wskpredict(params, monitor, self.resources())

    def present(
        self, result: Result, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        return results.present(result, context)
