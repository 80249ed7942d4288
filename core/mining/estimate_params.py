"""What the user says to the estimate of the dissolution kinetics and to the forecast."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ..errors import InputError
from ..timeseries import selection
from ..timeseries.masking import Mask
from ..vector import VectorInput

PRESET_NAMES = ("xinhua", "huaian", "simulation", "own")
OWN = "own"
U_MODELS = ("harmonic", "free", "temperature")
FORMS = ("rate", "absolute")
NONE, BY_INTERFEROGRAM, BY_PIXEL = "none", "interferogram", "pixel"
WEIGHTS = (NONE, BY_INTERFEROGRAM, BY_PIXEL)
SCALED, FIXED, FREE = "scaled", "fixed", "none"
BOUNDS = (SCALED, FIXED, FREE)
MAX_D, MAX_CX, MAX_DH = 1.87e-9, 48.8, 20.0  # of Xing et al.: m2/s, g/100 g water, m


@dataclass(frozen=True)
class WskEstimateParams:
    """Parameters of `run_wskestimate`.

    input : folder of a stack of unwrapped interferograms. output : displacement folder to write.
    reference : points or polygons on stable ground, where D = dH = 0; None lets the program choose and say so.
    funnels : polygons with the field `funnel`, each with a Cx of its own; None: one Cx for all pixels.
    preset : geology (xinhua, huaian, simulation) or `own` with `cs` [g/100 g water] and `delta` [m].
    u_model : harmonic, free or temperature. temperatures : CSV of the brine's temperature (date, temperature).
    brine_temperature [deg C] or record_cx [g/100 g water], the mean over the record: one of them fixes the scale of
        Cx; neither, and only D u is physical. record_cx_field : numeric field of `funnels` with the mean of each; the
        other two then serve the funnels without a value.
    form : rate, or absolute (eq. 3 of the paper as printed, for comparison).
    weights : none, interferogram (1/sigma^2 from the mean coherence) or pixel (from each pixel's coherence).
    bounds : scaled (those of D and dH widened to what the data ask for), fixed (max_d [m2/s], max_cx [g/100 g water],
        max_dh [m]), or none.
    mean_coherence, least_coherence : the double threshold over the interferograms of a pixel; 0 for none.
    min_pairs : interferograms that a pixel needs; 0 means all.
    mask, start, end : as for `sbas`. first_dates : use the first so many dates only, 0 for all (hold-out).
    residuals : also write the residual phase of every interferogram, as many rasters as there are interferograms.
    """

    input: str | Path
    output: str | Path
    reference: VectorInput | None = None
    funnels: VectorInput | None = None
    preset: str = "xinhua"
    cs: float = 48.8
    delta: float = 3.0
    u_model: str = "harmonic"
    temperatures: str | Path = ""
    brine_temperature: float | None = None
    record_cx: float | None = None
    record_cx_field: str = ""
    form: str = "rate"
    weights: str = NONE
    bounds: str = SCALED
    max_d: float = MAX_D
    max_cx: float = MAX_CX
    max_dh: float = MAX_DH
    mean_coherence: float = 0.5
    least_coherence: float = 0.2
    min_pairs: int = 0
    mask: Mask | None = None
    start: str = ""
    end: str = ""
    first_dates: int = 0
    residuals: bool = False

    def validate(self) -> None:
        """Raise InputError for a value that cannot be used."""
        for name, value, allowed in (
            ("PRESET", self.preset, PRESET_NAMES),
            ("U_MODEL", self.u_model, U_MODELS),
            ("FORM", self.form, FORMS),
            ("WEIGHTS", self.weights, WEIGHTS),
            ("BOUNDS", self.bounds, BOUNDS),
        ):
            if value not in allowed:
                raise InputError(name, value, ", ".join(allowed))
        for name, number, unit in (
            ("CS", self.cs, "g/100 g"), ("DELTA", self.delta, "m"), ("MAX_D", self.max_d, "m2/s"),
            ("MAX_CX", self.max_cx, "g/100 g"), ("MAX_DH", self.max_dh, "m"),
        ):  # fmt: skip
            if not (math.isfinite(number) and number > 0):
                raise InputError(name, f"{number:g} {unit}", f"more than 0 {unit}")
        for name, number in (("MEAN_COHERENCE", self.mean_coherence), ("LEAST_COHERENCE", self.least_coherence)):
            if not 0.0 <= number <= 1.0:
                raise InputError(name, number, "a number from 0 to 1")
        if self.min_pairs < 0:
            raise InputError("MIN_PAIRS", self.min_pairs, "0 (all) or a number of interferograms")
        if self.first_dates and self.first_dates < 4:
            raise InputError("FIRST_DATES", self.first_dates, "0 (all) or at least 4 dates")
        self._validate_gauge()
        start, end = selection.parse_day(self.start, "START"), selection.parse_day(self.end, "END")
        if start is not None and end is not None and end <= start:
            raise InputError("END", self.end, f"a date after START ({self.start})", "Correct one of the two")
        check_folders(self.input, self.output)

    def _validate_gauge(self) -> None:
        if self.u_model == "temperature" and not str(self.temperatures):
            raise InputError(
                "TEMPERATURES", "nothing", "a CSV with the columns date and temperature", "Choose the file"
            )
        if str(self.temperatures) and not Path(self.temperatures).is_file():
            raise InputError("TEMPERATURES", str(self.temperatures), "an existing CSV file", "Check the path")
        given = [v for v in (self.brine_temperature, self.record_cx) if v is not None]
        if len(given) == 2:
            raise InputError(
                "RECORD_CX", self.record_cx, "one of BRINE_TEMPERATURE and RECORD_CX", "Leave one of the two empty"
            )
        if self.record_cx is not None and not self.record_cx >= 0:
            raise InputError("RECORD_CX", self.record_cx, "0 g/100 g or more, and less than Cs")
        if self.record_cx_field and self.funnels is None:
            raise InputError(
                "RECORD_CX_FIELD", self.record_cx_field, "a field of FUNNELS, which is empty",
                "Choose the funnels, or give one mean in RECORD_CX",
            )  # fmt: skip
        if self.record_cx_field and self.u_model == "temperature":
            raise InputError(
                "RECORD_CX_FIELD", self.record_cx_field, "nothing beside a temperature series",
                "The series fixes the scale: leave it empty",
            )  # fmt: skip


@dataclass(frozen=True)
class WskPredictParams:
    """Parameters of `run_wskpredict`.

    input : folder of `run_wskestimate`. output : displacement folder to write.
    dates : YYYY-MM-DD, separated by commas or spaces; or empty, and then every `step` days from the last date of the
        record to `end`.
    temperatures : CSV of the brine's temperature after the record, for a temperature-driven model; inside the record
        the series of the estimate stays. Empty uses that of the estimate alone.
    truth : displacement folder to score the prediction against at the dates that both have; empty for none.
    """

    input: str | Path
    output: str | Path
    dates: str = ""
    step: int = 30
    end: str = ""
    temperatures: str | Path = ""
    truth: str | Path = ""

    def validate(self) -> None:
        """Raise InputError for a value that cannot be used."""
        if self.step < 1:
            raise InputError("STEP", self.step, "1 day or more")
        self.listed()
        selection.parse_day(self.end, "END")
        if not self.dates.strip() and not self.end.strip() and not str(self.truth):
            raise InputError("END", "nothing", "DATES, END or TRUTH", "Say until when to predict")
        for name, path in (("TEMPERATURES", self.temperatures), ("TRUTH", self.truth)):
            if str(path) and not Path(path).exists():
                raise InputError(name, str(path), "an existing path", "Check the path, or leave it empty")
        check_folders(self.input, self.output)

    def listed(self) -> tuple[date, ...]:
        """The dates of `dates` in order, each once."""
        texts = self.dates.replace(",", " ").replace(";", " ").split()
        found = {selection.parse_day(text, "DATES") for text in texts}
        return tuple(sorted(day for day in found if day is not None))


def check_folders(given: str | Path, output: str | Path) -> None:
    """Refuse empty names and an output that is the input."""
    for name, value in (("INPUT", given), ("OUTPUT", output)):
        if not str(value).strip() or str(value) == ".":
            raise InputError(name, "nothing", "a folder", "Choose a folder")
    if Path(given).expanduser().absolute() == Path(output).expanduser().absolute():
        raise InputError("OUTPUT", str(output), "another folder than INPUT", "Choose another folder")
