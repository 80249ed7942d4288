"""A displacement folder out of modelled subsidence: rasters, points, dated layers, `stack.json`.

Same layout as the inversion's (docs/displacement.md), so that every step that takes a displacement folder takes it;
beside it the standard deviation of every date (displacement_std/YYYYMMDD.tif, mm along the line of sight).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import atomic, los
from .. import crs as coordinates
from ..monitor import Monitor
from ..pointfile import PointSet, write_points
from ..raster import StackReader, Window, write_geotiff
from ..stack import DISPLACEMENT, Acquisition, Item, Pair, Stack
from ..timeseries import outputs, qlr
from ..timeseries.summary import rates, round_up
from ..units import MM_PER_M, years_between
from .subsidence import ORIGIN

STD_FOLDER = "displacement_std"
POINTS_FILE = "points.gpkg"
MAX_POINTS = 300_000
HERE = "results"

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Layer:
    """One raster of the folder, values of the pixels (P,) as stored; factor from stored to SI."""

    role: str
    values: Float64
    unit: str
    description: str
    factor: float = 1.0


@dataclass(frozen=True)
class Modelled:
    """What a folder is made of.

    source : stack with grid and geometry, below source_folder. index : flat pixel positions (P,).
    dates (N,); origin : date at which subsidence is 0. subsidence, std : vertical, positive down [m], (N, P).
    layers : more rasters. quality : (P,) by which points are chosen when there are too many.
    """

    source_folder: Path
    source: Stack
    index: NDArray[np.intp]
    dates: tuple[date, ...]
    origin: date
    subsidence: Float64
    std: Float64
    quality: Float64
    layers: tuple[Layer, ...] = ()
    attributes: dict[str, NDArray[Any]] = field(default_factory=dict)

    @property
    def years(self) -> Float64:
        """Time of each date since the origin."""
        return np.array([years_between(self.origin, day) for day in self.dates])


def std_file(day: date) -> str:
    """Path of a date's standard deviation inside the folder."""
    return f"{STD_FOLDER}/{day:%Y%m%d}.tif"


def file_names(dates: Sequence[date], roles: Sequence[str]) -> list[str]:
    """Files that a map may show and a new run replaces."""
    dated = [name for day in dates for name in (outputs.date_file(day), std_file(day))]
    return [*dated, *(f"{role}.tif" for role in roles), outputs.VELOCITY.file, POINTS_FILE]


def write_folder(stage: Path, made: Modelled, title: str, monitor: Monitor) -> dict[str, Path]:
    """Write rasters, points and dated layers below `stage`; returns role -> path. `stack.json` is `folder_stack`."""
    reader = StackReader(made.source_folder, made.source)
    east, north, up = _line_of_sight(made, reader)
    reader.close()
    moved = -MM_PER_M * made.subsidence * up
    spread = MM_PER_M * made.std * up
    files: dict[str, Path] = {}
    (stage / outputs.FOLDER).mkdir(exist_ok=True)
    (stage / STD_FOLDER).mkdir(exist_ok=True)
    total = len(made.dates) + len(made.layers) + 2
    for number, day in enumerate(made.dates):
        monitor.step(number / total)
        _put(stage / outputs.date_file(day), made, moved[number] + 0.0, f"Line-of-sight displacement {day}", "mm")
        _put(stage / std_file(day), made, spread[number], f"Standard deviation of the displacement {day}", "mm")
    velocity = rates(made.years, moved.T) if len(made.dates) > 1 else np.full(len(made.index), np.nan)
    speed = Layer("velocity", velocity, outputs.VELOCITY.unit, outputs.VELOCITY.description, outputs.MM)
    for number, layer in enumerate((speed, *made.layers)):
        monitor.step((len(made.dates) + number) / total)
        files[layer.role] = stage / f"{layer.role}.tif"
        _put(files[layer.role], made, layer.values, layer.description, layer.unit)
    points = _points(made, moved, velocity, (east, north, up))
    files["points"] = write_points(stage / POINTS_FILE, points, monitor.part(0.8, 0.95))
    largest = round_up(float(np.quantile(np.abs(moved[-1]), 0.99)) if moved.size else 1.0)
    qlr.write_layers(stage / qlr.NAME, title, made.source.grid, made.dates, largest)
    files["layers"] = stage / qlr.NAME
    return files


