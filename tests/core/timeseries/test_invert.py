"""The inversion as users meet it: equal to the textbook, whatever is missing."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
from groundline_tests.networks import days, network, noisy_pairs
from groundline_tests.plain_inversion import all_series

from groundline.core.errors import InputError
from groundline.core.timeseries import quality, weights
from groundline.core.timeseries.invert import Options, invert, memory
from groundline.core.timeseries.matrix import Network, incidence

WAVELENGTH = 0.0555
METRES = -WAVELENGTH / (4.0 * math.pi)
TRIANGLE = Network(days(0, 12, 36), np.array([[0, 1], [1, 2], [0, 2]]))


def run(phase, net, coherence=None, height_factor=None, **options):
    return invert(
        np.asarray(phase, np.float32), coherence, net, WAVELENGTH, Options(**options), height_factor
    )


def assert_series(got, expected, relative=1e-6):
    """Equal to `relative` of each pixel's largest displacement; NaN in the same pixels."""
    largest = np.nanmax(np.abs(np.where(np.isfinite(expected), expected, 0.0)), axis=0)
    np.testing.assert_array_equal(np.isnan(got), np.isnan(expected))
    error = np.nan_to_num(np.abs(got - expected))
    assert np.all(error <= relative * largest), (error / np.maximum(largest, 1e-30)).max()


# --- equality with row deletion -------------------------------------------------------------


@pytest.mark.parametrize("weighting", ["none", "coherence"])
@pytest.mark.parametrize("missing", [0.0, 0.05, 0.95])
@pytest.mark.parametrize("lags", [(1, 2, 3), (1,), (1, 2, 13), (2, 4)])
def test_missing_data_equal_row_deletion_pixel_by_pixel(lags, missing, weighting):
    net = network(18, lags, seed=7)
    phase, coherence = noisy_pairs(net, 120, missing)
    found = run(phase, net, coherence, weights=weighting, looks=6.0)
    weight = np.ones(phase.shape) if weighting == "none" else weights.from_coherence(coherence, 6.0)
    assert_series(found.displacement, METRES * all_series(phase, weight, net.index, net.years))
    for p in np.flatnonzero(np.isfinite(found.velocity)):
        dates = np.unique(net.index[np.isfinite(phase[:, p])])  # only these were measured
        slope = np.polyfit(net.years[dates], found.displacement[dates, p].astype(float), 1)[0]
        assert found.velocity[p] == pytest.approx(slope, rel=1e-5, abs=2e-7)


@pytest.mark.parametrize("gaps", ["minimum_norm", "nsbas"])
@pytest.mark.parametrize("lost", [(28, 40), (0, 20), (10, 12)])
def test_a_signal_that_is_lost_for_a_time_does_not_slow_down(gaps, lost):
    net = network(40, (1, 2, 3))
    phase = 0.1 / METRES * np.repeat((net.years[net.later] - net.years[net.earlier])[:, None], 2, axis=1)
    phase += np.random.default_rng(3).normal(0.0, 1e-3, phase.shape)
    for end in (net.earlier, net.later):
        phase[(end >= lost[0]) & (end < lost[1]), 1] = np.nan
    found = run(phase.astype(np.float32), net, gaps=gaps)
    assert found.gaps.tolist() == [0, lost[1] - lost[0]]
    np.testing.assert_allclose(found.velocity, 0.1, rtol=1e-3)


def test_a_pixel_does_not_depend_on_the_block_it_is_in():
    net = network(20, (1, 2, 3))
    phase, coherence = noisy_pairs(net, 5000, 0.2)
    for options in ({}, {"weights": "coherence"}, {"loss": "l1"}, {"gaps": "nsbas"}):
        whole = run(phase[:, :4600], net, coherence[:, :4600], **options)
        for columns in (slice(0, 1), slice(17, 29), slice(4090, 4600)):
            part = run(phase[:, columns], net, coherence[:, columns], **options)
            for name in ("displacement", "velocity", "velocity_std", "temporal_coherence", "residual_rms"):
                np.testing.assert_array_equal(getattr(part, name), getattr(whole, name)[..., columns], name)


