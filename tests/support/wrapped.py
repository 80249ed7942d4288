"""Small stacks of wrapped interferograms with speckle, two textures, point scatterers and known phase."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import numpy as np

from groundline.core import manifest
from groundline.core.raster import write_geotiff
from groundline.core.stack import MAP, RADAR, WRAPPED, Acquisition, Grid, Item, Pair, Stack

from .stacks import FIRST, WAVELENGTH, chain


@dataclass
class WrappedScene:
    """`truth` (pairs, rows, cols): phase without noise [rad]; `phase` as written; `points`: (row, col)."""

    folder: Path
    stack: Stack
    truth: np.ndarray
    phase: np.ndarray
    points: tuple[tuple[int, int], ...]


def write_wrapped(
    folder: Path,
    rows: int = 48,
    cols: int = 60,
    dates: int = 9,
    pairs: list[tuple[int, int]] | None = None,
    amplitudes: str = "images",
    coherence: float = 0.6,
    georeferenced: bool = True,
    seed: int = 1,
) -> WrappedScene:
    """The right half is 8 dB brighter and its phase is ahead by 1.5 rad; fringes run down the rows.

    amplitudes : images (one raster per date), magnitudes (of the interferograms) or none.
    """
    rng = np.random.default_rng(seed)
    for name in ("phase", "amplitude"):
        (folder / name).mkdir(parents=True)
    index = chain(dates, 2) if pairs is None else pairs
    days = [FIRST + timedelta(days=12 * n) for n in range(dates)]
    right = np.arange(cols) >= cols // 2
    level = np.where(right, 10 ** (8 / 20), 1.0) * np.ones((rows, 1))
    ramp = 0.02 * np.arange(rows)[:, None] + 1.5 * right
    points = ((rows // 4, cols // 5), (rows // 2, 3 * cols // 4))
    white = rng.standard_normal((dates + 1, 2, rows, cols))
    speckle = (white[:, 0] + 1j * white[:, 1]) / np.sqrt(2)
    images = np.sqrt(coherence) * speckle[-1] + np.sqrt(1 - coherence) * speckle[:-1]
    for row, col in points:
        images[:, row, col] = 40.0 * np.exp(0.05j * white[:-1, 0, row, col])
    images *= level * np.exp(-1j * ramp * np.arange(dates)[:, None, None])
    transform = (-99.0, 0.0002, 0.0, 19.5, 0.0, -0.0002) if georeferenced else Grid(1, 1).transform
    grid = Grid(cols, rows, transform, "EPSG:4326" if georeferenced else "")
    truth = np.array([ramp * (second - first) for first, second in index])
    phases, made = [], []
    for first, second in index:
        interferogram = images[first] * images[second].conj()
        pair = Pair(days[first], days[second])
        phase = np.angle(interferogram).astype(np.float32)
        write_geotiff(folder / "phase" / f"{pair.name}.tif", phase, grid)
        items = {"phase": Item("data", f"phase/{pair.name}.tif")}
        if amplitudes == "magnitudes":
            write_geotiff(folder / "amplitude" / f"{pair.name}.tif", np.abs(interferogram), grid)
            items["amplitude"] = Item("data", f"amplitude/{pair.name}.tif")
        made.append(replace(pair, items=items))
        phases.append(phase)
    acquisitions = []
    for day, image in zip(days, images):
        items = {}
        if amplitudes == "images":
            write_geotiff(folder / "amplitude" / f"{day:%Y%m%d}.tif", np.abs(image), grid)
            items["amplitude"] = Item("data", f"amplitude/{day:%Y%m%d}.tif")
        acquisitions.append(Acquisition(day, items=items))
    stack = Stack(
        WRAPPED,
        grid,
        WAVELENGTH,
        tuple(made),
        tuple(acquisitions),
        roots={"data": "."},
        frame=MAP if georeferenced else RADAR,
    )
    manifest.save(folder, stack)
    return WrappedScene(folder, stack, truth, np.array(phases), points)


def change(scene: WrappedScene, stack: Stack) -> None:
    """Write another manifest for the same files."""
    manifest.save(scene.folder, stack)
    scene.stack = stack


def filtered(folder: Path, role: str = "phase") -> np.ndarray:
    """What a filter wrote for every pair, (pairs, rows, cols)."""
    from groundline.core.raster import StackReader

    stack = manifest.load(folder)
    reader = StackReader(folder, stack)
    out = reader.read_many([pair.items[role] for pair in stack.pairs])
    reader.close()
    return out
