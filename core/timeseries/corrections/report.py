"""The HTML report of a correction."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...figures import corrections as figures
from ...metadata_sheet import metadata_sheet
from ...report import Report
from ...result import Result
from ...stack import RASTER
from .source import Source

if TYPE_CHECKING:
    from .finish import Correction, Effect


def write_report(path: Path, source: Source, correction: Correction, effect: Effect, result: Result) -> Path:
    """Write the report; every number in it is in result.json too."""
    stack, spreads = source.stack, effect.spreads
    what = "date" if source.is_series else "interferogram"
    span = f"{source.dates[0].isoformat()} to {source.dates[-1].isoformat()}"
    report = Report(correction.title, f"{span}, {len(source.dates)} dates, {len(spreads)} {what}s corrected")
    report.warnings(correction.notes)
    for text in correction.explanation:
        report.paragraph(text)
    report.heading("Before and after")
    name, step, maps = effect.shown
    if stack.layout == RASTER:
        report.figure(
            figures.before_after(maps, (f"{name} before", "removed", "after"), step, stack.grid),
            f"The {what} whose standard deviation fell most. Line of sight, positive toward the satellite.",
        )
    before, after = (np.array([getattr(s, key) for s in spreads]) for key in ("before", "after"))
    of = "displacement without its steady part" if source.is_series else "value"
    where = "over the pixels of the fit" if correction.spreads is not None else "over all pixels with a value"
    report.figure(
        figures.spreads(before, after, source.dates, effect.removed, what),
        f"Standard deviation over the image of the {of} of every {what}, {where}: below the line it became smaller.",
    )
    for figure, caption in correction.figures():
        report.figure(figure, caption)
    report.heading("Numbers")
    report.numbers(result)
    for heading, header, rows in correction.tables:
        report.heading(heading)
        report.table(header, rows)
    report.heading(f"Every {what}")
    report.table(
        (what.capitalize(), "Before [mm]", "After [mm]", "Reduction [%]", "Pixels"),
        [(s.name, _number(s.before), _number(s.after), _number(s.reduction), s.pixels) for s in spreads],
    )
    report.heading("Data")
    report.table(("Property", "Value"), metadata_sheet(stack))
    return report.write(path)


def _number(value: float) -> float | None:
    return value if np.isfinite(value) else None
