"""The ground over a simulated salt mine: six funnels around wells that grow into one another.

After Xing et al., "Quantitative prediction for deformation and brine extraction in salt solution mining based on
the water-solution-kinetic InSAR model": a seam of 3 m at 250 m depth, subsidence of some 0.3 m in 792 days, faster in
the warm season. Three makes of mine differ in what the ground follows, so that models can be compared on mines that
they do not describe.

Local coordinates x (east) and y (north) [m] relative to `ORIGIN`. S is subsidence [m], positive down. t is time since
the first date [years of 365.25 days].
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..units import DAYS_PER_YEAR
from .saltmine_params import MIXTURE, PIM, WSK

Float64 = NDArray[np.float64]

METRIC = "EPSG:32649"
ORIGIN = (572_000.0, 3_272_000.0)  # near 111.75 E, 29.57 N
HALF = 1_200.0  # m, half of each side of the scene
STABLE = ((-1_000.0, 1_000.0), (1_000.0, 1_000.0), (1_000.0, -1_000.0))  # m, middles of the reference areas
STABLE_RADIUS = 130.0  # m
SPAN_DAYS = 792

# Geology and brine, as the paper has them for Xinhua.
SATURATED = 48.8  # Cs, g/100 g water
LAYER = 3.0  # delta, m: saturated layer
SEAM, DEPTH = 3.0, 250.0  # m
BRINE_CONTENT = 0.80  # g: salt in the brine
DENSITY = 1.0  # t/m3, with which the removed volume becomes mass

MEAN_U, SEASON, PEAK = 0.25, 0.5, 61.0 / DAYS_PER_YEAR  # u = mean (1 + season cos(2 pi (t - peak))); mid-August
# Solubility of Glauber's salt [g/100 g water] at 0, 10, 20, 30 degrees Celsius (table IV of the paper).
_TEMPERATURE, _SOLUBILITY = (0.0, 10.0, 20.0, 30.0), (5.0, 9.0, 19.4, 48.8)
TAN_BETA = 1.9


@dataclass(frozen=True)
class Funnel:
    """One well and its funnel.

    x, y : well, local [m]. deepest : own part of the subsidence in its middle after 792 days [m].
    along, across : standard deviations of the funnel [m], `along` turned by `angle` [deg] from east.
    start : years after the first date when the panel begins. scale, shape : of the Weibull growth [years, -].
    season, lag : factor of u and delay of its season [years] where each funnel has its own.
    """

    number: int
    x: float
    y: float
    deepest: float
    along: float
    across: float
    angle: float
    start: float
    scale: float
    shape: float
    season: float
    lag: float

    def turned(self, x: Float64, y: Float64) -> tuple[Float64, Float64]:
        """Coordinates along the axes of the funnel, from the well [m]."""
        cosine, sine = math.cos(math.radians(self.angle)), math.sin(math.radians(self.angle))
        east, north = x - self.x, y - self.y
        return east * cosine + north * sine, north * cosine - east * sine


FUNNELS = (
    Funnel(1, -420.0, 190.0, 0.150, 130.0, 110.0, 20.0, -1.0, 2.6, 1.6, 0.8, 0.10),
    Funnel(2, -30.0, 245.0, 0.205, 125.0, 115.0, -10.0, -0.6, 2.2, 1.9, 1.0, 0.00),
    Funnel(3, 375.0, 170.0, 0.285, 120.0, 120.0, 0.0, -0.4, 1.9, 2.1, 1.2, -0.05),
    Funnel(4, -395.0, -215.0, 0.110, 120.0, 105.0, 35.0, -1.5, 3.2, 1.3, 0.9, 0.05),
    Funnel(5, 15.0, -180.0, 0.235, 130.0, 115.0, 10.0, -0.5, 2.0, 1.8, 1.1, -0.08),
    Funnel(6, 415.0, -235.0, 0.130, 115.0, 110.0, -25.0, -0.2, 2.4, 2.2, 1.0, 0.12),
)


def undersaturation(t: Float64, funnel: Funnel | None = None) -> Float64:
    """u(t) = (Cs - Cx)/Cs; of the mine, or of a funnel with its own history."""
    mean, peak = (MEAN_U, PEAK) if funnel is None else (MEAN_U * funnel.season, PEAK + funnel.lag)
    return np.asarray(mean * (1.0 + SEASON * np.cos(2.0 * math.pi * (t - peak))))


def dissolved(t: Float64, funnel: Funnel | None = None) -> Float64:
    """Integral of u from 0 to t [s]."""
    mean, peak = (MEAN_U, PEAK) if funnel is None else (MEAN_U * funnel.season, PEAK + funnel.lag)
    turn = 2.0 * math.pi
    wave = SEASON / turn * (np.sin(turn * (t - peak)) - np.sin(turn * (0.0 - peak)))
    return np.asarray(mean * (t + wave) * DAYS_PER_YEAR * 86_400.0)


def temperature(t: Float64) -> Float64:
    """Temperature of the brine [deg C] at which Glauber's salt dissolves as u(t) asks, s(T) = Cs u."""
    return np.interp(SATURATED * undersaturation(t), _SOLUBILITY, _TEMPERATURE)


