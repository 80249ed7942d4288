"""The toolbox entry of `network`."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputFile,
    QgsProcessingOutputHtml,
)

from ....core.monitor import Monitor
from ....core.network.job import NetworkParams, run_network
from ....core.result import Result
from ... import parameters as make
from ...base import GroundlineAlgorithm
from ...groups import INTERFEROMETRY


class NetworkAlgorithm(GroundlineAlgorithm):
    """Chooses the pairs that later steps use."""

    ID = "network"
    TITLE = "Choose the interferogram network"
    GROUP = INTERFEROMETRY
    SUMMARY = (
        "Chooses which interferograms later steps use, by time and perpendicular baseline, and shows the network.\n\n"
        "Writes a light stack that points at your rasters where they are, a report with the baselines against time "
        "and a picture of every pair, and a CSV with the state of each pair and the reason. Edit the CSV and give it "
        "back as edits: a pair can be kept or excluded, an image dropped (20180106,,excluded,snow). Feeding the CSV "
        "back unchanged changes nothing.\n\n"
        "Where the network falls into parts, or an image has too few pairs, the best pairs beyond the thresholds are "
        "proposed. A proposal is not used until you change its state from proposed to kept. From a stack of images "
        "every possible pair is considered; from a stack of interferograms only those that exist."
    )
    HELP = (
        ("INPUT", "Folder of a stack of interferograms or of coregistered images."),
        ("MAX_DAYS", "Longest time between the two images of a pair."),
        ("MAX_BPERP", "Largest perpendicular baseline of a pair. Where it is not known, only time decides."),
        ("MIN_LINKS", "Fewest pairs that every image should have. Missing ones are proposed."),
        (
            "EDITS",
            "CSV with the columns date1, date2, state (kept, excluded) and reason; it wins over the thresholds. "
            "A row without date2 drops or brings back a whole image.",
        ),
        (
            "ALLOW_SPLIT",
            "Go on although the network is in parts that no pair at hand can join. The displacement between the parts "
            "is then not measured.",
        ),
        ("GALLERY", "Put a small picture of phase and coherence of every pair into the report."),
        ("OUTPUT", "Folder of the light stack, the CSV and the report."),
        ("CSV", "The pairs with their state and reason; a valid file of edits."),
        ("HTML", "Report with the network plot, the numbers and the pictures."),
    )
    NUMBERS = (
        ("images", "Images in the network"),
        ("pairs", "Pairs kept"),
        ("excluded", "Pairs excluded"),
        ("proposed", "Pairs proposed, not used until confirmed"),
        ("pairs_per_image", "Pairs per image"),
        ("mean_degree", "Pairs at an image, mean"),
        ("components", "Parts of the network"),
        ("redundancy", "Redundancy, pairs beyond a tree"),
        ("dates_without_loop", "Images in no closed loop"),
        ("thin_images", "Images with fewer pairs than asked for"),
    )
    REQUIRES = ("matplotlib",)

    def define(self) -> None:
        self.addParameter(make.stack_folder())
        self.addParameter(make.integer("MAX_DAYS", "Longest time span [days]", 84, minimum=1))
        self.addParameter(make.real("MAX_BPERP", "Largest perpendicular baseline [m]", 150.0, minimum=0.0))
        self.addParameter(make.integer("MIN_LINKS", "Fewest pairs per image", 2, minimum=0))
        self.addParameter(make.input_file("EDITS", "Edits", ("csv",)))
        self.addParameter(make.advanced(make.boolean("ALLOW_SPLIT", "Accept a network in several parts", False)))
        self.addParameter(make.advanced(make.boolean("GALLERY", "Pictures of all pairs in the report", True)))
        self.addParameter(make.output_folder())
        self.addOutput(QgsProcessingOutputFile("CSV", self.tr("Pairs and their states")))
        self.addOutput(QgsProcessingOutputHtml("HTML", self.tr("Network report")))

    def core_parameters(self, parameters: dict[str, Any], context: QgsProcessingContext) -> NetworkParams:
        return NetworkParams(
            input=self.folder(parameters, "INPUT", context),
            output=self.folder(parameters, "OUTPUT", context),
            max_days=self.parameterAsInt(parameters, "MAX_DAYS", context),
            max_bperp=self.parameterAsDouble(parameters, "MAX_BPERP", context),
            min_links=self.parameterAsInt(parameters, "MIN_LINKS", context),
            edits=self.parameterAsString(parameters, "EDITS", context),
            allow_split=self.parameterAsBoolean(parameters, "ALLOW_SPLIT", context),
            gallery=self.parameterAsBoolean(parameters, "GALLERY", context),
        )

    def compute(self, params: NetworkParams, monitor: Monitor) -> Result:
        return run_network(params, monitor)

    def present(
        self, result: Result, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        return {
            "OUTPUT": str(result.folder),
            "CSV": str(result.files["csv"]),
            "HTML": str(result.files["report"]),
        }
