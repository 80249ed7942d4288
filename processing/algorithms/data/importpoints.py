"""The toolbox entry of `importpoints`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputHtml,
    QgsProcessingOutputVectorLayer,
)

from ....core.monitor import Monitor
from ....core.pointimport.job import run_importpoints
from ....core.pointimport.params import AWAY, TOWARD, UNITS, ImportPointsParams
from ....core.result import Result
from ... import layers, sources
from ... import parameters as make
from ...base import GroundlineAlgorithm
from ...groups import DATA


class ImportPointsAlgorithm(GroundlineAlgorithm):
    """Makes measurement points of another program's table."""

    ID = "importpoints"
    TITLE = "Import measurement points"
    GROUP = DATA
    SUMMARY = """Makes measurement points of another program's table or layer: EGMS (levels 2a, 2b, 3), StaMPS
        exports, or any Shapefile, GeoPackage or table with a velocity and one column per date.

        Dates may be written DYYYYMMDD, D_YYYYMMDD, YYYYMMDD or YYYY-MM-DD, or as DATE_PATTERN says. The points keep
        their coordinate system. Displacements become millimetres toward the satellite, so subsidence is negative.
        The report says which column became what."""
    TAGS = (*GroundlineAlgorithm.TAGS, "egms", "stamps", "csv", "shapefile", "points", "import")
    REQUIRES = ("matplotlib",)
    HELP = (
        ("INPUT", "The file: CSV or text with a line of column names, Shapefile, GeoPackage, GeoJSON."),
        ("UNIT", "Unit of the displacements in the file; velocities are in the same unit per year."),
        (
            "SIGN",
            "toward when positive values mean motion toward the satellite (uplift), as most programs write them; away "
            "when they mean motion away from it.",
        ),
        ("CRS", "Coordinate system of the coordinates. Empty: as the file says."),
        ("INCIDENCE", "Incidence angle in degrees from the vertical, for files that bring no angles."),
        (
            "HEADING",
            "Flight direction in degrees clockwise from north (Sentinel-1: about -13 ascending, -167 descending). With "
            "INCIDENCE it gives the line-of-sight vectors that east-up decomposition needs.",
        ),
        ("TRACK", "Name of the track, stored with each point. Empty: as the file says."),
        ("LAYER", "Layer in a file with several. Empty: the first."),
        ("X_FIELD", "Column with longitude or easting, if it has an unusual name."),
        ("Y_FIELD", "Column with latitude or northing, if it has an unusual name."),
        ("VELOCITY_FIELD", "Column with the velocity, if it has an unusual name."),
        (
            "DATE_PATTERN",
            "Names of the columns with dates, %Y for the year, %m for the month, %d for the day, e.g. T%d%m%Y. Empty: "
            "the usual forms.",
        ),
        ("MIN_COHERENCE", "Points of less coherence are left out."),
        ("MAX_POINTS", "At most so many points, the most coherent ones; 0 for all."),
        ("EXTENT", "Only points inside; empty for all."),
        ("OUTPUT", "Folder for points.gpkg, the report and result.json."),
        (
            "POINTS",
            "Velocity in mm/yr, its standard deviation, coherence, line of sight where known, the other columns of the "
            "file, and DYYYYMMDD in mm per date.",
        ),
        ("HTML", "Report: how the file was understood, and a map."),
    )
    NUMBERS = (
        ("point_count", "Points"),
        ("date_count", "Dates"),
        ("velocity_min", "Lowest velocity [mm/yr]"),
        ("velocity_median", "Median velocity [mm/yr]"),
        ("velocity_max", "Highest velocity [mm/yr]"),
        ("without_value", "Points without a place or a velocity, left out"),
        ("outside", "Points outside the extent, left out"),
        ("incoherent", "Points of less coherence, left out"),
        ("dropped", "Points beyond the largest number, left out"),
    )

    def define(self) -> None:
        add = self.addParameter
        add(
            make.input_file(
                "INPUT", "File with points", ("csv", "txt", "shp", "gpkg", "geojson"), optional=False
            )
        )
        add(make.choice("UNIT", "Unit of displacement", tuple(UNITS), "mm"))
        add(make.choice("SIGN", "Positive values mean motion", (TOWARD, AWAY), TOWARD))
        add(make.crs())
        add(make.real("INCIDENCE", "Incidence angle, if missing [deg]", None, 0.0, 90.0, optional=True))
        add(make.real("HEADING", "Heading, if missing [deg]", None, -360.0, 360.0, optional=True))
        add(make.text("TRACK", "Name of the track"))
        for definition in (
            make.text("LAYER", "Layer in the file"),
            make.text("X_FIELD", "Column with x or longitude"),
            make.text("Y_FIELD", "Column with y or latitude"),
            make.text("VELOCITY_FIELD", "Column with the velocity"),
            make.text("DATE_PATTERN", "Names of columns with dates"),
            make.real("MIN_COHERENCE", "Least coherence", 0.0, 0.0, 1.0),
            make.integer("MAX_POINTS", "Most points", 300_000, minimum=0),
            make.extent(),
        ):
            add(make.advanced(definition))
        add(make.output_folder())
        self.addOutput(QgsProcessingOutputVectorLayer("POINTS", "Measurement points"))
        self.addOutput(QgsProcessingOutputHtml("HTML", "Import report"))

    def core_parameters(self, parameters: dict[str, Any], context: QgsProcessingContext) -> ImportPointsParams:
        def text(name: str) -> str:
            return self.parameterAsString(parameters, name, context).strip()

        extent, extent_crs = sources.extent(self, parameters, "EXTENT", context)
        return ImportPointsParams(
            input=text("INPUT"),
            output=self.folder(parameters, "OUTPUT", context),
            layer=text("LAYER"),
            unit=self.parameterAsEnumString(parameters, "UNIT", context),
            sign=self.parameterAsEnumString(parameters, "SIGN", context),
            crs=sources.crs(self, parameters, "CRS", context),
            x_field=text("X_FIELD"),
            y_field=text("Y_FIELD"),
            velocity_field=text("VELOCITY_FIELD"),
            date_pattern=text("DATE_PATTERN"),
            incidence=self.optional_number(parameters, "INCIDENCE", context),
            heading=self.optional_number(parameters, "HEADING", context),
            track=text("TRACK"),
            min_coherence=self.parameterAsDouble(parameters, "MIN_COHERENCE", context),
            max_points=self.parameterAsInt(parameters, "MAX_POINTS", context),
            extent=extent,
            extent_crs=extent_crs,
        )

    def compute(self, params: ImportPointsParams, monitor: Monitor) -> Result:
        return run_importpoints(params, monitor)

    def present(
        self, result: Result, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        points = layers.LayerToLoad(
            result.files["points"],
            f"Points of {Path(self._params.input).stem}",
            style="velocity_points",
            table="points",
            limit=result.numbers["scale"].value,
        )
        layers.load(context, points)
        return {"OUTPUT": str(result.folder), "POINTS": points.uri, "HTML": str(result.files["report"])}
