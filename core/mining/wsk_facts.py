"""What the model can and cannot tell, as sentences with the numbers of a run."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..units import DAYS_PER_YEAR
from .kinetics import Geology
from .wsk_options import Bounds, Options
from .wsk_time import FREE, HARMONIC, TimeBasis

Float64 = NDArray[np.float64]

_ROOM = 1.5  # offered bounds hold this many times what the data ask for


@dataclass(frozen=True, eq=False)
class Found:
    """What the sentences are made from.

    D [m2/s] and dH [m] (P,), `unbounded` : D for the same u without bounds on pixels. u : (K,) per interval.
    explained : share of the baselines' variance that the model of u can describe.
    """

    diffusion: Float64
    unbounded: Float64
    diffusion_std: Float64
    height: Float64
    on_high: int
    on_low: int
    on_height: int
    u_on_bound: int
    explained: float
    local: bool
    u: Float64

    @cached_property
    def height_correlation(self) -> float:
        """Correlation of dH with D over the pixels; 0 where one of them does not vary."""
        varies = len(self.height) > 2 and np.std(self.height) > 0 and np.std(self.diffusion) > 0
        return float(np.corrcoef(self.height, self.diffusion)[0, 1]) if varies else 0.0

    @property
    def clearly_rising(self) -> int:
        """Pixels that rise against the reference by more than three standard deviations."""
        return int(np.sum(self.unbounded < -3.0 * self.diffusion_std))


def offered_bounds(bounds: Bounds, diffusion: Float64, height: Float64) -> Bounds:
    """The bounds, widened where the unbounded D [m2/s] or dH [m] come near or pass them."""
    wanted = _round_up(_ROOM * float(np.max(diffusion, initial=0.0)))
    height_wanted = _round_up(_ROOM * float(np.max(np.abs(height), initial=0.0)))
    return Bounds(
        bounds.diffusion_low,
        max(bounds.diffusion_high, wanted),
        bounds.cx_low,
        bounds.cx_high,
        max(bounds.height, height_wanted),
        bounds.above_saturation,
    )


def reach_text(geology: Geology, bounds: Bounds, basis: TimeBasis, mean_u: float) -> str:
    """How much subsidence the bound on D allows."""
    span = basis.edges[-1]
    yearly = 1000.0 * geology.reach(bounds.diffusion_high)
    return (
        f"D of at most {bounds.diffusion_high:.3g} m2/s and delta = {geology.delta:g} m allow at most {yearly:.1f} "
        f"mm/yr, {yearly * span / DAYS_PER_YEAR:.1f} mm in the {span:.0f} days of the record, even with fresh water "
        f"(u = 1); with the mean u of {mean_u:.4g} they allow {mean_u * yearly:.2f} mm/yr."
    )


def gauge_free_text() -> str:
    """Why bounds on D and Cx do not apply without a gauge."""
    return "Without a gauge, bounds on D and Cx have no meaning and are not applied; D >= 0, u >= 0 and |dH| are."


def facts(
    options: Options,
    bounds: Bounds,
    offered: Bounds,
    geology: Geology,
    basis: TimeBasis,
    mean_u: float,
    found: Found,
) -> list[str]:
    """Sentences on scale, height, bounds, reference and concentration."""
    physical = options.gauge.physical(options.u_model)
    texts = [options.gauge.text(geology, options.u_model)]
    if options.height:
        texts.append(_height_text(basis, found))
    if not physical:
        texts.append(gauge_free_text())
    elif math.isfinite(bounds.diffusion_high):
        texts.append(_bound_text(options, bounds, offered, geology, basis, mean_u, found))
    if found.on_height and not physical:
        texts.append(
            f"{found.on_height:,} pixels are on the bound of dH, {bounds.height:g} m; {offered.height:g} m would "
            "hold all."
        )
    texts.append(_reference_text(found))
    if physical and bounds.cx_high > geology.cs:
        if bounds.above_saturation:
            texts.append(f"Cx may exceed Cs = {geology.cs:g} g/100 g: u < 0, the ground may rise.")
        else:
            texts.append(
                f"The bound of {bounds.cx_high:g} g/100 g on Cx lies above Cs = {geology.cs:g} and is capped there: "
                "beyond it the ground would rise."
            )
    if found.u_on_bound:
        texts.append(f"u is on its bound in {found.u_on_bound} of {len(basis.intervals())} intervals.")
    years = basis.edges[-1] / DAYS_PER_YEAR
    if options.u_model.kind == HARMONIC and years < 1.0:
        texts.append(
            f"The record spans {years:.2f} years: an annual wave cannot be told from a change of the mean rate."
        )
    if found.local:
        texts.append(
            "Bounds, gaps or weights per pixel leave no closed form: the solution satisfies the Karush-Kuhn-Tucker "
            "conditions, which is a local optimum."
        )
    return texts


def _height_text(basis: TimeBasis, found: Found) -> str:
    r = found.height_correlation
    if basis.model.kind == FREE:
        text = "A free u can absorb the history of baselines: D and dH are confounded along one direction. "
        if abs(r) < 1e-6:
            return f"{text}dH is taken uncorrelated with D over the pixels."
        return f"{text}Bounds hold it where dH and D have a correlation of {r:.2f} over the pixels."
    return (
        f"{100 * found.explained:.0f} % of the variance of the baselines can be described by the model of u; dH and D "
        f"are separated by the rest (correlation over the pixels {r:.2f})."
    )


def _bound_text(
    options: Options,
    bounds: Bounds,
    offered: Bounds,
    geology: Geology,
    basis: TimeBasis,
    mean_u: float,
    found: Found,
) -> str:
    text = reach_text(geology, bounds, basis, mean_u)
    if found.on_high + found.on_height == 0:
        return f"{text} No pixel is on an upper bound."
    pixels = len(found.diffusion)
    text += (
        f" {found.on_high:,} of {pixels:,} pixels are on the bound of D and {found.on_height:,} on that of dH: the "
        "data ask for more than the bounds allow, and D, u and subsidence are wrong there."
    )
    text += (
        f" Bounds of D <= {offered.diffusion_high:.2g} m2/s and |dH| <= {offered.height:g} m hold what the data ask "
        f"for ({1000 * mean_u * geology.reach(offered.diffusion_high / _ROOM):.0f} mm/yr)."
    )
    return text


def _reference_text(found: Found) -> str:
    rising = found.unbounded < 0
    text = "D and dH are relative to the reference area, which is taken to have none."
    if not np.any(rising):
        return text
    worst = float(found.unbounded.min())
    kept = f"{found.on_low:,} are held at the lower bound" if found.on_low else "they are left as they are"
    return (
        f"{text} {int(rising.sum()):,} pixels would have D < 0, that is, rise against it (lowest {worst:.2g} m2/s; "
        f"{found.clearly_rising:,} beyond three standard deviations); {kept}."
    )


def _round_up(value: float) -> float:
    """To two digits."""
    if not (math.isfinite(value) and value > 0):
        return 0.0
    step = 10.0 ** (math.floor(math.log10(value)) - 1)
    return float(f"{math.ceil(value / step - 1e-9) * step:.6g}")
