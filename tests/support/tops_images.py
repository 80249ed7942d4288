"""Small simulated Sentinel-1 images for tests of the chain, and what is left of interferograms after the truth."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from groundline.core import raster
from groundline.core.crs import pixel_of
from groundline.core.simulation.tops_job import run_tops
from groundline.core.simulation.tops_params import TopsParams

WAVELENGTH = 0.05546576


@dataclass(frozen=True)
class Images:
    """A scene's folder and the misregistration of its dates [lines]."""

    folder: Path
    late: dict[str, float]


def make_images(folder: Path, late: tuple[float, ...] = (0.0, 0.020, -0.013), **settings: object) -> Images:
    """Two bursts of one swath, coherence 0.9, two fringes."""
    chosen = {"swaths": ("IW2",), "bursts": 2, "samples": 96, "coherence": 0.9, **settings}
    result = run_tops(TopsParams(output=folder, dates=len(late), misregistration=late, **chosen))  # type: ignore[arg-type]
    return Images(folder, {row["date"]: row["misregistration_lines"] for row in result.tables["dates"]})


def complex_raster(path: Path) -> np.ndarray:
    """All of a complex raster."""
    return raster.open_dataset(path).ReadAsArray()


def rasters(folder: Path) -> dict[str, bytes]:
    """The bytes of all rasters of a stack by name."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.tif"))}


def true_phase(images: Images, stack: Path, first: str, second: str) -> np.ndarray:
    """Phase of earlier x conj(later) [rad] that the motion between two dates makes on the stack's pixels."""
    lon, lat = (
        raster.read_geotiff(stack / "geometry" / f"{role}.tif")[0] for role in ("longitude", "latitude")
    )
    motion = []
    for day in (first, second):
        values, grid = raster.read_geotiff(images.folder / "truth" / f"los_{day.replace('-', '')}.tif")
        row, column = pixel_of(grid, np.nan_to_num(lon), np.nan_to_num(lat))
        motion.append(values[np.clip(row, 0, grid.height - 1), np.clip(column, 0, grid.width - 1)])
    return -4.0 * np.pi / WAVELENGTH * 1e-3 * (motion[1] - motion[0])


def averaged(values: np.ndarray, lines: int = 8, samples: int = 16) -> np.ndarray:
    """Means over boxes; NaN counts as 0."""
    rows, columns = values.shape[0] // lines, values.shape[1] // samples
    cut = np.nan_to_num(values[: rows * lines, : columns * samples])
    return cut.reshape(rows, lines, columns, samples).mean(axis=(1, 3))
