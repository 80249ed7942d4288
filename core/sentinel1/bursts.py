"""What is known of a burst, of a subswath and of an image: times, spacings, polynomials, where its pixels stand.

Times are float64 seconds from an epoch in UTC, which each object names: the midnight before, because seconds from an
epoch decades away resolve no better than 2 mm along the orbit. `since` puts objects on a common epoch.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..units import SPEED_OF_LIGHT
from .orbit import Orbit

Float64 = NDArray[np.float64]

SWATHS = ("IW1", "IW2", "IW3")
POLARISATIONS = ("VV", "VH", "HH", "HV")


@dataclass(frozen=True)
class RangePolynomial:
    """A polynomial along range: sum_k coefficients[k] (tau - t0)^k, tau the two-way slant range time [s].

    azimuth_time : zero-Doppler time it was estimated for, s from the owner's epoch.
    """

    azimuth_time: float
    t0: float
    coefficients: tuple[float, ...]

    def at(self, tau: NDArray[Any] | float) -> Float64:
        """Values at two-way slant range times [s]; float64, shape of tau."""
        powers = np.polynomial.polynomial.polyval(np.asarray(tau, np.float64) - self.t0, self.coefficients)
        return np.asarray(powers, np.float64)


@dataclass(frozen=True)
class Band:
    """A processed band: width [Hz] and the coefficient of its Hamming window."""

    width: float
    window: float


@dataclass(frozen=True)
class Burst:
    """One burst of an IW SLC, as the annotation describes it. Lines and samples count from 0.

    epoch : UTC, naive; origin of every time below.
    azimuth_time : zero-Doppler time of line 0 [s from epoch].
    azimuth_interval : time between lines [s].
    slant_range_time : two-way time of sample 0 [s].
    range_sampling_rate : [Hz].
    radar_frequency : [Hz].
    steering_rate : of the antenna in azimuth [rad/s] (the annotation has deg/s).
    fm_rate, doppler : azimuth FM rate [Hz/s, negative] and Doppler centroid [Hz], those nearest to the burst's middle.
    valid_lines, valid_samples : half-open ranges (first, stop) inside which every pixel holds data.
    burst_id : ESA's relative burst id: the same ground in the same swath has the same id at every pass.
    track : relative orbit number, 1-175.
    line_offset : row of the measurement file that holds line 0.
    measurement : GDAL's name of the measurement file; empty when the image came without.
    """

    swath: str
    polarisation: str
    index: int
    burst_id: int
    track: int
    epoch: datetime
    azimuth_time: float
    azimuth_interval: float
    slant_range_time: float
    range_sampling_rate: float
    radar_frequency: float
    steering_rate: float
    lines: int
    samples: int
    valid_lines: tuple[int, int]
    valid_samples: tuple[int, int]
    fm_rate: RangePolynomial
    doppler: RangePolynomial
    range_band: Band
    azimuth_band: Band
    line_offset: int
    measurement: str

    @property
    def wavelength(self) -> float:
        """Radar wavelength [m]."""
        return SPEED_OF_LIGHT / self.radar_frequency

    @property
    def starting_range(self) -> float:
        """Slant range of sample 0 [m]."""
        return 0.5 * SPEED_OF_LIGHT * self.slant_range_time

    @property
    def range_spacing(self) -> float:
        """Slant range between samples [m]."""
        return 0.5 * SPEED_OF_LIGHT / self.range_sampling_rate

    @property
    def middle_time(self) -> float:
        """Zero-Doppler time of the middle between the first and last line [s from epoch]."""
        return self.azimuth_time + 0.5 * (self.lines - 1) * self.azimuth_interval

    @property
    def stop_time(self) -> float:
        """Zero-Doppler time of the last line [s from epoch]."""
        return self.azimuth_time + (self.lines - 1) * self.azimuth_interval

    @property
    def label(self) -> str:
        """Name that is the same on every date, such as t108_230132_iw1."""
        return f"t{self.track:03d}_{self.burst_id:06d}_{self.swath.lower()}"

    def times(self, lines: NDArray[Any] | float) -> Float64:
        """Zero-Doppler times of lines, which may be fractional [s from epoch]."""
        return self.azimuth_time + np.asarray(lines, np.float64) * self.azimuth_interval

    def ranges(self, samples: NDArray[Any] | float) -> Float64:
        """Slant ranges of samples, which may be fractional [m]."""
        return self.starting_range + np.asarray(samples, np.float64) * self.range_spacing

    def line_of(self, times: NDArray[Any] | float) -> Float64:
        """Fractional lines of zero-Doppler times [s from epoch]."""
        return (np.asarray(times, np.float64) - self.azimuth_time) / self.azimuth_interval

    def sample_of(self, ranges: NDArray[Any] | float) -> Float64:
        """Fractional samples of slant ranges [m]."""
        return (np.asarray(ranges, np.float64) - self.starting_range) / self.range_spacing

    def since(self, epoch: datetime) -> Burst:
        """The same burst with its times counted from another epoch."""
        if epoch == self.epoch:
            return self
        shift = (self.epoch - epoch).total_seconds()
        return replace(
            self,
            epoch=epoch,
            azimuth_time=self.azimuth_time + shift,
            fm_rate=replace(self.fm_rate, azimuth_time=self.fm_rate.azimuth_time + shift),
            doppler=replace(self.doppler, azimuth_time=self.doppler.azimuth_time + shift),
        )


@dataclass(frozen=True, eq=False)
class Swath:
    """One subswath and polarisation: its bursts from first to last, and the orbit of the annotation.

    shape : (rows, columns) of the measurement file, as the annotation says.
    """

    name: str
    polarisation: str
    bursts: tuple[Burst, ...]
    orbit: Orbit
    shape: tuple[int, int]
    annotation: str
    measurement: str


@dataclass(frozen=True, eq=False)
class Product:
    """One SAFE: a slice of a data take, with the swaths that were asked for.

    ipf : version of ESA's processor, such as (3, 91). track : relative orbit of the start, 1-175.
    direction : "ascending" or "descending".
    """

    path: str
    platform: str
    absolute_orbit: int
    track: int
    direction: str
    ipf: tuple[int, int]
    start: datetime
    stop: datetime
    swaths: tuple[Swath, ...]

    @property
    def date(self) -> date:
        """Day of the data take's start, UTC."""
        return self.start.date()


@dataclass(frozen=True, eq=False)
class Scene:
    """All bursts of one pass over the area: slices joined, duplicates dropped, one epoch, one orbit.

    date : day of the first slice. bursts : by swath name, along the track. orbit.source says whose orbit it is.
    swaths : of all slices, as they were read.
    """

    date: date
    platform: str
    track: int
    epoch: datetime
    bursts: dict[str, tuple[Burst, ...]]
    orbit: Orbit
    swaths: tuple[Swath, ...]

    def swath_of(self, burst: Burst) -> Swath:
        """The slice's swath that a burst comes from, with its measurement file."""
        return next(
            swath
            for swath in self.swaths
            if (swath.name, swath.measurement) == (burst.swath, burst.measurement)
        )


def midnight(moment: datetime) -> datetime:
    """The epoch that we use for a moment: the start of its day."""
    return datetime(moment.year, moment.month, moment.day)


def seconds(moment: datetime, epoch: datetime) -> float:
    """Time from an epoch to a moment [s], exact to the microsecond."""
    return (moment - epoch) / timedelta(seconds=1)
