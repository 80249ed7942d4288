"""Parameters of the simulated salt mine."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, fields
from typing import Any

from ..errors import InputError

WSK, PIM, MIXTURE = "wsk", "pim", "mixture"
MAKES = (WSK, PIM, MIXTURE)
GAUSSIAN, UNIFORM = "gaussian", "uniform"
NOISES = (GAUSSIAN, UNIFORM)
SIZES = {"small": 60, "medium": 120, "large": 240}  # pixels along each side of the 2.4 km
SMALLEST, LARGEST = 40, 1000
# Names under which the options are asked for.
_NAMES = {
    "make": "MAKE",
    "own_cx": "OWN_CX",
    "noise_kind": "NOISE_KIND",
    "noise_rad": "NOISE_LEVEL",
    "height_error_m": "HEIGHT_ERROR",
    "decorrelated": "DECORRELATED",
    "atmosphere_mm": "ATMOSPHERE",
}


@dataclass(frozen=True)
class SaltMineParams:
    """What to simulate.

    output : folder of the scene. seed : of all random numbers. size : small, medium or large; `columns`, when
    above 0, is the number of pixels of each side.
    make : what the ground follows: `wsk` (dissolution kinetics with a seasonal concentration), `pim` (probability
    integral with Weibull growth of each panel) or `mixture` (the mean of the two).
    own_cx : each funnel has a concentration history of its own (wsk only).
    noise_rad : s, strength of the phase noise [rad]. noise_kind : `gaussian` of standard deviation s, or `uniform`,
    sqrt(s) * rand on 0 to 1, as Xing et al. write it.
    height_error_m : standard deviation of the height error. decorrelated : share of pixels that are mostly noise.
    atmosphere_mm : standard deviation of the turbulent zenith delay of a date.
    """

    output: str | os.PathLike[str]
    seed: int = 1
    size: str = "medium"
    columns: int = 0
    make: str = WSK
    own_cx: bool = False
    noise_rad: float = 0.25
    noise_kind: str = GAUSSIAN
    height_error_m: float = 7.0
    decorrelated: float = 0.08
    atmosphere_mm: float = 0.0

    def validate(self) -> None:
        """Raise InputError for a value that cannot be used."""
        for name, text, allowed in (
            ("SIZE", self.size, tuple(SIZES)), ("MAKE", self.make, MAKES), ("NOISE_KIND", self.noise_kind, NOISES)
        ):
            if text not in allowed:
                raise InputError(name, text, ", ".join(allowed))
        if self.seed < 0:
            raise InputError("SEED", self.seed, "a whole number, 0 or above")
        if self.columns and not SMALLEST <= self.columns <= LARGEST:
            raise InputError("COLUMNS", self.columns, f"0, or {SMALLEST} to {LARGEST}")
        for name in ("noise_rad", "height_error_m", "atmosphere_mm"):
            if not 0 <= getattr(self, name) < 1000:
                raise InputError(_NAMES[name], getattr(self, name), "0 to below 1000")
        if not 0 <= self.decorrelated <= 0.5:
            raise InputError("DECORRELATED", self.decorrelated, "0 to 0.5")
        if self.own_cx and self.make != WSK:
            raise InputError("OWN_CX", self.make, f"the make {WSK}", "Only this make has a concentration")

    def changed(self) -> tuple[tuple[str, Any], ...]:
        """Options of the mine that are not at their defaults: name and value."""
        default = {field.name: field.default for field in fields(self)}
        return tuple(
            (shown, getattr(self, name)) for name, shown in _NAMES.items() if getattr(self, name) != default[name]
        )

    def facts(self) -> dict[str, Any]:
        """Everything that decides the bytes; the folder does not."""
        return {"scenario": "saltmine", **{key: value for key, value in asdict(self).items() if key != "output"}}
