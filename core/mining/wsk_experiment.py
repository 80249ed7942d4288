"""The simulated experiment of Xing et al. (III.A): a known mine, noisy phases, and how well it is found again.

    statistics = experiment(seed=1, noise=0.65)

60 x 60 pixels, an image every 24 days over 792 days, baselines N(0, 75 m) within 150 m, all pairs of at most 84 days
and 150 m; D a two-dimensional Gaussian bell of which the deepest pixel sinks 225 mm; u = 0.10 (1 + 0.5 sin(2 pi t - 1))
with t in years; dH ~ N(0, 7 m). Noise is sqrt(s) * rand without its mean, as in the paper, or Gaussian of standard
deviation s. The simulated phases are summed here from the equations; nothing of the estimator's forward model is used.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..units import SENTINEL1_WAVELENGTH
from .kinetics import PRESETS, SECONDS_PER_YEAR
from .wsk_estimate import estimate_wsk
from .wsk_gauge import MEAN_CX, Gauge
from .wsk_model import Problem, Record
from .wsk_options import Bounds, Options
from .wsk_result import Estimate

Float64 = NDArray[np.float64]

UNIFORM, GAUSSIAN = "uniform", "gaussian"
NOISE_LEVELS = (0.05, 0.25, 0.45, 0.65)
EVALUATED = (24, 120, 288, 432, 528, 612, 708, 792)  # days of the paper's Figure 3
SIZE, STEP, SPAN = 60, 24, 792
DEEPEST = 0.225  # m
MEAN_U, SWING, DELAY = 0.10, 0.5, 1.0
MAX_D = 2e-7  # m2/s: the paper's 1.87e-9 cannot reach 225 mm
INCIDENCE, SLANT_RANGE = math.radians(39.0), 880_000.0
WITHIN = 0.003  # m


@dataclass(frozen=True, eq=False)
class Truth:
    """What was simulated: D [m2/s], dH [m] (P,), u per interval (K,), and the noise's standard deviation [rad]."""

    diffusion: Float64
    height: Float64
    u: Float64
    noise: float

    def subsidence(self, days: Float64) -> Float64:
        """(n, P) [m] at days since the first image."""
        years = np.asarray(days, np.float64) / 365.25
        turn = 2.0 * math.pi
        wave = (np.cos(-DELAY) - np.cos(turn * years - DELAY)) / turn
        area = MEAN_U * (years + SWING * wave) * SECONDS_PER_YEAR
        return np.outer(area, self.diffusion) / PRESETS["simulation"].delta


@dataclass(frozen=True)
class Statistics:
    """How far the estimate is from the truth.

    Relative errors are RMS errors over RMS truth. *_bound : the Cramer-Rao standard deviation, RMS over the pixels.
    u_phase in rad, subsidence in mm; fractions of pixels within 3 mm. evaluated : one row per day of `EVALUATED`.
    """

    seed: int
    noise: float
    kind: str
    d_error: float
    cx_error: float
    u_error: float
    height_error: float
    d_rmse: float
    d_bound: float
    d_rmse_unbounded: float
    height_rmse: float
    height_bound: float
    amplitude: float
    amplitude_std: float
    amplitude_truth: float
    phase: float
    phase_std: float
    phase_truth: float
    rmse_mm: float
    largest_mm: float
    within: float
    evaluated: tuple[
        tuple[int, float, float, float], ...
    ]  # day, fraction within 3 mm, largest [mm], RMSE [mm]
    kkt: float
    iterations: int


