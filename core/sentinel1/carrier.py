"""The azimuth carrier that TOPS leaves in an SLC burst: its phase, in closed form, at any line and sample.

Methods, section 2; Miranda (2014), Definition of the TOPS SLC deramping function, ESA COPE-GSEG-EOPG-TN-14-0025.
With eta the zero-Doppler time from the burst's middle and r the range,

    ks = 2 v psidot / lambda            Doppler rate of the steered beam [Hz/s]
    kt = ka ks / (ka - ks)              Doppler rate in the focused burst [Hz/s], ka < 0 the FM rate
    eta_ref = fdc(r0)/ka(r0) - fdc(r)/ka(r)
    f(eta) = kt (eta - eta_ref) + fdc   Doppler centroid at eta [Hz]

and the carrier's phase is 2 pi times the integral of f from eta_ref,

    pi kt (eta - eta_ref)^2 + 2 pi fdc (eta - eta_ref).

Its second term moves the residual Doppler, tens of Hz, to zero, so that a deramped burst is interpolated about zero.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .bursts import Burst
from .orbit import Orbit

Float64 = NDArray[np.float64]
Float32 = NDArray[np.float32]
Complex64 = NDArray[np.complex64]

ROWS = 64  # of a burst that are ramped at a time


def phasors(cycles: Float64) -> tuple[Float32, Float32]:
    """Cosine and sine of 2 pi cycles; the whole cycles are taken off in float64, the rest is float32."""
    angle = ((cycles - np.rint(cycles)) * (2.0 * math.pi)).astype(np.float32)
    return np.cos(angle), np.sin(angle)


@dataclass(frozen=True)
class Coefficients:
    """The carrier's phase in cycles, (square eta + slope) eta + constant, per sample; float64 of one shape."""

    square: Float64
    slope: Float64
    constant: Float64

    def cycles(self, eta: NDArray[Any]) -> Float64:
        """Phase [cycles] at azimuth times from the burst's middle [s] that broadcast against the samples."""
        return np.asarray((self.square * eta + self.slope) * eta + self.constant, np.float64)

    def change(self, other: Coefficients) -> Coefficients:
        """The other one's coefficients minus these."""
        return Coefficients(
            other.square - self.square, other.slope - self.slope, other.constant - self.constant
        )


@dataclass(frozen=True)
class Carrier:
    """The carrier of one burst.

    speed : of the satellite at the burst's middle [m/s], in the rotating Earth frame of the orbit.
    """

    burst: Burst
    speed: float

    def eta(self, lines: NDArray[Any] | float) -> Float64:
        """Azimuth time from the burst's middle, line n/2 [s], of lines, which may be fractional."""
        middle = 0.5 * self.burst.lines
        return (np.asarray(lines, np.float64) - middle) * self.burst.azimuth_interval

    def rates(self, samples: NDArray[Any] | float) -> tuple[Float64, Float64, Float64]:
        """(kt [Hz/s], eta_ref [s], fdc [Hz]) at samples, which may be fractional; float64, shape of samples."""
        fm_rate, doppler = self._polynomials(samples)
        middle_rate, middle_doppler = self._polynomials(0.5 * self.burst.samples)
        steering = 2.0 * self.speed * self.burst.steering_rate / self.burst.wavelength
        rate = fm_rate * steering / (fm_rate - steering)
        return rate, middle_doppler / middle_rate - doppler / fm_rate, doppler

    def centroid(self, lines: NDArray[Any] | float, samples: NDArray[Any] | float) -> Float64:
        """Doppler centroid [Hz] at lines and samples that broadcast together."""
        rate, reference, doppler = self.rates(samples)
        return np.asarray(rate * (self.eta(lines) - reference) + doppler, np.float64)

    def coefficients(self, samples: NDArray[Any] | float) -> Coefficients:
        """The phase as polynomials in eta at samples, which may be fractional."""
        rate, reference, doppler = self.rates(samples)
        half = 0.5 * rate
        return Coefficients(half, doppler - rate * reference, (half * reference - doppler) * reference)

    def cycles(self, lines: NDArray[Any] | float, samples: NDArray[Any] | float) -> Float64:
        """Phase [cycles] at lines and samples that broadcast together."""
        return self.coefficients(samples).cycles(self.eta(lines))

    def _polynomials(self, samples: NDArray[Any] | float) -> tuple[Float64, Float64]:
        tau = self.burst.slant_range_time + np.asarray(samples, np.float64) / self.burst.range_sampling_rate
        return self.burst.fm_rate.at(tau), self.burst.doppler.at(tau)


def carrier_of(burst: Burst, orbit: Orbit) -> Carrier:
    """The carrier of a burst, with the speed that an orbit gives at its middle."""
    velocity = orbit.since(burst.epoch).at(burst.middle_time).velocity
    return Carrier(burst, float(np.sqrt(np.sum(velocity**2))))


def deramp(image: Complex64, carrier: Carrier, origin: tuple[int, int] = (0, 0)) -> Complex64:
    """A window of a burst without its carrier; complex64 (lines, samples). origin : its first line and sample."""
    return _turn(image, carrier, origin, -1.0)


def reramp(image: Complex64, carrier: Carrier, origin: tuple[int, int] = (0, 0)) -> Complex64:
    """A deramped window of a burst with its carrier again."""
    return _turn(image, carrier, origin, 1.0)


def _turn(image: Complex64, carrier: Carrier, origin: tuple[int, int], sign: float) -> Complex64:
    height, width = image.shape
    coefficients = carrier.coefficients(origin[1] + np.arange(width))
    out = np.empty(image.shape, np.complex64)
    phasor = np.empty((ROWS, width), np.complex64)
    for first in range(0, height, ROWS):
        rows = slice(first, min(first + ROWS, height))
        part = phasor[: rows.stop - first]
        eta = carrier.eta(origin[0] + np.arange(first, rows.stop))
        part.real, part.imag = phasors(sign * coefficients.cycles(eta[:, None]))
        np.multiply(image[rows], part, out=out[rows])
    return out
