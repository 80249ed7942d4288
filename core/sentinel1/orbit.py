"""A satellite's orbit: state vectors in the rotating Earth frame and the Hermite polynomials through them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError

Float64 = NDArray[np.float64]

ANNOTATION = "annotation"  # source of an orbit that came with the image
VECTORS = 4  # state vectors per polynomial: degree 7 through positions and velocities
DEGREE = 2 * VECTORS - 1


@dataclass(frozen=True)
class State:
    """Position [m], velocity [m/s] and acceleration [m/s2] in the rotating Earth frame, each shape (..., 3)."""

    position: Float64
    velocity: Float64
    acceleration: Float64


@dataclass(frozen=True, eq=False)
class Orbit:
    """State vectors and their interpolation.

    epoch : UTC, naive. times : shape (n,), s from epoch, increasing, so that an orbit may pass midnight.
    positions [m], velocities [m/s] : shape (n, 3), rotating Earth frame (ITRF).
    source : who made it: "POEORB", "RESORB" or ANNOTATION.

    Between two vectors the position is the polynomial of degree 7 through positions and velocities of the
    two vectors before and the two after (at the ends: of the four nearest); velocity and
    acceleration are its derivatives.
    """

    epoch: datetime
    times: Float64
    positions: Float64
    velocities: Float64
    source: str

    def __post_init__(self) -> None:
        count = len(self.times)
        if count < VECTORS:
            raise InputError(
                "Orbit",
                f"{count} state vectors ({self.source})",
                f"at least {VECTORS} state vectors",
                "Give a folder with the precise orbit files (EOF) of the dates",
            )
        if self.positions.shape != (count, 3) or self.velocities.shape != (count, 3):
            raise ValueError("positions and velocities need the shape (state vectors, 3)")
        steps = np.diff(self.times)
        if not (np.all(np.isfinite(self.times)) and np.all(steps > 0.0)):
            raise InputError(
                "Orbit",
                f"state vectors of {self.source}",
                "state vectors in the order of time, each once",
                "Download the orbit file again",
            )

    def since(self, epoch: datetime) -> Orbit:
        """The same orbit with its times counted from another epoch."""
        if epoch == self.epoch:
            return self
        return replace(self, epoch=epoch, times=self.times + (self.epoch - epoch).total_seconds())

    def covers(self, start: float, stop: float) -> bool:
        """Whether state vectors stand on both sides of a span [s from epoch]."""
        return bool(self.times[0] <= start and stop <= self.times[-1])

    def at(self, times: NDArray[Any] | float) -> State:
        """State at times [s from epoch], any shape. Times outside the state vectors are refused; NaN stays NaN."""
        wanted = np.asarray(times, np.float64)
        flat = wanted.ravel()
        known = flat[np.isfinite(flat)]
        if known.size and not self.covers(float(known.min()), float(known.max())):
            raise InputError(
                "Orbit",
                f"{self.source}, {self.times[0]:.0f} s to {self.times[-1]:.0f} s of {self.epoch:%Y-%m-%d}",
                f"state vectors around {known.min():.0f} s to {known.max():.0f} s",
                "Give a folder with the precise orbit files (EOF) of the dates",
            )
        polynomials, centres, scales = self._polynomials
        interval = np.clip(np.searchsorted(self.times, flat, side="right") - 1, 0, len(self.times) - 2)
        out = np.full((3, flat.size, 3), np.nan)
        for piece in np.unique(interval):
            chosen = interval == piece
            u = (flat[chosen] - centres[piece]) / scales[piece]
            out[:, chosen] = _horner(polynomials[piece], u, float(scales[piece]))
        position, velocity, acceleration = out.reshape((3, *wanted.shape, 3))
        return State(position, velocity, acceleration)

    @cached_property
    def _polynomials(self) -> tuple[Float64, Float64, Float64]:
        """Coefficients (intervals, 8, 3) in u = (t - centre) / scale, lowest power first."""
        count = len(self.times)
        first = np.clip(np.arange(count - 1) - 1, 0, count - VECTORS)
        chosen = first[:, None] + np.arange(VECTORS)
        times = self.times[chosen]
        centres = times.mean(axis=1)
        scales = 0.5 * (times[:, -1] - times[:, 0])
        u = (times - centres[:, None]) / scales[:, None]
        power = np.arange(DEGREE + 1)
        values = u[..., None] ** power
        slopes = power * u[..., None] ** np.maximum(power - 1, 0)
        matrix = np.concatenate([values, slopes], axis=1)
        right = np.concatenate(
            [self.positions[chosen], self.velocities[chosen] * scales[:, None, None]], axis=1
        )
        return np.linalg.solve(matrix, right), centres, scales


def _horner(coefficients: Float64, u: Float64, scale: float) -> Float64:
    """Position, velocity, acceleration of one polynomial, shape (3, len(u), 3)."""
    value = np.zeros((u.size, 3))
    first = np.zeros((u.size, 3))
    second = np.zeros((u.size, 3))
    column = u[:, None]
    for coefficient in coefficients[::-1]:
        second = second * column + first
        first = first * column + value
        value = value * column + coefficient
    return np.stack([value, first / scale, 2.0 * second / scale**2])
