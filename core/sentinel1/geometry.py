"""Between the ground and the radar's coordinates: zero-Doppler time and slant range, and back at a given height.

Methods, section 2. The satellite looks to the right. Times are s from the orbit's epoch, ranges one-way in m,
positions in the rotating Earth frame. Accuracy: 5e-9 s along the track is 0.04 mm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.polynomial import chebyshev, polynomial
from numpy.typing import NDArray

from .. import ellipsoid
from .bursts import Burst
from .orbit import Orbit

Float64 = NDArray[np.float64]

TIME_TOLERANCE = 5e-9  # s
RANGE_TOLERANCE = 1e-7  # m, of heights in rdr2geo
STEPS = 20
TRACK_DEGREE = 7  # of the orbit over the span searched; below 1e-5 m up to two minutes
CHUNK = 1 << 15  # points at a time: their coefficients stay in the processor's cache
SPAN_MARGIN = 1.0  # s beyond a burst's lines in which its points are looked for, 7 km


@dataclass(frozen=True)
class Track:
    """An orbit over a short span as polynomials in u = (t - centre) / half, lowest power first.

    positions [m], velocities [m/s] : shape (degree + 1, 3). along : of position . velocity, shape (degree + 1,).
    """

    centre: float
    half: float
    positions: Float64
    velocities: Float64
    along: Float64


def track(orbit: Orbit, span: tuple[float, float]) -> Track:
    """The orbit between two times, which its state vectors must cover."""
    centre, half = 0.5 * (span[0] + span[1]), 0.5 * (span[1] - span[0])
    u = chebyshev.chebpts1(TRACK_DEGREE + 1)
    state = orbit.at(centre + half * u)
    along = np.sum(state.position * state.velocity, axis=1, keepdims=True)
    values = np.concatenate([state.position, state.velocity, along], axis=1)
    terms = np.linalg.solve(polynomial.polyvander(u, TRACK_DEGREE), values)
    return Track(centre, half, terms[:, :3], terms[:, 3:6], terms[:, 6])


def geo2rdr(orbit: Orbit, points: NDArray[Any], span: tuple[float, float]) -> tuple[Float64, Float64]:
    """Zero-Doppler times [s from epoch] and slant ranges [m] of Earth-fixed positions.

    points : shape (..., 3) [m]; NaN stays NaN.
    span : first and last time to look in; points that pass outside it become NaN.

    Newton's iteration on f(t) = (x - s(t)) . v(t) until |dt| < 5e-9 s. Over the span s and v are polynomials, so
    f is one polynomial in t per point, and the start is the middle of the span: f is close to a line.
    """
    places = np.asarray(points, np.float64).reshape(-1, 3)
    path = track(orbit, span)
    times, ranges = np.empty(len(places)), np.empty(len(places))
    for first in range(0, len(places), CHUNK):
        chunk = slice(first, first + CHUNK)
        times[chunk], ranges[chunk] = _solve(path, places[chunk])
    shape = np.shape(points)[:-1]
    return times.reshape(shape), ranges.reshape(shape)


def _solve(path: Track, places: Float64) -> tuple[Float64, Float64]:
    terms = path.velocities @ places.T - path.along[:, None]
    u = np.where(np.isfinite(terms[0]), 0.0, np.nan)
    for _ in range(STEPS):
        value, slope = _horner(terms, u)
        step = value / slope
        u = np.clip(u - step, -2.0, 2.0)
        if not np.any(np.abs(step) * path.half >= TIME_TOLERANCE):
            break
    u[np.abs(u) > 1.0] = np.nan
    offset = places.T - _horner(path.positions[:, :, None], u)[0]
    return path.centre + path.half * u, np.sqrt(np.sum(offset**2, axis=0))


def _horner(coefficients: Float64, u: Float64) -> tuple[Float64, Float64]:
    """Values and slopes of polynomials, whose coefficients broadcast against u."""
    value = coefficients[-1] + 0.0 * u
    slope = np.zeros_like(value)
    for coefficient in coefficients[-2::-1]:
        slope = slope * u + value
        value = value * u + coefficient
    return value, slope


def rdr2geo(
    orbit: Orbit, times: NDArray[Any], ranges: NDArray[Any], heights: NDArray[Any] | float = 0.0
) -> Float64:
    """Earth-fixed positions [m], shape (..., 3), seen at zero-Doppler times and slant ranges at ellipsoidal heights.

    times [s from epoch], ranges [m] and heights [m] broadcast together. Ranges that do not reach the height are NaN.

    The point lies on a circle of the range's radius around the satellite in the plane across the velocity;
    Newton's iteration finds the angle from the plane's downward direction at which the circle has the height.
    """
    t, r, h = (np.asarray(a, np.float64) for a in np.broadcast_arrays(times, ranges, heights))
    state = orbit.at(t)
    forward = _unit(state.velocity)
    inward = -state.position
    down = _unit(inward - np.sum(inward * forward, axis=-1, keepdims=True) * forward)
    right = np.cross(down, forward)
    angle = _start_angle(state.position, r, h)
    points = state.position
    for _ in range(STEPS):
        cosine, sine = np.cos(angle)[..., None], np.sin(angle)[..., None]
        points = state.position + r[..., None] * (cosine * down + sine * right)
        lon, lat, height = ellipsoid.geodetic(points)
        tangent = cosine * right - sine * down
        miss = height - h
        if not np.any(np.abs(miss) > RANGE_TOLERANCE):
            break
        angle = angle - miss / (r * np.sum(tangent * ellipsoid.up_axis(lon, lat), axis=-1))
    return points


def _start_angle(position: Float64, ranges: Float64, heights: Float64) -> Float64:
    """The look angle over a sphere of the Earth's radius below the satellite; NaN where the range is too short."""
    distance = np.sqrt(np.sum(position**2, axis=-1))
    _, _, altitude = ellipsoid.geodetic(position)
    radius = distance - altitude + heights
    cosine = (distance**2 + ranges**2 - radius**2) / (2.0 * distance * ranges)
    return np.arccos(np.where(np.abs(cosine) < 1.0, cosine, np.nan))


def _unit(vectors: Float64) -> Float64:
    return np.asarray(vectors / np.sqrt(np.sum(vectors**2, axis=-1, keepdims=True)), np.float64)


def span_of(burst: Burst) -> tuple[float, float]:
    """The times between which a burst's points are looked for [s from its epoch]."""
    return burst.azimuth_time - SPAN_MARGIN, burst.stop_time + SPAN_MARGIN


def burst_coordinates(burst: Burst, orbit: Orbit, points: NDArray[Any]) -> tuple[Float64, Float64]:
    """Fractional (lines, samples) of Earth-fixed positions in a burst; NaN more than a second away along the track."""
    times, ranges = geo2rdr(orbit.since(burst.epoch), points, span_of(burst))
    return burst.line_of(times), burst.sample_of(ranges)
