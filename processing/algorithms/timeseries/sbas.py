"""The toolbox entry of `sbas`."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputHtml,
    QgsProcessingOutputRasterLayer,
    QgsProcessingOutputVectorLayer,
)

from ....core.monitor import Monitor
from ....core.result import Result
from ....core.timeseries.options import GAPS, LOSSES, WEIGHTS
from ....core.timeseries.params import SbasParams
from ....core.timeseries.sbas import run_sbas
from ... import parameters as make
from ... import sources
from ...base import GroundlineAlgorithm
from ...groups import TIME_SERIES
from . import masks, results


class SbasAlgorithm(GroundlineAlgorithm):
    """Turns unwrapped interferograms into displacement per date and velocity."""

    ID = "sbas"
    TITLE = "Displacement by SBAS"
    GROUP = TIME_SERIES
    SUMMARY = """Turns a stack of unwrapped interferograms into the displacement of every date and the velocity of every
        pixel, with their quality, by small-baseline inversion (Berardino et al. 2002).

        Displacements are along the line of sight in millimetres, relative to the first date and to the reference:
        positive is toward the satellite, so subsidence is negative. The velocity raster and the measurement points load
        into the project; layers.qlr in the folder holds the displacement of every date for the temporal controller.
        The same parameters and inputs again keep the finished results."""
    TAGS = (*GroundlineAlgorithm.TAGS, "time series", "velocity", "displacement", "inversion")
    HELP = (
        ("INPUT", "Folder of a stack of unwrapped interferograms, from importstack, network or simulate."),
        (
            "WEIGHTS",
            "coherence: interferograms count by the phase variance that their coherence implies. none: all alike.",
        ),
        (
            "LOSS",
            "l2: least squares. l1: least absolute deviations, which resists unwrapping errors of single "
            "interferograms.",
        ),
        (
            "GAPS",
            "What fills the time between parts of the network that no interferogram joins. minimum_norm: the smallest "
            "velocities. nsbas: a linear trend.",
        ),
        (
            "DEM_ERROR",
            "Estimate and remove a height error per pixel from the perpendicular baselines; written as "
            "height_error.tif.",
        ),
        (
            "REFERENCE",
            "Points or polygons on stable ground; everything is relative to them. The median of each area is used, and "
            "several areas are averaged by their noise. When empty, the most coherent place is taken and the report "
            "says where it is.",
        ),
        (
            "MASK",
            "Raster on the grid of the interferograms (0 or no data = not used) or polygons (only pixels inside are "
            "used). The reference may lie outside.",
        ),
        ("MIN_COHERENCE", "Values of an interferogram with less coherence count as missing. 0 keeps all."),
        (
            "MIN_PAIRS",
            "Pixels with fewer valid interferograms get no result. 0 asks for as many as there are unknowns, which is "
            "the number of dates less one in a connected network.",
        ),
        ("START", "First date to use; empty for the first of the stack."),
        ("END", "Last date to use; empty for the last of the stack."),
        (
            "MAX_POINTS",
            "At most this many measurement points; the ones with the highest temporal coherence are kept, and the "
            "report says how many were left out.",
        ),
        ("POINT_COHERENCE", "Least temporal coherence of a measurement point."),
        (
            "OUTPUT",
            "Folder for the rasters (displacement/YYYYMMDD.tif, velocity, velocity_std, temporal_coherence, "
            "redundancy, residual_rms, gaps, parts, beyond_limit), points.gpkg, layers.qlr, report.html and "
            "result.json.",
        ),
        ("VELOCITY", "Line-of-sight velocity in mm/yr."),
        ("POINTS", "Measurement points with velocity, quality, line of sight and one column per date in mm."),
        ("HTML", "Report with maps, series, residuals, reference and numbers."),
    )
    NUMBERS = (
        *results.NUMBERS,
        ("residual_rms", "Residual of all interferograms [rad]"),
        ("redundancy", "Interferograms beyond those needed"),
        ("pixels_split", "Pixels whose network falls into parts"),
        ("pixels_with_gaps", "Pixels with dates without data"),
        (
            "pixels_beyond_limit",
            "Pixels that move by a quarter wavelength against neighbours in some interferogram",
        ),
        ("pixels_lost", "Pixels that do so in at least half of the interferograms, lost to unwrapping"),
        ("height_correlation", "Mean correlation of velocity and height error"),
    )

    def define(self) -> None:
        add = self.addParameter
        add(make.stack_folder())
        add(make.choice("WEIGHTS", "Weights", WEIGHTS, "none"))
        add(make.choice("LOSS", "Loss", LOSSES, "l2"))
        add(make.choice("GAPS", "Gaps in the network", GAPS, "minimum_norm"))
        add(make.boolean("DEM_ERROR", "Estimate the error of the elevation model", False))
        add(make.reference_layer())
        add(masks.mask_layer("Mask (raster or polygons)"))
        add(make.real("MIN_COHERENCE", "Least coherence of an interferogram's value", 0.0, 0.0, 1.0))
        add(make.integer("MIN_PAIRS", "Least number of interferograms of a pixel", 0, minimum=0))
        add(make.date("START", "First date"))
        add(make.date("END", "Last date"))
        add(make.advanced(make.integer("MAX_POINTS", "Most measurement points", 300_000, minimum=1)))
        add(make.advanced(make.real("POINT_COHERENCE", "Least temporal coherence of a point", 0.7, 0.0, 1.0)))
        add(make.output_folder(description="Displacement folder"))
        self.addOutput(QgsProcessingOutputRasterLayer("VELOCITY", "Velocity"))
        self.addOutput(QgsProcessingOutputVectorLayer("POINTS", "Measurement points"))
        self.addOutput(QgsProcessingOutputHtml("HTML", "Displacement report"))

    def core_parameters(self, parameters: dict[str, Any], context: QgsProcessingContext) -> SbasParams:
        return SbasParams(
            input=self.folder(parameters, "INPUT", context),
            output=self.folder(parameters, "OUTPUT", context),
            weights=self.parameterAsEnumString(parameters, "WEIGHTS", context),
            loss=self.parameterAsEnumString(parameters, "LOSS", context),
            gaps=self.parameterAsEnumString(parameters, "GAPS", context),
            dem_error=self.parameterAsBoolean(parameters, "DEM_ERROR", context),
            reference=sources.vector_input(self.parameterAsSource(parameters, "REFERENCE", context)),
            mask=masks.mask_input(self.parameterAsLayer(parameters, "MASK", context)),
            min_coherence=self.parameterAsDouble(parameters, "MIN_COHERENCE", context),
            min_pairs=self.parameterAsInt(parameters, "MIN_PAIRS", context),
            start=self.parameterAsString(parameters, "START", context),
            end=self.parameterAsString(parameters, "END", context),
            max_points=self.parameterAsInt(parameters, "MAX_POINTS", context),
            point_coherence=self.parameterAsDouble(parameters, "POINT_COHERENCE", context),
        )

    def compute(self, params: SbasParams, monitor: Monitor) -> Result:
        return run_sbas(params, monitor, self.resources())

    def present(
        self, result: Result, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        return results.present(result, context)
