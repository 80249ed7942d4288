"""The HTML report of a sensitivity analysis."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..report import Report
from ..result import Result

if TYPE_CHECKING:
    from .sobol_job import Sensitivity, SobolParams


def write_report(
    path: Path, result: Result, params: SobolParams, found: Sensitivity, figures: dict[str, bytes]
) -> Path:
    """Indices with classes, perturbation, ranges, and how to read them."""
    report = Report(
        "Sensitivity of subsidence and brine",
        f"D from {params.d_low:g} to {params.d_high:g} m²/s, Cx from {params.cx_low:g} to {params.upper_cx:g} g/100 g",
    )
    report.warnings(result.warnings)
    report.image(
        figures["figure"],
        f"Bars: first and total order with {100 * params.level:g} % intervals. Bands: the classes of importance.",
    )
    report.heading("Indices")
    report.table(
        ("Output", "Parameter", "First order", "Interval", "Class", "Total order", "Interval", "Class"),
        [
            (
                row["output"],
                row["parameter"],
                row["first"],
                _interval(row["first_low"], row["first_high"]),
                row["class_first"],
                row["total"],
                _interval(row["total_low"], row["total_high"]),
                row["class_total"],
            )
            for row in result.tables["indices"]
        ],
    )
    for text in _reading():
        report.paragraph(text)
    report.heading("One parameter at a time")
    report.image(
        figures["figure_perturbation"],
        f"Around D = {found.nominal[0]:.4g} m²/s and Cx = {found.nominal[1]:.4g} g/100 g, the middle of the ranges.",
    )
    report.heading("Numbers")
    report.numbers(result)
    report.heading("What was held fixed")
    report.table(
        ("What", "Value", "Unit"),
        [
            ("Saturated concentration Cs", params.cs, "g/100 g"),
            ("Thickness of the saturated layer", params.delta, "m"),
            ("Time", params.days, "d"),
            ("Sinking ground", params.area, "m²"),
            *params.deposit.sheet(),
        ],
    )
    report.heading("How this was computed")
    report.paragraph(
        "S = D / delta (Cs - Cx) / Cs t; Ty = density g S area; F = Ty / (H G E) = pi d²/4 + Ls d. D and Cx are "
        f"uniform and independent in their ranges. A scrambled Sobol' sequence of {params.samples:,} points, first "
        "order by Saltelli et al. (2010), total order by Jansen (1999), intervals from resampled rows of the design. "
        "Indices estimated slightly below 0 are 0 within their interval."
    )
    return report.write(path)


def _interval(low: float | None, high: float | None) -> str:
    return "–" if low is None or high is None else f"{low:.3f} to {high:.3f}"


def _reading() -> list[str]:
    return [
        "First order: share of the output's variance that a parameter explains alone. Total order: its share with all "
        "interactions. For independent parameters the first orders sum to at most 1 and the total orders to at least "
        "1. Classes after Xing et al., table V: above 0.8 very important, 0.5 to 0.8 important, 0.3 to 0.5 "
        "unimportant, below 0.3 not correlated.",
        "The indices belong to the ranges: a wider range of a parameter raises its own. With both ranges beginning at "
        "D = 0 and ending at Cx = Cs, D and (Cs - Cx) / Cs play the same part, and each has exactly 3/7 in first and "
        "4/7 in total order, whatever the upper end of D.",
        "Ty is proportional to S, so that both have the same indices. Xing et al. report for subsidence a first order "
        "of 0.48 for D and of at least 0.8 for Cx: together more than 1, which independent parameters cannot have.",
    ]