# --- signs and hand-computed numbers ----------------------------------------------------------


def test_phase_growing_with_range_is_motion_away_from_the_satellite():
    net = Network(days(0, 365), np.array([[0, 1]]))
    found = run([[4.0 * math.pi]], net)
    np.testing.assert_allclose(found.displacement[:, 0], [0.0, -WAVELENGTH], rtol=1e-6)
    assert found.velocity[0] == pytest.approx(-WAVELENGTH * 365.25 / 365, rel=1e-6)


def test_triangle_by_hand():
    # Phases 1, 2, 6: closure 3, so x = 0, 2, 5 and every residual is 1 in size.
    found = run([[1.0], [2.0], [6.0]], TRIANGLE)
    np.testing.assert_allclose(found.displacement[:, 0] / METRES, [0.0, 2.0, 5.0], rtol=1e-6)
    assert found.residual_rms[0] == pytest.approx(1.0, rel=1e-6)
    # Residuals -1, -1, 1.
    expected = abs(2 * np.exp(-1j) + np.exp(1j)) / 3
    assert found.temporal_coherence[0] == pytest.approx(expected, rel=1e-6)
    assert (found.redundancy[0], found.pairs_used[0], found.components[0], found.gaps[0]) == (1, 3, 1, 0)
    np.testing.assert_allclose(found.pair_residual_sumsq, [1.0, 1.0, 1.0], rtol=1e-6)
    np.testing.assert_array_equal(found.pair_count, [1, 1, 1])
    # Slope weights s = (-16, -4, 20)/672 per day; variance of s.x is s^T (A^T A)^+ s = |s|^2 / 3.
    slope = np.array([-16.0, -4.0, 20.0]) / 672 * 365.25
    sigma = math.sqrt(3.0 / 1.0)
    expected_std = abs(METRES) * sigma * math.sqrt(slope @ slope / 3)
    assert found.velocity_std[0] == pytest.approx(expected_std, rel=1e-6)


def test_triangle_with_one_missing_pair_has_no_redundancy():
    found = run([[1.0], [np.nan], [6.0]], TRIANGLE)
    np.testing.assert_allclose(found.displacement[:, 0] / METRES, [0.0, 1.0, 6.0], rtol=1e-6)
    assert (found.redundancy[0], found.pairs_used[0]) == (0, 2)
    assert found.temporal_coherence[0] == 1.0
    assert np.isnan(found.velocity_std[0])
    np.testing.assert_array_equal(found.pair_count, [1, 0, 1])


def test_residuals_per_pair_and_date():
    phase, _ = noisy_pairs(TRIANGLE, 50, 0.0)
    found = run(phase, TRIANGLE)
    closure = phase[0] + phase[1] - phase[2]
    np.testing.assert_allclose(found.pair_residual_sumsq, np.sum((closure / 3) ** 2), rtol=1e-5)
    rms = quality.pair_rms(found.pair_residual_sumsq, found.pair_count)
    np.testing.assert_allclose(rms, np.sqrt(np.mean((closure / 3) ** 2)), rtol=1e-5)
    per_date = quality.date_rms(TRIANGLE, found.pair_residual_sumsq, found.pair_count)
    np.testing.assert_allclose(per_date, rms[0], rtol=1e-5)


def test_rms_without_pixels_is_unknown():
    rms = quality.pair_rms(np.array([0.0, 8.0]), np.array([0.0, 2.0]))
    np.testing.assert_array_equal(rms, [np.nan, 2.0])


# --- what pairs leave open ----------------------------------------------------------------------


def test_first_date_is_zero_and_not_negative_zero():
    phase, _ = noisy_pairs(TRIANGLE, 3, 0.0)
    assert not np.signbit(run(phase, TRIANGLE).displacement[0]).any()


def test_pixel_without_data_is_not_a_number():
    net = network(6, (1, 2))
    phase, _ = noisy_pairs(net, 2, 0.0)
    phase[:, 1] = np.nan
    found = run(phase, net)
    for name in ("displacement", "velocity", "velocity_std", "velocity_std_images", "temporal_coherence"):
        assert np.isnan(getattr(found, name)[..., 1]).all(), name
    assert [int(getattr(found, n)[1]) for n in ("pairs_used", "redundancy", "components", "gaps")] == [0] * 4
    assert np.isfinite(found.velocity[0])


