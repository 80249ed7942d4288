"""Layers and tables beside the simulated salt mine: wells, funnels, benchmarks, climate, production."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import crs
from ..units import years_between
from . import noise, saltmine, saltmine_calendar
from .saltmine_params import SaltMineParams

Float64 = NDArray[np.float64]
Ring = list[tuple[float, float]]

FUNNEL_RADIUS = 330.0  # m, beyond which no pixel counts to a funnel
LEVELLING_STD = 0.001  # m, of a levelled height difference
LEVELLING_EVERY = 4  # images between two campaigns
RAIN = (62.0, 82.0, 118.0, 150.0, 178.0, 195.0, 142.0, 110.0, 78.0, 82.0, 66.0, 40.0)  # mm per month
BENCHMARKS = (
    ("CP1", -430.0, 150.0), ("CP2", -200.0, 215.0), ("CP3", -20.0, 235.0),
    ("CP4", 150.0, 195.0), ("CP5", 340.0, 180.0), ("CP6", 620.0, 150.0),
)  # fmt: skip
PROFILE = ((-800.0, -60.0), (-30.0, 245.0), (375.0, 170.0), (900.0, 120.0))


def wells() -> str:
    """The six wells as GeoJSON."""
    return _collection(
        [
            (_point(funnel.x, funnel.y), {"name": f"A{funnel.number}", "funnel": funnel.number})
            for funnel in saltmine.FUNNELS
        ]
    )


def funnels() -> str:
    """The funnels: what is nearer to a well than to all others and within `FUNNEL_RADIUS`; no two overlap."""
    return _collection(
        [
            (_polygon(_cell(number)), {"funnel": funnel.number, "name": f"A{funnel.number}"})
            for number, funnel in enumerate(saltmine.FUNNELS)
        ]
    )


def panels() -> str:
    """Extracted panels: rectangles under the wells with the depth and thickness of the seam."""
    rows = []
    for funnel in saltmine.FUNNELS:
        a, b = 1.1 * funnel.along, 0.9 * funnel.across
        turn = math.radians(funnel.angle)
        ring = [
            (
                funnel.x + u * math.cos(turn) - v * math.sin(turn),
                funnel.y + u * math.sin(turn) + v * math.cos(turn),
            )
            for u, v in ((-a, -b), (a, -b), (a, b), (-a, b))
        ]
        begun = saltmine_calendar.FIRST + timedelta(days=round(funnel.start * 365.25))
        facts = {
            "panel": funnel.number, "depth": saltmine.DEPTH, "thickness": saltmine.SEAM, "start": begun.isoformat()
        }  # fmt: skip
        rows.append((_polygon(ring), facts))
    return _collection(rows)


def reference_areas() -> str:
    """Three circles on ground that stands still."""
    return _collection(
        [
            (_polygon(_circle(x, y, saltmine.STABLE_RADIUS)), {"name": f"stable {n}"})
            for n, (x, y) in enumerate(saltmine.STABLE, 1)
        ]
    )


def profile() -> str:
    """A line across three funnels."""
    line = {"type": "LineString", "coordinates": _degrees(PROFILE)}
    return _collection([(line, {"name": "AA'"})])


def levelling(params: SaltMineParams, dates: Sequence[date]) -> tuple[str, str]:
    """(GeoJSON of the benchmarks with a column DYYYYMMDD [mm, up positive] per campaign, the same as CSV).

    Heights are relative to the first campaign, which is the first date.
    """
    rng = noise.generator(params.seed, "saltmine", "levelling")
    x = np.array([row[1] for row in BENCHMARKS])
    y = np.array([row[2] for row in BENCHMARKS])
    campaigns = sorted({*dates[::LEVELLING_EVERY], dates[-1]})
    features: list[tuple[dict[str, Any], dict[str, Any]]] = [
        (_point(east, north), {"name": name}) for name, east, north in BENCHMARKS
    ]
    lines = ["name,longitude,latitude,date,vertical_mm"]
    for day in campaigns:
        sunk = saltmine.subsidence(params.make, x, y, years_between(dates[0], day), params.own_cx)
        error = LEVELLING_STD * rng.standard_normal(len(BENCHMARKS)) if day > dates[0] else 0.0
        risen = np.round(-1000.0 * (sunk + error), 2) + 0.0
        for (geometry, properties), value in zip(features, risen):
            properties[f"D{day:%Y%m%d}"] = float(value)
            lon, lat = geometry["coordinates"]
            lines.append(f"{properties['name']},{lon:.7f},{lat:.7f},{day.isoformat()},{value:.2f}")
    return _collection(features), "\n".join(lines) + "\n"


def brine_temperature() -> str:
    """Temperature of the brine every five days, from before the record to two years after it."""
    first = saltmine_calendar.FIRST
    lines = ["date,temperature_c"]
    for day in range(-60, saltmine.SPAN_DAYS + 731, 5):
        value = float(saltmine.temperature(np.array(day / 365.25)))
        lines.append(f"{(first + timedelta(days=day)).isoformat()},{value:.2f}")
    return "\n".join(lines) + "\n"


def precipitation(seed: int) -> str:
    """Monthly rain [mm] from 2015 to 2018, dated at the middle of the month."""
    rng = noise.generator(seed, "saltmine", "rain")
    lines = ["date,precipitation_mm"]
    for year in range(2015, 2019):
        for month, mean in enumerate(RAIN, start=1):
            amount = mean * math.exp(0.3 * rng.standard_normal() - 0.045)
            lines.append(f"{date(year, month, 15).isoformat()},{amount:.1f}")
    return "\n".join(lines) + "\n"


def production(volumes: dict[date, Float64]) -> str:
    """Salt taken out per funnel and period [t], from the subsided volume (funnels,) [m3] at dates in order."""
    lines = ["from,to,tonnes,funnel"]
    days = list(volumes)
    for first, last in zip(days, days[1:]):
        taken = (volumes[last] - volumes[first]) * saltmine.DENSITY * saltmine.BRINE_CONTENT
        for funnel, tonnes in zip(saltmine.FUNNELS, taken):
            lines.append(f"{first.isoformat()},{last.isoformat()},{tonnes:.2f},{funnel.number}")
    return "\n".join(lines) + "\n"


def concentration(params: SaltMineParams, dates: Sequence[date]) -> str:
    """Truth: mean u and Cx of every interval, of the mine (funnel 0) or of each funnel."""
    chosen: list[saltmine.Funnel | None] = [*saltmine.FUNNELS] if params.own_cx else [None]
    lines = ["from,to,funnel,u,cx_g_per_100g"]
    times = np.array([years_between(dates[0], day) for day in dates])
    for funnel in chosen:
        total = saltmine.dissolved(times, funnel)
        for number in range(len(dates) - 1):
            seconds = (dates[number + 1] - dates[number]).days * 86_400.0
            u = float(total[number + 1] - total[number]) / seconds
            name = 0 if funnel is None else funnel.number
            lines.append(
                f"{dates[number].isoformat()},{dates[number + 1].isoformat()},{name},{u:.6f},"
                f"{saltmine.SATURATED * (1.0 - u):.4f}"
            )
    return "\n".join(lines) + "\n"


def _cell(number: int) -> Ring:
    """Circle around a well, cut by the middle lines to the other wells (Sutherland and Hodgman)."""
    own = saltmine.FUNNELS[number]
    ring = _circle(own.x, own.y, FUNNEL_RADIUS, 96)
    for other in saltmine.FUNNELS:
        if other is own:
            continue
        normal = (other.x - own.x, other.y - own.y)
        limit = 0.5 * (other.x**2 + other.y**2 - own.x**2 - own.y**2)
        ring = _cut(ring, normal, limit)
    return ring


def _cut(ring: Ring, normal: tuple[float, float], limit: float) -> Ring:
    """The part of a convex ring where normal . place <= limit."""
    out: Ring = []
    for here, there in zip(ring, [*ring[1:], ring[0]]):
        a = normal[0] * here[0] + normal[1] * here[1] - limit
        b = normal[0] * there[0] + normal[1] * there[1] - limit
        if a <= 0:
            out.append(here)
        if a * b < 0:
            share = a / (a - b)
            out.append((here[0] + share * (there[0] - here[0]), here[1] + share * (there[1] - here[1])))
    return out


def _circle(x: float, y: float, radius: float, corners: int = 48) -> Ring:
    turns = [2.0 * math.pi * n / corners for n in range(corners)]
    return [(x + radius * math.cos(turn), y + radius * math.sin(turn)) for turn in turns]


def _point(x: float, y: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": _degrees([(x, y)])[0]}


def _polygon(ring: Ring) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [_degrees([*ring, ring[0]])]}


def _degrees(local: Sequence[tuple[float, float]]) -> list[list[float]]:
    place = np.array(local, np.float64) + np.array(saltmine.ORIGIN)
    lon, lat = crs.transform(place[:, 0], place[:, 1], saltmine.METRIC, crs.WGS84)
    return [[round(float(a), 7), round(float(b), 7)] for a, b in zip(lon, lat)]


def _collection(features: Sequence[tuple[dict[str, Any], dict[str, Any]]]) -> str:
    rows = [{"type": "Feature", "properties": facts, "geometry": shape} for shape, facts in features]
    return json.dumps({"type": "FeatureCollection", "features": rows}, indent=1) + "\n"
