"""Time and peak memory of the whole inversion job from disk to disk.

    /usr/bin/python3 tests/benchmarks/bench_sbas_memory.py [--width 4000] [--height 4000] [--pairs 60] [--budget 1024]

Writes a stack of float32 interferograms (noise with gaps, coherence beside), inverts it weighted
and prints what was planned and what was needed. The peak is that of the process, Python and its
libraries included; their share is printed too.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from checkout import register

FILES = 6


def peak() -> float:
    """Largest resident memory of this process so far [MiB]."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def write_stack(folder: Path, width: int, height: int, pairs: int) -> Any:
    """A network of three links per date. Six files of each kind serve all pairs in turn: the job reads
    and solves as much as with a file per pair, and the stack is written ten times sooner.
    """
    import numpy as np
    from osgeo import osr

    from groundline.core import manifest
    from groundline.core.raster import writing
    from groundline.core.stack import UNWRAPPED, Grid, Item, Pair, Stack, acquisitions_of

    dates = pairs // 3 + 2
    links = [(i, j) for i in range(dates) for j in range(i + 1, min(dates, i + 4))][:pairs]
    days = [date(2020, 1, 1) + timedelta(days=12 * n) for n in range(dates)]
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(32650)
    grid = Grid(width, height, (400_000.0, 20.0, 0.0, 3_900_000.0, 0.0, -20.0), reference.ExportToWkt())
    rng = np.random.default_rng(7)
    made = []
    for number, (first, second) in enumerate(links):
        pair = Pair(days[first], days[second])
        items = {}
        for role, suffix in (("phase", "unw"), ("coherence", "cc")):
            items[role] = Item("data", f"{number % FILES}_{suffix}.tif")
            if number >= FILES:
                continue
            with writing(folder / items[role].path, grid) as writer:
                for row in range(0, height, 128):
                    shape = (min(128, height - row), width)
                    # Coarse steps keep the files small and quick to write.
                    if role == "phase":
                        values = np.round(rng.normal(0, 0.5, shape), 1) - 0.3
                        values[rng.uniform(size=shape) < 0.05] = np.nan
                    else:
                        values = np.round(rng.uniform(0.3, 0.9, shape), 1)
                    writer.write(values)
        made.append(Pair(pair.date1, pair.date2, items))
    stack = Stack(
        UNWRAPPED,
        grid,
        0.0555,
        tuple(made),
        acquisitions_of(tuple(made)),
        roots={"data": "."},
        metadata={"incidence_deg": 39.0, "heading_deg": -12.0, "range_looks": 20, "azimuth_looks": 4},
    )
    manifest.save(folder, stack)
    return stack


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--width", type=int, default=4000)
    parser.add_argument("--height", type=int, default=4000)
    parser.add_argument("--pairs", type=int, default=60)
    parser.add_argument("--budget", type=int, default=1024, help="MiB")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--stack", type=Path, help="folder for the stack, kept for the next run")
    options = parser.parse_args()
    register()
    from groundline.core.blocks import MIB, Compute
    from groundline.core.monitor import Monitor
    from groundline.core.timeseries.params import SbasParams
    from groundline.core.timeseries.sbas import run_sbas

    class Steps(Monitor):
        started = time.perf_counter()
        last = 0.0

        def progress(self, fraction: float) -> None:
            if fraction - self.last >= 0.05:
                self.last = fraction
                print(f"{time.perf_counter() - self.started:7.1f} s  {fraction:5.0%}  peak {peak():6.0f} MiB")

        def info(self, text: str) -> None:
            print(text)

    scratch = Path(tempfile.mkdtemp(prefix="groundline-"))
    stack = options.stack or scratch / "stack"
    try:
        if not (stack / "stack.json").is_file():
            stack.mkdir(parents=True, exist_ok=True)
            write_stack(stack, options.width, options.height, options.pairs)
        print(f"Before the run: {peak():.0f} MiB; budget {options.budget} MiB")
        start = time.perf_counter()
        compute = Compute(options.budget * MIB, options.workers)
        run_sbas(SbasParams(stack, scratch / "out", weights="coherence"), Steps(), compute)
        print(f"{time.perf_counter() - start:.1f} s, peak {peak():.0f} MiB")
    finally:
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
