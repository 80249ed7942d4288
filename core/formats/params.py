"""What the user says at import."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..outputfolder import check_output
from ..rawraster import TYPES
from ..stack import UNWRAPPED, WAVELENGTHS, WRAPPED

AUTO, GENERIC = "auto", "generic"
FORMATS = (AUTO, "gamma", "roipac", "hyp3", "licsar", "isce", "snap", "gmtsar", "opera", "mintpy", GENERIC)
AWAY, TOWARD = "away", "toward"
UNITS = {"rad": None, "m": 1.0, "cm": 0.01, "mm": 0.001}


@dataclass(frozen=True)
class ImportParams:
    """Parameters of `import_stack`.

    input : folder with the interferograms. output : folder for `stack.json` and the report.
    format : a member of FORMATS. extent : (xmin, ymin, xmax, ymax) in `extent_crs`, None for all.
    wavelength [m], incidence [deg from the vertical], heading [deg, clockwise from north]: used for
    what the files do not tell; with format generic they are the only source.

    Generic only: `pattern` of the phase files' names with {date1} and {date2} (yyyymmdd or yymmdd)
    and * for anything; `coherence_pattern` likewise; `amplitude_pattern` with one {date}, of the amplitudes
    (or complex images) of single dates; `height_pattern` of the DEM's name;
    `sign` away (values grow with range: the ground went down) or toward; `unit` of the values,
    rad or m, cm, mm of line-of-sight displacement; `kind` unwrapped or wrapped;
    `nodata` stored values that mean no data besides NaN and the file's own; `raw_columns`, when above 0,
    says that the files have no header, and `raw_type` how the interferograms are stored (all others are
    float32 in the same byte order).
    """

    input: str | Path
    output: str | Path
    format: str = AUTO
    extent: tuple[float, float, float, float] | None = None
    extent_crs: str = ""
    wavelength: float | None = None
    incidence: float | None = None
    heading: float | None = None
    pattern: str = "*{date1}*{date2}*.tif"
    coherence_pattern: str = ""
    height_pattern: str = ""
    sign: str = AWAY
    unit: str = "rad"
    kind: str = UNWRAPPED
    nodata: tuple[float, ...] = ()
    amplitude_pattern: str = ""
    raw_columns: int = 0
    raw_type: str = "complex64"

    def validate(self) -> None:
        """Raise InputError for a value that cannot be used."""
        if self.format not in FORMATS:
            raise InputError("FORMAT", self.format, ", ".join(FORMATS))
        if not str(self.input):
            raise InputError("INPUT", "", "a folder with interferograms", "Choose the folder")
        if not Path(self.input).is_dir():
            raise InputError("INPUT", str(self.input), "an existing folder", "Check the path")
        check_output(self.output, "importstack", self.input)
        self._validate_numbers()
        self._validate_generic()

    def as_dict(self) -> dict[str, Any]:
        """Plain values for `result.json` and the history."""
        return {**asdict(self), "input": str(self.input), "output": str(self.output)}

    def _validate_numbers(self) -> None:
        if self.extent is not None:
            xmin, ymin, xmax, ymax = self.extent
            if not (xmax > xmin and ymax > ymin):
                raise InputError(
                    "EXTENT", self.extent, "xmin < xmax and ymin < ymax", "Draw the rectangle again"
                )
        if self.wavelength is not None and not WAVELENGTHS[0] <= self.wavelength <= WAVELENGTHS[1]:
            raise InputError(
                "WAVELENGTH", self.wavelength, "0.005 to 2 m (Sentinel-1: 0.05547)", "State it in metres"
            )
        if self.incidence is not None and not 0.0 < self.incidence < 90.0:
            raise InputError("INCIDENCE", self.incidence, "degrees from the vertical, between 0 and 90")
        if self.heading is not None and not -360.0 <= self.heading <= 360.0:
            raise InputError("HEADING", self.heading, "degrees clockwise from north, -360 to 360")

    def _validate_generic(self) -> None:
        if self.format != GENERIC:
            return
        for field, pattern in (("PATTERN", self.pattern), ("COHERENCE_PATTERN", self.coherence_pattern)):
            if (pattern or field == "PATTERN") and not (
                pattern.count("{date1}") == pattern.count("{date2}") == 1
            ):
                raise InputError(
                    field,
                    pattern,
                    "a file name with {date1} and {date2} once each, such as geo_{date1}-{date2}_unw.tif",
                )
        if self.amplitude_pattern and self.amplitude_pattern.count("{date}") != 1:
            raise InputError(
                "AMPLITUDE_PATTERN", self.amplitude_pattern, "a file name with {date} once, such as {date}.mli.tif"
            )
        if self.raw_columns < 0:
            raise InputError("RAW_COLUMNS", self.raw_columns, "0 (files with headers) or the number of columns")
        if self.raw_type not in TYPES:
            raise InputError("RAW_TYPE", self.raw_type, ", ".join(TYPES))
        if self.sign not in (AWAY, TOWARD):
            raise InputError("SIGN", self.sign, f"{AWAY}, {TOWARD}")
        if self.unit not in UNITS:
            raise InputError("UNIT", self.unit, ", ".join(UNITS))
        if self.kind not in (UNWRAPPED, WRAPPED):
            raise InputError("KIND", self.kind, f"{UNWRAPPED}, {WRAPPED}")
        if self.kind == WRAPPED and self.unit != "rad":
            raise InputError(
                "UNIT", self.unit, "rad for wrapped phase", "Choose rad, or state that it is unwrapped"
            )
