"""Time and peak memory of coregistration and interferogram of full Sentinel-1 bursts, from SAFE to disk.

    /usr/bin/python3 tests/benchmarks/bench_coregister.py [--samples 25000] [--bursts 1] [--dates 2] [--budget 1024]
                                                          [--workers 1]

Writes noise as SAFE folders on a made-up orbit over hills, brings all dates onto the first, and makes the interferogram
of the first two. Images, stack and interferogram are made by a process each, so that the peaks are their own; Python
and its libraries are in them. Times are of the processor, on one thread.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from checkout import register

STEPS = ("images", "stack", "interferogram")
RESAMPLED = "resampling alone"


def peak() -> float:
    """Largest resident memory of this process so far [MiB]."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def make_images(folder: Path, arguments: argparse.Namespace) -> None:
    """Noise of IW2 and the terrain below."""
    import numpy as np

    from groundline.core.simulation.tops_images import Settings, SwathScene, middle_ground
    from groundline.core.simulation.tops_layers import write_layers
    from groundline.core.simulation.tops_nominal import nominal
    from groundline.core.simulation.tops_params import ORBITS
    from groundline.core.simulation.tops_safe import write_safe

    passes = []
    for index in range(arguments.dates):
        one = nominal(index, *ORBITS[index])
        swath = next(swath for swath in one.swaths if swath.name == "IW2")
        whole = swath.cut(slice(0, arguments.bursts), 0, arguments.samples)
        passes.append(replace(one, swaths=(whole,)))
    scene = SwathScene(tuple(passes), tuple(one.swaths[0] for one in passes), Settings(1, 0.8, 2.0))
    rng = np.random.default_rng(1)

    def noise(name: str, number: int) -> Any:
        shape = passes[0].swaths[0].lines, 2 * arguments.samples
        return rng.standard_normal(shape, np.float32).view(np.complex64)

    for one in passes:
        write_safe(folder / "images", one, noise)
    write_layers(folder, middle_ground([scene]), tuple(passes), [scene])


def make_stack(folder: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """Seconds of the parts of the job, by the share of the work that it reports, and of resampling alone."""
    import numpy as np

    from groundline.core.blocks import MIB, Compute
    from groundline.core.monitor import Monitor
    from groundline.core.sentinel1.carrier import carrier_of
    from groundline.core.sentinel1.coregistration_job import run_coregister
    from groundline.core.sentinel1.coregistration_params import CoregisterParams
    from groundline.core.sentinel1.geometry_dem import DemSource
    from groundline.core.sentinel1.resample import Secondary, resample

    class Clock(Monitor):
        """When each share of the work was done."""

        def __init__(self) -> None:
            self.passed: list[tuple[float, float]] = []

        def progress(self, fraction: float) -> None:
            self.passed.append((fraction, time.process_time()))

        def at(self, fraction: float) -> float:
            return max(moment for share, moment in self.passed if share <= fraction + 1e-9)

    clock = Clock()
    params = CoregisterParams(
        input=str(folder / "images"),
        output=str(folder / "stack"),
        dem=DemSource(folder / "dem.tif", "ellipsoid"),
        reference="2025-04-06",
        swaths=("IW2",),
    )
    run_coregister(params, clock, Compute(arguments.budget * MIB, arguments.workers))
    largest = peak()
    share = 0.6 / arguments.dates
    parts = {
        "geometry": (0.02, 0.2),
        "spectral diversity": (0.2, 0.35),
        "date": (0.35 + share, 0.35 + 2.0 * share),
    }
    seconds = {name: clock.at(stop) - clock.at(start) for name, (start, stop) in parts.items()}

    from groundline_tests.tops import read_scenes

    scene = read_scenes(folder / "images", "IW2")[1]
    burst = scene.bursts["IW2"][0]
    rng = np.random.default_rng(1)
    image = rng.standard_normal((burst.lines, 2 * burst.samples), np.float32).view(np.complex64)
    rows, columns = np.indices(image.shape, np.float64, sparse=True)
    places = rows + 0.37 + 0.0 * columns, columns + 0.29 + 0.05 * np.sin(rows / 40.0) * np.cos(columns / 60.0)
    secondary = Secondary(image, (0, 0), carrier_of(burst, scene.orbit))
    start = time.process_time()
    resample(secondary, *places)
    seconds[RESAMPLED] = arguments.bursts * (time.process_time() - start)
    return {"seconds": seconds, "peak": largest}


def make_interferogram(folder: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """Of the first two dates, single looks."""
    from groundline.core.blocks import MIB, Compute
    from groundline.core.sentinel1.interferograms_job import run_interferograms
    from groundline.core.sentinel1.interferograms_params import InterferogramParams

    pairs = folder / "pairs.csv"
    pairs.write_text("date1,date2,state,reason\n20250406,20250418,kept,\n", encoding="utf-8")
    params = InterferogramParams(str(folder / "stack"), str(folder / "interferogram"), str(pairs))
    start = time.process_time()
    run_interferograms(params, compute=Compute(arguments.budget * MIB, arguments.workers))
    return {"seconds": {"interferogram": time.process_time() - start}, "peak": peak()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=25000)
    parser.add_argument("--bursts", type=int, default=1)
    parser.add_argument("--dates", type=int, default=2)
    parser.add_argument("--budget", type=int, default=1024, help="MiB")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step:
        register()
        works = dict(zip(STEPS, (make_images, make_stack, make_interferogram)))
        print(json.dumps(works[arguments.step](arguments.folder, arguments)))
        return
    print(f"Python {platform.python_version()}, {platform.machine()}; {arguments.bursts} burst(s) of IW2, 1513 x "
          f"{arguments.samples}, {arguments.dates} dates, budget {arguments.budget} MiB")  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        found = {step: _in_a_process(step, folder) for step in STEPS}
    seconds = {**found["stack"]["seconds"], **found["interferogram"]["seconds"]}
    for name, taken in seconds.items():
        print(f"{name:20} {taken:6.1f} processor s, {taken / seconds[RESAMPLED]:5.2f} x {RESAMPLED}")
    for step in STEPS[1:]:
        print(f"largest resident memory of the {step}: {found[step]['peak']:.0f} MiB")


def _in_a_process(step: str, folder: str) -> Any:
    """What a step of this script prints last."""
    done = subprocess.run(
        [sys.executable, __file__, *sys.argv[1:], "--step", step, "--folder", folder],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    main()
