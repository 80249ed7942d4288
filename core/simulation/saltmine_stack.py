"""The interferogram stack of the simulated salt mine, in the layout of LiCSAR, and the truth behind it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .. import crs, manifest
from ..monitor import Monitor
from ..stack import DISPLACEMENT, UNWRAPPED, Acquisition, Grid, Item, Pair, Stack
from ..units import SENTINEL1_WAVELENGTH, years_between
from ..version import VERSION
from . import noise, saltmine, saltmine_calendar
from .saltmine_params import UNIFORM, WSK, SaltMineParams
from .track import FINENESS, Geometry, Write, licsar_texts

Float64 = NDArray[np.float64]

FOLDER = "interferograms"  # the stack
TRUTH, FORECAST = "truth", "truth/forecast"
GEOMETRY = Geometry(11, "IW2", 38.9, -12.9, date(2015, 6, 15), len(saltmine_calendar.DAYS))
LOOKS = 5.0  # independent looks, which tie the noise to the coherence
LOST = 1.2  # rad, noise of decorrelated pixels
PATCH = 90.0  # m, size of decorrelated patches
HEIGHT_LIMIT = 20.0  # m
_TO_PHASE = 4.0 * math.pi / SENTINEL1_WAVELENGTH


def grid_of(params: SaltMineParams, columns: int) -> Grid:
    """Square pixels in UTM zone 49N over the 2.4 km of the scene."""
    size = 2.0 * saltmine.HALF / columns
    west, north = saltmine.ORIGIN[0] - saltmine.HALF, saltmine.ORIGIN[1] + saltmine.HALF
    return Grid(
        columns, columns, (west, size, 0.0, north, 0.0, -size), crs.parse(saltmine.METRIC).ExportToWkt()
    )


class MineMaker:
    """Writes stack and truth with `write`, which keeps what is already there."""

    def __init__(self, params: SaltMineParams, grid: Grid, folder: Path, write: Write) -> None:
        self.params, self.grid, self.folder, self.write = params, grid, folder, write
        rows, cols = np.indices(grid.shape)
        x, y = crs.pixel_centres(grid, rows, cols)
        self.x, self.y = x - saltmine.ORIGIN[0], y - saltmine.ORIGIN[1]
        self.dates = saltmine_calendar.record()
        self.bperp = saltmine_calendar.orbits(self.dates, params.seed)
        self.pairs = saltmine_calendar.pairs(self.dates, self.bperp)
        heading, theta = math.radians(GEOMETRY.heading), math.radians(GEOMETRY.incidence)
        ground_range = self.x * math.cos(heading) - self.y * math.sin(heading)
        self.incidence = theta + ground_range * math.cos(theta) / GEOMETRY.slant_range
        rng = noise.generator(params.seed, "saltmine", "ground")
        self.height_error = np.clip(
            params.height_error_m * rng.standard_normal(grid.shape), -HEIGHT_LIMIT, HEIGHT_LIMIT
        )
        self.lost = self._lost(rng)

    @property
    def steps(self) -> int:
        """Files to write, for progress and disk space."""
        return 2 * len(self.pairs) + 2 * len(self.dates) + len(saltmine_calendar.AFTER) + 8

    def run(self, monitor: Monitor) -> None:
        """Write all rasters; each `stack.json` after its rasters."""
        self._geometry()
        self._truth(self.dates, TRUTH, monitor.part(0.0, 0.2), True)
        self._truth(saltmine_calendar.later(), FORECAST, monitor.part(0.2, 0.3), False)
        self._put(f"{TRUTH}/dH.tif", self.height_error, "height error", "m")
        if self.params.make == WSK:
            self._put(f"{TRUTH}/D.tif", saltmine.diffusion(self.x, self.y), "diffusion coefficient", "m2/s")
        pairs = []
        for number, (first, second) in enumerate(self.pairs):
            monitor.step(0.3 + 0.7 * number / len(self.pairs))
            pairs.append(self._pair(first, second))
        manifest.save(self.folder / FOLDER, self._stack(tuple(pairs)))

    def subsidence(self, day: date) -> Float64:
        """Truth: S [m] since the first date."""
        time = years_between(self.dates[0], day)
        return saltmine.subsidence(self.params.make, self.x, self.y, time, self.params.own_cx)

    def texts(self) -> dict[str, str]:
        """The text files of the layout."""
        return licsar_texts(GEOMETRY, FOLDER, self.dates, self.bperp)

    def _lost(self, rng: np.random.Generator) -> NDArray[np.bool_]:
        """Patches of decorrelated pixels: the lowest part of a smooth random field; the reference areas stay."""
        if not self.params.decorrelated:
            return np.zeros(self.grid.shape, bool)
        size = self.grid.transform[1]
        field = noise.turbulence(self.grid.shape, (size, size), PATCH, rng)
        stable = np.zeros(self.grid.shape, bool)
        for x, y in saltmine.STABLE:
            stable |= np.hypot(self.x - x, self.y - y) < saltmine.STABLE_RADIUS + 2.0 * size
        field[stable] = np.inf
        return np.asarray(field < np.quantile(field, self.params.decorrelated))

    def _noise(self, rng: np.random.Generator) -> Float64:
        """Phase noise [rad]; uniform noise has a mean, which the reference takes away."""
        strength = self.params.noise_rad
        if self.params.noise_kind == UNIFORM:
            usual = math.sqrt(strength) * rng.random(self.grid.shape)
        else:
            usual = strength * rng.standard_normal(self.grid.shape)
        return np.where(self.lost, max(LOST, strength) * rng.standard_normal(self.grid.shape), usual)

    def _coherence(self, rng: np.random.Generator) -> Float64:
        """Estimated coherence whose phase noise at `LOOKS` looks is that of the pixel."""
        strength = self.params.noise_rad
        deviation = math.sqrt(strength / 12.0) if self.params.noise_kind == UNIFORM else strength
        sigma = np.where(self.lost, max(LOST, deviation), max(deviation, 0.05))
        true = 1.0 / np.sqrt(1.0 + 2.0 * LOOKS * sigma**2)
        seen = noise.estimated_coherence(true, 8.0 * LOOKS, rng)
        return np.asarray(np.round(np.clip(seen, 0.01, 0.99), 2), np.float64)

    def _atmosphere(self, index: int) -> Float64:
        """Apparent LOS displacement of one date [m]."""
        if not self.params.atmosphere_mm:
            return np.zeros(self.grid.shape)
        rng = noise.generator(self.params.seed, "saltmine", "atmosphere", index)
        size = self.grid.transform[1]
        field = noise.turbulence(self.grid.shape, (size, size), 20_000.0, rng)
        return self.params.atmosphere_mm / 1000.0 * field / np.cos(self.incidence)

    def _pair(self, first: int, second: int) -> Pair:
        rng = noise.generator(self.params.seed, "saltmine", "pair", first, second)
        bperp = round(float(self.bperp[second] - self.bperp[first]), 1)

        def phase() -> Float64:
            moved = (self.subsidence(self.dates[second]) - self.subsidence(self.dates[first])) * np.cos(self.incidence)
            topography = bperp * self.height_error / (GEOMETRY.slant_range * np.sin(self.incidence))
            delay = self._atmosphere(first) - self._atmosphere(second)
            # Where the unwrapping began is anybody's guess: every interferogram has a constant of its own.
            made = _TO_PHASE * (moved + topography + delay) + self._noise(rng) + rng.normal(0.0, 3.0)
            made = np.round(made * FINENESS) / FINENESS
            made[made == 0.0] = 1.0 / FINENESS  # 0 means "no data" in this layout
            return made

        name = f"{self.dates[first]:%Y%m%d}_{self.dates[second]:%Y%m%d}"
        base = f"GEOC/{name}/{name}.geo"
        self.write(f"{FOLDER}/{base}.unw.tif", phase, self.grid, "unwrapped phase", "rad")
        other = noise.generator(self.params.seed, "saltmine", "coherence", first, second)
        coherence = self.write(
            f"{FOLDER}/{base}.cc.tif", lambda: self._coherence(other), self.grid, "coherence", ""
        )
        items = {"phase": Item("data", f"{base}.unw.tif"), "coherence": Item("data", f"{base}.cc.tif")}
        return Pair(self.dates[first], self.dates[second], items, bperp, round(float(coherence.mean()), 4))

    def _geometry(self) -> None:
        heading = math.radians(GEOMETRY.heading)
        for part, values in (
            ("E", -np.sin(self.incidence) * math.cos(heading)),
            ("N", np.sin(self.incidence) * math.sin(heading)),
            ("U", np.cos(self.incidence)),
        ):
            self._put(f"{FOLDER}/{_geometry_file(part)}", values, f"LOS unit vector, {part}", "")

    def _truth(self, dates: Sequence[date], folder: str, monitor: Monitor, vertical: bool) -> None:
        """A displacement folder of the truth, so that every step that takes one can be tried on it."""
        acquisitions = []
        for number, day in enumerate(dates):
            monitor.step(number / len(dates))
            sunk = self.subsidence(day)
            name = f"displacement/{day:%Y%m%d}.tif"
            moved = -1000.0 * sunk * np.cos(self.incidence) + 0.0
            self._put(f"{folder}/{name}", moved, f"LOS displacement {day}", "mm")
            if vertical:
                self._put(f"{folder}/subsidence/{day:%Y%m%d}.tif", 1000.0 * sunk, f"subsidence {day}", "mm")
            acquisitions.append(Acquisition(day, items={"displacement": Item("here", name, factor=0.001)}))
        back = "/".join([".."] * len(folder.split("/")))
        stack = Stack(
            kind=DISPLACEMENT,
            grid=self.grid,
            wavelength=SENTINEL1_WAVELENGTH,
            acquisitions=tuple(acquisitions),
            geometry={role: Item("interferograms", _geometry_file(part)) for role, part in _LOS},
            roots={"here": ".", "interferograms": f"{back}/{FOLDER}"},
            family="simulated",
            metadata={**_facts(), "origin_date": self.dates[0].isoformat()},
        )
        manifest.save(self.folder / folder, stack.with_history("simulate", VERSION, self.params.facts(), {}))

    def _put(self, name: str, values: Float64, description: str, unit: str) -> None:
        self.write(name, lambda: values, self.grid, description, unit)

    def _stack(self, pairs: tuple[Pair, ...]) -> Stack:
        stack = Stack(
            kind=UNWRAPPED,
            grid=self.grid,
            wavelength=SENTINEL1_WAVELENGTH,
            pairs=pairs,
            acquisitions=tuple(Acquisition(day, float(b)) for day, b in zip(self.dates, self.bperp)),
            geometry={role: Item("data", _geometry_file(part)) for role, part in _LOS},
            roots={"data": "."},
            family="simulated",
            metadata={**_facts(), "effective_looks": LOOKS},
        )
        return stack.with_history("simulate", VERSION, self.params.facts(), {})


_LOS = (("los_east", "E"), ("los_north", "N"), ("los_up", "U"))


def _facts() -> dict[str, object]:
    return {
        "sensor": "Simulated Sentinel-1",
        "track": GEOMETRY.track,
        "swath": GEOMETRY.swath,
        "orbit": "ascending",
        "polarisation": "VV",
        "incidence_deg": GEOMETRY.incidence,
        "heading_deg": GEOMETRY.heading,
        "slant_range_m": round(GEOMETRY.slant_range, 1),
    }


def _geometry_file(part: str) -> str:
    return f"metadata/{GEOMETRY.frame}.geo.{part}.tif"
