"""Kinetics of dissolution: what the rate of subsidence depends on, and the constants that are known beforehand.

The ground sinks as the salt below dissolves: dS/dt = (D / delta) u(t) with the undersaturation
u(t) = (Cs - Cx(t)) / Cs (Xing et al., "Water-Solution Kinetic (WSK) InSAR model", eq. 2-3 as a rate).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import InputError

Float64 = NDArray[np.float64]

SECONDS_PER_YEAR = 365.25 * 86400.0

# Solubility in g per 100 g water against temperature in deg C (Xing et al., Table IV, after Ma et al. 1992).
TABLE_IV: dict[str, tuple[tuple[float, float], ...]] = {
    "thenardite": (
        (30.0, 50.4), (40.0, 48.8), (50.0, 46.7), (60.0, 45.3),
        (70.0, 44.1), (80.0, 43.7), (90.0, 42.9), (100.0, 42.5),
    ),
    "glauber": ((0.0, 5.0), (10.0, 9.0), (20.0, 19.4), (30.0, 48.8)),
    "glauberite": (
        (0.0, 0.18), (10.0, 0.19), (20.0, 0.20), (30.0, 0.21), (40.0, 0.21),
        (60.0, 0.21), (70.0, 0.20), (80.0, 0.20), (100.0, 0.16),
    ),
}  # fmt: skip
GLAUBER = "glauber"


@dataclass(frozen=True)
class Geology:
    """What is known of the deposit.

    cs : concentration Cs of the saturated solution [g/100 g water]. delta : thickness of the saturated layer [m].
    """

    cs: float
    delta: float

    def validate(self) -> None:
        """Raise InputError for a value that cannot be used."""
        if not (math.isfinite(self.cs) and self.cs > 0):
            raise InputError(
                "Cs", self.cs, "a concentration above 0 g/100 g water", "Choose a preset or measure it"
            )
        if not (math.isfinite(self.delta) and self.delta > 0):
            raise InputError("delta", self.delta, "a thickness above 0 m", "Choose a preset or measure it")

    def reach(self, diffusion: float, undersaturation: float = 1.0) -> float:
        """Subsidence per year [m/yr] at D [m2/s] and u [-]."""
        return diffusion / self.delta * undersaturation * SECONDS_PER_YEAR


PRESETS: dict[str, Geology] = {
    "xinhua": Geology(48.8, 3.0),
    "huaian": Geology(48.8, 5.0),
    "simulation": Geology(40.8, 3.0),
}


def undersaturation(cx: ArrayLike, cs: float) -> Float64:
    """u = (Cs - Cx) / Cs [-] of concentrations [g/100 g water]."""
    return 1.0 - np.asarray(cx, np.float64) / cs


def concentration(u: ArrayLike, cs: float) -> Float64:
    """Cx = Cs (1 - u) [g/100 g water] of undersaturations [-]."""
    return cs * (1.0 - np.asarray(u, np.float64))


def solubility(temperature: ArrayLike, mineral: str = GLAUBER) -> Float64:
    """Solubility [g/100 g water] at temperatures [deg C], linear between the entries of Table IV.

    Refuses temperatures outside the table (0 to 30 deg C for Glauber's salt): there is nothing to extrapolate by.
    """
    if mineral not in TABLE_IV:
        raise InputError("Mineral", mineral, ", ".join(TABLE_IV))
    known, values = np.array(TABLE_IV[mineral]).T
    wanted = np.asarray(temperature, np.float64)
    outside = ~((wanted >= known[0]) & (wanted <= known[-1]))
    if np.any(outside):
        worst = float(np.atleast_1d(wanted)[np.atleast_1d(outside)][0])
        raise InputError(
            "Brine temperature",
            f"{worst:g} deg C",
            f"{known[0]:g} to {known[-1]:g} deg C, the range of the solubility table of {mineral}",
            "Use the temperature of the brine, not of the air",
        )
    return np.interp(wanted, known, values)
