"""The HTML report of a funnel analysis."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..metadata_sheet import metadata_sheet
from ..report import Report
from ..result import Result
from .funnel_params import FunnelParams

if TYPE_CHECKING:
    from .funnels_job import Findings


def write_report(
    path: Path, result: Result, params: FunnelParams, found: Findings, figures: dict[str, bytes]
) -> Path:
    """Map, areas, events, profile, feature points, numbers and method."""
    series = found.series
    report = Report(
        "Subsidence funnels",
        f"{series.folder.name}: {series.origin.isoformat()} to {series.dates[-1].isoformat()}, "
        f"{len(found.funnels.ids)} funnels",
    )
    report.warnings(result.warnings)
    report.image(figures["figure_funnels"])
    report.heading("Funnels")
    report.table(
        (
            "Funnel",
            "Area [m²]",
            "Deepest [mm]",
            "Volume [m³]",
            f"Beyond {params.boundary:g} mm at the last date [m²]",
            "Reached on",
        ),
        [
            (
                str(row["funnel"]),
                row["area_m2"],
                row["deepest_mm"],
                row["volume_m3"],
                row["boundary_area_m2"],
                row["reached"] or "–",
            )
            for row in result.tables["funnels"]
        ],
    )
    report.heading("Through time")
    report.image(figures["figure_areas"], "Dotted lines: funnels whose boundaries meet.")
    if result.tables["events"]:
        report.table(
            ("Date", "Event", "Funnels"),
            [
                (row["date"], row["event"], ", ".join(map(str, row["funnels"])))
                for row in result.tables["events"]
            ],
        )
    if found.profile is not None:
        _profile(report, result, params, figures)
    if found.features is not None:
        _points(report, result, found, figures)
    report.heading("Numbers")
    report.numbers(result)
    report.method(_method(params, found))
    report.heading("Data")
    report.table(("What", "Value"), metadata_sheet(series.stack))
    return report.write(path)


def _profile(report: Report, result: Result, params: FunnelParams, figures: dict[str, bytes]) -> None:
    report.heading("Profile")
    report.image(figures["figure_profile"], f"Shaded: solution area, beyond {params.edge:g} mm.")
    report.table(
        ("Peak at pixel", "Distance [m]", "Subsidence [mm]"),
        [tuple(row.values()) for row in result.tables["peaks"]],
    )
    report.table(
        ("Part", "From pixel", "To pixel", "From [m]", "To [m]"),
        [
            (f"{row['kind']} {'area' if row['kind'] == 'solution' else 'ground'}", *list(row.values())[1:])
            for row in result.tables["sections"]
        ],
    )


def _points(report: Report, result: Result, found: Findings, figures: dict[str, bytes]) -> None:
    features = found.features
    if features is None:
        return
    report.heading("Feature points")
    report.image(figures["figure_points"], "Arrows: jumps.")
    report.table(
        ("Point", "Stage", "From", "To", "Dates", "Rate [mm/yr]", "± [mm/yr]", "Change [mm]"),
        [tuple(row.values()) for row in result.tables["stages"]],
    )
    if result.tables["jumps"]:
        report.table(
            (
                "From",
                "To",
                "Points",
                "Step [mm]",
                "Rain [mm]",
                "Intervals with no more rain [%]",
                "Temperature [°C]",
            ),
            [tuple(row.values()) for row in result.tables["jumps"]],
        )
        report.paragraph("Steps are beside trend and season, positive downward: a negative step is uplift.")
    else:
        report.paragraph("No step stands out from the noise of the series.")
    rho, chance, count = features.correlation
    if rho is not None and chance is not None:
        report.paragraph(
            f"Steps of the points' mean against the rain of the interval: rank correlation {rho:.2f} over {count} "
            f"intervals, p = {chance:.2g} (intervals taken as independent)."
        )


def _method(params: FunnelParams, found: Findings) -> list[str]:
    texts = [
        f"The map of {found.day.isoformat()} was smoothed over {params.smoothing:g} pixels (Gaussian) and cut where it "
        f"passes {params.edge:g} mm. "
        + (
            "Each pixel belongs to the nearest well."
            if params.wells is not None
            else "Each pixel follows the steepest way down to its deepest point; deepest points that lie less than "
            f"{params.prominence:g} mm below the sill to a deeper one have no funnel of their own, and a basin apart "
            "needs as much beyond the edge."
        ),
        "The numbers hold for all dates: at every date the ground of a funnel that has sunk beyond the boundary is "
        "outlined along pixel edges. Funnels merge when their outlines touch, at an edge or a corner. Outlines use the "
        "subsidence as it is, not the smoothed map.",
    ]
    if params.previous is not None:
        texts.append(
            "Numbers were taken over from the earlier funnels by the largest common ground; new funnels go on counting."
        )
    if found.features is not None:
        texts.append(
            "Stages: "
            + (
                "warm where the 30-day mean of the temperature lies above its mean over whole years."
                if found.features.temperature is not None
                else f"warm from {params.warm_from} to {params.warm_to} (month-day)."
            )
            + " Rates are least-squares slopes within a stage. A jump is a step between dates that lies 3.5 robust "
            "standard deviations from the median step after trend and annual term are removed."
        )
    texts.append(
        "Subsidence is the line-of-sight displacement divided by the cosine of the incidence angle, which assumes no "
        "horizontal motion."
    )
    return texts
