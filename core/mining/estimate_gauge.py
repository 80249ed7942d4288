"""Which gauge each funnel has: one of its own from a field of the funnels, or the one given for all."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from ..errors import InputError
from ..vector import VectorInput
from .estimate_params import WskEstimateParams
from .funnel_areas import FIELD
from .kinetics import Geology
from .wsk_gauge import MEAN_CX, NONE, SOLUBILITY, Gauge
from .wsk_time import TEMPERATURE, UModel


def common_gauge(params: WskEstimateParams) -> Gauge:
    """The gauge of all funnels that have none of their own."""
    if params.brine_temperature is not None:
        return Gauge(SOLUBILITY, params.brine_temperature)
    if params.record_cx is not None:
        return Gauge(MEAN_CX, params.record_cx)
    return Gauge()


def gauges_of(
    params: WskEstimateParams, funnels: Iterable[int], geology: Geology, model: UModel
) -> dict[int, Gauge]:
    """Funnel -> gauge, each of them usable."""
    own = _own(params)
    found = {funnel: own.get(funnel, common_gauge(params)) for funnel in funnels}
    for funnel, gauge in found.items():
        try:
            gauge.validate(geology, model)
        except InputError as error:
            raise InputError(f"Funnel {funnel}: {error.field}", error.value, error.allowed, error.remedy) from error
    return found


def sharing(params: WskEstimateParams, funnels: Iterable[int]) -> str:
    """A warning with the numbers of the funnels that one gauge serves; empty where none serves several."""
    own = _own(params)
    served = [str(funnel) for funnel in funnels if funnel not in own]
    common = common_gauge(params)
    if len(served) < 2 or (common.kind == NONE and params.u_model != TEMPERATURE):
        return ""
    what = "temperature series" if params.u_model == TEMPERATURE else f"{common.name} ({common.value:g})"
    return (
        f"One {what} serves the funnels {', '.join(served)}, as if their brines were alike: D and Cx of each are only "
        "as right as that is; subsidence does not depend on it. RECORD_CX_FIELD takes a mean of Cx per funnel."
    )


def without(params: WskEstimateParams, gauges: dict[int, Gauge]) -> str:
    """A warning with the numbers of the funnels that have no gauge, where others have one."""
    bare = [str(funnel) for funnel, gauge in gauges.items() if gauge.kind == NONE]
    if params.u_model == TEMPERATURE or not bare or len(bare) == len(gauges):
        return ""
    name = "funnels" if len(bare) > 1 else "funnel"
    return (
        f"No mean of Cx is known for {name} {', '.join(bare)}: there D is given times the mean of u, only their "
        "product is physical, and D cannot be compared with that of the other funnels."
    )


def _own(params: WskEstimateParams) -> dict[int, Gauge]:
    """Gauges from the field; features without a value have none."""
    name, layer = params.record_cx_field, params.funnels
    if not name or layer is None:
        return {}
    found: dict[int, Gauge] = {}
    for row in layer.attributes:
        if name not in row:
            raise InputError("RECORD_CX_FIELD", name, f"a field of {layer.name}", f"It has {', '.join(sorted(row))}")
        if row[name] is None or FIELD not in row:
            continue
        funnel, gauge = int(row[FIELD]), Gauge(MEAN_CX, _number(row[name], name, layer))
        if found.setdefault(funnel, gauge) != gauge:
            raise InputError(
                "RECORD_CX_FIELD", f"{found[funnel].value:g} and {gauge.value:g} for funnel {funnel}",
                "the same value in all polygons of a funnel", "Correct one of them, or leave it empty",
            )  # fmt: skip
    return found


def _number(value: Any, name: str, layer: VectorInput) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not (math.isfinite(number) and number >= 0):
        raise InputError(
            "RECORD_CX_FIELD", f"{value} in the field {name} of {layer.name}", "0 g/100 g or more, and less than Cs"
        )
    return number
