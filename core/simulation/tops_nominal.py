"""Passes of a made-up Sentinel-1: a circular orbit over the rotating Earth, and the timing of the IW mode.

Numbers are those of the mission: 175 orbits in 12 days, inclination 98.18 degrees, IW timing and bands as in any
annotation of an IW SLC, rounded.
"""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta

import numpy as np

from ..units import SPEED_OF_LIGHT
from .tops_pass import Band, BurstTiming, Float64, Pass, Path, Polynomial, SubSwath

REPEAT_DAYS, ORBITS = 12, 175
PERIOD = REPEAT_DAYS * 86400.0 / ORBITS
INCLINATION = math.radians(98.18)
GRAVITY = 3.986004418e14  # m3/s2
EARTH_RATE = 2.0 * math.pi / 86400.0  # the orbit's plane follows the sun, so that the node stands still on the ground
RADIUS = (GRAVITY * (PERIOD / (2.0 * math.pi)) ** 2) ** (1.0 / 3.0)
LATITUDE, NODE = math.radians(35.0), math.radians(128.0)  # argument of latitude and node's longitude at the start
FIRST = date(2025, 4, 6)
START = 36_360.0  # s of the day, 10:06
BURST_INTERVAL = 2.758277
LINE_INTERVAL = 2.0555563e-3
SAMPLING_RATE, FREQUENCY = 64.34523812571428e6, 5.405000454334350e9
SQUARED_SPEED = 5.15e7  # m2/s2, effective, of the azimuth FM rate -2 V^2 / (lambda R)
BURST_ID, TRACK, ABSOLUTE_ORBIT = 230_132, 113, 58_635
BURSTS = 9
# Name: near range time [s], lines, start after the first swath's [s], steering [deg/s], range and azimuth band [Hz].
MODE = {
    "IW1": (5.33984e-3, 1502, 0.0, 1.590368784, (56.5e6, 0.75), (327.0, 0.70)),
    "IW2": (5.64939e-3, 1513, 0.896, 0.97986332, (48.3e6, 0.75), (313.0, 0.75)),
    "IW3": (6.01987e-3, 1518, 1.863, 1.39744082, (42.79e6, 0.75), (314.0, 0.75)),
}
INVALID_LINES = 20  # at both ends of a burst
DOPPLER = (13.3, -7.1e4, 6.4e7)  # Hz, over range time


def nominal(index: int, across: float, radial: float, late: float, misregistration: float) -> Pass:
    """The pass of date number `index`, every 12 days.

    across, radial [m] : by which the orbit differs from the first one's. late : seconds by which its bursts start
    later. misregistration : timing error of the image [lines].
    """
    epoch = datetime.combine(FIRST + timedelta(days=REPEAT_DAYS * index), time())
    times = START - 70.0 + 10.0 * np.arange(17)
    step = 0.01
    positions = _position(times, across, radial)
    velocities = (_position(times + step, across, radial) - _position(times - step, across, radial)) / (2.0 * step)
    return Pass(
        epoch=epoch,
        platform="S1A",
        absolute_orbit=ABSOLUTE_ORBIT + ORBITS * index,
        track=TRACK,
        direction="ascending",
        path=Path(times, positions, velocities),
        swaths=tuple(_swath(name, late) for name in MODE),
        misregistration=misregistration,
    )


def _position(times: Float64, across: float, radial: float) -> Float64:
    """Earth-fixed positions (n, 3) of the circular orbit, moved across the track (to the left) and upwards."""
    along = LATITUDE + 2.0 * math.pi / PERIOD * (times - START)
    node = NODE - EARTH_RATE * (times - START)
    up = _turned(np.cos(along), np.sin(along), node)
    left = np.stack(
        [
            np.sin(node) * math.sin(INCLINATION),
            -np.cos(node) * math.sin(INCLINATION),
            np.full_like(node, math.cos(INCLINATION)),
        ],
        axis=-1,
    )
    return np.asarray((RADIUS + radial) * up + across * left, np.float64)


def _turned(x: Float64, y: Float64, node: Float64) -> Float64:
    """A vector of the orbit's plane, x towards the node, in the rotating Earth frame."""
    flat = y * math.cos(INCLINATION)
    return np.stack(
        [x * np.cos(node) - flat * np.sin(node), x * np.sin(node) + flat * np.cos(node), y * math.sin(INCLINATION)],
        axis=-1,
    )


def _swath(name: str, late: float) -> SubSwath:
    near, lines, after, steering, range_band, azimuth_band = MODE[name]
    # All bursts and swaths of a pass are sampled on one grid of lines, as in real annotations.
    lines_after = [round((after + BURST_INTERVAL * number) / LINE_INTERVAL) for number in range(BURSTS)]
    starts = [round(START + late + LINE_INTERVAL * count, 6) for count in lines_after]
    rate = -4.0 * SQUARED_SPEED * FREQUENCY / (SPEED_OF_LIGHT**2 * near)
    bursts = []
    for number, start in enumerate(starts):
        middle = round(start + 0.5 * lines * LINE_INTERVAL, 6)
        fm_rate = Polynomial(middle, near, (rate, -rate / near, rate / near**2))
        bursts.append(BurstTiming(start, BURST_ID + number, fm_rate, Polynomial(middle, near, DOPPLER)))
    return SubSwath(
        name=name,
        lines=lines,
        samples=22_000,
        interval=LINE_INTERVAL,
        near_time=near,
        sampling_rate=SAMPLING_RATE,
        frequency=FREQUENCY,
        steering_rate=math.radians(steering),
        range_band=Band(*range_band),
        azimuth_band=Band(*azimuth_band),
        valid_lines=(INVALID_LINES, lines - INVALID_LINES),
        bursts=tuple(bursts),
    )
