"""The HTML report of the time-series analysis."""

from __future__ import annotations

from pathlib import Path

from ...report import Report
from ...result import Result
from .design import Design
from .params import SeasonalParams

_CAPTIONS = (
    "The class of every series.",
    "How many series each class has; annual amplitude and month of the highest place of the class seasonal.",
    "The clearest series of every class with the model that its class stands for.",
)


def write_report(
    path: Path, result: Result, params: SeasonalParams, form: Design, pictures: tuple[bytes, ...]
) -> Path:
    """Pictures (PNG), numbers, and how they came about."""
    report = Report(
        "Time-series analysis",
        f"{len(form.dates)} dates, {form.dates[0]} to {form.dates[-1]}",
    )
    report.warnings(result.warnings)
    for picture, caption in zip(pictures, _CAPTIONS):
        report.image(picture, caption)
    report.heading("Numbers")
    report.numbers(result)
    report.method(method(params, form, result))
    return report.write(path)


def method(params: SeasonalParams, form: Design, result: Result) -> list[str]:
    """What was fitted and decided, in sentences."""
    terms = "a constant, a trend" + (", and a cosine and a sine of one year" if form.annual else "")
    if form.unknowns > 4:
        terms += ", and of half a year"
    level = params.significance
    n = result.numbers["analysed"].value or 0
    factor = result.numbers["error_factor"].value
    return [
        f"Every series is fitted by least squares with {terms}, over its own dates with a value. Three departures are "
        "tried: a quadratic term, the best step and the best change of rate, with at least "
        f"{form.least} dates on either side.",
        "Class: the significant departure with the lowest Bayesian information criterion (the date of a break counts "
        "as an unknown) makes accelerating, step or breakpoint; else a significant annual term of at least "
        f"{params.min_amplitude:g} mm makes seasonal; else a significant trend of at least {params.min_velocity:g} "
        "mm/yr makes linear; else the series is stable. A seasonal or stepping series may well have a trend: see "
        "p_trend. class_f and class_p are the F statistic and the probability of the test that decided; for stable, "
        "those of the trend.",
        f"Significance is {level:g} per series; the three departures share it. A break is searched for among many "
        "dates, which makes a large F likely by chance: its probability comes from simulated white noise at these "
        f"dates. Among {n:,.0f} series about {level * n:,.0f} depart and as many have a trend or season by chance.",
        "Trend, amplitude and day of the peak are those of the class's own model: the trend holds at the middle of the "
        "dates for accelerating, and before the break for breakpoint. Positive is toward the satellite (or up); the "
        "peak is the highest place. Acceleration is fitted to all series; step and change of rate are given where "
        "significant. Only one departure is fitted at a time.",
        "Standard deviations come from the residuals"
        + (
            f", multiplied by {factor:.2f} for noise that is correlated in time: the factor that makes the "
            "trend's errors right in simulated first-order autoregressive noise whose residuals have the same median "
            "correlation from date to date. Tests allow for it alike."
            if params.correlated
            else "; noise is taken as uncorrelated in time."
        )
        + " They do not hold the motion of the reference, nor errors that all dates share.",
    ]
