"""What an estimate of the water-solution-kinetic model holds, and subsidence from it at any date it can speak of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .kinetics import SECONDS_PER_YEAR, Geology, concentration
from .wsk_model import Problem, forward
from .wsk_noise import Noise
from .wsk_options import Bounds
from .wsk_time import HARMONIC, TimeBasis, model_from_dict, model_to_dict

Float64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FittedModel:
    """u(t) with its uncertainty: all that a prediction needs beside the maps of D and its standard deviation.

    coefficients c (q,), covariance (q, q), cross and cross_all (q,): cov(c, D_p) = cross D_p + cross_all. mean_u : u
    over the record. physical : whether D and u are known each for itself.
    """

    basis: TimeBasis
    geology: Geology
    coefficients: Float64
    covariance: Float64
    cross: Float64
    cross_all: Float64
    mean_u: float
    physical: bool

    def u(self, days: Float64) -> tuple[Float64, Float64]:
        """u and its standard deviation (n,) at instants [days since the first date]."""
        return self._spread(self.basis.values(days))

    def intervals(self) -> tuple[Float64, Float64]:
        """u and its standard deviation (K,) per interval of the record (rate form) or per date after the first."""
        return self._spread(self.basis.intervals())

    def _spread(self, rows: Float64) -> tuple[Float64, Float64]:
        variance = np.einsum("nq,qr,nr->n", rows, self.covariance, rows)
        return rows @ self.coefficients, np.sqrt(np.maximum(variance, 0.0))

    def subsidence(self, days: Float64, diffusion: Float64, std: Float64) -> tuple[Float64, Float64]:
        """Subsidence S (n, P) [m], positive down and 0 at the first date, and its standard deviation.

        days : (n,) since the first date. diffusion, std : (P,) D and its standard deviation [m2/s].
        """
        rows = self.basis.cumulative(days)
        area = rows @ self.coefficients  # (n,) [yr]
        spread = np.einsum("nq,qr,nr->n", rows, self.covariance, rows)
        unit = SECONDS_PER_YEAR / self.geology.delta
        variance = np.outer(area**2, std**2)
        variance += np.outer(spread + 2.0 * area * (rows @ self.cross), diffusion**2)
        variance += np.outer(2.0 * area * (rows @ self.cross_all), diffusion)
        return unit * np.outer(area, diffusion), unit * np.sqrt(np.maximum(variance, 0.0))

    def seasonal(self) -> dict[str, float] | None:
        """Mean, amplitude and phase of the annual wave, u = mean + amplitude sin(2 pi t + phase), with std; or None."""
        if self.basis.model.kind != HARMONIC:
            return None
        _, sine, cosine = self.coefficients[:3]
        amplitude = math.hypot(sine, cosine)
        inner = self.covariance[1:3, 1:3]
        along = np.array([sine, cosine]) / amplitude if amplitude > 0 else np.array([1.0, 0.0])
        across = np.array([-cosine, sine]) / amplitude**2 if amplitude > 0 else np.array([math.inf, math.inf])
        phase = math.atan2(cosine, sine)
        return {
            "mean": float(self.coefficients[0]),
            "amplitude": amplitude,
            "amplitude_std": float(np.sqrt(max(along @ inner @ along, 0.0))),
            "phase": phase,
            "phase_std": float(np.sqrt(max(across @ inner @ across, 0.0))) if amplitude > 0 else math.pi,
            "day_of_maximum": ((math.pi / 2 - phase) % (2 * math.pi)) / (2 * math.pi) * 365.25,
        }

    def to_dict(self) -> dict[str, Any]:
        """As JSON; concentrations in g/100 g water, delta in m, u without unit, days since `origin`."""
        return {
            "u_model": model_to_dict(self.basis.model),
            "form": self.basis.form,
            "origin": self.basis.origin.isoformat(),
            "days": list(self.basis.edges),
            "cs": self.geology.cs,
            "delta": self.geology.delta,
            "names": list(self.basis.names),
            "coefficients": self.coefficients.tolist(),
            "covariance": self.covariance.tolist(),
            "cross": self.cross.tolist(),
            "cross_all": self.cross_all.tolist(),
            "mean_u": self.mean_u,
            "physical": self.physical,
        }

    @classmethod
    def from_dict(cls, found: dict[str, Any]) -> FittedModel:
        """The inverse of `to_dict`."""
        geology = Geology(float(found["cs"]), float(found["delta"]))
        basis = TimeBasis(
            model_from_dict(found["u_model"]),
            date.fromisoformat(found["origin"]),
            tuple(float(v) for v in found["days"]),
            found["form"],
            geology.cs,
        )
        return cls(
            basis,
            geology,
            np.array(found["coefficients"], np.float64),
            np.array(found["covariance"], np.float64).reshape(basis.size, basis.size),
            np.array(found["cross"], np.float64),
            np.array(found.get("cross_all", [0.0] * basis.size), np.float64),
            float(found["mean_u"]),
            bool(found["physical"]),
        )


@dataclass(frozen=True, eq=False)
class Estimate:
    """D, dH and u of one funnel; P pixels, NaN where a pixel had too few phases.

    diffusion, diffusion_std : D [m2/s]; without a gauge D times the mean of u. height, height_std : dH [m].
    correlation : of the errors of D and dH, so that cov(D, dH) is correlation x diffusion_std x height_std; NaN where
    dH is not estimated. unbounded : D of each pixel for the same u without bounds. u, u_std, cx : (K,) per interval
    (per date in the absolute form); cx is NaN without a gauge. sigma : standard deviation of a phase of weight 1 [rad].
    noise : its parts, of interferograms and of images. brief : one line per limit of the model, for a log.
    on_low, on_high, on_height : pixels with D on its lower or upper bound and dH on one. u_on_bound : intervals.
    closed_form : no iteration was needed. optimum : "global" or "local". kkt : scaled residual. history : half the
    sum of squares after each round. offered : bounds that hold what the data ask for. bounds : those in force.
    """

    model: FittedModel
    diffusion: Float64
    diffusion_std: Float64
    height: Float64
    height_std: Float64
    correlation: Float64
    unbounded: Float64
    u: Float64
    u_std: Float64
    cx: Float64
    sigma: float
    noise: Noise
    gauge: str
    messages: tuple[str, ...]
    brief: tuple[str, ...]
    on_low: int
    on_high: int
    on_height: int
    u_on_bound: int
    closed_form: bool
    optimum: str
    kkt: float
    iterations: int
    history: tuple[float, ...]
    bounds: Bounds
    offered: Bounds

    @property
    def basis(self) -> TimeBasis:
        """The model of u on the dates of the record."""
        return self.model.basis

    @property
    def coefficients(self) -> Float64:
        """Coefficients of u (q,)."""
        return self.model.coefficients

    def known(self) -> Estimate:
        """The same without the pixels that had too few phases."""
        seen = np.isfinite(self.diffusion)
        if seen.all():
            return self
        names = ("diffusion", "diffusion_std", "height", "height_std", "correlation", "unbounded")
        return replace(self, **{name: getattr(self, name)[seen] for name in names})

    def subsidence(self) -> tuple[Float64, Float64]:
        """S (N, P) [m] at the dates of the record and its standard deviation."""
        return self.model.subsidence(np.array(self.model.basis.edges), self.diffusion, self.diffusion_std)

    def residuals(self, problem: Problem) -> Float64:
        """(M, P) observed minus modelled phase [rad], NaN where missing."""
        made = forward(problem, self.model.basis, self.diffusion, self.model.coefficients, self.height)
        return problem.phase - made


def predict(
    model: FittedModel, diffusion: Float64, std: Float64, dates: Sequence[date]
) -> tuple[Float64, Float64]:
    """S (n, P) [m] since the first date of the record and its standard deviation, at dates within or beyond it.

    Refuses dates before the record, a free u beyond it, and a temperature series that does not reach the dates.
    """
    if not dates:
        raise InputError("DATES", "nothing", "at least one date")
    early = [day for day in dates if day < model.basis.origin]
    if early:
        raise InputError(
            "DATES",
            early[0].isoformat(),
            f"dates from {model.basis.origin.isoformat()} on, the first of the record",
            "Subsidence counts from there: nothing is known of what came before",
        )
    days = np.array([(day - model.basis.origin).days for day in dates], np.float64)
    return model.subsidence(days, diffusion, std)


def cx_of(u: Float64, geology: Geology, physical: bool) -> Float64:
    """Cx [g/100 g water] of u, NaN without a gauge."""
    return concentration(u, geology.cs) if physical else np.full(len(u), np.nan)
