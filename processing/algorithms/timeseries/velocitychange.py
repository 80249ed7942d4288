"""The toolbox entry of `velocitychange`."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputHtml,
    QgsProcessingOutputRasterLayer,
    QgsProcessingOutputVectorLayer,
)

from ....core import manifest
from ....core.monitor import Monitor
from ....core.pointfile import TABLE
from ....core.result import Result
from ....core.stack import MAP, RASTER
from ....core.timeseries.change.job import run_velocity_change
from ....core.timeseries.change.params import VelocityChangeParams
from ... import layers
from ... import parameters as make
from ...base import GroundlineAlgorithm
from ...groups import TIME_SERIES

RASTERS = {
    "VELOCITY": ("velocity_window", "Velocity of the window"),
    "BEFORE": ("velocity_before", "Velocity before"),
    "AFTER": ("velocity_after", "Velocity after"),
    "DIFFERENCE": ("difference", "Change of velocity"),
}


class VelocityChangeAlgorithm(GroundlineAlgorithm):
    """Compares the velocity before and after a date."""

    ID = "velocitychange"
    TITLE = "Velocity before and after a date"
    GROUP = TIME_SERIES
    SUMMARY = """Velocity over a chosen window of time, or before and after an event such as works, with the difference
        and its uncertainty, for every pixel and measurement point of a displacement folder.

        Standard deviations come from leaving out one image at a time."""
    TAGS = (*GroundlineAlgorithm.TAGS, "velocity", "change", "event", "works", "before", "after", "window")
    HELP = (
        ("INPUT", "Displacement folder, as sbas writes it."),
        ("EVENT", "Date that parts before from after; empty gives the velocity between START and END only."),
        (
            "EVENT_END",
            "Last day of the event, such as the end of works: dates from EVENT to it count to neither side.",
        ),
        ("START", "First date to use; empty for the first of the folder."),
        ("END", "Last date to use; empty for the last of the folder."),
        ("OUTPUT", "Folder for the rasters (mm/yr), points.gpkg, the report and result.json."),
        ("VELOCITY", "Velocity of the window, without EVENT."),
        ("BEFORE", "Velocity before the event."),
        ("AFTER", "Velocity after the event."),
        ("DIFFERENCE", "Velocity after minus velocity before; its standard deviation is difference_std.tif."),
        ("POINTS", "Measurement points with the same values as columns."),
        ("HTML", "Report with maps, histogram and the series of one point."),
    )
    NUMBERS = (
        ("pixels", "Pixels with a velocity"),
        ("velocity_window", "Median velocity in the window [mm/yr]"),
        ("velocity_before", "Median velocity before the event [mm/yr]"),
        ("velocity_after", "Median velocity after the event [mm/yr]"),
        ("dates_before", "Dates before the event"),
        ("dates_after", "Dates after the event"),
        ("difference_median", "Median difference, after minus before [mm/yr]"),
        ("difference_p05", "Difference below which 5 % of the pixels lie [mm/yr]"),
        ("difference_p95", "Difference below which 95 % of the pixels lie [mm/yr]"),
        ("difference_std", "Median standard deviation of the difference [mm/yr]"),
        ("significant_down", "Pixels whose velocity fell by more than two standard deviations [%]"),
        ("significant_up", "Pixels whose velocity rose by more than two standard deviations [%]"),
    )

    def define(self) -> None:
        add = self.addParameter
        add(make.input_folder(description="Displacement folder"))
        add(make.date("EVENT", "Date of the event"))
        add(make.date("EVENT_END", "Last day of the event"))
        add(make.date("START", "First date"))
        add(make.date("END", "Last date"))
        add(make.output_folder(description="Folder for the velocities"))
        for name, (_, title) in RASTERS.items():
            self.addOutput(QgsProcessingOutputRasterLayer(name, title))
        self.addOutput(QgsProcessingOutputVectorLayer("POINTS", "Measurement points"))
        self.addOutput(QgsProcessingOutputHtml("HTML", "Report on the velocities"))

    def core_parameters(
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> VelocityChangeParams:
        return VelocityChangeParams(
            input=self.folder(parameters, "INPUT", context),
            output=self.folder(parameters, "OUTPUT", context),
            event=self.parameterAsString(parameters, "EVENT", context),
            event_end=self.parameterAsString(parameters, "EVENT_END", context),
            start=self.parameterAsString(parameters, "START", context),
            end=self.parameterAsString(parameters, "END", context),
        )

    def compute(self, params: VelocityChangeParams, monitor: Monitor) -> Result:
        return run_velocity_change(params, monitor, self.resources())

    def present(
        self, result: Result, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        outputs = {"OUTPUT": str(result.folder), "HTML": str(result.files["report"])}
        scale = result.tables["scale"]
        wanted = []
        if "points" in result.files:
            style = "difference_points" if "difference" in result.files else "velocity_points"
            limit = float(scale.get("difference_mm_yr", scale["velocity_mm_yr"]))
            points = layers.LayerToLoad(result.files["points"], "Change at points", style, TABLE, limit)
            outputs["POINTS"] = points.uri
            wanted.append(points)
        for name, (role, _) in RASTERS.items():
            if role in result.files:
                outputs[name] = str(result.files[role])
        shown = "DIFFERENCE" if "difference" in result.files else "VELOCITY"
        role, title = RASTERS[shown]
        stack = manifest.load(self._params.input)
        if (stack.frame, stack.layout) == (MAP, RASTER):
            limit = float(scale.get("difference_mm_yr", scale["velocity_mm_yr"]))
            wanted.append(layers.LayerToLoad(result.files[role], title, style="velocity", limit=limit))
        layers.load(context, *wanted)
        return outputs
