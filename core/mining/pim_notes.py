"""Numbers and warnings of a fit of the probability integral method."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from ..result import Result
from .pim_fit import CLOSE, PimEstimate
from .pim_input import Record, Source
from .pim_panels import Panel
from .pim_parameters import COORDINATE, CT, STATIC
from .pim_surface import Findings
from .pim_volume import Volume

if TYPE_CHECKING:
    from .pim_params import PimParams

BIAS_SHARE = 0.05  # of the largest subsidence: a bias of the vertical conversion beyond it is warned about
BIAS_LEAST = 5.0  # mm


def add_numbers(
    result: Result,
    source: Source,
    record: Record,
    estimate: PimEstimate,
    found: Findings,
    volume: Volume,
    shown: list[date],
) -> None:
    """Every number of the result, with its unit."""
    put = result.number
    model, std = estimate.model, dict(zip((u.name for u in estimate.model.columns), estimate.std))
    skip = len(model.panels) if model.per_panel else 1
    factors = model.factors(estimate.values)
    put(
        "q",
        float(np.mean(factors)),
        "",
        "Subsidence factor q" + (", mean of the panels" if model.per_panel else ""),
    )
    if not model.per_panel:
        put("q_std", float(std["q"]), "", "Standard deviation of q")
    for unknown, value in zip(model.columns[skip:], estimate.values[skip:]):
        put(unknown.name, float(value), unknown.unit, unknown.meaning)
        put(
            f"{unknown.name}_std",
            float(std[unknown.name]),
            unknown.unit,
            f"Standard deviation of {unknown.name}",
        )
    put("panels", len(model.panels), "", "Panels")
    put("fitted_points", len(record.data.x), "", "Points used by the fit")
    put("fitted_rows", len(record.data.values), "", "Dates or interferograms used by the fit")
    put("residual_rms", 1e3 * estimate.rms, "mm", "Root mean square of the residuals, line of sight")
    put("iterations", estimate.iterations, "", "Evaluations in the last refinement")
    worst = found.extremes
    day = f" on {shown[-1].isoformat()}"
    for key, name, unit, text in (
        ("max_subsidence", "subsidence", "mm", "Largest subsidence"),
        ("max_horizontal", "horizontal", "mm", "Largest horizontal motion"),
        ("max_tilt", "tilt", "mm/m", "Largest tilt"),
        ("max_hogging", "hogging", "mm/m2", "Largest curvature, bulging"),
        ("max_sagging", "sagging", "mm/m2", "Largest curvature, sagging"),
        ("max_tension", "tension", "mm/m", "Largest stretching strain"),
        ("max_compression", "compression", "mm/m", "Largest compressing strain"),
        ("max_std", "std", "mm", "Largest standard deviation of the line-of-sight displacement"),
        ("max_bias", "bias", "mm", "Largest error of the vertical conversion by horizontal motion"),
    ):
        if name in worst:
            put(key, worst[name].value, unit, text + day)
    put("biased_area", found.biased / 1e6, "km2", "Area where that error is beyond 10 mm" + day)
    top = int(max(np.flatnonzero(found.class_area[-1]), default=0))
    area = float(found.class_area[-1][top]) if top else 0.0
    put("worst_class", top, "", "Worst damage class" + day)
    put("worst_class_area", area, "m2", "Area in the worst damage class" + day)
    span = f" from {volume.first.isoformat()} to {volume.last.isoformat()}"
    put("volume", volume.modelled, "m3", "Volume of the trough, model" + span)
    put("volume_std", volume.modelled_std, "m3", "Its standard deviation by the parameters")
    put(
        "volume_measured",
        volume.measured,
        "m3",
        "Volume of the trough, measured and taken as vertical" + span,
    )
    put(
        "volume_measured_std",
        volume.measured_std,
        "m3",
        "Its standard deviation by the noise of still ground",
    )
    gaps = volume.gaps
    if gaps is not None:
        put("volume_missing_pixels", gaps.missing, "", "Pixels of the trough without a value" + span)
        put("volume_missing_share", 100.0 * gaps.share, "%", "Part of the trough's ground without a value" + span)
        put("volume_filled", gaps.volume, "m3", "Part of the measured volume that comes from filled pixels")
        put("volume_filling_std", gaps.std, "m3", "Part of its standard deviation by the filling")
    put("volume_on_grid", float(found.grid_volume[-1]), "m3", "Part of the model's volume on the grid" + day)
    for table, text in (("held_out", "held-out dates"), ("levelling", "levelling")):
        rows = result.tables.get(table) or []
        sums = [(row["values"], row["rmse"]) for row in rows if row["values"] and row["date"] != "all"]
        if sums:
            rmse = float(np.sqrt(sum(n * r * r for n, r in sums) / sum(n for n, _ in sums)))
            put(f"{table}_rmse", rmse, "mm", f"Root mean square error against {text}")


def notes(
    params: PimParams,
    panels: tuple[Panel, ...],
    record: Record,
    estimate: PimEstimate,
    found: Findings,
    source: Source,
    shown: list[date],
) -> list[str]:
    """What the user should know about this fit."""
    out = []
    for unknown, value in zip(estimate.model.columns, estimate.values):
        if unknown.name in estimate.on_bound:
            out.append(
                f"{unknown.name} lies on its bound ({value:.4g} of {unknown.low:g} to {unknown.high:g}) and has no "
                "standard deviation: the data ask for more than the bounds allow, or cannot tell."
            )
    for names in estimate.confounded():
        why = (
            " A face that is still on its way at the end of the record leaves q and the duration open: give the panels "
            "an end, or their q."
            if "duration" in names
            else ""
        )
        out.append(
            f"{', '.join(names)} can hardly be told apart (correlations beyond {CLOSE:g}): only their combination is "
            f"determined. Fix what is known.{why}"
        )
    if not record.horizontal:
        out.append(
            "The horizontal line of sight is unknown: b was not estimated, horizontal motion has no part in the fit."
        )
    elif not record.data.los[:2].any():
        out.append("Vertical observations do not see horizontal motion: b keeps its start value.")
    unknown_start = [panel.name for panel in panels if panel.start is None]
    if unknown_start:
        out.append(
            f"No start of extraction is known for {_names(unknown_start)}: it is taken as "
            f"{source.origin.isoformat()}, the beginning of the record. "
            "Subsidence by earlier extraction does not fit then."
        )
    last = record.days[-1]
    if params.model == STATIC and any(panel.end is None for panel in panels) and shown[-1] > last:
        out.append(f"Static PIM stands still after {last.isoformat()} where a panel has no later end.")
    if params.model == CT and shown[-1] > last:
        ahead, span = (shown[-1] - last).days, (last - source.origin).days
        out.append(
            f"The last prediction is {ahead} days beyond {span} fitted days. Its standard deviation knows the "
            f"parameters only; that the growth ({params.growth}) goes on as fitted is assumed."
        )
    if params.model == CT and params.growth == COORDINATE and all(panel.advance is None for panel in panels):
        out.append(
            "No direction of advance is given: the extraction grows in rings around the middle of each panel."
        )
    out.extend(_bias(found))
    return out


def _bias(found: Findings) -> list[str]:
    bias, deepest = found.extremes.get("bias"), found.extremes.get("subsidence")
    if bias is None or deepest is None or bias.value < max(BIAS_LEAST, BIAS_SHARE * deepest.value):
        return []
    local = float(found.subsidence[bias.row, bias.col])
    return [
        "Horizontal motion on the flanks falsifies subsidence taken from this line of sight by up to "
        f"{bias.value:.1f} mm ({100 * bias.value / deepest.value:.0f} % of the largest subsidence), where the ground "
        f"sinks {local:.1f} mm, and by more than 10 mm on {found.biased / 1e6:.3f} km2. The PIM accounts for it; "
        "`brine` and `funnels` on the measured folder do not. See the layer vertical_bias."
    ]


def _names(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
