"""The toolbox entry of `decompose`."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputFile,
    QgsProcessingOutputHtml,
    QgsProcessingOutputRasterLayer,
    QgsProcessingOutputVectorLayer,
)

from ....core.monitor import Monitor
from ....core.result import Result
from ....core.validation.decompose import RASTERS, run_decompose
from ....core.validation.decompose_params import DecomposeParams
from ... import layers, sources
from ... import parameters as make
from ...base import GroundlineAlgorithm
from ...groups import VALIDATION
from ...points import track_of

_TITLES = {"up": "Up", "east": "East", "up_std": "Up, standard deviation", "east_std": "East, standard deviation"}


class DecomposeAlgorithm(GroundlineAlgorithm):
    """Turns tracks that look from different sides into east and up."""

    ID = "decompose"
    TITLE = "East and up from several tracks"
    GROUP = VALIDATION
    SUMMARY = """Turns the line-of-sight velocities of an ascending and a descending track (or more tracks) into
        eastward and upward velocity with their standard deviations, in the cells of a common grid.

        North motion is taken as zero, because near-polar orbits see next to nothing of it; the report says what north
        motion would do. Tracks that look from the same side are refused with their condition number. The tracks need
        the same reference: give REFERENCE when theirs differ."""
    TAGS = (*GroundlineAlgorithm.TAGS, "east", "up", "vertical", "horizontal", "2D", "ascending", "descending")
    HELP = (
        (
            "TRACKS",
            "Two or more tracks: measurement points with los_east, los_north and los_up, or velocity rasters of "
            "displacement folders.",
        ),
        ("SPACING", "Side of the cells. Smaller than the distance of the points, few cells are common."),
        (
            "MAX_CONDITION",
            "Cells with a larger condition number get no result. Ascending and descending have about 1.3, two "
            "tracks of the same pass 8 or more.",
        ),
        ("STD", "Standard deviation of the velocity for tracks without a field `velocity_std`."),
        ("MIN_POINTS", "Cells with fewer points of a track are left out."),
        (
            "REFERENCE",
            "Points or polygons on stable ground, where every track is made zero. Empty: the tracks have the same "
            "reference already.",
        ),
        ("FIELD", "Field of the points with the line-of-sight velocity in mm/yr."),
        ("CRS", "Metric coordinate system of the cells. Empty: that of the first track, or the UTM zone."),
        ("OUTPUT", "Folder for points, rasters, the figure, the report and result.json."),
        ("UP", "Points with the upward velocity; every step that takes measurement points takes them."),
        ("EAST", "Points with the eastward velocity, positive to the east."),
        ("UP_RASTER", "Upward velocity in mm/yr."),
        ("EAST_RASTER", "Eastward velocity in mm/yr."),
        ("UP_STD_RASTER", "Its standard deviation."),
        ("EAST_STD_RASTER", "Its standard deviation."),
        ("HTML", "Report with maps, numbers and assumptions."),
        ("FIGURE", "The maps as PNG."),
    )
    NUMBERS = (
        ("cells", "Cells with east and up"),
        ("cells_left_out", "Cells left out because the tracks look too much alike there"),
        ("up_min", "Lowest upward velocity [mm/yr]"),
        ("up_median", "Median upward velocity [mm/yr]"),
        ("up_max", "Highest upward velocity [mm/yr]"),
        ("east_min", "Lowest eastward velocity [mm/yr]"),
        ("east_median", "Median eastward velocity [mm/yr]"),
        ("east_max", "Highest eastward velocity [mm/yr]"),
        ("up_std", "Standard deviation of the upward velocity [mm/yr]"),
        ("east_std", "Standard deviation of the eastward velocity [mm/yr]"),
        ("error_correlation", "Correlation of both errors"),
        ("condition", "Condition number"),
        ("condition_max", "Largest condition number"),
        ("east_per_north", "Error in east per unit of north motion"),
        ("up_per_north", "Error in up per unit of north motion"),
        ("misfit", "Misfit against the stated errors"),
    )

    def define(self) -> None:
        add = self.addParameter
        add(make.tracks("TRACKS", "Tracks (points or rasters)"))
        add(make.real("SPACING", "Side of the cells [m]", 50.0, minimum=0.0))
        add(make.reference_layer("REFERENCE", "Stable ground where all tracks are zero"))
        for definition in (
            make.real("MAX_CONDITION", "Largest condition number", 5.0, minimum=1.0),
            make.real("STD", "Standard deviation where unknown [mm/yr]", 1.0, minimum=0.0),
            make.integer("MIN_POINTS", "Least points per cell and track", 1, minimum=1),
            make.text("FIELD", "Velocity field of points", "velocity"),
            make.crs("CRS", "Metric system of the cells"),
        ):
            add(make.advanced(definition))
        add(make.output_folder())
        self.addOutput(QgsProcessingOutputVectorLayer("UP", "Upward velocity, points"))
        self.addOutput(QgsProcessingOutputVectorLayer("EAST", "Eastward velocity, points"))
        for name in RASTERS:
            self.addOutput(QgsProcessingOutputRasterLayer(f"{name.upper()}_RASTER", _TITLES[name]))
        self.addOutput(QgsProcessingOutputHtml("HTML", "Decomposition report"))
        self.addOutput(QgsProcessingOutputFile("FIGURE", "Figure"))

    def core_parameters(self, parameters: dict[str, Any], context: QgsProcessingContext) -> DecomposeParams:
        field = self.parameterAsString(parameters, "FIELD", context) or "velocity"
        given = self.parameterAsLayerList(parameters, "TRACKS", context)
        return DecomposeParams(
            tuple(track_of(layer, (field,), "TRACKS") for layer in given),
            self.folder(parameters, "OUTPUT", context),
            spacing=self.parameterAsDouble(parameters, "SPACING", context),
            max_condition=self.parameterAsDouble(parameters, "MAX_CONDITION", context),
            std=self.parameterAsDouble(parameters, "STD", context),
            min_points=self.parameterAsInt(parameters, "MIN_POINTS", context),
            field=field,
            crs=sources.crs(self, parameters, "CRS", context),
            reference=sources.vector_input(self.parameterAsSource(parameters, "REFERENCE", context)),
        )

    def compute(self, params: DecomposeParams, monitor: Monitor) -> Result:
        return run_decompose(params, monitor)

    def present(
        self, result: Result, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        files = result.files
        scales = {"up": result.tables["scale"]["velocity_mm_yr"], "east": result.tables["scale"]["east_mm_yr"]}
        outputs = {
            "OUTPUT": str(result.folder),
            "HTML": str(files["report"]),
            "FIGURE": str(files["figure"]),
            "UP": f"{files['up']}|layername=points",
            "EAST": f"{files['east']}|layername=points",
        }
        rasters = {name: files[f"{name}_raster"] for name in RASTERS if f"{name}_raster" in files}
        outputs.update({f"{name.upper()}_RASTER": str(path) for name, path in rasters.items()})
        wanted = []
        for name, limit in scales.items():
            if name in rasters:
                wanted.append(layers.LayerToLoad(rasters[name], _TITLES[name], style="velocity", limit=limit))
            else:
                wanted.append(
                    layers.LayerToLoad(
                        files[name], _TITLES[name], style="velocity_points", table="points", limit=limit
                    )
                )
        layers.load(context, *wanted)
        return outputs
