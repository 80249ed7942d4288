"""The fit of `deramp`: samples of every raster, ground that stands still, terms per raster and per date."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...blocks import Compute, Plan
from ...monitor import Monitor
from ..pixelsampler import PixelSampler
from . import epochs, ramps, running
from .moving import LEAST_SHARE, moving
from .params import DerampParams
from .resample import OneRaster
from .source import Source
from .spread import Spread

SAMPLES = 8_000_000  # values of all rasters together that the fit looks at
PIXELS = (5_000, 100_000)  # least and most of one raster
IMAGE_PIXELS = 20_000  # of the whole image, to see how far the fit is extrapolated
FAR = 3.0  # times the spread over the pixels of the fit

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Fitted:
    """Coefficients per date (N, K) [mm] as removed, and what the report says of them.

    reach : spread of what is removed over the whole image, against that over the pixels of the fit.
    """

    shape: ramps.Shape
    removed: Float64
    rate: Float64
    rate_std: Float64
    misclosure: float
    noise: float
    pixels: int
    excluded: float
    centre: Float64
    spreads: list[Spread]
    reach: float


def fit_terms(
    params: DerampParams,
    source: Source,
    usable: NDArray[np.bool_] | None,
    heights: OneRaster | None,
    compute: Compute,
    notes: list[str],
    monitor: Monitor,
) -> Fitted:
    """Fit every raster and turn the terms into terms per date; what the user should know goes to `notes`."""
    grid, network = source.stack.grid, source.network
    shape = ramps.Shape(grid, params.degree, heights is not None)
    index = sample(usable, grid.width, grid.width * grid.height, len(source.observations))
    steps = running.blocks(source, compute, 16)
    sampler = PixelSampler(source.reader, grid, index, steps)
    values = np.empty((len(source.observations), len(index)), np.float32)
    for number, observation in enumerate(source.observations):
        monitor.step(0.6 * number / len(values))
        values[number] = sampler.read(observation.item)
        values[number] *= np.float32(source.to_mm)
    height = None if heights is None else PixelSampler(heights.reader, grid, index, steps).read(heights.item)
    columns = shape.columns(index // grid.width, index % grid.width, height)
    still = np.ones(len(index), np.bool_)
    if params.find_moving:
        still = _still(values, network.years[network.later] - network.years[network.earlier], shape, notes)
    fits = []
    for number, observation in enumerate(source.observations):
        monitor.step(0.6 + 0.4 * number / len(values))
        fits.append(ramps.fit(columns[:, still], values[number][still], shape, observation.name))
    coefficients = np.array([one.coefficients for one in fits])
    by_date = epochs.to_epochs(network, coefficients)
    rate, rate_std = epochs.trend(network, by_date)
    _note_trend(params, shape, rate, rate_std, notes)
    misclosure = epochs.misclosure(network, coefficients, by_date)
    removed = epochs.without_trend(network, by_date) if params.trend == "keep" else by_date
    known = np.isfinite(columns).all(axis=0) & still
    centre = columns[:, known].mean(axis=1)
    reach = _reach(shape, columns[:, known], heights, removed, steps)
    if reach > FAR:
        notes.append(
            f"What is removed varies {reach:.1f} times as much over the image as over the pixels of the fit: it is "
            "extrapolated. Lower DEGREE, set HEIGHT to none, or let the fit look at more of the image (MASK, EXCLUDE)."
        )
    return Fitted(
        shape,
        removed,
        rate,
        rate_std,
        float(np.sqrt((misclosure * misclosure).mean())),
        float(np.median([one.noise for one in fits])),
        min(one.pixels for one in fits),
        100.0 * (1.0 - float(still.mean())),
        centre,
        _spreads(source, values[:, known], (columns[:, known].T - centre) @ removed.T),
        reach,
    )


def sample(usable: NDArray[np.bool_] | None, width: int, pixels: int, rasters: int) -> NDArray[np.intp]:
    """Flat indices of evenly spaced pixels to fit on: all where they are few, never whole columns only."""
    most = min(max(SAMPLES // rasters, PIXELS[0]), PIXELS[1])
    index = np.arange(pixels) if usable is None else np.flatnonzero(usable)
    step = math.ceil(len(index) / most)
    while step > 1 and math.gcd(step, width) > 1:
        step += 1
    return index[::step]


def _still(
    values: NDArray[np.float32], years: Float64, shape: ramps.Shape, notes: list[str]
) -> NDArray[np.bool_]:
    """Pixels of the sample that do not move against most ground; all of them where too few would remain."""
    still: NDArray[np.bool_] = ~moving(values, years)
    known = np.isfinite(values).any(axis=0)
    remaining = np.count_nonzero(still & known)
    if remaining < max(LEAST_SHARE * np.count_nonzero(known), shape.least_pixels):
        notes.append(
            "Nearly all ground seems to move, so nothing was left out of the fit by itself: draw EXCLUDE polygons "
            "around what moves, or a MASK around what does not."
        )
        return np.ones(len(still), np.bool_)
    return still


def _reach(
    shape: ramps.Shape, fitted: Float64, heights: OneRaster | None, removed: Float64, steps: Plan
) -> float:
    """Median over the dates of the screens' spread over the whole image, against that over the pixels fitted (K, P)."""
    grid = shape.grid
    index = sample(None, grid.width, grid.width * grid.height, SAMPLES // IMAGE_PIXELS)
    height = None if heights is None else PixelSampler(heights.reader, grid, index, steps).read(heights.item)
    columns = shape.columns(index // grid.width, index % grid.width, height)
    known = np.isfinite(columns).all(axis=0)
    inside, everywhere = ((removed @ part).std(axis=1) for part in (fitted, columns[:, known]))
    told = inside > 0.0
    return float(np.median(everywhere[told] / inside[told])) if told.any() else math.nan


def _spreads(source: Source, values: NDArray[np.float32], screens: Float64) -> list[Spread]:
    """Spread of every raster over the pixels of the fit; screens (P, N) [mm]."""
    out = []
    for observation, row, (earlier, later) in zip(source.observations, values, source.network.index):
        spread = Spread(observation.name)
        spread.add(row[None], (row - (screens[:, later] - screens[:, earlier]))[None])
        out.append(spread)
    return out


def _note_trend(
    params: DerampParams, shape: ramps.Shape, rate: Float64, rate_std: Float64, notes: list[str]
) -> None:
    """Say so where a steady ramp was taken out of the velocity, and how sure it is."""
    if params.trend == "keep":
        return
    worst = int(np.argmax(np.abs(rate)))
    sure = abs(rate[worst]) > 3.0 * rate_std[worst]
    notes.append(
        f"The velocity loses a steady {shape.names[worst]} term of {rate[worst]:.1f} ± {rate_std[worst]:.1f} mm/yr "
        f"per half width of the image{' (or km of height)' if shape.height else ''}. "
        + (
            "That is more than chance gives, so it may be motion: compare with TREND = keep."
            if sure
            else "Chance gives as much with so few dates."
        )
    )