def diffusion(x: Float64, y: Float64) -> Float64:
    """D [m2/s]: Gaussian funnels that overlap, scaled to the deepest subsidence after 792 days."""
    end = float(dissolved(np.array(SPAN_DAYS / DAYS_PER_YEAR)))
    total = np.zeros(np.shape(x))
    for funnel in FUNNELS:
        along, across = funnel.turned(x, y)
        bowl = np.exp(-0.5 * ((along / funnel.along) ** 2 + (across / funnel.across) ** 2))
        total += funnel.deepest * bowl
    return total * LAYER / end


def nearest(x: Float64, y: Float64) -> NDArray[np.intp]:
    """Index of the nearest well."""
    return np.argmin([np.hypot(x - funnel.x, y - funnel.y) for funnel in FUNNELS], axis=0)


def subsidence(make: str, x: Float64, y: Float64, t: float, own_cx: bool = False) -> Float64:
    """S [m] at time t, the shape of x; 0 at t = 0 whatever the make."""
    if make == MIXTURE:
        return 0.5 * (subsidence(WSK, x, y, t) + subsidence(PIM, x, y, t))
    if make == PIM:
        return sum((_panel(funnel, x, y) * _grown(funnel, t) for funnel in FUNNELS), np.zeros(np.shape(x)))
    dissolving = diffusion(x, y) / LAYER
    if not own_cx:
        return dissolving * float(dissolved(np.array(t)))
    each = np.array([float(dissolved(np.array(t), funnel)) for funnel in FUNNELS])
    return np.asarray(dissolving * each[nearest(x, y)])


def _panel(funnel: Funnel, x: Float64, y: Float64) -> Float64:
    """Probability integral over the rectangle under a well, 1 over an endless panel.

    erf form of W = 1/r^2 * integral of exp(-pi rho^2 / r^2), r = depth / tan(beta).
    """
    from scipy.special import erf

    scale = math.sqrt(math.pi) * TAN_BETA / DEPTH
    along, across = funnel.turned(x, y)
    product = np.full(np.shape(x), 0.25)
    for place, half in ((along, 1.1 * funnel.along), (across, 0.9 * funnel.across)):
        product = product * (erf(scale * (place + half)) - erf(scale * (place - half)))
    return product


def _grown(funnel: Funnel, t: float) -> float:
    """Weibull growth since the first date, scaled so that the middle has sunk by `deepest` at the end of the span."""
    end = SPAN_DAYS / DAYS_PER_YEAR
    middle = float(_panel(funnel, np.array(funnel.x), np.array(funnel.y)))
    return funnel.deepest / middle * _weibull(funnel, t) / _weibull(funnel, end)


def _weibull(funnel: Funnel, t: float) -> float:
    def share(time: float) -> float:
        return 1.0 - math.exp(-((max(time, 0.0) / funnel.scale) ** funnel.shape))

    return share(t - funnel.start) - share(-funnel.start)
