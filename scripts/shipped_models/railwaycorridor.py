"""The model `railwaycorridor`."""

from __future__ import annotations

from typing import Any

from .builder import FORMATS, Builder

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
    build.import_and_network()
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
