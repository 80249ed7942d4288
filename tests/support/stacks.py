"""Small stacks of interferograms with known truth, written as a user's folder would hold them."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from osgeo import ogr

from groundline.core import manifest
from groundline.core.raster import write_geotiff
from groundline.core.stack import UNWRAPPED, Acquisition, Grid, Item, Pair, Stack
from groundline.core.units import DAYS_PER_YEAR
from groundline.core.vector import VectorInput

WAVELENGTH = 0.0555
FIRST = date(2020, 1, 1)
METADATA = {
    "sensor": "S1A",
    "track": 5,
    "orbit": "ascending",
    "incidence_deg": 39.0,
    "heading_deg": -12.0,
    "slant_range_m": 850_000.0,
    "range_looks": 4,
    "azimuth_looks": 1,
}


@dataclass
class Scene:
    """Truth of a stack: displacement (N, rows, cols) [m], phase (M, rows, cols) [rad] as written, coherence."""

    folder: Path
    stack: Stack
    displacement: np.ndarray
    phase: np.ndarray
    coherence: np.ndarray

    @property
    def years(self) -> np.ndarray:
        return np.array([(d - self.stack.dates[0]).days for d in self.stack.dates]) / DAYS_PER_YEAR

    def pixels(self, row: int, rows: int, col: int, cols: int, name: str = "ground") -> VectorInput:
        """A polygon around exactly these pixels."""
        return VectorInput((self.outline(row, rows, col, cols),), self.stack.grid.crs, name=name)

    def outline(self, row: int, rows: int, col: int, cols: int) -> bytes:
        x0, dx, _, y0, _, dy = self.stack.grid.transform
        left, right, top, bottom = (
            x0 + col * dx,
            x0 + (col + cols) * dx,
            y0 + row * dy,
            y0 + (row + rows) * dy,
        )
        ring = f"{left} {top},{right} {top},{right} {bottom},{left} {bottom},{left} {top}"
        return bytes(ogr.CreateGeometryFromWkt(f"POLYGON(({ring}))").ExportToWkb(ogr.wkbNDR))

    def points(self, *pixels: tuple[int, int], name: str = "benchmarks") -> VectorInput:
        """Points in the centres of these (row, col) pixels."""
        x0, dx, _, y0, _, dy = self.stack.grid.transform
        shapes = []
        for row, col in pixels:
            point = ogr.CreateGeometryFromWkt(f"POINT({x0 + (col + 0.5) * dx} {y0 + (row + 0.5) * dy})")
            shapes.append(bytes(point.ExportToWkb(ogr.wkbNDR)))
        return VectorInput(tuple(shapes), self.stack.grid.crs, name=name)


def chain(dates: int, reach: int = 3) -> list[tuple[int, int]]:
    """Every date paired with the `reach` dates after it."""
    return [(i, j) for i in range(dates) for j in range(i + 1, min(dates, i + reach + 1))]


def write_scene(
    folder: Path,
    rows: int = 20,
    cols: int = 30,
    dates: int = 7,
    pairs: list[tuple[int, int]] | None = None,
    noise: float = 0.0,
    missing: float = 0.0,
    height: np.ndarray | None = None,
    coherence: bool = True,
    seed: int = 1,
) -> Scene:
    """A bowl that sinks linearly and swings with the season, seen by a network of pairs.

    noise [rad] per pair and pixel; missing: share of values lost at random; height: DEM error [m].
    """
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    index = chain(dates) if pairs is None else pairs
    days = [FIRST + timedelta(days=12 * n + (12 if n > 2 else 0)) for n in range(dates)]
    years = np.array([(d - FIRST).days for d in days]) / DAYS_PER_YEAR
    y, x = np.mgrid[0:rows, 0:cols]
    bowl = -0.2 * np.exp(-(((y - rows / 2) / rows * 3) ** 2) - ((x - cols / 2) / cols * 3) ** 2)
    season = 0.004 * x / cols
    truth = years[:, None, None] * bowl + np.sin(2 * math.pi * years)[:, None, None] * season
    bperp = np.round(rng.normal(0.0, 60.0, dates), 1)
    bperp[0] = 0.0
    distance = METADATA["slant_range_m"] * math.sin(math.radians(METADATA["incidence_deg"]))
    grid = Grid(cols, rows, (-99.0, 0.001, 0.0, 19.5, 0.0, -0.001), _wgs84())
    phases, coherences, made = [], [], []
    for first, second in index:
        phase = -4 * math.pi / WAVELENGTH * (truth[second] - truth[first])
        if height is not None:
            phase = phase + 4 * math.pi / WAVELENGTH * (bperp[second] - bperp[first]) / distance * height
        phase = phase + rng.normal(0.0, 1.0, phase.shape) * noise + rng.uniform(-3, 3)
        phase[rng.uniform(size=phase.shape) < missing] = np.nan
        value = np.clip(rng.normal(0.7, 0.1, phase.shape), 0.2, 0.95)
        pair = Pair(days[first], days[second])
        write_geotiff(folder / f"{pair.name}_unw.tif", phase, grid)
        items = {"phase": Item("data", f"{pair.name}_unw.tif")}
        if coherence:
            write_geotiff(folder / f"{pair.name}_cc.tif", value, grid)
            items["coherence"] = Item("data", f"{pair.name}_cc.tif")
        made.append(replace(pair, items=items, bperp=float(bperp[second] - bperp[first])))
        phases.append(phase.astype(np.float32))
        coherences.append(value.astype(np.float32))
    stack = Stack(
        UNWRAPPED,
        grid,
        WAVELENGTH,
        tuple(made),
        tuple(Acquisition(day, float(b)) for day, b in zip(days, bperp)),
        roots={"data": "."},
        metadata=dict(METADATA),
    )
    manifest.save(folder, stack)
    return Scene(folder, stack, truth, np.array(phases), np.array(coherences))


def add_screens(scene: Scene, screens: np.ndarray) -> None:
    """Add a displacement screen per date (N, rows, cols) [m] to every interferogram of a scene."""
    place = {day: number for number, day in enumerate(scene.stack.dates)}
    for number, pair in enumerate(scene.stack.pairs):
        extra = screens[place[pair.date2]] - screens[place[pair.date1]]
        scene.phase[number] += (-4 * math.pi / WAVELENGTH * extra).astype(np.float32)
        write_geotiff(scene.folder / pair.items["phase"].path, scene.phase[number], scene.stack.grid)


def change(scene: Scene, stack: Stack) -> None:
    """Write another manifest for the same files."""
    manifest.save(scene.folder, stack)
    scene.stack = stack


def hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below a folder, by relative path."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


def _wgs84() -> str:
    from osgeo import osr

    reference = osr.SpatialReference()
    reference.ImportFromEPSG(4326)
    return str(reference.ExportToWkt())
