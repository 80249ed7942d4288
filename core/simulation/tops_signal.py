"""What a focused TOPS burst shows of targets: the sum of their responses, plainly and fast.

The beam is steered from back to front while a burst is taken. A target at zero-Doppler time eta is seen at the time t
at which its Doppler ka (t - eta) is that of the beam's middle, fdc + ks t; so its band lies around f = fdc + ks t.
Focusing keeps that band and puts the phase of the path, -4 pi R / lambda, at the target's own time:

    s(eta', r') = a exp(-j 4 pi R / lambda) p(eta' - eta) q(r' - r) exp(j 2 pi f(eta, r) (eta' - eta))

with p and q the responses of bands under Hamming windows. Over the range of a block f is linear in eta, f = f0 + k eta.
Then f(eta) x = F(eta + x) - F(eta) - k x^2 / 2 with F its integral, and the sum over targets is a convolution of a
exp(-j 2 pi F(eta)) with p(x) exp(-j pi k x^2), times exp(j 2 pi F): targets off the grid are spread by a Kaiser-Bessel
function onto a grid twice as fine, convolved by Fourier transform, and corrected for the spreading. Tails farther than
60 lines or samples from a target, 0.1 % of its energy, are not exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .tops_pass import Band, BurstTiming, Float64, SubSwath

Complex128 = NDArray[np.complex128]

BLOCK, HALO = 128, 64  # samples computed together with one f0 and k, and samples beyond whose targets reach in
PAD = 64  # lines beyond the burst, so that its ends do not see each other
FINER, WIDTH = 2, 4  # grid cells per pixel, cells that a target is spread over
BETA = math.pi * math.sqrt((WIDTH / FINER * (FINER - 0.5)) ** 2 - 0.8)  # Beatty et al. 2005, eq. 5


@dataclass(frozen=True)
class Targets:
    """Point targets of a burst: line, sample (fractional), complex amplitude with the phase of the path; all (n)."""

    lines: Float64
    samples: Float64
    amplitudes: Complex128

    def between(self, first: float, stop: float) -> Targets:
        """Those whose sample lies in a half-open range."""
        chosen = (self.samples >= first) & (self.samples < stop)
        return Targets(self.lines[chosen], self.samples[chosen], self.amplitudes[chosen])


def beam_doppler(
    swath: SubSwath, burst: BurstTiming, speed: float, lines: NDArray[Any] | float, samples: NDArray[Any] | float
) -> Float64:
    """Middle of the band [Hz] of targets at lines and samples that broadcast together.

    speed : of the satellite [m/s]. At the burst's middle line the beam looks at its middle range without steering.
    """
    tau = swath.near_time + np.asarray(samples, np.float64) / swath.sampling_rate
    middle = swath.near_time + 0.5 * swath.samples / swath.sampling_rate
    ka, fdc = burst.fm_rate.at(tau), burst.doppler.at(tau)
    ks = 2.0 * speed * swath.steering_rate / swath.wavelength
    eta = (np.asarray(lines, np.float64) - 0.5 * swath.lines) * swath.interval
    eta = eta - burst.doppler.at(middle) / burst.fm_rate.at(middle)
    seen = (fdc + ka * eta) / (ka - ks)
    return np.asarray(fdc + ks * seen, np.float64)


def response(position: NDArray[Any], band: Band) -> Float64:
    """A point's response at times [s] from it, 1 at its peak."""
    x = np.asarray(position, np.float64) * band.width
    edge = (1.0 - band.window) / (2.0 * band.window)
    return np.asarray(np.sinc(x) + edge * (np.sinc(x - 1.0) + np.sinc(x + 1.0)), np.float64)


def plain(
    swath: SubSwath, burst: BurstTiming, speed: float, targets: Targets, rows: Float64, columns: Float64
) -> Complex128:
    """The sum as it is written above, at lines (rows, 1) and samples (columns) of a burst. Slow."""
    out = np.zeros(np.broadcast_shapes(rows.shape, columns.shape), np.complex128)
    for line, sample, amplitude in zip(targets.lines, targets.samples, targets.amplitudes):
        x = (rows - line) * swath.interval
        delay = (columns - sample) / swath.sampling_rate
        turn = np.exp(2j * math.pi * float(beam_doppler(swath, burst, speed, line, sample)) * x)
        out += amplitude * response(x, swath.azimuth_band) * response(delay, swath.range_band) * turn
    return out


