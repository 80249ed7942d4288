"""Velocity and its two standard deviations, against hand-computed cases and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from groundline_tests.networks import network

from groundline.core.timeseries import velocity
from groundline.core.timeseries.invert import Options, invert
from groundline.core.timeseries.matrix import Network

WAVELENGTH = 0.0555
METRES = -WAVELENGTH / (4.0 * math.pi)


def test_slope_by_hand():
    # Times 0, 1, 3: mean 4/3, sum of squares 14/3.
    np.testing.assert_allclose(velocity.slope(np.array([0.0, 1.0, 3.0])), [-4 / 14, -1 / 14, 5 / 14])


def test_slope_of_two_dates_is_their_difference():
    np.testing.assert_allclose(velocity.slope(np.array([0.0, 0.25])), [-4.0, 4.0])


def test_spread_is_the_jackknife_of_the_line():
    years = np.array([0.0, 0.1, 0.35, 0.4, 0.9, 1.3])
    x = np.random.default_rng(0).normal(size=(6, 1))
    without = np.array([np.polyfit(np.delete(years, k), np.delete(x[:, 0], k), 1)[0] for k in range(6)])
    expected = math.sqrt(5 / 6 * np.sum((without - without.mean()) ** 2))
    assert velocity.spread_over_images(x, None, years)[0] == pytest.approx(expected, rel=1e-12)


def test_spread_equals_inverting_without_each_image_when_noise_is_that_of_images():
    net = network(10, (1, 2, 3), seed=6)
    x = np.random.default_rng(1).normal(size=net.N)
    phase = (x[net.later] - x[net.earlier])[:, None].astype(np.float32)
    found = invert(phase, None, net, WAVELENGTH, Options())
    rates = []
    for k in range(net.N):
        keep = np.all(net.index != k, axis=1)
        index = net.index[keep] - (net.index[keep] > k)
        smaller = Network(tuple(d for i, d in enumerate(net.dates) if i != k), index)
        rates.append(float(invert(phase[keep], None, smaller, WAVELENGTH, Options()).velocity[0]))
    expected = math.sqrt(9 / 10 * np.sum((np.array(rates) - np.mean(rates)) ** 2))
    assert found.velocity_std_images[0] == pytest.approx(expected, rel=1e-4)


def test_dates_without_data_take_no_part():
    years = np.linspace(0.0, 1.0, 6)
    x = np.array([[0.0], [1.0], [0.5], [2.0], [1.7], [1.7]])
    measured = np.array([[True], [True], [False], [True], [True], [False]])
    t, y = years[measured[:, 0]], x[measured]
    without = np.array([np.polyfit(np.delete(t, k), np.delete(y, k), 1)[0] for k in range(4)])
    expected = math.sqrt(3 / 4 * np.sum((without - without.mean()) ** 2))
    assert velocity.spread_over_images(x, measured, years)[0] == pytest.approx(expected, rel=1e-10)
    weights = velocity.slope_of_measured(years, measured)
    assert (weights * x).sum() == pytest.approx(np.polyfit(t, y, 1)[0], rel=1e-12)
    assert weights[~measured].tolist() == [0.0, 0.0]


def test_two_images_have_no_spread():
    assert np.isnan(velocity.spread_over_images(np.zeros((2, 1)), None, np.array([0.0, 1.0]))).all()
    measured = np.array([[True], [True], [False]])
    assert np.isnan(velocity.spread_over_images(np.zeros((3, 1)), measured, np.arange(3.0))).all()


@pytest.mark.parametrize("missing", [0.0, 0.25])
def test_residual_std_is_right_for_independent_pairs_only(missing):
    net = network(20, (1, 2, 3))
    rng = np.random.default_rng(8)
    sigma = 0.5
    pairs = rng.normal(0, sigma, (net.M, 4000))
    pairs[rng.random(pairs.shape) < missing] = np.nan
    independent = invert(pairs.astype(np.float32), None, net, WAVELENGTH, Options())
    joined = independent.components + independent.gaps == 1
    scatter = np.std(independent.velocity[joined])
    claimed = np.sqrt(np.mean(np.square(independent.velocity_std[joined])))
    assert claimed == pytest.approx(scatter, rel=0.05)

    images = rng.normal(0, sigma, (net.N, 4000))
    shared = (images[net.later] - images[net.earlier]).astype(np.float32)
    found = invert(shared, None, net, WAVELENGTH, Options())
    scatter = np.std(found.velocity)
    assert np.max(found.velocity_std) < 1e-3 * scatter
    assert np.sqrt(np.mean(np.square(found.velocity_std_images))) == pytest.approx(scatter, rel=0.1)


@pytest.mark.parametrize("gaps", ["minimum_norm", "nsbas"])
def test_residual_std_follows_the_joining_of_subsets(gaps):
    net = Network(
        network(8, (1,)).dates,
        np.array([[0, 1], [1, 2], [0, 2], [2, 4], [0, 4], [3, 5], [5, 6], [3, 6], [6, 7], [3, 7]]),
    )
    rng = np.random.default_rng(9)
    pairs = rng.normal(0, 0.5, (net.M, 20000)).astype(np.float32)
    found = invert(pairs, None, net, WAVELENGTH, Options(gaps=gaps))
    assert np.all(found.components == 2)
    scatter = np.std(found.velocity)
    assert np.sqrt(np.mean(np.square(found.velocity_std))) == pytest.approx(scatter, rel=0.03)


@pytest.mark.parametrize(("of_images", "of_pairs"), [(0.5, 0.3), (0.5, 0.0), (0.0, 0.3)])
def test_std_by_images_is_that_of_many_draws_whatever_the_noise(of_images, of_pairs):
    net = network(25, (1, 2, 3, 4), seed=11)
    rng = np.random.default_rng(12)
    images = rng.normal(0, of_images, (net.N, 4000))
    pairs = images[net.later] - images[net.earlier] + rng.normal(0, of_pairs, (net.M, 4000))
    found = invert(pairs.astype(np.float32), None, net, WAVELENGTH, Options())
    claimed = np.sqrt(np.mean(np.square(found.velocity_std_images)))
    assert claimed == pytest.approx(np.std(found.velocity), rel=0.1)
