"""Levelling or GNSS against measurement points from beginning to end: read, match, project, compare, write."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import crs as coordinates
from ..component import LOS, VERTICAL
from ..errors import InputError
from ..monitor import Monitor
from ..pointsource import load
from ..rateraster import RasterFile
from ..result import Result
from .agreement import NORMAL, agreement
from .benchmarks import Comparison, around, compare_series, mean_series
from .cells import metric_system
from .direction import sensitivity
from .groundtruth_params import GroundTruthParams
from .observations import Observations, Source, observe
from .seriesat import known_dates, series_at
from .truth import Truth, read_truth

ALGORITHM = "groundtruth"

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Benchmark:
    """One benchmark beside the points around it.

    x, y : in the truth's system. points : how many were averaged. distance : to the nearest [m]. measured, truth
    [mm/yr] with their stated errors (NaN unknown); of velocities, or the slopes at the common epochs of a series.
    """

    name: str
    x: float
    y: float
    points: int
    distance: float
    measured: float
    truth: float
    measured_std: float = math.nan
    truth_std: float = math.nan
    series: Comparison | None = None

    @property
    def difference(self) -> float:
        """Measured minus truth [mm/yr]."""
        return self.measured - self.truth

    @property
    def rmse(self) -> float:
        """RMSE of the series [mm]; NaN for velocities."""
        return math.nan if self.series is None else float(np.sqrt(np.mean(self.series.difference**2)))


@dataclass
class Compared:
    """All benchmarks that could be compared; `offset` [mm/yr] was taken off the measured velocities."""

    truth: Truth
    marks: list[Benchmark] = field(default_factory=list)
    offset: float = 0.0

    @property
    def has_series(self) -> bool:
        """Whether displacements were compared, not velocities."""
        return bool(self.truth.dates)


def run_groundtruth(params: GroundTruthParams, monitor: Monitor | None = None) -> Result:
    """Write benchmarks.gpkg, comparison.csv, groundtruth.png and .svg, report.html, result.json."""
    from .groundtruth_outputs import write

    monitor = monitor or Monitor()
    result, compared = evaluate(params, monitor.part(0.0, 0.6))
    write(result, params, compared, monitor.part(0.6, 1.0))
    return result


def evaluate(params: GroundTruthParams, monitor: Monitor | None = None) -> tuple[Result, Compared]:
    """Everything but the files."""
    monitor = monitor or Monitor()
    params.validate()
    result = Result(ALGORITHM, Path(params.output).expanduser().absolute())
    truth = read_truth(params.truth, params.table, params.unit, params.crs)
    monitor.step(0.1)
    source = params.points if isinstance(params.points, RasterFile) else load(params.points, "POINTS")
    days = known_dates(source, "POINTS") if truth.dates else ()
    if params.component == VERTICAL and not truth.known[2]:
        raise InputError("COMPONENT", VERTICAL, "los: the truth has no vertical motion", "Choose los")
    track = observe(source, "POINTS", params.field, params.incidence, "INCIDENCE")
    if truth.dates and len(days) < 2:
        raise InputError(
            "POINTS",
            f"{track.source}: {len(days)} dates",
            "points with displacements of several dates (columns DYYYYMMDD), or velocity.tif of a displacement folder",
            "Choose points with series, or give velocities as truth",
        )
    monitor.step(0.4)
    compared = Compared(truth)
    _match(params, truth, source, days, track, compared, result)
    if params.remove_offset and not compared.has_series:
        compared.offset = float(np.median([mark.difference for mark in compared.marks]))
    _numbers(result, params, compared)
    return result, compared


def _match(
    params: GroundTruthParams,
    truth: Truth,
    source: Source,
    days: tuple[date, ...],
    track: Observations,
    compared: Compared,
    result: Result,
) -> None:
    """Compare every benchmark that has points around it and enough common epochs; name the others."""
    system = metric_system([(track.x, track.y, track.crs)])
    x, y = coordinates.transform(track.x, track.y, track.crs, system)
    places = np.column_stack(coordinates.transform(truth.x, truth.y, truth.crs, system))
    inside = np.isfinite(places).all(axis=1)
    if not inside.any():
        raise InputError("TRUTH", truth.name, "benchmarks with coordinates that can be transformed", "Check the CRS")
    found, distance = around(x, y, np.where(inside[:, None], places, 1e12), params.radius)
    chosen = np.unique(np.concatenate(found)).astype(np.intp)
    series = series_at(source, track, chosen, "POINTS", params.field) if days and len(chosen) else None
    outside, late = [], []
    for b, near in enumerate(found):
        if not len(near) or not inside[b]:
            outside.append(b)
            continue
        mean = None if series is None else mean_series(series[np.searchsorted(chosen, near)])
        mark = _benchmark(params, truth, track, days, mean, near, b, float(distance[b]))
        if mark is None:
            late.append(b)
        else:
            compared.marks.append(mark)
    _name_left_out(params, truth, distance, outside, late, bool(compared.marks), result)


def _benchmark(
    params: GroundTruthParams,
    truth: Truth,
    track: Observations,
    days: tuple[date, ...],
    mean: Float64 | None,
    near: NDArray[np.intp],
    b: int,
    distance: float,
) -> Benchmark | None:
    """One benchmark beside the mean of the points around it; None without two common epochs or without a value.

    days, mean : the series of that mean [mm], mean None where velocities are compared.
    """
    los = track.los[near].mean(axis=0)
    scale = 1.0 if params.component == LOS else 1.0 / float(_vertical_share(los))
    seen = _seen(truth, los, b, params.component)
    common: dict[str, Any] = {
        "name": truth.names[b],
        "x": float(truth.x[b]),
        "y": float(truth.y[b]),
        "points": len(near),
        "distance": distance,
    }
    if mean is not None:
        series = compare_series(days, mean * scale, truth.dates, seen, params.align)
        if series is None:
            return None
        return Benchmark(**common, measured=series.measured_rate, truth=series.truth_rate, series=series)
    if not np.isfinite(seen[0]):
        return None
    errors = truth.std[:, b]
    weights = np.array([0.0, 0.0, 1.0]) if params.component == VERTICAL else los
    stated = np.isfinite(errors) & (np.abs(weights) > 0)
    return Benchmark(
        **common,
        measured=float(track.value[near].mean()) * scale,
        truth=float(seen[0]),
        measured_std=float(np.sqrt(np.mean(track.std[near] ** 2))) * abs(scale),
        truth_std=float(np.sqrt(((weights * errors)[stated] ** 2).sum())) if stated.any() else math.nan,
    )


def _vertical_share(los: Float64) -> np.float64:
    """How much of vertical motion the line of sight sees; refused where it is next to nothing."""
    share = sensitivity(los[None, :], VERTICAL)[0]
    if not np.isfinite(share):
        raise InputError(
            "COMPONENT", VERTICAL, "los: the points see no vertical motion (los_up is near 0)", "Choose los"
        )
    return np.float64(share)


def _seen(truth: Truth, los: Float64, b: int, component: str) -> Float64:
    """The truth (D,) as the component: up, or along the line of sight with unknown components taken as zero."""
    motion = truth.motion[:, :, b]
    if component == VERTICAL:
        return motion[2]
    known = np.array(truth.known)
    if not np.isfinite(los[known]).all():
        raise InputError(
            "COMPONENT",
            LOS,
            "points with los_east, los_north and los_up when the truth moves east and north",
            "Import the points with INCIDENCE and HEADING, or compare the vertical",
        )
    return np.asarray((los[known, None] * motion[known]).sum(axis=0), np.float64)


def _name_left_out(
    params: GroundTruthParams,
    truth: Truth,
    distance: Float64,
    outside: list[int],
    late: list[int],
    any_left: bool,
    result: Result,
) -> None:
    """Warn about benchmarks that were not compared; refuse when none was."""
    far = ", ".join(f"{truth.names[b]} ({_length(float(distance[b]))})" for b in outside[:6])
    more = f" and {len(outside) - 6} more" if len(outside) > 6 else ""
    if any_left:
        if outside:
            result.warnings.append(f"No points within {params.radius:g} m of: {far}{more} (nearest point).")
        if late:
            names = ", ".join(truth.names[b] for b in late)
            result.warnings.append(f"Fewer than two common epochs, or no value: {names}.")
        return
    if late:
        raise InputError(
            "TRUTH",
            f"{len(late)} benchmarks with fewer than two common epochs ({_dates(truth)})",
            "truth with at least two dates inside the time span of the points",
            "One common date says nothing about motion: choose truth of the same time",
        )
    raise InputError(
        "TRUTH",
        f"{far}{more}: outside the data",
        f"benchmarks with points within {params.radius:g} m",
        "Enlarge RADIUS, or check the CRS of the truth and of the points",
    )


def _dates(truth: Truth) -> str:
    return f"truth from {truth.dates[0]} to {truth.dates[-1]}" if truth.dates else "no value in this component"


def _length(metres: float) -> str:
    return f"{metres / 1000:.1f} km" if metres >= 1000 else f"{metres:.0f} m"


def _numbers(result: Result, params: GroundTruthParams, compared: Compared) -> None:
    marks = compared.marks
    add = result.number
    add("benchmark_count", len(marks), "", "Benchmarks compared")
    add("left_out", len(compared.truth.names) - len(marks), "", "Benchmarks left out")
    if compared.has_series:
        every = np.concatenate([mark.series.difference for mark in marks if mark.series is not None])
        _differences(result, every, "mm", "displacements")
        add("epochs", len(every), "", "Compared displacements")
        add("worst_rmse", max(mark.rmse for mark in marks), "mm", "RMSE of the worst benchmark")
        rates = np.array([mark.difference for mark in marks])
        add("rate_rmse", float(np.sqrt(np.mean(rates**2))), "mm/yr", "RMSE of the rates at the common epochs")
        add("offset", float(np.median(rates)), "mm/yr", "Median difference of the rates: the reference may move")
        add("offset_removed", 0, "", "Whether the offset was taken off (1: yes)")
        if params.remove_offset:
            result.warnings.append("REMOVE_OFFSET is for velocities: series are compared as they are.")
    else:
        measured = np.array([mark.measured for mark in marks]) - compared.offset
        truth = np.array([mark.truth for mark in marks])
        found = agreement(measured, truth)
        _differences(result, measured - truth, "mm/yr", "velocities")
        add("pearson", found.pearson, "", "Correlation (Pearson)")
        offset = compared.offset or found.median
        add("offset", offset, "mm/yr", "Offset of the points against the truth (median difference)")
        add("offset_removed", int(bool(compared.offset)), "", "Whether the offset was taken off (1: yes)")
        centred = measured - truth - found.median
        residual = float(np.median(np.abs(centred)))
        add("median_residual", residual, "mm/yr", "Median absolute difference once the offset is off")
        combined = np.hypot([mark.measured_std for mark in marks], [mark.truth_std for mark in marks])
        known = combined[np.isfinite(combined)]
        stated = float(np.median(known)) if len(known) else math.nan
        add("stated_std", stated, "mm/yr", "Combined stated standard deviation (median)")
    if params.component == LOS and not all(compared.truth.known):
        result.warnings.append("The truth does not have all three components: what is missing was taken as zero.")
    result.tables["benchmarks"] = [
        {
            "name": mark.name,
            "points": mark.points,
            "distance_m": round(mark.distance, 1),
            "epochs": 0 if mark.series is None else len(mark.series.days),
            "measured_mm_yr": _rounded(mark.measured - compared.offset),
            "truth_mm_yr": _rounded(mark.truth),
            "difference_mm_yr": _rounded(mark.difference - compared.offset),
            "rmse_mm": _rounded(mark.rmse),
        }
        for mark in marks
    ]


def _differences(result: Result, difference: Float64, unit: str, what: str) -> None:
    add = result.number
    median = float(np.median(difference))
    spread = float(difference.std(ddof=1)) if len(difference) > 1 else math.nan
    add("rmse", float(np.sqrt(np.mean(difference**2))), unit, f"RMSE of the {what}")
    add("mean_difference", float(difference.mean()), unit, "Mean difference, points minus truth")
    add("std_difference", spread, unit, "Standard deviation of the differences")
    add("median_difference", median, unit, "Median difference")
    nmad = NORMAL * float(np.median(np.abs(difference - median)))
    add("nmad", nmad, unit, "NMAD of the differences")
    add("max_difference", float(np.abs(difference).max()), unit, "Largest difference")


def _rounded(value: float) -> float | None:
    return round(value, 3) if math.isfinite(value) else None
