"""Small salt mines with known D, dH and u for the tests of the kinetics."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from groundline.core.mining.kinetics import Geology
from groundline.core.mining.wsk_model import Problem, Record, forward
from groundline.core.mining.wsk_time import RATE, UModel

GEOLOGY = Geology(40.8, 3.0)
WAVELENGTH = 0.0555
FIRST = date(2016, 1, 1)
INCIDENCE = math.radians(39.0)


@dataclass
class Mine:
    """A problem and what it was made from; u per interval."""

    problem: Problem
    diffusion: np.ndarray
    height: np.ndarray
    coefficients: np.ndarray
    u: np.ndarray
    noise: float

    @property
    def mean_cx(self) -> float:
        """Record mean of Cx, weighted by time."""
        length = np.diff(self.problem.record.days)
        return GEOLOGY.cs * (1.0 - float(length @ self.u / length.sum()))


def record(dates: int = 14, step: int = 36, lags: tuple[int, ...] = (1, 2, 3), seed: int = 0) -> Record:
    """Regular dates, all pairs of the lags, baselines of 75 m."""
    rng = np.random.default_rng([seed, 1])
    position = rng.normal(0.0, 75.0, dates)
    pairs = np.array(sorted((i, i + lag) for lag in lags for i in range(dates - lag)), np.intp)
    days = tuple(FIRST + timedelta(days=step * k) for k in range(dates))
    return Record(days, pairs, position[pairs[:, 1]] - position[pairs[:, 0]])


def mine(
    pixels: int = 40,
    noise: float = 0.1,
    seed: int = 0,
    kind: str = "harmonic",
    form: str = RATE,
    deepest: float = 1e-7,
    net: Record | None = None,
    incidence: np.ndarray | float = INCIDENCE,
    weights: np.ndarray | None = None,
    spread: float = 5.0,
) -> Mine:
    """A seasonal u (or one with scatter when `kind` is free), D from nothing to `deepest`, Gaussian noise [rad]."""
    net = net or record(seed=seed)
    rng = np.random.default_rng([seed, 2])
    basis = net.bind(UModel(kind), form, GEOLOGY.cs)
    if kind == "harmonic":
        c = np.array([0.1, 0.03, -0.04])
    else:
        t = np.arange(basis.size) * 36 / 365.25
        c = 0.1 + 0.04 * np.sin(2 * np.pi * t) + rng.uniform(-0.02, 0.02, basis.size)
    diffusion = np.linspace(0.02, 1.0, pixels) * deepest
    height = rng.normal(0.0, spread, pixels)
    empty = np.zeros((len(net.pairs), pixels))
    problem = Problem(net, empty, GEOLOGY, WAVELENGTH, np.asarray(incidence), np.asarray(880_000.0), weights)
    phase = forward(problem, basis, diffusion, c, height) + rng.normal(0.0, noise, empty.shape)
    problem = Problem(net, phase, GEOLOGY, WAVELENGTH, problem.incidence, problem.slant_range, weights)
    return Mine(problem, diffusion, height, c, basis.intervals() @ c, noise)
