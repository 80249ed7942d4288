"""The toolbox entry of `shpfilter`."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputHtml,
    QgsProcessingOutputRasterLayer,
)

from ....core.filtering.neighbourhood import Neighbourhood
from ....core.filtering.options import TESTS, SelectionOptions
from ....core.filtering.params import ShpFilterParams
from ....core.filtering.shp_job import run_shpfilter
from ....core.monitor import Monitor
from ....core.result import Result
from ... import parameters as make
from ...base import GroundlineAlgorithm
from ...groups import FILTERING
from . import results


class ShpFilterAlgorithm(GroundlineAlgorithm):
    """Averages wrapped interferograms over statistically homogeneous pixels."""

    ID = "shpfilter"
    TITLE = "Filter over homogeneous pixels (SHP)"
    GROUP = FILTERING
    SUMMARY = """Averages every interferogram over pixels that are alike: in a window around each pixel, those whose
        amplitudes over all dates come from the same distribution. Noise falls where the ground is even, edges stay, and
        point scatterers keep their phase bit for bit (Ferretti et al. 2011).

        Amplitudes are those of the images where the stack or AMPLITUDES has them; else they follow from the magnitudes
        of complex interferograms, which is unique where three interferograms close a triangle. Each date is brought to
        the same geometric mean first. The window is rows by columns: azimuth by range in radar geometry, but north by
        east on a geocoded stack.

        The result is a stack with the filtered phases and their coherence, and a layer with the number of homogeneous
        pixels. The same parameters and inputs again keep the finished results."""
    TAGS = (*GroundlineAlgorithm.TAGS, "filter", "despecks", "homogeneous", "coherence", "speckle", "adaptive")
    HELP = (
        ("INPUT", "Folder of a stack of wrapped interferograms."),
        (
            "AMPLITUDES",
            "Folder of a stack of images, or of interferograms with amplitudes, on the same grid, for every date. "
            "Empty: the amplitudes of INPUT.",
        ),
        ("ROWS", "Rows of the window, odd."),
        ("COLUMNS", "Columns of the window, odd."),
        ("ALPHA", "Level of the test: share of alike pixels that it takes for different."),
        (
            "TEST",
            "ks: two-sample Kolmogorov-Smirnov test, which assumes nothing, from 8 dates, better from 15. glr: "
            "likelihood ratio of speckle with LOOKS looks, from 2 dates; tells more apart when dates are few.",
        ),
        ("MIN_COUNT", "Pixels with so many homogeneous neighbours or fewer stay as they are."),
        ("CONNECTED", "Use only pixels that hang together with the centre (8 neighbours)."),
        ("LOOKS", "Looks of the amplitudes, for glr; 1 is single look."),
        ("UNBIASED", "Take the bias of few looks out of the coherence."),
        (
            "OUTPUT",
            "Folder for phase/ and coherence/ (one raster per interferogram), shp_count.tif, stack.json, report.html "
            "and result.json. The coherence is missing at pixels without any homogeneous pixel, as some points are.",
        ),
        ("COUNT", "Homogeneous pixels in the window, without the centre."),
        ("HTML", "Report with a piece before and after, numbers, and the table of interferograms."),
    )
    NUMBERS = (
        *results.NUMBERS,
        ("shp_median", "Homogeneous pixels in the window, median"),
        ("filtered_share", "Pixels filtered [%]"),
        ("pixels_untested", "Pixels without amplitudes, left as they are"),
        ("independent_fraction", "Independent samples per pixel"),
        ("effective_looks", "Effective looks of the filtered pixels, median"),
    )

    def define(self) -> None:
        add = self.addParameter
        add(make.stack_folder(description="Stack of wrapped interferograms"))
        add(make.input_folder("AMPLITUDES", "Another stack with the amplitudes", optional=True))
        add(make.integer("ROWS", "Window rows (azimuth) [pixels]", 19, minimum=1))
        add(make.integer("COLUMNS", "Window columns (range) [pixels]", 13, minimum=1))
        add(make.real("ALPHA", "Significance level of the test (alpha)", 0.05, 0.0, 1.0))
        add(make.choice("TEST", "Test (ks: Kolmogorov-Smirnov, glr: likelihood ratio)", TESTS, "ks"))
        add(make.integer("MIN_COUNT", "Minimum count: filter pixels with more homogeneous pixels than", 18, minimum=0))
        add(make.boolean("CONNECTED", "Only pixels connected with the centre (8-connectivity)", False))
        add(make.advanced(make.real("LOOKS", "Looks of the amplitudes (test glr)", 1.0, minimum=1.0)))
        add(make.advanced(make.boolean("UNBIASED", "Take the bias of few looks out of the coherence", False)))
        add(make.output_folder(description="Filtered stack"))
        self.addOutput(QgsProcessingOutputRasterLayer("COUNT", self.tr("Homogeneous pixels")))
        self.addOutput(QgsProcessingOutputHtml("HTML", self.tr("Filter report")))

    def core_parameters(self, parameters: dict[str, Any], context: QgsProcessingContext) -> ShpFilterParams:
        return ShpFilterParams(
            input=self.folder(parameters, "INPUT", context),
            output=self.folder(parameters, "OUTPUT", context),
            amplitudes=self.parameterAsString(parameters, "AMPLITUDES", context),
            selection=SelectionOptions(
                Neighbourhood(
                    self.parameterAsInt(parameters, "ROWS", context),
                    self.parameterAsInt(parameters, "COLUMNS", context),
                ),
                alpha=self.parameterAsDouble(parameters, "ALPHA", context),
                test=self.parameterAsEnumString(parameters, "TEST", context),
                connected=self.parameterAsBoolean(parameters, "CONNECTED", context),
                looks=self.parameterAsDouble(parameters, "LOOKS", context),
            ),
            minimum=self.parameterAsInt(parameters, "MIN_COUNT", context),
            unbiased=self.parameterAsBoolean(parameters, "UNBIASED", context),
        )

    def compute(self, params: ShpFilterParams, monitor: Monitor) -> Result:
        return run_shpfilter(params, monitor, self.resources())

    def present(
        self, result: Result, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        return results.present(result, context)
