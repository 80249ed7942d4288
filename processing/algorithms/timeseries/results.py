"""What every algorithm that leaves a displacement folder shows: layers, outputs and numbers."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProcessingContext

from ....core import manifest
from ....core.pointfile import TABLE
from ....core.result import Result
from ....core.stack import MAP, RASTER
from ... import layers

NUMBERS = (
    ("pixels", "Pixels with a velocity"),
    ("dates", "Dates"),
    ("pairs", "Interferograms used"),
    ("pairs_excluded", "Interferograms excluded between these dates"),
    ("span", "Time span [yr]"),
    ("velocity_min", "Lowest velocity [mm/yr]"),
    ("velocity_p05", "Velocity below which 5 % of the pixels lie [mm/yr]"),
    ("velocity_median", "Median velocity [mm/yr]"),
    ("velocity_mean", "Mean velocity [mm/yr]"),
    ("velocity_p95", "Velocity below which 95 % of the pixels lie [mm/yr]"),
    ("velocity_max", "Highest velocity [mm/yr]"),
    ("velocity_std", "Median standard deviation of the velocity from residuals alone, too small [mm/yr]"),
    ("velocity_std_images", "Median standard deviation of the velocity, from images and residuals [mm/yr]"),
    ("temporal_coherence", "Median temporal coherence"),
    ("point_count", "Measurement points written"),
    ("points_dropped", "Good pixels left out of the points"),
    ("reference_areas", "Reference areas"),
    ("reference_pixels", "Pixels in the reference areas"),
    ("fastest_velocity", "Lowest velocity of the points [mm/yr]"),
    ("fastest_x", "X coordinate of the point of lowest velocity"),
    ("fastest_y", "Y coordinate of the point of lowest velocity"),
)


def present(result: Result, context: QgsProcessingContext) -> dict[str, Any]:
    """Load the velocity and the points, styled to the range of the data; a raster without a map does not load."""
    outputs = {
        "OUTPUT": str(result.folder),
        "VELOCITY": str(result.files["velocity"]),
        "HTML": str(result.files["report"]),
    }
    limit = float(result.tables["scale"]["velocity_mm_yr"])
    wanted = []
    if "points" in result.files:
        points = layers.LayerToLoad(
            result.files["points"], "Measurement points", style="velocity_points", table=TABLE, limit=limit
        )
        outputs["POINTS"] = points.uri
        wanted.append(points)
    stack = manifest.load(result.folder)
    if (stack.frame, stack.layout) == (MAP, RASTER):
        wanted.append(
            layers.LayerToLoad(result.files["velocity"], "Velocity (LOS)", style="velocity", limit=limit)
        )
    layers.load(context, *wanted)
    return outputs
