"""Bounded least squares of D and dH of all pixels at once, against scipy pixel by pixel."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from groundline_tests import wsk
from scipy.optimize import lsq_linear

from groundline.core.mining import wsk_pixel
from groundline.core.mining.wsk_estimate import estimate_wsk
from groundline.core.mining.wsk_options import Bounds, Options
from groundline.core.mining.wsk_pixel import Box, Normals
from groundline.core.mining.wsk_time import UModel

INF = np.asarray(np.inf)


def test_each_side_and_corner_by_hand():
    # Unit normal matrix: the optimum is the nearest point of the box [0, 1] x [-1, 1].
    right = np.array([[0.5, 2.0, -1.0, 0.5, 2.0, -1.0], [0.0, 0.0, 0.5, 3.0, 3.0, -3.0]])
    normals = Normals(np.asarray(1.0), np.asarray(0.0), np.asarray(1.0), *right)
    box = Box(np.asarray(0.0), np.asarray(1.0), np.asarray(-1.0), np.asarray(1.0))
    d, h = wsk_pixel.bounded(normals, box)
    np.testing.assert_array_equal(d, [0.5, 1.0, 0.0, 0.5, 1.0, 0.0])
    np.testing.assert_array_equal(h, [0.0, 0.0, 0.5, 1.0, 1.0, -1.0])


def test_clipping_the_unbounded_answer_would_be_wrong():
    normals = Normals(np.asarray(1.0), np.asarray(0.9), np.asarray(1.0), np.array([2.0]), np.array([0.0]))
    box = Box(np.asarray(0.0), np.asarray(1.0), -INF, INF)
    d, h = wsk_pixel.bounded(normals, box)
    assert (d[0], h[0]) == pytest.approx((1.0, -0.9))
    assert wsk_pixel.unbounded(normals)[1][0] == pytest.approx(-1.8 / 0.19)


@pytest.mark.parametrize("per_pixel", [False, True], ids=["one matrix", "a matrix per pixel"])
def test_random_problems_as_lsq_linear(per_pixel):
    rng = np.random.default_rng(4)
    pixels, seen = 300, set()
    matrices = rng.normal(size=(pixels if per_pixel else 1, 12, 2)) @ np.array([[1.0, 0.8], [0.0, 0.6]])
    y = rng.normal(size=(pixels, 12)) * 2 + 1
    gram = np.einsum("pmi,pmj->pij", matrices, matrices)
    right = np.einsum("pmi,pm->ip", np.broadcast_to(matrices, (pixels, 12, 2)), y)
    entries = gram if per_pixel else gram[0]
    normals = Normals(entries[..., 0, 0], entries[..., 0, 1], entries[..., 1, 1], right[0], right[1])
    box = Box(np.asarray(0.0), np.full(pixels, 0.4), np.asarray(-0.3), np.asarray(0.3))
    d, h = wsk_pixel.bounded(normals, box)
    for p in range(pixels):
        matrix = matrices[p if per_pixel else 0]
        other = lsq_linear(matrix, y[p], ([0.0, -0.3], [0.4, 0.3]), method="bvls", tol=1e-15).x
        np.testing.assert_allclose([d[p], h[p]], other, atol=1e-9)
        seen.add(
            (
                int(np.searchsorted([1e-12, 0.4 - 1e-12], other[0])),
                int(np.searchsorted([-0.3 + 1e-12, 0.3 - 1e-12], other[1])),
            )
        )
    assert len(seen) >= 8  # sides, corners and the inside
    assert wsk_pixel.violation(normals, box, d, h).max() < 1e-12 * np.abs(right).max()


def test_known_u_as_lsq_linear_to_a_millionth_of_the_bounds():
    """With a temperature-driven u the whole estimate is one bounded problem per pixel, here with gaps and weights."""
    rng = np.random.default_rng(5)
    mine = wsk.mine(pixels=30, noise=0.4, incidence=np.radians(np.linspace(33, 45, 30)))
    days = tuple(wsk.FIRST + timedelta(days=k) for k in range(500))
    model = UModel(
        "temperature", days=days, celsius=tuple(12.0 + 8.0 * math.sin(k / 58.0) for k in range(500))
    )
    phase = mine.problem.phase.copy()
    phase[rng.random(phase.shape) < 0.2] = np.nan
    weights = rng.uniform(0.3, 3.0, phase.shape)
    problem = replace(mine.problem, phase=phase, weights=weights)
    bounds = Bounds(diffusion_high=1.5e-8, height=6.0)
    found = estimate_wsk(problem, Options(model, bounds=bounds))
    assert found.optimum == "global"
    assert found.on_high > 0 and found.on_height > 0
    g = problem.record.design(found.basis)[:, 0]
    for p in range(30):
        known = np.isfinite(phase[:, p])
        root = np.sqrt(weights[known, p])
        matrix = np.column_stack(
            [
                g[known] * problem.diffusion_scale[p] * bounds.diffusion_high,
                problem.baseline[known] * problem.height_scale[p] * bounds.height,
            ]
        )
        x = lsq_linear(
            root[:, None] * matrix, root * phase[known, p], ([0, -1], [1, 1]), method="bvls", tol=1e-15
        ).x
        assert found.diffusion[p] / bounds.diffusion_high == pytest.approx(x[0], abs=1e-6)
        assert found.height[p] / bounds.height == pytest.approx(x[1], abs=1e-6)
