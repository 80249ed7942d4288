"""The numbers of a network and the sentences about what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ..result import Result
from ..stack import EXCLUDED, KEPT
from . import graph
from .decide import Decision
from .edits import PROPOSED


@dataclass(frozen=True)
class Summary:
    """What a set of decisions amounts to over the images in use."""

    dates: tuple[date, ...]
    kept: tuple[Decision, ...]
    proposed: tuple[Decision, ...]
    excluded: tuple[Decision, ...]
    parts: tuple[tuple[date, ...], ...]
    without_loop: tuple[date, ...]
    thin: tuple[date, ...]
    redundancy: int

    @property
    def repaired_parts(self) -> int:
        """Parts that would be left if every proposal were confirmed."""
        return len(graph.components(self.dates, [d.edge for d in (*self.kept, *self.proposed)]))


def summarise(decisions: Sequence[Decision], dates: Sequence[date], links: int) -> Summary:
    """Count; `thin` are the images with fewer than `links` kept pairs."""
    kept = tuple(d for d in decisions if d.state == KEPT)
    edges = [d.edge for d in kept]
    count = graph.degrees(dates, edges)
    return Summary(
        dates=tuple(dates),
        kept=kept,
        proposed=tuple(d for d in decisions if d.state == PROPOSED),
        excluded=tuple(d for d in decisions if d.state == EXCLUDED),
        parts=tuple(graph.components(dates, edges)),
        without_loop=graph.dates_without_loop(dates, edges),
        thin=tuple(day for day in dates if count[day] < links),
        redundancy=graph.redundancy(dates, edges),
    )


def describe_parts(parts: Sequence[tuple[date, ...]]) -> str:
    """Name every part by its size and dates."""
    texts = []
    for number, part in enumerate(parts, start=1):
        if len(part) <= 4:
            days = ", ".join(f"{day:%Y%m%d}" for day in part)
        else:
            days = f"{part[0]:%Y%m%d} to {part[-1]:%Y%m%d}"
        images = "1 image" if len(part) == 1 else f"{len(part)} images"
        texts.append(f"part {number}: {images} ({days})")
    return "; ".join(texts)


def describe_dates(days: Sequence[date]) -> str:
    """At most twelve dates, then how many more."""
    shown = ", ".join(f"{day:%Y%m%d}" for day in days[:12])
    return f"{shown} and {len(days) - 12} more" if len(days) > 12 else shown


def describe_pairs(decisions: Sequence[Decision]) -> str:
    """At most eight pairs with their reasons."""
    shown = "; ".join(f"{d.pair.name} {d.reason.partition(': ')[2]}" for d in decisions[:8])
    return f"{shown}; and {len(decisions) - 8} more" if len(decisions) > 8 else shown


def warnings(summary: Summary, links: int) -> list[str]:
    """What the user should know before going on."""
    out = []
    if len(summary.parts) > 1:
        out.append(
            f"The network falls into {len(summary.parts)} parts: {describe_parts(summary.parts)}. "
            "Between the parts the displacement is not measured, only bridged."
        )
    if summary.thin:
        text = f"Fewer than {links} pairs at: {describe_dates(summary.thin)}."
        helped = graph.degrees(summary.dates, [d.edge for d in (*summary.kept, *summary.proposed)])
        hopeless = [day for day in summary.thin if helped[day] < links]
        if hopeless:
            text += f" There is no further pair to propose for {describe_dates(hopeless)}."
        out.append(text)
    if summary.proposed:
        out.append(
            f"Proposed and not yet used: {describe_pairs(summary.proposed)}. To use a pair, change its state in "
            "network.csv from proposed to kept, give the file as edits and run again."
        )
    if summary.without_loop:
        out.append(
            f"In no closed loop, so that unwrapping errors there cannot be noticed: "
            f"{describe_dates(summary.without_loop)}."
        )
    return out


def add_numbers(result: Result, summary: Summary) -> None:
    """Put the counts into the result."""
    images, pairs = len(summary.dates), len(summary.kept)
    result.number("images", images, "", "Images in the network")
    result.number("pairs", pairs, "", "Pairs kept")
    result.number("excluded", len(summary.excluded), "", "Pairs excluded")
    result.number("proposed", len(summary.proposed), "", "Pairs proposed, not used until confirmed")
    result.number("pairs_per_image", pairs / images, "", "Pairs per image")
    result.number("mean_degree", 2 * pairs / images, "", "Pairs at an image, mean")
    result.number("components", len(summary.parts), "", "Parts of the network")
    result.number("redundancy", summary.redundancy, "", "Redundancy, pairs beyond a tree (number of independent loops)")
    result.number("dates_without_loop", len(summary.without_loop), "", "Images in no closed loop")
    result.number("thin_images", len(summary.thin), "", "Images with fewer pairs than asked for")
