"""NSBAS: the published augmented equations, solved exactly, and what they mean for a gap."""

from __future__ import annotations

import math

import numpy as np
import pytest
from groundline_tests.networks import days, network, noisy_pairs
from groundline_tests.plain_inversion import nsbas_series

from groundline.core.timeseries import banded, nsbas, weights
from groundline.core.timeseries.invert import Options, invert
from groundline.core.timeseries.matrix import Network

WAVELENGTH = 0.0555
METRES = -WAVELENGTH / (4.0 * math.pi)


@pytest.mark.parametrize("gamma", [1e-4, 1e-2])
@pytest.mark.parametrize("weighting", ["none", "coherence"])
def test_equal_to_the_augmented_least_squares(weighting, gamma):
    net = network(16, (1, 2, 3), seed=11)
    phase, coherence = noisy_pairs(net, 80, 0.95)
    options = Options(weights=weighting, looks=5.0, gaps="nsbas", nsbas_gamma=gamma)
    found = invert(phase, coherence, net, WAVELENGTH, options)
    weight = np.ones(phase.shape) if weighting == "none" else weights.from_coherence(coherence, 5.0)
    split = np.flatnonzero((found.components + found.gaps > 1) & (found.pairs_used > 0))
    assert len(split) > 30
    for p in split:
        expected = METRES * nsbas_series(phase[:, p], weight[:, p], net.index, net.years, gamma)
        error = np.abs(found.displacement[:, p] - expected).max()
        assert error <= 1e-6 * np.abs(expected).max()


def test_connected_pixels_are_left_to_their_pairs():
    net = network(12, (1, 2, 3))
    phase, _ = noisy_pairs(net, 20, 0.0)
    plain = invert(phase, None, net, WAVELENGTH, Options())
    found = invert(phase, None, net, WAVELENGTH, Options(gaps="nsbas"))
    np.testing.assert_array_equal(found.displacement, plain.displacement)


def test_steady_motion_goes_on_through_a_gap():
    # Two subsets that move at one rate, nothing between them: the linear model joins them at that
    # rate, where minimum-norm velocity leaves the unobserved interval level.
    net = Network(days(0, 10, 20, 40, 50, 60), np.array([[0, 1], [1, 2], [3, 4], [4, 5]]))
    line = np.array([0.0, 10, 20, 40, 50, 60]) * 0.1
    phase = (line[net.later] - line[net.earlier])[:, None].astype(np.float32)
    found = invert(phase, None, net, WAVELENGTH, Options(gaps="nsbas"))
    np.testing.assert_allclose(found.displacement[:, 0] / METRES, line, atol=1e-5)
    level = invert(phase, None, net, WAVELENGTH, Options())
    np.testing.assert_allclose(level.displacement[:, 0] / METRES, [0, 1, 2, 2, 3, 4], atol=1e-6)


def test_adjoint_gives_the_same_number():
    net = network(9, (1, 2), seed=2)
    rng = np.random.default_rng(3)
    weight = rng.uniform(0.5, 2.0, (net.M, 5)) * (rng.random((net.M, 5)) > 0.6)
    weight[0] = 1.0
    layout = banded.Layout.of(net)
    x = rng.normal(size=(net.N, 5))
    functional = rng.normal(size=(net.N, 5))
    functional -= functional.mean(axis=0)
    right = layout.gather(weight * (x[net.later] - x[net.earlier]))
    direct = np.sum(functional * nsbas.join(layout, weight, right, 0.01), axis=0)
    through = np.sum(nsbas.adjoint(layout, weight, functional, 0.01) * x, axis=0)
    np.testing.assert_allclose(through, direct, rtol=1e-8)
