"""Truth along the railway: its points, the rate at them, and the lengths that sink too fast."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import scene

Float64 = NDArray[np.float64]

VERTEX = 1_000.0  # m of local x between the vertices of the line
STEP = 10.0  # m of chainage between the points of the truth
THRESHOLDS = (-10.0, -20.0, -30.0, -50.0)  # mm/yr


def vertices() -> tuple[Float64, Float64]:
    """Local x, y [m] of the vertices of the railway, from west to east."""
    x = np.arange(-scene.LINE_END, scene.LINE_END + 0.5 * VERTEX, VERTEX)
    return x, scene.line_y(x)


def along(step: float = STEP) -> tuple[Float64, Float64, Float64]:
    """Chainage [m] and local x, y [m] of points every `step` metres of the polyline."""
    x, y = vertices()
    chainage = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    at = np.arange(0.0, chainage[-1], step)
    return at, np.interp(at, chainage, x), np.interp(at, chainage, y)


def zones(chainage: Float64, rate: Float64, threshold: float) -> list[dict[str, float]]:
    """Stretches whose rate is at or below the threshold: from, to, length [m], lowest and mean rate [mm/yr]."""
    step = float(chainage[1] - chainage[0])
    flags = np.concatenate([[False], rate <= threshold, [False]])
    starts = np.flatnonzero(~flags[:-1] & flags[1:])
    stops = np.flatnonzero(flags[:-1] & ~flags[1:])
    return [
        {
            "from_m": float(chainage[a]),
            "to_m": float(chainage[b - 1] + step),
            "length_m": float((b - a) * step),
            "min_mm_yr": round(float(rate[a:b].min()), 3),
            "mean_mm_yr": round(float(rate[a:b].mean()), 3),
        }
        for a, b in zip(starts, stops)
    ]


def truth() -> dict[str, Any]:
    """Length of the line, and for every threshold the stretches and their total."""
    chainage, x, y = along()
    rate = scene.vertical_rate(x, y)
    tables: dict[str, Any] = {}
    for threshold in THRESHOLDS:
        found = zones(chainage, rate, threshold)
        total = sum(zone["length_m"] for zone in found)
        tables[f"{threshold:g}"] = {"affected_length_m": total, "zones": found}
    length = float(np.hypot(*np.diff(np.stack(vertices()))).sum())
    return {"line_length_m": round(length, 3), "lowest_rate_mm_yr": round(float(rate.min()), 3), "by_threshold": tables}
