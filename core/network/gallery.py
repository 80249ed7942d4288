"""The part of a report that shows every pair, to judge it by eye."""

from __future__ import annotations

from collections.abc import Sequence

from ..figures.quicklooks import Thumbnail, quicklook_sheets
from ..report import Report
from ..stack import Pair
from .quicklook import Quicklook


def thumbnail(pair: Pair, picture: Quicklook, state: str = "") -> Thumbnail:
    """A pair with its state, days, perpendicular baseline and mean coherence."""
    facts = [f"{pair.days} d"]
    if pair.bperp is not None:
        facts.append(f"{pair.bperp:.0f} m".replace("-", "−"))
    if pair.coherence is not None:
        facts.append(f"coherence {pair.coherence:.2f}")
    return Thumbnail(f"{pair.name} {state}".strip(), ", ".join(facts), picture.phase, picture.coherence)


def add_gallery(report: Report, thumbnails: Sequence[Thumbnail]) -> None:
    """All pairs in order, on as many sheets as it takes."""
    for figure, first, last in quicklook_sheets(thumbnails):
        report.figure(figure, f"Pairs {first} to {last} of {len(thumbnails)}")
