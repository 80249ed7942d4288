"""The steps of the inversion for one chunk of pixels, in phase units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Union

import numpy as np
from numpy.typing import NDArray

from . import banded, dem_error, minimum_norm, nsbas, quality, robust, velocity, weights
from .matrix import Network, displacement_operator
from .options import Options

Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]
IntP = NDArray[np.intp]
Columns = Union[slice, IntP]


@dataclass(frozen=True, eq=False)
class Design:
    """What all pixels of a network share.

    operator : (N, M) x = operator @ y without weights or gaps. slope : (N,) velocity = slope . x.
    operator_variance : variance of the slope for unit variance of every pair.
    """

    network: Network
    layout: banded.Layout
    operator: Float64
    slope: Float64
    operator_variance: float
    years: Float64

    @staticmethod
    def of(network: Network) -> Design:
        """Prepare a network."""
        operator = displacement_operator(network)
        slope = velocity.slope(network.years)
        return Design(
            network,
            banded.Layout.of(network),
            operator,
            slope,
            float(np.sum(np.square(slope @ operator))),
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
    factor: Optional[Float64],
) -> Solution:
    """Invert (M, n) pair phases [rad], NaN = missing.

    coherence : (M, n) for weights, None for none. factor : (N, n) or (N, 1) height factor of the
    dates [rad/m], None for no height error.
    """
    network, layout = design.network, design.layout
    valid = phase == phase
    weight = None
    if coherence is not None:
        weight = weights.from_coherence(coherence, options.looks)
        valid &= weight > 0.0
    count = np.sum(valid, axis=0, dtype=np.intp)
    solved = count >= options.min_pairs
    valid &= solved
    y = np.zeros(phase.shape)
    np.copyto(y, phase, where=valid)

    # One product for all pixels that share the design; the others are solved one network each.
    shared = weight is None and options.loss == "l2" and network.components == 1
    pixels = phase.shape[1]
    own: Columns = np.flatnonzero(count < network.M) if shared else slice(None)
    x = design.operator @ y if shared else np.zeros((network.N, pixels))
    own_valid = valid[:, own]
    own_weight = own_valid.astype(np.float64) if weight is None else (weight * valid)[:, own]
    own_y = y[:, own]
    factors = banded.factor(layout, own_weight)
    own_x = banded.solve(factors, layout.gather(own_weight * own_y))
    final_weight = own_weight
    if options.loss == "l1":
        final_weight = robust.refine(layout, own_y, own_weight, own_x)
    x[:, own] = own_x

    residual = quality.residuals(y, valid, x, network)
    fit = quality.fit(residual, valid, weight)

    subsets = np.ones(pixels, np.intp)
    subsets[own] = factors.subsets
    split = np.flatnonzero((subsets > 1) & solved)
    place = _positions(own, pixels)[split]
    label = banded.date_labels(factors.take(place)) if len(split) else None

    height = None
    if factor is not None:
        height = _height(design, options, x, factor, split, label)
        x -= factor * np.nan_to_num(height.height)
    functional = np.repeat(design.slope[:, None], pixels, axis=1)
    if label is not None:
        joined, through = _join(design, options, final_weight[:, place], x[:, split], label)
        x[:, split] = joined
        functional[:, split] = through
    x -= x[0].copy()

    correlation = None
    if factor is not None and height is not None:
        functional -= height.functional * np.sum(factor * functional, axis=0)
        correlation = _correlation(height, functional)
    variance = _slope_variance(design, factors, functional, own, shared, factor is not None)

    measured = _measured(network, own_valid)
    gaps = np.zeros(pixels, np.intp)
    gaps[own] = network.N - np.sum(measured, axis=0, dtype=np.intp)
    spread = velocity.spread_over_images(x, None, design.years)
    gappy = np.flatnonzero(gaps > 0)
    if len(gappy):
        with_data = measured[:, _positions(own, pixels)[gappy]]
        spread[gappy] = velocity.spread_over_images(x[:, gappy], with_data, design.years)
    return Solution(
        x=x,
        slope=design.slope @ x,
        solved=solved,
        count=count,
        subsets=subsets,
        gaps=gaps,
        fit=fit,
        pair_count=np.sum(valid, axis=1, dtype=np.intp),
        slope_variance=variance,
        spread=spread,
        height=height,
        correlation=correlation,
    )


def _positions(own: Columns, pixels: int) -> IntP:
    """(n,) place of each pixel of the chunk among the pixels solved one by one, -1 for none."""
    place = np.full(pixels, -1, np.intp)
    place[own] = np.arange(len(place[own]))
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
        own_factor = factor[:, split] if factor.shape[1] > 1 else factor
        some = dem_error.estimate(x[:, split], own_factor, label, design.years, options.dem_degree)
        everywhere.height[split] = some.height
        everywhere.std[split] = some.std
        everywhere.functional[:, split] = some.functional
    return everywhere


def _join(
    design: Design, options: Options, weight: Float64, x: Float64, label: IntP
) -> tuple[Float64, Float64]:
    """Series of pixels in several subsets, and the slope as a functional of the unjoined series."""
    network, layout = design.network, design.layout
    slope = np.repeat(design.slope[:, None], x.shape[1], axis=1)
    if options.gaps == "minimum_norm":
        return (
            minimum_norm.join(x, label, design.years),
            minimum_norm.adjoint(slope, label, design.years),
        )
    right = layout.gather(weight * (x[network.later] - x[network.earlier]))
    gamma = options.nsbas_gamma
    return nsbas.join(layout, weight, right, gamma), nsbas.adjoint(layout, weight, slope, gamma)


def _slope_variance(
    design: Design,
    factors: banded.Factor,
    functional: Float64,
    own: Columns,
    shared: bool,
    individual: bool,
) -> Float64:
    """(n,) variance of the velocity for pair variances 1/w [(rad/yr)^2 at unit weight variance]."""
    variance = np.full(functional.shape[1], design.operator_variance)
    if shared and individual:
        variance = np.sum(np.square(design.operator.T @ functional), axis=0)
    variance[own] = banded.quadratic_form(factors, functional[:, own].copy())
    return variance


def _correlation(height: dem_error.HeightError, functional: Float64) -> Float64:
    """(n,) correlation of height error and velocity when dates have independent, equal noise."""
    r = height.functional
    product = np.sum(r * functional, axis=0)
    size = np.sqrt(np.sum(r * r, axis=0) * np.sum(functional * functional, axis=0))
    return product / np.where(np.isfinite(height.height) & (size > 0.0), size, np.nan)
