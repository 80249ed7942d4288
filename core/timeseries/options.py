"""What the inversion may be told, and what it returns for one block of pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]
Int16 = NDArray[np.int16]

WEIGHTS = ("none", "coherence")
LOSSES = ("l2", "l1")
GAPS = ("minimum_norm", "nsbas")


@dataclass(frozen=True)
class Options:
    """How pairs are turned into a time series.

    weights : "none", or "coherence" for 1/sigma^2 of the phase at the effective looks (`weights.py`).
    loss : "l2" least squares, or "l1" least absolute deviations against unwrapping errors (`robust.py`).
    gaps : what joins the subsets of a pixel whose valid pairs do not connect all dates:
        "minimum_norm" of the interval velocities (`minimum_norm.py`), or the linear model of
        "nsbas" (`nsbas.py`).
    dem_error : estimate and remove a height error per pixel (`dem_error.py`).
    dem_degree : degree of the polynomial of time that separates motion from the height error, 1 to 3.
    looks : effective number of independent looks behind the coherence, at least 1.
    nsbas_gamma : weight of an NSBAS model equation against an average pair equation.
    min_pairs : pixels with fewer valid pairs are not solved (NaN).
    """

    weights: str = "none"
    loss: str = "l2"
    gaps: str = "minimum_norm"
    dem_error: bool = False
    dem_degree: int = 2
    looks: float = 1.0
    nsbas_gamma: float = 1e-4
    min_pairs: int = 1

    def validate(self) -> None:
        """Raise InputError for a value that cannot be used."""
        for name, value, allowed in (
            ("Weights", self.weights, WEIGHTS),
            ("Loss", self.loss, LOSSES),
            ("Gaps", self.gaps, GAPS),
        ):
            if value not in allowed:
                raise InputError(name, value, " or ".join(allowed))
        if self.dem_degree not in (1, 2, 3):
            raise InputError("Degree of motion beside the height error", self.dem_degree, "1, 2 or 3")
        if not (np.isfinite(self.looks) and self.looks >= 1.0):
            raise InputError(
                "Looks", self.looks, "a number of at least 1", "Give the effective number of looks"
            )
        if not 1e-6 <= self.nsbas_gamma <= 1.0:
            raise InputError("NSBAS gamma", self.nsbas_gamma, "1e-6 to 1", "Use 1e-4, the published value")
        if self.min_pairs < 1:
            raise InputError("Minimum pairs", self.min_pairs, "a whole number of at least 1")


@dataclass
class Inverted:
    """One block of P pixels over N dates and M pairs. NaN: not solved, or not defined.

    Pixels with fewer valid pairs than asked are not solved: NaN, and 0 in the counts.

    displacement : (N, P) line-of-sight displacement [m], toward the satellite positive, first date 0.
        At a date without data (or in a subset of dates that no valid pair joins to the rest) the
        value is not measured: it is what `Options.gaps` fills in, either the smallest interval
        velocities (level before the first and after the last date with data, between two dates
        weighted toward the nearer) or the pixel's own linear trend.
    velocity : (P,) slope of displacement against time over the dates with data, with intercept [m/yr].
        What fills the other dates has no part in it: a pixel that lost its signal does not slow down.
    velocity_std : (P,) its standard deviation from the pair residuals alone [m/yr]; too small,
        because pairs share images. NaN without redundancy.
    velocity_std_images : (P,) its standard deviation from leaving out one image at a time, with
        that of the residuals added in quadrature where there is one [m/yr].
    temporal_coherence : (P,) |sum exp(j r)| / (valid pairs), r the pair residuals. It is 1 where
        redundancy is 0 and says nothing there.
    redundancy : (P,) valid pairs minus the rank of the pixel's network.
    residual_rms : (P,) root mean square of the pair residuals [rad].
    pairs_used : (P,) valid pairs, whether solved or not.
    components : (P,) subsets into which the valid pairs divide the pixel's dates with data.
    gaps : (P,) dates without data.
    height_error, height_error_std, velocity_height_correlation : (P,) [m], [m], [-1, 1], or None
        when no height error was estimated. The displacement is free of the height error where
        that is known, and as measured where it is NaN.
    pair_residual_sumsq, pair_count : (M,) sum of squared residuals [rad^2] and number of pixels
        of each pair, for the RMS per interferogram and per date (`quality.py`).
    """

    displacement: Float32
    velocity: Float32
    velocity_std: Float32
    velocity_std_images: Float32
    temporal_coherence: Float32
    redundancy: Int16
    residual_rms: Float32
    pairs_used: Int16
    components: Int16
    gaps: Int16
    pair_residual_sumsq: Float64
    pair_count: Float64
    height_error: Optional[Float32] = None
    height_error_std: Optional[Float32] = None
    velocity_height_correlation: Optional[Float32] = None