def test_infinite_phase_is_missing():
    found = run([[1.0], [np.inf], [6.0]], TRIANGLE)
    assert found.pairs_used[0] == 2


def test_too_few_pairs_are_not_solved_nor_counted():
    phase = np.array([[1.0, 1.0], [2.0, 2.0], [6.0, np.nan]])
    found = run(phase, TRIANGLE, min_pairs=3)
    assert np.isfinite(found.velocity[0])
    assert np.isnan(found.displacement[:, 1]).all()
    assert found.pairs_used.tolist() == [3, 2]
    np.testing.assert_array_equal(found.pair_count, [1, 1, 1])


def test_date_without_data_lies_between_its_neighbours():
    # Date 2 of 0, 12, 24, 48 has no valid pair. The smallest velocities around it weigh the
    # neighbours by 1/dt^2: (x1/12^2 + x3/24^2) / (1/12^2 + 1/24^2) = (4 x1 + x3) / 5.
    net = Network(days(0, 12, 24, 48), np.array([[0, 1], [1, 2], [1, 3], [2, 3]]))
    found = run([[1.0], [np.nan], [5.0], [np.nan]], net)
    np.testing.assert_allclose(found.displacement[:, 0] / METRES, [0.0, 1.0, 2.0, 6.0], rtol=1e-6)
    assert (found.gaps[0], found.components[0]) == (1, 1)


def test_dates_without_data_at_both_ends_stay_level():
    net = network(5, (1,))
    found = run([[np.nan], [2.0], [3.0], [np.nan]], net)
    np.testing.assert_allclose(found.displacement[:, 0] / METRES, [0, 0, 2, 5, 5], rtol=1e-6, atol=1e-9)
    assert found.gaps[0] == 2


def test_date_without_data_anywhere_in_a_whole_block():
    net = network(8, (1, 2))
    phase, coherence = noisy_pairs(net, 30, 0.0)
    phase[np.any(net.index == 4, axis=1)] = np.nan
    found = run(phase, net, coherence, weights="coherence")
    expected = METRES * all_series(phase, weights.from_coherence(coherence, 1.0), net.index, net.years)
    assert_series(found.displacement, expected)
    assert np.all(found.gaps == 1)
    assert np.all(found.components == 1)


def test_interleaved_subsets_equal_the_textbook():
    net = Network(days(0, 5, 24, 31, 60, 61), np.array([[0, 2], [2, 4], [0, 4], [1, 3], [3, 5]]))
    phase, coherence = noisy_pairs(net, 20, 0.3)
    for weighting in ("none", "coherence"):
        found = run(phase, net, coherence, weights=weighting)
        weight = np.ones(phase.shape) if weighting == "none" else weights.from_coherence(coherence, 1.0)
        assert_series(found.displacement, METRES * all_series(phase, weight, net.index, net.years))
    assert found.components[0] == 2


# --- properties ------------------------------------------------------------------------------------


def test_consistent_phases_come_back_exactly():
    net = network(15, (1, 2, 4), seed=3)
    truth = np.random.default_rng(4).normal(0, 5, (net.N, 30)).cumsum(axis=0)
    found = run(truth[net.later] - truth[net.earlier], net)
    assert_series(found.displacement, METRES * (truth - truth[0]))
    assert np.all(found.temporal_coherence > 1 - 1e-6)
    assert np.all(found.residual_rms < 1e-5)


def test_another_reference_leaves_double_differences_unchanged():
    net = network(15, (1, 2, 3), seed=5)
    phase, _ = noisy_pairs(net, 40, 0.0)
    first = run(phase - phase[:, :1], net).displacement.astype(float)
    second = run(phase - phase[:, 7:8], net).displacement.astype(float)
    one = first[:, 20] - first[:, 33]
    other = second[:, 20] - second[:, 33]
    np.testing.assert_allclose(one, other, atol=1e-6 * np.abs(first).max())


