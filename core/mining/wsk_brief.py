"""The five things that the model cannot tell by itself, one short line each with the numbers of a run, for the log."""

from __future__ import annotations

import math

import numpy as np

from .kinetics import Geology, concentration
from .wsk_facts import Found
from .wsk_options import Bounds, Options
from .wsk_time import FREE, TEMPERATURE, TimeBasis


def brief(
    options: Options, bounds: Bounds, geology: Geology, basis: TimeBasis, mean_u: float, found: Found
) -> tuple[str, ...]:
    """Lines on scale, baselines, bounds, reference and concentration, in this order."""
    physical = options.gauge.physical(options.u_model)
    return (
        f"Scale: {_scale(options, mean_u, physical)}",
        f"Baselines: {_baselines(options, basis, found)}",
        f"Bounds: {_bounds(bounds, geology, found, physical)}",
        f"Reference: {_reference(found)}",
        f"Concentration: {_concentration(bounds, geology, found, physical)}",
    )


def _scale(options: Options, mean_u: float, physical: bool) -> str:
    if not physical:
        return "no gauge, so D is given times the mean of u and only D u is physical."
    if options.u_model.kind == TEMPERATURE:
        return f"mean u {mean_u:.4g}, from the temperature series."
    return f"mean u {mean_u:.4g}, from {options.gauge.name} {options.gauge.value:g}."


def _baselines(options: Options, basis: TimeBasis, found: Found) -> str:
    if not options.height:
        return "dH is not estimated."
    text = f"correlation of dH with D over the pixels {found.height_correlation:.2f}"
    if basis.model.kind == FREE:
        return f"a free u absorbs them, dH is chosen uncorrelated with D; {text}."
    return f"the model of u explains {100 * found.explained:.0f} % of their variance; {text}."


def _bounds(bounds: Bounds, geology: Geology, found: Found, physical: bool) -> str:
    published = Bounds().diffusion_high
    reach = f"the published D <= {published:.3g} m2/s reaches {1000 * geology.reach(published):.1f} mm/yr"
    largest = f"largest D {np.max(found.diffusion):.2g} m2/s"
    if not physical:
        return f"none on D without a gauge; {found.on_height:,} pixels on that of dH, {bounds.height:g} m."
    if math.isinf(bounds.diffusion_high):
        return f"none; {largest}; {reach}."
    return (
        f"D <= {bounds.diffusion_high:.3g} m2/s holds {found.on_high:,} and |dH| <= {bounds.height:g} m holds "
        f"{found.on_height:,} of {len(found.diffusion):,} pixels; {largest}; {reach}."
    )


def _reference(found: Found) -> str:
    rising = int(np.count_nonzero(found.unbounded < 0))
    return (
        f"D = dH = 0 there; {rising:,} of {len(found.unbounded):,} pixels would rise against it, "
        f"{found.clearly_rising:,} by more than three standard deviations (lowest D {found.unbounded.min():.2g} m2/s)."
    )


def _concentration(bounds: Bounds, geology: Geology, found: Found, physical: bool) -> str:
    held = f"u on a bound in {found.u_on_bound} of {len(found.u)} intervals"
    if not physical:
        return f"unknown without a gauge; u >= 0 keeps Cx below Cs = {geology.cs:g} g/100 g; {held}."
    cx = concentration(found.u, geology.cs)
    cap = "may exceed" if bounds.above_saturation else "is kept below"
    return f"Cx {cx.min():.3g} to {cx.max():.3g} g/100 g, {cap} Cs = {geology.cs:g} g/100 g; {held}."
