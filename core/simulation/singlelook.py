"""A stretch of railway at full resolution: what the ground is made of, how it moves, and its images with speckle.

Fields in parcels of differing brightness, a river, villages, and the line: an embankment four pixels wide that sinks
against the fields beside it, with masts along it that shine as single points. Images are circular complex Gaussian:
each pixel keeps a part of its speckle for good, loses a part exponentially with time, and has noise in every image.

The images are earlier x conj(later) like those of every producer; phases grow with range. This module imports nothing
of the processing chain.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from ..units import DAYS_PER_YEAR, SENTINEL1_WAVELENGTH
from . import noise

Float64 = NDArray[np.float64]

SPACING = 15.0  # m, of a pixel
FIRST = date(2020, 1, 5)
REPEAT = 12  # days
FIELD, RIVER, VILLAGE, LINE, POINT = range(5)
NAMES = ("fields", "river", "villages", "railway", "point scatterers")
LINE_RATE = -90.0  # mm/yr of the embankment against the fields, along the line of sight
BOWL_RATE = -120.0  # mm/yr in the middle of the bowl that fields and line share
LINE_WIDTH = 4.0  # pixels
ATMOSPHERE_MM = 2.0
# Coherence at once, what is left of it for good, and days in which the difference falls to 1/e.
COHERENCE = {
    FIELD: (0.75, 0.15, 40.0), RIVER: (0.05, 0.0, 1.0), VILLAGE: (0.85, 0.55, 400.0), LINE: (0.85, 0.45, 300.0),
    POINT: (0.99, 0.99, 1.0),
}  # fmt: skip
LEVEL_DB = {RIVER: -14.0, VILLAGE: 6.0, LINE: 9.0, POINT: 24.0}  # of the amplitude, relative to the mean field


@dataclass(frozen=True)
class Stretch:
    """The ground on the grid: `classes` of NAMES, amplitude `level`, `rate` [mm/yr] along the line of sight."""

    classes: NDArray[np.uint8]
    level: Float64
    rate: Float64


def stretch(rows: int, cols: int, seed: int) -> Stretch:
    """The ground; (rows, cols)."""
    rng = noise.generator(seed, "singlelook", "ground")
    y, x = np.indices((rows, cols)).astype(np.float64)
    parcel = _nearest(x, y, rng, max(12, rows * cols // 900))
    level = 10.0 ** (rng.uniform(-4.0, 4.0, parcel.max() + 1) / 20.0)[parcel]
    classes = np.full((rows, cols), FIELD, np.uint8)
    classes[np.abs(x - 0.72 * cols - 6.0 * np.sin(y / 17.0)) < 5.0] = RIVER
    for _ in range(max(2, rows * cols // 9000)):
        centre, half = rng.uniform((0.1, 0.1), (0.9, 0.9)) * (rows, cols), rng.uniform(6.0, 11.0, 2)
        classes[np.hypot((y - centre[0]) / half[0], (x - centre[1]) / half[1]) < 1.0] = VILLAGE
    middle = line_row(x, rows, cols)
    slope = math.atan(0.25 * rows / cols)
    classes[np.abs(y - middle) * math.cos(slope) < LINE_WIDTH / 2.0] = LINE
    masts = np.arange(8, cols, 27)
    classes[np.round(line_row(masts.astype(float), rows, cols)).astype(int), masts] = POINT
    houses = np.flatnonzero(classes == VILLAGE)
    classes.flat[rng.choice(houses, len(houses) // 60 + 1, replace=False)] = POINT
    for kind, decibel in LEVEL_DB.items():
        level[classes == kind] = 10.0 ** (decibel / 20.0)
    bowl = BOWL_RATE * np.exp(-(np.hypot((y - 0.4 * rows) / rows, (x - 0.35 * cols) / cols) / 0.22) ** 2)
    on_line = np.abs(y - middle) * math.cos(slope) < LINE_WIDTH / 2.0
    return Stretch(classes, level, bowl + LINE_RATE * on_line)


def line_row(x: Float64, rows: int, cols: int) -> Float64:
    """Row of the line's middle at a column."""
    return np.asarray(0.4 * rows + 0.25 * rows * x / cols)


def dates(count: int) -> tuple[date, ...]:
    """Images every 12 days."""
    return tuple(FIRST + timedelta(days=REPEAT * index) for index in range(count))


def true_phase(ground: Stretch, days: tuple[date, ...], seed: int) -> NDArray[np.float32]:
    """Phase of each date without noise [rad], motion and atmosphere, (dates, rows, cols); 0 on the first date."""
    rows, cols = ground.rate.shape
    out = np.empty((len(days), rows, cols), np.float32)
    for index, day in enumerate(days):
        rng = noise.generator(seed, "singlelook", "atmosphere", index)
        delay = ATMOSPHERE_MM * noise.turbulence((rows, cols), (SPACING, SPACING), 5_000.0, rng)
        moved = ground.rate * (day - days[0]).days / DAYS_PER_YEAR + delay
        out[index] = -4.0 * math.pi / SENTINEL1_WAVELENGTH * moved / 1000.0
    out[1:] -= out[0]
    out[0] = 0.0
    return out


def images(ground: Stretch, days: tuple[date, ...], phase: NDArray[np.float32], seed: int) -> NDArray[np.complex64]:
    """Complex images, (dates, rows, cols); an image's phase is minus that of the range, so that pairs grow with it."""
    at_once, for_good, memory = (
        np.array([COHERENCE[kind][part] for kind in range(len(NAMES))])[ground.classes] for part in range(3)
    )

    def speckle(*name: str | int) -> NDArray[np.complex128]:
        rng = noise.generator(seed, "singlelook", *name)
        white = rng.standard_normal((2, *ground.classes.shape))
        return np.asarray((white[0] + 1j * white[1]) / math.sqrt(2.0))

    kept = np.sqrt(for_good) * np.where(ground.classes == POINT, 1.0, speckle("kept"))
    keeping = np.exp(-REPEAT / memory)
    fading = speckle("fading", 0)
    out = np.empty(phase.shape, np.complex64)
    for index in range(len(days)):
        if index:
            fading = keeping * fading + np.sqrt(1.0 - keeping**2) * speckle("fading", index)
        noisy = np.sqrt(1.0 - at_once) * speckle("noise", index)
        scene = kept + np.sqrt(at_once - for_good) * fading + noisy
        out[index] = ground.level * scene * np.exp(-1j * phase[index])
    return out


def true_coherence(ground: Stretch, days: int) -> Float64:
    """Coherence of two images so many days apart, (rows, cols)."""
    table = np.array([b + (a - b) * math.exp(-days / c) for a, b, c in (COHERENCE[k] for k in range(len(NAMES)))])
    return np.asarray(table[ground.classes])


def _nearest(x: Float64, y: Float64, rng: np.random.Generator, count: int) -> NDArray[np.intp]:
    """Number of the nearest of scattered centres: parcels with straight borders."""
    centres = rng.uniform(size=(count, 2)) * (x.shape[1], x.shape[0])
    best, number = np.full(x.shape, np.inf), np.zeros(x.shape, np.intp)
    for index, (cx, cy) in enumerate(centres):
        distance = (x - cx) ** 2 + ((y - cy) * 1.6) ** 2
        closer = distance < best
        best[closer], number[closer] = distance[closer], index
    return number
