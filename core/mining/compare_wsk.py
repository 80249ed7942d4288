"""The water-solution-kinetic model fitted to the phases of a comparison, one u(t) per funnel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .compare_models import WSK, Fit, PhaseData
from .datetable import read_series
from .kinetics import PRESETS
from .wsk_groups import Weak, estimate_groups
from .wsk_model import Problem, Record
from .wsk_options import FREE_BOUNDS, Options
from .wsk_result import FittedModel
from .wsk_time import FREE, TEMPERATURE, UModel

Float64 = NDArray[np.float64]

# Only the product D u / delta is compared, so that neither the deposit nor the scale of u matters.
GEOLOGY = PRESETS["xinhua"]


def u_model(kind: str, temperatures: str | Path = "") -> UModel:
    """The model of u by its name, with the series of the temperature-driven one."""
    if kind != TEMPERATURE:
        return UModel(kind)
    series = read_series(temperatures, "TEMPERATURES", ("temperature", "temperature_c", "celsius"))
    return UModel(kind, days=series.dates, celsius=tuple(float(value) for value in series.values))


@dataclass(frozen=True)
class Kinetics:
    """The fit, the positions of the pixels that it holds, and the funnels that tell nothing, whose pixels it lacks."""

    fit: Fit
    kept: NDArray[np.intp]
    weak: tuple[Weak, ...]


def fit_wsk(data: PhaseData, kind: str, temperatures: str | Path = "") -> Kinetics:
    """D and dH of each pixel and u(t) of each funnel, without bounds, so that it is plain least squares as the others.

    The parameters are D, dH (where the baselines are known) and the coefficients of u but one, which is the scale.
    """
    model = u_model(kind, temperatures)
    problem = Problem(_record(data), data.phase, GEOLOGY, data.wavelength, data.incidence, data.slant_range)
    found = estimate_groups(problem, data.labels, Options(model, bounds=FREE_BOUNDS, height=data.heights))
    kept = np.flatnonzero(np.isin(data.labels, list(found.found)))
    pixels = len(kept)
    diffusion = np.zeros(pixels)
    residual = np.empty((len(data.pairs), pixels))
    groups: list[tuple[NDArray[np.intp], FittedModel]] = []
    texts = []
    for funnel, (members, estimate) in found.found.items():
        places = np.searchsorted(kept, members)
        diffusion[places] = estimate.diffusion
        residual[:, places] = estimate.residuals(problem.part(members))
        groups.append((places, estimate.model))
        pairs = zip(estimate.model.basis.names, estimate.model.coefficients)
        stated = ", ".join(f"{name} {value:.3g}" for name, value in pairs)
        texts.append(f"funnel {funnel}: {stated}" if len(found.found) > 1 else stated)
    start = data.days[0]

    def apparent(days: Sequence[date]) -> Float64:
        since = np.array([(day - start).days for day in days], np.float64)
        out = np.empty((len(since), pixels))
        for members, fitted in groups:
            own = diffusion[members]
            out[:, members] = fitted.subsidence(since, own, np.zeros(len(own)))[0]
        return out

    per_pixel = 2 if data.heights else 1
    shared = sum(fitted.basis.size - 1 for _, fitted in groups)
    text = f"{kind} u(t) relative to its mean; {'; '.join(texts[:6])}"
    notes = ("A free u(t) has no value beyond the record: WSK predicts nothing.",) if kind == FREE else ()
    fit = Fit(WSK, residual, per_pixel * pixels + shared, apparent, apparent, kind != FREE, text, notes)
    return Kinetics(fit, kept, found.weak)


def _record(data: PhaseData) -> Record:
    """The dates in use, the pairs between them and their baselines."""
    used = np.unique(data.pairs)
    return Record(data.used, np.searchsorted(used, data.pairs), data.bperp)
