"""Tables and numbers of a comparison, as JSON and CSV."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from ..result import Result
from ..units import MM_PER_M
from .compare_models import MODELS, SBAS, TITLES, WSK
from .compare_scores import Errors, Outcome, improvement, probability

if TYPE_CHECKING:
    from .compare_job import Comparison

CSV_TABLES = ("models", "interferograms", "predictions", "levelling")
# What Xing et al. print: model, mine, STD, maximum error, error range [mm] (their tables II and III).
PAPER_PREDICTIONS = (
    ("WSK", "Xinhua", 11.3, 19.2, "-20 to 20"),
    ("CT-PIM", "Xinhua", 12.9, 24.6, "-25 to 25"),
    ("Static PIM", "Xinhua", 18.8, 39.2, "-40 to 40"),
    ("WSK", "Huai'an", 7.2, 17.2, "-20 to 20"),
    ("CT-PIM", "Huai'an", 8.4, 19.6, "-20 to 20"),
    ("Static PIM", "Huai'an", 12.6, 28.6, "-30 to 30"),
)
PAPER_NOTE = (
    "Xing et al. print improvements of 45.7 % (residual phase of Xinhua, 0.32 rad), 44.6 % (levelling, 8.5 to 5.4 mm), "
    "48.3 % (Xinhua, against static PIM) and 54.5 % (Huai'an). As (a - b) / a their own tables give 36.5 % for "
    "levelling, 39.9 % for Xinhua and 42.9 % for Huai'an. Their AIC, 5.74 against 8.34 and 1.15 against 2.89, counts "
    "points where phase observations belong. Their residual phases are compared with those of SBAS, which with a free "
    "displacement at every date cannot leave larger residuals than any model of motion: it is shown here as the lower "
    "bound. Their numbers are quoted, not aimed at."
)


def add_tables(result: Result, found: Comparison) -> None:
    """models, interferograms, predictions and levelling; None where something was not asked for."""
    result.tables["models"] = [_model_row(entry, found) for entry in found.outcomes]
    days = found.fitted.days
    result.tables["interferograms"] = [
        {
            "pair": f"{days[first]:%Y%m%d}_{days[second]:%Y%m%d}",
            **{f"{entry.fit.model}_rad": float(entry.deviations[row]) for entry in found.outcomes},
        }
        for row, (first, second) in enumerate(found.fitted.pairs)
    ]
    result.tables["predictions"] = [
        {"model": entry.model, "date": name, **_error_row(scores)}
        for entry in found.predicted
        for name, scores in [*zip([d.isoformat() for d in found.days], entry.each), ("all", entry.total)]
    ]
    result.tables["levelling"] = _levelling_rows(found)
    result.tables["measured"] = found.source


def add_numbers(result: Result, found: Comparison) -> None:
    """The numbers of every model; the keys end with the model's id."""
    put = result.number
    put("pixels", found.fitted.phase.shape[1], "", "Pixels compared")
    put("pairs", len(found.fitted.pairs), "", "Interferograms that the models were fitted to")
    put("dates_fitted", len(found.fitted.used), "", "Dates that the models were fitted to")
    put("dates_predicted", len(found.days), "", "Predicted dates that were scored")
    rows = {row["model"]: row for row in result.tables["models"]}
    for model in (*MODELS, SBAS):
        row = rows.get(model)
        if row is None:
            continue
        title = TITLES[model]
        put(f"residual_std_{model}", row["residual_std_rad"], "rad", f"{title}: std of the residual phase")
        put(f"aic_{model}", row["aic"], "", f"{title}: AIC")
        put(f"levelling_rmse_{model}", row["levelling_rmse_mm"], "mm", f"{title}: RMSE against levelling")
        put(
            f"prediction_std_{model}",
            row["prediction_std_mm"],
            "mm",
            f"{title}: std of the prediction errors",
        )
        put(f"prediction_max_{model}", row["prediction_max_mm"], "mm", f"{title}: largest prediction error")


def csv_files(result: Result) -> dict[str, str]:
    """Text of each table that has rows, by name."""
    texts = {}
    for name in CSV_TABLES:
        rows = result.tables[name]
        if not rows:
            continue
        stream = io.StringIO()
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({key: _plain(value) for key, value in row.items()} for row in rows)
        texts[name] = stream.getvalue()
    return texts


def _model_row(entry: Outcome, found: Comparison) -> dict[str, Any]:
    beside = next(
        (other for other in found.outcomes if other.fit.model == WSK and entry.fit.model != WSK), None
    )
    ahead = next((p.total for p in found.predicted if p.model == entry.fit.model), None)
    wsk = next((p.total for p in found.predicted if p.model == WSK), None) if beside else None
    level = None if beside is None else beside.levelling
    return {
        "model": entry.fit.model,
        "parameters": entry.fit.parameters,
        "observations": entry.observations,
        "residual_std_rad": entry.std,
        "aic": entry.aic,
        "probability_beside_wsk": None if beside is None else probability(entry.aic, beside.aic),
        "levelling_rmse_mm": _mm(entry.levelling, "rmse"),
        "prediction_std_mm": _mm(ahead, "std"),
        "prediction_rmse_mm": _mm(ahead, "rmse"),
        "prediction_max_mm": _mm(ahead, "largest"),
        "prediction_lowest_mm": _mm(ahead, "lowest"),
        "prediction_highest_mm": _mm(ahead, "highest"),
        "wsk_improves_residual": None if beside is None else improvement(entry.std, beside.std),
        "wsk_improves_levelling": _gain(entry.levelling, level, "rmse"),
        "wsk_improves_prediction": _gain(ahead, wsk, "std"),
        "fitted": entry.fit.text,
    }


def _levelling_rows(found: Comparison) -> list[dict[str, Any]]:
    marks = found.marks
    if marks is None:
        return []
    rows = []
    for number, day in enumerate(marks.days):
        for column, name in enumerate(marks.names):
            levelled = MM_PER_M * float(marks.subsidence[number, column])
            row: dict[str, Any] = {"point": name, "date": day.isoformat(), "levelled_mm": levelled}
            for entry in found.outcomes:
                if entry.levelled is not None:
                    row[f"{entry.fit.model}_mm"] = MM_PER_M * float(entry.levelled[number, column])
            rows.append(row)
    return rows


def _error_row(scores: Errors | None) -> dict[str, float | int | None]:
    return {
        "values": 0 if scores is None else scores.values,
        **{
            f"{name}_mm": _mm(scores, name)
            for name in ("mean", "std", "rmse", "largest", "lowest", "highest")
        },
    }


def _mm(scores: Errors | None, name: str) -> float | None:
    return None if scores is None else MM_PER_M * float(getattr(scores, name))


def _gain(a: Errors | None, b: Errors | None, name: str) -> float | None:
    return None if a is None or b is None else improvement(getattr(a, name), getattr(b, name))


def _plain(value: Any) -> Any:
    return "" if value is None or value != value else round(value, 6) if isinstance(value, float) else value
