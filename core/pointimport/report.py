"""The HTML report of imported points."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..figures.validation import points_figure
from ..pointfile import PointSet
from ..report import Report
from ..result import Result


def write_report(path: Path, source: str, result: Result, points: PointSet) -> Path:
    """What was found, how it was understood, and a map."""
    facts = result.tables["source"]
    report = Report(f"Imported points of {source}", f"{len(points):,} points, {len(points.dates)} dates")
    report.warnings(result.warnings)
    report.figure(
        points_figure(points),
        "Velocity of the points, positive toward the satellite; below, the median displacement of all points with the "
        "middle half of them.",
    )
    report.heading("How the file was understood")
    report.table(
        ("What", "Found"),
        [
            ("Family", facts["family"]),
            ("Coordinate system, kept as it is", facts["crs"]),
            ("Dates", f"{facts['first_date']} to {facts['last_date']}" if points.dates else "none"),
        ],
    )
    report.table(
        ("Column", "From", "Filled [%]"),
        [
            (key, origin, 100.0 * _filled(points.attributes[key]))
            for key, origin in facts["attributes"].items()
        ],
    )
    report.heading("Numbers")
    report.numbers(result)
    return report.write(path)


def _filled(values: np.ndarray) -> float:
    if values.dtype.kind == "f":
        return float(np.isfinite(values).mean())
    return float(np.mean([value not in ("", None) for value in values.tolist()]))
