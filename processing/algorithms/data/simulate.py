"""The toolbox entry of `simulate`."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputFile,
    QgsProcessingOutputFolder,
)

from ....core.monitor import Monitor
from ....core.result import Result
from ....core.simulation.job import run_simulate
from ....core.simulation.params import SCENARIOS, SIZES, SimulateParams
from ....core.simulation.saltmine_params import GAUSSIAN, MAKES, NOISES, WSK, SaltMineParams
from ... import parameters as make
from ...base import GroundlineAlgorithm
from ...groups import DATA

# Outputs that are files; the roles of `Result.files` behind them where these are not their names in lower case.
_FILES = (
    ("LINE", "Line"),
    ("REFERENCE", "Reference areas"),
    ("WELLS", "Wells"),
    ("FUNNELS", "Funnels"),
    ("LEVELLING", "Benchmarks"),
    ("TEMPERATURE", "Brine temperature"),
    ("PRODUCTION", "Production records"),
    ("DEM", "Terrain"),
)
_ROLES = {"LINE": ("railway", "profile"), "REFERENCE": ("reference_areas",)}


class SimulateAlgorithm(GroundlineAlgorithm):
    """Makes a scene whose truth is known."""

    ID = "simulate"
    TITLE = "Simulate a scene with known truth"
    GROUP = DATA
    SUMMARY = (
        "Makes interferograms of a scene that never existed, so that every step can be tried and its result compared "
        "with the truth.\n\n"
        "The railway corridor has a line of 100 km that crosses two subsidence bowls (a broad one under a city, a "
        "steep one over a coalfield) and a small spot outside the coalfield; two tracks with different grids; "
        "atmosphere, decorrelation in towns and fields, seasonal motion that follows the rain, errors of the terrain "
        "model, missing data and gaps in time.\n\n"
        "The salt mine has six funnels around wells that grow into one another, 32 images from June 2015 to August "
        "2017, and a brine whose concentration follows the seasons; beside the interferograms are wells, funnels, "
        "panels, benchmarks, temperature, rain and production records.\n\n"
        "The single-look railway is a stretch of 6 km: fields, a river, villages, an embankment that sinks against the "
        "fields, masts that shine as points; wrapped interferograms with speckle, to try filters on.\n\n"
        "The Sentinel-1 images are SAFE folders of bursts in single-look complex form, with the signal of the steered "
        "beam, speckle, terrain, a bowl that sinks, orbits that differ and timing errors, to try coregistration on.\n\n"
        "README.md in the folder tells what is where."
    )
    HELP = (
        (
            "SCENARIO",
            "Which scene: corridor is a railway across two subsidence bowls, saltmine six funnels around brine wells, "
            "singlelook a stretch of railway at full resolution, wrapped, with the amplitudes of its images, tops "
            "Sentinel-1 images of mode IW.",
        ),
        ("SEED", "Start of the random numbers. The same seed gives the same files."),
        (
            "SIZE",
            "Corridor: small has 40 and 38 images, 120 columns, a second or two; medium 63 and 61 images, 340 columns, "
            "140 MB; large the same images, 1000 columns, 1.3 GB. Salt mine: 60, 120 or 240 columns, at most 70 MB. "
            "Single-look railway: 120, 400 or 700 columns and 12, 30 or 61 images, at most 450 MB. Sentinel-1 images: "
            "2, 4 or 8 dates of one, two or three subswaths with 2, 3 or 4 bursts of 256, 512 or 1024 samples, "
            "20 MB, 120 MB or about 1 GB.",
        ),
        (
            "COLUMNS",
            "Columns of the grid over the 100 km of the corridor (its first track) or the 2.4 km of the mine, or "
            "samples of the Sentinel-1 images; 0 leaves it to the size.",
        ),
        (
            "MAKE",
            "Salt mine only. wsk: dissolution kinetics with a seasonal concentration Cx of the brine; pim: probability "
            "integral over a panel under each well, each with a Weibull growth of its own; mixture: the mean of the "
            "two. A forecast that was only tried on the mine that its own model made is not tried.",
        ),
        (
            "OWN_CX",
            "Salt mine only, make wsk. Each funnel has its own Cx: level and season differ, as "
            "truth/concentration.csv tells.",
        ),
        (
            "NOISE_KIND",
            "Salt mine only. gaussian: of standard deviation s. uniform: sqrt(s) * rand as Xing et al. write it, even "
            "from 0 to sqrt(s), so that its standard deviation is sqrt(s / 12) and its mean goes with the reference.",
        ),
        (
            "NOISE_LEVEL",
            "Salt mine only. s in radians, in every interferogram anew. Xing et al. take 0.05, 0.25, 0.45 and 0.65. "
            "The coherence rasters say the same noise at 5 looks.",
        ),
        (
            "HEIGHT_ERROR",
            "Salt mine only. Normal errors of the terrain model, cut at 20 m.",
        ),
        (
            "ATMOSPHERE",
            "Salt mine only. Turbulent zenith delay of each date over 20 km, in millimetres; 0 for none.",
        ),
        (
            "DECORRELATED",
            "Salt mine only. Patches of 90 m with noise of 1.2 rad and low coherence; the reference areas stay clear "
            "of them.",
        ),
        (
            "ANNOTATIONS",
            "Sentinel-1 images only. Folder with two SAFE folders of one track, without pixels or with them: orbits, "
            "timing and polynomials of the first two dates are taken. Empty for a made-up orbit.",
        ),
        ("OUTPUT", "Folder of the scene."),
        ("STACK", "Stack folder to go on with; track 40 of the corridor. Of Sentinel-1 images: the folder with them."),
        ("DEM", "Terrain of the Sentinel-1 images, heights above the ellipsoid."),
        ("LINE", "The railway, or a profile across the mine."),
        ("REFERENCE", "Stable areas."),
        ("WELLS", "Wells of the salt mine."),
        ("FUNNELS", "Funnels of the salt mine, polygons with the field funnel."),
        ("LEVELLING", "Benchmarks CP1 to CP6 of the salt mine with a column of mm per campaign."),
        ("TEMPERATURE", "CSV with the temperature of the mine's brine."),
        ("PRODUCTION", "CSV with the salt taken out of each funnel of the mine."),
    )
    NUMBERS = (
        ("images_40", "Images of track 40"),
        ("pairs_40", "Interferograms of track 40"),
        ("images_142", "Images of track 142"),
        ("pairs_142", "Interferograms of track 142"),
        ("line_length", "Length of the railway [m]"),
        ("affected_length", "Truth: length that sinks at 10 mm/yr or more [m]"),
        ("lowest_rate", "Truth: lowest vertical rate on the railway [mm/yr]"),
        ("images", "Images of the salt mine, or of Sentinel-1"),
        ("pairs", "Interferograms of the salt mine"),
        ("largest_subsidence", "Truth: largest subsidence of the mine [mm]"),
        ("removed_volume", "Truth: subsided volume inside the funnels [m3]"),
        ("product_rate", "Truth: salt taken out per year [t/yr]"),
        ("bursts", "Bursts of a Sentinel-1 image"),
        ("coherence", "Truth: coherence of two Sentinel-1 images, before the baseline's part"),
        ("fringes", "Truth: fringes of the bowl in the Sentinel-1 images"),
    )
    REQUIRES = ()

    def define(self) -> None:
        self.addParameter(make.choice("SCENARIO", "Scenario", SCENARIOS, SCENARIOS[0]))
        self.addParameter(make.integer("SEED", "Seed", 1, minimum=0))
        self.addParameter(make.choice("SIZE", "Size", tuple(SIZES), "medium"))
        self.addParameter(make.advanced(make.integer("COLUMNS", "Columns of the grid", 0, minimum=0)))
        for option in (
            make.choice("MAKE", "Salt mine: what the ground follows", MAKES, WSK),
            make.boolean("OWN_CX", "Salt mine: a concentration for each funnel", False),
            make.choice("NOISE_KIND", "Salt mine: kind of phase noise", NOISES, GAUSSIAN),
            make.real("NOISE_LEVEL", "Salt mine: level s of the phase noise [rad]", 0.25, minimum=0.0),
            make.real("HEIGHT_ERROR", "Salt mine: height error, standard deviation [m]", 7.0, minimum=0.0),
            make.real("ATMOSPHERE", "Salt mine: atmosphere of a date, standard deviation [mm]", 0.0, minimum=0.0),
            make.real("DECORRELATED", "Salt mine: share of decorrelated pixels", 0.08, minimum=0.0, maximum=0.5),
        ):
            self.addParameter(make.advanced(option))
        annotations = make.input_folder("ANNOTATIONS", "Sentinel-1 images: two SAFE folders to imitate", True)
        self.addParameter(make.advanced(annotations))
        self.addParameter(make.output_folder())
        self.addOutput(QgsProcessingOutputFolder("STACK", self.tr("Stack")))
        for name, title in _FILES:
            self.addOutput(QgsProcessingOutputFile(name, self.tr(title)))

    def core_parameters(self, parameters: dict[str, Any], context: QgsProcessingContext) -> SimulateParams:
        return SimulateParams(
            output=self.folder(parameters, "OUTPUT", context),
            scenario=self.parameterAsEnumString(parameters, "SCENARIO", context),
            seed=self.parameterAsInt(parameters, "SEED", context),
            size=self.parameterAsEnumString(parameters, "SIZE", context),
            columns=self.parameterAsInt(parameters, "COLUMNS", context),
            mine=self._mine(parameters, context),
            annotations=self.parameterAsString(parameters, "ANNOTATIONS", context),
        )

    def _mine(self, parameters: dict[str, Any], context: QgsProcessingContext) -> SaltMineParams:
        """Options of the salt mine; whether they suit the scenario is for core to say."""
        return SaltMineParams(
            output=self.folder(parameters, "OUTPUT", context),
            make=self.parameterAsEnumString(parameters, "MAKE", context),
            own_cx=self.parameterAsBoolean(parameters, "OWN_CX", context),
            noise_rad=self.parameterAsDouble(parameters, "NOISE_LEVEL", context),
            noise_kind=self.parameterAsEnumString(parameters, "NOISE_KIND", context),
            height_error_m=self.parameterAsDouble(parameters, "HEIGHT_ERROR", context),
            decorrelated=self.parameterAsDouble(parameters, "DECORRELATED", context),
            atmosphere_mm=self.parameterAsDouble(parameters, "ATMOSPHERE", context),
        )

    def compute(self, params: SimulateParams, monitor: Monitor) -> Result:
        return run_simulate(params, monitor)

    def present(
        self, result: Result, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        files = result.files
        stack = "stack_40" if "stack_40" in files else "stack"
        start = files["images"] if "images" in files else files[stack].parent
        outputs = {"OUTPUT": str(result.folder), "STACK": str(start)}
        for name, _ in _FILES:
            roles = [role for role in _ROLES.get(name, (name.lower(),)) if role in files]
            if roles:
                outputs[name] = str(files[roles[0]])
        return outputs
