"""The toolbox entry of `corridorprofile`."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputFile,
    QgsProcessingOutputHtml,
    QgsProcessingOutputVectorLayer,
    QgsProcessingParameterField,
)

from ....core.component import COMPONENTS, VERTICAL
from ....core.corridor.job import run_corridor
from ....core.corridor.params import CorridorParams
from ....core.errors import InputError
from ....core.monitor import Monitor
from ....core.pointsource import PointFile
from ....core.result import Result
from ... import layers, scale, sources
from ... import parameters as make
from ...base import GroundlineAlgorithm
from ...groups import CORRIDOR
from ...points import points_of


class CorridorProfileAlgorithm(GroundlineAlgorithm):
    """Profile of the velocity along a line, with its affected zones."""

    ID = "corridorprofile"
    TITLE = "Corridor profile"
    GROUP = CORRIDOR
    SUMMARY = """Profile of the ground's velocity along a railway, road, dike or pipeline: median and spread per bin of
        chainage, differential settlement, point density, and the zones that move faster than a threshold.

        Takes measurement points or a velocity raster. RADIUS is the half width of the corridor: 3000 m shows the
        surroundings, 50 m the track bed. The line may have any coordinate system and several parts; parts are joined
        by their nearest ends in the direction of the first one."""
    TAGS = (*GroundlineAlgorithm.TAGS, "railway", "profile", "chainage", "settlement")
    REQUIRES = ("matplotlib",)
    HELP = (
        (
            "POINTS",
            "One or several layers of measurement points with their line-of-sight velocity in mm/yr. Each layer is a "
            "track of its own in the results. Leave empty when a raster is given.",
        ),
        (
            "RASTER",
            "Velocity raster in mm/yr, such as velocity.tif of a displacement folder. Leave empty when points are "
            "given.",
        ),
        ("LINE", "The track: one line, in one or several parts and features."),
        ("RADIUS", "Points up to this distance from the line belong to the corridor."),
        (
            "BIN",
            "Length of the pieces of line for which statistics are made; the last one takes up the remainder.",
        ),
        (
            "THRESHOLD",
            "Median rate from which a bin counts as affected: at or below a negative value (subsidence), at or above "
            "a positive one (uplift).",
        ),
        (
            "COMPONENT",
            "vertical: line-of-sight velocity divided by the cosine of the incidence angle, which assumes no "
            "horizontal motion. los: as measured along the line of sight.",
        ),
        ("START_CHAINAGE", "Chainage of the start of the line, added to all chainages."),
        ("FIELD", "Field of the point layers with the velocity in mm/yr."),
        (
            "INCIDENCE",
            "Incidence angle in degrees for points without a field `incidence` or `los_up`, or a raster whose folder "
            "does not know it. 0 when the rates are vertical already.",
        ),
        ("MIN_LENGTH", "Zones with less affected line than this are left out."),
        (
            "MAX_GAP",
            "Affected bins with at most this length of slower bins or bins without data between them are one zone. "
            "The bins between them do not count as affected.",
        ),
        ("JOIN_GAP", "Largest gap between two parts of the line; it counts as straight track."),
        ("LAND_USE", "Polygons in which the points and their density are counted."),
        ("LAND_USE_FIELD", "Field of the polygons with the class."),
        ("OUTPUT", "Folder for the profile, the zones, the tables, the figure and the report."),
        (
            "PROFILE",
            "One piece of the line per bin and track. chainage [m]; n and density [per km²]; median, mean, std and q05 "
            "to q95 [mm/yr]; on_line, the pixel under the line [mm/yr]; differential to the next bin [mm/yr per 100 "
            "m]; distortion [µrad/yr]; curvature [µrad/m/yr]; affected and zone. Bins without data have no values.",
        ),
        ("ZONES", "Affected pieces of the line with their length and rates."),
        ("HTML", "Report with figure, zones, numbers and assumptions."),
        ("FIGURE", "The profile as PNG; profile.svg is beside it."),
    )
    NUMBERS = (
        ("line_length", "Length of the line [m]"),
        ("bin_count", "Bins per track"),
        ("point_count", "Measured points or pixels in the corridor"),
        ("area", "Area of the corridor inside the data [km²]"),
        ("density", "Density of points or pixels [per km²]"),
        ("affected_length", "Affected length of the line [m]"),
        ("affected_length_on_line", "Affected length by the pixels under the line [m]"),
        ("zone_count", "Affected zones"),
        ("longest_zone", "Length of the longest zone [m]"),
        ("worst_rate", "Median of the fastest bin [mm/yr]"),
        ("worst_chainage", "Chainage of the fastest bin [m]"),
        ("max_differential", "Largest differential settlement of neighbouring bins [mm/yr per 100 m]"),
        ("max_differential_chainage", "Chainage of the largest differential settlement [m]"),
        ("max_distortion", "Largest angular distortion [µrad/yr]"),
        ("length_without_data", "Length of the line without data [m]"),
        ("scale_error", "Plane length against the length on the ellipsoid [ppm]"),
    )

    def define(self) -> None:
        add = self.addParameter
        add(make.point_layers(optional=True))
        add(make.raster_layer("RASTER", "Velocity raster"))
        add(make.line_layer())
        add(make.real("RADIUS", "Half width of the corridor [m]", 3000.0, minimum=0.0))
        add(make.real("BIN", "Length of a bin [m]", 100.0, minimum=0.0))
        add(make.real("THRESHOLD", "Threshold [mm/yr]", -10.0))
        add(make.choice("COMPONENT", "Component", COMPONENTS, VERTICAL))
        add(make.real("START_CHAINAGE", "Chainage of the start of the line [m]", 0.0))
        add(make.text("FIELD", "Velocity field of the points", "velocity"))
        add(make.real("INCIDENCE", "Incidence angle, if missing [deg]", None, 0.0, 90.0, optional=True))
        add(
            make.advanced(make.real("MIN_LENGTH", "Shortest affected length of a zone [m]", 0.0, minimum=0.0))
        )
        add(make.advanced(make.real("MAX_GAP", "Largest gap inside a zone [m]", 200.0, minimum=0.0)))
        add(
            make.advanced(
                make.real("JOIN_GAP", "Largest gap between parts of the line [m]", 1000.0, minimum=0.0)
            )
        )
        add(make.advanced(make.polygon_layer("LAND_USE", "Land use polygons")))
        add(
            make.advanced(
                QgsProcessingParameterField(
                    "LAND_USE_FIELD",
                    "Class of the land use",
                    parentLayerParameterName="LAND_USE",
                    optional=True,
                )
            )
        )
        add(make.output_folder())
        self.addOutput(QgsProcessingOutputVectorLayer("PROFILE", "Profile"))
        self.addOutput(QgsProcessingOutputVectorLayer("ZONES", "Affected zones"))
        self.addOutput(QgsProcessingOutputHtml("HTML", "Corridor report"))
        self.addOutput(QgsProcessingOutputFile("FIGURE", "Figure"))

    def core_parameters(self, parameters: dict[str, Any], context: QgsProcessingContext) -> CorridorParams:
        def number(name: str) -> float:
            return self.parameterAsDouble(parameters, name, context)

        field = self.parameterAsString(parameters, "FIELD", context) or "velocity"
        names = (field, "incidence", "los_up", "track", "pass")
        raster = self.parameterAsRasterLayer(parameters, "RASTER", context)
        line = sources.vector_input(self.parameterAsSource(parameters, "LINE", context))
        if line is None:
            raise InputError("LINE", parameters.get("LINE"), "a line layer", "Choose a layer of lines")
        given = parameters.get("INCIDENCE")
        return CorridorParams(
            line=line,
            output=self.folder(parameters, "OUTPUT", context),
            points=tuple(
                points_of(layer, names) for layer in self.parameterAsLayerList(parameters, "POINTS", context)
            ),
            raster=sources.source_path(raster, "RASTER") if raster is not None else "",
            radius=number("RADIUS"),
            bin=number("BIN"),
            threshold=number("THRESHOLD"),
            component=self.parameterAsEnumString(parameters, "COMPONENT", context),
            start_chainage=number("START_CHAINAGE"),
            field=field,
            incidence=number("INCIDENCE") if given is not None and given != "" else None,
            min_length=number("MIN_LENGTH"),
            max_gap=number("MAX_GAP"),
            join_gap=number("JOIN_GAP"),
            land_use=sources.vector_input(self.parameterAsSource(parameters, "LAND_USE", context)),
            land_use_field=self.parameterAsString(parameters, "LAND_USE_FIELD", context),
        )

    def compute(self, params: CorridorParams, monitor: Monitor) -> Result:
        return run_corridor(params, monitor, self.resources())

    def present(
        self, result: Result, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        component = "vertical" if self._params.component == VERTICAL else "LOS"
        zones = layers.LayerToLoad(
            result.files["zones"], "Affected zones", style="zones", table="zones", top=True
        )
        profile = layers.LayerToLoad(
            result.files["profile"],
            f"Profile ({component} velocity)",
            style="profile",
            table="profile",
            limit=self._scale(result),
            top=True,
        )
        layers.load(context, profile, zones)
        return {
            "OUTPUT": str(result.folder),
            "PROFILE": profile.uri,
            "ZONES": zones.uri,
            "HTML": str(result.files["report"]),
            "FIGURE": str(result.files["figure"]),
        }

    def _scale(self, result: Result) -> float:
        """The scale of the velocity layer that was used, so that line and map agree; else the fastest bin's."""
        files = [points.path for points in self._params.points if isinstance(points, PointFile)]
        if self._params.raster:
            files.append(str(self._params.raster))
        rates = (
            abs(track[key])
            for track in result.tables["tracks"]
            for key in ("lowest_median_mm_yr", "highest_median_mm_yr")
        )
        return scale.of_results(files) or max(rates)
