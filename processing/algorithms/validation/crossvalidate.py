"""The toolbox entry of `crossvalidate`."""

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

from ....core.component import VERTICAL
from ....core.monitor import Monitor
from ....core.result import Result
from ....core.timeseries.selection import parse_day
from ....core.validation.cross_params import COMPARE, VELOCITY, CrossParams
from ....core.validation.crossvalidate import run_crossvalidate
from ....core.validation.direction import DIRECTIONS
from ... import layers, sources
from ... import parameters as make
from ...base import GroundlineAlgorithm
from ...groups import VALIDATION
from ...points import track_of


class CrossValidateAlgorithm(GroundlineAlgorithm):
    """Compares two tracks in common cells."""

    ID = "crossvalidate"
    TITLE = "Cross-validate two tracks"
    GROUP = VALIDATION
    SUMMARY = """Compares the results of two tracks over the same ground: how well they agree tells how precise they
        are where nobody has levelled.

        Points or pixels of each track are turned to the vertical by their own incidence angle, averaged in the cells
        of a common grid, and compared where both have data: correlation, RMSE, mean and standard deviation of the
        differences, slopes, a density scatter, the histogram with its normal fit, and the map of the differences. The
        tracks may have different coordinate systems."""
    TAGS = (*GroundlineAlgorithm.TAGS, "validation", "comparison", "precision", "ascending", "descending")
    HELP = (
        ("TRACK1", "Measurement points, or a velocity raster such as velocity.tif of a displacement folder."),
        ("TRACK2", "The other track. Differences are track 1 minus track 2."),
        ("SPACING", "Side of the cells. Smaller than the distance of the points, few cells are common."),
        (
            "COMPONENT",
            "vertical: assumes no horizontal motion. azimuth: horizontal motion towards AZIMUTH, e.g. along a fault; "
            "needs line-of-sight vectors. los: as measured.",
        ),
        ("AZIMUTH", "Direction for the component azimuth, clockwise from north: 90 is east."),
        (
            "COMPARE",
            "velocity, or the displacement between the first and the last date that both tracks have.",
        ),
        ("START", "displacement: no common date before this one."),
        ("END", "displacement: no common date after this one."),
        ("MAX_DAYS", "displacement: dates of the two tracks this near count as common."),
        ("MIN_POINTS", "Cells with fewer points of a track are left out."),
        (
            "REMOVE_OFFSET",
            "Take the median difference off track 1 first. Tracks with different references differ by a constant; it "
            "is reported in any case.",
        ),
        ("FIELD", "Field of the points with the line-of-sight velocity in mm/yr."),
        ("INCIDENCE1", "Incidence angle of track 1 where it does not know its own."),
        ("INCIDENCE2", "Incidence angle of track 2 where it does not know its own."),
        ("CRS", "Metric coordinate system of the cells. Empty: that of track 1, or the UTM zone."),
        ("OUTPUT", "Folder for the cells, the difference raster, the figure, the report and result.json."),
        ("CELLS", "Common cells with both values, their difference, and points per cell."),
        ("DIFFERENCE", "The differences as a raster."),
        ("HTML", "Report with figure, numbers and assumptions."),
        ("FIGURE", "Scatter, histogram and map as PNG; the SVG is beside it."),
    )
    NUMBERS = (
        ("common_cells", "Common cells"),
        ("cells1", "Cells of track 1"),
        ("cells2", "Cells of track 2"),
        ("points1", "Points or pixels of track 1"),
        ("points2", "Points or pixels of track 2"),
        ("pearson", "Correlation (Pearson)"),
        ("spearman", "Rank correlation (Spearman)"),
        ("rmse", "RMSE of the differences"),
        ("mean_difference", "Mean difference"),
        ("std_difference", "Standard deviation of the differences"),
        ("median_difference", "Median difference"),
        ("nmad", "NMAD of the differences"),
        ("offset", "Offset between the tracks"),
        ("offset_removed", "Whether the offset was taken off"),
        ("rmse_without_offset", "RMSE once the offset is taken off"),
        ("slope", "Slope of track 2 on track 1 (least squares)"),
        ("intercept", "Intercept of that line"),
        ("slope_orthogonal", "Slope of the orthogonal line"),
        ("precision", "Precision of one track"),
        ("expected_std", "Standard deviation to expect, errors of points independent"),
        ("expected_std_common", "Standard deviation to expect, errors the same in a cell"),
    )

    def define(self) -> None:
        add = self.addParameter
        add(make.track("TRACK1", "Track 1 (points or raster)"))
        add(make.track("TRACK2", "Track 2 (points or raster)"))
        add(make.real("SPACING", "Side of the cells [m]", 50.0, minimum=0.0))
        add(make.choice("COMPONENT", "Component", DIRECTIONS, VERTICAL))
        add(make.choice("COMPARE", "Compare", COMPARE, VELOCITY))
        add(make.boolean("REMOVE_OFFSET", "Remove the offset between the tracks", False))
        for definition in (
            make.real("AZIMUTH", "Direction of horizontal motion [deg]", 90.0),
            make.date("START", "First date"),
            make.date("END", "Last date"),
            make.integer("MAX_DAYS", "Days between common dates", 6, minimum=0),
            make.integer("MIN_POINTS", "Least points per cell and track", 1, minimum=1),
            make.text("FIELD", "Velocity field of points", "velocity"),
            make.real("INCIDENCE1", "Incidence of track 1, if missing [deg]", None, 0.0, 90.0, optional=True),
            make.real("INCIDENCE2", "Incidence of track 2, if missing [deg]", None, 0.0, 90.0, optional=True),
            make.crs("CRS", "Metric system of the cells"),
        ):
            add(make.advanced(definition))
        add(make.output_folder())
        self.addOutput(QgsProcessingOutputVectorLayer("CELLS", "Common cells"))
        self.addOutput(QgsProcessingOutputRasterLayer("DIFFERENCE", "Difference"))
        self.addOutput(QgsProcessingOutputHtml("HTML", "Cross-validation report"))
        self.addOutput(QgsProcessingOutputFile("FIGURE", "Figure"))

    def core_parameters(self, parameters: dict[str, Any], context: QgsProcessingContext) -> CrossParams:
        def day(name: str) -> Any:
            return parse_day(self.parameterAsString(parameters, name, context), name)

        field = self.parameterAsString(parameters, "FIELD", context) or "velocity"
        tracks = [
            track_of(self.parameterAsLayer(parameters, name, context), (field,), name)
            for name in ("TRACK1", "TRACK2")
        ]
        return CrossParams(
            tracks[0],
            tracks[1],
            self.folder(parameters, "OUTPUT", context),
            spacing=self.parameterAsDouble(parameters, "SPACING", context),
            component=self.parameterAsEnumString(parameters, "COMPONENT", context),
            azimuth=self.parameterAsDouble(parameters, "AZIMUTH", context),
            compare=self.parameterAsEnumString(parameters, "COMPARE", context),
            start=day("START"),
            end=day("END"),
            max_days=self.parameterAsInt(parameters, "MAX_DAYS", context),
            min_points=self.parameterAsInt(parameters, "MIN_POINTS", context),
            remove_offset=self.parameterAsBoolean(parameters, "REMOVE_OFFSET", context),
            field=field,
            incidence1=self.optional_number(parameters, "INCIDENCE1", context),
            incidence2=self.optional_number(parameters, "INCIDENCE2", context),
            crs=sources.crs(self, parameters, "CRS", context),
        )

    def compute(self, params: CrossParams, monitor: Monitor) -> Result:
        return run_crossvalidate(params, monitor)

    def present(
        self, result: Result, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        first, second = result.tables["tracks"]
        title = f"Difference {first} - {second}"
        look: dict[str, Any] = {"limit": result.tables["scale"]["difference"], "unit": self._params.unit}
        raster = "difference" in result.files
        cells = layers.LayerToLoad(
            result.files["cells"],
            f"{title}, cells",
            style="difference_points",
            table="points",
            visible=not raster,
            **look,
        )
        outputs = {
            "OUTPUT": str(result.folder),
            "CELLS": cells.uri,
            "HTML": str(result.files["report"]),
            "FIGURE": str(result.files["figure"]),
        }
        wanted = [cells]
        if raster:
            wanted.append(layers.LayerToLoad(result.files["difference"], title, style="velocity", **look))
            outputs["DIFFERENCE"] = str(result.files["difference"])
        layers.load(context, *wanted)
        return outputs
