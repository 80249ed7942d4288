"""What the brine estimate says about pixels without a value."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..result import Result
from .brine_ledger import Ledger
from .gap_reach import FARTHEST, MIDDLE, TRUSTED
from .gap_summary import GapSummary
from .gaps import FILL, Filling

MUCH = 0.20  # of a volume from filled pixels: beyond it a warning

COLUMNS = (
    "missing_pixels", "missing_area_share", "filled_pixels", "filled_volume_m3", "unfilled_pixels", "wide_gap",
    "middle_missing",
)  # fmt: skip
REMARKS = (("wide_gap", "wide gap"), ("middle_missing", "middle missing"))
WHOLE = {name: int for name in COLUMNS if name not in ("missing_area_share", "filled_volume_m3")}


def columns(summary: GapSummary, ledger: Ledger, k: int) -> dict[str, float | int]:
    """Gaps of a funnel at the last date, under the names of COLUMNS; flags are 0 or 1."""
    filled = float(ledger.volumes.filled[-1, k])
    values = (
        int(summary.missing[k]), float(summary.share[k]), int(summary.filled[k]), filled, int(summary.unfilled[k]),
        int(summary.too_wide[k]), int(summary.middle[k]),
    )  # fmt: skip
    return dict(zip(COLUMNS, values))


def add_numbers(result: Result, summary: GapSummary, ledger: Ledger, filling: Filling, gaps: str) -> None:
    """Gaps of all funnels together at the last date."""
    volume, filled = (float(part[-1].sum()) for part in (ledger.volumes.volume, ledger.volumes.filled))
    add = result.number
    add("missing_pixels", int(summary.missing.sum()), "", "Pixels of the funnels without a value at the last date")
    footprint = float(summary.footprint.sum())
    share = 100.0 * float(summary.missing_area.sum()) / footprint if footprint > 0 else 0.0
    add("missing_area_share", share, "%", "Part of the funnels' ground without a value at the last date")
    add("filled_volume", filled, "m3", "Part of the volume that comes from filled pixels")
    add("filled_share", 100.0 * filled / volume if volume > 0 else 0.0, "%", "Part of the volume from filled pixels")
    add("unfilled_pixels", int(summary.unfilled.sum()), "", "Pixels beside subsiding ground too far in to be filled")
    if gaps == FILL and filling.std is not None:
        per_volume = ledger.deposit.density * ledger.deposit.content
        add("filling_std", float(filling.std[-1, -1]) * per_volume, "t", "Part of the product's deviation by filling")


def log_line(result: Result, gaps: str) -> str:
    """The gaps in one line for the log."""
    numbers = result.numbers
    found = numbers["missing_pixels"].value or 0
    if not found:
        return "All pixels of the funnels have a value at the last date."
    share = numbers["missing_area_share"].value
    text = f"{found:,} pixels of the funnels ({share:.1f} % of their ground) have no value"
    if gaps != FILL:
        return f"{text} at the last date and add nothing."
    return f"{text} at the last date; filled ones give {numbers['filled_share'].value:.1f} % of the volume."


def notes(
    summary: GapSummary, ledger: Ledger, left_out: float, gaps: str
) -> list[str]:
    """Warnings. left_out : volume [m3] at the last date that the filling would add where gaps are left."""
    if gaps != FILL:
        return _of_left(summary, ledger, left_out)
    texts = []
    for k, number in enumerate(ledger.ids):
        volume, filled = float(ledger.volumes.volume[-1, k]), float(ledger.volumes.filled[-1, k])
        if filled > MUCH * volume:
            texts.append(
                f"{100 * filled / volume:.0f} % of the volume of funnel {number} comes from {summary.filled[k]:,} "
                "pixels without a value, which were filled from the pixels around them."
            )
        if summary.too_wide[k]:
            texts.append(_wide(summary, k, number))
        if summary.middle[k]:
            texts.append(
                f"The deepest point of funnel {number} lies in a gap that reaches more than {MIDDLE:.3g} of the bowl's "
                "half-width from any value: its depth is interpolated, not measured."
            )
    return texts


def _wide(summary: GapSummary, k: int, number: int) -> str:
    text = (
        f"A gap of funnel {number} reaches {summary.widest[k]:.0f} m from any value, and the bowl's half-width is "
        f"{summary.half_width[k]:.0f} m: beyond {TRUSTED:g} of it the filled volume is a guess"
    )
    if not summary.unfilled[k]:
        return text + "."
    return (
        f"{text}; {summary.unfilled[k]:,} pixels farther in than {FARTHEST:g} of it were not filled and add nothing, "
        "so that its amounts are too small."
    )


def _of_left(summary: GapSummary, ledger: Ledger, left_out: float) -> list[str]:
    volume = float(ledger.volumes.volume[-1].sum())
    if not summary.missing.sum() or left_out < 0.01 * volume:
        return []
    return [
        f"{int(summary.missing.sum()):,} pixels of the funnels have no value at the last date and add nothing: the "
        f"amounts are too small by about {100 * left_out / (volume + left_out):.0f} %. GAPS=fill fills them."
    ]


def table(rows: list[dict[str, Any]]) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Headings and rows of the report's table."""
    headings = (
        "Funnel", "Pixels without value", "Of its ground [%]", "Filled, counting", "Volume from them [m³]",
        "Of the volume [%]", "Not filled", "Remark",
    )  # fmt: skip
    return headings, [
        (
            row["funnel"],
            row["missing_pixels"],
            100.0 * row["missing_area_share"],
            row["filled_pixels"],
            row["filled_volume_m3"],
            100.0 * row["filled_volume_m3"] / row["volume_m3"] if row["volume_m3"] > 0 else None,
            row["unfilled_pixels"],
            "; ".join(text for key, text in REMARKS if row[key]),
        )
        for row in rows
    ]


def left_volume(filling: Filling, areas: Any, threshold: float) -> float:
    """Volume [m3] at the last date of the pixels that the filling holds and that would count."""
    values = filling.values[-1]
    rows = filling.places // filling.columns
    return float(np.where(values > threshold, values * areas[rows], 0.0).sum())
