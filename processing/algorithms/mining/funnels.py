"""The toolbox entry of `funnels`."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputFile,
    QgsProcessingOutputHtml,
    QgsProcessingOutputVectorLayer,
    QgsProcessingParameterFeatureSource,
)

from ....core.mining.funnel_outputs import BOUNDARIES, FUNNELS
from ....core.mining.funnel_params import FunnelParams
from ....core.mining.funnels_job import run_funnels
from ....core.mining.gaps import FILL, GAPS
from ....core.monitor import Monitor
from ....core.result import Result
from ... import layers, sources
from ... import parameters as make
from ...base import GroundlineAlgorithm
from ...groups import MINING


class FunnelsAlgorithm(GroundlineAlgorithm):
    """Sub-funnels of a subsidence bowl and their growth."""

    ID = "funnels"
    TITLE = "Subsidence funnels"
    GROUP = MINING
    SUMMARY = """Cuts the subsidence of a mine into funnels, by watershed or by the nearest well, and follows each one
        through time: boundary and area per date, merging with its neighbours, peaks along a profile.

        The numbers of the funnels hold for all dates, and those of an earlier run can be kept. The layer of funnels is
        the FUNNELS of 'brine' and 'wskestimate'. Feature points show warm and cold stages and jumps beside rain and
        temperature."""
    TAGS = (*GroundlineAlgorithm.TAGS, "salt", "mine", "funnel", "watershed", "bowl", "segmentation")
    HELP = (
        ("INPUT", "Displacement folder, as sbas, wskestimate or wskpredict write it."),
        (
            "WELLS",
            "Points of the wells: each pixel belongs to the nearest one, and a whole number in the field `funnel` is "
            "its number. Without wells the funnels are the basins around the deepest points.",
        ),
        ("DATE", "Date of the map that is cut into funnels; empty for the last one."),
        (
            "EDGE",
            "Subsidence in mm beyond which ground belongs to a funnel, and to the solution area of the profile.",
        ),
        ("BOUNDARY", "Subsidence in mm of the outlines that are followed through time."),
        (
            "PROMINENCE",
            "Depth in mm by which a funnel must stand out from the sill to a deeper one, or from the edge when it lies "
            "apart, and a peak of the profile from its surroundings. Raise it when noise makes funnels.",
        ),
        (
            "SMOOTHING",
            "Gaussian smoothing of the map before it is cut, in pixels. Outlines are not smoothed.",
        ),
        (
            "GAPS",
            "Pixels without a value (masked, decorrelated). fill: from the pixels around them, so that funnels have no "
            "holes. leave: they belong to no funnel.",
        ),
        ("MIN_AREA", "Smaller funnels are left out."),
        ("MAX_DISTANCE", "Ground farther from every well is left out; 0 for no limit."),
        ("PREVIOUS", "Funnels of an earlier run: their numbers stay with the ground they share most of."),
        ("PROFILE", "A line across the funnels."),
        ("POINTS", "Feature points; their names come from a field `name` or `id`."),
        ("RADIUS", "Feature points are averaged within this distance; 0 takes the pixel."),
        ("RAIN", "Rain as CSV with the columns date and rain (mm)."),
        (
            "TEMPERATURE",
            "Temperature as CSV with the columns date and temperature; it sets the warm and cold stages.",
        ),
        ("WARM_FROM", "First day of the warm stage (MM-DD), where there is no temperature."),
        ("WARM_TO", "First day of the cold stage (MM-DD), where there is no temperature."),
        ("OUTPUT", "Folder for layers, tables, figures and report."),
        (
            "FUNNELS",
            "One feature per funnel: funnel (number), area [m²], deepest point [mm] and its place, volume [m³], ground "
            "beyond the boundary at the last date, and when it was reached.",
        ),
        (
            "BOUNDARIES",
            "One outline per funnel and date with its area [m²] and time span, for the temporal controller; "
            "`connected` is the lowest number of the funnels that it touches.",
        ),
        ("AREAS", "CSV with the area inside the boundary per funnel and date."),
        ("HTML", "Report with map, growth, events, profile, feature points and method."),
    )
    NUMBERS = (
        ("funnel_count", "Funnels"),
        ("funnel_area", "Ground inside the funnels [m²]"),
        ("missing_area", "Ground inside the funnels without a value of its own [m²]"),
        ("max_subsidence", "Largest subsidence at the date that was cut [mm]"),
        ("boundary_area", "Ground inside the boundaries at the last date [m²]"),
        ("largest_boundary_area", "Largest ground inside one boundary at the last date [m²]"),
        ("merging_events", "Times at which funnels merged"),
        ("connected_groups", "Connected groups of funnels at the last date"),
        ("profile_peaks", "Peaks along the profile"),
        ("warm_rate", "Mean rate in the warm stages [mm/yr]"),
        ("cold_rate", "Mean rate in the cold stages [mm/yr]"),
        ("jumps", "Jumps of the feature points"),
        ("rain_correlation", "Rank correlation of the steps with the rain"),
    )

    def define(self) -> None:
        add = self.addParameter
        add(make.input_folder(description="Displacement folder"))
        add(make.point_layer("WELLS", "Wells", optional=True))
        add(make.date("DATE", "Date that is cut"))
        add(make.real("EDGE", "Edge of the funnels [mm]", 10.0, minimum=0.0))
        add(make.real("BOUNDARY", "Boundary followed through time [mm]", 120.0, minimum=0.0))
        add(make.real("PROMINENCE", "Prominence of a funnel [mm]", 10.0, minimum=0.0))
        add(_line("PROFILE", "Profile line"))
        add(make.point_layer("POINTS", "Feature points", optional=True))
        add(make.real("RADIUS", "Radius around feature points [m]", 0.0, minimum=0.0))
        add(make.input_file("RAIN", "Rain", ("csv",)))
        add(make.input_file("TEMPERATURE", "Temperature", ("csv",)))
        add(make.advanced(make.real("SMOOTHING", "Smoothing [pixels]", 1.0, minimum=0.0)))
        add(make.advanced(make.choice("GAPS", "Pixels without a value", GAPS, FILL)))
        add(make.advanced(make.real("MIN_AREA", "Smallest funnel [m²]", 0.0, minimum=0.0)))
        add(make.advanced(make.real("MAX_DISTANCE", "Largest distance from a well [m]", 0.0, minimum=0.0)))
        add(make.advanced(make.polygon_layer("PREVIOUS", "Funnels of an earlier run")))
        add(make.advanced(make.text("WARM_FROM", "Warm stage from (MM-DD)", "03-15")))
        add(make.advanced(make.text("WARM_TO", "Cold stage from (MM-DD)", "10-15")))
        add(make.output_folder())
        self.addOutput(QgsProcessingOutputVectorLayer("FUNNELS", "Funnels"))
        self.addOutput(QgsProcessingOutputVectorLayer("BOUNDARIES", "Boundaries through time"))
        self.addOutput(QgsProcessingOutputFile("AREAS", "Areas"))
        self.addOutput(QgsProcessingOutputHtml("HTML", "Funnel report"))

    def core_parameters(self, parameters: dict[str, Any], context: QgsProcessingContext) -> FunnelParams:
        def number(name: str) -> float:
            return self.parameterAsDouble(parameters, name, context)

        def vector(name: str) -> Any:
            return sources.vector_input(self.parameterAsSource(parameters, name, context))

        return FunnelParams(
            input=self.folder(parameters, "INPUT", context),
            output=self.folder(parameters, "OUTPUT", context),
            wells=vector("WELLS"),
            day=self.parameterAsString(parameters, "DATE", context),
            edge=number("EDGE"),
            boundary=number("BOUNDARY"),
            smoothing=number("SMOOTHING"),
            prominence=number("PROMINENCE"),
            min_area=number("MIN_AREA"),
            max_distance=number("MAX_DISTANCE"),
            previous=vector("PREVIOUS"),
            profile=vector("PROFILE"),
            points=vector("POINTS"),
            radius=number("RADIUS"),
            rain=self.parameterAsFile(parameters, "RAIN", context),
            temperature=self.parameterAsFile(parameters, "TEMPERATURE", context),
            warm_from=self.parameterAsString(parameters, "WARM_FROM", context) or "03-15",
            warm_to=self.parameterAsString(parameters, "WARM_TO", context) or "10-15",
            gaps=self.parameterAsEnumString(parameters, "GAPS", context),
        )

    def compute(self, params: FunnelParams, monitor: Monitor) -> Result:
        return run_funnels(params, monitor, self.resources())

    def present(
        self, result: Result, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        boundaries = layers.LayerToLoad(
            result.files["boundaries"], "Funnel boundaries", style="boundaries", table=BOUNDARIES
        )
        funnels = layers.LayerToLoad(result.files["funnels"], "Funnels", style="funnels", table=FUNNELS)
        layers.load(context, boundaries, funnels)
        return {
            "OUTPUT": str(result.folder),
            "FUNNELS": funnels.uri,
            "BOUNDARIES": boundaries.uri,
            "AREAS": str(result.files["areas"]),
            "HTML": str(result.files["report"]),
        }


def _line(name: str, description: str) -> QgsProcessingParameterFeatureSource:
    """A line layer that may be left empty."""
    definition = make.line_layer(name, description)
    definition.setFlags(definition.flags() | QgsProcessingParameterFeatureSource.Flag.FlagOptional)
    return definition
