"""The toolbox entry of `polygonstatistics`."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputFile,
    QgsProcessingOutputHtml,
    QgsProcessingOutputVectorLayer,
)

from ....core.component import COMPONENTS, VERTICAL
from ....core.corridor.polygons.params import PolygonParams
from ....core.corridor.polygons.run import run_polygons
from ....core.errors import InputError
from ....core.monitor import Monitor
from ....core.result import Result
from ... import layers, sources
from ... import parameters as make
from ...base import GroundlineAlgorithm
from ...groups import CORRIDOR
from ...points import track_of


class PolygonStatisticsAlgorithm(GroundlineAlgorithm):
    """Tells how the ground moves inside polygons, and what lies around them."""

    ID = "polygonstatistics"
    TITLE = "Motion inside polygons"
    GROUP = CORRIDOR
    SUMMARY = """Tells for every polygon, e.g. an airport or a station, how many points it holds, how densely, how fast
        they move, where it is worst, and how unevenly over a given length.

        With classes of land use it gives the density of each; with zones their distances from the polygons; with a
        stack of interferograms the fringes around the polygons, faults drawn over them."""
    TAGS = (
        *GroundlineAlgorithm.TAGS,
        "airport",
        "zonal statistics",
        "land use",
        "density",
        "fringes",
        "distortion",
    )
    HELP = (
        ("POINTS", "Measurement points with a velocity, or the velocity raster of a displacement folder."),
        ("POLYGONS", "Areas of interest."),
        ("NAME_FIELD", "Names of the polygons. Empty: a field name or id, else polygon 1, 2 ..."),
        ("CLASS_FIELD", "Class of the polygons, e.g. land use: points, area and density are added up by it."),
        ("COMPONENT", "vertical: assumes no horizontal motion. los: as measured."),
        ("INCIDENCE", "Incidence angle where the data have none."),
        ("LENGTH", "Length over which differential motion is taken."),
        ("ZONES", "Features whose distances to the polygons are wanted, e.g. the zones of the corridor profile."),
        ("STACK", "Folder of interferograms, wrapped or unwrapped: their fringes around the polygons are drawn."),
        ("PAIRS", "Pairs to draw as YYYYMMDD_YYYYMMDD, commas between them. Empty: six short ones over the record."),
        ("FAULTS", "Lines over the fringes."),
        ("MARGIN", "Land around the polygons in the pictures of the fringes."),
        ("FIELD", "Field of the points with the line-of-sight velocity in mm/yr."),
        ("MIN_POINTS", "Least points of a cell that takes part in differential motion."),
        ("OUTPUT", "Folder for layer, tables, figures, the report and result.json."),
        ("STATISTICS", "The polygons with their statistics."),
        ("HTML", "Report with map, tables, fringes and numbers."),
        ("FIGURE", "Map and spread of the rates as PNG; the SVG is beside it."),
    )
    NUMBERS = (
        ("polygon_count", "Polygons"),
        ("empty_count", "Polygons without points"),
        ("point_count", "Points or pixels in the polygons"),
        ("worst_rate", "Rate farthest from zero in any polygon [mm/yr]"),
        ("lowest_mean", "Lowest mean rate of a polygon [mm/yr]"),
        ("max_differential", "Largest differential motion inside a polygon [mm/yr over LENGTH]"),
        ("max_distortion", "The same as angular distortion [µrad/yr]"),
        ("nearest_zone", "Distance of the nearest zone [m]"),
    )

    def define(self) -> None:
        add = self.addParameter
        add(make.track("POINTS", "Measurement points or velocity raster"))
        add(make.polygon_layer("POLYGONS", "Polygons", optional=False))
        add(make.field("NAME_FIELD", "Field with the name of a polygon", "POLYGONS"))
        add(make.field("CLASS_FIELD", "Field with the class of a polygon", "POLYGONS"))
        add(make.choice("COMPONENT", "Component", COMPONENTS, VERTICAL))
        add(make.real("INCIDENCE", "Incidence angle, if missing [deg]", None, 0.0, 90.0, optional=True))
        add(make.real("LENGTH", "Length of differential motion [m]", 100.0, minimum=0.0))
        kinds = [
            QgsProcessing.SourceType.TypeVectorPoint,
            QgsProcessing.SourceType.TypeVectorLine,
            QgsProcessing.SourceType.TypeVectorPolygon,
        ]
        add(make.vector_layer("ZONES", "Zones to measure the distance of", kinds))
        add(make.input_folder("STACK", "Stack of interferograms to draw", optional=True))
        for definition in (
            make.text("PAIRS", "Pairs to draw"),
            make.vector_layer("FAULTS", "Lines over the fringes", kinds[1:2]),
            make.real("MARGIN", "Margin around the polygons in the pictures [m]", 2000.0, minimum=0.0),
            make.text("FIELD", "Velocity field of points", "velocity"),
            make.integer("MIN_POINTS", "Minimum points of a cell in differential motion", 2, minimum=1),
        ):
            add(make.advanced(definition))
        add(make.output_folder())
        self.addOutput(QgsProcessingOutputVectorLayer("STATISTICS", "Polygons with their statistics"))
        self.addOutput(QgsProcessingOutputHtml("HTML", "Polygon report"))
        self.addOutput(QgsProcessingOutputFile("FIGURE", "Figure"))

    def core_parameters(self, parameters: dict[str, Any], context: QgsProcessingContext) -> PolygonParams:
        def features(name: str) -> Any:
            return sources.vector_input(self.parameterAsSource(parameters, name, context))

        field = self.parameterAsString(parameters, "FIELD", context) or "velocity"
        polygons = features("POLYGONS")
        if polygons is None:
            raise InputError("POLYGONS", parameters.get("POLYGONS"), "a polygon layer", "Choose a layer of polygons")
        pairs = self.parameterAsString(parameters, "PAIRS", context) or ""
        return PolygonParams(
            track_of(self.parameterAsLayer(parameters, "POINTS", context), (field,), "POINTS"),
            polygons,
            self.folder(parameters, "OUTPUT", context),
            name_field=self.parameterAsString(parameters, "NAME_FIELD", context),
            class_field=self.parameterAsString(parameters, "CLASS_FIELD", context),
            component=self.parameterAsEnumString(parameters, "COMPONENT", context),
            incidence=self.optional_number(parameters, "INCIDENCE", context),
            field=field,
            length=self.parameterAsDouble(parameters, "LENGTH", context),
            min_points=self.parameterAsInt(parameters, "MIN_POINTS", context),
            zones=features("ZONES"),
            stack=self.parameterAsString(parameters, "STACK", context),
            pairs=tuple(pairs.replace(",", " ").split()),
            faults=features("FAULTS"),
            margin=self.parameterAsDouble(parameters, "MARGIN", context),
        )

    def compute(self, params: PolygonParams, monitor: Monitor) -> Result:
        return run_polygons(params, monitor)

    def present(
        self, result: Result, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        files = result.files
        medians = [abs(row["median"]) for row in result.tables["polygons"] if row["median"] is not None]
        polygons = layers.LayerToLoad(
            files["polygons"],
            "Polygons (median velocity)",
            style="polygons",
            table="polygons",
            limit=max(medians, default=None),
        )
        layers.load(context, polygons)
        return {
            "OUTPUT": str(result.folder),
            "STATISTICS": polygons.uri,
            "HTML": str(files["report"]),
            "FIGURE": str(files["figure"]),
        }
