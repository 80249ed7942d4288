"""The HTML report of a decomposition into east and up."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from ..report import Report
from ..result import Result
from .decompose_params import DecomposeParams

if TYPE_CHECKING:
    from .decompose import Decomposed


def write_report(
    path: Path, result: Result, params: DecomposeParams, found: Decomposed, figure: Figure
) -> Path:
    """Maps, numbers, and what was assumed."""
    report = Report(
        "East and up", f"From {', '.join(found.names)}, in cells of {params.spacing:g} m; north motion taken as zero"
    )
    report.warnings(result.warnings)
    report.figure(figure, "Velocity up (negative: subsidence) and east (positive: to the east).")
    report.heading("Tracks")
    report.table(
        (
            "Track",
            "Cells",
            "Typical distance of points [m]",
            "Taken off at the reference [mm/yr]",
            "East per 1 mm/yr",
            "Up per 1 mm/yr",
        ),
        [tuple(entry.values()) for entry in result.tables["tracks"]],
    )
    report.heading("Numbers")
    report.numbers(result)
    report.method(_method(params, result))
    return report.write(path)


def _method(params: DecomposeParams, result: Result) -> list[str]:
    east, up = (result.numbers[key].value or 0.0 for key in ("east_per_north", "up_per_north"))
    return [
        "Every track sees its own mixture of east, north and up. Near-polar orbits see little of north, so north "
        "motion is taken as zero, and east and up follow by least squares weighted with the tracks' standard "
        f"deviations. Where the ground does move north, each 1 mm/yr of it adds {east:+.2f} mm/yr to east and "
        f"{up:+.2f} mm/yr to up.",
        "The standard deviations are those of the tracks, carried through. Points of a cell are taken to share their "
        "error, as that of the atmosphere is shared, so that averaging does not make it smaller. They do not hold the "
        "north motion, nor offsets between the references of the tracks: a constant in one track is a constant in east "
        "and up, as much as the table of the tracks says. REFERENCE makes every track zero (median of its cells) on "
        "the same stable ground.",
        f"The condition number says how much errors can grow; cells above {params.max_condition:g} are left out.",
        "up.gpkg and east.gpkg are measurement points whose line of sight points straight up or east, so that every "
        "step that takes points takes them.",
    ]
