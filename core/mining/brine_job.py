"""Brine from beginning to end: read, sum, convert, compare, write."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from osgeo import ogr

from .. import crs as coordinates
from .. import vectorfile
from ..blocks import Compute
from ..corridor.outputs import write_csv
from ..errors import InputError
from ..monitor import Monitor
from ..publishing import publishing
from ..raster import whole
from ..result import Result
from ..units import MM_PER_M
from . import brine_gaps, publish
from . import brine_ledger as ledgers
from .brine_ledger import Ledger
from .brine_noise import stable_ground, volume_stds
from .brine_params import BrineParams
from .datetable import read_production
from .funnel_areas import Funnels, funnels_on, polygons_of
from .gap_reach import with_holes
from .gap_summary import GapSummary, summarise
from .gaps import FILL, fill_series
from .subsidence import SubsidenceSeries, open_series
from .volumes import sum_volumes

ALGORITHM = "brine"
LAYER = "brine"
TESTED = (0.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 50.0)  # mm

Float64 = NDArray[np.float64]


def run_brine(params: BrineParams, monitor: Monitor | None = None, compute: Compute | None = None) -> Result:
    """Write brine.csv, brine.gpkg, three figures, report.html and result.json.

    A folder that holds the result of the same parameters and inputs is left as it is. Everything is computed before
    the first file is replaced; result.json is the last one.
    """
    monitor = monitor or Monitor()
    params.validate()
    folder = Path(params.output).expanduser().absolute()
    series = open_series(params.input)
    key = publish.fingerprint(ALGORITHM, params, series, [params.records])
    earlier = publish.finished(folder, key, monitor)
    if earlier is not None:
        return earlier
    periods = read_production(params.records) if str(params.records) else ()
    if params.funnels is None:
        funnels = Funnels(np.ones(series.grid.shape, np.int32), (1,))
    else:
        funnels = funnels_on(params.funnels, series.grid)
    limit = params.threshold / MM_PER_M
    tested = np.array([-np.inf, *sorted({*TESTED, params.threshold})]) / MM_PER_M
    last = series.read(whole(series.grid), [len(series.dates) - 1])[0]
    funnels = with_holes(funnels, np.isfinite(last))
    _refuse_none(last, funnels, params.threshold, series)
    fills = params.gaps == FILL
    dates = None if fills else [len(series.dates) - 1]
    filling = fill_series(series, funnels, limit, last, dates, fills, compute, monitor.part(0.02, 0.3))
    used = filling if fills else None
    volumes = sum_volumes(
        series, funnels, limit, params.selection, tested, compute, monitor.part(0.3, 0.6), used
    )
    stds = volume_stds(series, funnels, limit, params.selection, last, used, monitor.part(0.6, 0.8))
    gaps = summarise(filling, series, funnels, last, limit, params.funnels is None)
    ledger = ledgers.make_ledger(series.dates, series.origin, funnels.ids, params.deposit, volumes, stds)
    result = Result(ALGORITHM, folder)
    result.tables["years"] = ledgers.by_year(ledger)
    result.tables["thresholds"] = ledgers.by_threshold(ledger, tested)
    result.tables["records"], skipped = ledgers.against_records(ledger, periods)
    result.tables["funnels"] = _funnel_table(ledger, gaps)
    _add_numbers(result, ledger, params)
    brine_gaps.add_numbers(result, gaps, ledger, filling, params.gaps)
    monitor.info(brine_gaps.log_line(result, params.gaps))
    _add_reference(result, last[stable_ground(funnels, last, limit)])
    left = brine_gaps.left_volume(filling, series.pixel_area(), limit)
    result.warnings.extend(brine_gaps.notes(gaps, ledger, left, params.gaps))
    result.warnings.extend([*_notes(ledger, params, last, funnels), *skipped])
    monitor.step(0.85)
    shown = filling.onto(last[None], number=-1)[0] if fills else last
    _write(result, params, ledger, series, funnels, shown, key, monitor.part(0.85, 1.0))
    return result


def _refuse_none(last: Float64, funnels: Funnels, threshold: float, series: SubsidenceSeries) -> None:
    inside = last[(funnels.labels != 0) & np.isfinite(last)]
    if (inside > threshold / MM_PER_M).any():
        return
    when = series.dates[-1].isoformat()
    if not inside.size:
        raise InputError(
            "INPUT", str(series.folder), "pixels with a value in the funnels", f"None has one on {when}"
        )
    raise InputError(
        "THRESHOLD",
        f"{threshold:g} mm",
        f"a value below the largest subsidence in the funnels, {inside.max() * MM_PER_M:.1f} mm on {when}",
        "No pixel subsides beyond it: lower it, choose other funnels, or check the reference (the ground may have "
        "been referenced to a place that sinks)",
    )


def _funnel_table(ledger: Ledger, gaps: GapSummary) -> list[dict[str, float | int | None]]:
    """Totals of each funnel at the last date."""
    last = {name: column[-1] for name, column in (("rate", ledger.rates), ("std", ledger.product_std))}
    return [
        {
            "funnel": number,
            "area_m2": float(ledger.volumes.area[-1, k]),
            "volume_m3": float(ledger.volumes.volume[-1, k]),
            "brine_t": float(ledger.brine[-1, k]),
            "product_t": float(ledger.product[-1, k]),
            "product_std_t": _known(last["std"][k]),
            "rate_t_yr": _known(last["rate"][k]),
            "diameter_m": float(ledger.diameter[-1, k]),
            "diameter_std_m": _known(ledger.diameter_std[-1, k]),
            "product_by_area_t": float(ledger.product_by_area[-1, k]),
            "diameter_by_area_m": float(ledger.diameter_by_area[-1, k]),
            "deepest_mm": _known(ledger.volumes.deepest[-1, k] * MM_PER_M),
            "missing_share": float(ledger.volumes.missing[:, k].max()),
            **brine_gaps.columns(gaps, ledger, k),
        }
        for k, number in enumerate(ledger.ids)
    ]


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _add_numbers(result: Result, ledger: Ledger, params: BrineParams) -> None:
    years, total = float(ledger.years[-1]), float(ledger.total[-1])
    counted = float(ledger.volumes.counted.sum())
    per_mm = counted / MM_PER_M * ledger.deposit.density * ledger.deposit.content
    thresholds = result.tables["thresholds"]
    lost = next(row["lost_share"] for row in thresholds if row["threshold_mm"] == params.threshold)
    add = result.number
    add("funnel_count", len(ledger.ids), "", "Funnels")
    add("dates", len(ledger.dates), "", "Dates")
    add("span", years, "yr", "Time from the origin to the last date")
    add("area", float(ledger.volumes.area[-1].sum()), "m2", "Ground beyond the threshold at the last date")
    add("volume", float(ledger.volumes.volume[-1].sum()), "m3", "Subsided volume at the last date")
    add("brine_mass", float(ledger.brine[-1].sum()), "t", "Brine Q at the last date")
    add("product", total, "t", "Product Ty at the last date")
    add("product_std", float(ledger.total_std[-1]), "t", "Standard deviation of the product")
    add("annual_rate", total / years, "t/yr", "Product per year, mean over the record")
    add(
        "annual_rate_std",
        float(ledger.total_std[-1]) / years,
        "t/yr",
        "Standard deviation of the product per year",
    )
    add("annual_brine", float(ledger.brine[-1].sum()) / years, "t/yr", "Brine per year, mean over the record")
    add(
        "largest_diameter",
        float(ledger.diameter[-1].max()),
        "m",
        "Largest diameter of a channel at the last date",
    )
    add(
        "product_by_area",
        float(ledger.product_by_area[-1].sum()),
        "t",
        "Product by the area route, F the sinking area",
    )
    add(
        "largest_diameter_by_area",
        float(ledger.diameter_by_area[-1].max()),
        "m",
        "Largest diameter of a channel by the area route",
    )
    add(
        "threshold_loss",
        100.0 * lost if lost is not None else None,
        "%",
        "Volume that the threshold leaves out",
    )
    add("product_per_mm", per_mm, "t/mm", "Change of the product when the reference is wrong by 1 mm")
    add(
        "missing_share",
        float(ledger.volumes.missing.max()) * 100.0,
        "%",
        "Largest share of pixels without a value",
    )
    records = result.tables["records"]
    if records:
        recorded, found = (sum(row[name] for row in records) for name in ("recorded_t", "estimated_t"))
        add("records_compared", len(records), "", "Periods of the production record compared")
        add("records_ratio", found / recorded if recorded else None, "", "Estimated over recorded product")
        differences = np.array([row["difference_t"] for row in records])
        add(
            "records_rmse", float(np.sqrt((differences**2).mean())), "t", "RMSE against the record per period"
        )


def _add_reference(result: Result, still: Float64) -> None:
    """Whether the ground that should stand still does, and what its motion would do to the product."""
    mean = float(still.mean()) * MM_PER_M if still.size else float("nan")
    result.number(
        "stable_mean", mean, "mm", "Mean subsidence of the ground that stands still, at the last date"
    )
    product, per_mm = result.numbers["product"].value, result.numbers["product_per_mm"].value
    if product and per_mm and abs(mean * per_mm) > 0.05 * product:
        result.warnings.append(
            f"The ground around has moved by {mean:.1f} mm on average. If that is an error of the reference, the "
            f"product is wrong by {abs(mean * per_mm):,.0f} t: change the reference."
        )


def _notes(ledger: Ledger, params: BrineParams, last: Float64, funnels: Funnels) -> list[str]:
    texts = []
    if params.funnels is None:
        texts.append(
            "Without FUNNELS all subsiding pixels count as one funnel with one channel: its diameter is no cavity's."
        )
    limit = params.threshold / MM_PER_M
    for k, number in enumerate(ledger.ids):
        if ledger.volumes.counted[k] == 0:
            texts.append(
                f"Funnel {number} has no pixel that subsides beyond {params.threshold:g} mm: its amounts are 0."
            )
    missing = ledger.volumes.missing.max(axis=0)
    left = params.gaps != FILL
    for k in np.flatnonzero(left & (missing > 0.01) & (ledger.volumes.counted > 0)):
        texts.append(
            f"Up to {100 * missing[k]:.0f} % of the pixels of funnel {ledger.ids[k]} have no value at a date: its "
            "amounts of that date are too small by about as much."
        )
    if params.funnels is not None:
        outside = int(((funnels.labels == 0) & (last > limit)).sum())
        inside = int(((funnels.labels != 0) & (last > limit)).sum())
        if outside > 0.1 * inside:
            texts.append(
                f"{outside:,} pixels outside the funnels subside beyond {params.threshold:g} mm too and count nowhere "
                f"({inside:,} inside count)."
            )
    if not np.isfinite(ledger.total_std).any():
        texts.append("Too little ground stands still to measure the noise: no uncertainty is given.")
    return texts


def _write(
    result: Result,
    params: BrineParams,
    ledger: Ledger,
    series: SubsidenceSeries,
    funnels: Funnels,
    last: Float64,
    key: str,
    monitor: Monitor,
) -> None:
    from ..figures import brine as figures
    from ..figures.base import to_png
    from .brine_report import write_report

    drawn = {
        "figure": figures.product_figure(ledger),
        "figure_thresholds": figures.threshold_figure(result.tables["thresholds"], params.threshold),
    }
    names = {
        "table": "brine.csv",
        "layer": "brine.gpkg",
        "figure": "brine.png",
        "figure_thresholds": "thresholds.png",
    }
    if result.tables["records"]:
        drawn["figure_records"] = figures.records_figure(result.tables["records"])
        names["figure_records"] = "records.png"
    names["report"] = "report.html"
    monitor.step(0.4)
    with publishing(result, names) as parts:
        write_csv(parts["table"], ledgers.columns(ledger))
        _write_layer(parts["layer"], result, series, funnels, last > params.threshold / MM_PER_M)
        pictures = {role: to_png(figure) for role, figure in drawn.items()}
        for role, picture in pictures.items():
            parts[role].write_bytes(picture)
        monitor.step(0.8)
        write_report(parts["report"], result, params, ledger, series, pictures)
        publish.write_result(result, params, key, parts["result"])
        monitor.step(1.0)


def _write_layer(
    path: Path, result: Result, series: SubsidenceSeries, funnels: Funnels, counted: NDArray[np.bool_]
) -> None:
    """The pixels that count at the last date as one multipolygon per funnel, with its totals."""
    shapes = polygons_of(np.where(counted, funnels.labels, 0).astype(np.int32), series.grid)
    rows = [row for row in result.tables["funnels"] if row["funnel"] in shapes]
    kinds = {"funnel": int, **brine_gaps.WHOLE}
    columns = {
        name: (kinds.get(name, float), [row[name] for row in rows]) for name in result.tables["funnels"][0]
    }
    crs = coordinates.parse(series.grid.crs).ExportToWkt()
    vectorfile.write_layer(
        path, LAYER, crs, ogr.wkbMultiPolygon, [shapes[row["funnel"]] for row in rows], columns
    )
