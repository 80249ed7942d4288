"""The HTML report of the proposed reference areas."""

from __future__ import annotations

from pathlib import Path

from ...report import Report
from ...result import Result
from .params import MODE, ProposalParams
from .score import COMPLETE


def write_report(path: Path, result: Result, params: ProposalParams, image: bytes) -> Path:
    """Figure, table, numbers, and how they came about."""
    report = Report("Proposed reference areas", "For 'Change the reference' and 'Displacement by SBAS'")
    report.warnings(result.warnings)
    report.image(
        image, "Score of the usable pixels with the areas, and the areas' displacements against the present reference."
    )
    report.records(result.tables["areas"])
    report.heading("Numbers")
    report.numbers(result)
    report.method(method(params))
    return report.write(path)


def method(params: ProposalParams) -> list[str]:
    """What was ranked and decided, in sentences."""
    still = (
        "the most frequent velocity of the usable pixels, because ground that stands still shares one velocity and "
        "ground that moves does not"
        if params.level == MODE
        else "the present reference"
    )
    return [
        f"Pixels are usable with a temporal coherence of at least {params.min_coherence:g}, redundancy, and no date "
        "without data. They are ranked by coherence, by how little they differ from what stands still, and by how flat "
        "their series are about their lines once what all pixels share is taken off; the score is the mean of the "
        f"three ranks. What stands still is {still}.",
        f"Areas are the squares with the highest mean score, with at least {COMPLETE:.0%} usable pixels and a mean "
        f"velocity within {params.max_velocity:g} mm/yr of what stands still, far from each other.",
        "velocity_change is what every velocity of the map would change by with this area alone as the reference "
        "(minus the slope of its median displacements); the areas together are averaged by their noise, as 'reference' "
        "does. Areas that disagree by more than their errors do not all stand still.",
        "A score cannot know geology: prefer rock and old foundations, avoid fills, works and pumping.",
    ]
