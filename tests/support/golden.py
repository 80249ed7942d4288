"""The chain on real interferograms, measured against the published results of other programs."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from osgeo import ogr

from groundline.core import crs, manifest
from groundline.core.corridor.job import run_corridor
from groundline.core.corridor.joining import align
from groundline.core.corridor.params import CorridorParams
from groundline.core.formats.importing import import_stack
from groundline.core.formats.params import ImportParams
from groundline.core.raster import StackReader, grid_of, open_dataset, read_geotiff, write_geotiff
from groundline.core.stack import Grid
from groundline.core.timeseries.params import SbasParams
from groundline.core.timeseries.sbas import run_sbas
from groundline.core.vector import VectorInput, read_vector

SYDNEY_TREE = (
    *("060619-061002", "060828-061211", "061002-070430", "061106-061211", "061106-070115", "061106-070326"),
    *("061211-070709", "070219-070430", "070326-070917", "070430-070604", "070604-070709", "070709-070813"),
)


class Agreement(NamedTuple):
    """Largest absolute differences to a reference, and on how many pixels."""

    displacement_mm: float
    velocity_mm_yr: float
    pixels: int
    fastest_mm_yr: float


class Line9(NamedTuple):
    """Length of metro line 9 at -50 mm/yr (line of sight) or below [m]."""

    sampled: float
    on_line: float
    bins: float


def chip(grid: Grid, row: int, col: int, size: int) -> VectorInput:
    """A polygon that holds exactly size x size pixels."""
    x0, dx, _, y0, _, dy = grid.transform
    left, right, top, bottom = x0 + col * dx, x0 + (col + size) * dx, y0 + row * dy, y0 + (row + size) * dy
    ring = f"{left} {top},{right} {top},{right} {bottom},{left} {bottom},{left} {top}"
    shape = ogr.CreateGeometryFromWkt(f"POLYGON(({ring}))")
    return VectorInput((bytes(shape.ExportToWkb(ogr.wkbNDR)),), grid.crs, name="chip")


def mexico_city(data: Path, folder: Path) -> Agreement:
    """All 30 pairs, unweighted, median of the 7 x 7 chip; against PyRate 0.6.1. Leaves `stack` and `sbas`."""
    import_stack(ImportParams(data / "mexico-city", folder / "stack"))
    stack = manifest.load(folder / "stack")
    run_sbas(SbasParams(folder / "stack", folder / "sbas", reference=chip(stack.grid, 5, 5, 7)))
    with np.load(next((data / "mexico-city" / "reference").glob("*fullnet.npz"))) as archive:
        cumulative, rate = archive["cum_mm"], archive["linear_rate_mm_yr"]
    reader = StackReader(folder / "stack", stack)
    complete = np.isfinite(reader.read_many([pair.items["phase"] for pair in stack.kept])).all(axis=0)
    velocity, _ = read_geotiff(folder / "sbas" / "velocity.tif")
    worst = 0.0
    for index, day in enumerate(stack.dates[1:]):
        found, _ = read_geotiff(folder / "sbas" / "displacement" / f"{day:%Y%m%d}.tif")
        worst = max(worst, float(np.abs(found[complete] - cumulative[..., index][complete]).max()))
    apart = float(np.abs(velocity[complete] - rate[complete]).max())
    return Agreement(worst, apart, int(complete.sum()), float(np.nanmin(velocity)))


def metro_line_9(data: Path, folder: Path) -> Line9:
    """Affected length from our velocity, and from the reference's velocity sampled every metre of the line."""
    lines = read_vector(data / "mexico-city" / "metro_lines_chords.geojson")
    index = next(k for k, row in enumerate(lines.attributes) if row["name"] == "Línea 9")
    line = VectorInput((lines.wkb[index],), lines.crs, (lines.attributes[index],), "Línea 9")
    with np.load(next((data / "mexico-city" / "reference").glob("*fullnet.npz"))) as archive:
        rate = archive["linear_rate_mm_yr"]
    grid = manifest.load(folder / "stack").grid
    alignment = align(line).alignment
    stations = np.arange(0.5, alignment.length)
    rows, cols = crs.pixel_of(grid, *crs.transform(*alignment.at(stations), alignment.crs, grid.crs))
    result = run_corridor(
        CorridorParams(
            line,
            folder / "line9",
            raster=folder / "sbas" / "velocity.tif",
            radius=150.0,
            threshold=-50.0,
            component="los",
        )
    )
    on_line, bins = (result.numbers[key].value for key in ("affected_length_on_line", "affected_length"))
    return Line9(float((rate[rows, cols] <= -50.0).sum()), float(on_line or 0.0), float(bins or 0.0))


def sydney(data: Path, folder: Path) -> Agreement:
    """Twelve pairs in a tree: plane removed, 5 x 5 chip, least squares; against the golden chain."""
    source = data / "sydney"
    (folder / "flat").mkdir(parents=True)
    for name in SYDNEY_TREE:
        dataset = open_dataset(source / "tif" / f"geo_{name}_unw.tif")
        phase, grid = dataset.ReadAsArray().astype(np.float64), grid_of(dataset)
        phase[phase == 0] = np.nan
        write_geotiff(folder / "flat" / f"geo_{name}_unw.tif", without_plane(phase), grid)
    import_stack(
        ImportParams(
            folder / "flat",
            folder / "stack",
            format="generic",
            pattern="geo_{date1}-{date2}_unw.tif",
            wavelength=0.0562356424,
            incidence=23.0,
        )
    )
    stack = manifest.load(folder / "stack")
    run_sbas(SbasParams(folder / "stack", folder / "sbas", reference=chip(stack.grid, 56, 36, 5)))
    golden = np.genfromtxt(source / "time_series" / "ts_cum_interp0_method2.csv", delimiter=",")
    golden = golden.reshape((72, 47, 12), order="F")
    worst, pixels = 0.0, 0
    for index, day in enumerate(stack.dates[1:]):
        found, _ = read_geotiff(folder / "sbas" / "displacement" / f"{day:%Y%m%d}.tif")
        both = np.isfinite(found) & np.isfinite(golden[..., index])
        # The golden values are raw phase in mm, where an increase of range is positive.
        worst = max(worst, float(np.abs(-found[both] - golden[..., index][both]).max()))
        pixels = int(both.sum())
    velocity, _ = read_geotiff(folder / "sbas" / "velocity.tif")
    return Agreement(worst, float("nan"), pixels, float(np.nanmin(velocity)))


def without_plane(phase: np.ndarray) -> np.ndarray:
    """Phase minus the least-squares plane of its valid pixels."""
    valid = np.isfinite(phase)
    rows, cols = np.nonzero(valid)
    design = np.column_stack([cols, rows, np.ones(len(rows))])
    plane = np.linalg.lstsq(design, phase[valid], rcond=None)[0]
    y, x = np.mgrid[0 : phase.shape[0], 0 : phase.shape[1]]
    return phase - (plane[0] * x + plane[1] * y + plane[2])
