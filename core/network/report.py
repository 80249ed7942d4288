"""network.html: the metadata sheet, the numbers, the plot, the pairs, and the pictures to judge them by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ..figures.network import Edge, network_figure
from ..metadata_sheet import metadata_sheet
from ..report import Report
from ..result import Result
from ..stack import WRAPPED, Stack
from .decide import Decision
from .gallery import add_gallery, thumbnail
from .quicklook import Quicklook
from .summary import Summary


def build(
    stack: Stack,
    summary: Summary,
    decisions: Sequence[Decision],
    bperp: dict[date, float],
    scores: dict[date, float],
    pictures: dict[str, Quicklook],
    notes: Sequence[str],
    result: Result,
) -> Report:
    """The whole report; `scores` are the reference scores, `notes` say how things were decided."""
    reference = best(scores)
    report = Report("Interferogram network", f"{len(summary.kept)} pairs of {len(summary.dates)} images")
    report.warnings(result.warnings)
    report.heading("Data")
    report.table(("Property", "Value"), metadata_sheet(stack))
    report.heading("Numbers")
    report.numbers(result)
    report.paragraph(f"Best reference image: {reference.isoformat()}.")
    for note in notes:
        report.paragraph(note)
    report.heading("Baselines and time")
    edges = [Edge(d.pair.date1, d.pair.date2, d.state, d.pair.coherence) for d in decisions]
    figure = network_figure(bperp, summary.dates, edges, reference, summary.without_loop)
    report.figure(figure, "Each dot is an image, each line a pair.")
    report.heading("Images")
    at_image = dict.fromkeys(summary.dates, 0)
    for decision in summary.kept:
        for day in decision.edge:
            at_image[day] += 1
    alone = set(summary.without_loop)
    report.table(
        ("Image", "Bperp [m]", "Pairs", "In a closed loop", "Reference score"),
        [
            (day.isoformat(), bperp.get(day), at_image[day], "no" if day in alone else "yes", scores[day])
            for day in summary.dates
        ],
    )
    report.heading("Pairs")
    report.table(
        ("Pair", "Days", "Bperp [m]", "Mean coherence", "State", "Reason"),
        [(d.pair.name, d.pair.days, d.pair.bperp, d.pair.coherence, d.state, d.reason) for d in decisions],
    )
    if pictures:
        _gallery(report, stack, decisions, pictures)
    return report


def best(scores: dict[date, float]) -> date:
    """The date of the largest score, the earliest of equals."""
    return max(sorted(scores), key=lambda day: scores[day])


def _gallery(
    report: Report, stack: Stack, decisions: Sequence[Decision], pictures: dict[str, Quicklook]
) -> None:
    report.heading("Pictures of the pairs")
    wrapping = "" if stack.kind == WRAPPED else " The unwrapped phase is shown wrapped."
    report.paragraph(
        "Left: phase, one cycle of colours is half a wavelength of line-of-sight motion, relative to the median "
        f"of the picture. Right: coherence, with its mean above.{wrapping}"
    )
    thumbnails = []
    for decision in decisions:
        if decision.pair.name in pictures:
            state = "" if decision.state == "kept" else decision.state
            thumbnails.append(thumbnail(decision.pair, pictures[decision.pair.name], state))
    add_gallery(report, thumbnails)
