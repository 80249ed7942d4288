"""A burst as the annotation of a Sentinel-1 image would describe it, for tests of the carrier and of resampling."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

import numpy as np

from groundline.core.sentinel1.bursts import Band, Burst, RangePolynomial

EPOCH = datetime(2025, 4, 6)
# Slant range time, steering rate [deg/s], FM rate polynomial, range bandwidth [Hz].
SWATHS = {
    "IW1": (5.3398e-3, 1.590368784, (-2319.7, 4.51e5, -7.93e7), 56.5e6),
    "IW2": (5.6494e-3, 0.979863, (-2187.7, 4.02e5, -6.54e7), 48.3e6),
    "IW3": (6.0199e-3, 1.397441, (-2047.8, 3.53e5, -5.41e7), 42.79e6),
}


def burst(lines: int = 1500, samples: int = 400, swath: str = "IW2", doppler: float = 23.0) -> Burst:
    """A burst of a size, with typical polynomials."""
    near, steering, fm_rate, bandwidth = SWATHS[swath]
    start, interval = 8409.449360, 2.0555563e-3
    middle = start + 0.5 * lines * interval
    return Burst(
        swath=swath, polarisation="VV", index=0, burst_id=230132, track=108, epoch=EPOCH, azimuth_time=start,
        azimuth_interval=interval, slant_range_time=near, range_sampling_rate=64345238.12571428,
        radar_frequency=5.405000454334350e9, steering_rate=math.radians(steering), lines=lines, samples=samples,
        valid_lines=(0, lines), valid_samples=(0, samples),
        fm_rate=RangePolynomial(middle, near, fm_rate),
        doppler=RangePolynomial(middle, near, (doppler, -7.1e4, 6.4e7)),
        range_band=Band(bandwidth, 0.75), azimuth_band=Band(327.0, 0.7), line_offset=0, measurement="",
    )  # fmt: skip


def beam_doppler(this: Burst, speed: float, lines: Any, samples: Any) -> Any:
    """Doppler centroid [Hz] from when the steered beam sees a target, without kt: plain form of the carrier's slope.

    The beam passes the middle of the swath's far-field Doppler at the burst's middle. A target at zero-Doppler time
    eta is seen at t where its Doppler ka (t - eta) is that of the beam, fdc + ks t.
    """
    tau = this.slant_range_time + np.asarray(samples, float) / this.range_sampling_rate
    middle = this.slant_range_time + 0.5 * this.samples / this.range_sampling_rate
    ka, fdc = this.fm_rate.at(tau), this.doppler.at(tau)
    ks = 2.0 * speed * this.steering_rate * this.radar_frequency / 299_792_458.0
    eta = (np.asarray(lines, float) - 0.5 * this.lines) * this.azimuth_interval
    eta = eta - this.doppler.at(middle) / this.fm_rate.at(middle)
    seen = (fdc + ka * eta) / (ka - ks)
    return fdc + ks * seen


def response(position: Any, band: Band) -> Any:
    """A focused point's envelope at times [s] from it: a band under a Hamming window, 1 at its peak."""
    x = np.asarray(position, float) * band.width
    return np.sinc(x) + (1.0 - band.window) / (2.0 * band.window) * (np.sinc(x - 1.0) + np.sinc(x + 1.0))


def point(this: Burst, speed: float, place: tuple[float, float], lines: Any, samples: Any) -> Any:
    """The burst of one target of phase 0 at (line, sample), at any lines and samples; complex128."""
    time = (np.asarray(lines, float) - place[0]) * this.azimuth_interval
    delay = (np.asarray(samples, float) - place[1]) / this.range_sampling_rate
    doppler = beam_doppler(this, speed, *place)
    envelope = response(time, this.azimuth_band) * response(delay, this.range_band)
    return envelope * np.exp(2j * np.pi * doppler * time)
