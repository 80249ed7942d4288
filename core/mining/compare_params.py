"""Parameters of the comparison of models."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Union

from ..errors import InputError
from ..pointsource import PointFile, Points
from ..timeseries.masking import Mask
from ..timeseries.selection import parse_day
from ..vector import VectorInput
from . import pim_parameters as pim
from .compare_levelling import describe_points
from .compare_models import CT_PIM, MODELS, STATIC_PIM
from .estimate_params import U_MODELS, WskEstimateParams, check_folders
from .pim_panels import PanelFields
from .publish import described

LOWEST_DEGREE, HIGHEST_DEGREE = 2, 6


@dataclass(frozen=True)
class CompareParams:
    """What `run_comparemodels` needs.

    input : stack of unwrapped interferograms. models : which compete (`compare_models.MODELS`); those of the
    probability integral are left out without `panels`. funnels : polygons with the field `funnel`; the pixels inside
    them are compared, and each has its own u in WSK; None: all pixels, one u.
    reference, mask, start, end, mean_coherence, least_coherence : as for `wskestimate`.
    fit_end : last date that the models see; empty for the whole record. measured : displacement folder whose dates
    after `fit_end` score the predictions; empty: SBAS of the whole stack.
    levelling : points with columns DYYYYMMDD [mm, up positive]; levelling_csv : the same as a table with the columns
    name, longitude, latitude, date, vertical_mm.
    degree : of the polynomial. growth, per_panel, pim_points : of the probability integral, see `compare_pim`.
    u_model, temperatures : of WSK. max_pixels : at most so many pixels, spread evenly, are compared.
    """

    input: Union[str, Path]
    output: Union[str, Path]
    models: tuple[str, ...] = MODELS
    reference: VectorInput | None = None
    funnels: VectorInput | None = None
    panels: VectorInput | None = None
    fields: PanelFields = field(default_factory=PanelFields)
    fit_end: str = ""
    measured: Union[str, Path] = ""
    levelling: Points | None = None
    levelling_csv: Union[str, Path] = ""
    u_model: str = "harmonic"
    temperatures: Union[str, Path] = ""
    degree: int = 3
    growth: str = pim.COORDINATE
    per_panel: bool = True
    start_values: str = ""
    bounds: str = ""
    fixed: str = ""
    pim_points: int = 1500
    mean_coherence: float = 0.5
    least_coherence: float = 0.2
    mask: Mask | None = None
    start: str = ""
    end: str = ""
    max_pixels: int = 20_000

    def validate(self) -> None:
        """Raise InputError for a value that cannot be used."""
        check_folders(self.input, self.output)
        unknown = [name for name in self.models if name not in MODELS]
        if unknown or not self.models:
            raise InputError("MODELS", ", ".join(unknown) or "nothing", "some of " + ", ".join(MODELS))
        if set(self.models) <= {STATIC_PIM, CT_PIM} and self.panels is None:
            raise InputError(
                "PANELS", "nothing", "the extracted areas", "The probability integral needs them"
            )
        if self.u_model not in U_MODELS:
            raise InputError("U_MODEL", self.u_model, ", ".join(U_MODELS))
        if self.growth not in pim.GROWTHS:
            raise InputError("GROWTH", self.growth, ", ".join(pim.GROWTHS))
        if not LOWEST_DEGREE <= self.degree <= HIGHEST_DEGREE:
            raise InputError("DEGREE", self.degree, f"{LOWEST_DEGREE} to {HIGHEST_DEGREE}")
        if self.pim_points < 50:
            raise InputError("PIM_POINTS", self.pim_points, "at least 50")
        if self.max_pixels < 50:
            raise InputError("MAX_PIXELS", self.max_pixels, "at least 50")
        if str(self.measured) and not Path(self.measured).is_dir():
            raise InputError(
                "MEASURED", str(self.measured), "an existing displacement folder", "Check the path"
            )
        if self.levelling is not None and str(self.levelling_csv):
            raise InputError(
                "LEVELLING_CSV",
                str(self.levelling_csv),
                "one of LEVELLING and LEVELLING_CSV",
                "Leave one of the two empty",
            )
        if str(self.levelling_csv) and not Path(self.levelling_csv).is_file():
            raise InputError(
                "LEVELLING_CSV", str(self.levelling_csv), "an existing CSV file", "Check the path"
            )
        if self.panels is not None and not self.panels.crs:
            raise InputError(
                "PANELS", self.panels.name or "layer", "a layer with a CRS", "Assign a CRS to the layer"
            )
        parse_day(self.fit_end, "FIT_END")
        pim.parse_starts(self.start_values)
        pim.parse_bounds(self.bounds)
        pim.parse_fixed(self.fixed)
        self.scene().validate()

    def scene(self) -> WskEstimateParams:
        """The same stack, reference and choice of pixels for the estimate of the dissolution kinetics."""
        return WskEstimateParams(
            self.input,
            self.output,
            reference=self.reference,
            funnels=self.funnels,
            u_model=self.u_model,
            temperatures=self.temperatures,
            mean_coherence=self.mean_coherence,
            least_coherence=self.least_coherence,
            mask=self.mask,
            start=self.start,
            end=self.end,
        )

    def describe(self) -> dict[str, Any]:
        """The parameters as JSON, without the output folder."""
        return {**described(replace(self, levelling=None)), "levelling": describe_points(self.levelling)}

    def files(self) -> list[Path]:
        """Files beside the stack that decide the result."""
        found = [Path(file) for file in (self.temperatures, self.levelling_csv) if str(file)]
        if str(self.measured):
            found.append(Path(self.measured) / "stack.json")
        if isinstance(self.levelling, PointFile):
            found.append(Path(self.levelling.path))
        if isinstance(self.mask, (str, Path)):
            found.append(Path(self.mask))
        return found
