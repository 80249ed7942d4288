"""The toolbox entry of `groundtruth`."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputFile,
    QgsProcessingOutputHtml,
    QgsProcessingOutputVectorLayer,
)

from ....core.component import COMPONENTS, VERTICAL
from ....core.monitor import Monitor
from ....core.pointimport.params import UNITS
from ....core.result import Result
from ....core.validation.benchmarks import ALIGN, FIRST
from ....core.validation.groundtruth import run_groundtruth
from ....core.validation.groundtruth_params import GroundTruthParams
from ... import layers, sources
from ... import parameters as make
from ...base import GroundlineAlgorithm
from ...groups import VALIDATION
from ...points import points_of, track_of


class GroundTruthAlgorithm(GroundlineAlgorithm):
    """Compares measurement points or a velocity raster with levelling or GNSS."""

    ID = "groundtruth"
    TITLE = "Compare with levelling or GNSS"
    GROUP = VALIDATION
    SUMMARY = """Compares measurement points or a velocity raster with levelled heights, GNSS series or GNSS velocities:
        differences and RMSE per benchmark and in all, with a picture of every series.

        The truth is a layer or a table in one of three forms: a line per point and date (name, longitude, latitude,
        date, and vertical_mm or east_mm, north_mm, up_mm); a line per point with a column per date (DYYYYMMDD,
        vertical, up positive); or a line per point with velocities east, north, up and their standard deviations
        (east_std, north_std, up_std). Series are compared at common epochs, interpolated linearly in time."""
    TAGS = (*GroundlineAlgorithm.TAGS, "validation", "levelling", "gnss", "gps", "benchmark", "rmse")
    HELP = (
        (
            "POINTS",
            "Measurement points, with a column per date unless the truth is velocities; or velocity.tif of a "
            "displacement folder, whose series are read from the folder.",
        ),
        ("TRUTH", "Layer with the truth. Leave empty when a table is given."),
        ("TRUTH_TABLE", "Table with the truth, CSV or text with a line of column names."),
        ("RADIUS", "Points this near a benchmark are averaged; benchmarks without any are left out and named."),
        (
            "COMPONENT",
            "vertical: points divided by the cosine of the incidence angle, against the vertical of the truth. los: "
            "the truth projected onto the line of sight of the points, against the points as they are.",
        ),
        (
            "ALIGN",
            "first: both series are zero at the first common epoch. mean: the mean difference of each benchmark is "
            "taken off, which does not hang on one date.",
        ),
        (
            "REMOVE_OFFSET",
            "Velocities: take the median difference off the points, which have another reference than the truth.",
        ),
        ("UNIT", "Unit of the lengths in the truth; velocities are in the same unit per year."),
        ("TRUTH_CRS", "Coordinate system of x and y in a table. Empty: longitude and latitude, WGS 84."),
        ("FIELD", "Field of the points with the line-of-sight velocity in mm/yr."),
        ("INCIDENCE", "Incidence angle in degrees for points that do not know theirs."),
        ("OUTPUT", "Folder for the benchmarks, the table, the figure, the report and result.json."),
        ("BENCHMARKS", "Benchmarks with measured and true rates in mm/yr, their difference, and the RMSE in mm."),
        ("TABLE", "Every compared value as CSV."),
        ("HTML", "Report with figure, numbers and assumptions."),
        ("FIGURE", "A panel per benchmark, or the velocities with their errors, as PNG; the SVG is beside it."),
    )
    NUMBERS = (
        ("benchmark_count", "Benchmarks compared"),
        ("left_out", "Benchmarks left out"),
        ("epochs", "Compared displacements"),
        ("rmse", "RMSE"),
        ("mean_difference", "Mean difference, points minus truth"),
        ("std_difference", "Standard deviation of the differences"),
        ("median_difference", "Median difference"),
        ("nmad", "NMAD of the differences"),
        ("max_difference", "Largest difference"),
        ("worst_rmse", "RMSE of the worst benchmark [mm]"),
        ("rate_rmse", "RMSE of the rates at the common epochs [mm/yr]"),
        ("pearson", "Correlation (velocities)"),
        ("offset", "Offset of the points' rates [mm/yr]"),
        ("offset_removed", "Whether the offset was taken off"),
        ("median_residual", "Median absolute difference once the offset is off [mm/yr]"),
        ("stated_std", "Combined stated standard deviation [mm/yr]"),
    )

    def define(self) -> None:
        add = self.addParameter
        add(make.track("POINTS", "Measurement points or velocity raster"))
        add(make.points_as_layer("TRUTH", "Levelling or GNSS, layer", optional=True))
        add(make.input_file("TRUTH_TABLE", "Levelling or GNSS, table", ("csv", "txt")))
        add(make.real("RADIUS", "Radius around a benchmark [m]", 100.0, minimum=0.0))
        add(make.choice("COMPONENT", "Component", COMPONENTS, VERTICAL))
        add(make.choice("ALIGN", "Series agree at", ALIGN, FIRST))
        add(make.boolean("REMOVE_OFFSET", "Remove the offset of velocities", False))
        for definition in (
            make.choice("UNIT", "Unit of the truth", tuple(UNITS), "mm"),
            make.crs("TRUTH_CRS", "Coordinate system of the table"),
            make.text("FIELD", "Velocity field of the points", "velocity"),
            make.real("INCIDENCE", "Incidence angle, if missing [deg]", None, 0.0, 90.0, optional=True),
        ):
            add(make.advanced(definition))
        add(make.output_folder())
        self.addOutput(QgsProcessingOutputVectorLayer("BENCHMARKS", "Benchmarks"))
        self.addOutput(QgsProcessingOutputFile("TABLE", "Compared values"))
        self.addOutput(QgsProcessingOutputHtml("HTML", "Comparison report"))
        self.addOutput(QgsProcessingOutputFile("FIGURE", "Figure"))

    def core_parameters(self, parameters: dict[str, Any], context: QgsProcessingContext) -> GroundTruthParams:
        field = self.parameterAsString(parameters, "FIELD", context) or "velocity"
        truth = self.parameterAsVectorLayer(parameters, "TRUTH", context)
        return GroundTruthParams(
            track_of(self.parameterAsLayer(parameters, "POINTS", context), (field,), "POINTS"),
            self.folder(parameters, "OUTPUT", context),
            truth=None if truth is None else points_of(truth, [entry.name() for entry in truth.fields()]),
            table=self.parameterAsString(parameters, "TRUTH_TABLE", context),
            radius=self.parameterAsDouble(parameters, "RADIUS", context),
            component=self.parameterAsEnumString(parameters, "COMPONENT", context),
            align=self.parameterAsEnumString(parameters, "ALIGN", context),
            remove_offset=self.parameterAsBoolean(parameters, "REMOVE_OFFSET", context),
            unit=self.parameterAsEnumString(parameters, "UNIT", context),
            crs=sources.crs(self, parameters, "TRUTH_CRS", context),
            field=field,
            incidence=self.optional_number(parameters, "INCIDENCE", context),
        )

    def compute(self, params: GroundTruthParams, monitor: Monitor) -> Result:
        return run_groundtruth(params, monitor)

    def present(
        self, result: Result, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        marks = layers.LayerToLoad(
            result.files["benchmarks"],
            "Points minus truth",
            style="difference_points",
            table="points",
            limit=max((abs(row["difference_mm_yr"]) for row in result.tables["benchmarks"]), default=1.0),
        )
        layers.load(context, marks)
        return {
            "OUTPUT": str(result.folder),
            "BENCHMARKS": marks.uri,
            "TABLE": str(result.files["csv"]),
            "HTML": str(result.files["report"]),
            "FIGURE": str(result.files["figure"]),
        }
