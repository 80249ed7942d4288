"""The model `sentinel1interferograms`."""

from __future__ import annotations

from typing import Any

from .builder import Builder

HELP = {
    "ALG_TITLE": "Sentinel-1: images to filtered, geocoded interferograms",
    "ALG_DESC": (
        "From a folder of Sentinel-1 IW SLC images, as they were downloaded, to fringes on the map, in one run.\n\n"
        "Five steps write into one workspace: coregistered (images on common pixels), network (choice of pairs), "
        "interferograms (with coherence, and a picture of every pair to judge it by eye), filtered (Goldstein), "
        "geocoded (the map layers). Each folder has a report. Run the model again with the same workspace and "
        "finished steps are kept; a run that was stopped goes on.\n\n"
        "Look at the pictures in interferograms/report.html, then copy network/network.csv, mark bad pairs and dates "
        "as excluded in it, and run the model again with it as edits.\n\n"
        "The phases are wrapped. To go on to displacement, unwrap them with another program and bring the results in "
        "with 'importstack'.\n\n"
        "The Goldstein filter suits averaged looks and any number of dates. For some 15 dates or more at full "
        "resolution, open a copy of this model in the designer from the Groundline menu, set LOOKS to 1x1, and put "
        "'shpfilter' in its place: it keeps narrow things, such as an embankment, apart from their surroundings."
    ),
    "ALG_CREATOR": "Groundline",
    "ALG_HELP_CREATOR": "Groundline",
    "ALG_VERSION": "1",
    "INPUT": "Folder with the images of one track: S1x_IW_SLC__*.SAFE folders or zips, two dates or more.",
    "DEM": "Heights of the ground in any coordinate system, around all bursts that are read.",
    "HEIGHTS": (
        "What the heights of the DEM count from: the geoid egm2008 (Copernicus DEM) or egm96 (SRTM), or the ellipsoid "
        "of WGS 84 (simulated scenes). Geoid heights need PROJ's grid of the geoid, or UNDULATION."
    ),
    "UNDULATION": "Height of the geoid above the ellipsoid in metres, one for the area, in place of PROJ's grid.",
    "ORBITS": "Folder with orbit files (EOF). Without one the orbits of the annotation are taken, with a warning.",
    "SWATH": "Subswath, or all that every image holds.",
    "POLARISATION": "Polarisation of the images.",
    "EXTENT": "Area of interest; bursts that do not touch it are not read, and the map ends at it. Empty: everything.",
    "REFERENCE_DATE": "Date whose pixels all others take, YYYY-MM-DD. Empty: the date in the middle.",
    "MAX_DAYS": "Longest time between the two images of a pair.",
    "MAX_BPERP": "Largest perpendicular baseline of a pair.",
    "EDITS": "CSV of 'network' with pairs and dates excluded or brought back by hand; it wins over the thresholds.",
    "LOOKS": (
        "Rows x columns (azimuth x range) that are averaged: 2x8 makes cells of about 28 m by 30 m, 4x16 twice that, "
        "with less noise."
    ),
    "ALPHA": "Strength of the Goldstein filter, from 0 (none) to 1.",
    "CRS": "Coordinate system of the map. Empty: the UTM zone of the scene.",
    "SPACING": "Side of a cell of the map: metres in most systems. Empty or 0: from the size of the averaged pixels.",
    "WORKSPACE": "Folder for all results. It is created when it is not there.",
}

LOOKS = "2x8"  # about 28 m by 30 m

# In the designer every input stands on the left, at the height of the step that takes it.
INPUT_ROWS = {
    "INPUT": 60.0, "DEM": 110.0, "HEIGHTS": 160.0, "UNDULATION": 210.0, "ORBITS": 260.0, "SWATH": 310.0,
    "POLARISATION": 360.0, "EXTENT": 410.0, "REFERENCE_DATE": 460.0,
    "MAX_DAYS": 560.0, "MAX_BPERP": 610.0, "EDITS": 660.0,
    "LOOKS": 760.0,
    "ALPHA": 860.0,
    "CRS": 960.0, "SPACING": 1010.0,
    "WORKSPACE": 1110.0,
}  # fmt: skip
STEP_ROWS = (260.0, 610.0, 760.0, 860.0, 985.0)


def sentinel1_interferograms() -> Any:
    """coregister, network, interferograms, goldstein and geocode, writing below WORKSPACE."""
    from groundline.core.sentinel1.bursts import POLARISATIONS, SWATHS
    from groundline.core.sentinel1.geometry_dem import HEIGHTS
    from groundline.core.sentinel1.geometry_geoid import EGM2008
    from groundline.processing import parameters as make

    build = Builder(
        "sentinel1interferograms",
        HELP,
        (
            make.input_folder("INPUT", "Folder with Sentinel-1 images"),
            make.raster_layer("DEM", "Elevation model (DEM)", optional=False),
            make.choice("HEIGHTS", "Heights of the DEM are above", HEIGHTS, EGM2008),
            make.advanced(make.real("UNDULATION", "Undulation of the geoid [m]", None, -120.0, 120.0, optional=True)),
            make.input_folder("ORBITS", "Folder with orbit files (EOF)", optional=True),
            make.choice("SWATH", "Subswath", ("all", *SWATHS), "all"),
            make.advanced(make.choice("POLARISATION", "Polarisation", POLARISATIONS, "VV")),
            make.extent(description="Area of interest"),
            make.advanced(make.date("REFERENCE_DATE", "Reference date")),
            make.integer("MAX_DAYS", "Longest time span of a pair [days]", 84, minimum=1),
            make.real("MAX_BPERP", "Largest perpendicular baseline [m]", 150.0, minimum=0.0),
            make.input_file("EDITS", "Edits of the pairs", ("csv",)),
            make.text("LOOKS", "Looks, rows x columns (azimuth x range)", LOOKS, optional=False),
            make.real("ALPHA", "Strength of the filter (alpha)", 0.5, 0.0, 1.0),
            make.crs("CRS", "Coordinate system of the map"),
            make.real("SPACING", "Cell size [unit of the CRS]", None, 0.0, optional=True, decimals=8),
            make.input_folder("WORKSPACE", "Workspace folder"),
        ),
        INPUT_ROWS,
        STEP_ROWS,
    )
    given, output = build.given, build.output
    build.step(
        "coregister", "Coregister images", "coregistered",
        **{
            name: given(name)
            for name in (
                "INPUT", "DEM", "HEIGHTS", "UNDULATION", "ORBITS", "SWATH", "POLARISATION", "EXTENT", "REFERENCE_DATE",
            )
        },
    )  # fmt: skip
    build.step(
        "network", "Choose the network", "network",
        INPUT=output("coregister"), MAX_DAYS=given("MAX_DAYS"), MAX_BPERP=given("MAX_BPERP"),
        EDITS=given("EDITS"),
    )  # fmt: skip
    build.step(
        "interferograms", "Make interferograms", "interferograms",
        INPUT=output("network"), LOOKS=build.given_or("LOOKS", LOOKS),
    )  # fmt: skip
    build.step(
        "goldstein", "Goldstein filter", "filtered", INPUT=output("interferograms"), ALPHA=given("ALPHA")
    )
    build.step(
        "geocode", "Geocode", "geocoded",
        INPUT=output("goldstein"), CRS=given("CRS"), SPACING=given("SPACING"), EXTENT=given("EXTENT"),
    )  # fmt: skip
    return build.model
