"""The ground that the pixels of a burst show: the radar's coordinates onto a DEM.

For one pixel (zero-Doppler time and range) longitude and latitude are smooth functions of the height, fitted once per
burst (`geometry_volume`), and each pixel's height is the root of height - DEM(longitude, latitude) between the DEM's
extremes. The root is bracketed, so that it is found in layover too, where it is one of several.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .. import ellipsoid
from .bursts import Burst
from .geometry_baseline import line_of_sight
from .geometry_dem import Dem
from .geometry_volume import Volume, evaluated
from .orbit import Orbit

Float64 = NDArray[np.float64]

AROUND = 10.0  # m beyond the DEM's extremes, which brackets every root
TOLERANCE = 1e-4  # m, between the pixel's height and the DEM's
SECANTS, STEPS = 12, 60  # halvings after the secants reach the tolerance from any heights on Earth
CROWD = 0.5  # share of pixels still going from which the others are carried along


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
    """Finds the ground of a burst's pixels over a DEM; made once per burst, used for any of its windows.

    volume : the burst between the DEM's heights.
    """

    def __init__(self, burst: Burst, orbit: Orbit, dem: Dem) -> None:
        self._dem = dem
        self.volume = Volume(burst, orbit, dem.low - AROUND, dem.high + AROUND)
        lon, lat, _ = ellipsoid.geodetic(self.volume.points)
        middle = lon[0, 0, 0]
        lon = np.mod(lon - middle + 180.0, 360.0) - 180.0 + middle  # continuous on the date line
        self._places = self.volume.fitted(np.stack([lon, lat]))
        sight = line_of_sight(self.volume.points, orbit.since(burst.epoch), self.volume.times)
        self._sight = self.volume.fitted(np.stack([sight.east, sight.north, sight.up]))

    def at(self, lines: Float64, samples: Float64) -> Ground:
        """The ground at each line, shape (n,), with each sample, shape (m,); both may be fractional."""
        lon, lat, height = np.empty((3, len(lines), len(samples)))
        for part, terms in self._places.parts(lines, samples):
            u = self._roots(terms)
            found = *evaluated(terms, u), self.volume.middle + self.volume.half * u
            for whole, values in zip((lon, lat, height), found):
                whole[part] = values.reshape(whole[part].shape)
        return Ground(lon, lat, height)

    def window(self, lines: tuple[int, int], samples: tuple[int, int]) -> Ground:
        """The ground of half-open ranges of lines and samples."""
        return self.at(np.arange(*lines, dtype=np.float64), np.arange(*samples, dtype=np.float64))

    def sight(self, lines: Float64, samples: Float64, heights: Float64) -> Float64:
        """East, north and up of the unit vector to the satellite, shape (3, n, m), at heights (n, m) [m]."""
        return self._sight.at(lines, samples, heights)

    def _roots(self, terms: Float64) -> Float64:
        """Scaled heights where the miss is 0: secants, or halvings of the bracket where these leave it; NaN unknown."""
        roots = np.full(terms.shape[2], np.nan)
        index, going = np.arange(roots.size), np.ones(roots.size, bool)
        trial, low, high = np.zeros(roots.size), np.full(roots.size, -1.0), np.full(roots.size, 1.0)
        last, last_miss = np.full(roots.size, np.nan), np.full(roots.size, np.nan)
        for step in range(STEPS):
            miss = self._miss(terms, trial)
            going &= np.isfinite(miss)
            done = going & (np.abs(miss) * self.volume.half < TOLERANCE)
            roots[index[done]] = trial[done]
            going &= ~done
            left = np.count_nonzero(going)
            if not left:
                break
            if left < CROWD * going.size:
                index, terms, miss, trial = index[going], terms[:, :, going], miss[going], trial[going]
                low, high, last, last_miss = low[going], high[going], last[going], last_miss[going]
                going = going[going]
            low, high = np.where(miss < 0.0, trial, low), np.where(miss < 0.0, high, trial)
            with np.errstate(divide="ignore", invalid="ignore"):
                slope = (miss - last_miss) / (trial - last) if step else 1.0
                secant = trial - miss / slope
            good = (secant > low) & (secant < high) & (step < SECANTS)
            last, last_miss, trial = trial, miss, np.where(good, secant, 0.5 * (low + high))
        return roots

    def _miss(self, terms: Float64, u: Float64) -> Float64:
        """Scaled height minus scaled height of the DEM below; negative under the ground."""
        ground = self._dem.grid.sample(*evaluated(terms, u))
        return u - (ground - self.volume.middle) / self.volume.half
