"""The HTML report of a coregistered stack."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ..figures.coregistration import shift_figure
from ..metadata_sheet import metadata_sheet
from ..report import Report
from ..result import Result
from ..stack import Stack
from .coregistration_shift import Misregistration
from .esd import HISTOGRAM

MOST_STEPS = 40  # in the report


def write_report(path: Path, stack: Stack, result: Result, found: Misregistration | None) -> Path:
    """Write the report; every number in it is in result.json too."""
    report = Report(
        "Coregistration",
        f"{len(stack.dates)} Sentinel-1 images, reference {stack.metadata['reference_date']}",
    )
    report.warnings(result.warnings)
    if found is not None:
        report.heading("Azimuth misregistration")
        cells = np.asarray(sum(shift.histogram for shift in found.pairs.values()), np.int64)
        report.figure(
            shift_figure(found.shifts.lines, found.shifts.deviations, HISTOGRAM, cells),
            "Lines by which the targets of each date are late against the reference, with standard deviation, and the "
            "coherence of the cells in the overlaps of bursts.",
        )
        report.paragraph(
            "Where two bursts overlap, the ground is seen with Dopplers 4 to 5 kHz apart, and a shift of the image "
            "along the track shows as a phase between the two. The shifts of pairs are combined to one per date by "
            "weighted least squares; the residual is what a pair says beyond that. The lead is the logarithm of the "
            "likelihood by which the shift is better than any beyond the ambiguity; between -8 and 8 the overlaps "
            "cannot tell. A step is the phase that is left between two bursts; a single overlap leaves none, because "
            "the shift takes it."
        )
    report.heading("Numbers")
    report.numbers(result)
    for title, name, header in _TABLES:
        rows = result.tables.get(name)
        if rows:
            report.heading(title)
            report.table(header, [tuple(row.values()) for row in rows], mixed=True)
    _steps(report, result.tables.get("burst_steps", []))
    report.heading("Data")
    report.table(("Property", "Value"), metadata_sheet(stack))
    return report.write(path)


_TABLES = (
    (
        "Dates",
        "dates",
        (
            "Date", "Satellite", "Orbit", "Bperp [m]", "Common azimuth band", "Common range band", "Shift [lines]",
            "Deviation [lines]",
        ),
    ),
    (
        "Pairs",
        "pairs",
        (
            "Date 1", "Date 2", "Shift [lines]", "Deviation [lines]", "Residual [lines]", "Ambiguity [lines]", "Lead",
            "Pixels", "Coherent", "Left out because",
        ),
    ),
)  # fmt: skip


def _steps(report: Report, rows: list[dict[str, Any]]) -> None:
    """The largest phase steps first: dozens of dates have thousands."""
    if not rows:
        return
    report.heading("Phase steps between bursts")
    if len(rows) > MOST_STEPS:
        report.paragraph(f"The {MOST_STEPS} largest of {len(rows)}; all are in result.json.")
    largest = sorted(rows, key=lambda row: abs(row["phase_rad"]), reverse=True)[:MOST_STEPS]
    header = ("Date 1", "Date 2", "Overlap", "Step [rad]", "Deviation [rad]")
    report.table(header, [tuple(row.values()) for row in largest], mixed=True)
