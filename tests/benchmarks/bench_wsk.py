"""How long the estimate of the dissolution kinetics takes, beside per-pixel solvers, and how accurate each is.

    python3 tests/benchmarks/bench_wsk.py [--pixels 250000] [--sample 400] [--genetic 8] [--rounds 7]

34 dates 24 days apart and 84 interferograms; harmonic u, D and dH per pixel, Gaussian noise of 0.25 rad. The estimate
finds u too. The others are given the true u and only look for D and dH of each pixel, which favours them:
scipy.optimize.lsq_linear (BVLS), and a real-coded genetic algorithm (tournament selection, blend crossover, Gaussian
mutation, elitism; population 60, 100 generations). Both run on a sample of the pixels in the same process, and their
time is extrapolated to all. Every round times all of them in turn by processor time on one core (BLAS held to one
thread), which other work on the machine disturbs least; medians over the rounds are printed, each with its range.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before numpy is imported

import checkout
import numpy as np
from scipy.optimize import lsq_linear

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


def timed(work: Callable[..., Any], *given: Any) -> tuple[float, Any]:
    """Processor time [s] and what the work returns."""
    start = time.process_time()
    done = work(*given)
    return time.process_time() - start, done


def spread(values: np.ndarray, form: str) -> str:
    """Median and range."""
    return f"{np.median(values):{form}} ({values.min():{form}} to {values.max():{form}})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pixels", type=int, default=250_000)
    parser.add_argument("--sample", type=int, default=400)
    parser.add_argument("--genetic", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()

    problem, diffusion, height = make(arguments.pixels)
    basis = problem.record.bind(UModel(), "rate", GEOLOGY.cs)
    mean_u = float(basis.mean_row() @ TRUE_U)
    gauge = Gauge(MEAN_CX, GEOLOGY.cs * (1.0 - mean_u))
    bounded = Options(gauge=gauge, bounds=Bounds(diffusion_high=MAX_D, height=MAX_DH))
    matrix = design(problem)
    others = (
        ("scipy lsq_linear per pixel, u given", linear, min(arguments.sample, arguments.pixels)),
        ("genetic algorithm per pixel, u given", genetic, min(arguments.genetic, arguments.pixels)),
    )
    estimate = estimate_wsk(problem, bounded)  # warms up
    ours, theirs = np.empty(arguments.rounds), np.empty((len(others), arguments.rounds))
    answers = {}
    for number in range(arguments.rounds):
        ours[number] = np.median([timed(estimate_wsk, problem, bounded)[0] for _ in range(3)])
        for row, (name, solver, count) in enumerate(others):
            taken, answers[name] = timed(solver, matrix, problem.phase[:, :count])
            theirs[row, number] = taken * arguments.pixels / count

    print(
        f"Python {platform.python_version()}, numpy {np.__version__}; {arguments.pixels:,} pixels x {PAIRS}, "
        f"median (range) of {arguments.rounds} rounds"
    )
    start = time.perf_counter()
    estimate_wsk(problem, bounded)
    elapsed = time.perf_counter() - start
    print(f"This estimate, with u and covariance: {spread(ours, '.3f')} s; {elapsed:.3f} s elapsed in one more run")
    print(
        f"KKT residual {estimate.kkt:.1e}, {estimate.iterations} rounds, {estimate.on_low:,} pixels at D = 0"
    )
    for (name, _, count), taken in zip(others, theirs):
        chosen, x = slice(0, count), answers[name]
        errors = [x[:, 0] * MAX_D - diffusion[chosen], estimate.diffusion[chosen] - diffusion[chosen]]
        errors += [x[:, 1] * MAX_DH - height[chosen], estimate.height[chosen] - height[chosen]]
        theirs_d, ours_d, theirs_h, ours_h = (float(np.sqrt(np.mean(e**2))) for e in errors)
        print(
            f"{name}: {spread(taken, '.0f')} s, factor {spread(taken / ours, '.0f')}; on the same {count} pixels RMSE "
            f"of D {theirs_d:.3e} (this estimate {ours_d:.3e}) m2/s, of dH {theirs_h:.4f} ({ours_h:.4f}) m"
        )
    exact = linear(matrix, problem.phase[:, : arguments.genetic])
    off = genetic(matrix, problem.phase[:, : arguments.genetic]) - exact
    print(f"Genetic algorithm off the optimum by up to {100 * np.abs(off).max():.1e} % of the bounds")


if __name__ == "__main__":
    main()
