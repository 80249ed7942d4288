"""How an image of a GAMMA parameter file sees a place: slant range and incidence from its state vectors."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import ellipsoid
from .gammapar import parse

Float64 = NDArray[np.float64]


def orbit(path: Path) -> tuple[Float64, Float64] | None:
    """Times [s], shape (n,), and positions [m], shape (n, 3), of the state vectors; None when there are none."""
    found: dict[str, list[str]] = parse(path)
    try:
        count = int(found["number_of_state_vectors"][0])
        start, step = float(found["time_of_first_state_vector"][0]), float(found["state_vector_interval"][0])
        rows: list[Any] = [
            [float(v) for v in found[f"state_vector_position_{i + 1}"][:3]] for i in range(count)
        ]
    except (KeyError, IndexError, ValueError):
        return None
    positions = np.array(rows, np.float64)
    if count < 4 or positions.shape != (count, 3):
        return None
    return start + step * np.arange(count), positions


def view(
    times: Float64, positions: Float64, lon: float, lat: float, height: float = 0.0
) -> tuple[float, float]:
    """Slant range [m] and incidence [deg] at closest approach to a place.

    The orbit is the polynomial through the state vectors (at most degree 7), the closest
    approach a Newton iteration on (place - satellite) . velocity = 0.
    """
    place, up = ellipsoid.ecef(lon, lat, height), ellipsoid.up_axis(lon, lat)
    scale = float(times[-1] - times[0]) / 2.0
    middle = float(times.mean())
    degree = min(len(times) - 1, 7)
    track = [np.polynomial.Polynomial(np.polynomial.polynomial.polyfit((times - middle) / scale, column, degree))
             for column in positions.T]  # fmt: skip
    speed = [axis.deriv() for axis in track]
    push = [axis.deriv() for axis in speed]
    at = 0.0
    for _ in range(30):
        to_place = place - np.array([axis(at) for axis in track])
        velocity = np.array([axis(at) for axis in speed])
        slope = -velocity @ velocity + to_place @ np.array([axis(at) for axis in push])
        change = float(to_place @ velocity / slope)
        at -= change
        if abs(change) < 1e-12:
            break
    line = np.array([axis(at) for axis in track]) - place
    distance = float(np.linalg.norm(line))
    return distance, math.degrees(math.acos(float(up @ line) / distance))
