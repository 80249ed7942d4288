"""Fits the models that were asked for, one after the other, and the lower bound."""

from __future__ import annotations

from ..monitor import Monitor
from .compare_models import (
    CT_PIM,
    LINEAR,
    MODELS,
    POLYNOMIAL,
    SEASONAL,
    STATIC_PIM,
    WSK,
    Fit,
    PhaseData,
    fit_linear,
    fit_polynomial,
    fit_sbas,
    fit_seasonal,
)
from .compare_params import CompareParams
from .compare_pim import PimOptions, fit_pim

_QUICK = {LINEAR: fit_linear, SEASONAL: fit_seasonal}


def fit_models(
    data: PhaseData, params: CompareParams, wsk: Fit | None, options: PimOptions | None, monitor: Monitor
) -> tuple[list[Fit], list[str]]:
    """Fits in the order of `MODELS`, that of WSK given, SBAS last; notes on models that were left out."""
    wanted = [name for name in MODELS if name in params.models and name != WSK]
    notes = []
    if options is None and {STATIC_PIM, CT_PIM} & set(wanted):
        wanted = [name for name in wanted if name not in (STATIC_PIM, CT_PIM)]
        notes.append("Without PANELS the models of the probability integral are left out.")
    fits = [] if wsk is None else [wsk]
    for number, name in enumerate(wanted):
        part = monitor.part(number / len(wanted), (number + 1) / len(wanted))
        part.step(0.0)
        if name in _QUICK:
            fits.append(_QUICK[name](data))
        elif name == POLYNOMIAL:
            fits.append(fit_polynomial(data, params.degree))
        elif options is not None:
            fits.append(fit_pim(data, name, options, part))
    fits.append(fit_sbas(data))
    monitor.step(1.0)
    return fits, notes
