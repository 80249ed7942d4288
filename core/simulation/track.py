"""One satellite track over the scene: its interferogram stack and the truth behind it.

The files have the layout of LiCSAR (dates/dates.geo.unw.tif, E, N, U, metadata.txt, baselines), so that
an import can be tried on them; `stack.json` beside them makes the folder a stack without one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import crs, manifest, raster
from ..monitor import Monitor
from ..stack import UNWRAPPED, Acquisition, Grid, Item, Pair, Stack
from ..units import SENTINEL1_WAVELENGTH, SPEED_OF_LIGHT
from ..version import VERSION
from . import calendar, noise, scene
from .params import SimulateParams

Float64 = NDArray[np.float64]
Write = Callable[[str, Callable[[], Float64], Grid, str, str], Float64]

EARTH_RADIUS = 6_371_000.0
ALTITUDE = 700_000.0
LOOKS = 40.0  # independent looks of a product pixel
WORKING_LOSS = 25.0  # mm of vertical motion between two dates after which coherence falls to 1/e
FINENESS = 4096.0  # phases are rounded to 1/4096 rad (0.001 mm), which lets the files compress


@dataclass(frozen=True)
class Geometry:
    """How a track looks at the scene. Angles in degrees; `incidence` at the scene's centre."""

    track: int
    swath: str
    incidence: float
    heading: float
    anchor: date
    images: int

    @property
    def folder(self) -> str:
        return f"track{self.track:03d}"

    @property
    def frame(self) -> str:
        """Name of the frame in LiCSAR's manner."""
        return f"{self.track:03d}A_00000_000000"

    @property
    def slant_range(self) -> float:
        """Distance to the satellite at the scene's centre [m], on the sphere."""
        theta = math.radians(self.incidence)
        level = EARTH_RADIUS * math.cos(theta)
        return math.sqrt(level * level + (EARTH_RADIUS + ALTITUDE) ** 2 - EARTH_RADIUS**2) - level


@dataclass(frozen=True)
class Ground:
    """The scene on a track's grid, arrays of the grid's shape.

    x, y : local metres. rate : mm/yr. share : built-up share 0-1. incidence : rad.
    height_error : m. texture : factor of the coherence. spacing : (north, east) [m].
    """

    x: Float64
    y: Float64
    rate: Float64
    share: Float64
    incidence: Float64
    height_error: Float64
    texture: Float64
    spacing: tuple[float, float]


def ground_of(geometry: Geometry, grid: Grid, seed: int) -> Ground:
    """Evaluate the scene at the centres of a grid's pixels."""
    rows, cols = np.indices(grid.shape)
    x, y = scene.local(*crs.pixel_centres(grid, rows, cols), grid.crs)
    share = scene.built_up(x, y, scene.villages(noise.generator(seed, "villages")))
    rng = noise.generator(seed, geometry.folder, "ground")
    # Buildings stand out of the terrain model more than fields do.
    height_error = np.clip(rng.standard_normal(grid.shape) * (1.5 + 3.5 * share), -20.0, 20.0)
    texture = np.clip(1.0 - 0.09 * np.abs(rng.standard_normal(grid.shape)), 0.6, 1.0)
    # A right-looking satellite sees larger angles farther to the right of its track.
    heading = math.radians(geometry.heading)
    ground_range = x * math.cos(heading) - y * math.sin(heading)
    theta = math.radians(geometry.incidence)
    incidence = theta + ground_range * math.cos(theta) / geometry.slant_range
    east, north = crs.pixel_size(grid)
    return Ground(x, y, scene.vertical_rate(x, y), share, incidence, height_error, texture, (north, east))


