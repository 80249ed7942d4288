"""The toolbox entry of `reference`."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputHtml,
    QgsProcessingOutputRasterLayer,
    QgsProcessingOutputVectorLayer,
)

from ....core.errors import InputError
from ....core.monitor import Monitor
from ....core.result import Result
from ....core.timeseries.params import ReferenceParams
from ....core.timeseries.rereference import change_reference
from ... import parameters as make
from ... import sources
from ...base import GroundlineAlgorithm
from ...groups import TIME_SERIES
from . import results


class ReferenceAlgorithm(GroundlineAlgorithm):
    """Changes the reference of a displacement folder."""

    ID = "reference"
    TITLE = "Change the reference"
    GROUP = TIME_SERIES
    SUMMARY = """Makes a finished displacement folder relative to other points or areas, without a new inversion.

        The displacement of every date, the velocity, the height error, the points and layers.qlr follow; standard
        deviations and quality stay as the inversion left them. Several areas share the risk that one of them moves:
        the report says how each area moves against the others and what leaving it out would change."""
    TAGS = (*GroundlineAlgorithm.TAGS, "reference", "stable", "datum")
    HELP = (
        ("INPUT", "Displacement folder, as sbas writes it."),
        (
            "REFERENCE",
            "Points or polygons on stable ground. The median of each area is used at every date, and several areas are "
            "averaged by their noise.",
        ),
        ("OUTPUT", "Folder for the same results with the new reference."),
        ("VELOCITY", "Line-of-sight velocity in mm/yr, relative to the new reference."),
        ("POINTS", "Measurement points, relative to the new reference."),
        ("HTML", "Report with maps, series, reference and numbers."),
    )
    NUMBERS = (("velocity_change", "Change of every velocity by the new reference [mm/yr]"), *results.NUMBERS)

    def define(self) -> None:
        self.addParameter(make.input_folder(description="Displacement folder"))
        self.addParameter(make.reference_layer(optional=False))
        self.addParameter(make.output_folder(description="Displacement folder with the new reference"))
        self.addOutput(QgsProcessingOutputRasterLayer("VELOCITY", "Velocity"))
        self.addOutput(QgsProcessingOutputVectorLayer("POINTS", "Measurement points"))
        self.addOutput(QgsProcessingOutputHtml("HTML", "Displacement report"))

    def core_parameters(self, parameters: dict[str, Any], context: QgsProcessingContext) -> ReferenceParams:
        areas = sources.vector_input(self.parameterAsSource(parameters, "REFERENCE", context))
        if areas is None:
            raise InputError("REFERENCE", parameters.get("REFERENCE"), "a layer of points or polygons")
        return ReferenceParams(
            input=self.folder(parameters, "INPUT", context),
            output=self.folder(parameters, "OUTPUT", context),
            reference=areas,
        )

    def compute(self, params: ReferenceParams, monitor: Monitor) -> Result:
        return change_reference(params, monitor, self.resources())

    def present(
        self, result: Result, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        return results.present(result, context)
