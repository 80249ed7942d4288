"""Benchmarks as layer and table, figure and report of the comparison with ground truth."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from .. import atomic
from ..component import VERTICAL
from ..described import described
from ..figures.base import to_png, to_svg
from ..figures.groundtruth import groundtruth_figure
from ..monitor import Monitor
from ..pointfile import PointSet, write_points
from ..publishing import publishing
from ..report import Report
from ..result import Result
from ..version import VERSION
from .benchmarks import FIRST
from .groundtruth import Compared
from .groundtruth_params import GroundTruthParams

_NAMES = {
    "benchmarks": "benchmarks.gpkg",
    "csv": "comparison.csv",
    "figure": "groundtruth.png",
    "figure_svg": "groundtruth.svg",
    "report": "report.html",
}


def write(result: Result, params: GroundTruthParams, compared: Compared, monitor: Monitor) -> None:
    """Write every file of the comparison."""
    figure = groundtruth_figure(compared, params.component)
    monitor.step(0.4)
    with publishing(result, _NAMES) as parts:
        write_points(parts["benchmarks"], _layer(compared))
        atomic.write_text(parts["csv"], _table(compared))
        parts["figure"].write_bytes(to_png(figure))
        parts["figure_svg"].write_bytes(to_svg(figure))
        monitor.step(0.8)
        _report(parts["report"], result, params, compared, figure)
        result.write(described(params), VERSION, parts["result"].name)
        monitor.step(1.0)


def _layer(compared: Compared) -> PointSet:
    marks = compared.marks

    def column(name: str) -> np.ndarray:
        return np.array([getattr(mark, name) for mark in marks])

    attributes = {
        "name": np.array([mark.name for mark in marks], dtype=object),
        "points": column("points"),
        "distance": column("distance"),
        "measured": column("measured") - compared.offset,
        "truth": column("truth"),
        "difference": column("difference") - compared.offset,
        "measured_std": column("measured_std"),
        "truth_std": column("truth_std"),
        "rmse": column("rmse"),
    }
    return PointSet(column("x"), column("y"), compared.truth.crs, attributes)


def _table(compared: Compared) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    if compared.has_series:
        writer.writerow(("name", "date", "measured_mm", "truth_mm", "difference_mm"))
        for mark in compared.marks:
            if mark.series is not None:
                for day, one, two in zip(mark.series.days, mark.series.measured, mark.series.truth):
                    writer.writerow((mark.name, day.isoformat(), f"{one:.3f}", f"{two:.3f}", f"{one - two:.3f}"))
    else:
        writer.writerow(("name", "measured_mm_yr", "truth_mm_yr", "difference_mm_yr"))
        for mark in compared.marks:
            measured = mark.measured - compared.offset
            writer.writerow((mark.name, f"{measured:.3f}", f"{mark.truth:.3f}", f"{measured - mark.truth:.3f}"))
    return stream.getvalue()


def _report(path: Path, result: Result, params: GroundTruthParams, compared: Compared, figure: Figure) -> None:
    what = "Vertical" if params.component == VERTICAL else "Line-of-sight"
    kind = "displacements" if compared.has_series else "velocities"
    report = Report(f"Comparison with {compared.truth.name}", f"{what} {kind} at {len(compared.marks)} benchmarks")
    report.warnings(result.warnings)
    report.figure(figure, _caption(compared))
    report.heading("Numbers")
    report.numbers(result)
    report.heading("Benchmarks")
    report.table(
        (
            "Name",
            "Points",
            "Nearest point [m]",
            "Epochs",
            "Measured [mm/yr]",
            "Truth [mm/yr]",
            "Difference [mm/yr]",
            "RMSE [mm]",
        ),
        [tuple(entry.values()) for entry in result.tables["benchmarks"]],
    )
    report.method(_method(params, compared))
    report.write(path)


def _caption(compared: Compared) -> str:
    if compared.has_series:
        return "Points (line) and truth (dots) at the common epochs, the benchmarks with the largest RMSE first."
    return "Velocities of points and truth with their stated standard deviations, and the differences in order."


def _method(params: GroundTruthParams, compared: Compared) -> list[str]:
    texts = [f"The points within {params.radius:g} m of a benchmark are averaged; they stand for it."]
    if params.component == VERTICAL:
        texts.append(
            "Line-of-sight values were divided by the cosine of the incidence angle, which assumes that there is no "
            "horizontal motion, and compared with the vertical motion of the truth."
        )
    else:
        texts.append("The truth was projected onto the line of sight of the points: east, north and up together.")
    if compared.has_series:
        zero = (
            "Both are zero at the first common epoch, which is left out of the statistics."
            if params.align == FIRST
            else "The mean difference of each benchmark was taken off."
        )
        texts.append(
            "In the time that both cover, the series with more dates is interpolated linearly in time to the dates of "
            f"the other; nothing is extrapolated. {zero}"
        )
    else:
        removed = "was taken off the points" if compared.offset else "was left in"
        texts.append(
            f"The offset, the median difference, {removed}: velocities of points are relative to their reference, "
            "those of the truth to its frame."
        )
    return texts
