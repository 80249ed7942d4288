"""The ground of the railway corridor: where it sinks, how fast, what grows on it, and where the line runs.

In the spirit of Zhu et al. (2020), Heze: a broad urban bowl (-4 to -1 cm/yr over 20 km of line), a
mining bowl with steep flanks (-8 cm/yr, 15 km), a spot of -3 cm/yr 3.5 km outside the coalfield,
two active workings north of the line, and rural land that breathes with the seasons.

Local coordinates x (east) and y (north) are metres in UTM zone 50N relative to `ORIGIN`.
All functions take and return float64 arrays of one shape.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from .. import crs
from ..units import years_between

Float64 = NDArray[np.float64]

METRIC = "EPSG:32650"
ORIGIN = (395_000.0, 3_898_000.0)  # near 115.85 E, 35.22 N
HALF_WIDTH, HALF_HEIGHT = 50_000.0, 21_000.0  # m, of the scene
LINE_END = 48_000.0  # m, |x| of the ends of the railway
SEASONAL_AMPLITUDE = 5.0  # mm, of rural ground
LAG_DAYS = 61.0  # by which the ground follows the rain
# Monthly rain [mm]: 663 mm a year, 60 % of it in June to August.
CLIMATOLOGY = (6.0, 9.0, 17.0, 31.0, 52.0, 84.0, 176.0, 136.0, 82.0, 40.0, 21.0, 9.0)
COALFIELD_DISTANCE = 3_500.0  # m, from the centre of the spot to the coalfield


@dataclass(frozen=True)
class Bowl:
    """A subsiding area: rate(r) = peak * exp(-r^power), r = elliptical radius over the half axes.

    position : place along the line as local x [m]. offset [m] : to the left of the line's direction.
    along, across [m] : half axes parallel and normal to the line. peak : mm/yr, negative down.
    """

    name: str
    position: float
    offset: float
    along: float
    across: float
    power: float
    peak: float

    @property
    def centre(self) -> tuple[float, float]:
        """Local x, y [m]."""
        angle = line_direction(self.position)
        x, y = self.position, float(line_y(np.array(self.position)))
        return x - self.offset * math.sin(angle), y + self.offset * math.cos(angle)

    def axes(self, x: Float64, y: Float64) -> tuple[Float64, Float64]:
        """Coordinates along and across the line, from the centre [m]."""
        angle = line_direction(self.position)
        east, north = x - self.centre[0], y - self.centre[1]
        return (
            east * math.cos(angle) + north * math.sin(angle),
            north * math.cos(angle) - east * math.sin(angle),
        )

    def rate(self, x: Float64, y: Float64) -> Float64:
        """Vertical rate [mm/yr]."""
        u, w = self.axes(x, y)
        radius = np.hypot(u / self.along, w / self.across)
        return np.asarray(self.peak * np.exp(-(radius**self.power)))


@dataclass(frozen=True)
class Town:
    """Built-up land: an ellipse with a soft rim. Local centre and half axes [m]."""

    name: str
    x: float
    y: float
    east: float
    north: float
    density: float = 1.0

    def share(self, x: Float64, y: Float64) -> Float64:
        """Built-up share, `density` inside, falling to 0 over a rim of 30 % of the radius."""
        radius = np.hypot((x - self.x) / self.east, (y - self.y) / self.north)
        step = np.clip((1.15 - radius) / 0.3, 0.0, 1.0)
        return np.asarray(self.density * step * step * (3.0 - 2.0 * step))


def line_y(x: Float64) -> Float64:
    """The railway: local y [m] of its points at local x."""
    return np.asarray(0.28 * x + 1_200.0 * np.sin(2.0 * math.pi * x / 80_000.0))


def line_direction(x: float) -> float:
    """Direction of the line at local x [rad], counter-clockwise from east."""
    slope = 0.28 + 1_200.0 * 2.0 * math.pi / 80_000.0 * math.cos(2.0 * math.pi * x / 80_000.0)
    return math.atan(slope)


URBAN = Bowl("zone 1, groundwater", -24_000.0, 0.0, 8_490.0, 6_400.0, 2.0, -40.0)
MINING = Bowl("zone 2, coalfield", 6_000.0, 0.0, 6_245.0, 3_600.0, 4.0, -80.0)
SPOT = Bowl("secondary spot", 29_000.0, 600.0, 1_850.0, 1_850.0, 2.0, -30.0)
WORKINGS = (
    Bowl("working A", 3_000.0, 6_300.0, 1_050.0, 800.0, 2.0, -260.0),
    Bowl("working B", 8_500.0, 7_400.0, 900.0, 750.0, 2.0, -190.0),
)
BOWLS = (URBAN, MINING, SPOT, *WORKINGS)

CITY = Town("city", URBAN.centre[0], URBAN.centre[1] + 500.0, 9_500.0, 6_500.0)
REFERENCE_TOWNS = (
    Town("north town", -9_000.0, 14_500.0, 2_600.0, 2_200.0),
    Town("east town", 42_000.0, 3_000.0, 2_800.0, 2_300.0),
)
TOWNS = (CITY, Town("mining town", MINING.centre[0], MINING.centre[1] - 1_000.0, 3_800.0, 3_000.0), *REFERENCE_TOWNS)


def villages(rng: np.random.Generator, count: int = 320) -> tuple[Town, ...]:
    """Scattered settlements all over the scene."""
    x = rng.uniform(-HALF_WIDTH, HALF_WIDTH, count)
    y = rng.uniform(-HALF_HEIGHT, HALF_HEIGHT, count)
    size = rng.uniform(300.0, 750.0, count)
    return tuple(Town("village", float(a), float(b), float(r), float(r), 0.85) for a, b, r in zip(x, y, size))


def vertical_rate(x: Float64, y: Float64) -> Float64:
    """Truth: vertical rate [mm/yr], negative down."""
    total = np.zeros(np.shape(x))
    for bowl in BOWLS:
        total += bowl.rate(x, y)
    return total


def built_up(x: Float64, y: Float64, settlements: tuple[Town, ...]) -> Float64:
    """Built-up share from 0 (fields) to 1 (town)."""
    share = np.zeros(np.shape(x))
    for town in (*TOWNS, *settlements):
        np.maximum(share, town.share(x, y), out=share)
    return share


def rain_peak() -> float:
    """Phase of the annual harmonic of the rain, as years after 1 January."""
    months = np.array(CLIMATOLOGY)
    turn = 2.0 * math.pi * (np.arange(12) + 0.5) / 12.0
    return float(math.atan2((months * np.sin(turn)).sum(), (months * np.cos(turn)).sum()) / (2.0 * math.pi) % 1.0)


def season(day: date) -> float:
    """Annual term from -1 to 1: highest two months after the rain's annual harmonic."""
    time = years_between(date(2015, 1, 1), day)
    return math.cos(2.0 * math.pi * (time - rain_peak() - LAG_DAYS / 365.25))


def vertical_displacement(rate: Float64, share: Float64, first: date, day: date) -> Float64:
    """Truth: vertical displacement [mm] since `first`, from rates [mm/yr] and built-up shares."""
    annual = SEASONAL_AMPLITUDE * (season(day) - season(first))
    return rate * years_between(first, day) + annual * (1.0 - share)


def terrain(x: Float64, y: Float64) -> Float64:
    """Height [m]: the plain falls from 68 m in the west to 37 m in the east, with low swells."""
    swell = 1.5 * np.sin(x / 3_100.0) * np.sin(y / 2_300.0 + 0.7)
    return np.asarray(52.5 - 14.0 * x / HALF_WIDTH + swell)


def local(x: Float64, y: Float64, system: str) -> tuple[Float64, Float64]:
    """Local metres of map coordinates."""
    east, north = crs.transform(x, y, system, METRIC)
    return east - ORIGIN[0], north - ORIGIN[1]


def geographic(x: Float64, y: Float64) -> tuple[Float64, Float64]:
    """Longitude and latitude of local metres."""
    return crs.transform(np.asarray(x) + ORIGIN[0], np.asarray(y) + ORIGIN[1], METRIC, crs.WGS84)
