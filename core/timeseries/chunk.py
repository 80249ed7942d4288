"""The steps of the inversion for one chunk of pixels, in phase units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

import numpy as np
from numpy.typing import NDArray

from . import banded, dem_error, minimum_norm, nsbas, quality, series, velocity
from .halves import Halves
from .matrix import Network, displacement_operator
from .options import Options

Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]
IntP = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Design:
    """What all pixels of a network share.

    shared : for pixels without weights or gaps; None when the network is in several subsets.
    operator : (N, M) of `displacement_operator`. slope : (N,) velocity = slope . x.
    """

    network: Network
    layout: banded.Layout
    shared: Optional[Halves]
    operator: Float64
    slope: Float64
    years: Float64

    @staticmethod
    def of(network: Network) -> Design:
        """Prepare a network."""
        return Design(
            network,
            banded.Layout.of(network),
            Halves.of(network) if network.components == 1 else None,
            displacement_operator(network),
            velocity.slope(network.years),
            network.years,
        )


@dataclass
class Solution:
    """One chunk of n pixels; x (N, n) is the date phase [rad], first date 0. See `Inverted`."""

    x: Float64
    slope: Float64
    solved: Bool
    count: IntP
    subsets: IntP
    gaps: IntP
    fit: quality.Fit
    pair_count: IntP
    slope_variance: Float64
    spread: Float64
    height: Optional[dem_error.HeightError] = None
    correlation: Optional[Float64] = None

    @property
    def redundancy(self) -> IntP:
        """(n,) valid pairs minus the rank of the pixel's network."""
        return self.count - (len(self.x) - self.subsets)


def solve(
    design: Design,
    options: Options,
    phase: NDArray,
    coherence: Optional[NDArray],
    height_factor: Optional[NDArray],
) -> Solution:
    """Invert (M, n) pair phases [rad], NaN = missing.

    coherence : (M, n) for weights, None for none. height_factor : (M, n) or (M, 1) of the
    pairs [rad/m], None for no height error.
    """
    network = design.network
    pairs, found = series.least_squares(design.layout, design.shared, options, phase, coherence)
    x = found.x
    residual = quality.residuals(pairs.y, pairs.valid, x, network)
    fit = quality.fit(residual, pairs.valid, pairs.weight)

    subsets = np.ones(x.shape[1], np.intp)
    subsets[found.own] = found.factors.subsets
    split = np.flatnonzero((subsets > 1) & pairs.solved)
    place = _positions(found.own, x.shape[1])
    label = banded.date_labels(found.factors.take(place[split])) if len(split) else None

    height, factor = None, None
    if height_factor is not None:
        factor = dem_error.date_factor(design.operator, height_factor)
        height = _height(design, options, x, factor, split, label)
        x -= factor * np.nan_to_num(height.height)
    measured = _measured(network, found.valid)
    gaps = np.zeros(x.shape[1], np.intp)
    gaps[found.own] = network.N - np.sum(measured, axis=0, dtype=np.intp)
    gappy = np.flatnonzero(gaps > 0)
    with_data = measured[:, place[gappy]]
    own_slope = velocity.slope_of_measured(design.years, with_data)
    # The slope as a functional of the series before height error and joining were applied.
    functional = np.repeat(design.slope[:, None], x.shape[1], axis=1)
    functional[:, gappy] = own_slope
    if label is not None:
        joined, through = _join(
            design, options, found.weight[:, place[split]], x[:, split], label, functional[:, split]
        )
        x[:, split] = joined
        functional[:, split] = through
    x -= x[0].copy()
    correlation = None
    if factor is not None and height is not None:
        functional -= height.functional * np.sum(factor * functional, axis=0)
        correlation = _correlation(height, functional)

    rate = design.slope @ x
    rate[gappy] = np.sum(own_slope * x[:, gappy], axis=0)
    removed = None if factor is None or height is None else (factor, height.change)
    spread = velocity.spread_over_images(x, None, design.years, removed)
    if len(gappy):
        if removed is not None:
            removed = (_columns_of_factor(removed[0], gappy), removed[1][:, gappy])
        spread[gappy] = velocity.spread_over_images(x[:, gappy], with_data, design.years, removed)
    return Solution(
        x=x,
        slope=rate,
        solved=pairs.solved,
        count=pairs.count,
        subsets=subsets,
        gaps=gaps,
        fit=fit,
        pair_count=np.sum(pairs.valid, axis=1, dtype=np.intp),
        slope_variance=_slope_variance(design, found, functional, factor is not None),
        spread=spread,
        height=height,
        correlation=correlation,
    )


