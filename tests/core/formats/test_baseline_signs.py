"""The sign of each producer's perpendicular baseline, from its own formula and two orbits.

Ours: raising a point by dh at constant range of the first image changes R2 - R1 by +Bperp dh / (R sin theta).
The satellite flies along x, looks to its right (toward -y) and down; the Earth is flat here, so that the look
angle is the incidence.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

THETA = math.radians(35.0)
RANGE = 850_000.0
VELOCITY = np.array([7_500.0, 0.0, 0.0])
SATELLITE = np.array([0.0, 0.0, RANGE * math.cos(THETA)])
Vector = NDArray[np.float64]


def point(height: float) -> Vector:
    """The point of a height [m] at constant range of the first satellite, on its right."""
    down = SATELLITE[2] - height
    return np.array([0.0, -math.sqrt(RANGE**2 - down**2), height])


def ours(secondary: Vector) -> float:
    """Bperp [m] from the change of R2 - R1 with height."""
    step = 1.0
    r2 = [float(np.linalg.norm(point(height) - secondary)) for height in (-step, step)]
    return (r2[1] - r2[0]) / (2.0 * step) * RANGE * math.sin(THETA)


@pytest.fixture(params=[(0.0, 120.0, 0.0), (0.0, 0.0, 80.0), (0.0, -90.0, 40.0), (0.0, 60.0, -150.0)])
def secondary(request: pytest.FixtureRequest) -> Vector:
    """The second satellite, displaced to the left (y) and up (z)."""
    return SATELLITE + np.array(request.param)


def test_topsstack_and_opera_have_ours(secondary: Vector) -> None:
    # ISCE2 computeBaseline.py, dolphin baseline.py: |B| sin, signed by ((target - ref) x (sec - ref)) . velocity
    look, baseline = point(0.0) - SATELLITE, secondary - SATELLITE
    normal = np.cross(look, baseline)
    theirs = math.copysign(float(np.linalg.norm(normal)) / RANGE, float(normal @ VELOCITY))
    assert theirs == pytest.approx(ours(secondary), rel=1e-3)


def test_isce3_is_opposite_for_a_left_looking_satellite(secondary: Vector) -> None:
    # ISCE3 workflows/baseline.py has ISCE2's formula; the scene is mirrored at the plane of the orbit
    mirror = np.array([1.0, -1.0, 1.0])
    left, target = secondary * mirror, point(0.0) * mirror
    r2 = [float(np.linalg.norm(point(height) * mirror - left)) for height in (-1.0, 1.0)]
    ours_left = (r2[1] - r2[0]) / 2.0 * RANGE * math.sin(THETA)
    normal = np.cross(target - SATELLITE, left - SATELLITE)
    theirs = math.copysign(float(np.linalg.norm(normal)) / RANGE, float(normal @ VELOCITY))
    assert -theirs == pytest.approx(ours_left, rel=1e-3)


def test_stripmapstack_is_opposite(secondary: Vector) -> None:
    # ISCE2 mroipac Baseline.py: cross-track unit vector = position x velocity; csb = -h cos(look) + v sin(look)
    cross = np.cross(np.array([0.0, 0.0, 1.0]), VELOCITY / np.linalg.norm(VELOCITY))
    h, v = (secondary - SATELLITE) @ cross, (secondary - SATELLITE)[2]
    theirs = -h * math.cos(THETA) + v * math.sin(THETA)
    assert -theirs == pytest.approx(ours(secondary), rel=1e-3)


def test_gmtsar_is_opposite(secondary: Vector) -> None:
    # GMTSAR SAT_baseline.c: B cos(look - alpha), alpha = atan2(vertical, horizontal toward the side looked at)
    _, left, up = secondary - SATELLITE
    theirs = math.hypot(left, up) * math.cos(THETA - math.atan2(up, -left))
    assert -theirs == pytest.approx(ours(secondary), rel=1e-3)


def test_snap_is_opposite(secondary: Vector) -> None:
    # jlinda Baseline.java: sqrt(B^2 - Bpar^2), positive where the angle between the master's position and
    # (master - target) exceeds that between the master's position and (secondary - target)
    r1, r2 = SATELLITE - point(0.0), secondary - point(0.0)
    parallel = float(np.linalg.norm(r1) - np.linalg.norm(r2))
    size = math.sqrt(float((secondary - SATELLITE) @ (secondary - SATELLITE)) - parallel**2)
    angles = [math.acos(r[2] / float(np.linalg.norm(r))) for r in (r1, r2)]
    theirs = size if angles[0] > angles[1] else -size
    assert -theirs == pytest.approx(ours(secondary), rel=1e-3)
