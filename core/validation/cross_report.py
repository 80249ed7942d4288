"""The HTML report of a cross-validation."""

from __future__ import annotations

from pathlib import Path

from matplotlib.figure import Figure

from ..component import VERTICAL
from ..report import Report
from ..result import Result
from . import direction
from .cross_params import DISPLACEMENT, CrossParams


def write_report(path: Path, result: Result, params: CrossParams, names: tuple[str, ...], figure: Figure) -> Path:
    """Figure, numbers, and how they came about."""
    first, second = names
    what = "displacement" if params.compare == DISPLACEMENT else "velocity"
    report = Report(
        f"Cross-validation of {first} and {second}",
        f"{direction.title(params.component, params.azimuth)} {what} in common cells of {params.spacing:g} m",
    )
    report.warnings(result.warnings)
    report.figure(
        figure,
        "Values of the common cells (colour: number of cells), their differences with the normal distribution of the "
        "same mean and standard deviation, and where the differences are.",
    )
    report.heading("Numbers")
    report.numbers(result)
    report.method(method(params, result))
    return report.write(path)


def method(params: CrossParams, result: Result) -> list[str]:
    """What was assumed and decided, in sentences."""
    texts = [_direction(params)]
    dates = result.tables.get("dates")
    if dates:
        texts.append(
            f"Displacements are from {' to '.join(dates['track1'])} in track 1 and from {' to '.join(dates['track2'])} "
            f"in track 2, the first and last dates that both have within {params.max_days} days."
        )
    removed = "was taken off track 1" if params.remove_offset else "was estimated but left in"
    texts += [
        f"Values are averaged in square cells of {params.spacing:g} m, edges at multiples of it, in "
        f"{_short(result.tables['grid']['crs'])}. A cell is common when both tracks have at least {params.min_points} "
        "in it.",
        f"Differences are track 1 minus track 2. The offset is their median and {removed}: tracks with different "
        "references differ by a constant.",
        "NMAD is 1.4826 times the median absolute deviation from the median, a standard deviation that single wrong "
        "cells do not spoil. The orthogonal line is right when both tracks have errors of one size; the least-squares "
        "slope is too flat because track 1 has errors as well.",
        "What to expect follows from the standard deviations that the tracks bring. The truth lies between errors that "
        "are independent from point to point and errors that a cell's points share, as those of the atmosphere.",
    ]
    return texts


def _direction(params: CrossParams) -> str:
    if params.component == VERTICAL:
        return (
            "Line-of-sight values were divided by the cosine of each point's own incidence angle, which assumes that "
            "there is no horizontal motion. Where there is, tracks that look from different sides differ by it."
        )
    if params.component == direction.AZIMUTH:
        return (
            f"Line-of-sight values were turned into horizontal motion towards {params.azimuth % 360:g} degrees from "
            "north by each point's own line of sight, which assumes that there is no other motion."
        )
    return "Values are along each track's own line of sight."


def _short(crs: str) -> str:
    return crs if len(crs) < 40 else "the metric system of track 1"
