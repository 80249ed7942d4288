"""Chainage as the railway counts it: from a start value, or by the M values of the official line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from ..errors import InputError
from .chainage import Float64
from .joining import Joined

# Metres of M per metre of line that tell the unit of M; official kilometrage differs from plane length by far less.
_UNITS = ((1.0, "metres"), (1000.0, "kilometres"))
_TOLERANCE = 2.0
_STATIONING = re.compile(r"^[Kk]?(\d+)\+(\d+(?:\.\d+)?)$")


@dataclass(frozen=True)
class Kilometrage:
    """Official chainage [m] of places given by their length along the alignment [m].

    start : added to all chainages. stations, measures (n,) [m] : length along the alignment and official value of its
    vertices, strictly rising or falling, linear between them; empty when the length itself is the chainage.
    unit : of the M values as drawn, for people.
    """

    start: float = 0.0
    stations: Float64 = field(default_factory=lambda: np.empty(0))
    measures: Float64 = field(default_factory=lambda: np.empty(0))
    unit: str = ""

    def at(self, along: Float64) -> Float64:
        """Official chainage, same shape as `along`."""
        if not len(self.measures):
            return along + self.start
        return np.asarray(np.interp(along, self.stations, self.measures)) + self.start

    def one(self, along: float) -> float:
        """Official chainage of one place."""
        return float(self.at(np.array(along)))

    def along(self, official: float, length: float) -> float:
        """Length along the alignment of an official chainage; NaN when the line, `length` [m], does not have it."""
        value = official - self.start
        if not len(self.measures):
            return value if 0.0 <= value <= length else float("nan")
        order = slice(None) if self.measures[-1] > self.measures[0] else slice(None, None, -1)
        place = np.interp(value, self.measures[order], self.stations[order], left=np.nan, right=np.nan)
        return float(place)


def kilometrage_of(joined: Joined, start: float, use_m: bool, name: str) -> Kilometrage:
    """The chainage of a line, `start` [m] added; InputError for M values that cannot be a chainage.

    M counts in metres or kilometres: which of them, its ratio to the length of the line tells.
    """
    if not use_m:
        return Kilometrage(start)
    measures = joined.measures
    missing = int((~np.isfinite(measures)).sum())
    if missing:
        raise InputError(
            "USE_M",
            f"{name or 'the line'} ({missing} of {len(measures)} vertices have no M value)",
            "a line with M values on every vertex",
            "Switch USE_M off, or choose the official line with its M values",
        )
    ratio = abs(float(measures[-1] - measures[0])) / joined.alignment.length
    fitting = [entry for entry in _UNITS if 1.0 / _TOLERANCE <= ratio * entry[0] <= _TOLERANCE]
    if not fitting:
        raise InputError(
            "USE_M",
            f"{name or 'the line'} ({ratio:.3g} of M per metre of line)",
            "M values that count metres or kilometres along the line",
            "Correct the M values, or switch USE_M off",
        )
    factor, unit = fitting[0]
    steps = np.diff(measures) * np.sign(measures[-1] - measures[0])
    if (steps <= 0).any():
        index = int(np.argmax(steps <= 0))
        raise InputError(
            "USE_M",
            f"{name or 'the line'} (M goes from {measures[index]:g} to {measures[index + 1]:g})",
            "M values that only rise or only fall along the line",
            "Correct them, or select the part of the line before or behind this place",
        )
    return Kilometrage(start, joined.alignment.stations, measures * factor, unit)


def parse_chainages(text: str, field: str) -> tuple[float, ...]:
    """Chainages [m] from a list such as '12300; 12+800': separated by blanks, commas or semicolons.

    12+800 and K12+800 are kilometre 12 and 800 m, as railways write it.
    """
    out = []
    for word in re.split(r"[\s,;]+", text.strip()):
        if not word:
            continue
        stationing = _STATIONING.match(word)
        try:
            value = 1000.0 * int(stationing[1]) + float(stationing[2]) if stationing else float(word)
        except ValueError as error:
            raise InputError(
                field,
                word,
                "chainages in metres, such as 12300; 12800.5 or 12+300",
                "Write a point as decimal sign",
            ) from error
        out.append(value)
    return tuple(out)
