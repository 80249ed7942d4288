"""The unknowns of the probability integral method: start values, bounds, and how users write them.

q            subsidence factor: final subsidence of a wide flat panel over the extracted thickness [-]
tan_beta     tangent of the angle of main influence: radius r = depth / tan_beta [-]
b            horizontal factor: horizontal motion over subsidence at the edge of a wide panel [-]
s            inflection offset over depth [-]: the outline acts as if drawn in by s times the depth
k            propagation: theta = 90 - k dip [deg], the angle by which influence rises from an inclined seam
rate         c of the Knothe growth [1/yr]
scale, shape T [yr] and kappa [-] of the Weibull growth
duration     time that the face needs through the panels whose end is not known [yr]

(Chinese practice writes q, tan beta, b, theta and s; the salt-mine papers use the same letters for other things.)
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..errors import InputError

STATIC, CT = "static", "ct"
MODELS = (STATIC, CT)
COORDINATE, WEIBULL, KNOTHE = "coordinate", "weibull", "knothe"
GROWTHS = (COORDINATE, WEIBULL, KNOTHE)


@dataclass(frozen=True)
class Unknown:
    """One parameter: name, start value, bounds, unit, meaning, and whether it is estimated."""

    name: str
    start: float
    low: float
    high: float
    unit: str
    meaning: str
    estimated: bool = True


_SPATIAL = (
    Unknown("q", 0.6, 0.001, 1.5, "", "Subsidence factor q"),
    Unknown("tan_beta", 2.0, 0.5, 5.0, "", "Tangent of the angle of main influence"),
    Unknown("b", 0.3, 0.0, 0.8, "", "Horizontal factor b"),
    Unknown("s", 0.0, -0.3, 0.3, "", "Inflection offset over depth"),
    Unknown("k", 0.6, 0.0, 1.0, "", "Propagation factor k (theta = 90 degrees - k dip)"),
)
_TIME = {
    KNOTHE: (Unknown("rate", 2.0, 0.05, 50.0, "1/yr", "Knothe coefficient c"),),
    WEIBULL: (
        Unknown("scale", 1.0, 0.05, 50.0, "yr", "Weibull time scale"),
        Unknown("shape", 1.5, 0.5, 5.0, "", "Weibull shape"),
    ),
    COORDINATE: (
        Unknown("rate", 5.0, 0.05, 50.0, "1/yr", "Knothe coefficient c behind the face"),
        Unknown("duration", 2.0, 0.05, 50.0, "yr", "Time of the face through the panels"),
    ),
}
TIME_NAMES = ("rate", "scale", "shape", "duration")
NAMES = ("q", "tan_beta", "b", "s", "k", *TIME_NAMES)


def unknowns(
    model: str,
    growth: str,
    inclined: bool,
    open_end: bool,
    starts: Mapping[str, float],
    bounds: Mapping[str, tuple[float, float]],
    fixed: Sequence[str],
) -> tuple[Unknown, ...]:
    """The parameters that a model has.

    inclined : some panel dips, so k acts. open_end : some panel has no end, so the duration acts.
    A start value outside its bounds is moved to the nearer bound.
    """
    wanted = [u for u in _SPATIAL if u.name != "k" or inclined]
    if model == CT:
        wanted += [u for u in _TIME[growth] if u.name != "duration" or open_end]
    out = []
    for unknown in wanted:
        low, high = bounds.get(unknown.name, (unknown.low, unknown.high))
        estimated = unknown.name not in fixed
        start = starts.get(unknown.name, unknown.start)
        start = min(max(start, low), high) if estimated else start
        out.append(Unknown(unknown.name, start, low, high, unknown.unit, unknown.meaning, estimated))
    return tuple(out)


def parse_starts(text: str) -> dict[str, float]:
    """'q=0.8, tan_beta=1.9' as a mapping."""
    return {name: _value(value, name) for name, value in _entries(text, "START_VALUES")}


def parse_bounds(text: str) -> dict[str, tuple[float, float]]:
    """'q=0.1:1, s=0:0.2' as a mapping to (low, high)."""
    out = {}
    for name, value in _entries(text, "BOUNDS"):
        low, colon, high = value.partition(":")
        if not colon:
            raise InputError("BOUNDS", f"{name}={value}", f"{name}=low:high")
        pair = _value(low, name), _value(high, name)
        if not pair[0] < pair[1]:
            raise InputError("BOUNDS", f"{name}={value}", "a lower bound below the upper one")
        least = 0.0 if name in ("b", "k") else -1.0 if name == "s" else 1e-9
        if pair[0] < least:
            raise InputError("BOUNDS", f"{name}={value}", f"bounds of at least {least:g}")
        out[name] = pair
    return out


def parse_fixed(text: str) -> tuple[str, ...]:
    """'b, s' as names."""
    names = tuple(part.strip() for part in text.replace(";", ",").split(",") if part.strip())
    for name in names:
        _known(name, "FIXED")
    return names


def _entries(text: str, field: str) -> list[tuple[str, str]]:
    out = []
    for part in text.replace(";", ",").split(","):
        if not part.strip():
            continue
        name, equals, value = part.partition("=")
        if not equals:
            raise InputError(field, part.strip(), "entries such as q=0.8, separated by commas")
        out.append((_known(name.strip(), field), value.strip()))
    return out


def _known(name: str, field: str) -> str:
    if name not in NAMES:
        raise InputError(field, name, ", ".join(NAMES))
    return name


def _value(text: str, name: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(name, text, "a number")
    return value
