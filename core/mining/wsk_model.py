"""The water-solution-kinetic model: interferograms, geometry, and the phases that D, u and dH make.

phi(A, B) = (4 pi / lambda) cos(theta) [S(B) - S(A)] + 4 pi Bperp dH / (lambda R sin(theta)), S positive down
(Xing et al., eq. 6; subsidence lengthens the range, and phase grows with range). In the rate form
S(t) = (D / delta) integral of u, so that a pair sees (D / delta) sum of u_k dt_k over the intervals between its dates.

Inside the solver D and dH are measured by the phase they make, d = D * D_scale [rad/yr at u = 1] and
h = dH * dH_scale [rad per unit of the scaled baseline]: then phi = d (L c) + h b for all pixels alike.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Optional

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .kinetics import SECONDS_PER_YEAR, Geology
from .wsk_time import FORMS, FREE, TimeBasis, UModel

Float64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Record:
    """Dates (N, in order) and pairs (M, 2) of positions in them, earlier first, with baselines bperp (M,) [m]."""

    dates: tuple[date, ...]
    pairs: NDArray[np.intp]
    bperp: Float64

    def validate(self) -> None:
        """Raise InputError for a record that cannot be used."""
        count = len(self.dates)
        if count < 2:
            raise InputError("Dates", count, "at least 2 dates", "One image tells nothing about subsidence")
        if any(b <= a for a, b in zip(self.dates[:-1], self.dates[1:])):
            raise InputError("Dates", "out of order", "dates in order, each once")
        if self.pairs.ndim != 2 or self.pairs.shape[1] != 2 or len(self.pairs) == 0:
            raise InputError("Pairs", self.pairs.shape, "one row of two dates per interferogram")
        if np.any(self.pairs[:, 0] >= self.pairs[:, 1]) or self.pairs.min() < 0 or self.pairs.max() >= count:
            raise InputError("Pairs", "wrong positions", "positions of an earlier and a later date")
        if self.bperp.shape != (len(self.pairs),) or not np.all(np.isfinite(self.bperp)):
            raise InputError("Baselines", self.bperp.shape, "one finite baseline [m] per interferogram")

    @property
    def days(self) -> Float64:
        """(N,) days since the first date."""
        return np.array([(day - self.dates[0]).days for day in self.dates], np.float64)

    def incidence(self) -> Float64:
        """(M, N): +1 at the later date of a pair, -1 at the earlier one."""
        matrix = np.zeros((len(self.pairs), len(self.dates)))
        rows = np.arange(len(self.pairs))
        matrix[rows, self.pairs[:, 1]] = 1.0
        matrix[rows, self.pairs[:, 0]] = -1.0
        return matrix

    def bind(self, model: UModel, form: str, cs: float) -> TimeBasis:
        """The model of u on these dates."""
        if form not in FORMS:
            raise InputError("Form", form, " or ".join(FORMS))
        return TimeBasis(model, self.dates[0], tuple(float(v) for v in self.days), form, cs)

    def design(self, basis: TimeBasis) -> Float64:
        """(M, q) L [yr]: the pairs see d (L c) for coefficients c."""
        matrix = self.incidence() @ basis.cumulative(self.days)
        if basis.model.kind == FREE and np.linalg.matrix_rank(matrix) < basis.size:
            raise InputError(
                "Interferograms",
                "a network in parts",
                "a network that connects all dates, which a free u needs",
                "Add interferograms between the parts, or use the harmonic model",
            )
        return np.asarray(matrix)


@dataclass(frozen=True, eq=False)
class Problem:
    """What is observed.

    phase : (M, P) [rad], NaN where missing, relative to a reference with D = dH = 0. weights : None, (M,) or (M, P),
    relative or 1/sigma^2 [rad^-2]. incidence [rad] and slant_range [m] : a number or (P,). wavelength [m].
    """

    record: Record
    phase: NDArray
    geology: Geology
    wavelength: float
    incidence: Float64
    slant_range: Float64
    weights: Optional[Float64] = None

    def validate(self) -> None:
        """Raise InputError for observations that cannot be used."""
        self.record.validate()
        self.geology.validate()
        pairs, pixels = len(self.record.pairs), self.phase.shape[1] if self.phase.ndim == 2 else 0
        if self.phase.ndim != 2 or self.phase.shape[0] != pairs or pixels == 0:
            raise InputError(
                "Phase", self.phase.shape, f"an array of {pairs} interferograms by at least one pixel"
            )
        for name, value, low, high in (
            ("Wavelength", self.wavelength, 0.0, math.inf),
            ("Incidence", self.incidence, 0.0, math.pi / 2),
            ("Slant range", self.slant_range, 0.0, math.inf),
        ):
            array = np.asarray(value, np.float64)
            if array.ndim and array.shape != (pixels,):
                raise InputError(name, array.shape, f"one number or {pixels}")
            if not np.all((array > low) & (array < high)):
                raise InputError(name, float(np.ravel(array)[0]), f"above {low:g} and below {high:g}")
        if self.weights is not None:
            if self.weights.shape not in ((pairs,), (pairs, pixels)):
                raise InputError("Weights", self.weights.shape, f"({pairs},) or ({pairs}, {pixels})")
            if not np.all(np.nan_to_num(self.weights, nan=0.0) >= 0.0):
                raise InputError("Weights", "negative", "numbers of at least 0")

    @property
    def diffusion_scale(self) -> Float64:
        """d / D: a number or (P,) [rad/yr per m2/s]."""
        turn = 4.0 * math.pi / self.wavelength
        return turn * SECONDS_PER_YEAR / self.geology.delta * np.cos(np.asarray(self.incidence, np.float64))

    @property
    def height_scale(self) -> Float64:
        """h / dH: a number or (P,) [rad/m at the baseline's unit]."""
        distance = np.asarray(self.slant_range, np.float64) * np.sin(np.asarray(self.incidence, np.float64))
        return 4.0 * math.pi / (self.wavelength * distance) * self.baseline_unit

    @property
    def baseline_unit(self) -> float:
        """Root mean square of the baselines [m], 1 where all are zero."""
        return float(np.sqrt(np.mean(self.record.bperp**2))) or 1.0

    @property
    def baseline(self) -> Float64:
        """(M,) baselines in that unit."""
        return self.record.bperp / self.baseline_unit

    def part(self, chosen: NDArray[np.intp]) -> Problem:
        """The same for some of the pixels."""

        def pick(value: Float64) -> Float64:
            array = np.asarray(value, np.float64)
            return array if array.ndim == 0 else array[chosen]

        weights = self.weights if self.weights is None or self.weights.ndim == 1 else self.weights[:, chosen]
        return Problem(
            self.record, self.phase[:, chosen], self.geology, self.wavelength, pick(self.incidence),
            pick(self.slant_range), weights,
        )  # fmt: skip


def forward(
    problem: Problem, basis: TimeBasis, diffusion: Float64, coefficients: Float64, height: Float64
) -> Float64:
    """(M, P) phases [rad] of D (P,) [m2/s], coefficients of u (q,) and dH (P,) [m]."""
    g = problem.record.design(basis) @ coefficients
    made: Float64 = np.outer(g, diffusion * problem.diffusion_scale)
    made += np.outer(problem.baseline, height * problem.height_scale)
    return made


def jacobian(
    problem: Problem,
    basis: TimeBasis,
    diffusion: Float64,
    coefficients: Float64,
    height: Float64,
    offsets: bool = False,
) -> Float64:
    """(M P, 2 P + q) derivatives of the phases by (d, h, c) in the solver's units; small problems only.

    offsets : also by an unknown constant per interferogram (M more columns), as without a reference.
    """
    L = problem.record.design(basis)
    pairs, pixels = len(L), len(diffusion)
    d = diffusion * problem.diffusion_scale
    matrix = np.zeros((pairs, pixels, 2 * pixels + L.shape[1] + (pairs if offsets else 0)))
    for p in range(pixels):
        matrix[:, p, p] = L @ coefficients
        matrix[:, p, pixels + p] = problem.baseline
        matrix[:, p, 2 * pixels : 2 * pixels + L.shape[1]] = d[p] * L
        if offsets:
            matrix[:, p, 2 * pixels + L.shape[1] :] = np.eye(pairs)
    return matrix.reshape(pairs * pixels, -1)
