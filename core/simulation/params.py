"""Parameters of a simulated scene."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from ..errors import InputError
from ..outputfolder import check_output
from .saltmine_params import SaltMineParams
from .singlelook_job import SingleLookParams
from .tops_params import TopsParams

CORRIDOR, SALTMINE, SINGLELOOK, TOPS = "corridor", "saltmine", "singlelook", "tops"
SCENARIOS = (CORRIDOR, SALTMINE, SINGLELOOK, TOPS)
_SHARED = ("output", "scenario", "seed", "size", "columns", "mine")  # the others are the corridor's
# Columns of the first track's grid over the 100 km of the scene, and images of the two tracks.
SIZES = {"small": (120, 40, 38), "medium": (340, 63, 61), "large": (1000, 63, 61)}
SMALLEST, LARGEST = 40, 4000


@dataclass(frozen=True)
class SimulateParams:
    """What to simulate. The salt mine takes the first five and `mine`, the single-look railway the first four, the
    Sentinel-1 images the first five and `annotations`, the corridor all but these two.

    output : folder of the scene. scenario : which one. seed : of all random numbers.
    size : small, medium or large; `columns`, when above 0, overrides the grid's width.
    gap_days : the longest time without an image, a multiple of 12; above 84 the ordinary pairs
    leave the network in two parts. noise : factor of the decorrelation noise. atmosphere_mm :
    typical standard deviation of the zenith delay. outer_scale_m : its largest extent.
    stratified_mm_per_km : standard deviation of the delay that follows the height.
    missing_below : phases of lower estimated coherence are missing.
    unwrapping_errors : pairs per track with a disc of `unwrapping_radius_m` off by one cycle.
    mine : options of the salt mine; its output, seed, size and columns are those given here.
    annotations : folder with two SAFE folders of one track, whose orbits and timing the Sentinel-1 images take;
    `columns` are their samples.
    """

    output: str | os.PathLike[str]
    scenario: str = CORRIDOR
    seed: int = 1
    size: str = "medium"
    columns: int = 0
    gap_days: int = 72
    noise: float = 1.0
    atmosphere_mm: float = 3.5
    outer_scale_m: float = 60_000.0
    stratified_mm_per_km: float = 30.0
    missing_below: float = 0.2
    unwrapping_errors: int = 0
    unwrapping_radius_m: float = 4_000.0
    mine: SaltMineParams | None = None
    annotations: str | os.PathLike[str] = ""

    def validate(self) -> None:
        """Raise InputError for a value that cannot be used."""
        check_output(self.output, "simulate")
        if self.scenario not in SCENARIOS:
            raise InputError("SCENARIO", self.scenario, ", ".join(SCENARIOS))
        if self.scenario == SALTMINE:
            self._validate_saltmine()
            return
        if self.scenario == SINGLELOOK:
            self._validate_singlelook()
            return
        if self.scenario == TOPS:
            self._validate_tops()
            return
        self._validate_corridor()

    def saltmine(self) -> SaltMineParams:
        """The same request as the salt mine takes it."""
        options = self.mine or SaltMineParams(self.output)
        return replace(options, output=self.output, seed=self.seed, size=self.size, columns=self.columns)

    def singlelook(self) -> SingleLookParams:
        """The same request as the single-look railway takes it."""
        return SingleLookParams(self.output, self.seed, self.size)

    def tops(self) -> TopsParams:
        """The same request as the Sentinel-1 images take it."""
        return TopsParams(self.output, self.seed, self.size, self.annotations, samples=self.columns)

    def _validate_tops(self) -> None:
        self._refuse_others(("output", "scenario", "seed", "size", "columns", "mine", "annotations"))
        self._refuse_mine()
        self.tops().validate()

    def _validate_singlelook(self) -> None:
        self._refuse_others(("output", "scenario", "seed", "size", "mine"))
        self._refuse_mine()
        self.singlelook().validate()

    def _validate_corridor(self) -> None:
        self._refuse_mine()
        if str(self.annotations):
            raise InputError("ANNOTATIONS", str(self.annotations), "nothing", "This belongs to the Sentinel-1 images")
        if self.seed < 0:
            raise InputError("SEED", self.seed, "a whole number, 0 or above")
        if self.size not in SIZES:
            raise InputError("SIZE", self.size, ", ".join(SIZES))
        if self.columns and not SMALLEST <= self.columns <= LARGEST:
            raise InputError("COLUMNS", self.columns, f"0, or {SMALLEST} to {LARGEST}")
        if self.gap_days % 12 or not 24 <= self.gap_days <= 240:
            raise InputError("Gap", self.gap_days, "a multiple of 12 days from 24 to 240")
        for name, value in (
            ("Noise", self.noise), ("Atmosphere", self.atmosphere_mm), ("Stratified delay", self.stratified_mm_per_km)
        ):
            if not value >= 0:
                raise InputError(name, value, "0 or more")
        if not self.outer_scale_m > 0 or not self.unwrapping_radius_m > 0:
            raise InputError("Scale", min(self.outer_scale_m, self.unwrapping_radius_m), "a length above 0 m")
        if not 0 <= self.missing_below < 1:
            raise InputError("Missing below", self.missing_below, "a coherence from 0 to below 1")
        if self.unwrapping_errors < 0:
            raise InputError("Unwrapping errors", self.unwrapping_errors, "0 or more")

    def _validate_saltmine(self) -> None:
        self._refuse_others(_SHARED)
        self.saltmine().validate()

    def _refuse_mine(self) -> None:
        changed = self.mine.changed() if self.mine is not None else ()
        if changed:
            name, value = changed[0]
            raise InputError(name, value, "the default", "This belongs to the salt mine's scene")

    def _refuse_others(self, shared: tuple[str, ...]) -> None:
        for field in fields(self):
            if field.name not in shared and getattr(self, field.name) != field.default:
                owner = "Sentinel-1 images" if field.name == "annotations" else "corridor's scene"
                raise InputError(field.name, getattr(self, field.name), "the default", f"This belongs to the {owner}")

    def facts(self) -> dict[str, Any]:
        """Everything that decides the corridor's bytes; the folder does not."""
        return {key: value for key, value in asdict(self).items() if key not in ("output", "mine", "annotations")}
