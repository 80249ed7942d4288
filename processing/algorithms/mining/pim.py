"""The toolbox entry of `pim`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputFile,
    QgsProcessingOutputHtml,
    QgsProcessingOutputRasterLayer,
    QgsProcessingOutputVectorLayer,
    QgsProcessingParameterFeatureSource,
    QgsVectorLayer,
)

from ....core.errors import InputError
from ....core.mining.gaps import FILL, GAPS
from ....core.mining.pim_job import run_pim
from ....core.mining.pim_panels import parse_fields
from ....core.mining.pim_parameters import COORDINATE, CT, GROWTHS, MODELS
from ....core.mining.pim_params import PimParams
from ....core.mining.surveyor import DEFAULT_LIMITS
from ....core.monitor import Monitor
from ....core.pointfile import PointSet, date_of
from ....core.pointsource import Points
from ....core.result import Result
from ... import layers, sources
from ... import parameters as make
from ...base import GroundlineAlgorithm
from ...groups import MINING
from ...points import points_of


class PimAlgorithm(GroundlineAlgorithm):
    """Fits the probability integral method and makes the mine surveyor's layers."""

    ID = "pim"
    TITLE = "Probability integral method"
    GROUP = MINING
    SUMMARY = """Fits the probability integral method (PIM, Knothe's influence function) to a displacement folder, to
        interferograms or to levelling, predicts later dates, and makes the mine surveyor's layers: vertical and
        horizontal motion, tilt, curvature, horizontal strain, damage class, isolines as GeoPackage, DXF and CSV, and
        volume between two dates.

        Static PIM follows the extraction at once and is fitted to the last date. CT-PIM grows in time and is fitted
        to all dates: by a face that moves through the panels (coordinate), or by Weibull or Knothe growth. The model
        is projected into the line of sight of every pixel, so horizontal motion on the flanks is accounted for; the
        report says how much it falsifies subsidence that is taken from the line of sight alone."""
    TAGS = (
        *GroundlineAlgorithm.TAGS,
        "mining",
        "knothe",
        "panel",
        "tilt",
        "strain",
        "isolines",
        "dxf",
        "volume",
    )
    HELP = (
        (
            "INPUT",
            "Displacement folder (sbas, wskestimate ...), or a stack of unwrapped interferograms: then constants per "
            "interferogram and height errors are free. Empty to fit levelling alone.",
        ),
        (
            "PANELS",
            "Extracted areas: polygons, or wells as points with a field radius [m]. Fields: depth [m], thickness [m] "
            "of the extracted seam or cavity; optional start and end (dates), advance [degrees clockwise from north; "
            "without it the extraction grows in rings], dip and dip_azimuth [degrees], name.",
        ),
        (
            "LEVELLING",
            "Points with columns DYYYYMMDD [mm, up is positive]. With INPUT they check the result, else they are "
            "fitted.",
        ),
        ("MODEL", "static: the ground follows at once. ct: growth in time."),
        (
            "GROWTH",
            "For ct. coordinate: a face moves through each panel and every piece grows after it has passed. weibull, "
            "knothe: the whole panel grows from its start.",
        ),
        ("DATES", "Dates to predict. Empty with END empty: layers are made for the last date of the record."),
        ("STEP", "Days between predictions up to END."),
        ("END", "Predict from the end of the record to this date."),
        ("FIT_END", "Last date that is fitted; later dates of the record are scored. Empty for all."),
        ("DEPTH", "Depth of panels without the field depth."),
        ("THICKNESS", "Thickness of panels without the field thickness."),
        ("FIELDS", "Fields of PANELS with other names, for example: depth=H, thickness=m, start=begin."),
        ("PER_PANEL", "Give every panel a subsidence factor q of its own."),
        (
            "START_VALUES",
            "Values to start from, or to keep when in FIXED: q, tan_beta, b, s, k, rate, scale, shape, duration.",
        ),
        ("BOUNDS", "Bounds that differ from the defaults, for example: q=0.1:1, tan_beta=1:3."),
        ("FIXED", "Parameters that keep their start value, for example: b, s."),
        (
            "LIMITS",
            "Upper limits of the damage classes: strain and tilt in mm/m, curvature in mm/m². The default is that of "
            "China's regulations for mining under buildings (brick buildings); other countries and buildings differ.",
        ),
        ("ISOLINES", "Interval of the isolines of subsidence; 0 for a round one."),
        (
            "CRS",
            "Coordinate system of isolines, DXF and CSV, such as the mine's own. Empty for the model's (metric).",
        ),
        ("VOLUME_FROM", "First date of the volume; empty for the beginning of the record."),
        ("VOLUME_TO", "Last date of the volume; empty for the last predicted date."),
        (
            "GAPS",
            "Pixels of the trough without a value in the measured volume. fill: from the pixels around them. leave: "
            "they add nothing.",
        ),
        ("SPACING", "Pixel of the output when levelling is fitted alone."),
        ("MAX_POINTS", "The fit takes about so many pixels, evenly spread."),
        (
            "OUTPUT",
            "Displacement folder: line-of-sight displacement per date of record and prediction, and one folder per "
            "layer (vertical, east, north, displacement_std, tilt, curvature, strain, damage, vertical_bias).",
        ),
        ("VERTICAL", "Vertical motion at the last date in mm, up is positive."),
        ("TILT", "Tilt at the last date in mm/m."),
        ("CURVATURE", "Curvature at the last date in mm/m², positive where the ground bulges."),
        ("STRAIN", "Horizontal strain at the last date in mm/m, positive where the ground is stretched."),
        ("DAMAGE", "Damage class at the last date."),
        ("VELOCITY", "Line-of-sight velocity of the model in mm/yr, over all dates."),
        ("ISOLINE_LAYER", "Isolines of subsidence at the last date in mm."),
        ("DXF", "The isolines as DXF, one layer per level."),
        ("SURFACE", "The surface at the last date as CSV."),
        ("HTML", "Report with maps, section, fit, parameters and numbers."),
    )
    NUMBERS = (
        ("q", "Subsidence factor q (mean of the panels)"),
        ("q_std", "Standard deviation of q"),
        ("tan_beta", "Tangent of the angle of main influence"),
        ("tan_beta_std", "Standard deviation of tan_beta"),
        ("b", "Horizontal factor b"),
        ("b_std", "Standard deviation of b"),
        ("s", "Inflection offset over depth"),
        ("s_std", "Standard deviation of s"),
        ("k", "Propagation factor k"),
        ("rate", "Knothe coefficient c [1/yr]"),
        ("scale", "Weibull time scale [yr]"),
        ("shape", "Weibull shape"),
        ("duration", "Time of the face through the panels [yr]"),
        ("fitted_points", "Points used by the fit"),
        ("residual_rms", "Root mean square of the residuals [mm]"),
        ("held_out_rmse", "Root mean square error at dates that were not fitted [mm]"),
        ("levelling_rmse", "Root mean square error against levelling [mm]"),
        ("max_subsidence", "Largest subsidence [mm]"),
        ("max_horizontal", "Largest horizontal motion [mm]"),
        ("max_tilt", "Largest tilt [mm/m]"),
        ("max_hogging", "Largest curvature, bulging [mm/m²]"),
        ("max_sagging", "Largest curvature, sagging [mm/m²]"),
        ("max_tension", "Largest stretching strain [mm/m]"),
        ("max_compression", "Largest compressing strain [mm/m]"),
        ("max_std", "Largest standard deviation of the line-of-sight displacement [mm]"),
        ("max_bias", "Largest error of the vertical conversion by horizontal motion [mm]"),
        ("biased_area", "Area where that error is beyond 10 mm [km²]"),
        ("worst_class", "Worst damage class"),
        ("worst_class_area", "Area in the worst damage class [m²]"),
        ("volume", "Volume of the trough between the two dates, model [m³]"),
        ("volume_std", "Its standard deviation [m³]"),
        ("volume_measured", "Volume of the trough between the two dates, measured [m³]"),
        ("volume_measured_std", "Its standard deviation [m³]"),
        ("volume_missing_share", "Part of the trough's ground without a value [%]"),
        ("volume_filled", "Part of the measured volume from filled pixels [m³]"),
    )

    def define(self) -> None:
        add, folded = self.addParameter, make.advanced
        kinds = [QgsProcessing.SourceType.TypeVectorPolygon, QgsProcessing.SourceType.TypeVectorPoint]
        add(make.input_folder(description="Displacement folder or interferograms", optional=True))
        add(QgsProcessingParameterFeatureSource("PANELS", "Panels or wells", kinds))
        add(make.point_layer("LEVELLING", "Levelling points", optional=True))
        add(make.choice("MODEL", "Model", MODELS, CT))
        add(make.choice("GROWTH", "Growth in time", GROWTHS, COORDINATE))
        add(make.text("DATES", "Dates to predict (YYYY-MM-DD, separated by commas)"))
        add(make.integer("STEP", "Days between predictions", 30, minimum=1))
        add(make.date("END", "Last predicted date"))
        add(make.date("FIT_END", "Last fitted date"))
        add(make.real("DEPTH", "Depth, if missing [m]", None, 0.0, optional=True))
        add(make.real("THICKNESS", "Thickness, if missing [m]", None, 0.0, optional=True))
        add(folded(make.text("FIELDS", "Other names of the panels' fields")))
        add(folded(make.boolean("PER_PANEL", "A subsidence factor for every panel", False)))
        add(folded(make.text("START_VALUES", "Start values")))
        add(folded(make.text("BOUNDS", "Bounds")))
        add(folded(make.text("FIXED", "Fixed parameters")))
        add(make.text("LIMITS", "Limits of the damage classes", DEFAULT_LIMITS))
        add(make.real("ISOLINES", "Interval of the isolines (0 = automatic) [mm]", 0.0, minimum=0.0))
        add(make.crs("CRS", "Coordinate system of isolines, DXF and CSV"))
        add(make.date("VOLUME_FROM", "First date of the volume"))
        add(make.date("VOLUME_TO", "Last date of the volume"))
        add(folded(make.choice("GAPS", "Pixels without a value", GAPS, FILL)))
        add(folded(make.real("SPACING", "Pixel with levelling alone [m]", 20.0, minimum=0.0)))
        add(folded(make.integer("MAX_POINTS", "Pixels used by the fit", 6000, minimum=50)))
        add(make.output_folder(description="Displacement folder of the model"))
        for name, title in (
            ("VERTICAL", "Vertical motion"),
            ("TILT", "Tilt"),
            ("CURVATURE", "Curvature"),
            ("STRAIN", "Horizontal strain"),
            ("DAMAGE", "Damage class"),
            ("VELOCITY", "Velocity"),
        ):
            self.addOutput(QgsProcessingOutputRasterLayer(name, title))
        self.addOutput(QgsProcessingOutputVectorLayer("ISOLINE_LAYER", "Isolines"))
        self.addOutput(QgsProcessingOutputFile("DXF", "Isolines as DXF"))
        self.addOutput(QgsProcessingOutputFile("SURFACE", "Surface as CSV"))
        self.addOutput(QgsProcessingOutputHtml("HTML", "PIM report"))

    def core_parameters(self, parameters: dict[str, Any], context: QgsProcessingContext) -> PimParams:
        def text(name: str) -> str:
            return self.parameterAsString(parameters, name, context) or ""

        def optional(name: str) -> float | None:
            given = parameters.get(name)
            return self.parameterAsDouble(parameters, name, context) if given not in (None, "") else None

        panels = sources.vector_input(self.parameterAsSource(parameters, "PANELS", context))
        if panels is None:
            raise InputError("PANELS", parameters.get("PANELS"), "a layer of polygons or points")
        levelling = None
        if parameters.get("LEVELLING") not in (None, ""):
            levelling = self.parameterAsVectorLayer(parameters, "LEVELLING", context)
        crs = self.parameterAsCrs(parameters, "CRS", context)
        return PimParams(
            panels=panels,
            output=self.folder(parameters, "OUTPUT", context),
            input=text("INPUT"),
            levelling=None if levelling is None else _series(levelling),
            model=self.parameterAsEnumString(parameters, "MODEL", context),
            growth=self.parameterAsEnumString(parameters, "GROWTH", context),
            start_values=text("START_VALUES"),
            bounds=text("BOUNDS"),
            fixed=text("FIXED"),
            per_panel=self.parameterAsBoolean(parameters, "PER_PANEL", context),
            fit_end=text("FIT_END"),
            dates=text("DATES"),
            step=self.parameterAsInt(parameters, "STEP", context),
            end=text("END"),
            volume_from=text("VOLUME_FROM"),
            volume_to=text("VOLUME_TO"),
            limits=text("LIMITS") or DEFAULT_LIMITS,
            isolines=self.parameterAsDouble(parameters, "ISOLINES", context),
            export_crs=sources.wkt(crs) if crs.isValid() else "",
            spacing=self.parameterAsDouble(parameters, "SPACING", context),
            max_points=self.parameterAsInt(parameters, "MAX_POINTS", context),
            fields=parse_fields(text("FIELDS"), optional("DEPTH"), optional("THICKNESS")),
            gaps=self.parameterAsEnumString(parameters, "GAPS", context),
        )

    def compute(self, params: PimParams, monitor: Monitor) -> Result:
        return run_pim(params, monitor, self.resources())

    def present(
        self, result: Result, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        files, scale = result.files, result.tables["scale"]
        lines = layers.LayerToLoad(
            files["isolines"], "PIM: isolines", style="isolines", table="isolines", top=True
        )
        vertical = layers.LayerToLoad(
            files["vertical"],
            "PIM: vertical motion",
            style="displacement",
            limit=float(scale["subsidence_mm"]),
            unit="mm",
        )
        damage = layers.LayerToLoad(files["damage"], "PIM: damage class", style="damage", visible=False)
        layers.load(context, lines, vertical, damage)
        rasters = ("vertical", "tilt", "curvature", "strain", "damage", "velocity")
        return {
            "OUTPUT": str(result.folder),
            **{name.upper(): str(files[name]) for name in rasters},
            "ISOLINE_LAYER": lines.uri,
            "DXF": str(files["isolines_dxf"]),
            "SURFACE": str(files["surface"]),
            "HTML": str(files["report"]),
        }


def _series(layer: QgsVectorLayer) -> Points:
    """Levelling as core takes it: a file, or the date columns of the features."""
    names = [field.name() for field in layer.fields() if date_of(field.name()) is not None]
    found = points_of(layer, names)
    if not isinstance(found, PointSet):
        return found
    columns = sorted((date_of(name), name) for name in names)
    series = [np.asarray(found.attributes[name], np.float32) for _, name in columns]
    table = np.stack(series, axis=1) if series else np.empty((len(found), 0), np.float32)
    return replace(found, attributes={}, dates=tuple(day for day, _ in columns), series=table)
