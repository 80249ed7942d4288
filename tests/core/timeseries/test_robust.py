"""Least absolute deviations leave an unwrapping error where it is."""

from __future__ import annotations

import math

import numpy as np
import pytest
from groundline_tests.networks import network, noisy_pairs

from groundline.core.timeseries.invert import Options, invert
from groundline.core.timeseries.matrix import incidence

WAVELENGTH = 0.0555
METRES = -WAVELENGTH / (4.0 * math.pi)


def series(net, phase, coherence=None, **options):
    found = invert(phase.astype(np.float32), coherence, net, WAVELENGTH, Options(**options))
    return found.displacement.astype(float) / METRES


def test_a_jump_in_any_one_pair_is_ignored():
    net = network(12, (1, 2, 3))
    truth = np.random.default_rng(1).normal(0, 2, net.N).cumsum()
    truth -= truth[0]
    # Pixel m has a jump of 2 pi in pair m.
    phase = np.repeat((truth[net.later] - truth[net.earlier])[:, None], net.M, axis=1)
    phase += 2 * math.pi * np.eye(net.M)
    robust = np.abs(series(net, phase, loss="l1") - truth[:, None]).max(axis=0)
    squares = np.abs(series(net, phase) - truth[:, None]).max(axis=0)
    assert robust.max() < 0.01
    assert squares.min() > 0.3


def test_jumps_in_noise_cost_little():
    net = network(30, (1, 2, 3, 4))
    rng = np.random.default_rng(2)
    truth = rng.normal(0, 1, (net.N, 400)).cumsum(axis=0)
    truth -= truth[0]
    noise = rng.normal(0, 0.2, (net.M, 400))
    jump = 2 * math.pi * (rng.random((net.M, 400)) < 0.02)
    clean = truth[net.later] - truth[net.earlier] + noise
    floor = np.sqrt(np.mean((series(net, clean) - truth) ** 2))
    robust = np.sqrt(np.mean((series(net, clean + jump, loss="l1") - truth) ** 2))
    squares = np.sqrt(np.mean((series(net, clean + jump) - truth) ** 2))
    # What remains is where most pairs of a date jump together.
    assert robust < 2 * floor
    assert squares > 4 * floor


@pytest.mark.parametrize("weighting", ["none", "coherence"])
def test_objective_is_that_of_linear_programming(weighting):
    from scipy.optimize import linprog

    from groundline.core.timeseries import weights

    net = network(8, (1, 2, 3), seed=4)
    phase, coherence = noisy_pairs(net, 12, 0.3, seed=5)
    x = series(net, phase, coherence, weights=weighting, looks=3.0, loss="l1")
    weight = np.ones(phase.shape) if weighting == "none" else weights.from_coherence(coherence, 3.0)
    matrix = incidence(net)
    for p in range(12):
        valid = np.isfinite(phase[:, p])
        root = np.sqrt(weight[valid, p])
        a, y = matrix[valid] * root[:, None], phase[valid, p] * root
        slack = np.eye(len(y))
        best = linprog(
            np.concatenate([np.zeros(net.N), np.ones(len(y))]),
            A_ub=np.block([[a, -slack], [-a, -slack]]),
            b_ub=np.concatenate([y, -y]),
            bounds=[(None, None)] * net.N + [(0, None)] * len(y),
        ).fun
        reached = np.abs(y - a @ x[:, p]).sum()
        # The parabola at zero costs up to half its width in each pair.
        assert reached <= best * 1.003 + 1e-3


def test_subsets_are_joined_as_with_least_squares():
    net = network(6, (1, 2))
    truth = np.array([0.0, 1.0, 3.0, 3.0, 4.0, 8.0])
    phase = (truth[net.later] - truth[net.earlier])[:, None]
    phase[(net.earlier <= 2) & (net.later >= 3)] = np.nan
    np.testing.assert_allclose(series(net, phase, loss="l1")[:, 0], truth, atol=1e-4)
