"""The fitted model on the grid: rasters of motion and deformation, block by block, and their extremes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import los
from ..blocks import Compute, map_blocks, plan
from ..monitor import Monitor
from ..raster import TILE, RasterWriter, StackReader, Window, writing
from ..stack import Grid
from ..timeseries import outputs
from ..timeseries.velocity import slope
from .pim_fit import STEP, PimEstimate
from .pim_input import Source
from .pim_model import FULL
from .subsidence import row_areas
from .surveyor import EDGE, Limits, deformation, propagated, vertical_bias

Float64 = NDArray[np.float64]
Float32 = NDArray[np.float32]


@dataclass(frozen=True)
class Layer:
    """One raster per shown date: folder, unit, description."""

    role: str
    unit: str
    description: str


LAYERS = (
    Layer("vertical", "mm", "Vertical motion, up is positive"),
    Layer("east", "mm", "Horizontal motion to the east"),
    Layer("north", "mm", "Horizontal motion to the north"),
    Layer("displacement_std", "mm", "Standard deviation of the line-of-sight displacement by the parameters"),
    Layer("tilt", "mm/m", "Tilt"),
    Layer("curvature", "mm/m2", "Principal curvature of larger size, positive where the ground bulges"),
    Layer(
        "strain", "mm/m", "Principal horizontal strain of larger size, positive where the ground is stretched"
    ),
    Layer("damage", "", "Damage class"),
    Layer(
        "vertical_bias", "mm", "Error of subsidence taken from the line of sight as if nothing moved sideways"
    ),
)
ROLES = tuple(layer.role for layer in LAYERS)


@dataclass(frozen=True)
class Extreme:
    """Largest value and its pixel."""

    value: float = 0.0
    row: int = -1
    col: int = -1


@dataclass
class Findings:
    """What the blocks found at the last shown date.

    subsidence, damage, strain, tilt : whole grid, float32 [mm, class, mm/m, mm/m]. class_area : (shown, classes + 1)
    [m2]. biased : area [m2] whose vertical conversion is off by more than 10 mm. grid_volume [m3] per shown date.
    """

    subsidence: Float32
    damage: Float32
    strain: Float32
    class_area: Float64
    grid_volume: Float64
    extremes: dict[str, Extreme] = field(default_factory=dict)
    biased: float = 0.0


@dataclass(frozen=True)
class Task:
    """What a block needs; plain data, so that it can go to another process."""

    source: Source
    estimate: PimEstimate
    years: Float64
    shown: tuple[int, ...]
    limits: Limits


def date_file(role: str, day: date) -> str:
    """Path of a layer of a date inside the folder."""
    return f"{role}/{day:%Y%m%d}.tif"


def write_surface(
    stage: Path,
    task: Task,
    days: tuple[date, ...],
    compute: Compute,
    monitor: Monitor,
) -> Findings:
    """Write displacement/, velocity.tif and the layers of the shown dates; `days` are those of `task.years`."""
    grid = task.source.grid
    chosen = [days[number] for number in task.shown]
    parameters = int((task.estimate.std > 0).sum())
    per_pixel = 8 * (2 * len(days) + (len(chosen) + 3) * FULL + 2 * parameters * max(len(chosen), 1) + 40)
    files = len(days) + 1 + len(LAYERS) * len(chosen)
    fixed = (files + 3) * grid.width * TILE * 4 + 12 * grid.width * grid.height
    steps = plan(grid, per_pixel, compute, fixed, files * grid.width * grid.height * 4)
    monitor.info(f"Writing the surface: {steps.describe()}.")
    found = Findings(
        _blank(grid),
        _blank(grid),
        _blank(grid),
        np.zeros((len(chosen), task.limits.classes + 1)),
        np.zeros(len(chosen)),
    )
    areas = row_areas(grid)
    with _writers(stage, task, days, chosen) as (moved, speed, layers):
        for window, (motion, rate, surface) in map_blocks(
            partial(block, task), steps.blocks, compute, monitor
        ):
            for writer, rows in zip(moved, motion):
                writer.write(rows)
            speed.write(rate)
            for per_date, values in zip(layers, surface):
                for writer, rows in zip(per_date, values):
                    writer.write(rows)
            _note(found, window, surface, areas[window.row : window.row + window.height])
    return found


def block(task: Task, window: Window) -> tuple[Float32, Float32, Float32]:
    """LOS displacement (N, rows, cols) [mm], velocity [mm/yr], LAYERS of the shown dates (D, layers, rows, cols)."""
    source, estimate = task.source, task.estimate
    model, values = estimate.model, estimate.values
    x, y = source.pixels(window)
    reader = StackReader(source.folder, source.stack)
    parts = los.unit_vector(source.stack, reader, window)
    reader.close()
    line = np.stack([part.ravel().astype(np.float64) for part in parts])
    known = np.isfinite(x) & np.isfinite(line[2])
    shape = (window.height, window.width)

    def grid_of(rows: Float64) -> Float32:
        out = np.full((*rows.shape[:-1], len(x)), np.nan, np.float32)
        out[..., known] = rows
        return out.reshape(*rows.shape[:-1], *shape)

    x, y, line = x[known], y[known], line[:, known]
    bases = model.basis(values, x, y, line)
    motion = 1e3 * _weighted(model.growth_of(values, task.years, 0.0), bases)
    rate = slope(task.years) @ motion if len(task.years) > 1 else np.zeros(len(x))
    times = task.years[list(task.shown)]
    std = 1e3 * _std(estimate, bases, x, y, line, times)
    fields = model.fields(values, x, y, times, 0.0, FULL)
    surface = np.stack(
        [_layers(per_date, line, deviation, task.limits) for per_date, deviation in zip(fields, std)]
    )
    return grid_of(motion), grid_of(rate), grid_of(surface)


def _layers(fields: Float64, line: Float64, std: Float64, limits: Limits) -> Float64:
    found = deformation(fields, limits)
    return np.stack(
        [
            0.0 - 1e3 * found.subsidence,
            1e3 * found.east,
            1e3 * found.north,
            std,
            found.tilt,
            found.curvature,
            found.strain,
            found.damage,
            1e3 * vertical_bias(fields, line),
        ]
    )


def _std(
    estimate: PimEstimate, bases: list[Float64], x: Float64, y: Float64, line: Float64, times: Float64
) -> Float64:
    """Deviation of the LOS displacement by the covariance of the parameters [m], (D, points).

    bases : `model.basis` at the estimate. The motion is linear in q, and parameters of time leave the bases alone.
    """
    model, values = estimate.model, estimate.values
    free = np.flatnonzero(estimate.std > 0)
    if not len(free):
        return np.zeros((len(times), len(x)))
    growth = model.growth_of(values, times, 0.0)
    skip = len(model.panels) if model.per_panel else 1
    slopes = []
    for index in free:
        if index < skip:
            own = slice(index, index + 1) if model.per_panel else slice(None)
            slopes.append(_weighted(growth[own], bases[own]) / values[index])
            continue
        up, down, width = _around(estimate, int(index))
        if index < model.spatial:
            rise = [a - b for a, b in zip(model.basis(up, x, y, line), model.basis(down, x, y, line))]
            change = _weighted(growth, rise)
        else:
            pair = zip(model.growth_of(up, times, 0.0), model.growth_of(down, times, 0.0))
            change = _weighted([a - b for a, b in pair], bases)
        slopes.append(change / width)
    return propagated(np.array(slopes), estimate.covariance[np.ix_(free, free)])


def _weighted(growth: list[Float64], bases: list[Float64]) -> Float64:
    """Motion at the times of the growth: (times, points)."""
    out: Float64 = np.sum([weights.T @ basis for weights, basis in zip(growth, bases)], axis=0)
    return out


def derivatives(
    function: Callable[[Float64], Any], estimate: PimEstimate
) -> tuple[NDArray[np.intp], Float64]:
    """Indices of the parameters with a deviation, and derivatives of a function by them."""
    free = np.flatnonzero(estimate.std > 0)
    slopes = []
    for index in free:
        up, down, width = _around(estimate, int(index))
        slopes.append((np.asarray(function(up)) - np.asarray(function(down))) / width)
    return free, np.array(slopes)


def _around(estimate: PimEstimate, index: int) -> tuple[Float64, Float64, float]:
    """Parameters a little above and below the estimate in one of them, and how far these are apart.

    The step is that of the fit, whose covariance knows no other derivatives: a step as long as the deviation of a
    parameter that the data hardly determine would leave its bounds, and the band around the model with it.
    """
    unknown = estimate.model.columns[index]
    step = STEP * (unknown.high - unknown.low)
    up, down = estimate.values.copy(), estimate.values.copy()
    up[index] = min(up[index] + step, unknown.high)
    down[index] = max(down[index] - step, unknown.low)
    return up, down, float(up[index] - down[index])


def _blank(grid: Grid) -> Float32:
    return np.full(grid.shape, np.nan, np.float32)


@contextmanager
def _writers(
    stage: Path, task: Task, days: tuple[date, ...], chosen: list[date]
) -> Iterator[tuple[list[RasterWriter], RasterWriter, list[list[RasterWriter]]]]:
    grid = task.source.grid
    for layer in LAYERS:
        (stage / layer.role).mkdir(exist_ok=True)
    with ExitStack() as files:

        def opened(path: str, description: str, unit: str) -> RasterWriter:
            return files.enter_context(writing(stage / path, grid, description, unit))

        moved = [
            opened(outputs.date_file(day), f"Line-of-sight displacement {day:%Y-%m-%d}", "mm") for day in days
        ]
        speed = opened(outputs.VELOCITY.file, outputs.VELOCITY.description, outputs.VELOCITY.unit)
        layers = [
            [
                opened(date_file(layer.role, day), f"{layer.description} {day:%Y-%m-%d}", layer.unit)
                for layer in LAYERS
            ]
            for day in chosen
        ]
        yield moved, speed, layers


def _note(found: Findings, window: Window, surface: Float32, areas: Float64) -> None:
    rows = slice(window.row, window.row + window.height)
    by_role = dict(zip(ROLES, surface[-1]))
    found.subsidence[rows] = 0.0 - by_role["vertical"]
    found.damage[rows] = by_role["damage"]
    found.strain[rows] = by_role["strain"]
    spread = np.broadcast_to(areas[:, None], found.subsidence[rows].shape)
    for number, per_date in enumerate(surface):
        classes = per_date[ROLES.index("damage")]
        valid = np.isfinite(classes)
        count = found.class_area.shape[1]
        found.class_area[number] += np.bincount(classes[valid].astype(np.intp), spread[valid], count)
        found.grid_volume[number] -= float(np.nansum(per_date[ROLES.index("vertical")] * spread)) / 1e3
    for name, values in (
        ("subsidence", -by_role["vertical"]),
        ("tilt", by_role["tilt"]),
        ("hogging", by_role["curvature"]),
        ("sagging", -by_role["curvature"]),
        ("tension", by_role["strain"]),
        ("compression", -by_role["strain"]),
        ("horizontal", np.hypot(by_role["east"], by_role["north"])),
        ("bias", np.abs(by_role["vertical_bias"])),
        ("std", by_role["displacement_std"]),
    ):
        if not np.isfinite(values).any():
            continue
        place = int(np.nanargmax(values))
        best = float(values.ravel()[place])
        if best > found.extremes.get(name, Extreme()).value:
            found.extremes[name] = Extreme(best, window.row + place // window.width, place % window.width)
    off = np.abs(by_role["vertical_bias"]) > 1e3 * EDGE
    found.biased += float(spread[off].sum())
