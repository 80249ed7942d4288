"""The toolbox entry of `brine`."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputFile,
    QgsProcessingOutputHtml,
    QgsProcessingOutputVectorLayer,
)

from ....core.mining.brine_job import LAYER, run_brine
from ....core.mining.brine_params import BrineParams
from ....core.mining.gaps import FILL, GAPS
from ....core.mining.volumes import LAST, SELECTIONS
from ....core.monitor import Monitor
from ....core.result import Result
from ... import layers, sources
from ... import parameters as make
from ...base import GroundlineAlgorithm
from ...groups import MINING
from . import deposit


class BrineAlgorithm(GroundlineAlgorithm):
    """Brine and cavity diameters from subsided volume."""

    ID = "brine"
    TITLE = "Brine and dissolution cavities"
    GROUP = MINING
    SUMMARY = """Extracted brine, product and channel diameter per subsidence funnel and date of a salt solution mine,
        with yearly rates, from any displacement folder: measured, modelled or predicted.

        Two routes lead to the dissolution area, and both are reported: from the subsided volume, and from the area
        that subsides. The effect of the threshold, the uncertainty from correlated noise, and the comparison with
        production records belong to the report."""
    TAGS = (*GroundlineAlgorithm.TAGS, "salt", "mine", "brine", "volume", "cavity")
    HELP = (
        ("INPUT", "Displacement folder, as sbas, wskestimate or wskpredict write it."),
        (
            "FUNNELS",
            "Polygons with the whole number `funnel`, such as the output of 'funnels'. Polygons of different funnels "
            "must not overlap. Without them all subsiding ground counts as one.",
        ),
        (
            "THRESHOLD",
            "Subsidence in mm beyond which a pixel counts. The report shows what other thresholds would give.",
        ),
        (
            "SELECTION",
            "last: the pixels beyond the threshold at the last date count at every date, so that the volume grows "
            "without steps. each: at each date those beyond it at that date.",
        ),
        (
            "GAPS",
            "Pixels of the funnels without a value (masked, decorrelated). fill: from the pixels around them, before "
            "the threshold is applied; what that is worth is part of the standard deviation. leave: they add nothing.",
        ),
        *deposit.HELP,
        (
            "RECORDS",
            "Production record as CSV with the columns from, to (YYYY-MM-DD), tonnes and, if wanted, funnel. Tonnes "
            "are compared with the product Ty.",
        ),
        ("OUTPUT", "Folder for tables, layer, figures and report."),
        ("BRINE", "Ground that counts at the last date, one feature per funnel with its totals."),
        ("TABLE", "CSV with one row per funnel and date; units are in the headings."),
        ("HTML", "Report with curves, both routes, thresholds, years, records and method."),
    )
    NUMBERS = (
        ("funnel_count", "Funnels"),
        ("area", "Ground beyond the threshold at the last date [m²]"),
        ("volume", "Subsided volume at the last date [m³]"),
        ("brine_mass", "Brine at the last date [t]"),
        ("product", "Product at the last date [t]"),
        ("product_std", "Standard deviation of the product [t]"),
        ("annual_rate", "Product per year [t/yr]"),
        ("annual_rate_std", "Standard deviation of the product per year [t/yr]"),
        ("annual_brine", "Brine per year [t/yr]"),
        ("largest_diameter", "Largest channel diameter [m]"),
        ("product_by_area", "Product by the area route [t]"),
        ("largest_diameter_by_area", "Largest channel diameter by the area route [m]"),
        ("threshold_loss", "Volume that the threshold leaves out [%]"),
        ("product_per_mm", "Change of the product per millimetre of reference error [t/mm]"),
        ("missing_area_share", "Part of the funnels' ground without a value [%]"),
        ("filled_volume", "Part of the volume from filled pixels [m³]"),
        ("filled_share", "Part of the volume from filled pixels [%]"),
        ("records_ratio", "Estimated over recorded product"),
    )

    def define(self) -> None:
        add = self.addParameter
        add(make.input_folder(description="Displacement folder"))
        add(make.polygon_layer("FUNNELS", "Funnels"))
        add(make.real("THRESHOLD", "Threshold [mm]", 10.0, minimum=0.0))
        deposit.add_parameters(self)
        add(make.input_file("RECORDS", "Production record", ("csv",)))
        add(make.advanced(make.choice("SELECTION", "Pixels that count", SELECTIONS, LAST)))
        add(make.advanced(make.choice("GAPS", "Pixels without a value", GAPS, FILL)))
        add(make.output_folder())
        self.addOutput(QgsProcessingOutputVectorLayer("BRINE", "Brine per funnel"))
        self.addOutput(QgsProcessingOutputFile("TABLE", "Table"))
        self.addOutput(QgsProcessingOutputHtml("HTML", "Brine report"))

    def core_parameters(self, parameters: dict[str, Any], context: QgsProcessingContext) -> BrineParams:
        return BrineParams(
            input=self.folder(parameters, "INPUT", context),
            output=self.folder(parameters, "OUTPUT", context),
            funnels=sources.vector_input(self.parameterAsSource(parameters, "FUNNELS", context)),
            deposit=deposit.deposit_of(self, parameters, context),
            threshold=self.parameterAsDouble(parameters, "THRESHOLD", context),
            selection=self.parameterAsEnumString(parameters, "SELECTION", context),
            records=self.parameterAsFile(parameters, "RECORDS", context),
            gaps=self.parameterAsEnumString(parameters, "GAPS", context),
        )

    def compute(self, params: BrineParams, monitor: Monitor) -> Result:
        return run_brine(params, monitor, self.resources())

    def present(
        self, result: Result, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        layer = layers.LayerToLoad(result.files["layer"], "Brine per funnel", style="brine", table=LAYER)
        layers.load(context, layer)
        return {
            "OUTPUT": str(result.folder),
            "BRINE": layer.uri,
            "TABLE": str(result.files["table"]),
            "HTML": str(result.files["report"]),
        }