def _positions(own: IntP, pixels: int) -> IntP:
    """(n,) place of each pixel of the chunk among the pixels solved one by one, -1 for none."""
    place = np.full(pixels, -1, np.intp)
    place[own] = np.arange(len(own))
    return place


def _measured(network: Network, valid: Bool) -> Bool:
    """(N, n) dates with at least one valid pair."""
    measured = np.zeros((network.N, valid.shape[1]), np.bool_)
    for (earlier, later), row in zip(network.index.tolist(), valid):
        measured[earlier] |= row
        measured[later] |= row
    return measured


def _height(
    design: Design,
    options: Options,
    x: Float64,
    factor: Float64,
    split: IntP,
    label: Optional[IntP],
) -> dem_error.HeightError:
    """Height error of all pixels; those with several subsets again, with their constants free."""
    everywhere = dem_error.estimate(x, factor, None, design.years, options.dem_degree)
    if label is not None:
        own_factor = _columns_of_factor(factor, split)
        some = dem_error.estimate(x[:, split], own_factor, label, design.years, options.dem_degree)
        everywhere.height[split] = some.height
        everywhere.std[split] = some.std
        everywhere.functional[:, split] = some.functional
        everywhere.change[:, split] = some.change
    return everywhere


def _columns_of_factor(factor: Float64, columns: IntP) -> Float64:
    """Some pixels of an (N, n) factor, or the (N, 1) one that all share."""
    return factor[:, columns] if factor.shape[1] > 1 else factor


def _join(
    design: Design, options: Options, weight: Float64, x: Float64, label: IntP, slope: Float64
) -> tuple[Float64, Float64]:
    """Series of pixels in several subsets, and their (N, C) slope as a functional of the unjoined series."""
    network, layout = design.network, design.layout
    if options.gaps == "minimum_norm":
        return (
            minimum_norm.join(x, label, design.years),
            minimum_norm.adjoint(slope, label, design.years),
        )
    right = layout.gather(weight * (x[network.later] - x[network.earlier]))
    gamma = options.nsbas_gamma
    return nsbas.join(layout, weight, right, gamma), nsbas.adjoint(layout, weight, slope, gamma)


def _slope_variance(design: Design, found: series.Found, functional: Float64, individual: bool) -> Float64:
    """(n,) variance of the velocity for pair variances 1/w [(rad/yr)^2 at unit weight variance]."""
    variance = np.empty(functional.shape[1])
    if design.shared is not None and len(found.same):
        # Without a height error the functional is the slope for all of these.
        some = series.columns_of(functional, found.same) if individual else design.slope[:, None]
        variance[found.same] = np.sum(some * (design.shared.inverse @ some), axis=0)
    variance[found.own] = banded.quadratic_form(found.factors, np.take(functional, found.own, axis=1))
    return variance


def _correlation(height: dem_error.HeightError, functional: Float64) -> Float64:
    """(n,) correlation of height error and velocity when dates have independent, equal noise."""
    r = height.functional
    product = np.sum(r * functional, axis=0)
    size = np.sqrt(np.sum(r * r, axis=0) * np.sum(functional * functional, axis=0))
    return product / np.where(np.isfinite(height.height) & (size > 0.0), size, np.nan)
