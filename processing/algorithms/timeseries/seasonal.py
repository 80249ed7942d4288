"""The toolbox entry of `seasonal`."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputFile,
    QgsProcessingOutputHtml,
    QgsProcessingOutputRasterLayer,
    QgsProcessingOutputVectorLayer,
)

from ....core import manifest
from ....core.monitor import Monitor
from ....core.result import Result
from ....core.stack import MAP, RASTER
from ....core.timeseries.seasonal.params import SeasonalParams
from ....core.timeseries.seasonal.run import run_seasonal
from ... import layers
from ... import parameters as make
from ...base import GroundlineAlgorithm
from ...groups import TIME_SERIES
from ...points import series_of


class SeasonalAlgorithm(GroundlineAlgorithm):
    """Finds trend, season, acceleration and breaks, and a class for every series."""

    ID = "seasonal"
    TITLE = "Trend, seasons and breaks"
    GROUP = TIME_SERIES
    SUMMARY = """Fits every displacement series with trend and annual term, looks for acceleration, a step or a change
        of rate, and gives each point or pixel a class: stable, linear, seasonal, accelerating, step or breakpoint.

        Every quantity comes with its standard deviation, and every class with the F statistic and the probability of
        the test that decided. Dates of breaks are searched for, and the tests allow for that."""
    TAGS = (
        *GroundlineAlgorithm.TAGS,
        "time series",
        "annual",
        "amplitude",
        "phase",
        "acceleration",
        "breakpoint",
        "classification",
    )
    HELP = (
        ("INPUT", "Displacement folder, as sbas writes it; gives rasters. Give this or POINTS."),
        ("POINTS", "Measurement points with a column per date; gives a copy with further fields."),
        (
            "SIGNIFICANCE",
            "Largest probability, per series, of taking noise for a signal. 0.01 means that one of a hundred quiet "
            "series gets another class.",
        ),
        ("MIN_VELOCITY", "Slower trends count as stable, however certain they are."),
        ("MIN_AMPLITUDE", "Smaller annual amplitudes do not make a series seasonal."),
        ("MIN_SEGMENT", "Dates on either side of a break. 0: a tenth of them, at least four."),
        ("SEMIANNUAL", "Fit a term of half a year beside the annual one."),
        (
            "CORRELATED",
            "Widen all standard deviations and tests by what the residuals show of noise that lasts from date to date.",
        ),
        ("OUTPUT", "Folder for points or rasters, the figures, the report and result.json."),
        (
            "SEASONAL",
            "Copy of the points with class, trend, amplitude, peak_day, acceleration, step, rate_change, their "
            "standard deviations and probabilities.",
        ),
        ("CLASS", "Class of every pixel, where INPUT is given; the other rasters are beside it."),
        ("HTML", "Report with map, counts, the clearest series of every class, and numbers."),
        ("FIGURE", "The clearest series of every class as PNG."),
    )
    NUMBERS = (
        ("analysed", "Points or pixels analysed"),
        ("unclassified", "Points or pixels with too few dates"),
        ("stable_count", "Classed stable"),
        ("linear_count", "Classed linear"),
        ("seasonal_count", "Classed seasonal"),
        ("accelerating_count", "Classed accelerating"),
        ("step_count", "Classed step"),
        ("breakpoint_count", "Classed breakpoint"),
        ("seasonal_amplitude", "Median annual amplitude of the class seasonal [mm]"),
        ("seasonal_peak_day", "Mean day of the year of its peak"),
        ("autocorrelation", "Correlation of the noise from date to date"),
        ("error_factor", "Factor of all standard deviations for correlated noise"),
    )

    def define(self) -> None:
        add = self.addParameter
        add(make.input_folder(description="Displacement folder", optional=True))
        add(make.series_layer(optional=True))
        add(make.real("SIGNIFICANCE", "Significance", 0.01, 0.0, 0.5, decimals=4))
        add(make.real("MIN_VELOCITY", "Minimum trend of the class linear [mm/yr]", 1.0, minimum=0.0))
        add(make.real("MIN_AMPLITUDE", "Minimum annual amplitude of the class seasonal [mm]", 1.0, minimum=0.0))
        for definition in (
            make.integer("MIN_SEGMENT", "Dates on either side of a break (0: a tenth)", 0, minimum=0),
            make.boolean("SEMIANNUAL", "Fit half-year terms too", False),
            make.boolean("CORRELATED", "Allow for noise correlated in time", True),
        ):
            add(make.advanced(definition))
        add(make.output_folder())
        self.addOutput(QgsProcessingOutputVectorLayer("SEASONAL", "Points with their class"))
        self.addOutput(QgsProcessingOutputRasterLayer("CLASS", "Class"))
        self.addOutput(QgsProcessingOutputHtml("HTML", "Time-series report"))
        self.addOutput(QgsProcessingOutputFile("FIGURE", "Figure"))

    def core_parameters(self, parameters: dict[str, Any], context: QgsProcessingContext) -> SeasonalParams:
        layer = self.parameterAsVectorLayer(parameters, "POINTS", context)
        return SeasonalParams(
            self.folder(parameters, "OUTPUT", context),
            input=self.parameterAsString(parameters, "INPUT", context),
            points=series_of(layer) if layer is not None else None,
            significance=self.parameterAsDouble(parameters, "SIGNIFICANCE", context),
            min_velocity=self.parameterAsDouble(parameters, "MIN_VELOCITY", context),
            min_amplitude=self.parameterAsDouble(parameters, "MIN_AMPLITUDE", context),
            min_segment=self.parameterAsInt(parameters, "MIN_SEGMENT", context),
            semiannual=self.parameterAsBoolean(parameters, "SEMIANNUAL", context),
            correlated=self.parameterAsBoolean(parameters, "CORRELATED", context),
        )

    def compute(self, params: SeasonalParams, monitor: Monitor) -> Result:
        return run_seasonal(params, monitor, self.resources())

    def present(
        self, result: Result, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        files = result.files
        outputs = {
            "OUTPUT": str(result.folder),
            "HTML": str(files["report"]),
            "FIGURE": str(files["examples"]),
        }
        if "seasonal" in files:
            points = layers.LayerToLoad(files["seasonal"], "Class of motion", style="class_points", table="points")
            layers.load(context, points)
            return {**outputs, "SEASONAL": points.uri}
        stack = manifest.load(self._params.input)
        if (stack.frame, stack.layout) == (MAP, RASTER):
            layers.load(context, layers.LayerToLoad(files["class"], "Class of motion", style="class"))
        return {**outputs, "CLASS": str(files["class"])}
