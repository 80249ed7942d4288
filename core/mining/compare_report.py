"""The HTML report of a comparison of models."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..metadata_sheet import metadata_sheet
from ..report import Report
from ..result import Result
from .compare_models import TITLES, WSK
from .compare_params import CompareParams
from .compare_tables import PAPER_NOTE, PAPER_PREDICTIONS

if TYPE_CHECKING:
    from .compare_job import Comparison

METHOD = (
    "All models are fitted by least squares to the same phases of the same pixels, relative to the same reference, "
    "with a height error of each pixel where the baselines are known. Linear, seasonal and polynomial motion have "
    "coefficients of their own in each pixel. WSK has one D per pixel and one u(t) per funnel. The probability "
    "integral has a handful of parameters for the whole mine, so that its residuals hold all that its shape cannot "
    "follow; AIC is what sets residuals against the number of parameters.",
    "AIC = n ln(RSS / n) + 2 (K + 1), n phase observations, K parameters of all pixels together. P is the probability "
    "that a model is better than WSK, exp(-d/2) / (1 + exp(-d/2)) with d its AIC less that of WSK; with many "
    "observations it is 0 or 1. Improvement is (a - b) / a, a the other model and b WSK; negative where WSK is worse.",
    "SBAS has a free displacement at every date. Every model of motion is a special case of it, so its residual is the "
    "least that is possible: what is left there is noise, not a worse model.",
)


def write_report(
    path: Path, result: Result, params: CompareParams, found: Comparison, figures: dict[str, bytes]
) -> Path:
    """Who wins where, figures, tables, the paper's values beside, and method."""
    days = found.fitted.used
    report = Report(
        "Comparison of deformation models",
        f"{Path(params.input).name}: fitted to {days[0].isoformat()} to {days[-1].isoformat()}, "
        f"{len(found.fitted.pairs)} interferograms, {found.fitted.phase.shape[1]:,} pixels",
    )
    report.warnings(result.warnings)
    rows = result.tables["models"]
    report.heading("Fit to the phases")
    report.image(figures["figure_residuals"])
    report.table(
        ("Model", "Parameters", "Residual phase, std [rad]", "AIC", "P beside WSK", "WSK improves by [%]"),
        [
            (
                TITLES[row["model"]],
                row["parameters"],
                row["residual_std_rad"],
                row["aic"],
                row["probability_beside_wsk"],
                _percent(row["wsk_improves_residual"]),
            )
            for row in rows
        ],
    )
    if found.marks is not None:
        _levelling(report, rows, found, figures)
    if found.predicted:
        _prediction(report, result, rows, found, figures)
    report.heading("What Xing et al. print")
    report.table(("Model", "Mine", "STD [mm]", "Maximum error [mm]", "Error range [mm]"), PAPER_PREDICTIONS)
    report.paragraph(PAPER_NOTE)
    report.heading("Fitted models")
    report.table(("Model", "Fitted"), [(TITLES[row["model"]], row["fitted"]) for row in rows])
    report.heading("Method")
    for text in METHOD:
        report.paragraph(text)
    report.heading("Data")
    report.table(("What", ""), metadata_sheet(found.stack))
    report.heading("Numbers")
    report.numbers(result)
    return report.write(path)


def _levelling(
    report: Report, rows: list[dict[str, Any]], found: Comparison, figures: dict[str, bytes]
) -> None:
    marks = found.marks
    if marks is None:
        return
    report.heading("Levelling")
    report.image(
        figures["figure_levelling"],
        f"{len(marks.names)} points, {marks.days[0].isoformat()} to {marks.days[-1].isoformat()}; "
        "zero at the first date.",
    )
    report.table(
        ("Model", "RMSE [mm]", "Mean [mm]", "Largest error [mm]", "WSK improves by [%]"),
        [
            (
                TITLES[row["model"]],
                row["levelling_rmse_mm"],
                None if entry.levelling is None else 1e3 * entry.levelling.mean,
                None if entry.levelling is None else 1e3 * entry.levelling.largest,
                _percent(row["wsk_improves_levelling"]),
            )
            for row, entry in zip(rows, found.outcomes)
        ],
    )


def _prediction(
    report: Report, result: Result, rows: list[dict[str, Any]], found: Comparison, figures: dict[str, bytes]
) -> None:
    report.heading("Prediction")
    report.paragraph(
        f"Predicted less measured subsidence at {len(found.days)} dates after {found.fitted.used[-1].isoformat()}; "
        f"measured: {found.source}, whose own errors are part of the differences."
    )
    report.table(
        (
            "Model",
            "STD [mm]",
            "Maximum error [mm]",
            "Error range [mm]",
            "RMSE [mm]",
            "WSK improves STD by [%]",
        ),
        [
            (
                TITLES[row["model"]],
                row["prediction_std_mm"],
                row["prediction_max_mm"],
                f"{row['prediction_lowest_mm']:.1f} to {row['prediction_highest_mm']:.1f}",
                row["prediction_rmse_mm"],
                _percent(row["wsk_improves_prediction"]),
            )
            for row in rows
            if row["prediction_std_mm"] is not None
        ],
    )
    report.image(figures["figure_deviations"], "Red: predicted too deep; blue: too shallow.")
    report.image(
        figures["figure_distribution"],
        "All pixels and predicted dates; what lies outside is in the last bar.",
    )
    report.heading("Each predicted date")
    report.table(
        ("Model", "Date", "Mean [mm]", "STD [mm]", "Maximum error [mm]", "Error range [mm]"),
        [
            (
                TITLES[row["model"]],
                row["date"],
                row["mean_mm"],
                row["std_mm"],
                row["largest_mm"],
                None if row["lowest_mm"] is None else f"{row['lowest_mm']:.1f} to {row['highest_mm']:.1f}",
            )
            for row in result.tables["predictions"]
            if row["date"] != "all"
        ],
    )
    if not any(entry.model == WSK for entry in found.predicted):
        report.paragraph("WSK is not among the models, or its free u cannot be continued beyond the record.")


def _percent(share: float | None) -> float | None:
    return None if share is None else 100.0 * share
