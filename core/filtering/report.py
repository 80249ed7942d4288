"""The HTML report of a filtered stack."""

from __future__ import annotations

from pathlib import Path

from ..figures.filtering import Panel, panels
from ..metadata_sheet import metadata_sheet
from ..report import Report
from ..result import Result
from ..stack import Stack
from .comparison import COHERENT, Comparison


def write(
    path: Path, title: str, stack: Stack, result: Result, compared: Comparison, explanation: tuple[str, ...]
) -> Path:
    """Write the report; every number in it is in result.json too."""
    report = Report(title, f"{len(stack.pairs)} interferograms of {len(stack.dates)} images")
    report.warnings(result.warnings)
    report.heading("Before and after")
    shown: list[Panel] = [("Before", compared.before, "phase"), ("After", compared.after, "phase")]
    if compared.coherence is not None:
        shown.append(("Coherence", compared.coherence, "coherence"))
    if compared.count is not None:
        shown.append(("Homogeneous pixels", compared.count, "count"))
    window = compared.window
    report.figure(
        panels(shown, window.row, window.col),
        f"The middle of interferogram {compared.shown.name}, whose scatter before filtering is the median of all.",
    )
    report.heading("What was done")
    for text in explanation:
        report.paragraph(text)
    report.heading("Numbers")
    report.numbers(result)
    report.paragraph(
        "Scatter is the root mean square of the difference of a pixel's phase from the mean phase of its 8 "
        "neighbours: noise, and what is smaller than three pixels. Residues are loops of 2 x 2 pixels whose wrapped "
        "differences do not add up to zero; every pair of them is a choice that unwrapping has to make. The share of "
        f"phase steps is taken across the strongest edges of the amplitude in the piece shown, where the coherence is "
        f"{COHERENT} or more."
    )
    report.heading("Interferograms")
    report.table(
        ("Interferogram", "Scatter before [rad]", "after [rad]", "Residues before [per 1000]", "after", "Coherence"),
        [
            (
                change.pair.name,
                change.before.deviation,
                change.after.deviation,
                change.before.density,
                change.after.density,
                change.pair.coherence,
            )
            for change in compared.changes
        ],
    )
    report.heading("Data")
    report.table(("Property", "Value"), metadata_sheet(stack))
    return report.write(path)
