"""The toolbox entry of `proposereference`."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputFile,
    QgsProcessingOutputHtml,
    QgsProcessingOutputVectorLayer,
)

from ....core.monitor import Monitor
from ....core.result import Result
from ....core.timeseries.proposal.params import LEVELS, MODE, ProposalParams
from ....core.timeseries.proposal.run import TABLE, propose_reference
from ... import layers, sources
from ... import parameters as make
from ...base import GroundlineAlgorithm
from ...groups import TIME_SERIES


class ProposeReferenceAlgorithm(GroundlineAlgorithm):
    """Finds areas that may serve as reference."""

    ID = "proposereference"
    TITLE = "Propose reference areas"
    GROUP = TIME_SERIES
    SUMMARY = """Looks through a displacement folder for areas that may serve as reference: coherent with redundancy,
        standing still, and flat over time; and says by how much each would change every velocity.

        The polygons go into "Change the reference" or "Displacement by SBAS" as they are. The score knows no geology:
        look at the areas before using them."""
    TAGS = (*GroundlineAlgorithm.TAGS, "reference", "stable", "datum")
    HELP = (
        ("INPUT", "Displacement folder, as sbas writes it."),
        ("COUNT", "At most so many areas. Several share the risk that one of them moves."),
        ("SIZE", "Side of an area, at least three pixels."),
        ("MIN_COHERENCE", "Minimum temporal coherence of a pixel in an area."),
        ("MAX_VELOCITY", "Most that the mean velocity of an area may differ from what stands still."),
        (
            "LEVEL",
            "What stands still. mode: the most frequent velocity, also where the present reference moves. reference: "
            "the present reference.",
        ),
        ("MIN_DISTANCE", "Minimum distance between areas. 0: a fifth of the scene's diagonal."),
        ("AVOID", "Polygons in which no area may lie, e.g. works or a coalfield."),
        ("OUTPUT", "Folder for the polygons, the figure, the report and result.json."),
        ("REFERENCE", "The areas, best first, with the change of velocity that each causes."),
        ("HTML", "Report with map, series and numbers."),
        ("FIGURE", "Map of the score and series of the areas as PNG."),
    )
    NUMBERS = (
        ("area_count", "Areas proposed"),
        ("velocity_change", "Change of every velocity with all areas as the reference [mm/yr]"),
        ("velocity_change_1", "Change with the best area alone [mm/yr]"),
        ("disagreement", "Largest difference between the areas' own velocities [mm/yr]"),
        ("stable_level", "Velocity taken as standing still [mm/yr]"),
        ("usable_pixels", "Pixels that may be part of a reference"),
    )

    def define(self) -> None:
        add = self.addParameter
        add(make.input_folder(description="Displacement folder"))
        add(make.integer("COUNT", "Maximum number of areas", 3, minimum=1))
        add(make.real("SIZE", "Side of an area [m]", 300.0, minimum=0.0))
        add(make.real("MIN_COHERENCE", "Minimum temporal coherence", 0.7, 0.0, 1.0))
        add(make.real("MAX_VELOCITY", "Maximum velocity relative to stable ground [mm/yr]", 3.0, minimum=0.0))
        add(make.choice("LEVEL", "Velocity taken as stable", LEVELS, MODE))
        add(make.advanced(make.real("MIN_DISTANCE", "Minimum distance between areas [m]", 0.0, minimum=0.0)))
        add(make.advanced(make.polygon_layer("AVOID", "Polygons to avoid")))
        add(make.output_folder())
        self.addOutput(QgsProcessingOutputVectorLayer("REFERENCE", "Proposed reference areas"))
        self.addOutput(QgsProcessingOutputHtml("HTML", "Proposal report"))
        self.addOutput(QgsProcessingOutputFile("FIGURE", "Figure"))

    def core_parameters(self, parameters: dict[str, Any], context: QgsProcessingContext) -> ProposalParams:
        return ProposalParams(
            input=self.folder(parameters, "INPUT", context),
            output=self.folder(parameters, "OUTPUT", context),
            count=self.parameterAsInt(parameters, "COUNT", context),
            size=self.parameterAsDouble(parameters, "SIZE", context),
            min_coherence=self.parameterAsDouble(parameters, "MIN_COHERENCE", context),
            max_velocity=self.parameterAsDouble(parameters, "MAX_VELOCITY", context),
            level=self.parameterAsEnumString(parameters, "LEVEL", context),
            min_distance=self.parameterAsDouble(parameters, "MIN_DISTANCE", context),
            avoid=sources.vector_input(self.parameterAsSource(parameters, "AVOID", context)),
        )

    def compute(self, params: ProposalParams, monitor: Monitor) -> Result:
        return propose_reference(params, monitor, self.resources())

    def present(
        self, result: Result, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        areas = layers.LayerToLoad(
            result.files["areas"], "Proposed reference areas", style="areas", table=TABLE, top=True
        )
        layers.load(context, areas)
        return {
            "OUTPUT": str(result.folder),
            "REFERENCE": areas.uri,
            "HTML": str(result.files["report"]),
            "FIGURE": str(result.files["figure"]),
        }