class TrackMaker:
    """Writes one track below `folder` with `write`, which keeps what is already there."""

    def __init__(self, geometry: Geometry, grid: Grid, params: SimulateParams, folder: Path, write: Write) -> None:
        self.geometry, self.grid, self.params, self.folder, self.write = geometry, grid, params, folder, write
        rng = noise.generator(params.seed, geometry.folder, "calendar")
        self.dates = calendar.passes(geometry.images, geometry.anchor, params.gap_days, rng)
        orbits = calendar.orbits(len(self.dates), rng)
        self.bperp = np.round(orbits - orbits[0], 1)
        self.pairs = calendar.pair_indices(self.dates)
        self.ground = ground_of(geometry, grid, params.seed)
        self.wrong = self._unwrapping_errors()

    @property
    def steps(self) -> int:
        """Files to write, for the progress."""
        return 2 * len(self.dates) + 2 * len(self.pairs)

    def run(self, monitor: Monitor) -> dict[str, Any]:
        """Write all; `stack.json` comes last. Returns the facts for the result."""
        name = self.geometry.folder
        truth = f"truth/{name}"
        ground = self.ground
        level = np.cos(ground.incidence)
        heading = math.radians(self.geometry.heading)
        for part, values in (
            ("E", -np.sin(ground.incidence) * math.cos(heading)),
            ("N", np.sin(ground.incidence) * math.sin(heading)),
            ("U", level),
        ):
            self._put(f"{name}/{self._geometry_file(part)}", values, f"LOS unit vector, {part}", "")
        self._put(f"{name}/{self._geometry_file('hgt')}", scene.terrain(ground.x, ground.y), "height", "m")
        self._put(f"{truth}/velocity_vertical.tif", ground.rate, "vertical velocity", "mm/yr")
        self._put(f"{truth}/velocity_los.tif", ground.rate * level, "LOS velocity", "mm/yr")
        self._put(f"{truth}/height_error.tif", ground.height_error, "height error", "m")
        self._put(f"{truth}/built_up.tif", ground.share, "built-up share", "")
        apparent = []
        for index, day in enumerate(self.dates):
            monitor.step(2 * index / self.steps)
            moved = self.vertical(index) * level
            self._put(f"{truth}/los/{day:%Y%m%d}.tif", moved, f"LOS displacement {day}", "mm")
            delay = self.write(
                f"{truth}/atmosphere/{day:%Y%m%d}.tif", partial(self.atmosphere, index), self.grid,
                f"atmosphere {day} as LOS displacement", "mm",
            )
            apparent.append(moved + delay)
        pairs = []
        missing = 0.0
        for number, (first, second) in enumerate(self.pairs):
            monitor.step((2 * len(self.dates) + 2 * number) / self.steps)
            pair, lost = self._pair(first, second, apparent)
            pairs.append(pair)
            missing += lost / len(self.pairs)
        manifest.save(self.folder / name, self._stack(tuple(pairs)))
        return {
            "images": len(self.dates),
            "pairs": len(pairs),
            "first": self.dates[0].isoformat(),
            "last": self.dates[-1].isoformat(),
            "width": self.grid.width,
            "height": self.grid.height,
            "missing_share": round(missing, 4),
            "unwrapping_errors": [
                {"pair": self._name(*self.pairs[n]), "centre_xy_m": list(centre), "cycles": cycles}
                for n, (centre, cycles) in sorted(self.wrong.items())
            ],
        }

    def vertical(self, index: int) -> Float64:
        """Truth: vertical displacement since the first date [mm]."""
        ground = self.ground
        return scene.vertical_displacement(ground.rate, ground.share, self.dates[0], self.dates[index])

    def atmosphere(self, index: int) -> Float64:
        """Atmosphere of one date as apparent LOS displacement [mm]; turbulence and a part that follows the height."""
        params, ground = self.params, self.ground
        rng = noise.generator(params.seed, self.geometry.folder, "atmosphere", index)
        strength = params.atmosphere_mm * math.exp(0.3 * rng.standard_normal())
        stratified = params.stratified_mm_per_km * rng.standard_normal() / 1000.0
        field = noise.turbulence(self.grid.shape, ground.spacing, params.outer_scale_m, rng)
        height = scene.terrain(ground.x, ground.y)
        return (strength * field + stratified * (height - 52.5)) / np.cos(ground.incidence)

    def coherence(self, first: int, second: int) -> Float64:
        """True coherence of a pair."""
        ground = self.ground
        one, two = self.dates[first], self.dates[second]
        growth = 0.5 * (calendar.growth(one) + calendar.growth(two))
        value = noise.temporal_coherence((two - one).days, growth, ground.share) * ground.texture
        value = value * noise.geometric_coherence(float(self.bperp[second] - self.bperp[first]))
        moved = np.abs(self.vertical(second) - self.vertical(first))
        return np.clip(value * np.exp(-((moved / WORKING_LOSS) ** 2)), 0.02, 0.98)

    def phase(self, first: int, second: int, apparent: list[Float64]) -> tuple[Float64, Float64]:
        """Unwrapped phase [rad], NaN where the coherence is too low, and the estimated coherence."""
        params, ground = self.params, self.ground
        rng = noise.generator(params.seed, self.geometry.folder, "pair", first, second)
        coherence = self.coherence(first, second)
        to_phase = 4.0 * math.pi / SENTINEL1_WAVELENGTH
        phase = -to_phase * (apparent[second] - apparent[first]) / 1000.0
        bperp = float(self.bperp[second] - self.bperp[first])
        phase = phase + to_phase * bperp * ground.height_error / (
            self.geometry.slant_range * np.sin(ground.incidence)
        )
        phase = phase + params.noise * noise.phase_deviation(coherence, LOOKS) * rng.standard_normal(self.grid.shape)
        # Where the unwrapping began is anybody's guess: every interferogram has a constant of its own.
        phase = phase + rng.normal(0.0, 3.0)
        wrong = self.wrong.get(self.pairs.index((first, second)))
        if wrong is not None:
            (x, y), cycles = wrong
            inside = np.hypot(ground.x - x, ground.y - y) < params.unwrapping_radius_m
            phase = phase + inside * (2.0 * math.pi * cycles)
        seen = noise.estimated_coherence(coherence, LOOKS, rng)
        phase = np.round(phase * FINENESS) / FINENESS
        phase[phase == 0.0] = 1.0 / FINENESS  # 0 means "no data" in this layout
        return np.where(seen < params.missing_below, np.nan, phase), np.round(np.maximum(seen, 0.01), 2)

    def _unwrapping_errors(self) -> dict[int, tuple[tuple[float, float], int]]:
        rng = noise.generator(self.params.seed, self.geometry.folder, "unwrapping")
        count = min(self.params.unwrapping_errors, len(self.pairs))
        chosen = rng.choice(len(self.pairs), count, replace=False)
        return {
            int(number): (
                (
                    round(float(rng.uniform(-0.6, 0.6) * scene.HALF_WIDTH)),
                    round(float(rng.uniform(-0.6, 0.6) * scene.HALF_HEIGHT)),
                ),
                int(rng.choice((-1, 1))),
            )
            for number in chosen
        }

    def _pair(self, first: int, second: int, apparent: list[Float64]) -> tuple[Pair, float]:
        """Write a pair; returns it and the share of its pixels without phase."""
        name = self._name(first, second)
        made: dict[str, Float64] = {}

        def make(which: str) -> Float64:
            if not made:
                made["phase"], made["coherence"] = self.phase(first, second, apparent)
            return made[which]

        base = f"interferograms/{name}/{name}.geo"
        here = f"{self.geometry.folder}/{base}"
        phase = self.write(f"{here}.unw.tif", lambda: make("phase"), self.grid, "unwrapped phase", "rad")
        coherence = self.write(f"{here}.cc.tif", lambda: make("coherence"), self.grid, "coherence", "")
        valid = np.isfinite(phase)
        mean = float(coherence[valid].mean()) if valid.any() else 0.0
        items = {
            "phase": Item("data", f"{base}.unw.tif"),
            "coherence": Item("data", f"{base}.cc.tif"),
        }
        bperp = round(float(self.bperp[second] - self.bperp[first]), 1)
        pair = Pair(self.dates[first], self.dates[second], items, bperp, round(mean, 4))
        return pair, 1.0 - float(valid.mean())

    def _stack(self, pairs: tuple[Pair, ...]) -> Stack:
        geometry = self.geometry
        stack = Stack(
            kind=UNWRAPPED,
            grid=self.grid,
            wavelength=SENTINEL1_WAVELENGTH,
            pairs=pairs,
            acquisitions=tuple(Acquisition(day, float(b)) for day, b in zip(self.dates, self.bperp)),
            geometry={
                role: Item("data", self._geometry_file(part))
                for role, part in (("los_east", "E"), ("los_north", "N"), ("los_up", "U"), ("height", "hgt"))
            },
            roots={"data": "."},
            family="simulated",
            metadata={
                "sensor": "Simulated Sentinel-1",
                "track": geometry.track,
                "swath": geometry.swath,
                "orbit": "ascending",
                "polarisation": "VV",
                "incidence_deg": geometry.incidence,
                "heading_deg": geometry.heading,
                "slant_range_m": round(geometry.slant_range, 1),
            },
        )
        return stack.with_history("simulate", VERSION, self.params.facts(), {})

    def texts(self) -> dict[str, str]:
        """The two text files of the layout: metadata.txt, and baselines against the first date."""
        return licsar_texts(self.geometry, self.geometry.folder, self.dates, self.bperp)

    def _geometry_file(self, part: str) -> str:
        return f"metadata/{self.geometry.frame}.geo.{part}.tif"

    def _name(self, first: int, second: int) -> str:
        return f"{self.dates[first]:%Y%m%d}_{self.dates[second]:%Y%m%d}"

    def _put(self, name: str, values: Float64, description: str, unit: str) -> None:
        self.write(name, lambda: values, self.grid, description, unit)


