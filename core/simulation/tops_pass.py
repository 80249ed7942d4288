"""One pass of a Sentinel-1 satellite as the simulator knows it: orbit, subswaths, bursts, and what an image keeps.

Everything here is the simulator's own. It imports nothing of the processing chain, so that a mistake there cannot hide
behind the same mistake here. Times are s from the pass's epoch (UTC), ranges one-way [m] unless named a time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from ..units import SPEED_OF_LIGHT

Float64 = NDArray[np.float64]

ORBIT_DEGREE = 9


@dataclass(frozen=True, eq=False)
class Path:
    """State vectors in the rotating Earth frame: times (n), positions [m] and velocities [m/s] (n, 3).

    Between them: the polynomial of degree 9 with the least squared misfit to all positions and velocities.
    """

    times: Float64
    positions: Float64
    velocities: Float64

    @cached_property
    def _fit(self) -> tuple[float, float, Float64]:
        centre = 0.5 * float(self.times[0] + self.times[-1])
        half = 0.5 * float(self.times[-1] - self.times[0])
        u = (self.times - centre) / half
        values = chebyshev.chebvander(u, ORBIT_DEGREE)
        slopes = np.stack(
            [chebyshev.chebval(u, chebyshev.chebder(unit)) for unit in np.eye(ORBIT_DEGREE + 1)], axis=1
        )
        matrix = np.concatenate([values, slopes])
        right = np.concatenate([self.positions, self.velocities * half])
        return centre, half, np.linalg.lstsq(matrix, right, rcond=None)[0]

    def at(self, times: NDArray[Any] | float) -> tuple[Float64, Float64, Float64]:
        """Position [m], velocity [m/s], acceleration [m/s2] at times of any shape, each (..., 3)."""
        centre, half, fit = self._fit
        u = (np.asarray(times, np.float64) - centre) / half
        derivatives = (fit, chebyshev.chebder(fit) / half, chebyshev.chebder(fit, 2) / half**2)
        position, velocity, acceleration = (np.moveaxis(chebyshev.chebval(u, c), 0, -1) for c in derivatives)
        return position, velocity, acceleration


@dataclass(frozen=True)
class Polynomial:
    """sum_k coefficients[k] (tau - t0)^k over two-way slant range time tau [s], estimated at an azimuth time."""

    azimuth_time: float
    t0: float
    coefficients: tuple[float, ...]

    def at(self, tau: NDArray[Any] | float) -> Float64:
        """Values at two-way slant range times."""
        powers = [c * (np.asarray(tau, np.float64) - self.t0) ** k for k, c in enumerate(self.coefficients)]
        return np.asarray(sum(powers), np.float64)


@dataclass(frozen=True)
class BurstTiming:
    """A burst: zero-Doppler time of its first line, ESA's relative id, and the polynomials valid for it."""

    start: float
    burst_id: int
    fm_rate: Polynomial
    doppler: Polynomial


@dataclass(frozen=True)
class Band:
    """A processed band [Hz] and the coefficient of its Hamming window."""

    width: float
    window: float


@dataclass(frozen=True)
class SubSwath:
    """A subswath: sampling, steering rate [rad/s], bands, bursts.

    near_time : two-way time of sample 0 [s]. valid_lines : half-open range of the lines that hold data.
    """

    name: str
    lines: int
    samples: int
    interval: float
    near_time: float
    sampling_rate: float
    frequency: float
    steering_rate: float
    range_band: Band
    azimuth_band: Band
    valid_lines: tuple[int, int]
    bursts: tuple[BurstTiming, ...]

    @property
    def wavelength(self) -> float:
        """Radar wavelength [m]."""
        return SPEED_OF_LIGHT / self.frequency

    @property
    def near_range(self) -> float:
        """Slant range of sample 0 [m]."""
        return 0.5 * SPEED_OF_LIGHT * self.near_time

    @property
    def spacing(self) -> float:
        """Slant range between samples [m]."""
        return 0.5 * SPEED_OF_LIGHT / self.sampling_rate

    def cut(self, bursts: slice, first: int, samples: int) -> SubSwath:
        """Some of the bursts, and of their samples so many from a first one on."""
        near = self.near_time + first / self.sampling_rate
        return replace(self, bursts=self.bursts[bursts], near_time=near, samples=samples)


@dataclass(frozen=True, eq=False)
class Pass:
    """A pass: names of the image, path of the satellite, subswaths.

    misregistration : lines by which the targets appear later than the orbit says; a timing error of the image.
    """

    epoch: datetime
    platform: str
    absolute_orbit: int
    track: int
    direction: str
    path: Path
    swaths: tuple[SubSwath, ...]
    misregistration: float = 0.0
