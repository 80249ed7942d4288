"""How many cells of a map geocoding fills in a second: the lookup by orbits, that by layers, and one interferogram.

    python3 tests/benchmarks/bench_geocode.py [--samples 600] [--spacing 10] [--repeats 3]

A simulated scene of two bursts, interferograms of 1 x 4 looks. The strip lies across the map's box: only tiles that
the radar shows by more than half are timed. Times are of the processor, one thread.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import checkout
import numpy as np

checkout.register()

from groundline_tests.tops_images import make_images  # noqa: E402

from groundline.core import manifest  # noqa: E402
from groundline.core.geocoding import tasks  # noqa: E402
from groundline.core.geocoding.interpolation import Neighbours, means  # noqa: E402
from groundline.core.geocoding.params import GeocodeParams  # noqa: E402
from groundline.core.geocoding.target import coordinates  # noqa: E402
from groundline.core.geocoding.ways import mapped, orbit_way  # noqa: E402
from groundline.core.network.job import NetworkParams, run_network  # noqa: E402
from groundline.core.raster import Window, whole  # noqa: E402
from groundline.core.sentinel1.coregistration_job import run_coregister  # noqa: E402
from groundline.core.sentinel1.coregistration_params import CoregisterParams  # noqa: E402
from groundline.core.sentinel1.geometry_dem import DemSource  # noqa: E402
from groundline.core.sentinel1.interferograms_job import run_interferograms  # noqa: E402
from groundline.core.sentinel1.interferograms_params import InterferogramParams  # noqa: E402


def scene(folder: Path, samples: int) -> Path:
    """Interferograms of two simulated images."""
    images = make_images(folder / "scene", late=(0.0, 0.0), samples=samples)
    slc, network, made = (str(folder / name) for name in ("slc", "network", "made"))
    dem = DemSource(images.folder / "dem.tif", "ellipsoid")
    run_coregister(CoregisterParams(str(images.folder / "images"), slc, dem, swaths=("IW2",), esd=False))
    run_network(NetworkParams(slc, network, max_bperp=500.0))
    run_interferograms(InterferogramParams(network, made, looks="1x4"))
    return Path(made)


def timed(label: str, count: int, repeats: int, work: Callable[[], object]) -> None:
    """Print the rate of some work on so many cells."""
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    print(f"{label:44} {count / statistics.median(seconds) / 1e6:6.2f} million cells per second")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=600)
    parser.add_argument("--spacing", type=float, default=10.0)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = scene(Path(name), arguments.samples)
        stack = manifest.load(folder)
        params = GeocodeParams(str(folder), str(folder / "map"), spacing=arguments.spacing)
        way = orbit_way(folder, stack)
        by_orbit, by_layers = mapped(params, folder, stack, way), mapped(params, folder, stack, None)
        grid = by_orbit.target.grid
        tiles: list[Window] = []
        for strip in by_orbit.target.strips:
            for tile in by_orbit.target.tiles(strip):
                found = by_orbit.lookup.at(*coordinates(grid, tile)).rows
                if np.isfinite(found).mean() > 0.5:
                    tiles.append(tile)
        places = [coordinates(grid, tile) for tile in tiles]
        known = [by_orbit.lookup.at(*place) for place in places]
        count = sum(tile.height * tile.width for tile in tiles)
        print(f"Python {platform.python_version()}, numpy {np.__version__}, {platform.machine()}")
        print(f"{stack.grid.height} x {stack.grid.width} pixels, {count:,} cells of {grid.transform[1]:g} m")
        work = arguments.repeats
        timed("longitude and latitude", count, work, lambda: [coordinates(grid, tile) for tile in tiles])
        timed(
            "lookup by orbits, with line of sight",
            count,
            work,
            lambda: [by_orbit.lookup.at(*p) for p in places],
        )
        timed("lookup by layers", count, work, lambda: [by_layers.lookup.at(*p) for p in places])
        planes = np.ones((2, *stack.grid.shape), np.float32)
        every = np.ones(stack.grid.shape, bool)

        def interpolate() -> None:
            for place in known:
                near = Neighbours(place.rows, place.columns, whole(stack.grid))
                means([*planes], every, near, (1, 1))

        timed(f"a {tasks.PHASOR} from pixels in memory", count, work, interpolate)


if __name__ == "__main__":
    main()
