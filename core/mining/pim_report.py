"""The HTML report of the probability integral method."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..figures import pim as figures
from ..metadata_sheet import metadata_sheet
from ..report import Report
from ..result import Result
from . import pim_pictures as pictures
from .isolines import label
from .pim_fit import PimEstimate
from .pim_input import Record, Source
from .pim_panels import rings_of
from .pim_parameters import COORDINATE, CT, KNOTHE, STATIC
from .pim_params import PimParams
from .pim_surface import Findings
from .pim_volume import Volume

_ROWS = 40

Float64 = NDArray[np.float64]


def write_report(
    path: Path,
    params: PimParams,
    source: Source,
    record: Record,
    estimate: PimEstimate,
    found: Findings,
    volume: Volume,
    levels: Float64,
    days: list[date],
    shown: list[date],
    result: Result,
) -> Path:
    """Surface, section, fit, prediction, parameters, panels, numbers and what was assumed."""
    name = "Static PIM" if params.model == STATIC else f"CT-PIM, {params.growth} growth"
    report = Report(
        "Probability integral method",
        f"{name}; fitted to {record.days[0].isoformat()} to {record.days[-1].isoformat()}, "
        f"shown for {shown[-1].isoformat()}; motion since {source.origin.isoformat()}",
    )
    report.warnings(result.warnings)
    place = pictures.deepest(source, found)
    report.heading("Surface")
    surface = pictures.surface_of(source, found, estimate, params.panels)
    report.figure(
        figures.surface_map(surface, levels, shown[-1].isoformat()),
        f"Some of the isolines of subsidence [mm], and panels (dashed). Damage classes by: {params.limits}.",
    )
    report.figure(
        figures.profile_figure(pictures.profile_of(source, estimate, record, place, shown[-1])),
        "Positive: motion along the section, ground getting deeper along it (tilt), bulging (curvature), stretching.",
    )
    report.heading("Fit and prediction")
    _fit(report, source, record, estimate)
    report.figure(
        figures.series_figure(pictures.curve_of(source, estimate, record, place, [source.origin, *days])),
        "The fitted point nearest to the deepest place.",
    )
    for key, title in (("held_out", "Dates that were not fitted"), ("levelling", "Against levelling")):
        if result.tables[key]:
            report.heading(title)
            _scores(report, result.tables[key])
    report.heading("Parameters")
    _parameters(report, estimate)
    report.heading("Panels")
    report.table(
        (
            "Panel", "Depth [m]", "Thickness [m]", "Area [m²]", "q", "Final subsidence [m]", "r [m]", "Offset [m]",
            "θ [°]", "Start", "End",
        ),
        [
            (
                row["panel"], row["depth_m"], row["thickness_m"], row["area_m2"], row["q"], row["final_subsidence_m"],
                row["radius_m"], row["offset_m"], row["theta_deg"], row["start"], row["end"],
            )
            for row in result.tables["panels"][:_ROWS]
        ],
    )  # fmt: skip
    report.heading("Damage classes")
    classes = found.class_area.shape[1]
    report.table(
        ("Date", *("none [m²]" if n == 0 else f"class {n} [m²]" for n in range(classes))),
        [
            (day.isoformat(), *(round(float(a)) for a in row))
            for day, row in list(zip(shown, found.class_area))[:_ROWS]
        ],
    )
    report.heading("Volume")
    report.paragraph(_volume(volume))
    report.heading("Numbers")
    report.numbers(result)
    report.method(_method(params, source, record))
    report.heading("Data")
    report.table(("", ""), metadata_sheet(source.stack))
    return report.write(path)


def _fit(report: Report, source: Source, record: Record, estimate: PimEstimate) -> None:
    data = record.data
    row = len(data.values) - 1
    modelled = data.predict(estimate.model, estimate.values)[row]
    measured = data.values[row]
    if data.centred:
        measured, modelled = measured - np.nanmean(measured), modelled - modelled.mean()
    what = record.days[-1].isoformat()
    if data.pairs is not None:
        what = " to ".join(record.days[index].isoformat() for index in data.pairs[row])
    known = np.isfinite(measured)
    outlines = [ring for panel in estimate.model.panels for ring in rings_of(panel.outline)]
    report.figure(
        figures.fit_figure(
            data.x[known], data.y[known], 1e3 * measured[known], 1e3 * modelled[known], outlines,
            f"Motion toward the satellite, {what}",
        ),
        "What is left should look like noise; a pattern says that the panels, their times or the model do not fit.",
    )  # fmt: skip


def _parameters(report: Report, estimate: PimEstimate) -> None:
    plain = np.sqrt(np.diag(estimate.covariance_residual))
    rows: list[tuple[Any, ...]] = []
    for unknown, value, std, small in zip(estimate.model.columns, estimate.values, estimate.std, plain):
        state = (
            "on a bound"
            if unknown.name in estimate.on_bound
            else "estimated"
            if unknown.estimated
            else "fixed"
        )
        spread = (float(std), float(small)) if std > 0 else (None, None)
        rows.append(
            (
                unknown.name,
                unknown.meaning,
                float(value),
                unknown.unit,
                *spread,
                f"{unknown.low:g} to {unknown.high:g}",
                state,
            )
        )
    report.table(
        ("Name", "Meaning", "Value", "Unit", "Standard deviation", "From residuals alone", "Bounds", "State"),
        rows,
    )
    free = np.flatnonzero(estimate.std > 0)
    if len(free) > 1:
        names = [estimate.model.columns[index].name for index in free]
        report.figure(
            figures.correlation_figure(names, estimate.correlation[np.ix_(free, free)]),
            "Parameters whose correlation is near 1 or -1 are determined together only.",
        )


def _scores(report: Report, rows: list[dict[str, Any]]) -> None:
    report.table(
        (
            "Date",
            "Values",
            "Mean [mm]",
            "STD [mm]",
            "RMSE [mm]",
            "Maximum error [mm]",
            "Lowest [mm]",
            "Highest [mm]",
        ),
        [tuple(row.values()) for row in [*rows[:_ROWS], *rows[_ROWS:][-1:]]],
    )


def _volume(volume: Volume) -> str:
    text = (
        f"From {volume.first.isoformat()} to {volume.last.isoformat()} the trough of the model grew by "
        f"{volume.modelled:,.0f} ± {volume.modelled_std:,.0f} m³ (standard deviation by the parameters)."
    )
    if volume.measured is None:
        return text
    spread = "" if volume.measured_std is None else f" ± {volume.measured_std:,.0f}"
    measured = f"{volume.measured:,.0f}{spread} m³"
    if volume.gaps is not None and volume.gaps.missing:
        measured += (
            f" ({volume.gaps.missing:,} pixels, {100 * volume.gaps.share:.1f} % of the trough's ground, have no value; "
            f"{volume.gaps.filled:,} of them were filled and give {volume.gaps.volume:,.0f} m³ of it)"
        )
    return f"{text} Measured and taken as vertical, inside the 10 mm line of the model: {measured}."


def _method(params: PimParams, source: Source, record: Record) -> list[str]:
    grouped = "each date" if record.data.groups is None else "neighbouring points"
    out = [
        "Subsidence is the influence function exp(-π d² / r²) / r² (Knothe 1957) summed over the extracted area, times "
        "W0 = thickness · q · cos(dip), with r = depth / tan β. The outline is drawn in by s · depth and moved down "
        "the dip by depth · cot θ. Horizontal motion is b · r times the gradient of subsidence, plus "
        "subsidence · cot θ up the dip. Panels add up.",
        _GROWTH[STATIC if params.model != CT else params.growth],
        f"Fit: bounded least squares on {len(record.data.x):,} of about {record.in_reach:,} pixels around the panels, "
        f"model projected into the line of sight of each. Plane: {label(source.metric)}. Standard deviations let the "
        f"errors of {grouped} depend on each other in any way (cluster-robust); noise of the first date, which all "
        "dates share, is not in them.",
        "Tilt is the size of the gradient of subsidence; curvature and strain are the principal values of larger size. "
        "All are since the first date, so they hold no deformation from before it.",
    ]
    if record.data.centred:
        out.append(
            "Fitted to unwrapped phases: a constant per interferogram is free, so no reference is needed"
            + (" and so is a height error per pixel." if record.data.baselines is not None else ".")
        )
    return out


_GROWTH = {
    STATIC: "Static: the ground follows the extracted share at once; each panel is extracted evenly from its start to "
    "its end, by default from the first to the last date. Only the last date is fitted.",
    COORDINATE: "Coordinate-time: a face moves through each panel at an even pace (in rings around its middle without "
    "a direction), and each piece sinks as 1 - exp(-c t) after the time at which the face passed its coordinate.",
    KNOTHE: "Growth after Knothe: 1 - exp(-c t) since the extraction of the panel.",
    "weibull": "Growth after Weibull: 1 - exp(-(t / T)^κ) since the extraction of the panel.",
}
