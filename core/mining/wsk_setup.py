"""The model of u bound to a record, its gauges, and its bounds, in the solver's units."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from . import wsk_covariance, wsk_pixel
from .wsk_alternating import Limits
from .wsk_data import Data
from .wsk_gauge import height_shift
from .wsk_model import Problem
from .wsk_options import Bounds, Options
from .wsk_pixel import Box
from .wsk_time import FREE, TEMPERATURE, TimeBasis

Float64 = NDArray[np.float64]

_LOOSE = 0.05  # of the baselines: misclosure that still is rounding


@dataclass(frozen=True, eq=False)
class Setup:
    """Model of u on the record, its design, the incidence of interferograms on images, and the gauges."""

    basis: TimeBasis
    L: Float64
    b: Float64
    images: Float64
    mean_row: Float64
    mean: float
    physical: bool

    @classmethod
    def of(cls, problem: Problem, options: Options) -> Setup:
        basis = problem.record.bind(options.u_model, options.form, problem.geology.cs)
        L = problem.record.design(basis)
        b = _closing(problem.baseline, L, basis) if options.height else np.zeros(len(L))
        mean_row = basis.mean_row()
        if basis.model.kind == TEMPERATURE:
            mean = float(mean_row @ basis.constant(1.0))
        else:
            mean = options.gauge.mean_u(problem.geology)
        setup = cls(basis, L, b, problem.record.incidence(), mean_row, mean, options.gauge.physical(options.u_model))
        setup._require_rank()
        return setup

    def _require_rank(self) -> None:
        together = np.column_stack([self.L, self.b]) if np.any(self.b) else self.L
        wanted = together.shape[1] - (1 if self.free_height else 0)
        if np.linalg.matrix_rank(together) < wanted:
            raise InputError(
                "Interferograms",
                f"{len(self.basis.edges)} dates, {len(self.L)} interferograms",
                f"a record that tells {self.basis.size} coefficients of u and dH apart",
                "Use more dates, a simpler model of u, or leave dH out",
            )

    @property
    def free_height(self) -> bool:
        """Whether u can absorb the baselines."""
        if self.basis.model.kind != FREE or not np.any(self.b):
            return False
        return bool(np.allclose(self.L @ self.absorbing(), self.b, rtol=0.0, atol=1e-9))

    @property
    def fixed(self) -> bool:
        """Whether u is known beforehand."""
        return self.basis.model.kind == TEMPERATURE

    def absorbing(self) -> Float64:
        """(q,) change of c that makes the phases of the baselines, L beta = b (free u only)."""
        return np.asarray(np.linalg.lstsq(self.L, self.b, rcond=None)[0])

    def scaled(self, c: Float64) -> Float64:
        """c with the known mean; the constant one where its mean is nothing against its size."""
        mean = float(self.mean_row @ c)
        if abs(mean) < 1e-6 * float(np.abs(c).max()):
            return self.basis.constant(self.mean)
        return c * (self.mean / mean)


def _closing(b: Float64, L: Float64, basis: TimeBasis) -> Float64:
    """Baselines as a free u sees them: rounding that keeps them from closing around loops is taken out.

    Without this, dH would be told from D by nothing but that rounding.
    """
    if basis.model.kind != FREE:
        return b
    closed = L @ np.linalg.lstsq(L, b, rcond=None)[0]
    return np.asarray(closed if np.linalg.norm(b - closed) < _LOOSE * np.linalg.norm(b) else b)


def box_of(bounds: Bounds, setup: Setup, scale: Float64, height_scale: Float64) -> Box:
    """Bounds of d and h; without a gauge only their signs."""
    high = bounds.diffusion_high if setup.physical else math.inf
    return Box(
        bounds.diffusion_low * scale,
        high * scale,
        -bounds.height * height_scale,
        bounds.height * height_scale,
    )


def limits_of(setup: Setup, bounds: Bounds, problem: Problem, data: Data) -> Limits:
    low, high = bounds.u_limits(problem.geology)
    if not setup.physical:
        low, high = (0.0 if low >= 0.0 else -math.inf), math.inf
    if setup.fixed:
        low, high = -math.inf, math.inf
    fixed = gauged(setup, data)
    return Limits(fixed.U, low, high, fixed.E)


def gauged(setup: Setup, data: Data) -> Limits:
    """The known mean of u, and for a free u the height's direction: c stays where L c has its part along b."""
    if setup.fixed:
        return Limits(setup.basis.intervals(), -math.inf, math.inf, np.eye(1))
    rows = [setup.mean_row]
    if setup.free_height:
        weight = np.ones(len(data.b)) if data.W is None else data.W.mean(axis=1)
        rows.append(data.L.T @ (weight * data.b))
    return Limits(setup.basis.intervals(), -math.inf, math.inf, np.stack(rows))


def feasible(setup: Setup, limits: Limits, c: Float64) -> Float64:
    """The point nearest c on the way to a constant u that keeps u inside its limits."""
    level = setup.basis.constant(setup.mean)
    if setup.fixed:
        return c
    u, flat = limits.U @ c, limits.U @ level
    share = 1.0
    for bound, sign in ((limits.low, 1.0), (limits.high, -1.0)):
        if not math.isfinite(bound):
            continue
        room, move = sign * (flat - bound), sign * (flat - u)
        leaving = move > room
        if np.any(leaving):
            share = min(share, float(np.min(room[leaving] / move[leaving])))
    return level + max(share, 0.0) * (c - level)


def uncorrelated(setup: Setup, data: Data, c: Float64, scale: Float64, height_scale: Float64) -> Float64:
    """c moved along the baselines' direction until dH is uncorrelated with D; scaled to the known mean."""
    d, h = wsk_pixel.unbounded(data.normals(data.L @ c))
    shift = height_shift(d / scale, h / height_scale, d / height_scale)
    return setup.scaled(c + shift * setup.absorbing())


def height_gauge(
    setup: Setup, c: Float64, d: Float64, h: Float64, scale: Float64, height_scale: Float64
) -> wsk_covariance.HeightGauge | None:
    diffusion, height = d / scale, h / height_scale
    if np.ptp(diffusion) == 0.0:
        return None
    beta = setup.absorbing()
    along_d = float(setup.mean_row @ beta) / setup.mean
    # The unit of D is taken out: its size of 1e-9 would drown in rounding.
    unit = float(np.abs(diffusion).max())
    return wsk_covariance.HeightGauge(
        (height - height.mean()) / (scale * unit),
        (diffusion - diffusion.mean()) / (height_scale * unit),
        beta - c * along_d,
        along_d,
    )
