"""The probability integral method as a forward model: from parameters to motion and deformation of the surface.

Subsidence (positive down) of one panel, flat or inclined (China's PIM; Knothe's theory with b = 1 / sqrt(2 pi)):

    W = W0 I,   W0 = m q cos(dip),   r = depth / tan_beta,
    horizontal motion u = b r grad W + W cot(theta) e_up,   theta = 90 deg - k dip,

with I the influence of the outline (`pim_influence`) drawn in by s * depth and moved down the dip by
depth cot(theta), and e_up the unit vector up the dip. u points to where W is larger. Panels add up. In time each
piece of a panel carries its own growth (`pim_time`):

    static      the share extracted so far, at once
    knothe, weibull   all of the panel from its start, or evenly from its start to its end
    coordinate  the coordinate-time model: a face moves through the panel, and every piece grows after the time at
                which the face passed its coordinate (growth 1 - exp(-c t)). Salt caverns grow in rings instead.

CT-PIM is the name that Xing et al. (Remote Sens. 2022, 14, 842) gave a PIM with a "coordinate-time function" whose
parameters are estimated from interferometric phases directly. The last is done here too. The function itself could not
be had: neither the salt-mine paper nor the public abstract prints it. `coordinate` is therefore our own coupling of
place and time, no copy of theirs; `weibull` on the whole panel is the form of their earlier work (Int. J. Remote
Sens. 2020, 42, 639, PIM with a Weibull temporal function).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from ..units import years_between
from . import pim_time
from .pim_influence import Outline, influence
from .pim_panels import Panel, acting, parts
from .pim_parameters import COORDINATE, CT, TIME_NAMES, WEIBULL, Unknown

PIECES = 10  # of a panel under the coordinate-time model
# Rows of `fields`: subsidence [m], motion east and north [m], gradient of W [-], second derivatives of W [1/m],
# strain tensor [-].
W, EAST, NORTH, WX, WY, WXX, WXY, WYY, EXX, EXY, EYY = range(11)
MOTION, FULL = 3, 11

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class PimModel:
    """Panels, model, growth and unknowns; parameters are given as an array in the order of `names`.

    origin : the day from which years are counted. first, last [yr] : start and end of the extraction of panels
    that do not state theirs. per_panel : every panel has its own q.
    """

    panels: tuple[Panel, ...]
    model: str
    growth: str
    unknowns: tuple[Unknown, ...]
    starts: tuple[float, ...]
    ends: tuple[float | None, ...]
    per_panel: bool = False

    @property
    def columns(self) -> tuple[Unknown, ...]:
        """One unknown per entry of a parameter array: q for each panel first when `per_panel`."""
        if not self.per_panel:
            return self.unknowns
        q, others = self.unknowns[0], self.unknowns[1:]
        own = tuple(
            Unknown(f"q_{p.name}", q.start, q.low, q.high, q.unit, f"{q.meaning} of {p.name}", q.estimated)
            for p in self.panels
        )
        return own + others

    @property
    def start(self) -> Float64:
        """Start values."""
        return np.array([u.start for u in self.columns])

    def factors(self, values: Float64) -> Float64:
        """q of each panel."""
        count = len(self.panels) if self.per_panel else 1
        return np.broadcast_to(np.asarray(values, np.float64)[:count], (len(self.panels),))

    def named(self, values: Float64) -> dict[str, float]:
        """Parameters shared by all panels by name, q left out; 0 for an unused k."""
        skip = len(self.panels) if self.per_panel else 1
        return {"k": 0.0, **{u.name: float(v) for u, v in zip(self.columns[skip:], values[skip:])}}

    def radius(self, panel: Panel, values: Float64) -> float:
        """Radius of main influence r [m]."""
        return panel.depth / self.named(values)["tan_beta"]

    def growth_of(self, values: Float64, years: Float64, reference: float) -> list[Float64]:
        """Growth between the reference time and each time: one array (pieces, N) per panel. Times in years."""
        times = np.append(np.asarray(years, np.float64), reference)
        named = self.named(values)
        out = []
        for start, end in zip(self.starts, self.ends):
            rows = self._growth(named, times, start, end)
            out.append(rows[:, :-1] - rows[:, -1:])
        return out

    def _growth(self, named: Mapping[str, float], years: Float64, start: float, end: float | None) -> Float64:
        if self.model != CT:
            return pim_time.extracted(years, start, start if end is None else end)[None]
        if self.growth == COORDINATE:
            stop = start + named["duration"] if end is None else end
            edges = np.linspace(start, stop, PIECES + 1)
            rate = named["rate"]
            return np.stack([pim_time.knothe_over(years, a, b, rate) for a, b in zip(edges[:-1], edges[1:])])
        stop = start if end is None else end
        if self.growth == WEIBULL:
            scale, shape = named["scale"], named["shape"]
            return pim_time.growth_over(years, start, stop, lambda t: pim_time.weibull(t, scale, shape))[None]
        return pim_time.knothe_over(years, start, stop, named["rate"])[None]

    def shapes(self, values: Float64) -> list[list[tuple[Outline, Outline | None]]]:
        """Acting outlines of the pieces of each panel."""
        named = self.named(values)
        count = PIECES if self.model == CT and self.growth == COORDINATE else 1
        return [
            parts(acting(p, named["s"] * p.depth, p.depth * self._cotangent(p, named)), p.advance, count)
            for p in self.panels
        ]

    def fields(
        self,
        values: Float64,
        x: Float64,
        y: Float64,
        years: Sequence[float] | Float64,
        reference: float,
        rows: int = MOTION,
    ) -> Float64:
        """Motion and deformation between the reference time and each time, shape (N, rows, points).

        rows : MOTION (subsidence, east, north) or FULL (all of W ... EYY).
        """
        times = np.asarray(years, np.float64)
        out = np.zeros((len(times), rows, len(x)))
        growth = self.growth_of(values, times, reference)
        for panel, shapes, weights in zip(range(len(self.panels)), self.shapes(values), growth):
            for number, field in self._pieces(values, panel, shapes, x, y, rows):
                if np.any(weights[number]):
                    out += weights[number][:, None, None] * field
        return out

    def line_of_sight(
        self,
        values: Float64,
        x: Float64,
        y: Float64,
        los: Float64,
        years: Sequence[float] | Float64,
        reference: float,
    ) -> Float64:
        """Displacement toward the satellite [m], shape (N, points); los (3, points): unit vector east, north, up.

        Points without a horizontal line of sight (NaN) take the subsidence alone.
        """
        bases = self.basis(values, x, y, los)
        growth = self.growth_of(values, np.asarray(years, np.float64), reference)
        return sum((g.T @ base for g, base in zip(growth, bases)), np.zeros((len(years), len(x))))

    def basis(self, values: Float64, x: Float64, y: Float64, los: Float64) -> list[Float64]:
        """Final LOS motion of the pieces of each panel [m]: one array (pieces, points) per panel.

        It depends on the first `spatial` parameters only; the growth in time weights it.
        """
        level = np.nan_to_num(los)
        out = []
        for panel, shapes in enumerate(self.shapes(values)):
            pieces = self._pieces(values, panel, shapes, x, y, MOTION)
            out.append(
                np.stack([level[0] * f[EAST] + level[1] * f[NORTH] - level[2] * f[W] for _, f in pieces])
            )
        return out

    @property
    def spatial(self) -> int:
        """How many of the parameters act in space; they come first."""
        return sum(u.name not in TIME_NAMES for u in self.columns)

    def volume(self, values: Float64, year: float, reference: float) -> float:
        """Volume of the trough between two times [m3]: the sum of W0 times acting area, as I has unit integral."""
        total = 0.0
        growth = self.growth_of(values, np.array([year]), reference)
        for panel, shapes, weights, q in zip(self.panels, self.shapes(values), growth, self.factors(values)):
            for (larger, smaller), share in zip(shapes, weights[:, 0]):
                area = larger.area - (smaller.area if smaller is not None else 0.0)
                total += self._depth_of_trough(panel, float(q)) * area * float(share)
        return total

    def _pieces(
        self,
        values: Float64,
        index: int,
        shapes: list[tuple[Outline, Outline | None]],
        x: Float64,
        y: Float64,
        rows: int,
    ) -> list[tuple[int, Float64]]:
        panel = self.panels[index]
        named = self.named(values)
        radius = self.radius(panel, values)
        trough = self._depth_of_trough(panel, float(self.factors(values)[index]))
        cotangent = self._cotangent(panel, named)
        out: list[tuple[int, Float64]] = []
        before: Float64 | None = None
        for number, (larger, smaller) in enumerate(shapes):
            whole = influence(larger, x, y, radius, 1 if rows == MOTION else 2)
            share = whole if smaller is None or before is None else whole - before
            before = whole  # the smaller of the next piece is the larger of this one
            out.append((number, _motion(trough * share, named["b"] * radius, cotangent, panel, rows)))
        return out

    @staticmethod
    def _depth_of_trough(panel: Panel, q: float) -> float:
        return panel.thickness * q * math.cos(math.radians(panel.dip))

    @staticmethod
    def _cotangent(panel: Panel, named: Mapping[str, float]) -> float:
        return math.tan(math.radians(named["k"] * panel.dip))


def times_of(
    panels: Sequence[Panel], model: str, origin: date, last: date
) -> tuple[tuple[float, ...], tuple[float | None, ...]]:
    """Starts and ends of the panels in years since `origin`.

    An unknown start is the origin. An unknown end stays unknown, but for static PIM, where it is `last`.
    """
    starts = tuple(0.0 if p.start is None else years_between(origin, p.start) for p in panels)
    unknown = None if model == CT else years_between(origin, last)
    ends = tuple(unknown if p.end is None else years_between(origin, p.end) for p in panels)
    return starts, ends


def _motion(w: Float64, factor: float, cotangent: float, panel: Panel, rows: int) -> Float64:
    """Rows W ... EYY from W and its derivatives (3 or 6, points); factor is b r [m]."""
    east, north = (-part for part in panel.down_dip)
    out = np.empty((rows, w.shape[1]))
    out[W] = w[0]
    out[EAST] = factor * w[1] + cotangent * east * w[0]
    out[NORTH] = factor * w[2] + cotangent * north * w[0]
    if rows == MOTION:
        return out
    out[WX : WYY + 1] = w[1:]
    out[EXX] = factor * w[3] + cotangent * east * w[1]
    out[EXY] = factor * w[4] + 0.5 * cotangent * (east * w[2] + north * w[1])
    out[EYY] = factor * w[5] + cotangent * north * w[2]
    return out
