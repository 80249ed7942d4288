"""The images of a simulated subswath: speckle and points on the ground, seen by every pass.

Scatterers lie on the ground, one in every pixel of the reference at a random place in it, so that neighbouring bursts
and other passes see the same ones. Each keeps a part of its complex amplitude on every date and loses the rest: the
coherence of any two dates. Some are bright points that keep all of it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .. import ellipsoid
from ..errors import InputError
from . import noise
from .tops_ground import Geometry, Ground, geometry, place
from .tops_pass import Float64, Pass, SubSwath
from .tops_signal import HALO, PAD, Targets, burst_image

STRIP = 256  # rows of scatterers drawn together
REACH = 300  # samples by which passes may see a place apart, 700 m
SLACK = 8  # samples by which that differs over an image and its heights
POINT_EVERY = (97, 53)  # rows and columns between bright points
POINT_AMPLITUDE = 6.0  # of a bright point, of the speckle's standard deviation 1


@dataclass(frozen=True)
class Settings:
    """seed : of all random numbers. coherence : of any two dates, before the baseline takes its part.
    fringes : of the bowl, first to last date."""

    seed: int
    coherence: float
    fringes: float


@dataclass(frozen=True)
class Viewed:
    """What is known of a pass over the middle of a subswath, against the first pass.

    perpendicular, parallel [m] : baseline, as d(R2 - R1)/dh = +perpendicular / (R sin theta) and R1 - R2.
    delay [s] : of the zero-Doppler time. incidence [deg] : of the first pass.
    """

    perpendicular: float
    parallel: float
    delay: float
    incidence: float


@dataclass(frozen=True, eq=False)
class SwathScene:
    """One subswath, cut, of all passes over one ground; the first pass is the reference."""

    passes: tuple[Pass, ...]
    swaths: tuple[SubSwath, ...]
    settings: Settings

    @cached_property
    def geometry(self) -> Geometry:
        """Where the passes see what the reference sees, over all scatterers that can reach into an image."""
        swath = self.swaths[0]
        apart = max(abs(other.bursts[0].start - swath.bursts[0].start) for other in self.swaths)
        before = (PAD + STRIP) * swath.interval + apart
        times = swath.bursts[0].start - before, swath.bursts[-1].start + swath.lines * swath.interval + before
        columns = -REACH - 2 * HALO, swath.samples + REACH + 2 * HALO
        near, far = (swath.near_range + column * swath.spacing for column in columns)
        return geometry(self.passes[0].path, [(other.path, 0.0) for other in self.passes[1:]], times, (near, far))

    @cached_property
    def corners(self) -> tuple[Float64, Float64]:
        """Longitudes and latitudes of the corners of the reference's images, at height 0."""
        swath = self.swaths[0]
        start, stop = swath.bursts[0].start, swath.bursts[-1].start + swath.lines * swath.interval
        far = swath.near_range + swath.samples * swath.spacing
        times, ranges = np.array([start, start, stop, stop]), np.array([swath.near_range, far, swath.near_range, far])
        lon, lat = self.geometry.at(times, ranges, np.zeros(4), slice(0, 2))
        return lon, lat

    @cached_property
    def viewed(self) -> tuple[Viewed, ...]:
        """The passes over the middle of the reference's images."""
        time, distance = 0.5 * sum(self.geometry.times), 0.5 * sum(self.geometry.ranges)
        heights = np.array([0.0, 1.0])
        found = self.geometry.at(np.full(2, time), np.full(2, distance), heights, slice(None))
        point = place(self.passes[0].path, time, distance, 0.0)
        towards = (self.passes[0].path.at(time)[0] - point) / distance
        lon, lat, _ = ellipsoid.geodetic(point)
        incidence = math.acos(float(towards @ ellipsoid.up_axis(lon, lat)))
        views = [Viewed(0.0, 0.0, 0.0, math.degrees(incidence))]
        for index in range(1, len(self.passes)):
            delay, (low, high) = found[2 * index, 0], found[2 * index + 1]
            across = (high - low) * distance * math.sin(incidence)
            views.append(Viewed(float(across), -float(low), float(delay), math.degrees(incidence)))
        return tuple(views)

    @cached_property
    def _margin(self) -> int:
        """Samples beyond the reference's image from which scatterers reach into an image."""
        apart = max(abs(view.parallel) for view in self.viewed) / self.swaths[0].spacing
        most = REACH - SLACK
        if apart > most:
            raise InputError("ANNOTATIONS", f"passes {apart:.0f} samples apart", f"passes at most {most} samples apart")
        return HALO + SLACK + math.ceil(apart)

    @cached_property
    def _heights(self) -> dict[int, Float64]:
        """Heights of the strips' scatterers so far; every pass and neighbouring bursts ask for them again."""
        return {}

    def image(self, ground: Ground, index: int, number: int) -> NDArray[np.complex64]:
        """Burst `number` of pass `index`, complex64 (lines, samples), amplitude 1 for speckle; 0 in invalid lines."""
        swath = self.swaths[index]
        burst = swath.bursts[number]
        middle = burst.start + 0.5 * swath.lines * swath.interval
        speed = float(np.linalg.norm(self.passes[index].path.at(middle)[1]))
        first = burst.start - self.viewed[index].delay - PAD * swath.interval
        rows = [
            int((time - self.swaths[0].bursts[0].start) / swath.interval // STRIP)
            for time in (first, first + (swath.lines + 2 * PAD) * swath.interval)
        ]
        strips = [self._strip(ground, strip, index, number) for strip in range(rows[0], rows[1] + 1)]
        targets = Targets(
            np.concatenate([strip.lines for strip in strips]),
            np.concatenate([strip.samples for strip in strips]),
            np.concatenate([strip.amplitudes for strip in strips]),
        )
        out = burst_image(swath, burst, speed, targets)
        out[: swath.valid_lines[0]] = 0.0
        out[swath.valid_lines[1] :] = 0.0
        return out

    def _strip(self, ground: Ground, strip: int, index: int, number: int) -> Targets:
        """A strip's scatterers as a burst of a pass sees them."""
        reference, swath = self.swaths[0], self.swaths[index]
        margin = self._margin
        shape = STRIP, reference.samples + 2 * margin
        rng = noise.generator(self.settings.seed, "tops", reference.name, strip)
        rows = strip * STRIP + np.arange(STRIP)[:, None] + rng.uniform(size=shape)
        columns = np.arange(shape[1]) - margin + rng.uniform(size=shape)
        kept = _circular(rng, shape)
        points = np.zeros(shape, bool)
        points[:: POINT_EVERY[0], :: POINT_EVERY[1]] = True
        own = _circular(noise.generator(self.settings.seed, "tops", reference.name, strip, "date", index), shape)
        coherence = self.settings.coherence
        amplitude = math.sqrt(coherence) * kept + math.sqrt(1.0 - coherence) * own
        amplitude[points] = POINT_AMPLITUDE * kept[points] / np.abs(kept[points])

        time = (reference.bursts[0].start + rows * reference.interval).ravel()
        distance = (reference.near_range + columns * reference.spacing).ravel()
        if strip not in self._heights:
            self._heights[strip] = self.geometry.heights(ground, time, distance)
        height = self._heights[strip]
        if index:
            lon, lat, later, farther = self.geometry.at(
                time, distance, height, np.r_[0, 1, 2 * index : 2 * index + 2]
            )
            time = time + later
            share = index / (len(self.passes) - 1)
            distance = distance + farther - ground.moved(lon, lat, share, swath.wavelength)
        lines = (time - swath.bursts[number].start) / swath.interval + self.passes[index].misregistration
        samples = (distance - swath.near_range) / swath.spacing
        turn = np.exp(-4j * math.pi / swath.wavelength * distance)
        return Targets(lines, samples, amplitude.ravel() * turn)


def middle_ground(scenes: Sequence[SwathScene]) -> Ground:
    """Ground with its bowl in the middle of the images of all subswaths."""
    lon, lat = (np.concatenate([scene.corners[axis] for scene in scenes]) for axis in (0, 1))
    middle = float(lon.mean()), float(lat.mean())
    half = ellipsoid.SEMI_MAJOR * np.radians([np.ptp(lon) * math.cos(math.radians(middle[1])), np.ptp(lat)]) / 2.0
    return Ground(middle, (float(half[0]), float(half[1])), scenes[0].settings.fringes)


def _circular(rng: np.random.Generator, shape: tuple[int, int]) -> NDArray[np.complex128]:
    """Circular complex Gaussian numbers of power 1."""
    white = rng.standard_normal((2, *shape))
    return np.asarray((white[0] + 1j * white[1]) / math.sqrt(2.0), np.complex128)
