#!/usr/bin/python3
"""Writes the models that ship with the provider (processing/models/*.model3).

Run it with the oldest QGIS supported, so that every later one reads the files.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
MODELS = ROOT / "processing" / "models"

HELP = {
    "ALG_TITLE": "Railway corridor: interferograms to profile",
    "ALG_DESC": (
        "From a folder of unwrapped interferograms to a velocity map, measurement points and the profile of a railway "
        "or another line, in one run.\n\n"
        "Four steps write into one workspace: stack (import), network (choice of pairs), displacement (SBAS), corridor "
        "(profile and zones). Each folder has a report. Run the model again with the same workspace and finished steps "
        "are kept; to change the choice of pairs, edit network/network.csv and run the single steps, or open a copy of "
        "this model in the designer from the Groundline menu."
    ),
    "ALG_CREATOR": "Groundline",
    "ALG_HELP_CREATOR": "Groundline",
    "ALG_VERSION": "1",
    "INPUT": "Folder with the interferograms of one track, where another program or service left them.",
    "FORMAT": "Who made the interferograms; auto looks and says why.",
    "LINE": "The railway, road, dike or pipeline: one line in one or several parts, in any coordinate system.",
    "REFERENCE": "Points or polygons on stable ground. When empty, the most coherent place is taken.",
    "MAX_DAYS": "Longest time between the two images of a pair.",
    "MAX_BPERP": "Largest perpendicular baseline of a pair. Where it is not known, only time decides.",
    "WEIGHTS": "coherence: interferograms count by the phase variance that their coherence implies.",
    "DEM_ERROR": "Estimate and remove a height error per pixel from the perpendicular baselines.",
    "RADIUS": "Half width of the corridor: 3000 m shows the surroundings, 50 m the track bed.",
    "BIN": "Length of the pieces of line for which statistics are made.",
    "THRESHOLD": "Median rate from which a piece counts as affected; negative is subsidence.",
    "COMPONENT": "vertical: line of sight divided by the cosine of the incidence angle. los: as measured.",
    "WORKSPACE": "Folder for all results. It is created when it is not there.",
}

# In the designer every input stands on the left, at the height of the step that takes it.
INPUT_ROWS = {
    "INPUT": 60.0, "FORMAT": 110.0,
    "MAX_DAYS": 210.0, "MAX_BPERP": 260.0,
    "REFERENCE": 360.0, "WEIGHTS": 410.0, "DEM_ERROR": 460.0,
    "LINE": 560.0, "RADIUS": 610.0, "BIN": 660.0, "THRESHOLD": 710.0, "COMPONENT": 760.0,
    "WORKSPACE": 860.0,
}  # fmt: skip
STEP_ROWS = (85.0, 235.0, 410.0, 660.0)


SALT_HELP = {
    "ALG_TITLE": "Salt mine, interferograms to brine forecast",
    "ALG_DESC": (
        "From a folder of unwrapped interferograms over a salt mine to diffusion, brine concentration, subsidence, its "
        "forecast, and the brine taken out, in one run.\n\n"
        "Steps write into one workspace: stack (import), network (choice of pairs), kinetics (WSK estimate), forecast "
        "(WSK prediction), brine (of the record), brine_forecast. Each folder has a report. Run the model again with "
        "the same workspace and finished steps are kept. To compare the kinetics with other models or with "
        "SBAS, run 'sbas' on network and 'comparemodels'; to change a step, open a copy of this model in the designer "
        "from the Groundline menu."
    ),
    "ALG_CREATOR": "Groundline",
    "ALG_HELP_CREATOR": "Groundline",
    "ALG_VERSION": "1",
    "INPUT": "Folder with the interferograms of one track, where another program or service left them.",
    "FORMAT": "Who made the interferograms; auto looks and says why.",
    "REFERENCE": "Points or polygons on ground that stands still. When empty, the most coherent place is taken.",
    "FUNNELS": "Polygons with the whole number `funnel`, each with a concentration of its own; empty for one mine.",
    "PRESET": "Geology and deposit: xinhua (saturated layer and seam of 3 m) or huaian (5 m).",
    "RECORD_CX": "Mean concentration of the brine over the record, g per 100 g of water; fixes the scale of D.",
    "END": "Last date of the forecast, YYYY-MM-DD.",
    "STEP": "Days between forecasts.",
    "THRESHOLD": "Subsidence from which a pixel counts for the brine.",
    "RECORDS": "Production record to compare with: CSV with from, to, tonnes and, if you like, funnel.",
    "DENSITY": "Tonnes of brine for a cubic metre of subsidence; the published calculation takes 1.",
    "MAX_DAYS": "Longest time between the two images of a pair.",
    "MAX_BPERP": "Largest perpendicular baseline of a pair.",
    "WORKSPACE": "Folder for all results. It is created when it is not there.",
}

FORMATS = ("auto", "gamma", "roipac", "hyp3", "licsar", "isce", "snap", "gmtsar", "opera", "mintpy")


class Builder:
    """One model: inputs in a column on the left, each step further down and to the right.

    rows : where the inputs stand; step_rows : where the steps do; evenly spaced without.
    """

    def __init__(
        self,
        name: str,
        texts: dict[str, str],
        definitions: tuple[Any, ...],
        rows: dict[str, float] | None = None,
        step_rows: tuple[float, ...] = (),
    ) -> None:
        from qgis.core import (
            QgsProcessingModelAlgorithm,
            QgsProcessingModelChildAlgorithm,
            QgsProcessingModelChildParameterSource,
            QgsProcessingModelParameter,
        )
        from qgis.PyQt.QtCore import QPointF, QSizeF

        self.source = QgsProcessingModelChildParameterSource
        self.model = QgsProcessingModelAlgorithm(name, "")
        self.model.setHelpContent(texts)
        self._child, self._point = QgsProcessingModelChildAlgorithm, QPointF
        self._steps, self._step_rows = 0, step_rows
        for row, definition in enumerate(definitions):
            component = QgsProcessingModelParameter(definition.name())
            place = rows[definition.name()] if rows else 60.0 + 50.0 * row
            component.setPosition(QPointF(150.0, place))
            component.setSize(QSizeF(270.0, 34.0))
            definition.setHelp(texts[definition.name()])
            self.model.addModelParameter(definition, component)
        self.model.setParameterOrder([key for key in texts if not key.startswith("ALG_")])

    def given(self, name: str) -> list[Any]:
        """The value of a parameter of the model."""
        return [self.source.fromModelParameter(name)]

    def output(self, step: str, name: str = "OUTPUT") -> list[Any]:
        """An output of an earlier step."""
        return [self.source.fromChildOutput(step, name)]

    def step(self, identifier: str, label: str, folder: str, name: str = "", **parameters: list[Any]) -> None:
        """Add an algorithm that writes into WORKSPACE/folder; what is not given keeps its default."""
        step = self._child(f"groundline:{identifier}")
        step.setChildId(name or identifier)
        step.setDescription(label)
        place = self._step_rows[self._steps] if self._step_rows else 85.0 + 140.0 * self._steps
        step.setPosition(self._point(560.0 + 110.0 * self._steps, place))
        self._steps += 1
        sources = {"OUTPUT": [self.source.fromExpression(f"@WORKSPACE || '/{folder}'")]}
        for definition in step.algorithm().parameterDefinitions():
            # QGIS 3.22 asks for every mandatory parameter, whatever its default.
            if definition.name() not in parameters and definition.defaultValue() is not None:
                sources[definition.name()] = [self.source.fromStaticValue(definition.defaultValue())]
        sources.update(parameters)
        for key, entries in sources.items():
            step.addParameterSources(key, entries)
        self.model.addChildAlgorithm(step)


def railway_corridor() -> Any:
    """importstack, network, sbas and corridorprofile, writing below WORKSPACE."""
    from groundline.processing import parameters as make

    build = Builder(
        "railwaycorridor",
        HELP,
        (
            make.input_folder("INPUT", "Folder of interferograms"),
            make.choice("FORMAT", "Format", FORMATS, "auto"),
            make.line_layer("LINE", "Railway or other line"),
            make.reference_layer("REFERENCE", "Stable points or areas"),
            make.integer("MAX_DAYS", "Longest time span of a pair [days]", 84, minimum=1),
            make.real("MAX_BPERP", "Largest perpendicular baseline [m]", 150.0, minimum=0.0),
            make.choice("WEIGHTS", "Weights", ("none", "coherence"), "none"),
            make.boolean("DEM_ERROR", "Estimate the error of the elevation model", False),
            make.real("RADIUS", "Half width of the corridor [m]", 3000.0, minimum=0.0),
            make.real("BIN", "Length of a bin [m]", 100.0, minimum=0.0),
            make.real("THRESHOLD", "Threshold [mm/yr]", -10.0),
            make.choice("COMPONENT", "Component", ("vertical", "los"), "vertical"),
            make.input_folder("WORKSPACE", "Workspace folder"),
        ),
        INPUT_ROWS,
        STEP_ROWS,
    )
    given, output = build.given, build.output
    build.step("importstack", "Import interferograms", "stack", INPUT=given("INPUT"), FORMAT=given("FORMAT"))
    build.step(
        "network", "Choose the network", "network",
        INPUT=output("importstack"), MAX_DAYS=given("MAX_DAYS"), MAX_BPERP=given("MAX_BPERP"),
    )  # fmt: skip
    build.step(
        "sbas", "Displacement by SBAS", "displacement",
        INPUT=output("network"), REFERENCE=given("REFERENCE"), WEIGHTS=given("WEIGHTS"), DEM_ERROR=given("DEM_ERROR"),
    )  # fmt: skip
    build.step(
        "corridorprofile", "Corridor profile", "corridor",
        POINTS=output("sbas", "POINTS"), LINE=given("LINE"), RADIUS=given("RADIUS"), BIN=given("BIN"),
        THRESHOLD=given("THRESHOLD"), COMPONENT=given("COMPONENT"),
    )  # fmt: skip
    return build.model


def salt_mine() -> Any:
    """importstack, network, wskestimate, wskpredict and brine of both, writing below WORKSPACE."""
    from groundline.processing import parameters as make

    build = Builder(
        "saltmine",
        SALT_HELP,
        (
            make.input_folder("INPUT", "Folder of interferograms"),
            make.choice("FORMAT", "Format", FORMATS, "auto"),
            make.reference_layer("REFERENCE", "Stable points or areas"),
            make.polygon_layer("FUNNELS", "Funnels"),
            make.choice("PRESET", "Mine", ("xinhua", "huaian"), "xinhua"),
            make.real("RECORD_CX", "Mean of Cx over the record [g/100 g water]", None, 0.0, optional=True),
            make.text("END", "Last date of the forecast (YYYY-MM-DD)", optional=False),
            make.integer("STEP", "Days between forecasts", 30, minimum=1),
            make.real("THRESHOLD", "Subsidence from which a pixel counts [mm]", 10.0, minimum=0.0),
            make.input_file("RECORDS", "Production record", ("csv",)),
            make.real("DENSITY", "Density of the brine [t/m3]", 1.0, minimum=0.0),
            make.integer("MAX_DAYS", "Longest time span of a pair [days]", 84, minimum=1),
            make.real("MAX_BPERP", "Largest perpendicular baseline [m]", 150.0, minimum=0.0),
            make.input_folder("WORKSPACE", "Workspace folder"),
        ),
    )
    given, output = build.given, build.output
    build.step("importstack", "Import interferograms", "stack", INPUT=given("INPUT"), FORMAT=given("FORMAT"))
    build.step(
        "network", "Choose the network", "network",
        INPUT=output("importstack"), MAX_DAYS=given("MAX_DAYS"), MAX_BPERP=given("MAX_BPERP"),
    )  # fmt: skip
    build.step(
        "wskestimate", "Dissolution kinetics", "kinetics",
        INPUT=output("network"), REFERENCE=given("REFERENCE"), FUNNELS=given("FUNNELS"), PRESET=given("PRESET"),
        RECORD_CX=given("RECORD_CX"),
    )  # fmt: skip
    build.step(
        "wskpredict", "Forecast", "forecast",
        INPUT=output("wskestimate"), END=given("END"), STEP=given("STEP"),
    )  # fmt: skip
    build.step(
        "brine", "Brine of the record", "brine",
        INPUT=output("wskestimate"), FUNNELS=given("FUNNELS"), MINE=given("PRESET"), THRESHOLD=given("THRESHOLD"),
        RECORDS=given("RECORDS"), DENSITY=given("DENSITY"),
    )  # fmt: skip
    build.step(
        "brine", "Brine of the forecast", "brine_forecast", "brine_forecast",
        INPUT=output("wskpredict"), FUNNELS=given("FUNNELS"), MINE=given("PRESET"), THRESHOLD=given("THRESHOLD"),
        DENSITY=given("DENSITY"),
    )  # fmt: skip
    return build.model


def main() -> int:
    """Write every model and read it back."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("QT_HASH_SEED", "0")  # the same order of attributes every time
    sys.path[:] = [
        entry for entry in sys.path if entry and Path(entry).resolve() not in (ROOT, ROOT / "scripts")
    ]
    sys.path.insert(0, str(ROOT / "tests"))
    import conftest  # noqa: F401 - registers the packages
    from groundline_tests import qgis_session

    with tempfile.TemporaryDirectory() as profile:
        application = qgis_session.start(Path(profile))
        try:
            for build in (railway_corridor, salt_mine):
                model = build()
                path = MODELS / f"{model.name()}.model3"
                if not model.toFile(str(path)):
                    print(f"{path} could not be written.")
                    return 1
                print(path)
                del model
        finally:
            qgis_session.stop(application)
    return 0


if __name__ == "__main__":
    sys.exit(main())
