"""The toolbox entry of `comparemodels`."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputFile,
    QgsProcessingOutputHtml,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterMapLayer,
    QgsVectorLayer,
)

from ....core.mining.compare_job import run_comparemodels
from ....core.mining.compare_models import MODELS, SBAS, TITLES
from ....core.mining.compare_params import HIGHEST_DEGREE, LOWEST_DEGREE, CompareParams
from ....core.mining.estimate_params import U_MODELS
from ....core.mining.pim_panels import parse_fields
from ....core.mining.pim_parameters import COORDINATE, GROWTHS
from ....core.monitor import Monitor
from ....core.pointfile import date_of
from ....core.result import Result
from ... import parameters as make
from ... import sources
from ...base import GroundlineAlgorithm
from ...groups import MINING
from ...points import points_of

_EACH = (
    ("residual_std", "std of the residual phase [rad]"),
    ("aic", "AIC"),
    ("levelling_rmse", "RMSE against levelling [mm]"),
    ("prediction_std", "std of the prediction errors [mm]"),
    ("prediction_max", "largest prediction error [mm]"),
)


class CompareModelsAlgorithm(GroundlineAlgorithm):
    """Fits several models of ground motion to the same interferograms and says which fits and predicts best."""

    ID = "comparemodels"
    TITLE = "Compare deformation models"
    GROUP = MINING
    SUMMARY = """Fits the water-solution-kinetic model (WSK), linear, seasonal and polynomial motion, and the
        probability integral method (static PIM and CT-PIM) to the same phases of the same pixels, and compares what
        they leave: residual phase of each interferogram, AIC and its probability, levelling, and the errors of
        predictions beyond the dates that they saw.

        SBAS with a free displacement at every date is shown as the lower bound of the residuals, which no model can
        pass. With FIT_END the models see the record until that date and predict the rest."""
    TAGS = (*GroundlineAlgorithm.TAGS, "salt", "mining", "wsk", "pim", "aic", "prediction", "accuracy")
    HELP = (
        (
            "INPUT",
            "Folder of a stack of unwrapped interferograms with baselines, from network or importstack.",
        ),
        ("MODELS", "Which models compete. Those of the probability integral need PANELS."),
        (
            "REFERENCE",
            "Points or polygons on ground that stands still. When empty, the most coherent place is taken and the "
            "report says where it is.",
        ),
        (
            "FUNNELS",
            "Polygons with the whole number `funnel`, as 'funnels' writes them: only the pixels inside are compared, "
            "and each funnel has its own u in WSK. When empty, all pixels.",
        ),
        (
            "PANELS",
            "Extracted areas for the probability integral: polygons, or points with a field radius, with the fields "
            "depth and thickness in metres and, if known, dip, dip_azimuth, start, end, advance.",
        ),
        ("FIT_END", "Last date that the models see. The later ones are predicted and scored. Empty for all."),
        (
            "MEASURED",
            "Displacement folder on the grid of INPUT whose dates after FIT_END score the predictions, from 'sbas' for "
            "example. When empty, a free inversion of the whole stack.",
        ),
        ("LEVELLING", "Points with columns DYYYYMMDD in mm, up positive, as heights or as changes."),
        (
            "LEVELLING_CSV",
            "The same as a table with the columns name, longitude, latitude, date, vertical_mm.",
        ),
        ("U_MODEL", "Change of the undersaturation in WSK: harmonic, free (cannot predict) or temperature."),
        (
            "TEMPERATURES",
            "CSV with date and temperature of the brine in degrees Celsius, for the temperature model.",
        ),
        ("DEGREE", "Degree of the polynomial."),
        ("GROWTH", "Growth in time of CT-PIM: coordinate, weibull or knothe, as in 'pim'."),
        (
            "PER_PANEL",
            "Every panel has its own subsidence factor q, which suits wells that extract unequally.",
        ),
        ("DEPTH", "Depth in m of panels without the field."),
        ("THICKNESS", "Extracted thickness in m of panels without the field."),
        ("FIELDS", "Names of the fields where they differ, such as depth=tiefe, thickness=m."),
        ("START_VALUES", "Start values of the probability integral, such as q=0.8, tan_beta=1.9."),
        ("BOUNDS", "Bounds of the probability integral, such as q=0.1:1, s=0:0.2."),
        ("FIXED", "Parameters of the probability integral that keep their start value, such as b, s."),
        ("PIM_POINTS", "Pixels with which the parameters of the probability integral are sought."),
        (
            "MEAN_COHERENCE",
            "A pixel's mean coherence over the interferograms must reach this; 0 for no threshold.",
        ),
        ("LEAST_COHERENCE", "A pixel's lowest coherence must reach this; 0 for no threshold."),
        ("MASK", "Raster (0 or no data = not used) or polygons (only pixels inside are used)."),
        ("START", "First date to use; empty for the first of the stack."),
        ("END", "Last date to use; empty for the last of the stack."),
        ("MAX_PIXELS", "At most so many pixels, evenly spread, are compared."),
        ("OUTPUT", "Folder for the tables as CSV, the figures, report.html and result.json."),
        ("HTML", "Report with figures, tables, the values of the paper beside, and the method."),
        ("TABLE", "The models with their scores, as CSV."),
    )
    NUMBERS = (
        ("pixels", "Pixels compared"),
        ("pairs", "Interferograms that the models were fitted to"),
        ("dates_fitted", "Dates that the models were fitted to"),
        ("dates_predicted", "Predicted dates that were scored"),
        *((f"{key}_{model}", f"{TITLES[model]}: {what}") for model in (*MODELS, SBAS) for key, what in _EACH),
    )

    def define(self) -> None:
        add, advanced = self.addParameter, make.advanced
        add(make.stack_folder())
        add(
            QgsProcessingParameterEnum(
                "MODELS",
                "Models",
                list(MODELS),
                allowMultiple=True,
                defaultValue=list(MODELS),
                usesStaticStrings=True,
            )
        )
        add(make.reference_layer())
        add(make.polygon_layer("FUNNELS", "Funnels"))
        kinds = [QgsProcessing.SourceType.TypeVectorPolygon, QgsProcessing.SourceType.TypeVectorPoint]
        add(QgsProcessingParameterFeatureSource("PANELS", "Panels or wells", kinds, optional=True))
        add(make.date("FIT_END", "Last date that the models see"))
        add(make.input_folder("MEASURED", "Measured displacement folder", optional=True))
        add(make.point_layer("LEVELLING", "Levelling points", optional=True))
        add(make.input_file("LEVELLING_CSV", "Levelling table", ("csv",)))
        add(make.choice("U_MODEL", "Change of the undersaturation over time", U_MODELS, "harmonic"))
        add(make.input_file("TEMPERATURES", "Brine temperatures", ("csv",)))
        add(make.integer("DEGREE", "Degree of the polynomial", 3, LOWEST_DEGREE, HIGHEST_DEGREE))
        add(make.choice("GROWTH", "Growth of CT-PIM", GROWTHS, COORDINATE))
        add(advanced(make.boolean("PER_PANEL", "Subsidence factor for each panel", True)))
        add(advanced(make.real("DEPTH", "Depth of panels without the field [m]", None, 0.0, optional=True)))
        add(
            advanced(
                make.real("THICKNESS", "Thickness of panels without the field [m]", None, 0.0, optional=True)
            )
        )
        add(advanced(make.text("FIELDS", "Names of the panels' fields")))
        add(advanced(make.text("START_VALUES", "Start values of the probability integral")))
        add(advanced(make.text("BOUNDS", "Bounds of the probability integral")))
        add(advanced(make.text("FIXED", "Fixed parameters of the probability integral")))
        add(advanced(make.integer("PIM_POINTS", "Pixels for the probability integral", 1500, minimum=50)))
        add(advanced(make.real("MEAN_COHERENCE", "Least mean coherence of a pixel", 0.5, 0.0, 1.0)))
        add(advanced(make.real("LEAST_COHERENCE", "Least coherence of a pixel", 0.2, 0.0, 1.0)))
        masks = [QgsProcessing.SourceType.TypeRaster, QgsProcessing.SourceType.TypeVectorPolygon]
        add(
            advanced(
                QgsProcessingParameterMapLayer(
                    "MASK", "Mask (raster or polygons)", optional=True, types=masks
                )
            )
        )
        add(advanced(make.date("START", "First date")))
        add(advanced(make.date("END", "Last date")))
        add(advanced(make.integer("MAX_PIXELS", "Most pixels", 20_000, minimum=50)))
        add(make.output_folder())
        self.addOutput(QgsProcessingOutputHtml("HTML", "Report"))
        self.addOutput(QgsProcessingOutputFile("TABLE", "Scores of the models"))

    def core_parameters(self, parameters: dict[str, Any], context: QgsProcessingContext) -> CompareParams:
        def text(name: str) -> str:
            return self.parameterAsString(parameters, name, context) or ""

        def optional(name: str) -> float | None:
            given = parameters.get(name)
            return self.parameterAsDouble(parameters, name, context) if given not in (None, "") else None

        def layer(name: str, attributes: bool = True) -> Any:
            return sources.vector_input(
                self.parameterAsSource(parameters, name, context), attributes=attributes
            )

        mask = self.parameterAsLayer(parameters, "MASK", context)
        if isinstance(mask, QgsVectorLayer):
            usable: Any = sources.vector_input(mask, attributes=False)
        else:
            usable = None if mask is None else sources.source_path(mask, "MASK")
        levelling = None
        if parameters.get("LEVELLING") not in (None, ""):
            levelling = self.parameterAsVectorLayer(parameters, "LEVELLING", context)
        chosen = self.parameterAsEnumStrings(parameters, "MODELS", context)
        return CompareParams(
            input=self.folder(parameters, "INPUT", context),
            output=self.folder(parameters, "OUTPUT", context),
            models=tuple(chosen),
            reference=layer("REFERENCE"),
            funnels=layer("FUNNELS"),
            panels=layer("PANELS"),
            fields=parse_fields(text("FIELDS"), optional("DEPTH"), optional("THICKNESS")),
            fit_end=text("FIT_END"),
            measured=text("MEASURED"),
            levelling=None if levelling is None else points_of(levelling, _columns(levelling)),
            levelling_csv=text("LEVELLING_CSV"),
            u_model=self.parameterAsEnumString(parameters, "U_MODEL", context),
            temperatures=text("TEMPERATURES"),
            degree=self.parameterAsInt(parameters, "DEGREE", context),
            growth=self.parameterAsEnumString(parameters, "GROWTH", context),
            per_panel=self.parameterAsBoolean(parameters, "PER_PANEL", context),
            start_values=text("START_VALUES"),
            bounds=text("BOUNDS"),
            fixed=text("FIXED"),
            pim_points=self.parameterAsInt(parameters, "PIM_POINTS", context),
            mean_coherence=self.parameterAsDouble(parameters, "MEAN_COHERENCE", context),
            least_coherence=self.parameterAsDouble(parameters, "LEAST_COHERENCE", context),
            mask=usable,
            start=text("START"),
            end=text("END"),
            max_pixels=self.parameterAsInt(parameters, "MAX_PIXELS", context),
        )

    def compute(self, params: CompareParams, monitor: Monitor) -> Result:
        return run_comparemodels(params, monitor, self.resources())

    def present(
        self, result: Result, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        return {
            "OUTPUT": str(result.folder),
            "HTML": str(result.files["report"]),
            "TABLE": str(result.files["models"]),
        }


def _columns(layer: QgsVectorLayer) -> list[str]:
    """The name and the dates of levelling points."""
    names = [field.name() for field in layer.fields()]
    return [name for name in names if name == "name" or date_of(name) is not None]
