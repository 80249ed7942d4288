"""Models of ground motion fitted to the same interferometric phases, so that they can be compared.

Every model explains the phase of a pair (A, B) at a pixel [rad] as

    phi = (4 pi / lambda) (cos(theta) (S(B) - S(A)) + Bperp dH / (R sin theta)),

S subsidence [m, positive down], dH a height error of each pixel. They differ in S(t), t since the first date:

    linear       S = a t
    seasonal     S = a t + b sin(2 pi t) + c (cos(2 pi t) - 1)
    polynomial   S = a t + b t^2 + ... to the chosen degree
    sbas         S free at every date (Berardino et al. 2002). Every other model is a special case of it, so none can
                 have smaller residuals: it is the lower bound of a fit, not a model that competes.

Here are the models with coefficients of their own in each pixel. `compare_pim` and `compare_wsk` fit the others.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from ..units import years_between

LINEAR, SEASONAL, POLYNOMIAL = "linear", "seasonal", "polynomial"
STATIC_PIM, CT_PIM, WSK, SBAS = "static_pim", "ct_pim", "wsk", "sbas"
MODELS = (WSK, LINEAR, SEASONAL, POLYNOMIAL, STATIC_PIM, CT_PIM)  # that compete
TITLES = {
    WSK: "WSK",
    LINEAR: "Linear",
    SEASONAL: "Seasonal",
    POLYNOMIAL: "Polynomial",
    STATIC_PIM: "Static PIM",
    CT_PIM: "CT-PIM",
    SBAS: "SBAS (lower bound)",
}

Float64 = NDArray[np.float64]
Series = Callable[[Sequence[date]], Float64]


@dataclass(frozen=True)
class PhaseData:
    """Complete phases of P pixels in M interferograms.

    days : the N dates in order. pairs (M, 2) : indices into days, earlier first. phase (M, P) [rad], relative to
    ground that stands still. wavelength [m]. bperp (M,) [m] of the pairs; all zero leaves the height error out.
    incidence [rad], slant_range [m] (P,). x, y (P,) [m] in a metric plane. los (3, P) unit vector east, north, up.
    labels (P,) : funnel of each pixel.
    """

    days: tuple[date, ...]
    pairs: NDArray[np.intp]
    phase: Float64
    wavelength: float
    bperp: Float64
    incidence: Float64
    slant_range: Float64
    x: Float64
    y: Float64
    los: Float64
    labels: NDArray[np.int32]

    @property
    def metres_per_radian(self) -> float:
        """lambda / (4 pi)."""
        return self.wavelength / (4.0 * math.pi)

    @property
    def lengthening(self) -> Float64:
        """Phases as change of range [m], (M, P); positive for subsidence."""
        return self.phase * self.metres_per_radian

    @property
    def heights(self) -> bool:
        """Whether the baselines say anything about a height error."""
        return bool(np.any(self.bperp))

    @property
    def used(self) -> tuple[date, ...]:
        """The dates that some pair uses, in order."""
        return tuple(self.days[number] for number in np.unique(self.pairs))

    def times(self, days: Sequence[date]) -> Float64:
        """Years since the first date."""
        return np.array([years_between(self.days[0], day) for day in days])

    def take(self, pixels: NDArray[np.intp]) -> PhaseData:
        """Some of the pixels."""
        return replace(
            self,
            phase=self.phase[:, pixels],
            incidence=self.incidence[pixels],
            slant_range=self.slant_range[pixels],
            x=self.x[pixels],
            y=self.y[pixels],
            los=self.los[:, pixels],
            labels=self.labels[pixels],
        )


@dataclass(frozen=True)
class Fit:
    """A model fitted to phases.

    residual (M, P) [rad], observed less modelled. parameters : all of them, of all pixels. apparent(days) : S as a
    line of sight shows it, -d_los / cos(theta) [m], (days, P), 0 at the first date; vertical(days) : the vertical
    part alone. predicts : whether days after the record may be asked for. text : what was fitted, with its numbers.
    """

    model: str
    residual: Float64
    parameters: int
    apparent: Series
    vertical: Series
    predicts: bool = True
    text: str = ""
    notes: tuple[str, ...] = ()


def fit_linear(data: PhaseData) -> Fit:
    """A constant rate in each pixel."""
    return _fit_basis(data, LINEAR, lambda t: t[:, None], "S = a t")


def fit_seasonal(data: PhaseData) -> Fit:
    """A rate and an annual oscillation in each pixel."""

    def basis(t: Float64) -> Float64:
        turn = 2.0 * math.pi * t
        return np.stack([t, np.sin(turn), np.cos(turn) - 1.0], axis=1)

    return _fit_basis(data, SEASONAL, basis, "S = a t + b sin(2 pi t) + c (cos(2 pi t) - 1)")


def fit_polynomial(data: PhaseData, degree: int = 3) -> Fit:
    """A polynomial of time in each pixel."""
    span = float(data.times(data.used)[-1])

    def basis(t: Float64) -> Float64:
        return np.stack([(t / span) ** power for power in range(1, degree + 1)], axis=1)

    return _fit_basis(data, POLYNOMIAL, basis, f"polynomial of degree {degree} in t")


def fit_sbas(data: PhaseData) -> Fit:
    """A free displacement at every date; between dates it is interpolated.

    The baseline of a pair is the difference of those of its dates, so a height error is in the span of the free
    dates: it changes no residual and is no further parameter. For the series itself it is taken from a joint fit with
    a cubic and annual motion, for which the baselines are no motion.
    """
    days = data.used
    place = {day: number for number, day in enumerate(days)}
    matrix = np.zeros((len(data.pairs), len(days)))
    for row, (first, second) in enumerate(data.pairs):
        matrix[row, place[data.days[second]]] = 1.0
        matrix[row, place[data.days[first]]] = -1.0
    observed = data.lengthening
    pseudo = np.linalg.pinv(matrix[:, 1:])
    residual = (observed - matrix[:, 1:] @ (pseudo @ observed)) / data.metres_per_radian
    plain = observed - data.bperp[:, None] * _smooth_height(data)
    series = np.vstack([np.zeros((1, observed.shape[1])), pseudo @ plain]) / np.cos(data.incidence)
    known = data.times(days)

    def apparent(wanted: Sequence[date]) -> Float64:
        t = data.times(wanted)
        right = np.clip(np.searchsorted(known, t), 1, len(known) - 1)
        share = ((t - known[right - 1]) / (known[right] - known[right - 1]))[:, None]
        return (1.0 - share) * series[right - 1] + share * series[right]

    rank = int(np.linalg.matrix_rank(matrix))
    return Fit(
        SBAS,
        residual,
        rank * observed.shape[1],
        apparent,
        apparent,
        predicts=False,
        text=f"{rank} free displacements per pixel",
    )


def height_left(data: PhaseData, left: Float64) -> Float64:
    """The height term dH / (R sin theta) of each pixel (P,) that explains most of `left` (M, P) [m]."""
    if not data.heights:
        return np.zeros(left.shape[1])
    return np.asarray(data.bperp @ left / float(data.bperp @ data.bperp), np.float64)


def _smooth_height(data: PhaseData) -> Float64:
    """Height term (P,) from a joint fit with cubic and annual motion; 0 where the baselines are unknown."""
    if not data.heights:
        return np.zeros(data.phase.shape[1])
    t = data.times(data.days)
    turn = 2.0 * math.pi * t
    rows = np.stack([t, t**2, t**3, np.sin(turn), np.cos(turn)], axis=1)
    design = np.column_stack([_between(rows, data.pairs), data.bperp])
    return np.asarray(np.linalg.pinv(design)[-1] @ data.lengthening, np.float64)


def _between(rows: Float64, pairs: NDArray[np.intp]) -> Float64:
    return np.asarray(rows[pairs[:, 1]] - rows[pairs[:, 0]], np.float64)


def _fit_basis(data: PhaseData, model: str, basis: Callable[[Float64], Float64], text: str) -> Fit:
    """Least squares in every pixel: one design matrix for all, as angle and range only scale the coefficients."""
    design = _between(basis(data.times(data.days)), data.pairs)
    count = design.shape[1]
    if data.heights:
        design = np.column_stack([design, data.bperp])
    observed = data.lengthening
    solved = np.linalg.pinv(design) @ observed
    residual = (observed - design @ solved) / data.metres_per_radian
    coefficients = solved[:count] / np.cos(data.incidence)
    start = basis(np.zeros(1))

    def apparent(days: Sequence[date]) -> Float64:
        return np.asarray((basis(data.times(days)) - start) @ coefficients, np.float64)

    parameters = int(np.linalg.matrix_rank(design)) * observed.shape[1]
    return Fit(model, residual, parameters, apparent, apparent, text=text)
