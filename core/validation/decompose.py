"""East and up from beginning to end: read, average in cells, solve, write."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..described import described
from ..errors import InputError
from ..monitor import Monitor
from ..pointfile import scale_of
from ..publishing import publishing
from ..result import Result
from ..version import VERSION
from .celloutputs import fits_raster, write_cells, write_raster
from .cells import CellGrid
from .decompose_params import DecomposeParams
from .eastup import EastUp, solve
from .gridding import Gridded, coarse_notes, gridded, on_reference, too_few
from .observations import Observations, distinct_names, observe

ALGORITHM = "decompose"
RASTERS = ("up", "east", "up_std", "east_std")

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Decomposed:
    """The solved cells (m,) of `grid`."""

    grid: CellGrid
    cell: NDArray[np.int64]
    motion: EastUp
    names: tuple[str, ...]


def run_decompose(params: DecomposeParams, monitor: Monitor | None = None) -> Result:
    """Write up.gpkg and east.gpkg (measurement points), their rasters, eastup.png, report.html and result.json."""
    monitor = monitor or Monitor()
    result, found = evaluate(params, monitor.part(0.0, 0.6))
    _write(result, params, found, monitor.part(0.6, 1.0))
    return result


def evaluate(params: DecomposeParams, monitor: Monitor | None = None) -> tuple[Result, Decomposed]:
    """Everything but the files."""
    monitor = monitor or Monitor()
    params.validate()
    result = Result(ALGORITHM, Path(params.output).expanduser().absolute())
    tracks = []
    for number, source in enumerate(params.tracks):
        monitor.step(0.6 * number / len(params.tracks))
        tracks.append(_with_vectors(observe(source, "TRACKS", params.field, need_angle=False)))
    names = tuple(distinct_names(tracks))
    monitor.step(0.6)
    every = gridded(tracks, params.spacing, params.crs, params.min_points, ["TRACKS"] * len(tracks))
    levels = None
    if params.reference is not None:
        every, levels = on_reference(every, params.reference, names, ["TRACKS"] * len(tracks))
    cell, value, std, los = _stacked(every, params.std)
    if not len(cell):
        raise too_few(every, names, "TRACKS", params.min_points)
    monitor.step(0.8)
    motion = solve(value, std, los)
    good = motion.condition <= params.max_condition
    if not good.any():
        raise _singular(params, names, motion, los)
    result.warnings.extend(coarse_notes(every, names))
    result.warnings.extend(_unstated(tracks, params.std))
    kept = EastUp(**{key: array[good] for key, array in vars(motion).items()})
    found = Decomposed(every.grid, cell[good], kept, names)
    _numbers(result, params, found, every, int((~good).sum()))
    _references(result, found, every, levels, std[:, good], los[:, good])
    return result, found


def _with_vectors(track: Observations) -> Observations:
    if not np.isfinite(track.los).all(axis=1).any():
        raise InputError(
            "TRACKS",
            f"{track.source}: no line-of-sight vectors",
            "tracks with los_east, los_north and los_up",
            "Import the points with INCIDENCE and HEADING, or choose the velocity of a displacement folder",
        )
    return track


def _stacked(every: Gridded, unstated: float) -> tuple[NDArray[np.int64], Float64, Float64, Float64]:
    """Cells that two tracks or more see (m,), with values and errors (K, m) and vectors (K, m, 3), NaN where unseen."""
    cell, count = np.unique(np.concatenate([track.cell for track in every.tracks]), return_counts=True)
    cell = cell[count >= 2]
    shape = (len(every.tracks), len(cell))
    value, std, los = np.full(shape, np.nan), np.full(shape, np.nan), np.full((*shape, 3), np.nan)
    for row, track in enumerate(every.tracks):
        _, place, source = np.intersect1d(cell, track.cell, assume_unique=True, return_indices=True)
        value[row, place] = track.mean[source]
        # The atmosphere is the same all over a cell: its points share their error.
        stated = track.std_common[source]
        std[row, place] = np.where(stated > 0, stated, unstated)
        los[row, place] = track.los[source]
    return cell, value, std, los


def _singular(params: DecomposeParams, names: tuple[str, ...], motion: EastUp, los: Float64) -> InputError:
    """The error for tracks that look from the same side: how badly, and what it does to east and up."""
    known = motion.condition[~np.isnan(motion.condition)]
    middle = float(np.median(known)) if len(known) else float("inf")
    if np.isfinite(middle):
        unit = solve(np.zeros(los.shape[:2]), np.where(np.isfinite(los[..., 0]), 1.0, np.nan), los)
        east, up = float(np.nanmedian(unit.east_std)), float(np.nanmedian(unit.up_std))
        words = f"an error of 1 mm/yr in each track becomes {east:.1f} mm/yr in east and {up:.1f} mm/yr in up"
        how = f"median condition number {middle:.1f}: {words}"
    else:
        how = "the condition number is infinite: they see one and the same component"
    return InputError(
        "TRACKS",
        f"{', '.join(names)} ({how})",
        f"tracks that look from different sides: condition number at most {params.max_condition:g} (ascending and "
        "descending have about 1.3)",
        "Add a track of the other pass",
    )


def _unstated(tracks: list[Observations], std: float) -> list[str]:
    """Tracks whose errors are unknown."""
    return [
        f"{track.source} does not state its standard deviations: {std:g} mm/yr (STD) was taken."
        for track in tracks
        if not (track.std > 0).any()
    ]


def _numbers(result: Result, params: DecomposeParams, found: Decomposed, every: Gridded, left_out: int) -> None:
    motion = found.motion

    def middle(values: Float64) -> float:
        finite = values[np.isfinite(values)]
        return float(np.median(finite)) if len(finite) else float("nan")

    add = result.number
    add("cells", len(found.cell), "", "Cells with east and up")
    add("cells_left_out", left_out, "", "Cells left out because the tracks look too much alike there")
    for key, values, text in (
        ("up", motion.up, "upward velocity"),
        ("east", motion.east, "eastward velocity"),
    ):
        add(f"{key}_min", float(values.min()), "mm/yr", f"Lowest {text}")
        add(f"{key}_median", middle(values), "mm/yr", f"Median {text}")
        add(f"{key}_max", float(values.max()), "mm/yr", f"Highest {text}")
    add("up_std", middle(motion.up_std), "mm/yr", "Standard deviation of the upward velocity (median)")
    add("east_std", middle(motion.east_std), "mm/yr", "Standard deviation of the eastward velocity (median)")
    add("error_correlation", middle(motion.correlation), "", "Correlation of both errors (median)")
    add("condition", middle(motion.condition), "", "Condition number (median)")
    add("condition_max", float(motion.condition.max()), "", "Largest condition number")
    add("east_per_north", middle(motion.east_per_north), "", "Error in east per unit of north motion (median)")
    add("up_per_north", middle(motion.up_per_north), "", "Error in up per unit of north motion (median)")
    add("misfit", middle(motion.misfit), "", "Misfit against the stated errors, with three tracks or more (1: fits)")
    result.tables["grid"] = {"crs": found.grid.crs, "spacing_m": params.spacing}
    result.tables["scale"] = {"velocity_mm_yr": scale_of(motion.up), "east_mm_yr": scale_of(motion.east)}


def _references(
    result: Result, found: Decomposed, every: Gridded, levels: Float64 | None, std: Float64, los: Float64
) -> None:
    """The table of the tracks: what was taken off each, and what another constant in it does to east and up."""
    result.tables["tracks"] = []
    for number, (name, track, apart) in enumerate(zip(found.names, every.tracks, every.distance)):
        constant = np.zeros(std.shape)
        constant[number] = 1.0
        effect = solve(np.where(np.isfinite(std), constant, np.nan), std, los)
        result.tables["tracks"].append(
            {
                "name": name,
                "cells": len(track.cell),
                "typical_distance_m": round(apart, 1) if np.isfinite(apart) else None,
                "taken_off_mm_yr": None if levels is None else round(float(levels[number]), 3),
                "east_per_unit": round(float(np.median(effect.east)), 3),
                "up_per_unit": round(float(np.median(effect.up)), 3),
            }
        )
    if levels is None:
        each = "; ".join(
            f"{row['east_per_unit']:+.2f} and {row['up_per_unit']:+.2f} for {row['name']}"
            for row in result.tables["tracks"]
        )
        result.warnings.append(
            "Without REFERENCE the tracks are taken to have the same reference. A difference between their references "
            f"shifts all of east and up, by (mm/yr in east and in up per mm/yr in the track): {each}."
        )


def _write(result: Result, params: DecomposeParams, found: Decomposed, monitor: Monitor) -> None:
    from ..figures.base import to_png
    from ..figures.eastup import eastup_figure
    from .decompose_report import write_report

    motion, cell, grid = found.motion, found.cell, found.grid
    figure = eastup_figure(found)
    monitor.step(0.3)
    names = {"up": "up.gpkg", "east": "east.gpkg", "figure": "eastup.png", "report": "report.html"}
    if fits_raster(grid):
        names.update({f"{name}_raster": f"{name}.tif" for name in RASTERS})
    else:
        result.warnings.append("The area is too large for rasters of such small cells: see up.gpkg and east.gpkg.")
    with publishing(result, names) as parts:
        write_cells(parts["up"], grid, cell, _points(motion, motion.up, motion.up_std, (0.0, 0.0, 1.0), "up"))
        write_cells(parts["east"], grid, cell, _points(motion, motion.east, motion.east_std, (1.0, 0.0, 0.0), "east"))
        monitor.step(0.6)
        for name in RASTERS:
            if f"{name}_raster" in parts:
                write_raster(parts[f"{name}_raster"], grid, cell, getattr(motion, name), name, "mm/yr")
        parts["figure"].write_bytes(to_png(figure))
        monitor.step(0.8)
        write_report(parts["report"], result, params, found, figure)
        result.write(described(params), VERSION, parts["result"].name)
        monitor.step(1.0)


def _points(
    motion: EastUp, velocity: Float64, std: Float64, direction: tuple[float, float, float], name: str
) -> dict[str, NDArray[Any]]:
    """Attributes of measurement points that see motion along one direction (east, north, up)."""
    count = len(velocity)
    angle = {"incidence": np.zeros(count)} if direction[2] == 1.0 else {}
    return {
        "velocity": velocity,
        "velocity_std": std,
        **angle,
        **{f"los_{part}": np.full(count, value) for part, value in zip(("east", "north", "up"), direction)},
        "track": np.full(count, name, dtype=object),
        "condition": motion.condition,
        "tracks": motion.tracks,
        "misfit": motion.misfit,
    }
