"""The toolbox entry of `wskestimate`."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputHtml,
    QgsProcessingOutputRasterLayer,
    QgsProcessingOutputVectorLayer,
    QgsProcessingParameterField,
    QgsProcessingParameterMapLayer,
    QgsVectorLayer,
)

from ....core.mining.estimate_job import run_wskestimate
from ....core.mining.estimate_params import (
    BOUNDS,
    FORMS,
    MAX_CX,
    MAX_D,
    MAX_DH,
    PRESET_NAMES,
    U_MODELS,
    WEIGHTS,
    WskEstimateParams,
)
from ....core.monitor import Monitor
from ....core.result import Result
from ... import parameters as make
from ... import sources
from ...base import GroundlineAlgorithm
from ...groups import MINING
from . import results


class WskEstimateAlgorithm(GroundlineAlgorithm):
    """Turns unwrapped interferograms into diffusion, concentration and subsidence of a salt mine."""

    ID = "wskestimate"
    TITLE = "Estimate dissolution kinetics (WSK)"
    GROUP = MINING
    SUMMARY = """Fits the water-solution-kinetic model of salt mining to unwrapped interferograms: the diffusion
        coefficient D and the height error dH of every pixel, the concentration Cx of the brine over time, and the
        subsidence of every date, all with standard deviations.

        The ground sinks by dS/dt = D/delta (Cs - Cx)/Cs. Without a brine temperature or a known mean of Cx only the
        product of D and the undersaturation is physical; the report says so, and explains every other
        limit of the model with its numbers. The output is a displacement folder, which 'brine', 'funnels',
        'wskpredict' and the corridor profile take."""
    TAGS = (*GroundlineAlgorithm.TAGS, "salt", "mining", "brine", "kinetics", "wsk")
    HELP = (
        ("INPUT", "Folder of a stack of unwrapped interferograms with baselines, from network or importstack."),
        (
            "REFERENCE",
            "Points or polygons on ground that stands still; D and dH are relative to it. When empty, the most "
            "coherent place is taken and the report says where it is.",
        ),
        (
            "FUNNELS",
            "Polygons with the whole number `funnel`, as 'funnels' writes them: each gets a concentration of its own, "
            "and pixels outside are left out. When empty, one concentration for all pixels.",
        ),
        ("PRESET", "Geology: xinhua (Cs 48.8, delta 3 m), huaian (48.8, 5 m), simulation (40.8, 3 m), or own."),
        ("CS", "With own: concentration of saturated brine in g per 100 g of water."),
        ("DELTA", "With own: thickness of the saturated layer in m."),
        (
            "U_MODEL",
            "How the undersaturation changes: harmonic (mean and annual term, can be predicted), free (a value per "
            "interval, cannot), temperature (from the solubility at a temperature series).",
        ),
        ("TEMPERATURES", "CSV with date and temperature of the brine in degrees Celsius, for the temperature model."),
        (
            "BRINE_TEMPERATURE",
            "Fixes the scale: mean temperature of the brine in degrees Celsius, 0 to 30, by the solubility of "
            "Glauber's salt.",
        ),
        ("RECORD_CX", "Fixes the scale instead: mean of Cx over the record in g per 100 g of water."),
        (
            "RECORD_CX_FIELD",
            "Number field of FUNNELS with the mean of Cx of each funnel; funnels without a value take "
            "BRINE_TEMPERATURE or RECORD_CX, and where those are empty only D times the undersaturation is physical.",
        ),
        (
            "BOUNDS",
            "scaled: D >= 0; MAX_D and MAX_DH are widened to 1.5 times what the data ask for where that is more. "
            "fixed: the bounds below as they are. none: only uplift is reported. "
            "The published bound of D reaches no more than 20 mm a year at delta 3 m; the report says what would.",
        ),
        ("MAX_D", "Largest D in units of 1e-9 m2/s; scaled widens it where the data ask for more."),
        ("MAX_CX", "Largest Cx in g per 100 g of water; never above Cs. Not with none."),
        ("MAX_DH", "Largest height error in m, either sign; scaled widens it where the data ask for more."),
        (
            "WEIGHTS",
            "none: all phases alike. interferogram: 1/variance from the mean coherence of each interferogram. pixel: "
            "from the coherence of each value, which needs the iterative solver.",
        ),
        ("MEAN_COHERENCE", "A pixel's mean coherence over the interferograms must reach this; 0 for no threshold."),
        ("LEAST_COHERENCE", "A pixel's lowest coherence must reach this; 0 for no threshold."),
        ("MIN_PAIRS", "Interferograms that a pixel needs; 0 asks for all of them, which the closed form needs."),
        ("MASK", "Raster (0 or no data = not used) or polygons (only pixels inside are used)."),
        ("START", "First date to use; empty for the first of the stack."),
        ("END", "Last date to use; empty for the last of the stack."),
        ("FIRST_DATES", "Use only the first so many dates, to score a prediction with the others; 0 for all."),
        (
            "RESIDUALS",
            "Also write the residual phase of every interferogram to residual/ (observed minus modelled, rad). Off "
            "because it takes as much disk as the interferograms; its size per pixel and per interferogram is always "
            "in residual_rms, report and result.json.",
        ),
        ("FORM", "rate: the default. absolute: subsidence D u(t) t as the paper prints it, for comparison."),
        (
            "OUTPUT",
            "Folder for displacement/YYYYMMDD.tif and displacement_std, D, D_std, dH, dH_std, D_dH_correlation, "
            "funnel, points.gpkg, layers.qlr, wsk.json (the model), report.html and result.json.",
        ),
        ("VELOCITY", "Line-of-sight velocity of the model in mm/yr."),
        ("POINTS", "Measurement points with D, dH and one column per date in mm."),
        ("DIFFUSION", "D of every pixel in m2/s."),
        ("HTML", "Report with the concentration over time, maps, residuals, limits of the model and numbers."),
    )
    NUMBERS = results.ESTIMATE_NUMBERS

    def define(self) -> None:
        add, folded = self.addParameter, make.advanced
        add(make.stack_folder())
        add(make.reference_layer())
        add(make.polygon_layer("FUNNELS", "Funnels with their own concentration"))
        add(make.choice("PRESET", "Geology", PRESET_NAMES, "xinhua"))
        add(make.real("CS", "Saturated concentration Cs [g/100 g water]", 48.8, minimum=0.0))
        add(make.real("DELTA", "Thickness of the saturated layer [m]", 3.0, minimum=0.0))
        add(make.choice("U_MODEL", "Change of the undersaturation over time", U_MODELS, "harmonic"))
        add(make.input_file("TEMPERATURES", "Brine temperatures", ("csv",)))
        add(make.real("BRINE_TEMPERATURE", "Mean brine temperature [°C]", None, optional=True))
        add(make.real("RECORD_CX", "Mean of Cx over the record [g/100 g water]", None, 0.0, optional=True))
        add(
            QgsProcessingParameterField(
                "RECORD_CX_FIELD",
                "Field of the funnels with their mean of Cx",
                parentLayerParameterName="FUNNELS",
                type=QgsProcessingParameterField.DataType.Numeric,
                optional=True,
            )
        )
        add(make.choice("BOUNDS", "Bounds", BOUNDS, "scaled"))
        add(folded(make.real("MAX_D", "Largest D [1e-9 m2/s]", MAX_D * 1e9, minimum=0.0)))
        add(folded(make.real("MAX_CX", "Largest Cx [g/100 g water]", MAX_CX, minimum=0.0)))
        add(folded(make.real("MAX_DH", "Largest height error [m]", MAX_DH, minimum=0.0)))
        add(make.choice("WEIGHTS", "Weights", WEIGHTS, "none"))
        add(make.real("MEAN_COHERENCE", "Least mean coherence of a pixel", 0.5, 0.0, 1.0))
        add(make.real("LEAST_COHERENCE", "Least coherence of a pixel", 0.2, 0.0, 1.0))
        add(folded(make.integer("MIN_PAIRS", "Interferograms that a pixel needs (0 = all)", 0, minimum=0)))
        kinds = [QgsProcessing.SourceType.TypeRaster, QgsProcessing.SourceType.TypeVectorPolygon]
        add(folded(QgsProcessingParameterMapLayer("MASK", "Mask (raster or polygons)", optional=True, types=kinds)))
        add(folded(make.date("START", "First date")))
        add(folded(make.date("END", "Last date")))
        add(folded(make.integer("FIRST_DATES", "Only the first so many dates (0 = all)", 0, minimum=0)))
        add(folded(make.boolean("RESIDUALS", "Write the residual phase of every interferogram", False)))
        add(folded(make.choice("FORM", "Form of the model", FORMS, "rate")))
        add(make.output_folder(description="Displacement folder with the model"))
        self.addOutput(QgsProcessingOutputRasterLayer("VELOCITY", "Velocity"))
        self.addOutput(QgsProcessingOutputVectorLayer("POINTS", "Measurement points"))
        self.addOutput(QgsProcessingOutputRasterLayer("DIFFUSION", "Diffusion coefficient"))
        self.addOutput(QgsProcessingOutputHtml("HTML", "Report"))

    def core_parameters(self, parameters: dict[str, Any], context: QgsProcessingContext) -> WskEstimateParams:
        def number(name: str) -> float:
            return float(self.parameterAsDouble(parameters, name, context))

        def optional(name: str) -> float | None:
            return None if parameters.get(name) is None else number(name)

        def word(name: str) -> str:
            return str(self.parameterAsEnumString(parameters, name, context))

        mask = self.parameterAsLayer(parameters, "MASK", context)
        if isinstance(mask, QgsVectorLayer):
            usable: Any = sources.vector_input(mask, attributes=False)
        else:
            usable = None if mask is None else sources.source_path(mask, "MASK")
        return WskEstimateParams(
            input=self.folder(parameters, "INPUT", context),
            output=self.folder(parameters, "OUTPUT", context),
            reference=sources.vector_input(self.parameterAsSource(parameters, "REFERENCE", context)),
            funnels=sources.vector_input(self.parameterAsSource(parameters, "FUNNELS", context)),
            preset=word("PRESET"),
            cs=number("CS"),
            delta=number("DELTA"),
            u_model=word("U_MODEL"),
            temperatures=self.parameterAsString(parameters, "TEMPERATURES", context),
            brine_temperature=optional("BRINE_TEMPERATURE"),
            record_cx=optional("RECORD_CX"),
            record_cx_field=self.parameterAsString(parameters, "RECORD_CX_FIELD", context),
            form=word("FORM"),
            weights=word("WEIGHTS"),
            bounds=word("BOUNDS"),
            max_d=number("MAX_D") * 1e-9,
            max_cx=number("MAX_CX"),
            max_dh=number("MAX_DH"),
            mean_coherence=number("MEAN_COHERENCE"),
            least_coherence=number("LEAST_COHERENCE"),
            min_pairs=self.parameterAsInt(parameters, "MIN_PAIRS", context),
            mask=usable,
            start=self.parameterAsString(parameters, "START", context),
            end=self.parameterAsString(parameters, "END", context),
            first_dates=self.parameterAsInt(parameters, "FIRST_DATES", context),
            residuals=self.parameterAsBool(parameters, "RESIDUALS", context),
        )

    def compute(self, params: WskEstimateParams, monitor: Monitor) -> Result:
        return run_wskestimate(params, monitor, self.resources())

    def present(
        self, result: Result, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        outputs = results.present(result, context)
        outputs["DIFFUSION"] = str(result.files["D"])
        return outputs