def simulate(seed: int, noise: float, kind: str = UNIFORM) -> tuple[Problem, Truth]:
    """Phases of the experiment and the truth behind them."""
    if kind not in (UNIFORM, GAUSSIAN):
        raise InputError("Noise", kind, f"{UNIFORM} or {GAUSSIAN}")
    rng = np.random.default_rng(seed)
    geology = PRESETS["simulation"]
    days = np.arange(0.0, SPAN + 1, STEP)
    position = np.clip(rng.normal(0.0, 75.0, len(days)), -150.0, 150.0)
    pairs = [
        (i, j)
        for i in range(len(days))
        for j in range(i + 1, len(days))
        if days[j] - days[i] <= 84 and abs(position[j] - position[i]) <= 150.0
    ]
    row, col = np.divmod(np.arange(SIZE * SIZE), SIZE)
    middle = (SIZE - 1) / 2.0
    bell = np.exp(-((row - middle) ** 2 + (col - middle) ** 2) / (2.0 * (SIZE / 5.0) ** 2))
    unit = Truth(np.ones(1), np.zeros(1), np.zeros(1), 0.0)
    diffusion = bell * DEEPEST / float(unit.subsidence(np.array([float(SPAN)]))[0, 0] * bell.max())
    height = rng.normal(0.0, 7.0, SIZE * SIZE)
    truth = Truth(diffusion, height, np.zeros(0), 0.0)
    sunk = truth.subsidence(days)
    turn = 4.0 * math.pi / SENTINEL1_WAVELENGTH
    phase = np.empty((len(pairs), SIZE * SIZE))
    for number, (i, j) in enumerate(pairs):
        bperp = position[j] - position[i]
        phase[number] = turn * math.cos(INCIDENCE) * (sunk[j] - sunk[i])
        phase[number] += turn * bperp * height / (SLANT_RANGE * math.sin(INCIDENCE))
        phase[number] += draw(rng, noise, kind, SIZE * SIZE)
    means = np.diff(unit.subsidence(days)[:, 0]) * geology.delta / (STEP * 86400.0)
    first = date(2015, 6, 15)
    record = Record(
        tuple(first + timedelta(days=int(day)) for day in days),
        np.array(pairs, np.intp),
        np.array([position[j] - position[i] for i, j in pairs]),
    )
    problem = Problem(
        record, phase, geology, SENTINEL1_WAVELENGTH, np.asarray(INCIDENCE), np.asarray(SLANT_RANGE)
    )
    return problem, replace(truth, u=means, noise=deviation(noise, kind))


def draw(rng: np.random.Generator, noise: float, kind: str, count: int) -> Float64:
    """Noise of one interferogram [rad]; the mean of sqrt(s) * rand is the reference's and is taken away."""
    if kind == GAUSSIAN:
        return rng.normal(0.0, noise, count)
    return math.sqrt(noise) * (rng.random(count) - 0.5)


def deviation(noise: float, kind: str) -> float:
    """Standard deviation [rad] of the noise of a level."""
    return noise if kind == GAUSSIAN else math.sqrt(noise / 12.0)


def options_for(truth: Truth) -> Options:
    """The estimator's options: bounds wide enough, and the record's mean of u as the gauge."""
    geology = PRESETS["simulation"]
    gauge = Gauge(MEAN_CX, geology.cs * (1.0 - float(truth.u.mean())))
    return Options(gauge=gauge, bounds=Bounds(diffusion_high=MAX_D, height=50.0), noise=truth.noise)


def experiment(seed: int, noise: float, kind: str = UNIFORM) -> Statistics:
    """Simulate, estimate, and compare."""
    problem, truth = simulate(seed, noise, kind)
    return compare(problem, truth, estimate_wsk(problem, options_for(truth)), seed, noise, kind)


def compare(
    problem: Problem, truth: Truth, estimate: Estimate, seed: int, noise: float, kind: str
) -> Statistics:
    """Statistics of an estimate against the truth."""
    seasonal = estimate.model.seasonal() or {}
    cs = problem.geology.cs
    found, _ = estimate.model.subsidence(
        np.array(EVALUATED, np.float64), estimate.diffusion, estimate.diffusion_std
    )
    off = found - truth.subsidence(np.array(EVALUATED, np.float64))
    rows = tuple(
        (
            day,
            float(np.mean(np.abs(error) <= WITHIN)),
            1000.0 * float(np.abs(error).max()),
            1000.0 * _rms(error),
        )
        for day, error in zip(EVALUATED, off)
    )
    cx = cs * (1.0 - truth.u)
    return Statistics(
        seed, noise, kind,
        d_error=_rms(estimate.diffusion - truth.diffusion) / _rms(truth.diffusion),
        cx_error=_rms(estimate.cx - cx) / _rms(cx),
        u_error=_rms(estimate.u - truth.u) / _rms(truth.u),
        height_error=_rms(estimate.height - truth.height) / _rms(truth.height),
        d_rmse=_rms(estimate.diffusion - truth.diffusion), d_bound=_rms(estimate.diffusion_std),
        d_rmse_unbounded=_rms(estimate.unbounded - truth.diffusion),
        height_rmse=_rms(estimate.height - truth.height), height_bound=_rms(estimate.height_std),
        amplitude=seasonal.get("amplitude", math.nan), amplitude_std=seasonal.get("amplitude_std", math.nan),
        amplitude_truth=MEAN_U * SWING,
        phase=seasonal.get("phase", math.nan), phase_std=seasonal.get("phase_std", math.nan), phase_truth=-DELAY,
        rmse_mm=rows[-1][3], largest_mm=rows[-1][2], within=rows[-1][1], evaluated=rows,
        kkt=estimate.kkt, iterations=estimate.iterations,
    )  # fmt: skip


def _rms(values: Float64) -> float:
    return float(np.sqrt(np.mean(np.square(values))))
