"""The ground that the pixels of a burst show: the radar's coordinates onto a DEM.

For one pixel (zero-Doppler time and range) longitude and latitude are smooth functions of the height. They are
fitted once per burst by Chebyshev polynomials in line, sample and height to exact solutions (below 0.1 mm), and
each pixel's height is the root of height - DEM(longitude, latitude) between the DEM's extremes. The root is
bracketed, so that it is found in layover too, where it is one of several.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from .. import ellipsoid
from .bursts import Burst
from .geometry import rdr2geo
from .geometry_dem import Dem
from .orbit import Orbit

Float64 = NDArray[np.float64]

LINE_DEGREE, SAMPLE_DEGREE, HEIGHT_DEGREE = 4, 11, 4
AROUND = 10.0  # m beyond the DEM's extremes, which brackets every root
TOLERANCE = 1e-4  # m, between the pixel's height and the DEM's
SECANTS, STEPS = 12, 60  # halvings after the secants reach the tolerance from any heights on Earth
CHUNK = 16  # lines at a time


@dataclass(frozen=True, eq=False)
class Ground:
    """Where pixels are: longitude, latitude [deg] and ellipsoidal height [m], shape (lines, samples); NaN unknown."""

    lon: Float64
    lat: Float64
    height: Float64

    def positions(self) -> Float64:
        """Earth-fixed positions [m], shape (lines, samples, 3)."""
        return ellipsoid.ecef(self.lon, self.lat, self.height)


class BurstGround:
    """Finds the ground of a burst's pixels over a DEM; made once per burst, used for any of its windows."""

    def __init__(self, burst: Burst, orbit: Orbit, dem: Dem) -> None:
        self._burst = burst
        self._dem = dem
        self._middle = 0.5 * (dem.low + dem.high)
        self._half = 0.5 * (dem.high - dem.low) + AROUND
        self._fit(orbit.since(burst.epoch))

    def _fit(self, orbit: Orbit) -> None:
        lines = 0.5 * (self._burst.lines - 1) * (1.0 + chebyshev.chebpts1(LINE_DEGREE + 1))
        samples = 0.5 * (self._burst.samples - 1) * (1.0 + chebyshev.chebpts1(SAMPLE_DEGREE + 1))
        heights = self._height(chebyshev.chebpts1(HEIGHT_DEGREE + 1))
        points = rdr2geo(
            orbit,
            self._burst.times(lines)[:, None, None],
            self._burst.ranges(samples)[None, :, None],
            heights[None, None, :],
        )
        lon, lat, _ = ellipsoid.geodetic(points)
        middle = lon[0, 0, 0]
        values = np.stack([np.mod(lon - middle + 180.0, 360.0) - 180.0 + middle, lat])
        for axis, degree in ((1, LINE_DEGREE), (2, SAMPLE_DEGREE), (3, HEIGHT_DEGREE)):
            matrix = chebyshev.chebvander(chebyshev.chebpts1(degree + 1), degree)
            values = np.moveaxis(np.tensordot(np.linalg.inv(matrix), values, (1, axis)), 0, axis)
        # (coordinate, line term, sample term, power of the height)
        self._coefficients = np.apply_along_axis(chebyshev.cheb2poly, 3, values)

    def at(self, lines: NDArray[np.float64], samples: NDArray[np.float64]) -> Ground:
        """The ground at each line, shape (n,), with each sample, shape (m,); both may be fractional."""
        out = Ground(*(np.empty((len(lines), len(samples))) for _ in range(3)))
        along_samples = _vander(samples, self._burst.samples, SAMPLE_DEGREE)
        for first in range(0, len(lines), CHUNK):
            chunk = slice(first, first + CHUNK)
            lon, lat, height = self._solve(self._terms(lines[chunk], along_samples))
            for whole, part in ((out.lon, lon), (out.lat, lat), (out.height, height)):
                whole[chunk] = part.reshape(-1, len(samples))
        return out

    def window(self, lines: tuple[int, int], samples: tuple[int, int]) -> Ground:
        """The ground of half-open ranges of lines and samples."""
        return self.at(np.arange(*lines, dtype=np.float64), np.arange(*samples, dtype=np.float64))

    def above(self, lines: Float64, samples: Float64, heights: NDArray[Any]) -> Ground:
        """The ground at lines, shape (n,), with samples, shape (m,), whose heights (n, m) [m] are known already."""
        out = Ground(*(np.empty((len(lines), len(samples))) for _ in range(3)))
        along_samples = _vander(samples, self._burst.samples, SAMPLE_DEGREE)
        for first in range(0, len(lines), CHUNK):
            chunk = slice(first, first + CHUNK)
            terms = self._terms(lines[chunk], along_samples)
            u = (np.asarray(heights[chunk], np.float64).ravel() - self._middle) / self._half
            lon, lat = _polynomial(terms, u)
            for whole, part in ((out.lon, lon), (out.lat, lat), (out.height, self._height(u))):
                whole[chunk] = part.reshape(-1, len(samples))
        return out

    def _terms(self, lines: Float64, along_samples: Float64) -> Float64:
        """Polynomials in the scaled height: (power of the height, coordinate, pixel)."""
        along_lines = _vander(lines, self._burst.lines, LINE_DEGREE)
        terms = np.einsum("la,caph,sp->hcls", along_lines, self._coefficients, along_samples, optimize=True)
        return np.asarray(terms.reshape(HEIGHT_DEGREE + 1, 2, -1), np.float64)

    def _solve(self, terms: Float64) -> tuple[Float64, Float64, Float64]:
        """Longitude, latitude, height per pixel; terms : (power of the height, coordinate, pixel)."""
        u = self._roots(terms)
        lon, lat = _polynomial(terms, u)
        return lon, lat, self._height(u)

    def _roots(self, terms: Float64) -> Float64:
        """Scaled heights where the miss is 0: secants, or halvings of the bracket where these leave it; NaN unknown."""
        roots = np.full(terms.shape[2], np.nan)
        index = np.arange(roots.size)
        trial, low, high = np.zeros(roots.size), np.full(roots.size, -1.0), np.full(roots.size, 1.0)
        last, last_miss = np.full(roots.size, np.nan), np.full(roots.size, np.nan)
        for step in range(STEPS):
            miss = self._miss(terms, trial)
            done = np.abs(miss) * self._half < TOLERANCE
            roots[index[done]] = trial[done]
            low, high = np.where(miss < 0.0, trial, low), np.where(miss < 0.0, high, trial)
            with np.errstate(divide="ignore", invalid="ignore"):
                slope = (miss - last_miss) / (trial - last) if step else 1.0
                secant = trial - miss / slope
            good = (secant > low) & (secant < high) & (step < SECANTS)
            last, last_miss, trial = trial, miss, np.where(good, secant, 0.5 * (low + high))
            going = ~done & np.isfinite(miss)
            if not going.any():
                break
            index, trial, low, high = index[going], trial[going], low[going], high[going]
            last, last_miss, terms = last[going], last_miss[going], terms[:, :, going]
        return roots

    def _miss(self, terms: Float64, u: Float64) -> Float64:
        """Scaled height minus scaled height of the DEM below; negative under the ground."""
        return u - (self._dem.grid.sample(*_polynomial(terms, u)) - self._middle) / self._half

    def _height(self, u: Float64) -> Float64:
        return self._middle + self._half * u


def _polynomial(terms: Float64, u: Float64) -> Float64:
    """Values of the polynomials in u, shape (coordinate, pixel)."""
    value = terms[-1]
    for term in terms[-2::-1]:
        value = value * u + term
    return value


def _vander(positions: Float64, count: int, degree: int) -> Float64:
    return np.asarray(chebyshev.chebvander(2.0 * positions / (count - 1) - 1.0, degree), np.float64)
