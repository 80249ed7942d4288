"""How long the Goldstein filter takes, beside dolphin's in the same run.

    python3 tests/benchmarks/bench_goldstein.py --dolphin FOLDER [--size 1000] [--repeats 5]

FOLDER holds dolphin's unpacked wheel (`pip download dolphin --no-deps`, then unzip): its filter is one module
that needs numpy alone. It is no part of this product. Both filter one complex64 interferogram with alpha 0.5 in
patches of 32 with half overlap, in turn, on one thread.
"""

from __future__ import annotations

import argparse
import importlib.util
import platform
import statistics
import time
from pathlib import Path

import checkout
import numpy as np

checkout.register()

from groundline.core.filtering.goldstein import GoldsteinOptions, goldstein, unit_phasor  # noqa: E402


def theirs(folder: Path):
    """dolphin's function, without its package's other imports."""
    path = folder / "dolphin" / "goldstein.py"
    spec = importlib.util.spec_from_file_location("dolphin_goldstein", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.goldstein


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dolphin", type=Path)
    parser.add_argument("--size", type=int, default=1000)
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()

    y, x = np.mgrid[: arguments.size, : arguments.size]
    truth = 0.1 * x + 3.0 * np.sin(y / 60.0)
    rng = np.random.default_rng(1)
    noise = rng.standard_normal(truth.shape) + 1j * rng.standard_normal(truth.shape)
    data = (np.exp(1j * truth) + 0.9 * noise).astype(np.complex64)
    phase = np.angle(data)
    coherence = rng.uniform(0.2, 0.9, phase.shape).astype(np.float32)

    work = {
        "complex, alpha 0.5": lambda: goldstein(data),
        "phase alone, alpha 0.5": lambda: unit_phasor(goldstein(phase)),
        "complex, alpha from coherence": lambda: goldstein(data, GoldsteinOptions(None), coherence),
        "complex, overlap 0.75, smoothing 3": lambda: goldstein(data, GoldsteinOptions(overlap=0.75, smoothing=3)),
    }
    if arguments.dolphin is not None:
        other = theirs(arguments.dolphin)
        work = {"dolphin, complex, alpha 0.5": lambda: other(data, 0.5, 32), **work}
    seconds: dict[str, list[float]] = {name: [] for name in work}
    left = {}
    for turn in range(arguments.repeats + 1):
        for name, run in work.items():
            start = time.perf_counter()
            filtered = run()
            if turn:  # the first turn warms up
                seconds[name].append(time.perf_counter() - start)
            left[name] = float(np.sqrt(np.mean(np.angle(filtered * np.exp(-1j * truth)) ** 2)))

    print(f"{arguments.size} x {arguments.size} pixels, {arguments.repeats} rounds")
    print(f"Python {platform.python_version()}, numpy {np.__version__}, {platform.machine()}")
    print(f"phase noise before: {np.sqrt(np.mean(np.angle(data * np.exp(-1j * truth)) ** 2)):.3f} rad")
    first = next(iter(seconds.values()))
    print(f"{'':38}{'median s':>10}{'least s':>10}{'first / this':>14}{'noise rad':>11}")
    for name, taken in seconds.items():
        ratio = statistics.median(a / b for a, b in zip(first, taken))
        print(f"{name:38}{statistics.median(taken):10.3f}{min(taken):10.3f}{ratio:14.1f}{left[name]:11.3f}")


if __name__ == "__main__":
    main()
