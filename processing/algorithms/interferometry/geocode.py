"""The toolbox entry of `geocode`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsProcessingContext, QgsProcessingFeedback, QgsProcessingOutputHtml

from ....core.geocoding.job import run_geocode
from ....core.geocoding.params import GeocodeParams
from ....core.monitor import Monitor
from ....core.result import Result
from ....core.stack import WRAPPED
from ... import layers, sources
from ... import parameters as make
from ...base import GroundlineAlgorithm
from ...groups import INTERFEROMETRY

MOST_LAYERS = 100  # pairs that come into the project


class GeocodeAlgorithm(GroundlineAlgorithm):
    """Brings a stack in radar coordinates onto a map."""

    ID = "geocode"
    TITLE = "Geocode a stack"
    GROUP = INTERFEROMETRY
    SUMMARY = (
        "Brings interferograms or displacements in radar coordinates onto a map, with heights, incidence and line of "
        "sight of every cell, so that they show in QGIS and every later step works on them.\n\n"
        "Stacks that began with 'coregister' are placed by their orbits and heights, and get the baseline of every "
        "date per cell; imported ones by their layers of longitude and latitude. Wrapped phases are averaged as "
        "complex numbers; missing pixels stay missing. Filter and unwrap before geocoding where you can: afterwards "
        "neighbouring cells are not independent. A run that was stopped goes on with the files that are missing."
    )
    TAGS = (*GroundlineAlgorithm.TAGS, "geocode", "geocoding", "terrain correction", "radar geometry", "map")
    HELP = (
        (
            "INPUT",
            "Folder of a stack in radar coordinates: of interferograms, of a filter, of sbas, or imported.",
        ),
        ("CRS", "Coordinate system of the map. Empty: the UTM zone of the scene's middle."),
        (
            "SPACING",
            "Side of a cell in the unit of the CRS: metres in most, degrees for longitude and latitude (0.0002 is "
            "about 20 m). Empty or 0: from the size of the radar's cells on the ground. Pixels that a larger cell "
            "holds are averaged.",
        ),
        ("EXTENT", "Part of the map to make. Empty: the whole scene."),
        (
            "OUTPUT",
            "Folder for the rasters, one per pair, date or product, geometry/, bperp/, stack.json, report.html and "
            "result.json.",
        ),
        ("HTML", "Report with a picture of the pairs."),
    )
    NUMBERS = (
        ("rows", "Rows of the map"),
        ("columns", "Columns of the map"),
        ("pixel_east", "Cell size, east [m]"),
        ("pixel_north", "Cell size, north [m]"),
        ("cells", "Cells that the radar shows"),
        ("places", "Places looked up in every cell"),
        ("rasters", "Rasters on the map"),
    )

    def define(self) -> None:
        add = self.addParameter
        add(make.stack_folder(description="Stack in radar coordinates"))
        add(make.crs())
        add(make.real("SPACING", "Cell size [unit of the CRS]", None, 0.0, optional=True, decimals=8))
        add(make.extent())
        add(make.output_folder(description="Stack on the map"))
        self.addOutput(QgsProcessingOutputHtml("HTML", self.tr("Report")))

    def core_parameters(self, parameters: dict[str, Any], context: QgsProcessingContext) -> GeocodeParams:
        extent, extent_crs = sources.extent(self, parameters, "EXTENT", context)
        return GeocodeParams(
            input=str(self.folder(parameters, "INPUT", context)),
            output=str(self.folder(parameters, "OUTPUT", context)),
            crs=sources.crs(self, parameters, "CRS", context),
            spacing=self.optional_number(parameters, "SPACING", context) or None,
            extent=extent,
            extent_crs=extent_crs,
        )

    def compute(self, params: GeocodeParams, monitor: Monitor) -> Result:
        return run_geocode(params, monitor, self.resources())

    def present(
        self, result: Result, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        files = result.files
        if "velocity" in files:
            limit = result.tables["scale"]["velocity_mm_yr"]
            shown = layers.LayerToLoad(files["velocity"], "Velocity (LOS)", style="velocity", limit=limit)
            layers.load(context, shown)
        elif "phase" in files:
            layers.load(context, *_phases(files["phase"], result.tables["kind"] == WRAPPED))
        return {"OUTPUT": str(result.folder), "HTML": str(files["report"])}


def _phases(first: Path, wrapped: bool) -> list[layers.LayerToLoad]:
    """The phases of all pairs in one group, of which the first is shown."""
    kind, style = ("Wrapped phase", "phase") if wrapped else ("Unwrapped phase", "")
    return [
        layers.LayerToLoad(path, f"{kind} {path.stem}", style=style, group=kind, visible=path == first)
        for path in sorted(first.parent.glob("*.tif"))[:MOST_LAYERS]
    ]
