"""The HTML report of geocoding."""

from __future__ import annotations

from pathlib import Path

from ..figures.network import Thumbnail, quicklook_sheet
from ..metadata_sheet import metadata_sheet
from ..network.quicklook import quicklook
from ..report import Report
from ..result import Result
from ..stack import Stack

PER_SHEET = 24
MOST = 96  # pictures


def write_report(path: Path, folder: Path, stack: Stack, result: Result) -> Path:
    """Write the report of the stack in a folder; every number in it is in result.json too."""
    report = Report("Geocoded stack", f"{stack.kind}, {len(stack.dates)} dates, {len(stack.pairs)} pairs")
    report.warnings(result.warnings)
    shown = [pair for pair in stack.pairs if pair.items][:MOST]
    if shown:
        report.heading("Pictures of the pairs")
        report.paragraph(
            "Left: phase relative to the median of the picture, wrapped. Right: coherence, 0 to 1."
        )
    for start in range(0, len(shown), PER_SHEET):
        page = shown[start : start + PER_SHEET]
        thumbnails = []
        for pair in page:
            picture = quicklook(folder, stack, pair.items)
            mean = "" if pair.coherence is None else f"{pair.coherence:.2f}"
            thumbnails.append(Thumbnail(pair.name, mean, picture.phase, picture.coherence))
        report.figure(
            quicklook_sheet(thumbnails), f"Pairs {start + 1} to {start + len(page)} of {len(stack.pairs)}"
        )
    report.heading("Numbers")
    report.numbers(result)
    report.heading("Data")
    report.table(("Property", "Value"), metadata_sheet(stack))
    return report.write(path)
