"""Small displacement folders and interferograms of a mine whose motion is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from osgeo import ogr

from groundline.core import crs, manifest
from groundline.core.raster import write_geotiff
from groundline.core.stack import DISPLACEMENT, UNWRAPPED, Acquisition, Grid, Item, Pair, Stack
from groundline.core.units import DAYS_PER_YEAR
from groundline.core.vector import VectorInput

UTM = "EPSG:32650"
EAST, NORTH = 400_000.0, 3_900_000.0
FIRST = date(2020, 1, 1)
WAVELENGTH = 0.0555
INCIDENCE, HEADING = 39.0, -12.0


def line_of_sight() -> np.ndarray:
    """Unit vector (3, 1) of the right-looking satellite of these mines: east, north, up."""
    theta, heading = np.radians([INCIDENCE, HEADING])
    return np.array([[-np.sin(theta) * np.cos(heading)], [np.sin(theta) * np.sin(heading)], [np.cos(theta)]])


@dataclass
class Mine:
    """A folder and its truth: metric coordinates of the pixels (raveled), years, LOS motion (N, rows, cols) [m]."""

    folder: Path
    stack: Stack
    x: np.ndarray
    y: np.ndarray
    years: np.ndarray
    motion: np.ndarray


def grid(rows: int = 60, cols: int = 70, spacing: float = 20.0) -> Grid:
    """A grid in metres whose middle is (EAST, NORTH)."""
    wkt = crs.parse(UTM).ExportToWkt()
    left, top = EAST - 0.5 * cols * spacing, NORTH + 0.5 * rows * spacing
    return Grid(cols, rows, (left, spacing, 0.0, top, 0.0, -spacing), wkt)


def days(count: int, step: int = 24) -> tuple[date, ...]:
    """Dates of a record."""
    return tuple(FIRST + timedelta(step * number) for number in range(count))


def centres(area: Grid) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates of all pixel centres, raveled."""
    rows, cols = np.meshgrid(np.arange(area.height), np.arange(area.width), indexing="ij")
    return crs.pixel_centres(area, rows.ravel(), cols.ravel())


def write_displacement(
    folder: Path, motion, count: int = 14, noise: float = 0.0, area: Grid | None = None
) -> Mine:
    """A displacement folder; motion(x, y, los, years) gives LOS motion (N, points) [m] since the first date."""
    area = area or grid()
    record = days(count)
    x, y = centres(area)
    years = np.array([(day - FIRST).days for day in record]) / DAYS_PER_YEAR
    los = np.broadcast_to(line_of_sight(), (3, len(x)))
    truth = motion(x, y, los, years)
    generator = np.random.default_rng(5)
    moved = truth + noise * generator.standard_normal(truth.shape)
    moved[0] = 0.0
    (folder / "displacement").mkdir(parents=True)
    acquisitions = []
    for day, rows in zip(record, moved):
        name = f"displacement/{day:%Y%m%d}.tif"
        write_geotiff(folder / name, 1e3 * rows.reshape(area.shape), area)
        acquisitions.append(Acquisition(day, items={"displacement": Item("here", name, factor=0.001)}))
    stack = Stack(
        DISPLACEMENT,
        area,
        WAVELENGTH,
        acquisitions=tuple(acquisitions),
        roots={"here": "."},
        metadata={"incidence_deg": INCIDENCE, "heading_deg": HEADING, "sensor": "S1A", "track": 5},
    )
    manifest.save(folder, stack)
    return Mine(folder, stack, x, y, years, truth.reshape(len(record), *area.shape))


def write_interferograms(folder: Path, motion, count: int = 14, noise: float = 0.0, reach: int = 3) -> Mine:
    """A stack of unwrapped pairs of the same mine, with baselines, height errors and a constant in every pair."""
    area = grid()
    record = days(count)
    x, y = centres(area)
    years = np.array([(day - FIRST).days for day in record]) / DAYS_PER_YEAR
    truth = motion(x, y, np.broadcast_to(line_of_sight(), (3, len(x))), years)
    generator = np.random.default_rng(6)
    position = generator.normal(0.0, 60.0, count)
    height = generator.normal(0.0, 5.0, len(x))
    (folder / "pairs").mkdir(parents=True)
    pairs = []
    for first in range(count):
        for second in range(first + 1, min(count, first + 1 + reach)):
            baseline = position[second] - position[first]
            phase = -4 * np.pi / WAVELENGTH * (truth[second] - truth[first])
            phase += 4 * np.pi / WAVELENGTH * baseline * height / (850_000.0 * np.sin(np.radians(INCIDENCE)))
            phase += generator.normal() + noise * generator.standard_normal(len(x))
            name = f"pairs/{record[first]:%Y%m%d}_{record[second]:%Y%m%d}.tif"
            write_geotiff(folder / name, phase.reshape(area.shape), area)
            pairs.append(Pair(record[first], record[second], {"phase": Item("here", name)}, float(baseline)))
    stack = Stack(
        UNWRAPPED,
        area,
        WAVELENGTH,
        pairs=tuple(pairs),
        acquisitions=tuple(Acquisition(day, float(b)) for day, b in zip(record, position)),
        roots={"here": "."},
        metadata={"incidence_deg": INCIDENCE, "heading_deg": HEADING},
    )
    manifest.save(folder, stack)
    return Mine(folder, stack, x, y, years, truth.reshape(count, *area.shape))


def panels(*rows: tuple[str, dict], name: str = "panels") -> VectorInput:
    """A layer of panels: WKT in metres from (EAST, NORTH), and attributes."""
    shapes = []
    for text, _ in rows:
        shape = ogr.CreateGeometryFromWkt(text)
        shapes.append(bytes(_moved(shape).ExportToWkb(ogr.wkbNDR)))
    return VectorInput(tuple(shapes), UTM, tuple(attributes for _, attributes in rows), name)


def box(left: float, bottom: float, right: float, top: float) -> str:
    """WKT of a rectangle in metres from (EAST, NORTH)."""
    ring = f"{left} {bottom},{right} {bottom},{right} {top},{left} {top},{left} {bottom}"
    return f"POLYGON(({ring}))"


def _moved(shape: ogr.Geometry) -> ogr.Geometry:
    if shape.GetGeometryCount():
        for index in range(shape.GetGeometryCount()):
            _moved(shape.GetGeometryRef(index))
        return shape
    for index in range(shape.GetPointCount()):
        shape.SetPoint_2D(index, shape.GetX(index) + EAST, shape.GetY(index) + NORTH)
    return shape
