"""The HTML report of the polygon statistics."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ...component import SENSES, TITLES, VERTICAL
from ...report import Report
from ...result import Result
from .params import PolygonParams
from .pictures import Pictures

_SHOWN = ("name", "class", "n", "area_km2", "density", "mean", "median", "q05", "q95", "worst", "differential",
          "distortion", "zone_distance")  # fmt: skip
_MOST_ROWS = 200


def write_report(
    path: Path,
    result: Result,
    params: PolygonParams,
    angle: str,
    images: Mapping[str, bytes],
    pictures: Pictures | None,
) -> Path:
    """Figures, tables, numbers, and how they came about."""
    report = Report("Motion inside polygons", f"{TITLES[params.component]} [mm/yr], {SENSES[params.component]}")
    report.warnings(result.warnings)
    report.image(
        images["figure"], "Velocities around the polygons; median, half and nine tenths of the rates of each polygon."
    )
    rows = result.tables["polygons"][:_MOST_ROWS]
    shown = [key for key in _SHOWN if rows and key in rows[0]]
    report.heading("Polygons")
    report.table(shown, [tuple(row[key] for key in shown) for row in rows])
    for key, title in (("classes", "Classes"), ("distances", "Distances of zones")):
        if result.tables[key]:
            report.heading(title)
            report.records(result.tables[key][:_MOST_ROWS])
    if pictures is not None:
        report.heading("Interferograms")
        report.image(
            images["panels"],
            f"Wrapped phase. One fringe is {pictures.fringe:.1f} mm of motion along the line of sight; the phase grows "
            "with the distance from the satellite.",
        )
    report.heading("Numbers")
    report.numbers(result)
    report.method(method(params, angle))
    return report.write(path)


def method(params: PolygonParams, angle: str) -> list[str]:
    """What was counted and decided, in sentences."""
    turned = (
        f"Line-of-sight rates were divided by the cosine of the incidence ({angle}), which assumes that there is no "
        "horizontal motion."
        if params.component == VERTICAL
        else "Rates are along the line of sight."
    )
    return [
        turned,
        "A point or the middle of a pixel counts for every polygon that holds it. The density is the number of points "
        "over the part of the polygon inside the convex hull of all data (covered_km2). worst is the rate farthest "
        "from zero; one wrong point can make it, so read q05 and q95 beside it.",
        f"Differential motion: rates are averaged in square cells of {params.length:g} m with at least "
        f"{params.min_points} points, and cells that share an edge are compared, scaled to {params.length:g} m by the "
        "distance of the mean places of their points. distortion is that over the length in urad/yr "
        "(1 mm/yr over 100 m is 10). Averages of few points hold the noise of those points.",
        "Distances of zones are the shortest ones between the two shapes, 0 where they touch.",
    ]
