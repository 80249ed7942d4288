"""Baselines and the line of sight of points on the ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import ellipsoid
from .bursts import Burst
from .geometry import geo2rdr, rdr2geo, span_of
from .orbit import Orbit

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Baseline:
    """Components of the baseline from the reference to the secondary satellite [m], shape of the points.

    parallel : along the reference's line of sight, positive when the secondary is nearer: R2 - R1 is about -parallel.
    perpendicular : signed so that d(R2 - R1)/dh = +perpendicular / (R sin theta), as everywhere in Groundline
    (the same sign as ISCE2's Bperp).
    """

    parallel: Float64
    perpendicular: Float64


@dataclass(frozen=True)
class Sight:
    """The line of sight from points to the satellite: unit vector (east, north, up) and incidence [rad]."""

    east: Float64
    north: Float64
    up: Float64
    incidence: Float64


def baseline(
    points: NDArray[Any],
    reference: Orbit,
    reference_times: NDArray[Any],
    secondary: Orbit,
    secondary_times: NDArray[Any],
) -> Baseline:
    """Baseline at Earth-fixed positions, shape (..., 3), which the satellites pass at their zero-Doppler times."""
    first = reference.at(reference_times)
    arm = secondary.at(secondary_times).position - first.position
    look = np.asarray(points, np.float64) - first.position
    look = look / _length(look)[..., None]
    parallel = np.sum(arm * look, axis=-1)
    # Downwards across the line of sight: from a higher satellite, heights shorten the range more.
    across = np.cross(first.velocity, look)
    across = across / _length(across)[..., None]
    return Baseline(parallel, np.sum(arm * across, axis=-1))


def middle_baseline(
    burst: Burst, orbit: Orbit, secondary: Burst, secondary_orbit: Orbit
) -> tuple[float, float]:
    """(parallel, perpendicular) [m] at a burst's middle on the ellipsoid; NaN where the secondary does not pass it."""
    time = np.array(burst.middle_time)
    own = orbit.since(burst.epoch)
    other = secondary_orbit.since(secondary.epoch)
    point = rdr2geo(own, time, burst.ranges(0.5 * (burst.samples - 1)))
    other_time, _ = geo2rdr(other, point, span_of(secondary))
    found = baseline(point, own, time, other, other_time)
    return float(found.parallel), float(found.perpendicular)


def line_of_sight(points: NDArray[Any], orbit: Orbit, times: NDArray[Any]) -> Sight:
    """Line of sight at Earth-fixed positions, shape (..., 3), that the satellite passes at zero-Doppler times."""
    places = np.asarray(points, np.float64)
    lon, lat, _ = ellipsoid.geodetic(places)
    towards = orbit.at(times).position - places
    towards = towards / _length(towards)[..., None]
    east, north, up = (np.sum(towards * axis, axis=-1) for axis in ellipsoid.local_axes(lon, lat))
    return Sight(east, north, up, np.arccos(np.clip(up, -1.0, 1.0)))


def _length(vectors: Float64) -> Float64:
    return np.asarray(np.sqrt(np.sum(vectors**2, axis=-1)), np.float64)
