"""From finished rasters to a finished folder: points, layer definition, numbers, report, `stack.json`.

Shared by the inversion and by the change of reference, so that both leave the same kind of folder.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import finished, manifest
from ..blocks import Compute, plan
from ..monitor import Monitor
from ..pointfile import WARN_DATES, PointSet, write_points
from ..raster import StackReader
from ..result import Result
from ..stack import MAP, RASTER, Stack
from ..units import years_between
from ..version import VERSION
from . import outputs, points, qlr
from .reference_area import Reference, without_one
from .reference_record import middle
from .summary import Summary, rates, round_up, summarize_raster

BLOCK_PIXELS = 1_000_000  # sorting the candidates for points takes memory
BYTES_PER_PIXEL = 64
POINTS_FILE = "points.gpkg"
REPORT_FILE = "report.html"


@dataclass(frozen=True)
class Residuals:
    """Root mean square of the residuals [rad] per pair and per date, and over all."""

    pairs: tuple[str, ...]
    by_pair: NDArray[np.float64]
    by_date: NDArray[np.float64]
    overall: float


@dataclass(frozen=True)
class Finish:
    """What `complete` needs beside the rasters.

    source, source_folder : the stack that was the input, with the line of sight.
    stack : `source` as used (pairs and dates of the inversion), with reference and history.
    reference : areas with values (A, N) per date [mm] and their weights.
    parameters : as JSON. mark : fingerprint. notes : warnings for the user.
    """

    algorithm: str
    title: str
    source_folder: Path
    stack: Stack
    reference: Reference
    dem_error: bool
    max_points: int
    point_coherence: float
    need_redundancy: bool
    parameters: dict[str, Any]
    mark: str
    explanation: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)
    residuals: Residuals | None = None


@dataclass(frozen=True)
class Findings:
    """What the report shows."""

    velocity: Summary
    coherence: Summary
    velocity_limit: float
    displacement_limit: float
    fastest: dict[str, Any] | None
    points: PointSet | None
    areas: list[dict[str, Any]]
    series: NDArray[np.float64]


def complete(
    stage: outputs.Stage, todo: Finish, result: Result, compute: Compute, monitor: Monitor
) -> Result:
    """Fill the stage with everything but the rasters; returns the result with its final paths."""
    stack = todo.stack
    reader = outputs.displacement_reader(stage.path, stack.grid, stack.wavelength, stack.dates)
    geometry = StackReader(todo.source_folder, stack)
    pixels = max(BLOCK_PIXELS, stack.grid.width)
    few = replace(compute, memory=min(compute.memory, BYTES_PER_PIXEL * pixels * compute.workers))
    steps = plan(stack.grid, BYTES_PER_PIXEL, few)
    summaries = [
        summarize_raster(reader, outputs.stored(role), stack.grid, steps)
        for role in ("velocity", "temporal_coherence", "velocity_std", "velocity_std_images")
    ]
    last = summarize_raster(reader, reader.stack.acquisitions[-1].items["displacement"], stack.grid, steps)
    monitor.step(0.05)
    chosen = points.choose(
        reader, steps, todo.point_coherence, todo.max_points, todo.need_redundancy, monitor.part(0.05, 0.1)
    )
    measured = None
    if points.can_locate(stack):
        measured = points.collect(reader, geometry, chosen, todo.dem_error, steps, monitor.part(0.1, 0.4))
        write_points(stage.path / POINTS_FILE, measured, monitor.part(0.4, 0.8))
        result.files["points"] = stage.path / POINTS_FILE
    else:
        todo.notes.append(
            "The pixels have no map coordinates, so no points were written: geocode the folder first."
        )
    geometry.close()
    findings = Findings(
        summaries[0],
        summaries[1],
        round_up(_largest(summaries[0])),
        round_up(_largest(last)),
        _fastest(measured),
        measured,
        area_table(stack, todo.reference),
        todo.reference.values - todo.reference.combined,
    )
    _note(todo, chosen, measured)
    _numbers(result, todo, findings, chosen, summaries)
    if stack.frame == MAP and stack.layout == RASTER:
        track = todo.stack.metadata.get("track")
        name = f"Displacement, track {track} [mm]" if track else "Displacement [mm]"
        qlr.write_layers(stage.path / qlr.NAME, name, stack.grid, stack.dates, findings.displacement_limit)
        result.files["layers"] = stage.path / qlr.NAME
    monitor.step(0.85)
    result.warnings.extend(todo.notes)
    from .sbas_report import write_report

    result.files["report"] = write_report(stage.path / REPORT_FILE, todo, findings, result)
    monitor.step(0.98)
    for product in outputs.products(todo.dem_error):
        result.files[product.role] = stage.path / product.file
    described = outputs.displacement_stack(stack, stage.path, todo.source_folder, todo.dem_error)
    manifest.save(stage.path, described)
    result.files["stack"] = stage.path / manifest.NAME
    finished.seal(result, todo.mark, stage.path)
    reader.close()
    result.write(todo.parameters, VERSION)
    return stage.published(result)


def area_table(stack: Stack, reference: Reference) -> list[dict[str, Any]]:
    """One row per area: pixels, weight, its own velocity, and what leaving it out would change [mm/yr]."""
    years = np.array([years_between(stack.dates[0], day) for day in stack.dates])
    own = rates(years, reference.values - reference.combined)
    left_out = -rates(years, without_one(reference) - reference.combined)
    table = []
    for index, area in enumerate(reference.areas):
        x, y = middle(stack, area)
        table.append(
            {
                "name": area.name,
                "x": x,
                "y": y,
                "pixels": len(area.rows),
                "weight": float(reference.weights[index]),
                "velocity_mm_yr": _finite(own[index]),
                "change_if_left_out_mm_yr": _finite(left_out[index]),
            }
        )
    return table


def residual_table(stack: Stack, sumsq: NDArray[np.float64], count: NDArray[np.float64]) -> Residuals:
    """RMS per pair, per date (all its pairs together) and over all, from sums per pair."""
    by_date = []
    for day in stack.dates:
        mine = np.array([day in (pair.date1, pair.date2) for pair in stack.kept])
        by_date.append(_rms(sumsq[mine].sum(), count[mine].sum()))
    by_pair = np.array([_rms(total, number) for total, number in zip(sumsq, count)])
    names = tuple(pair.name for pair in stack.kept)
    return Residuals(names, by_pair, np.array(by_date), _rms(sumsq.sum(), count.sum()))


def _note(todo: Finish, chosen: points.Chosen, measured: PointSet | None) -> None:
    if measured is None:
        return
    if chosen.dropped:
        todo.notes.append(
            f"{chosen.candidates:,} pixels reach a temporal coherence of {todo.point_coherence:g}; the best "
            f"{len(chosen.index):,} became points and {chosen.dropped:,} were left out (MAX_POINTS)."
        )
    if not len(chosen.index):
        todo.notes.append(
            f"No pixel became a point: {chosen.below_threshold:,} stay below a temporal coherence of "
            f"{todo.point_coherence:g} and {chosen.without_redundancy:,} have no redundant interferogram. "
            "Lower POINT_COHERENCE to get points; the rasters are complete."
        )
    if len(todo.stack.dates) > WARN_DATES:
        todo.notes.append(
            f"{len(todo.stack.dates)} dates make as many columns in the points, which some programs cannot open."
        )


def _numbers(
    result: Result, todo: Finish, found: Findings, chosen: points.Chosen, summaries: list[Summary]
) -> None:
    stack, speed = todo.stack, found.velocity
    put = result.number
    excluded = len(stack.pairs) - len(stack.kept)
    put("pixels", speed.count, "", "Pixels with a velocity")
    put("dates", len(stack.dates), "", "Dates")
    put("pairs", len(stack.kept), "", "Interferograms used")
    put("pairs_excluded", excluded, "", "Interferograms excluded between these dates")
    put("span", years_between(stack.dates[0], stack.dates[-1]), "yr", "Time span")
    put("velocity_min", speed.minimum, "mm/yr", "Lowest velocity")
    put("velocity_p05", speed.quantile(0.05), "mm/yr", "5 % of the pixels have a velocity below")
    put("velocity_median", speed.quantile(0.5), "mm/yr", "Median velocity")
    put("velocity_mean", speed.mean, "mm/yr", "Mean velocity")
    put("velocity_p95", speed.quantile(0.95), "mm/yr", "95 % of the pixels have a velocity below")
    put("velocity_max", speed.maximum, "mm/yr", "Highest velocity")
    put("velocity_std", summaries[2].quantile(0.5), "mm/yr",
        "Median standard deviation of the velocity, from residuals alone (too small)")  # fmt: skip
    put("velocity_std_images", summaries[3].quantile(0.5), "mm/yr",
        "Median standard deviation of the velocity, by resampling images, residuals included")  # fmt: skip
    put("temporal_coherence", found.coherence.quantile(0.5), "", "Median temporal coherence")
    if todo.residuals is not None:
        put("residual_rms", todo.residuals.overall, "rad", "Residual of all interferograms")
    put("point_count", len(chosen.index) if found.points is not None else 0, "", "Measurement points")
    put("points_dropped", chosen.dropped, "", "Good pixels left out of the points (beyond the maximum)")
    put("reference_areas", len(todo.reference.areas), "", "Reference areas")
    put("reference_pixels", todo.reference.pixels, "", "Pixels in the reference areas")
    if found.fastest is not None:
        put("fastest_velocity", found.fastest["velocity"], "mm/yr", "Lowest velocity of the points")
        put("fastest_x", found.fastest["x"], "", "Its x coordinate (longitude or easting)")
        put("fastest_y", found.fastest["y"], "", "Its y coordinate (latitude or northing)")
    result.tables["reference"] = found.areas
    result.tables["scale"] = {
        "velocity_mm_yr": found.velocity_limit,
        "displacement_mm": found.displacement_limit,
    }
    if todo.residuals is not None:
        result.tables["residual_rms_per_pair_rad"] = {
            name: _finite(value) for name, value in zip(todo.residuals.pairs, todo.residuals.by_pair)
        }
        result.tables["residual_rms_per_date_rad"] = {
            day.isoformat(): _finite(value) for day, value in zip(stack.dates, todo.residuals.by_date)
        }


def _fastest(measured: PointSet | None) -> dict[str, Any] | None:
    """The point with the lowest velocity, the first one of equals."""
    if measured is None or not len(measured):
        return None
    index = int(np.argmin(measured.attributes["velocity"]))
    return {
        "index": index,
        "velocity": float(measured.attributes["velocity"][index]),
        "x": float(measured.x[index]),
        "y": float(measured.y[index]),
    }


def _largest(summary: Summary) -> float:
    """98 % of the values are not larger than this."""
    return float(np.quantile(np.abs(summary.sample), 0.98)) if summary.sample.size else 1.0


def _rms(total: float, number: float) -> float:
    return float(np.sqrt(total / number)) if number > 0 else float("nan")


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
