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
    QgsVectorLayer,
)

from ....core.component import COMPONENTS, VERTICAL
from ....core.corridor.job import run_corridor
from ....core.corridor.kilometrage import parse_chainages
from ....core.corridor.limits import SettlementLimit
from ....core.corridor.params import CorridorParams
from ....core.errors import InputError
from ....core.monitor import Monitor
from ....core.pointfile import date_of
from ....core.pointsource import PointFile
from ....core.result import Result
from ....core.vector import VectorInput
from ... import layers, scale, sources
from ... import parameters as make
from ...base import GroundlineAlgorithm
from ...groups import CORRIDOR
from ...points import points_of

VELOCITY, CLASS = "velocity", "class"
COLOURS = (VELOCITY, CLASS)


class CorridorProfileAlgorithm(GroundlineAlgorithm):
    """Profile of the velocity along a line, with its affected zones."""

    ID = "corridorprofile"
    TITLE = "Corridor profile"
    GROUP = CORRIDOR
    SUMMARY = """Profile of the ground's velocity along a railway, road, dike or pipeline: median and spread per bin of
        chainage, differential settlement, point density, and the zones that move faster than a threshold.

        Takes measurement points or a velocity raster. RADIUS is the half width of the corridor: 3000 m shows the
        surroundings, 50 m the track bed. The line may have any coordinate system and several parts; parts are joined
        by their nearest ends in the direction of the first one.

        Chainage may start anywhere, run from either end, or follow the M values of the official line; stations are
        marked. Bins get traffic-light classes, differential settlement is held against a limit, points with series
        give a map of displacement over chainage and time, and cross-sections show what lies beside the track."""
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
        (
            "START_CHAINAGE",
            "Chainage of the start of the line, added to all chainages (to the M values with USE_M).",
        ),
        ("REVERSE", "Chainage counts from the end of the line as drawn."),
        (
            "USE_M",
            "Chainage is the M value of the line, in metres or kilometres, linear between its vertices. Bins and "
            "lengths stay those of the line on the ground.",
        ),
        (
            "STATIONS",
            "Stations or kilometre posts: marked on the figures and listed with the rate of their bin.",
        ),
        ("STATION_FIELD", "Field with the name of the station or the number of the post."),
        (
            "AMBER",
            "Rate from which a bin is amber, with the sign of THRESHOLD. Empty: half of RED.",
        ),
        ("RED", "Rate from which a bin is red. Empty: THRESHOLD."),
        (
            "COLOURS",
            "What the profile layer is coloured by: velocity, or class (green, amber, red).",
        ),
        (
            "DIFFERENTIAL_LIMIT",
            "Allowed differential settlement over DIFFERENTIAL_BASE. Joints of bins above it are marked and listed.",
        ),
        ("DIFFERENTIAL_BASE", "Length over which DIFFERENTIAL_LIMIT counts."),
        (
            "DISTORTION_LIMIT",
            "Allowed angular distortion 1:N, such as 1000. Joints that reach it within DISTORTION_YEARS at their rate "
            "are marked; years_to_limit says when.",
        ),
        ("DISTORTION_YEARS", "Years in which DISTORTION_LIMIT must not be reached."),
        (
            "CROSS_SECTIONS",
            "Chainages at which to look across the line, such as 12300; 12+800. Each takes a strip one BIN wide.",
        ),
        ("CROSS_WIDTH", "Width of the cross-sections. Empty: that of the corridor, twice RADIUS."),
        ("DISTANCE_TO", "Polygons, such as mining areas, to which the distance of each zone is measured."),
        ("DISTANCE_FIELD", "Field with the name of the polygons."),
        (
            "HEATMAP",
            "Mean displacement per bin and date as figure and table, where the points have series or the raster lies "
            "in a displacement folder.",
        ),
        ("XLSX", "All tables also as one spreadsheet, profile.xlsx."),
        ("PDF", "The figures also as PDF."),
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
            "m]; distortion [µrad/yr]; curvature [µrad/m/yr]; affected, zone and class; with limits over_limit and "
            "years_to_limit, of the joint with the next bin. Bins without data have no values.",
        ),
        ("ZONES", "Affected pieces of the line with their length and rates."),
        ("HTML", "Report with figure, zones, numbers and assumptions."),
        ("FIGURE", "The profile as PNG; profile.svg is beside it."),
        (
            "HEATMAP_FIGURE",
            "Displacement over chainage and time as PNG; heatmap.csv and heatmap.svg are beside it.",
        ),
        ("SECTION_FIGURE", "The cross-sections as PNG; sections.csv and sections.gpkg are beside it."),
        ("TABLE", "The profile as CSV. The other tables are beside it."),
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
        ("max_curvature", "Largest curvature of the profile [µrad/m/yr]"),
        ("max_curvature_chainage", "Chainage of the largest curvature [m]"),
        ("green_length", "Length of the line in class green [m]"),
        ("amber_length", "Length of the line in class amber [m]"),
        ("red_length", "Length of the line in class red [m]"),
        ("over_limit_count", "Joints of neighbouring bins over the limit of differential settlement"),
        ("years_to_limit", "Shortest time in which the limit of angular distortion is reached [yr]"),
        ("date_count", "Dates of the map of chainage and time"),
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
        self._define_assessment()
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
        add(make.advanced(_field("LAND_USE_FIELD", "Field with the class of land use", "LAND_USE")))
        add(make.advanced(make.optional(make.boolean("XLSX", "Tables as a spreadsheet too", False))))
        add(make.advanced(make.optional(make.boolean("PDF", "Figures as PDF too", False))))
        add(make.output_folder())
        self.addOutput(QgsProcessingOutputVectorLayer("PROFILE", "Profile"))
        self.addOutput(QgsProcessingOutputVectorLayer("ZONES", "Affected zones"))
        self.addOutput(QgsProcessingOutputHtml("HTML", "Corridor report"))
        self.addOutput(QgsProcessingOutputFile("FIGURE", "Figure"))
        self.addOutput(QgsProcessingOutputFile("HEATMAP_FIGURE", "Map of chainage and time"))
        self.addOutput(QgsProcessingOutputFile("SECTION_FIGURE", "Cross-sections"))
        self.addOutput(QgsProcessingOutputFile("TABLE", "Table of the profile"))

    def _define_assessment(self) -> None:
        """Chainage, stations, classes, limits, cross-sections and distances, all optional."""
        add = self.addParameter
        add(make.optional(make.boolean("HEATMAP", "Map of displacement over chainage and time", True)))
        add(make.point_layer("STATIONS", "Stations or kilometre posts", optional=True))
        add(_field("STATION_FIELD", "Field with the name of a station", "STATIONS"))
        add(make.text("CROSS_SECTIONS", "Cross-sections at chainages [m]"))
        folded = (
            make.boolean("REVERSE", "Chainage from the other end", False),
            make.boolean("USE_M", "Chainage by the M values of the line", False),
            make.real("AMBER", "Amber from [mm/yr]", None, optional=True),
            make.real("RED", "Red from [mm/yr]", None, optional=True),
            make.choice("COLOURS", "Colours of the profile layer", COLOURS, VELOCITY),
            make.real(
                "DIFFERENTIAL_LIMIT", "Limit of differential settlement [mm/yr]", None, 0.0, optional=True
            ),
            make.real(
                "DIFFERENTIAL_BASE", "Base length of this limit [m]", 20.0, minimum=0.0
            ),
            make.real("DISTORTION_LIMIT", "Limit of angular distortion, the N of 1:N", None, 0.0, optional=True),
            make.real("DISTORTION_YEARS", "Years in which 1:N must not be reached", 10.0, minimum=0.0),
            make.real("CROSS_WIDTH", "Width of the cross-sections [m]", None, 0.0, optional=True),
            make.polygon_layer("DISTANCE_TO", "Polygons to measure the zones' distance to"),
            _field("DISTANCE_FIELD", "Field with the name of these polygons", "DISTANCE_TO"),
        )
        for definition in folded:
            add(make.advanced(make.optional(definition)))

    def core_parameters(self, parameters: dict[str, Any], context: QgsProcessingContext) -> CorridorParams:
        def number(name: str) -> float:
            return self.parameterAsDouble(parameters, name, context)

        def optional(name: str, default: Any = None) -> Any:
            given = self.optional_number(parameters, name, context)
            return default if given is None else given

        def flag(name: str) -> bool:
            return self.parameterAsBoolean(parameters, name, context)

        def text(name: str) -> str:
            return self.parameterAsString(parameters, name, context)

        def features(name: str) -> VectorInput | None:
            return sources.vector_input(self.parameterAsSource(parameters, name, context))

        field = text("FIELD") or "velocity"
        names = (field, "incidence", "los_up", "track", "pass")
        raster = self.parameterAsRasterLayer(parameters, "RASTER", context)
        line = features("LINE")
        if line is None:
            raise InputError("LINE", parameters.get("LINE"), "a line layer", "Choose a layer of lines")
        return CorridorParams(
            line=line,
            output=self.folder(parameters, "OUTPUT", context),
            points=tuple(
                points_of(layer, (*names, *(_dated(layer) if flag("HEATMAP") else ())))
                for layer in self.parameterAsLayerList(parameters, "POINTS", context)
            ),
            raster=sources.source_path(raster, "RASTER") if raster is not None else "",
            radius=number("RADIUS"),
            bin=number("BIN"),
            threshold=number("THRESHOLD"),
            component=self.parameterAsEnumString(parameters, "COMPONENT", context),
            start_chainage=number("START_CHAINAGE"),
            field=field,
            incidence=optional("INCIDENCE"),
            min_length=number("MIN_LENGTH"),
            max_gap=number("MAX_GAP"),
            join_gap=number("JOIN_GAP"),
            land_use=features("LAND_USE"),
            land_use_field=text("LAND_USE_FIELD"),
            reverse=flag("REVERSE"),
            use_m=flag("USE_M"),
            stations=features("STATIONS"),
            station_field=text("STATION_FIELD"),
            amber=optional("AMBER"),
            red=optional("RED"),
            limit=SettlementLimit(
                optional("DIFFERENTIAL_LIMIT"),
                optional("DIFFERENTIAL_BASE", SettlementLimit.base),
                optional("DISTORTION_LIMIT"),
                optional("DISTORTION_YEARS", SettlementLimit.years),
            ),
            sections=parse_chainages(text("CROSS_SECTIONS"), "CROSS_SECTIONS"),
            section_width=optional("CROSS_WIDTH"),
            distance_to=features("DISTANCE_TO"),
            distance_field=text("DISTANCE_FIELD"),
            heat_map=flag("HEATMAP"),
            xlsx=flag("XLSX"),
            pdf=flag("PDF"),
        )

    def prepareAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        self._by_class = self.parameterAsEnumString(parameters, "COLOURS", context) == CLASS
        return super().prepareAlgorithm(parameters, context, feedback)

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
            style="profile_classes" if self._by_class else "profile",
            table="profile",
            limit=None if self._by_class else self._scale(result),
            top=True,
        )
        layers.load(context, profile, zones)
        files = {
            "HTML": "report",
            "FIGURE": "figure",
            "HEATMAP_FIGURE": "heatmap_figure",
            "SECTION_FIGURE": "sections_figure",
            "TABLE": "csv",
        }
        return {
            "OUTPUT": str(result.folder),
            "PROFILE": profile.uri,
            "ZONES": zones.uri,
            **{name: str(result.files[role]) for name, role in files.items() if role in result.files},
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


def _field(name: str, description: str, layer: str) -> QgsProcessingParameterField:
    """A field of another parameter's layer; optional."""
    return QgsProcessingParameterField(name, description, parentLayerParameterName=layer, optional=True)


def _dated(layer: QgsVectorLayer) -> tuple[str, ...]:
    """Fields with the displacement on a date."""
    return tuple(entry.name() for entry in layer.fields() if date_of(entry.name()) is not None)
