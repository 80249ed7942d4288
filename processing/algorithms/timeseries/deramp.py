"""The toolbox entry of `deramp`."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProcessingContext, QgsProcessingFeedback

from ....core.monitor import Monitor
from ....core.result import Result
from ....core.timeseries.corrections.deramp import run_deramp
from ....core.timeseries.corrections.params import HEIGHTS, TRENDS, DerampParams
from ... import parameters as make
from ... import sources
from ...base import GroundlineAlgorithm
from ...groups import TIME_SERIES
from . import corrected, masks


class DerampAlgorithm(GroundlineAlgorithm):
    """Removes ramps and stratified delay."""

    ID = "deramp"
    TITLE = "Remove ramps and stratified delay"
    GROUP = TIME_SERIES
    SUMMARY = """Removes planes or quadratic surfaces, and delay that grows with height, from interferograms or from a
        displacement folder. Terms are fitted robustly to each interferogram and turned into terms of each date by the
        network, so triplets of interferograms close as before.

        A bowl that fills much of the image looks like a ramp. Ground that moves is left out of the fit by itself, and
        more can be drawn; what grows steadily with time stays in the data unless TREND says otherwise."""
    TAGS = (*GroundlineAlgorithm.TAGS, "ramp", "orbit", "plane", "troposphere", "stratified", "correction")
    HELP = (
        (
            "INPUT",
            "Folder of a stack of unwrapped interferograms, or a displacement folder as sbas writes it.",
        ),
        ("DEGREE", "1: plane. 2: all quadratic terms too. 0: no ramp, only the delay with height."),
        ("HEIGHT", "linear: remove delay that grows linearly with height. none: do not."),
        ("DEM", "Heights in metres for HEIGHT, in any coordinate system; empty takes those of the stack."),
        (
            "MASK",
            "Where the fit may look: raster on the grid of the stack (0 or no data = not) or polygons (inside = yes).",
        ),
        ("EXCLUDE", "Polygons where the fit must not look, such as a subsidence bowl."),
        (
            "FIND_MOVING",
            "Leave pixels out of the fit whose mean rate differs significantly from that of most ground.",
        ),
        (
            "TREND",
            "keep: the part of the ramps that grows steadily with time stays, because it cannot be told from motion; "
            "the velocity does not change. remove: it goes too.",
        ),
        (
            "OUTPUT",
            "Folder for the corrected stack (phase, stack.json) or displacement folder, with removed/YYYYMMDD.tif in "
            "mm, the report and result.json.",
        ),
        *corrected.HELP,
    )
    NUMBERS = (
        *corrected.NUMBERS,
        ("fit_pixels", "Pixels of the fit, at least"),
        ("moving_share", "Pixels left out of the fit because they move [%]"),
        ("fit_noise", "Median scatter about the fit [mm]"),
        ("reach", "Spread of what is removed, over the image against over the pixels of the fit"),
        ("misclosure", "Root mean square of the terms that no date explains [mm]"),
        ("trend", "Largest steady change of a term [mm/yr]"),
        ("trend_std", "Standard deviation of the steady change [mm/yr]"),
        ("velocity_removed", "Largest term taken from the velocity [mm/yr]"),
    )

    def define(self) -> None:
        add = self.addParameter
        add(make.stack_folder(description="Stack or displacement folder"))
        add(make.integer("DEGREE", "Degree of the ramp", 1, minimum=0, maximum=2))
        add(make.choice("HEIGHT", "Delay with height", HEIGHTS, "none"))
        add(make.raster_layer("DEM", "Elevation model"))
        add(masks.mask_layer("Where the fit may look (raster or polygons)"))
        add(make.polygon_layer("EXCLUDE", "Areas left out of the fit"))
        add(make.boolean("FIND_MOVING", "Leave moving ground out of the fit", True))
        add(make.choice("TREND", "Steady part of the ramps", TRENDS, "keep"))
        add(make.output_folder(description="Corrected folder"))
        corrected.add_outputs(self)

    def core_parameters(self, parameters: dict[str, Any], context: QgsProcessingContext) -> DerampParams:
        dem = self.parameterAsRasterLayer(parameters, "DEM", context)
        return DerampParams(
            input=self.folder(parameters, "INPUT", context),
            output=self.folder(parameters, "OUTPUT", context),
            degree=self.parameterAsInt(parameters, "DEGREE", context),
            height=self.parameterAsEnumString(parameters, "HEIGHT", context),
            dem=None if dem is None else sources.source_path(dem, "DEM"),
            mask=masks.mask_input(self.parameterAsLayer(parameters, "MASK", context)),
            exclude=sources.vector_input(self.parameterAsSource(parameters, "EXCLUDE", context), False),
            find_moving=self.parameterAsBoolean(parameters, "FIND_MOVING", context),
            trend=self.parameterAsEnumString(parameters, "TREND", context),
        )

    def compute(self, params: DerampParams, monitor: Monitor) -> Result:
        return run_deramp(params, monitor, self.resources())

    def present(
        self, result: Result, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        return corrected.present(result, context)