def folder_stack(made: Modelled, algorithm: str, version: str, parameters: dict[str, Any]) -> Stack:
    """The stack of kind displacement that describes the folder; geometry stays where it is."""
    source = made.source
    roots = {
        name: (made.source_folder / source.roots[name]).resolve().as_posix()
        for name in sorted({item.root for item in source.place})
    }
    known = {a.date: a.bperp for a in source.acquisitions}
    acquisitions = tuple(
        Acquisition(
            day,
            known.get(day),
            None,
            {
                "displacement": Item(HERE, outputs.date_file(day), factor=outputs.MM),
                "displacement_std": Item(HERE, std_file(day), factor=outputs.MM),
            },
        )
        for day in made.dates
    )
    products = {layer.role: Item(HERE, f"{layer.role}.tif", factor=layer.factor) for layer in made.layers}
    products["velocity"] = Item(HERE, outputs.VELOCITY.file, factor=outputs.VELOCITY.factor)
    inside = set(made.dates)
    pairs: tuple[Pair, ...] = tuple(
        replace(p, items={}) for p in source.pairs if {p.date1, p.date2} <= inside
    )
    described = replace(
        source,
        kind=DISPLACEMENT,
        acquisitions=acquisitions,
        pairs=pairs,
        products=products,
        roots={**roots, HERE: "."},
        metadata={**source.metadata, ORIGIN: made.origin.isoformat()},
    )
    return described.with_history(algorithm, version, parameters, {"input": made.source_folder.as_posix()})


def remove_stale(folder: Path, dates: Sequence[date]) -> None:
    """Remove standard deviations of dates that an earlier run had and this one has not."""
    new = {std_file(day) for day in dates}
    for path in sorted((folder / STD_FOLDER).glob("*.tif")):
        if path.relative_to(folder).as_posix() not in new:
            atomic.remove_with_sidecars(path)


def on_grid(values: NDArray[Any], made: Modelled) -> NDArray[np.float32]:
    """Values of the pixels (P,) as a raster (rows, cols), NaN elsewhere."""
    grid = made.source.grid
    out = np.full(grid.width * grid.height, np.nan, np.float32)
    out[made.index] = values
    return out.reshape(grid.shape)


def _put(path: Path, made: Modelled, values: NDArray[Any], description: str, unit: str) -> None:
    write_geotiff(path, on_grid(values, made), made.source.grid, description, unit)


def _line_of_sight(made: Modelled, reader: StackReader) -> tuple[Float64, Float64, Float64]:
    """Unit vector from ground to satellite at the pixels, (P,) each; `up` is the cosine of the incidence."""
    grid = made.source.grid
    east, north, up = (np.full(len(made.index), np.nan) for _ in range(3))
    rows = max(1, 1_000_000 // grid.width)
    for row in range(0, grid.height, rows):
        window = Window(row, 0, min(rows, grid.height - row), grid.width)
        low, high = np.searchsorted(made.index, [row * grid.width, (row + window.height) * grid.width])
        if low == high:
            continue
        inside = made.index[low:high] - row * grid.width
        vector = los.unit_vector(made.source, reader, window)
        east[low:high], north[low:high] = vector[0].ravel()[inside], vector[1].ravel()[inside]
        up[low:high] = np.cos(los.incidence(made.source, reader, window).astype(np.float64)).ravel()[inside]
    return east, north, up


def _points(
    made: Modelled, moved: Float64, velocity: Float64, vector: tuple[Float64, Float64, Float64]
) -> PointSet:
    """The best `MAX_POINTS` pixels, in row-major order, all where there are fewer."""
    count = len(made.index)
    best = np.arange(count)
    if count > MAX_POINTS:
        best = np.sort(np.lexsort((best, -made.quality))[:MAX_POINTS])
    grid = made.source.grid
    x, y = coordinates.pixel_centres(grid, made.index[best] // grid.width, made.index[best] % grid.width)
    facts = made.source.metadata
    single = np.float32
    attributes: dict[str, NDArray[Any]] = {"velocity": velocity[best].astype(single)}
    attributes.update({name: values[best] for name, values in made.attributes.items()})
    attributes["incidence"] = np.degrees(np.arccos(np.clip(vector[2][best], -1.0, 1.0))).astype(single)
    for name, values in zip(("los_east", "los_north", "los_up"), vector):
        attributes[name] = values[best].astype(single)
    for name, key in (("track", "track"), ("pass", "orbit")):
        stated = facts.get(key)
        attributes[name] = np.array([None if stated in (None, "") else str(stated)] * len(best), dtype=object)
    return PointSet(x, y, grid.crs, attributes, made.dates, moved[:, best].T.astype(single), "points")
