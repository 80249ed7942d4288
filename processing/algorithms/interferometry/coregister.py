"""The toolbox entry of `coregister`."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProcessingContext, QgsProcessingFeedback, QgsProcessingOutputHtml

from ....core.monitor import Monitor
from ....core.result import Result
from ....core.sentinel1.bursts import POLARISATIONS, SWATHS
from ....core.sentinel1.coregistration_job import run_coregister
from ....core.sentinel1.coregistration_params import CoregisterParams
from ....core.sentinel1.geometry_dem import HEIGHTS, DemSource
from ....core.sentinel1.geometry_geoid import EGM2008
from ... import parameters as make
from ... import sources
from ...base import GroundlineAlgorithm
from ...groups import INTERFEROMETRY

ALL = "all"


class CoregisterAlgorithm(GroundlineAlgorithm):
    """Brings Sentinel-1 images onto the pixels of one of them."""

    ID = "coregister"
    TITLE = "Coregister Sentinel-1 images"
    GROUP = INTERFEROMETRY
    SUMMARY = (
        "Reads Sentinel-1 IW SLC images as they were downloaded (folders or zips, not unpacked) and brings all dates "
        "of one track onto the pixels of a reference date, by orbits and terrain, then by spectral diversity in the "
        "overlaps of bursts. The phase of flat earth and terrain is taken out by geometry.\n\n"
        "Several slices of a date are joined. Only bursts that touch EXTENT are read. The images stay in radar "
        "coordinates, bursts and swaths put together without seams. A run that was stopped goes on with the dates that "
        "are missing.\n\n"
        "The report tells the shift of every date with its deviation, the coherent pixels, the residual of every pair, "
        "the phase steps between bursts, and the bands that images have in common."
    )
    TAGS = (*GroundlineAlgorithm.TAGS, "sentinel-1", "safe", "slc", "tops", "esd", "coregistration", "burst")
    HELP = (
        (
            "INPUT",
            "Folder with the images of one track: S1x_IW_SLC__*.SAFE folders or zips, two dates or more.",
        ),
        ("DEM", "Heights of the ground in any coordinate system, around all bursts that are read."),
        (
            "HEIGHTS",
            "What the heights of the DEM count from: the geoid egm2008 (Copernicus DEM) or egm96 (SRTM), or the "
            "ellipsoid of WGS 84 (simulated scenes). "
            "Geoid heights need PROJ's grid of the geoid, or UNDULATION.",
        ),
        (
            "UNDULATION",
            "Height of the geoid above the ellipsoid in metres, one for the area, in place of PROJ's grid. The log "
            "says what error this leaves.",
        ),
        (
            "ORBITS",
            "Folder with orbit files (EOF), precise or restituted. Dates without one take the orbit of the annotation, "
            "with a warning.",
        ),
        ("REFERENCE_DATE", "Date whose pixels all others take, YYYY-MM-DD. Empty: the date in the middle."),
        ("SWATH", "Subswath, or all that every image holds."),
        ("POLARISATION", "Polarisation of the images."),
        ("EXTENT", "Area of interest; bursts that do not touch it are left out. Empty: the whole images."),
        (
            "ESD",
            "Correct the images along the track by spectral diversity. A date whose overlaps are not coherent enough "
            "keeps its geometry, with a warning.",
        ),
        ("OUTPUT", "Folder of the stack of images: slc/, geometry/, stack.json, report.html, result.json."),
        ("HTML", "Report of the coregistration."),
    )
    NUMBERS = (
        ("images", "Images"),
        ("bursts", "Bursts of the reference"),
        ("rows", "Rows of the image"),
        ("columns", "Columns of the image"),
        ("common_azimuth_band", "Smallest share of the azimuth band in common"),
        ("common_range_band", "Smallest share of the range band in common"),
        ("largest_shift", "Largest azimuth misregistration corrected [lines]"),
        ("largest_residual", "Largest residual of a pair in the network [lines]"),
        ("largest_step", "Largest phase step between bursts that is left [rad]"),
        ("pairs_failed", "Pairs without a usable shift"),
        ("dates_without_shift", "Dates that keep their geometry"),
    )

    def define(self) -> None:
        add = self.addParameter
        add(make.input_folder(description="Folder with Sentinel-1 images"))
        add(make.raster_layer("DEM", "Elevation model (DEM)", optional=False))
        add(make.choice("HEIGHTS", "Heights of the DEM are above", HEIGHTS, EGM2008))
        add(
            make.advanced(
                make.real("UNDULATION", "Undulation of the geoid [m]", None, -120.0, 120.0, optional=True)
            )
        )
        add(make.input_folder("ORBITS", "Folder with orbit files (EOF)", optional=True))
        add(make.date("REFERENCE_DATE", "Reference date"))
        add(make.choice("SWATH", "Subswath", (ALL, *SWATHS), ALL))
        add(make.choice("POLARISATION", "Polarisation", POLARISATIONS, "VV"))
        add(make.extent(description="Area of interest"))
        add(make.advanced(make.boolean("ESD", "Correct by spectral diversity", True)))
        add(make.output_folder(description="Stack of images"))
        self.addOutput(QgsProcessingOutputHtml("HTML", self.tr("Coregistration report")))

    def core_parameters(self, parameters: dict[str, Any], context: QgsProcessingContext) -> CoregisterParams:
        swath = self.parameterAsEnumString(parameters, "SWATH", context)
        extent, extent_crs = sources.extent(self, parameters, "EXTENT", context)
        dem = self.parameterAsRasterLayer(parameters, "DEM", context)
        return CoregisterParams(
            input=str(self.folder(parameters, "INPUT", context)),
            output=str(self.folder(parameters, "OUTPUT", context)),
            dem=DemSource(
                sources.source_path(dem, "DEM"),
                self.parameterAsEnumString(parameters, "HEIGHTS", context),
                self.optional_number(parameters, "UNDULATION", context),
            ),
            orbits=self.parameterAsString(parameters, "ORBITS", context),
            reference=self.parameterAsString(parameters, "REFERENCE_DATE", context).strip(),
            swaths=() if swath == ALL else (swath,),
            polarisation=self.parameterAsEnumString(parameters, "POLARISATION", context),
            extent=extent,
            extent_crs=extent_crs,
            esd=self.parameterAsBool(parameters, "ESD", context),
        )

    def compute(self, params: CoregisterParams, monitor: Monitor) -> Result:
        return run_coregister(params, monitor, self.resources())

    def present(
        self, result: Result, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        return {"OUTPUT": str(result.folder), "HTML": str(result.files["report"])}
