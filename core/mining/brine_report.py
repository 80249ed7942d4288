"""The HTML report of a brine estimate."""

from __future__ import annotations

from pathlib import Path

from ..metadata_sheet import metadata_sheet
from ..report import Report
from ..result import Result
from .brine_gaps import table as gap_table
from .brine_ledger import Ledger
from .brine_params import BrineParams
from .gap_reach import FARTHEST, TRUSTED
from .gaps import FILL
from .subsidence import SubsidenceSeries
from .volumes import LAST

PAPER = {"xinhua": 0.406, "huaian": 1.477}  # Mt/yr, as Xing et al. give them


def write_report(
    path: Path,
    result: Result,
    params: BrineParams,
    ledger: Ledger,
    series: SubsidenceSeries,
    figures: dict[str, bytes],
) -> Path:
    """Curves, totals per funnel, both routes, threshold, years, records, numbers and method."""
    report = Report(
        "Brine and dissolution cavities",
        f"{series.folder.name}: {ledger.origin.isoformat()} to {ledger.dates[-1].isoformat()}, "
        f"pixels beyond {params.threshold:g} mm",
    )
    report.warnings(result.warnings)
    report.image(figures["figure"], "Bands are one standard deviation.")
    report.heading("Funnels at the last date")
    report.table(
        (
            "Funnel",
            "Area [m²]",
            "Deepest [mm]",
            "Volume [m³]",
            "Brine Q [t]",
            "Product Ty [t]",
            "± [t]",
            "Rate [t/yr]",
            "d [m]",
            "± [m]",
        ),
        [
            tuple(
                row[name]
                for name in (
                    "funnel",
                    "area_m2",
                    "deepest_mm",
                    "volume_m3",
                    "brine_t",
                    "product_t",
                    "product_std_t",
                    "rate_t_yr",
                    "diameter_m",
                    "diameter_std_m",
                )
            )
            for row in result.tables["funnels"]
        ],
    )
    report.heading("Pixels without a value at the last date")
    report.table(*gap_table(result.tables["funnels"]))
    report.heading("The two routes to the dissolution area")
    _routes(report, result, ledger)
    report.heading("Effect of the threshold")
    report.image(figures["figure_thresholds"])
    report.table(
        ("Threshold [mm]", "Volume [m³]", "Product [t]", "Lost [%]"),
        [
            (
                "none" if row["threshold_mm"] is None else row["threshold_mm"],
                row["volume_m3"],
                row["product_t"],
                None if row["lost_share"] is None else 100.0 * row["lost_share"],
            )
            for row in result.tables["thresholds"]
        ],
    )
    report.heading("Calendar years")
    report.table(
        ("Year", "Days in the record", "Product [t]", "Rate [t/yr]"),
        [(str(row["year"]), row["days"], row["total_t"], row["rate_t_yr"]) for row in result.tables["years"]],
    )
    if result.tables["records"]:
        report.heading("Production record")
        report.image(figures["figure_records"])
        report.table(
            (
                "Funnel",
                "From",
                "To",
                "Recorded [t]",
                "Estimated [t]",
                "Difference [t]",
                "Estimated / recorded",
            ),
            [
                (str(row["funnel"] or "all"), *(row[name] for name in list(row)[1:]))
                for row in result.tables["records"]
            ],
        )
    report.heading("Numbers")
    report.numbers(result)
    report.heading("Deposit")
    report.table(("What", "Value", "Unit"), params.deposit.sheet())
    report.method(_method(params))
    report.heading("Data")
    report.table(("What", "Value"), metadata_sheet(series.stack))
    return report.write(path)


def _routes(report: Report, result: Result, ledger: Ledger) -> None:
    report.table(
        (
            "Funnel",
            "F by volume [m²]",
            "d by volume [m]",
            "Ty by volume [t]",
            "F by area [m²]",
            "d by area [m]",
            "Ty by area [t]",
        ),
        [
            (
                number,
                float(ledger.dissolution[-1, k]),
                float(ledger.diameter[-1, k]),
                float(ledger.product[-1, k]),
                float(ledger.volumes.area[-1, k]),
                float(ledger.diameter_by_area[-1, k]),
                float(ledger.product_by_area[-1, k]),
            )
            for k, number in enumerate(ledger.ids)
        ],
    )
    report.paragraph(
        "By volume, F follows from the subsided volume: F = Ty / (H G E). By area, F is the ground that subsides, and "
        "Ty = F H G E is the salt that the seam holds below it. The two agree where the ground has sunk by "
        f"{ledger.deposit.full_subsidence:.2f} m (H G E / (density g)); the deepest point here has sunk by "
        f"{_deepest(result):.3f} m. The area route is an upper end: it counts the seam as dissolved wherever the "
        "ground moves at all."
    )


def _deepest(result: Result) -> float:
    return max((row["deepest_mm"] or 0.0) for row in result.tables["funnels"]) / 1000.0


def _gaps(params: BrineParams) -> str:
    if params.gaps != FILL:
        return "Pixels without a value add nothing (GAPS=leave)."
    return (
        "Pixels without a value are filled at every date by a thin plate under slight tension from the pixels around "
        "them (Smith & Wessel 1990), before the threshold is applied. Ground farther from any value than "
        f"{FARTHEST:g} of the half-width of its bowl is not filled, and gaps beyond {TRUSTED:g} of it are reported. "
        "What the filling is worth is measured: the same gaps are laid over ground with values, filled and compared, "
        "and the error is part of the standard deviation."
    )


def _method(params: BrineParams) -> list[str]:
    which = (
        "The pixels beyond the threshold at the last date count at every date"
        if params.selection == LAST
        else "At each date the pixels beyond the threshold at that date count"
    )
    return [
        "V = sum of S F0, Q = density V, Ty = g Q, F = Ty / (H G E) = pi d²/4 + Ls d (Xing et al., eq. 1 and 10-13). "
        "F0 is the ground area of a pixel, on the ellipsoid for grids in degrees. E is a fraction, and a density of "
        "1 t/m³ takes a cubic metre as a tonne, as that paper does.",
        f"{which}. The area column is always the ground beyond the threshold at its own date.",
        _gaps(params),
        "Subsidence is the line-of-sight displacement divided by the cosine of the incidence angle, which assumes no "
        "horizontal motion. On the flanks of a bowl horizontal motion leaks into it; summed over a whole bowl it "
        "largely cancels, over half a bowl it does not.",
        "Uncertainty: noise is measured on ground that stands still, with its spatial correlation, and summed over the "
        "pixels that count; where the input states a standard deviation of its own, that is added as common to all "
        "pixels; where it states none, the noise of its reference's pixels is. It holds neither a motion of the "
        "reference, which moves the product by the tonnes per millimetre given above, nor the uncertainty of the "
        "deposit.",
        f"Published for comparison: {PAPER['xinhua']} Mt/yr for the Xinhua mine and {PAPER['huaian']} Mt/yr for the "
        "Huai'an mine.",
    ]
