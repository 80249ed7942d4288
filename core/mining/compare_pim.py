"""The probability integral method fitted to the phases of a comparison, static and growing in time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..monitor import Monitor
from .compare_models import CT_PIM, STATIC_PIM, Fit, PhaseData, height_left
from .pim_fit import Observations, PimEstimate, fit
from .pim_model import EAST, MOTION, NORTH, PimModel, W, times_of
from .pim_panels import Panel, check_begun, rings_of
from .pim_parameters import COORDINATE, CT, STATIC, unknowns

Float64 = NDArray[np.float64]

# Of the sum of squares: with n phases a change by 1e-8 n is far below the one squared deviation that counts.
TOLERANCE = 1e-8
FARTHEST = 2.0  # of the depth: radius of influence at tan beta = 0.5


@dataclass(frozen=True)
class PimOptions:
    """How the probability integral is fitted.

    panels : in the metric plane of the data. growth : of CT-PIM. per_panel : every panel has its own q.
    horizon : until when panels without an end are extracted evenly under static PIM; the last day that will be asked
    for. max_points : pixels that the search for the parameters uses, spread evenly; residuals are of all pixels.
    """

    panels: tuple[Panel, ...]
    horizon: date
    growth: str = COORDINATE
    per_panel: bool = True
    max_points: int = 1500
    starts: dict[str, float] = field(default_factory=dict)
    bounds: dict[str, tuple[float, float]] = field(default_factory=dict)
    fixed: tuple[str, ...] = ()


def fit_pim(data: PhaseData, name: str, options: PimOptions, monitor: Monitor | None = None) -> Fit:
    """Static PIM or CT-PIM (`name`) on the phases: its own parameters for the mine and a height error per pixel.

    Without growth, static PIM follows the extracted area at once: a panel whose end is not known is extracted evenly
    from its start to the horizon.
    """
    _check(options.panels, data)
    estimate = _estimate(data, name, options, monitor or Monitor())
    model, values = estimate.model, estimate.values
    years = data.times(data.days)
    moved = -model.line_of_sight(values, data.x, data.y, data.los, years, 0.0)  # range grows: positive
    left = data.lengthening - (moved[data.pairs[:, 1]] - moved[data.pairs[:, 0]])
    left -= np.outer(data.bperp, height_left(data, left))
    cosine = np.cos(data.incidence)

    def apparent(days: Sequence[date]) -> Float64:
        found = model.line_of_sight(values, data.x, data.y, data.los, data.times(days), 0.0)
        return -found / cosine

    def vertical(days: Sequence[date]) -> Float64:
        return model.fields(values, data.x, data.y, data.times(days), 0.0, MOTION)[:, W]

    free = sum(unknown.estimated for unknown in model.columns)
    heights = data.phase.shape[1] if data.heights else 0
    stated = ", ".join(f"{u.name} = {v:.4g}{_unit(u.unit)}" for u, v in zip(model.columns, values))
    return Fit(
        name,
        left / data.metres_per_radian,
        free + heights,
        apparent,
        vertical,
        text=stated,
        notes=_notes(name, estimate, data),
    )


def _check(panels: tuple[Panel, ...], data: PhaseData) -> None:
    """Refuse panels that are extracted too late, or too far away, to move any pixel."""
    check_begun(panels, data.used[-1])
    corners = np.concatenate([ring for panel in panels for ring in rings_of(panel.outline)])
    reach = FARTHEST * max(panel.depth for panel in panels)
    (west, south), (east, north) = corners.min(axis=0) - reach, corners.max(axis=0) + reach
    if not np.any((data.x > west) & (data.x < east) & (data.y > south) & (data.y < north)):
        raise InputError(
            "PANELS", f"{len(panels)} panels", "panels under the compared pixels", "Check the CRS of the layer"
        )


def _estimate(data: PhaseData, name: str, options: PimOptions, monitor: Monitor) -> PimEstimate:
    kind = CT if name == CT_PIM else STATIC
    starts, ends = times_of(options.panels, kind, data.days[0], options.horizon)
    model = PimModel(
        options.panels,
        kind,
        options.growth,
        unknowns(
            kind,
            options.growth,
            any(panel.dip > 0 for panel in options.panels),
            any(end is None for end in ends),
            options.starts,
            options.bounds,
            options.fixed,
        ),
        starts,
        ends,
        per_panel=options.per_panel,
    )
    count = data.phase.shape[1]
    some = data.take(np.unique(np.linspace(0, count - 1, min(count, options.max_points)).astype(np.intp)))
    seen = Observations(
        some.x,
        some.y,
        some.los,
        some.times(some.days),
        0.0,
        -some.lengthening,
        some.pairs,
        baselines=some.bperp if some.heights else None,
    )
    return fit(model, seen, monitor, TOLERANCE)


def _notes(name: str, estimate: PimEstimate, data: PhaseData) -> tuple[str, ...]:
    label = "Static PIM" if name == STATIC_PIM else "CT-PIM"
    notes = []
    if estimate.on_bound:
        notes.append(f"{label}: {', '.join(estimate.on_bound)} ended on a bound.")
    last = estimate.model.fields(estimate.values, data.x, data.y, data.times(data.days[-1:]), 0.0, MOTION)[0]
    sideways = float(np.hypot(last[EAST], last[NORTH]).max())
    if sideways > 0.2 * float(last[W].max()) > 0.0 and math.isfinite(sideways):
        notes.append(
            f"{label} moves the ground sideways by up to {1e3 * sideways:.0f} mm beside "
            f"{1e3 * float(last[W].max()):.0f} mm of subsidence: measured values that were made vertical without "
            "horizontal motion are off on the flanks, and its own line-of-sight motion is compared with them."
        )
    return tuple(notes)


def _unit(unit: str) -> str:
    return f" {unit}" if unit else ""
