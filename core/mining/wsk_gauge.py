"""What fixes the two directions along which the phases cannot tell the unknowns apart.

Scale: (s D, u / s) fit alike, so a mean of u has to be known: from the solubility at the brine's temperature, from a
recorded mean of Cx, or not at all, and then only the product D u is physical.
Height: with a free u, (u + s dB/dt, dH - s D) fit alike, because baselines are sums over intervals; dH is then chosen
uncorrelated with D over the pixels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .kinetics import GLAUBER, Geology, solubility, undersaturation
from .wsk_time import TEMPERATURE, UModel

Float64 = NDArray[np.float64]

NONE, SOLUBILITY, MEAN_CX = "none", "solubility", "mean_cx"
KINDS = (NONE, SOLUBILITY, MEAN_CX)


@dataclass(frozen=True)
class Gauge:
    """The known mean of u over the record.

    kind : "solubility" with the brine's temperature `value` [deg C]: the mean of u is s(T) / Cs; "mean_cx" with the
    mean `value` of Cx [g/100 g water] over the record; "none": u is given relative to its mean, D times that mean.
    A temperature-driven u needs no gauge: it is known from its series.
    """

    kind: str = NONE
    value: float = math.nan
    mineral: str = GLAUBER

    def validate(self, geology: Geology, model: UModel) -> None:
        """Raise InputError for a value that cannot be used."""
        if self.kind not in KINDS:
            raise InputError("Gauge", self.kind, " or ".join(KINDS))
        if model.kind == TEMPERATURE and self.kind != NONE:
            raise InputError(
                "Gauge",
                self.kind,
                "nothing beside a temperature series",
                "The series fixes the scale: leave it empty",
            )
        if self.kind == NONE:
            return
        mean = self.mean_u(geology)
        if not 0.0 < mean <= 1.0:
            raise InputError(
                self.name,
                f"{self.value:g}",
                f"a value that leaves u = (Cs - Cx)/Cs between 0 and 1; it gives {mean:.3g} with Cs = {geology.cs:g}",
                "Check it against Cs",
            )

    @property
    def name(self) -> str:
        """The parameter that the user gave it with."""
        return {SOLUBILITY: "BRINE_TEMPERATURE", MEAN_CX: "RECORD_CX"}.get(self.kind, "")

    def mean_u(self, geology: Geology) -> float:
        """The mean of u over the record; 1 without a gauge."""
        if self.kind == SOLUBILITY:
            return float(solubility(self.value, self.mineral)) / geology.cs
        if self.kind == MEAN_CX:
            return float(undersaturation(self.value, geology.cs))
        return 1.0

    def physical(self, model: UModel) -> bool:
        """Whether D and u are known each for itself."""
        return self.kind != NONE or model.kind == TEMPERATURE

    def text(self, geology: Geology, model: UModel) -> str:
        """What fixed the scale, for report and log."""
        if model.kind == TEMPERATURE:
            return "u is the solubility at the temperature series over Cs; it fixes the scale of D."
        if self.kind == SOLUBILITY:
            s = float(solubility(self.value, self.mineral))
            return (
                f"The mean of u is fixed at {s / geology.cs:.4g}: solubility {s:.4g} g/100 g at {self.value:g} deg C "
                f"over Cs {geology.cs:g}."
            )
        if self.kind == MEAN_CX:
            return (
                f"The mean of u is fixed at {self.mean_u(geology):.4g}: mean Cx {self.value:g} g/100 g over the "
                f"record, Cs {geology.cs:g}."
            )
        return (
            "Neither a brine temperature nor a recorded Cx is given: u is relative to its mean over the record, D is "
            "the true D times that mean, and only their product is physical."
        )


def height_shift(diffusion: Float64, height: Float64, slope: Float64) -> float:
    """s that makes height - s * slope uncorrelated with D over the pixels (P,).

    slope : D as a height, in the unit of `height` per unit of s. Zero when D does not vary.
    """
    centred = diffusion - diffusion.mean()
    along = float(centred @ (slope - slope.mean()))
    return float(centred @ (height - height.mean())) / along if along > 0 else 0.0