def burst_image(swath: SubSwath, burst: BurstTiming, speed: float, targets: Targets) -> NDArray[np.complex64]:
    """The whole burst, complex64 (lines, samples)."""
    out = np.empty((swath.lines, swath.samples), np.complex64)
    near = targets.lines + PAD
    chosen = (near >= WIDTH) & (near < swath.lines + 2 * PAD - WIDTH)
    inside = Targets(targets.lines[chosen], targets.samples[chosen], targets.amplitudes[chosen])
    for first in range(0, swath.samples, BLOCK):
        stop = min(first + BLOCK, swath.samples)
        part = inside.between(first - HALO + WIDTH, stop + HALO - WIDTH)
        out[:, first:stop] = _block(swath, burst, speed, part, first)[:, : stop - first]
    return out


def _block(swath: SubSwath, burst: BurstTiming, speed: float, targets: Targets, first: int) -> Complex128:
    """Samples [first, first + BLOCK) of all lines, from targets within their halo."""
    middle = first + 0.5 * BLOCK
    start, later = beam_doppler(swath, burst, speed, np.array([0.0, 1.0 / swath.interval]), middle)
    rate = later - start  # per second

    def turns(eta: Float64) -> Float64:
        return (start + 0.5 * rate * eta) * eta

    height, width = FINER * _fast(swath.lines + 2 * PAD), FINER * (BLOCK + 2 * HALO)
    amplitudes = targets.amplitudes * np.exp(-2j * math.pi * turns(targets.lines * swath.interval))
    grid = _spread(
        FINER * (targets.lines + PAD), FINER * (targets.samples - first + HALO), amplitudes, (height, width)
    )
    x = np.fft.fftfreq(height, 1.0 / height) * swath.interval / FINER
    azimuth = np.fft.fft(response(x, swath.azimuth_band) * np.exp(-1j * math.pi * rate * x**2))
    delay = np.fft.fftfreq(width, 1.0 / width) / (FINER * swath.sampling_rate)
    across = np.fft.fft(response(delay, swath.range_band))
    spectrum = np.fft.fft2(grid)
    spectrum *= (azimuth / _spreading(height))[:, None] * (across / _spreading(width))
    fine = np.fft.ifft(spectrum, axis=1)[:, FINER * HALO : FINER * (HALO + BLOCK) : FINER]
    block = np.fft.ifft(fine, axis=0)[FINER * PAD : FINER * (PAD + swath.lines) : FINER]
    eta = np.arange(swath.lines) * swath.interval
    return np.asarray(block * np.exp(2j * math.pi * turns(eta))[:, None], np.complex128)


def _fast(length: int) -> int:
    """The next length without prime factors above 5, which Fourier transforms are quick for."""
    while True:
        rest = length
        for prime in (2, 3, 5):
            while rest % prime == 0:
                rest //= prime
        if rest == 1:
            return length
        length += 1


def _spread(rows: Float64, columns: Float64, amplitudes: Complex128, shape: tuple[int, int]) -> Complex128:
    """Amplitudes at fractional cells, spread over WIDTH x WIDTH cells of a grid."""
    out = np.zeros(shape[0] * shape[1], np.complex128)
    top, left = (np.floor(places).astype(np.intp) - WIDTH // 2 + 1 for places in (rows, columns))
    along = [_bell(columns - left - step) for step in range(WIDTH)]
    for down in range(WIDTH):
        weighted = amplitudes * _bell(rows - top - down)
        for step, weight in enumerate(along):
            cells = (top + down) * shape[1] + left + step
            values = weighted * weight
            out.real += np.bincount(cells, values.real, len(out))
            out.imag += np.bincount(cells, values.imag, len(out))
    return out.reshape(shape)


def _bell(distance: NDArray[Any]) -> Float64:
    """Kaiser-Bessel function of a distance in cells."""
    inside = np.clip(1.0 - (2.0 * distance / WIDTH) ** 2, 0.0, None)
    return np.asarray(np.i0(BETA * np.sqrt(inside)) / np.i0(BETA), np.float64)


def _spreading(cells: int) -> Float64:
    """Fourier transform of the Kaiser-Bessel function at the frequencies of a grid."""
    root = np.sqrt(BETA**2 - (math.pi * WIDTH * np.fft.fftfreq(cells, 1.0)) ** 2)
    return np.asarray(WIDTH * np.sinh(root) / (root * np.i0(BETA)), np.float64)
