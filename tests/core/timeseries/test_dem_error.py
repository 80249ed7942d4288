"""Height error: what can be known, from hand-computed cases and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from groundline_tests.networks import network

from groundline.core.errors import InputError
from groundline.core.timeseries import dem_error
from groundline.core.timeseries.invert import Options, invert
from groundline.core.timeseries.matrix import incidence

WAVELENGTH = 0.0555
METRES = -WAVELENGTH / (4.0 * math.pi)
# Phase of one metre of height per metre of baseline at 850 km and 39 degrees.
PER_METRE = 4 * math.pi / (WAVELENGTH * 850e3 * math.sin(math.radians(39)))


def baselines(net, seed=0):
    return np.random.default_rng(seed).normal(0, 70, net.N)


def pair_factor(net, bperp):
    return (PER_METRE * (bperp[net.later] - bperp[net.earlier]))[:, None]


def test_a_network_of_free_dates_cannot_see_a_height_error():
    # Why the estimate needs a model of time: the height's column is a displacement of the dates.
    net = network(12, (1, 2, 3))
    matrix = incidence(net)
    column = pair_factor(net, baselines(net))
    assert np.linalg.matrix_rank(np.hstack([matrix, column])) == np.linalg.matrix_rank(matrix)


def test_three_dates_by_hand():
    # Times 0, 1, 2, factors 0, 1, 0: the part of (0, 1, 0) that is no line is (-1, 2, -1)/3.
    # Series 0, 5, 4 = 2 t + 3 factor.
    found = dem_error.estimate(
        np.array([[0.0], [5.0], [4.0]]), np.array([[0.0], [1.0], [0.0]]), None, np.arange(3.0), 1
    )
    assert found.height[0] == pytest.approx(3.0)
    assert np.isnan(found.std[0])  # three unknowns, three dates
    np.testing.assert_allclose(found.functional[:, 0], [-0.5, 1.0, -0.5], atol=1e-12)


def test_baselines_along_a_line_in_time_tell_nothing():
    years = np.arange(6.0)
    found = dem_error.estimate(years[:, None] * 2, years[:, None] * 3 + 1, None, years, 1)
    assert np.isnan(found.height[0])
    np.testing.assert_array_equal(found.functional, 0.0)


@pytest.mark.parametrize("degree", [1, 2])
@pytest.mark.parametrize("weighting", ["none", "coherence"])
def test_height_and_motion_come_back_exactly(degree, weighting):
    net = network(20, (1, 2, 3))
    bperp = baselines(net)
    rng = np.random.default_rng(1)
    height = rng.uniform(-30, 30, 50)
    velocity = rng.uniform(-0.1, 0.02, 50)
    motion = net.years[:, None] * velocity + (degree - 1) * 0.05 * net.years[:, None] ** 2
    phase = (motion[net.later] - motion[net.earlier]) / METRES + pair_factor(net, bperp) * height
    phase[rng.random(phase.shape) < 0.1] = np.nan
    coherence = rng.uniform(0.2, 0.9, phase.shape).astype(np.float32)
    options = Options(dem_error=True, dem_degree=degree, weights=weighting)
    found = invert(phase.astype(np.float32), coherence, net, WAVELENGTH, options, pair_factor(net, bperp))
    np.testing.assert_allclose(found.height_error, height, atol=2e-4)
    joined = found.components + found.gaps == 1
    assert joined.sum() > 30
    np.testing.assert_allclose(found.displacement[:, joined], motion[:, joined], atol=2e-6)


def test_height_per_pixel_geometry():
    net = network(15, (1, 2, 3))
    rng = np.random.default_rng(2)
    height = rng.uniform(-30, 30, 40)
    factor = (pair_factor(net, baselines(net)) * rng.uniform(0.9, 1.1, 40)).astype(np.float32)
    found = invert(factor * height.astype(np.float32), None, net, WAVELENGTH, Options(dem_error=True), factor)
    np.testing.assert_allclose(found.height_error, height, rtol=1e-4)
    np.testing.assert_allclose(found.displacement, 0.0, atol=1e-5)


def test_subsets_of_dates_keep_their_own_constant():
    net = network(16, (1, 2))
    bperp = baselines(net, 3)
    phase = pair_factor(net, bperp) * 12.0
    phase[(net.earlier < 8) & (net.later >= 8)] = np.nan
    found = invert(
        phase.astype(np.float32), None, net, WAVELENGTH, Options(dem_error=True), pair_factor(net, bperp)
    )
    assert found.components[0] == 2
    assert found.height_error[0] == pytest.approx(12.0, abs=1e-4)
    np.testing.assert_allclose(found.displacement[:, 0], 0.0, atol=1e-6)


def test_std_and_correlation_are_those_of_many_draws():
    # Baselines that drift with time tie height and velocity together.
    net = network(25, (1, 2, 3))
    bperp = baselines(net, 4) * 0.5 + 200 * net.years
    images = np.random.default_rng(5).normal(0, 0.4, (net.N, 8000))
    phase = (images[net.later] - images[net.earlier]).astype(np.float32)
    found = invert(phase, None, net, WAVELENGTH, Options(dem_error=True), pair_factor(net, bperp))
    scatter = np.std(found.height_error)
    assert np.sqrt(np.mean(np.square(found.height_error_std))) == pytest.approx(scatter, rel=0.03)
    drawn = np.corrcoef(found.height_error, found.velocity)[0, 1]
    assert abs(drawn) > 0.5
    np.testing.assert_allclose(found.velocity_height_correlation, drawn, atol=0.02)


def test_residual_std_of_velocity_counts_the_height_error():
    net = network(25, (1, 2, 3))
    bperp = baselines(net, 4) * 0.5 + 200 * net.years
    noise = np.random.default_rng(6).normal(0, 0.4, (net.M, 5000)).astype(np.float32)
    for missing in (0.0, 0.2):
        noise[np.random.default_rng(7).random(noise.shape) < missing] = np.nan
        found = invert(noise, None, net, WAVELENGTH, Options(dem_error=True), pair_factor(net, bperp))
        joined = found.components + found.gaps == 1
        claimed = np.sqrt(np.mean(np.square(found.velocity_std[joined])))
        assert claimed == pytest.approx(np.std(found.velocity[joined]), rel=0.05)


def test_each_images_share_in_the_height_is_that_of_leaving_it_out():
    rng = np.random.default_rng(13)
    years = np.sort(rng.uniform(0.0, 2.0, 9))
    years[0] = 0.0
    x, factor = rng.normal(size=(9, 1)), rng.normal(size=(9, 1))
    found = dem_error.estimate(x, factor, None, years, 2)
    for n in range(9):
        rest = np.delete(np.arange(9), n)
        design = np.column_stack([np.ones(8), years[rest], years[rest] ** 2, factor[rest, 0]])
        without = np.linalg.lstsq(design, x[rest, 0], rcond=None)[0][3]
        assert found.change[n, 0] == pytest.approx(found.height[0] - without, rel=1e-8)


def test_std_by_images_counts_the_height_error():
    # Baselines that drift with time: the velocity inherits the error of the height.
    net = network(25, (1, 2, 3))
    bperp = baselines(net, 4) * 0.5 + 200 * net.years
    images = np.random.default_rng(5).normal(0, 0.4, (net.N, 4000))
    phase = (images[net.later] - images[net.earlier]).astype(np.float32)
    found = invert(phase, None, net, WAVELENGTH, Options(dem_error=True), pair_factor(net, bperp))
    plain = invert(phase, None, net, WAVELENGTH, Options())
    assert np.std(found.velocity) > 1.3 * np.std(plain.velocity)
    claimed = np.sqrt(np.mean(np.square(found.velocity_std_images)))
    assert claimed == pytest.approx(np.std(found.velocity), rel=0.15)


def test_layers_are_absent_unless_asked():
    net = network(5, (1, 2))
    found = invert(np.zeros((net.M, 2), np.float32), None, net, WAVELENGTH, Options())
    assert found.height_error is None
    assert found.height_error_std is None
    assert found.velocity_height_correlation is None


@pytest.mark.parametrize(
    ("bperp", "named"),
    [
        ([None] * 4, "no perpendicular baselines"),
        ([0.0, None, 30.0, float("nan")], "2020-01-13, 2020-02-06"),
        ([7.5] * 4, "all baselines are 7.5 m"),
    ],
)
def test_baselines_that_tell_nothing_are_refused(bperp, named):
    with pytest.raises(InputError, match=named):
        dem_error.check_baselines(network(4, (1,)), bperp)


def test_good_baselines_pass():
    dem_error.check_baselines(network(4, (1,)), [0.0, 30.0, -20.0, 5.0])


def test_unknown_baseline_of_a_pair_is_refused():
    net = network(5, (1, 2))
    factor = pair_factor(net, baselines(net))
    factor[3] = np.nan
    with pytest.raises(InputError, match="unknown baseline"):
        invert(np.zeros((net.M, 2), np.float32), None, net, WAVELENGTH, Options(dem_error=True), factor)


def test_pixel_with_unknown_geometry_keeps_its_displacement():
    net = network(8, (1, 2))
    factor = np.repeat(pair_factor(net, baselines(net)), 2, axis=1)
    phase = (factor * 5.0).astype(np.float32)
    factor[2, 1] = np.nan
    found = invert(phase, None, net, WAVELENGTH, Options(dem_error=True), factor)
    plain = invert(phase, None, net, WAVELENGTH, Options())
    assert found.height_error[0] == pytest.approx(5.0, rel=1e-4)
    assert np.isnan(found.height_error[1])
    np.testing.assert_allclose(found.displacement[:, 1], plain.displacement[:, 1], atol=1e-9)
    assert np.isfinite(found.velocity_std[1])
