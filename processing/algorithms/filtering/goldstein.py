"""The toolbox entry of `goldstein`."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProcessingContext, QgsProcessingFeedback, QgsProcessingOutputHtml

from ....core.filtering.goldstein import OVERLAPS, WINDOWS, GoldsteinOptions
from ....core.filtering.goldstein_job import run_goldstein
from ....core.filtering.params import AUTO, WEIGHTS, GoldsteinParams
from ....core.monitor import Monitor
from ....core.result import Result
from ... import parameters as make
from ...base import GroundlineAlgorithm
from ...groups import FILTERING
from . import results

FIXED, COHERENCE = "fixed", "coherence"


class GoldsteinAlgorithm(GroundlineAlgorithm):
    """Filters wrapped interferograms in the frequency domain."""

    ID = "goldstein"
    TITLE = "Goldstein filter"
    GROUP = FILTERING
    SUMMARY = """Filters every interferogram in overlapping patches: the spectrum of a patch is multiplied by its own
        magnitude to the power alpha, which raises fringes above noise (Goldstein & Werner 1998).

        Takes wrapped phases and complex interferograms, of importstack or shpfilter. Missing pixels stay missing.
        Alpha 0 changes nothing; alpha may also follow the coherence of each patch, so that noisy patches are filtered
        more (Baran et al. 2003). The same parameters and inputs again keep the finished results."""
    TAGS = (*GroundlineAlgorithm.TAGS, "filter", "goldstein", "werner", "baran", "phase", "fringes")
    HELP = (
        ("INPUT", "Folder of a stack of wrapped interferograms."),
        (
            "STRENGTH",
            "fixed: ALPHA everywhere. coherence: one less the mean coherence of each patch; needs a stack with "
            "coherence, which shpfilter writes.",
        ),
        ("ALPHA", "Strength from 0 (nothing) to 1, for STRENGTH fixed."),
        ("WINDOW", "Rows and columns of a patch. Smaller ones follow narrower fringes, larger ones filter harder."),
        ("OVERLAP", "Share of a patch that its neighbour covers too. More is smoother and takes longer."),
        (
            "SMOOTHING",
            "Odd number of frequencies over which the magnitude is averaged before it is used; 1 for none. Averaging, "
            "as in the original paper, filters more gently.",
        ),
        (
            "WEIGHTS",
            "amplitude: bright pixels count more, which suits single-look interferograms. phase: all count alike. "
            "auto: amplitude where the interferograms have one and no filter has been at them.",
        ),
        ("OUTPUT", "Folder for phase/ (one raster per interferogram), stack.json, report.html and result.json."),
        ("HTML", "Report with a piece before and after, numbers, and the table of interferograms."),
    )
    NUMBERS = results.NUMBERS

    def define(self) -> None:
        add = self.addParameter
        add(make.stack_folder(description="Stack of wrapped interferograms"))
        add(make.choice("STRENGTH", "Strength (fixed, or from the coherence of each patch)", (FIXED, COHERENCE), FIXED))
        add(make.real("ALPHA", "Alpha, for fixed strength", 0.5, 0.0, 1.0))
        add(make.choice("WINDOW", "Rows and columns of a patch [pixels]", tuple(str(size) for size in WINDOWS), "32"))
        add(make.choice("OVERLAP", "Overlap of the patches", tuple(str(share) for share in OVERLAPS), "0.5"))
        add(make.advanced(make.integer("SMOOTHING", "Smoothing of the spectrum [frequencies, odd]", 1, minimum=1)))
        add(make.advanced(make.choice("WEIGHTS", "Weights of the phases", WEIGHTS, AUTO)))
        add(make.output_folder(description="Filtered stack"))
        self.addOutput(QgsProcessingOutputHtml("HTML", self.tr("Filter report")))

    def core_parameters(self, parameters: dict[str, Any], context: QgsProcessingContext) -> GoldsteinParams:
        fixed = self.parameterAsEnumString(parameters, "STRENGTH", context) == FIXED
        return GoldsteinParams(
            input=self.folder(parameters, "INPUT", context),
            output=self.folder(parameters, "OUTPUT", context),
            options=GoldsteinOptions(
                alpha=self.parameterAsDouble(parameters, "ALPHA", context) if fixed else None,
                window=int(self.parameterAsEnumString(parameters, "WINDOW", context)),
                overlap=float(self.parameterAsEnumString(parameters, "OVERLAP", context)),
                smoothing=self.parameterAsInt(parameters, "SMOOTHING", context),
            ),
            weights=self.parameterAsEnumString(parameters, "WEIGHTS", context),
        )

    def compute(self, params: GoldsteinParams, monitor: Monitor) -> Result:
        return run_goldstein(params, monitor, self.resources())

    def present(
        self, result: Result, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        return results.present(result, context)
