"""The toolbox entry of `interferograms`."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProcessingContext, QgsProcessingFeedback, QgsProcessingOutputHtml

from ....core.monitor import Monitor
from ....core.result import Result
from ....core.sentinel1.interferograms_job import run_interferograms
from ....core.sentinel1.interferograms_params import LARGEST_WINDOW, InterferogramParams
from ... import parameters as make
from ...base import GroundlineAlgorithm
from ...groups import INTERFEROMETRY


class InterferogramsAlgorithm(GroundlineAlgorithm):
    """Makes interferograms of coregistered images."""

    ID = "interferograms"
    TITLE = "Make interferograms"
    GROUP = INTERFEROMETRY
    SUMMARY = (
        "Multiplies the coregistered images of every pair, earlier by the conjugate of the later one, averages looks "
        "if asked to, and estimates coherence. Flat earth and terrain are out already: 'coregister' took them out by "
        "geometry.\n\n"
        "Run 'network' on the stack of images first: it chooses the pairs. The report shows a picture of every pair, "
        "to judge it by eye. The result is a stack of wrapped interferograms in radar coordinates, for 'shpfilter' "
        "(single looks) or 'goldstein', and then 'geocode'. A run that was stopped goes on with the pairs that are "
        "missing."
    )
    TAGS = (*GroundlineAlgorithm.TAGS, "sentinel-1", "slc", "interferogram", "coherence", "multilook")
    HELP = (
        ("INPUT", "Folder of 'network' on a stack of images, or the stack of 'coregister' itself with PAIRS."),
        ("PAIRS", "CSV of 'network'; its kept pairs are made. Empty: the kept pairs of INPUT."),
        (
            "LOOKS",
            "Rows x columns (azimuth x range) that are averaged. 1x1 keeps single looks; 1x4 makes nearly square "
            "pixels of 15 m.",
        ),
        ("WINDOW", "Rows and columns of the window of coherence, after averaging; odd."),
        ("OUTPUT", "Folder for interferograms/ (complex), coherence/, stack.json, report.html and result.json."),
        ("HTML", "Report with a picture of every pair."),
    )
    NUMBERS = (
        ("pairs", "Interferograms"),
        ("images", "Images in them"),
        ("rows", "Rows"),
        ("columns", "Columns"),
        ("mean_coherence", "Mean coherence"),
        ("least_coherence", "Smallest mean coherence of a pair"),
    )

    def define(self) -> None:
        add = self.addParameter
        add(make.stack_folder(description="Stack of images with pairs, from network"))
        add(make.input_file("PAIRS", "Pairs to make, from network", ("csv",)))
        add(make.text("LOOKS", "Looks, rows x columns (azimuth x range)", "1x1", optional=False))
        add(make.advanced(make.integer("WINDOW", "Window of coherence [cells, odd]", 5, 1, LARGEST_WINDOW)))
        add(make.output_folder(description="Stack of interferograms"))
        self.addOutput(QgsProcessingOutputHtml("HTML", self.tr("Report with a picture of every pair")))

    def core_parameters(self, parameters: dict[str, Any], context: QgsProcessingContext) -> InterferogramParams:
        return InterferogramParams(
            input=str(self.folder(parameters, "INPUT", context)),
            output=str(self.folder(parameters, "OUTPUT", context)),
            pairs=self.parameterAsFile(parameters, "PAIRS", context),
            looks=self.parameterAsString(parameters, "LOOKS", context),
            window=self.parameterAsInt(parameters, "WINDOW", context),
        )

    def compute(self, params: InterferogramParams, monitor: Monitor) -> Result:
        return run_interferograms(params, monitor, self.resources())

    def present(
        self, result: Result, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        return {"OUTPUT": str(result.folder), "HTML": str(result.files["report"])}
