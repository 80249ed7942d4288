"""The report of a prediction."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..figures import mining_kinetics as figures
from ..figures import mining_maps as maps
from ..report import Report
from ..result import Result
from ..timeseries.summary import round_up
from ..units import MM_PER_M
from .model_folder import Modelled, on_grid
from .predict_score import Measured, Series

_PANELS = 8

Float64 = NDArray[np.float64]


def write_report(
    path: Path,
    made: Modelled,
    record_end: date,
    lines: list[Series],
    measured: Measured | None,
    errors: Float64 | None,
    facts: tuple[str, ...],
    result: Result,
) -> Path:
    """Write the report; every number in it is in result.json too."""
    span = f"{made.dates[0].isoformat()} to {made.dates[-1].isoformat()}"
    report = Report(
        "Predicted subsidence of a salt mine", f"{span}, {len(made.dates)} dates, {len(made.index):,} pixels"
    )
    report.warnings(result.warnings)
    report.paragraph(
        f"Subsidence is vertical, positive down, and counts from {made.origin.isoformat()}, the first date of the "
        f"record, which ends {record_end.isoformat()}. Standard deviations carry the uncertainty of D and of the "
        "brine's concentration; they are formal, and blind to a mine that changes its way of working."
    )
    report.heading("Series")
    report.figure(
        figures.curves([_curve(line, measured) for line in lines], record_end, "Where the ground sinks most"),
        "Bands of two standard deviations" + ("; circles are measured." if measured is not None else "."),
    )
    report.heading("Maps")
    grid = made.source.grid
    numbers = np.unique(np.linspace(0, len(made.dates) - 1, _PANELS).round().astype(int))
    sunk = np.stack([on_grid(MM_PER_M * made.subsidence[n], made) for n in numbers])
    report.figure(
        maps.panels(
            sunk, [made.dates[n].isoformat() for n in numbers], grid, "Predicted subsidence", "Subsidence [mm]",
            (0.0, round_up(float(np.nanquantile(sunk[-1], 0.999)))),
        ),
        f"Relative to {made.origin.isoformat()} and to the reference.",
    )  # fmt: skip
    spread = on_grid(MM_PER_M * made.std[-1], made)
    report.figure(
        maps.map_figure(
            spread, grid, f"Standard deviation on {made.dates[-1].isoformat()}", "Standard deviation [mm]",
            (0.0, round_up(float(np.nanquantile(spread, 0.999)))), "viridis", "max",
        ),
        "Vertical.",
    )  # fmt: skip
    if measured is not None and errors is not None:
        _scores(report, measured, errors, result)
    if facts:
        report.heading("The model")
        for text in facts:
            report.paragraph(text)
    report.heading("Numbers")
    report.numbers(result)
    return report.write(path)


def _curve(line: Series, measured: Measured | None) -> figures.Curve:
    values = MM_PER_M * line.subsidence
    if measured is None:
        return figures.Curve(line.label, line.dates, values, MM_PER_M * line.std)
    seen = MM_PER_M * measured.subsidence[:, line.position]
    return figures.Curve(line.label, line.dates, values, MM_PER_M * line.std, measured.dates, seen)


def _scores(report: Report, measured: Measured, errors: Float64, result: Result) -> None:
    report.heading("Prediction against measurement")
    parts = [MM_PER_M * row[np.isfinite(row)] for row in errors]
    report.figure(
        figures.forecast_errors(measured.dates, parts), "Predicted minus measured subsidence of all common pixels."
    )
    rows: list[dict[str, Any]] = result.tables["scores"]
    columns = (
        ("date", "Date"), ("pixels", "Pixels"), ("bias_mm", "Mean [mm]"), ("std_mm", "STD [mm]"),
        ("rmse_mm", "RMSE [mm]"), ("max_error_mm", "Maximum error [mm]"), ("lowest_mm", "Lowest [mm]"),
        ("highest_mm", "Highest [mm]"), ("within_2_std_percent", "Within 2 std [%]"),
    )  # fmt: skip
    report.table([title for _, title in columns], [[row.get(key) for key, _ in columns] for row in rows])
    report.paragraph(
        "The measurement has noise of its own, which these figures contain and the predicted standard deviation does "
        "not: a share within two standard deviations below 95 % is expected."
    )
