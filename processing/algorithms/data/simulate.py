"""The toolbox entry of `simulate`."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputFile,
    QgsProcessingOutputFolder,
)

from ....core.monitor import Monitor
from ....core.result import Result
from ....core.simulation.job import run_simulate
from ....core.simulation.params import SCENARIOS, SIZES, SimulateParams
from ... import parameters as make
from ...base import GroundlineAlgorithm
from ...groups import DATA


class SimulateAlgorithm(GroundlineAlgorithm):
    """Makes a scene whose truth is known."""

    ID = "simulate"
    TITLE = "Simulate a scene with known truth"
    GROUP = DATA
    SUMMARY = (
        "Makes interferograms of a scene that never existed, so that every step can be tried and its result compared "
        "with the truth.\n\n"
        "The railway corridor has a line of 100 km that crosses two subsidence bowls (a broad one under a city, a "
        "steep one over a coalfield) and a small spot outside the coalfield; two tracks with different grids; "
        "atmosphere, decorrelation in towns and fields, seasonal motion that follows the rain, errors of the terrain "
        "model, missing data and gaps in time. README.md in the folder tells what is where."
    )
    HELP = (
        ("SCENARIO", "Which scene: corridor is a railway across two subsidence bowls."),
        ("SEED", "Start of the random numbers. The same seed gives the same files."),
        (
            "SIZE",
            "small: 40 and 38 images, 120 columns, a second or two. medium: 63 and 61 images, 340 columns, 140 MB. "
            "large: the same images, 1000 columns, 1.3 GB.",
        ),
        ("COLUMNS", "Columns of the first track's grid over the 100 km of the scene; 0 leaves it to the size."),
        ("OUTPUT", "Folder of the scene."),
        ("STACK", "Stack folder of track 40, to go on with."),
        ("LINE", "The railway."),
        ("REFERENCE", "Two stable areas."),
    )
    NUMBERS = (
        ("images_40", "Images of track 40"),
        ("pairs_40", "Interferograms of track 40"),
        ("images_142", "Images of track 142"),
        ("pairs_142", "Interferograms of track 142"),
        ("line_length", "Length of the railway [m]"),
        ("affected_length", "Truth: length that sinks at 10 mm/yr or more [m]"),
        ("lowest_rate", "Truth: lowest vertical rate on the railway [mm/yr]"),
    )
    REQUIRES = ()

    def define(self) -> None:
        self.addParameter(make.choice("SCENARIO", "Scenario", SCENARIOS, SCENARIOS[0]))
        self.addParameter(make.integer("SEED", "Seed", 1, minimum=0))
        self.addParameter(make.choice("SIZE", "Size", tuple(SIZES), "medium"))
        self.addParameter(make.advanced(make.integer("COLUMNS", "Columns of the grid", 0, minimum=0)))
        self.addParameter(make.output_folder())
        self.addOutput(QgsProcessingOutputFolder("STACK", self.tr("Stack of track 40")))
        self.addOutput(QgsProcessingOutputFile("LINE", self.tr("Railway")))
        self.addOutput(QgsProcessingOutputFile("REFERENCE", self.tr("Reference areas")))

    def core_parameters(self, parameters: dict[str, Any], context: QgsProcessingContext) -> SimulateParams:
        return SimulateParams(
            output=self.folder(parameters, "OUTPUT", context),
            scenario=self.parameterAsEnumString(parameters, "SCENARIO", context),
            seed=self.parameterAsInt(parameters, "SEED", context),
            size=self.parameterAsEnumString(parameters, "SIZE", context),
            columns=self.parameterAsInt(parameters, "COLUMNS", context),
        )

    def compute(self, params: SimulateParams, monitor: Monitor) -> Result:
        return run_simulate(params, monitor)

    def present(
        self, result: Result, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        return {
            "OUTPUT": str(result.folder),
            "STACK": str(result.files["stack_40"].parent),
            "LINE": str(result.files["railway"]),
            "REFERENCE": str(result.files["reference_areas"]),
        }
