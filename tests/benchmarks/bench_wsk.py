"""How long the estimate of the dissolution kinetics takes, beside per-pixel solvers, and how accurate each is.

    python3 tests/benchmarks/bench_wsk.py [--pixels 250000] [--sample 200] [--genetic 8] [--repeats 3]

34 dates 24 days apart and 84 interferograms; harmonic u, D and dH per pixel, Gaussian noise of 0.25 rad. The estimate
finds u too. The others are given the true u and only look for D and dH of each pixel, which favours them:
scipy.optimize.lsq_linear (BVLS), and a real-coded genetic algorithm (tournament selection, blend crossover, Gaussian
mutation, elitism; population 60, 100 generations). Both run on a sample of the pixels in the same process, and their
time is extrapolated to all.
"""

from __future__ import annotations

import argparse
import math
import platform
import time
from dataclasses import replace
from datetime import date, timedelta

import checkout
import numpy as np

checkout.register()

from groundline.core.mining.kinetics import PRESETS  # noqa: E402
from groundline.core.mining.wsk_estimate import estimate_wsk  # noqa: E402
from groundline.core.mining.wsk_gauge import MEAN_CX, Gauge  # noqa: E402
from groundline.core.mining.wsk_model import Problem, Record, forward  # noqa: E402
from groundline.core.mining.wsk_options import Bounds, Options  # noqa: E402
from groundline.core.mining.wsk_time import UModel  # noqa: E402
from groundline.core.units import SENTINEL1_WAVELENGTH  # noqa: E402

GEOLOGY = PRESETS["simulation"]
DATES, PAIRS, NOISE = 34, 84, 0.25
MAX_D, MAX_DH = 2e-7, 50.0
TRUE_U = np.array([0.10, 0.03, -0.04])


def make(pixels: int) -> tuple[Problem, np.ndarray, np.ndarray]:
    """A problem with its D and dH."""
    rng = np.random.default_rng(1)
    position = rng.normal(0.0, 75.0, DATES)
    links = sorted([(i, i + lag) for lag in (1, 2, 3) for i in range(DATES - lag)][:PAIRS])
    pairs = np.array(links, np.intp)
    days = tuple(date(2015, 6, 15) + timedelta(days=24 * k) for k in range(DATES))
    record = Record(days, pairs, position[pairs[:, 1]] - position[pairs[:, 0]])
    diffusion = rng.uniform(0.0, 1e-7, pixels)
    height = rng.normal(0.0, 7.0, pixels)
    theta, distance = np.asarray(math.radians(39.0)), np.asarray(880_000.0)
    problem = Problem(record, np.empty((PAIRS, pixels)), GEOLOGY, SENTINEL1_WAVELENGTH, theta, distance)
    basis = record.bind(UModel(), "rate", GEOLOGY.cs)
    phase = forward(problem, basis, diffusion, TRUE_U, height)
    phase += NOISE * rng.standard_normal(phase.shape)
    return replace(problem, phase=phase), diffusion, height


def design(problem: Problem) -> np.ndarray:
    """(M, 2) of one pixel for the true u, in units of the bounds."""
    basis = problem.record.bind(UModel(), "rate", GEOLOGY.cs)
    g = problem.record.design(basis) @ TRUE_U * float(problem.diffusion_scale)
    return np.column_stack([g * MAX_D, problem.baseline * float(problem.height_scale) * MAX_DH])


def linear(A: np.ndarray, phase: np.ndarray) -> np.ndarray:
    """D and dH by BVLS, pixel after pixel, in units of the bounds."""
    from scipy.optimize import lsq_linear

    return np.array([lsq_linear(A, y, bounds=([0, -1], [1, 1]), method="bvls").x for y in phase.T])


def genetic(A: np.ndarray, phase: np.ndarray, population: int = 60, generations: int = 100) -> np.ndarray:
    """D and dH by a genetic algorithm, pixel after pixel, in units of the bounds."""
    rng = np.random.default_rng(2)
    low, high = np.array([0.0, -1.0]), np.array([1.0, 1.0])
    found = []
    for y in phase.T:
        people = rng.uniform(low, high, (population, 2))
        cost = ((people @ A.T - y) ** 2).sum(axis=1)
        for generation in range(generations):
            drawn = rng.integers(0, population, (2, population, 2))
            parents = np.where(
                (cost[drawn[..., 0]] < cost[drawn[..., 1]])[..., None],
                people[drawn[..., 0]],
                people[drawn[..., 1]],
            )
            share = rng.uniform(-0.25, 1.25, (population, 2))
            children = parents[0] + share * (parents[1] - parents[0])
            changed = rng.random((population, 2)) < 0.1
            children += changed * rng.normal(
                0.0, 0.1 * (1 - generation / generations) + 0.001, (population, 2)
            )
            children = np.clip(children, low, high)
            children[0] = people[np.argmin(cost)]
            people, cost = children, ((children @ A.T - y) ** 2).sum(axis=1)
        found.append(people[np.argmin(cost)])
    return np.array(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pixels", type=int, default=250_000)
    parser.add_argument("--sample", type=int, default=200)
    parser.add_argument("--genetic", type=int, default=8)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()

    problem, diffusion, height = make(arguments.pixels)
    basis = problem.record.bind(UModel(), "rate", GEOLOGY.cs)
    mean_u = float(basis.mean_row() @ TRUE_U)
    gauge = Gauge(MEAN_CX, GEOLOGY.cs * (1.0 - mean_u))
    bounded = Options(gauge=gauge, bounds=Bounds(diffusion_high=MAX_D, height=MAX_DH))
    ours, estimate = math.inf, None
    for _ in range(arguments.repeats):
        start = time.perf_counter()
        estimate = estimate_wsk(problem, bounded)
        ours = min(ours, time.perf_counter() - start)

    print(
        f"Python {platform.python_version()}, numpy {np.__version__}; {arguments.pixels:,} pixels x {PAIRS}"
    )
    print(f"This estimate, with u and covariance: {ours:.3f} s")
    print(
        f"KKT residual {estimate.kkt:.1e}, {estimate.iterations} rounds, {estimate.on_low:,} pixels at D = 0"
    )
    matrix = design(problem)
    for name, solver, count in (
        ("scipy lsq_linear per pixel, u given", linear, arguments.sample),
        ("genetic algorithm per pixel, u given", genetic, arguments.genetic),
    ):
        chosen = slice(0, min(count, arguments.pixels))
        start = time.perf_counter()
        x = solver(matrix, problem.phase[:, chosen])
        taken = (time.perf_counter() - start) * arguments.pixels / len(x)
        errors = [x[:, 0] * MAX_D - diffusion[chosen], estimate.diffusion[chosen] - diffusion[chosen]]
        errors += [x[:, 1] * MAX_DH - height[chosen], estimate.height[chosen] - height[chosen]]
        theirs_d, ours_d, theirs_h, ours_h = (float(np.sqrt(np.mean(e**2))) for e in errors)
        print(
            f"{name}: {taken:.0f} s, factor {taken / ours:.0f}; on the same {len(x)} pixels RMSE of D {theirs_d:.3e} "
            f"(this estimate {ours_d:.3e}) m2/s, of dH {theirs_h:.4f} ({ours_h:.4f}) m"
        )
    exact = linear(matrix, problem.phase[:, : arguments.genetic])
    off = genetic(matrix, problem.phase[:, : arguments.genetic]) - exact
    print(f"Genetic algorithm off the optimum by up to {100 * np.abs(off).max():.1e} % of the bounds")


if __name__ == "__main__":
    main()
