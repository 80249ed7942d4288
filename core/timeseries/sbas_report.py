"""The HTML report of a displacement folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..figures import timeseries as figures
from ..metadata_sheet import metadata_sheet
from ..report import Report
from ..result import Result
from ..stack import MAP, RASTER

if TYPE_CHECKING:
    from .complete import Findings, Finish


def write_report(path: Path, todo: Finish, found: Findings, result: Result) -> Path:
    """Write the report; every number in it is in result.json too."""
    stack = todo.stack
    span = f"{stack.dates[0].isoformat()} to {stack.dates[-1].isoformat()}"
    report = Report(todo.title, f"{span}, {len(stack.dates)} dates, {len(stack.kept)} interferograms")
    report.warnings(result.warnings)
    report.heading("Velocity")
    report.paragraph(
        "Velocities and displacements are along the line of sight: positive is toward the satellite, so subsidence "
        "is negative. They are relative to the reference and, for displacements, to the first date."
    )
    if stack.layout == RASTER:
        report.figure(
            figures.velocity_map(
                found.velocity.preview,
                found.velocity.step,
                stack.grid,
                found.velocity_limit,
                _places(found) if stack.frame == MAP else (),
            ),
            f"Line-of-sight velocity; the colours end at ±{found.velocity_limit:g} mm/yr, "
            "which 98 % of the pixels do not pass.",
        )
    report.figure(
        figures.velocity_histogram(found.velocity.sample), "Distribution over all pixels with a velocity."
    )
    report.heading("Time series")
    report.figure(
        figures.time_series(stack.dates, _lines(found)),
        "The measurement point of lowest velocity, and each reference area against the common reference.",
    )
    report.heading("Quality")
    if stack.layout == RASTER:
        report.figure(
            figures.coherence_map(found.coherence.preview, found.coherence.step, stack.grid),
            "Temporal coherence says how well the interferograms of a pixel agree; without redundancy it is 1 "
            "and says nothing.",
        )
    if todo.residuals is not None:
        report.figure(
            figures.residuals(
                todo.residuals.pairs, todo.residuals.by_pair, stack.dates, todo.residuals.by_date
            ),
            "Root mean square of what the inversion could not fit. A red interferogram deserves a look: "
            "unwrapping errors and strong noise show here.",
        )
    report.heading("Reference")
    report.table(
        (
            "Area",
            "x",
            "y",
            "Pixels",
            "Weight",
            "Own velocity [mm/yr]",
            "Change of all velocities if left out [mm/yr]",
        ),
        [
            (
                a["name"],
                coordinate(a["x"]),
                coordinate(a["y"]),
                a["pixels"],
                a["weight"],
                a["velocity_mm_yr"],
                a["change_if_left_out_mm_yr"],
            )
            for a in found.areas
        ],
    )
    for text in todo.explanation:
        report.paragraph(text)
    report.heading("Numbers")
    report.table(
        ("What", "Value", "Unit"),
        [
            (n.description, coordinate(n.value) if key in ("fastest_x", "fastest_y") else n.value, n.unit)
            for key, n in result.numbers.items()
        ],
        mixed=True,
    )
    report.heading("Data")
    report.table(("Property", "Value"), metadata_sheet(stack))
    return report.write(path)


def _places(found: Findings) -> list[figures.Place]:
    """The fastest point and the first three areas, each with a sign of its own."""
    signs = ("s", "D", "^")
    areas = [area for area in found.areas[: len(signs)] if area["x"] is not None]
    places = [(a["x"], a["y"], f"Reference: {a['name']}", sign) for a, sign in zip(areas, signs)]
    if found.fastest is not None:
        text = f"Lowest velocity: {found.fastest['velocity']:.0f} mm/yr"
        places.append((found.fastest["x"], found.fastest["y"], text, "v"))
    return places


def _lines(found: Findings) -> list[figures.Series]:
    lines = []
    if found.fastest is not None and found.points is not None:
        series = found.points.series[found.fastest["index"]]
        place = f"{coordinate(found.fastest['x'])}, {coordinate(found.fastest['y'])}"
        lines.append(figures.Series(f"Lowest velocity ({place})", np.asarray(series, np.float64)))
    for area, series in list(zip(found.areas, found.series))[:5]:
        lines.append(figures.Series(f"Reference: {area['name']}", series, reference=True))
    return lines


def coordinate(value: float | None) -> str | None:
    """Degrees with five decimals, metres with none."""
    if value is None:
        return None
    return f"{value:.5f}°" if abs(value) <= 360 else f"{value:.0f}"
