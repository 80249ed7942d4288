"""The HTML report of the series at marked places."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ...component import VERTICAL
from ...report import Report
from ...result import Result
from .params import PointSeriesParams

_CAPTIONS = {
    "lags_figure": "Correlation with each driver against the lag by which the ground follows it. Dot: the "
    "strongest one. Between the dashed lines lie the largest correlations of 95 % of the shuffled drivers.",
    "shapes": "Mean series with their straight lines (dashed) and the models of their classes.",
}


def write_report(
    path: Path,
    result: Result,
    params: PointSeriesParams,
    pictures: Mapping[str, bytes],
) -> Path:
    """Pictures (PNG by role), tables, numbers, and how they came about."""
    vertical = "vertical" if params.component == VERTICAL else "along the line of sight"
    report = Report("Series at marked places", f"Points within {params.radius:g} m, {vertical}")
    report.warnings(result.warnings)
    report.image(pictures["figure"], "Mean of the points around each place; the band holds two thirds of them.")
    report.heading("Places")
    report.records(result.tables["locations"])
    if "shapes" in pictures:
        report.image(pictures["shapes"], _CAPTIONS["shapes"])
    report.heading("Groups and drivers" if params.drivers else "Groups")
    report.image(
        pictures["panel"],
        "Drivers, and the mean of each group's series without their lines; the band is the spread over places.",
    )
    if "lags_figure" in pictures:
        report.image(pictures["lags_figure"], _CAPTIONS["lags_figure"])
        report.records(result.tables["correlations"])
    report.heading("Numbers")
    report.numbers(result)
    report.method(method(params))
    return report.write(path)


def method(params: PointSeriesParams) -> list[str]:
    """What was assumed and decided, in sentences."""
    texts = [
        f"The displacements of all points within {params.radius:g} m of a place are averaged at every date and begin "
        "at zero. The standard deviation is that between the points; they share atmosphere and reference, so the mean "
        "is not more certain than a single point by the square root of their number.",
        "From each place's series its least-squares line is taken; a group is the mean of the places' residuals, every "
        "place counting once.",
        "Each place is tested for acceleration, a step and a change of rate against trend and season, as the tool "
        "'seasonal' does; p_nonlinear is the least of the three probabilities by chance times three, and line_r2 the "
        "share of the variance that a straight line explains.",
    ]
    if not params.drivers:
        return texts
    return [
        *texts,
        f"Drivers are interpolated to days, averaged over {params.window} days centred on each, and read at the "
        "dates of the series minus the lag. From both the straight line is taken before they are correlated, "
        "at the same dates for all lags. A positive lag means that the ground follows.",
        f"Two tests with {params.draws:,} surrogate drivers ask how often the largest correlation at any lag is as "
        f"large by chance. p_blocks shuffles pieces of {params.block} days, which destroys the season. p_phase keeps "
        "the spectrum, and so the strength of the season, and draws its phases anew. Both are small where ground and "
        "driver go together, be it only by a regular season.",
        "r_anomaly is the correlation at that lag without the annual terms of both, with its p_anomaly (phase test). "
        "Where p_anomaly is large, the season alone ties the two, and any other seasonal cause would do as well.",
        f"lag_p05 and lag_p95 hold the strongest lag of 90 % of samples in which blocks of {params.block} days of "
        "dates are drawn again.",
    ]

