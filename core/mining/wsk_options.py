"""What the estimate may be told beside the observations."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Optional

from ..errors import InputError
from .kinetics import Geology
from .wsk_gauge import Gauge
from .wsk_time import FORMS, RATE, UModel


@dataclass(frozen=True)
class Bounds:
    """Limits of the unknowns; infinite where free.

    Defaults are those of Xing et al., eq. 9: 0 <= D <= W1 [m2/s], 0 <= Cx <= W2 [g/100 g water], |dH| <= W3 [m].
    above_saturation : let Cx exceed Cs, which lets the ground rise (u < 0).
    """

    diffusion_low: float = 0.0
    diffusion_high: float = 1.87e-9
    cx_low: float = 0.0
    cx_high: float = 48.8
    height: float = 20.0
    above_saturation: bool = False

    def validate(self) -> None:
        """Raise InputError for a value that cannot be used."""
        if not self.diffusion_low <= 0.0 < self.diffusion_high:
            raise InputError("MAX_D", f"{self.diffusion_high:g} m2/s", "a bound above 0 m2/s")
        if not self.cx_low < self.cx_high:
            raise InputError("MAX_CX", f"{self.cx_high:g} g/100 g", f"a bound above {self.cx_low:g} g/100 g")
        if not self.height > 0.0:
            raise InputError("MAX_DH", f"{self.height:g} m", "a bound above 0 m")

    def u_limits(self, geology: Geology) -> tuple[float, float]:
        """Lowest and highest u; Cx stays at or below Cs unless `above_saturation`."""
        highest = self.cx_high if self.above_saturation else min(self.cx_high, geology.cs)
        return 1.0 - highest / geology.cs, 1.0 - self.cx_low / geology.cs


FREE_BOUNDS = Bounds(-math.inf, math.inf, -math.inf, math.inf, math.inf, above_saturation=True)


@dataclass(frozen=True)
class Options:
    """How D, u and dH are estimated.

    form : "rate" (default) or "absolute" (eq. 3 as printed). height : estimate dH. noise : standard deviation of a
    phase of weight 1 [rad] for the covariance; None takes it from the residuals. tolerance : scaled KKT residual at
    which the solver stops. scale_bounds : widen the bounds of D and dH to 1.5 times what the data ask for where they
    ask for more. min_observations : pixels with fewer phases are left out.
    """

    u_model: UModel = field(default_factory=UModel)
    gauge: Gauge = field(default_factory=Gauge)
    bounds: Bounds = field(default_factory=Bounds)
    scale_bounds: bool = False
    form: str = RATE
    height: bool = True
    noise: Optional[float] = None
    tolerance: float = 1e-8
    max_iterations: int = 500
    min_observations: int = 3

    def validate(self, geology: Geology) -> None:
        """Raise InputError for a value that cannot be used."""
        if self.form not in FORMS:
            raise InputError("FORM", self.form, " or ".join(FORMS))
        self.u_model.validate()
        self.gauge.validate(geology, self.u_model)
        self.bounds.validate()
        if self.noise is not None and not (math.isfinite(self.noise) and self.noise > 0):
            raise InputError("Noise", self.noise, "a standard deviation above 0 rad")
        if not 0.0 < self.tolerance < 1.0:
            raise InputError("Tolerance", self.tolerance, "a number between 0 and 1")
        if self.max_iterations < 1 or self.min_observations < 2:
            raise InputError(
                "Iterations", self.max_iterations, "at least 1 iteration and 2 observations per pixel"
            )