def writer(folder: Path) -> Write:
    """A function that writes a raster below `folder` unless it is there, and returns what the file holds."""

    def write(name: str, make: Callable[[], Float64], grid: Grid, description: str, unit: str) -> Float64:
        path = folder / name
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            values = make()
            raster.write_geotiff(path, values, grid, description, unit)
            return values.astype(np.float32).astype(np.float64)
        return raster.read_geotiff(path)[0].astype(np.float64)

    return write


def licsar_texts(geometry: Geometry, folder: str, dates: Sequence[date], bperp: Float64) -> dict[str, str]:
    """Path -> text of metadata.txt and of the baselines [m] against the first date, below `folder`.

    The file's baselines have GAMMA's sign, which is opposite to ours.
    """
    first = dates[0]
    facts = (
        ("master", f"{first:%Y%m%d}"),
        ("heading", f"{geometry.heading:g}"),
        ("avg_incidence_angle", f"{geometry.incidence:g}"),
        ("centre_range_m", f"{geometry.slant_range:.1f}"),
        ("radar_freq", f"{SPEED_OF_LIGHT / SENTINEL1_WAVELENGTH:.1f}"),
    )
    lines = [
        f"{first:%Y%m%d} {day:%Y%m%d} {-float(b):.1f} {(day - first).days}" for day, b in zip(dates[1:], bperp[1:])
    ]
    return {
        f"{folder}/metadata/metadata.txt": "".join(f"{key}={value}\n" for key, value in facts),
        f"{folder}/metadata/baselines": "\n".join(lines) + "\n",
    }
