"""What the corrections show: a corrected stack loads nothing, a displacement folder its velocity and points."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingOutputHtml,
    QgsProcessingOutputRasterLayer,
    QgsProcessingOutputVectorLayer,
)

from ....core.result import Result
from . import results

NUMBERS = (
    ("std_before", "Median standard deviation before [mm]"),
    ("std_after", "Median standard deviation after [mm]"),
    ("std_reduction", "Reduction of the median standard deviation [%]"),
    ("improved", "Rasters with less spread after"),
    ("worse", "Rasters with more spread after"),
    ("removed_std", "Median standard deviation of what was removed from a date [mm]"),
    ("pixels_lost", "Pixels without a value after the correction, at most"),
)
HELP = (
    ("HTML", "Report with the figure before and after, and the spread of every raster."),
    ("VELOCITY", "Velocity in mm/yr, where INPUT is a displacement folder."),
    ("POINTS", "Measurement points, where INPUT is a displacement folder."),
)


def add_outputs(algorithm: QgsProcessingAlgorithm) -> None:
    """Declare the report, and the layers of a displacement folder."""
    algorithm.addOutput(QgsProcessingOutputHtml("HTML", "Correction report"))
    algorithm.addOutput(QgsProcessingOutputRasterLayer("VELOCITY", "Velocity"))
    algorithm.addOutput(QgsProcessingOutputVectorLayer("POINTS", "Measurement points"))


def present(result: Result, context: QgsProcessingContext) -> dict[str, Any]:
    """Outputs of a correction; layers load for a displacement folder only."""
    if "velocity" not in result.files:
        return {"OUTPUT": str(result.folder), "HTML": str(result.files["report"])}
    return {**results.present(result, context), "HTML": str(result.files["correction"])}
