"""How long the inversion takes, beside the floor: one product of a pseudo-inverse and the phases.

    python3 tests/benchmarks/bench_sbas.py [--width 500] [--height 500] [--repeats 7]

61 dates 12 days apart and 171 pairs of 12, 24 and 36 days. Every round runs the floor and all
kernels once, in turn, so that the ratios hold when the machine's speed drifts. Weights are
those of coherence at 4 looks, 5 % of the phases missing at random. "Inversion" is the time
series; "everything" also has velocity, its two standard deviations, temporal coherence,
redundancy, residuals and counts.
"""

from __future__ import annotations

import argparse
import platform
import resource
import statistics
import time
from datetime import date, timedelta

import checkout
import numpy as np

checkout.register()

from groundline.core.timeseries import chunk, invert, matrix, series  # noqa: E402
from groundline.core.timeseries.options import Options  # noqa: E402

WAVELENGTH = 0.0555
WEIGHTED = Options(weights="coherence", looks=4.0)
PLAIN = Options()


def make_network() -> matrix.Network:
    """61 dates, 171 pairs: lags of one and two dates, and most of three."""
    dates = tuple(date(2020, 1, 1) + timedelta(12 * k) for k in range(61))
    pairs = [(i, i + lag) for i in range(61) for lag in (1, 2) if i + lag < 61]
    pairs += [(i, i + 3) for i in range(58) if i % 10 != 5][:52]
    return matrix.Network(dates, np.array(sorted(pairs)))


def series_only(network, phase, coherence, options):
    """The time series without the quality figures, in metres."""
    design = chunk.Design.of(network)
    size = invert.chunk_size(design.layout)
    result = np.empty((network.N, phase.shape[1]), np.float32)
    invert._settle_allocator()
    for start in range(0, phase.shape[1], size):
        part = slice(start, start + size)
        some = None if coherence is None else coherence[:, part]
        _, found = series.least_squares(design.layout, design.shared, options, phase[:, part], some)
        np.multiply(found.x, -WAVELENGTH / (4 * np.pi), out=result[:, part], casting="same_kind")
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--width", type=int, default=500)
    parser.add_argument("--height", type=int, default=500)
    parser.add_argument("--repeats", type=int, default=7)
    arguments = parser.parse_args()

    network = make_network()
    pixels = arguments.width * arguments.height
    rng = np.random.default_rng(1)
    full = rng.standard_normal((network.M, pixels), dtype=np.float32)
    gaps = full.copy()
    gaps[rng.random(gaps.shape, dtype=np.float32) < 0.05] = np.nan
    coherence = rng.uniform(0.2, 0.95, full.shape).astype(np.float32)
    operator = np.linalg.pinv(matrix.incidence(network)[:, 1:]).astype(np.float32)

    work = {
        "floor: pinv(A) @ Y": lambda: operator @ full,
        "inversion, unweighted, no gaps": lambda: series_only(network, full, None, PLAIN),
        "inversion, weighted, 5 % missing": lambda: series_only(network, gaps, coherence, WEIGHTED),
        "everything, unweighted, no gaps": lambda: invert.invert(full, None, network, WAVELENGTH, PLAIN),
        "everything, unweighted, 5 % missing": lambda: invert.invert(gaps, None, network, WAVELENGTH, PLAIN),
        "everything, weighted, 5 % missing": lambda: invert.invert(
            gaps, coherence, network, WAVELENGTH, WEIGHTED
        ),
    }
    seconds: dict[str, list[float]] = {name: [] for name in work}
    for turn in range(arguments.repeats + 1):
        for name, run in work.items():
            start = time.perf_counter()
            run()
            if turn:  # the first turn warms up
                seconds[name].append(time.perf_counter() - start)

    size = f"{arguments.width} x {arguments.height} pixels"
    print(f"{size}, {network.N} dates, {network.M} pairs, float32; {arguments.repeats} rounds")
    print(f"Python {platform.python_version()}, numpy {np.__version__}, {platform.machine()}")
    print(f"{'':38}{'median s':>10}{'least s':>10}{'x floor':>10}")
    floor = seconds["floor: pinv(A) @ Y"]
    for name, taken in seconds.items():
        ratio = statistics.median(a / b for a, b in zip(taken, floor))
        print(f"{name:38}{statistics.median(taken):10.3f}{min(taken):10.3f}{ratio:10.1f}")
    inputs = (full.nbytes + gaps.nbytes + coherence.nbytes) / 2**20
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    print(f"peak memory {peak:.0f} MiB, of which {inputs:.0f} MiB are the three input arrays")


if __name__ == "__main__":
    main()
