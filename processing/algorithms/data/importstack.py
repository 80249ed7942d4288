"""The toolbox entry of `importstack`."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProcessingContext, QgsProcessingFeedback, QgsProcessingOutputHtml

from ....core.errors import InputError
from ....core.formats.importing import import_stack
from ....core.formats.params import AUTO, AWAY, FORMATS, TOWARD, UNITS, ImportParams
from ....core.monitor import Monitor
from ....core.rawraster import TYPES
from ....core.result import Result
from ....core.stack import UNWRAPPED, WRAPPED
from ... import parameters as make
from ... import sources
from ...base import GroundlineAlgorithm
from ...groups import DATA


class ImportStackAlgorithm(GroundlineAlgorithm):
    """Describes a folder of interferograms as a stack."""

    ID = "importstack"
    TITLE = "Import interferograms"
    GROUP = DATA
    SUMMARY = """Makes a stack of a folder with another program's interferograms: GAMMA GeoTIFFs, ROI_PAC, HyP3, LiCSAR,
        ISCE2, NISAR's and ISCE3's GUNW, SNAP, GMTSAR, OPERA DISP-S1, MintPy, or any rasters whose names hold two
        dates.

        The files stay where they are; nothing is copied or changed. Sign, unit, date order, no-data value and
        baselines are converted to one convention: phase grows with range, so ground that sinks has positive phase.
        Every file is checked. The report says what was found, what was decided and why."""
    TAGS = (
        *GroundlineAlgorithm.TAGS,
        "gamma",
        "roi_pac",
        "hyp3",
        "licsar",
        "isce",
        "snap",
        "gmtsar",
        "opera",
        "mintpy",
        "interferogram",
        "import",
    )
    REQUIRES = ("matplotlib",)
    HELP = (
        ("INPUT", "Folder with the interferograms; subfolders are searched too."),
        (
            "FORMAT",
            "Family of the files. auto finds it out and says why. generic takes any rasters by a pattern of their "
            "names, and you state what the files do not.",
        ),
        (
            "EXTENT",
            "Part of the area to use, in any coordinate system. Empty: all of it. The files are not cut; only this "
            "part of them is read in all later steps.",
        ),
        (
            "WAVELENGTH",
            "Radar wavelength in metres (Sentinel-1: 0.0554658). Empty: as the files say. A value that contradicts "
            "the files by more than 1 % is refused.",
        ),
        (
            "INCIDENCE",
            "Incidence angle in degrees from the vertical, for files that bring no angles, or where you know it better "
            "than the centre of the swath.",
        ),
        (
            "HEADING",
            "Flight direction in degrees clockwise from north (Sentinel-1: about -13 ascending, -167 descending).",
        ),
        (
            "PATTERN",
            "generic: names of the phase files, with {date1} and {date2} for the dates (yyyymmdd or yymmdd) and * for "
            "anything, e.g. geo_{date1}-{date2}_unw.tif.",
        ),
        (
            "COHERENCE_PATTERN",
            "generic: names of the coherence files (0 to 1), in the same way. Empty: none.",
        ),
        (
            "AMPLITUDE_PATTERN",
            "generic: names of amplitudes (or complex images) of single dates, with {date} for the date, for "
            "shpfilter. Empty: none. Not every date needs one where the interferograms are complex.",
        ),
        ("HEIGHT_PATTERN", "generic: name of the height raster, * for anything. Empty: none."),
        (
            "SIGN",
            "generic: away when values grow as the ground moves away from the satellite (sinks), as phase mostly "
            "does; toward when they grow as it rises, as displacement usually does.",
        ),
        ("UNIT", "generic: unit of the values: rad of phase, or m, cm, mm of line-of-sight displacement."),
        (
            "KIND",
            "generic: whether the phase is unwrapped or wrapped. Files of complex numbers are wrapped; their magnitude "
            "is kept as amplitude.",
        ),
        (
            "NODATA",
            "generic: values that mean no data besides NaN and the files' own, separated by blanks, e.g. 0 -9999.",
        ),
        (
            "RAW_COLUMNS",
            "generic: columns of files without any header (.int, .diff, .flt); 0 when GDAL can read the files.",
        ),
        (
            "RAW_TYPE",
            "generic: how interferograms without header are stored; _big is big endian, as GAMMA writes. Coherence, "
            "amplitude and height are then float32 in the same byte order.",
        ),
        ("OUTPUT", "Folder for stack.json, result.json and the report."),
        ("HTML", "Report: metadata, decisions, a first look, and the table of pairs."),
    )
    NUMBERS = (
        ("pairs", "Interferograms"),
        ("kept", "Interferograms in use"),
        ("dates", "Images"),
        ("span_days", "Time span [days]"),
        ("columns", "Columns"),
        ("rows", "Rows"),
        ("wavelength", "Radar wavelength [m]"),
        ("incidence", "Incidence angle [degrees]"),
        ("mean_coherence", "Mean coherence"),
        ("pairs_without_coherence", "Interferograms without coherence"),
        ("largest_bperp", "Largest perpendicular baseline [m]"),
    )

    def define(self) -> None:
        add = self.addParameter
        add(make.input_folder("INPUT", "Folder with interferograms"))
        add(make.choice("FORMAT", "Format", FORMATS, AUTO))
        add(make.extent())
        add(make.real("WAVELENGTH", "Wavelength [m]", None, minimum=0.0, optional=True, decimals=10))
        add(make.real("INCIDENCE", "Incidence angle [degrees]", None, 0.0, 90.0, optional=True))
        add(make.real("HEADING", "Heading [degrees]", None, -360.0, 360.0, optional=True))
        for definition in (
            make.text("PATTERN", "Generic: names of phase files", ImportParams.pattern),
            make.text("COHERENCE_PATTERN", "Generic: names of coherence files"),
            make.text("HEIGHT_PATTERN", "Generic: name of the height raster"),
            make.choice("SIGN", "Generic: positive values mean motion", (AWAY, TOWARD), AWAY),
            make.choice("UNIT", "Generic: unit of the values", tuple(UNITS), "rad"),
            make.choice("KIND", "Generic: kind of phase", (UNWRAPPED, WRAPPED), UNWRAPPED),
            make.text("NODATA", "Generic: values that mean no data"),
            make.text("AMPLITUDE_PATTERN", "Generic: names of amplitude files"),
            make.integer("RAW_COLUMNS", "Generic: columns of files without header", 0, minimum=0),
            make.choice("RAW_TYPE", "Generic: numbers in files without header", tuple(TYPES), "complex64"),
        ):
            add(make.advanced(definition))
        add(make.output_folder("OUTPUT", "Stack folder"))
        self.addOutput(QgsProcessingOutputHtml("HTML", "Import report"))

    def core_parameters(self, parameters: dict[str, Any], context: QgsProcessingContext) -> ImportParams:
        def text(name: str) -> str:
            return self.parameterAsString(parameters, name, context)

        extent, extent_crs = sources.extent(self, parameters, "EXTENT", context)
        return ImportParams(
            input=text("INPUT"),
            output=text("OUTPUT"),
            format=self.parameterAsEnumString(parameters, "FORMAT", context),
            extent=extent,
            extent_crs=extent_crs,
            wavelength=self.optional_number(parameters, "WAVELENGTH", context),
            incidence=self.optional_number(parameters, "INCIDENCE", context),
            heading=self.optional_number(parameters, "HEADING", context),
            pattern=text("PATTERN") or ImportParams.pattern,
            coherence_pattern=text("COHERENCE_PATTERN"),
            height_pattern=text("HEIGHT_PATTERN"),
            sign=self.parameterAsEnumString(parameters, "SIGN", context),
            unit=self.parameterAsEnumString(parameters, "UNIT", context),
            kind=self.parameterAsEnumString(parameters, "KIND", context),
            nodata=_numbers(text("NODATA")),
            amplitude_pattern=text("AMPLITUDE_PATTERN"),
            raw_columns=self.parameterAsInt(parameters, "RAW_COLUMNS", context),
            raw_type=self.parameterAsEnumString(parameters, "RAW_TYPE", context),
        )

    def compute(self, params: ImportParams, monitor: Monitor) -> Result:
        return import_stack(params, monitor)

    def present(
        self, result: Result, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        return {"OUTPUT": str(result.folder), "HTML": str(result.files["report"])}


def _numbers(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(word) for word in text.replace(",", " ").split())
    except ValueError:
        raise InputError(
            "NODATA", text, "numbers separated by blanks", "Write for instance: 0 -9999"
        ) from None
