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


def railway_corridor() -> Any:
    """importstack, network, sbas and corridorprofile, writing below WORKSPACE."""
    from qgis.core import (
        QgsProcessingModelAlgorithm,
        QgsProcessingModelChildAlgorithm,
        QgsProcessingModelChildParameterSource,
        QgsProcessingModelParameter,
    )
    from qgis.PyQt.QtCore import QPointF, QSizeF

    from groundline.processing import parameters as make

    source = QgsProcessingModelChildParameterSource
    model = QgsProcessingModelAlgorithm("railwaycorridor", "")
    model.setHelpContent(HELP)

    formats = ("auto", "gamma", "roipac", "hyp3", "licsar", "mintpy")
    for definition in (
        make.input_folder("INPUT", "Folder of interferograms"),
        make.choice("FORMAT", "Format", formats, "auto"),
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
    ):
        component = QgsProcessingModelParameter(definition.name())
        component.setPosition(QPointF(150.0, INPUT_ROWS[definition.name()]))
        component.setSize(QSizeF(270.0, 34.0))
        definition.setHelp(HELP[definition.name()])
        model.addModelParameter(definition, component)

    model.setParameterOrder([name for name in HELP if not name.startswith("ALG_")])

    def value(entry: Any) -> list[Any]:
        return [entry]

    def given(name: str) -> list[Any]:
        return value(source.fromModelParameter(name))

    def child(identifier: str, label: str, row: int, **parameters: list[Any]) -> None:
        step = QgsProcessingModelChildAlgorithm(f"groundline:{identifier}")
        step.setChildId(identifier)
        step.setDescription(label)
        step.setPosition(QPointF(560.0 + 110.0 * row, STEP_ROWS[row]))
        folder = {"importstack": "stack", "network": "network", "sbas": "displacement"}.get(
            identifier, "corridor"
        )
        sources = {"OUTPUT": value(source.fromExpression(f"@WORKSPACE || '/{folder}'"))}
        for definition in step.algorithm().parameterDefinitions():
            # QGIS 3.22 asks for every mandatory parameter, whatever its default.
            if definition.name() not in parameters and definition.defaultValue() is not None:
                sources[definition.name()] = value(source.fromStaticValue(definition.defaultValue()))
        sources.update(parameters)
        for name, entries in sources.items():
            step.addParameterSources(name, entries)
        model.addChildAlgorithm(step)

    child("importstack", "Import interferograms", 0, INPUT=given("INPUT"), FORMAT=given("FORMAT"))
    child(
        "network", "Choose the network", 1,
        INPUT=value(source.fromChildOutput("importstack", "OUTPUT")),
        MAX_DAYS=given("MAX_DAYS"), MAX_BPERP=given("MAX_BPERP"),
    )  # fmt: skip
    child(
        "sbas", "Displacement by SBAS", 2,
        INPUT=value(source.fromChildOutput("network", "OUTPUT")),
        REFERENCE=given("REFERENCE"), WEIGHTS=given("WEIGHTS"), DEM_ERROR=given("DEM_ERROR"),
    )  # fmt: skip
    child(
        "corridorprofile", "Corridor profile", 3,
        POINTS=value(source.fromChildOutput("sbas", "POINTS")),
        LINE=given("LINE"), RADIUS=given("RADIUS"), BIN=given("BIN"),
        THRESHOLD=given("THRESHOLD"), COMPONENT=given("COMPONENT"),
    )  # fmt: skip
    return model


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
            model = railway_corridor()
            path = MODELS / f"{model.name()}.model3"
            if not model.toFile(str(path)):
                print(f"{path} could not be written.")
                return 1
            print(path)
        finally:
            del model
            qgis_session.stop(application)
    return 0


if __name__ == "__main__":
    sys.exit(main())
