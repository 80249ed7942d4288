"""The HTML report of velocities before and after an event."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.colors import Normalize

from ...figures import panels
from ...figures import velocity_change as figures
from ...metadata_sheet import metadata_sheet
from ...pointfile import PointSet
from ...report import Report
from ...result import Result
from ...stack import RASTER, Stack
from ..sbas_report import coordinate
from ..summary import Summary
from .params import VelocityChangeParams
from .windows import Period


def write_report(
    path: Path,
    stack: Stack,
    chosen: tuple[Period, ...],
    found: dict[str, Summary],
    points: PointSet | None,
    params: VelocityChangeParams,
    result: Result,
) -> Path:
    """Write the report; every number in it is in result.json too."""
    two = len(chosen) == 2
    spans = ", ".join(
        f"{period.name}: {period.dates[0].isoformat()} to {period.dates[-1].isoformat()} ({len(period.dates)} dates)"
        for period in chosen
    )
    report = Report("Velocity before and after" if two else "Velocity of a window", spans)
    report.warnings(result.warnings)
    report.paragraph(
        "Velocities are slopes of the line-of-sight displacement over the dates of the period, relative to the "
        "reference of the folder. Standard deviations come from leaving out one image at a time; they hold the noise "
        "of images and motion that is not steady. Dates that the inversion filled in (gaps.tif) count like others."
    )
    if two:
        report.paragraph(
            "The two periods share no image, so the variance of the difference is the sum of theirs."
        )
    if stack.layout == RASTER:
        _maps(report, stack, chosen, found, result)
    if two:
        report.figure(
            figures.change_histogram(found["difference"].sample, found["difference_std"].sample),
            "Difference over all pixels; the curve is what noise alone would give.",
        )
    if points is not None and len(points):
        _series(report, points, chosen, params)
    report.heading("Numbers")
    report.numbers(result)
    report.heading("Data")
    report.table(("Property", "Value"), metadata_sheet(stack))
    return report.write(path)


def _maps(
    report: Report, stack: Stack, chosen: tuple[Period, ...], found: dict[str, Summary], result: Result
) -> None:
    speeds = [found[f"velocity_{period.name}"] for period in chosen]
    limit = float(result.tables["scale"]["velocity_mm_yr"])
    report.heading("Maps")
    report.figure(
        panels.map_panels(
            [speed.preview for speed in speeds],
            [f"Velocity {period.name}" for period in chosen],
            speeds[0].step,
            stack.grid,
            Normalize(-limit, limit),
            "LOS velocity [mm/yr], negative = away from the satellite",
        )
    )
    if len(chosen) < 2:
        return
    change, deviation = found["difference"], found["difference_std"]
    limit = float(result.tables["scale"]["difference_mm_yr"])
    sure = np.where(np.abs(change.preview) > 2.0 * deviation.preview, change.preview, np.nan)
    report.figure(
        panels.map_panels(
            [change.preview, sure],
            ["After minus before", "Where beyond two deviations"],
            change.step,
            stack.grid,
            Normalize(-limit, limit),
            "Difference of LOS velocity [mm/yr]",
        )
    )


def _series(
    report: Report, points: PointSet, chosen: tuple[Period, ...], params: VelocityChangeParams
) -> None:
    """The point that changed most for its uncertainty, or moves fastest."""
    if len(chosen) == 2:
        score = np.abs(points.attributes["difference"]) / np.maximum(points.attributes["difference_std"], 0.1)
    else:
        score = np.abs(points.attributes["velocity_window"])
    if not np.isfinite(score).any():
        return
    best = int(np.nanargmax(score))
    series = points.series[best].astype(np.float64)
    lines = []
    for period in chosen:
        values = series[period.index]
        known = np.isfinite(values)
        rate = float(points.attributes[f"velocity_{period.name}"][best])
        deviation = float(points.attributes[f"velocity_{period.name}_std"][best])
        level = values[known].mean() - rate * period.years[known].mean()
        label = f"{period.name}: {rate:.1f} ± {deviation:.1f} mm/yr"
        lines.append((period.dates, level + rate * period.years, label))
    _, event, event_end, _ = params.days()
    shown = None if event is None else (event, event_end or event)
    place = f"point at {coordinate(points.x[best])}, {coordinate(points.y[best])}"
    report.heading("Time series")
    report.figure(
        figures.event_series(points.dates, series, lines, shown, place),
        "The point whose velocity changed most for its uncertainty."
        if len(chosen) == 2
        else "The point that moves fastest.",
    )
