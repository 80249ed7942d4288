"""The HTML report of interferograms: pictures of every pair, numbers, table."""

from __future__ import annotations

from pathlib import Path

from ..figures.network import Thumbnail, quicklook_sheet
from ..metadata_sheet import metadata_sheet
from ..network.quicklook import quicklook
from ..report import Report
from ..result import Result
from ..stack import Stack

PER_SHEET = 24


def write_report(path: Path, folder: Path, stack: Stack, result: Result) -> Path:
    """Write the report of the stack in a folder; every number in it is in result.json too."""
    report = Report("Interferograms", f"{len(stack.pairs)} interferograms of {len(stack.dates)} images")
    report.warnings(result.warnings)
    report.heading("Pictures of the pairs")
    report.paragraph(
        "Left: phase, one cycle of colours is half a wavelength of line-of-sight motion, relative to the median of the "
        "picture; single pixels, not averaged. Right: coherence from 0 (black) to 1 (white), with its mean. Rows are "
        "azimuth, columns range."
    )
    for start in range(0, len(stack.pairs), PER_SHEET):
        page = stack.pairs[start : start + PER_SHEET]
        thumbnails = []
        for pair in page:
            picture = quicklook(folder, stack, pair.items)
            mean = "" if pair.coherence is None else f"{pair.coherence:.2f}"
            thumbnails.append(Thumbnail(pair.name, mean, picture.phase, picture.coherence))
        caption = f"Pairs {start + 1} to {start + len(page)} of {len(stack.pairs)}"
        report.figure(quicklook_sheet(thumbnails), caption)
    report.heading("Numbers")
    report.numbers(result)
    report.paragraph(
        "Coherence is estimated over a window and is biased: where there is none, it is about sqrt(pi / (4 L)) for L "
        "independent pixels in the window."
    )
    report.heading("Interferograms")
    report.table(
        ("Interferogram", "Days", "Bperp [m]", "Mean coherence"),
        [tuple(row.values()) for row in result.tables["pairs"]],
    )
    report.heading("Data")
    report.table(("Property", "Value"), metadata_sheet(stack))
    return report.write(path)
