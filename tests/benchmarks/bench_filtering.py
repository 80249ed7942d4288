"""How long homogeneous neighbours take, beside the floor: one sort of the stack.

    python3 tests/benchmarks/bench_filtering.py [--dates 61] [--height 500] [--width 500] [--repeats 5]

Rayleigh amplitudes of four levels in squares, window 19 x 13, alpha 0.05, numpy alone. Every
round runs each kernel once, in turn. "Selection" is everything from calibrated amplitudes to the
neighbours and their count, its own sort included. CPU seconds (of all threads) are shown
beside wall seconds: on a busy machine they say what the work itself takes. For wall seconds on a
busy machine put `chrt -f 10` (real-time priority, Linux, root) before the command.
"""

from __future__ import annotations

import argparse
import platform
import resource
import statistics
import time

import checkout
import numpy as np

checkout.register()

from groundline.core.filtering.averaging import average, average_and_coherence  # noqa: E402
from groundline.core.filtering.coherence import boxcar_coherence, shp_coherence  # noqa: E402
from groundline.core.filtering.selection import Neighbourhood, SelectionOptions, select  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dates", type=int, default=61)
    parser.add_argument("--height", type=int, default=500)
    parser.add_argument("--width", type=int, default=500)
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()

    rng = np.random.default_rng(1)
    shape = (arguments.height, arguments.width)
    rows, columns = np.indices(shape)
    level = np.array([1.0, 2.0, 1.5, 4.0])[rows // 100 % 2 * 2 + columns // 100 % 2]
    amplitudes = np.stack([rng.rayleigh(level) for _ in range(arguments.dates)]).astype(np.float32)
    z = (rng.standard_normal(shape) + 1j * rng.standard_normal(shape)).astype(np.complex64)
    one, two = np.square(amplitudes[0]), np.square(amplitudes[1])
    window = Neighbourhood()
    ks, glr = SelectionOptions(), SelectionOptions(test="glr")
    connected = SelectionOptions(connected=True)
    chosen = select(amplitudes, ks)

    work = {
        "floor: one sort of the stack": lambda: np.sort(amplitudes, axis=0),
        "selection, KS, 1 thread": lambda: select(amplitudes, ks, 1),
        "selection, KS, 2 threads": lambda: select(amplitudes, ks, 2),
        "selection, KS, connected": lambda: select(amplitudes, connected),
        "selection, likelihood ratio": lambda: select(amplitudes, glr),
        "average of one interferogram": lambda: average(z, chosen),
        "coherence over neighbours": lambda: shp_coherence(z, one, two, chosen),
        "both from one pass": lambda: average_and_coherence(z, one, two, chosen),
        "coherence in a boxcar 19 x 13": lambda: boxcar_coherence(z, one, two, window),
    }
    wall: dict[str, list[float]] = {name: [] for name in work}
    cpu: dict[str, list[float]] = {name: [] for name in work}
    for turn in range(arguments.repeats + 1):
        for name, run in work.items():
            start, busy = time.perf_counter(), time.process_time()
            run()
            if turn:  # the first turn warms up
                wall[name].append(time.perf_counter() - start)
                cpu[name].append(time.process_time() - busy)

    print(f"{arguments.dates} dates, {arguments.height} x {arguments.width}; {arguments.repeats} rounds")
    print(f"Python {platform.python_version()}, numpy {np.__version__}, {platform.machine()}")
    print(f"{'':32}{'median s':>10}{'least s':>10}{'CPU s':>10}")
    for name, taken in wall.items():
        print(
            f"{name:32}{statistics.median(taken):10.3f}{min(taken):10.3f}{statistics.median(cpu[name]):10.3f}"
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    print(f"peak memory {peak:.0f} MiB, of which {amplitudes.nbytes / 2**20:.0f} MiB are the amplitudes")


if __name__ == "__main__":
    main()