def test_closures_of_the_series_are_zero_whatever_the_noise():
    net = network(10, (1, 2))
    phase, _ = noisy_pairs(net, 10, 0.0)
    series = run(phase, net).displacement.astype(float)
    modelled = incidence(net) @ series
    loops = {tuple(pair): row for row, pair in enumerate(net.index.tolist())}
    for i in range(net.N - 2):
        closure = modelled[loops[i, i + 1]] + modelled[loops[i + 1, i + 2]] - modelled[loops[i, i + 2]]
        np.testing.assert_allclose(closure, 0.0, atol=1e-8)


def test_coherence_weights_trust_the_coherent_pair():
    coherence = np.array([[0.9], [0.9], [0.1]], np.float32)
    weighted = run([[1.0], [2.0], [6.0]], TRIANGLE, coherence, weights="coherence", looks=20.0)
    # The closure goes to the pair without coherence: the direct sum 1 + 2 stays.
    np.testing.assert_allclose(weighted.displacement[:, 0] / METRES, [0.0, 1.0, 3.0], atol=0.05)


def test_pair_without_coherence_is_missing_when_weighted():
    coherence = np.array([[0.9], [np.nan], [0.9]], np.float32)
    assert run([[1.0], [2.0], [6.0]], TRIANGLE, coherence, weights="coherence").pairs_used[0] == 2
    assert run([[1.0], [2.0], [6.0]], TRIANGLE, coherence).pairs_used[0] == 3


# --- input ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"weights": "phase"}, "Weights"),
        ({"loss": "l3"}, "Loss"),
        ({"gaps": "fill"}, "Gaps"),
        ({"looks": 0.2}, "Looks"),
        ({"nsbas_gamma": 0.0}, "NSBAS gamma"),
        ({"min_pairs": 0}, "Minimum pairs"),
        ({"dem_degree": 0}, "Degree"),
        ({"weights": "coherence"}, "coherence for every phase"),
        ({"dem_error": True}, "height factors"),
    ],
)
def test_bad_options_are_named(options, named):
    with pytest.raises(InputError, match=named):
        run(np.zeros((3, 2)), TRIANGLE, **options)


def test_wrong_shape_is_named():
    with pytest.raises(InputError, match="3 pairs by pixels"):
        run(np.zeros((4, 2)), TRIANGLE)


def test_memory_grows_with_what_is_asked():
    net = network(60, (1, 2, 3))
    plain = memory(net, Options())
    assert plain[0] == 4 * net.M + 4 * net.N + 28
    assert memory(net, Options(weights="coherence"))[0] == plain[0] + 4 * net.M
    assert 0 < plain[1] < 256 << 20


# --- real data -------------------------------------------------------------------------------------------


def test_mexico_city_equals_an_independent_software(shared_data):
    gdal = pytest.importorskip("osgeo.gdal")
    folder = shared_data / "mexico-city"
    golden = np.load(folder / "reference" / "pyrate_plain_fullnet.npz")
    dates = [date(int(d[:4]), int(d[4:6]), int(d[6:])) for d in golden["dates"]]
    layers, index = [], []
    for name in golden["ifgs"]:
        pair = str(name)[:17]
        path = next((folder / "geotiffs").glob(f"*_{pair}_*_unw.tif"))
        layer = gdal.Open(str(path)).ReadAsArray().astype(float)
        layer[layer == 0.0] = np.nan
        layers.append(layer - np.nanmedian(layer[5:12, 5:12]))
        index.append([list(golden["dates"]).index(day) for day in pair.split("-")])
    phase = np.array(layers)
    net = Network(tuple(dates), np.array(index))
    found = invert(phase.reshape(30, -1).astype(np.float32), None, net, 0.05550415767769124, Options())

    whole = np.isfinite(phase).all(axis=0)
    series = found.displacement.reshape(13, *whole.shape)[1:, whole] * 1000
    np.testing.assert_allclose(series, golden["cum_mm"][whole].T, atol=0.001)
    velocity = found.velocity.reshape(whole.shape)[whole] * 1000
    np.testing.assert_allclose(velocity, golden["linear_rate_mm_yr"][whole], atol=0.001)
    assert velocity.min() < -200.0
