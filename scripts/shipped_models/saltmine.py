"""The model `saltmine`."""

from __future__ import annotations

from typing import Any

from .builder import FORMATS, Builder

HELP = {
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


def salt_mine() -> Any:
    """importstack, network, wskestimate, wskpredict and brine of both, writing below WORKSPACE."""
    from groundline.processing import parameters as make

    build = Builder(
        "saltmine",
        HELP,
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
    build.import_and_network()
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
