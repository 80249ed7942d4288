"""Coherence in a boxcar and over homogeneous neighbours, its bias, and effective looks."""

from __future__ import annotations

import numpy as np
import pytest
from groundline_tests import plain_filtering as plain
from scipy import ndimage
from scipy.special import gamma, gammaln

from groundline.core.errors import InputError
from groundline.core.filtering import bias
from groundline.core.filtering.coherence import boxcar_coherence, shp_coherence
from groundline.core.filtering.looks import effective_looks, independent_fraction
from groundline.core.filtering.selection import Neighbourhood, SelectionOptions, select


def speckle(rng, shape):
    """Circular Gaussian of intensity 2."""
    return rng.standard_normal(shape) + 1j * rng.standard_normal(shape)


def pair(rng, shape, coherence):
    """z, I1 and I2 of two images with a true coherence."""
    first = speckle(rng, shape)
    second = coherence * first + np.sqrt(1 - coherence**2) * speckle(rng, shape)
    z = (first * second.conj()).astype(np.complex64)
    return z, (np.abs(first) ** 2).astype(np.float32), (np.abs(second) ** 2).astype(np.float32)


def plain_coherence(z, one, two):
    there = np.isfinite(z) & np.isfinite(one) & np.isfinite(two)
    return abs(z[there].sum()) / np.sqrt(one[there].sum(dtype=float) * two[there].sum(dtype=float))


@pytest.fixture(scope="module")
def images():
    """z, I1, I2 (12, 13) with gaps, one pixel alone among them."""
    z, one, two = pair(np.random.default_rng(1), (12, 13), 0.6)
    z[4, 5] = np.nan
    two[9, 2] = np.nan
    z[0:3, 10:] = np.nan
    z[0, 12] = 1
    return z, one, two


def test_boxcar_is_the_plain_ratio_in_the_clipped_window(images):
    result = boxcar_coherence(*images, Neighbourhood(5, 3))
    for row, column in np.ndindex(result.shape):
        window = slice(max(0, row - 2), row + 3), slice(max(0, column - 1), column + 2)
        parts = [image[window] for image in images]
        if (row, column) == (0, 12) or not all(np.isfinite(image[row, column]) for image in images):
            assert np.isnan(result[row, column])
        else:
            assert result[row, column] == pytest.approx(plain_coherence(*parts), abs=1e-6)


def test_shp_coherence_is_the_plain_ratio_over_the_chosen(images):
    amplitudes = np.random.default_rng(2).rayleigh(1.0, (12, 12, 13)).astype(np.float32)
    amplitudes[:, 6, 6] *= 50
    result = shp_coherence(*images, select(amplitudes, SelectionOptions(Neighbourhood(5, 3))))
    masks = plain.neighbours(amplitudes, (5, 3), plain.ks_differs(0.05))
    known = 0
    for row, column in np.ndindex(result.shape):
        parts = [plain.neighbour_values(image, masks, row, column) for image in images]
        if np.isfinite(result[row, column]):
            known += 1
            assert result[row, column] == pytest.approx(plain_coherence(*parts), abs=1e-6)
    assert known > 130
    assert np.isnan(result[6, 6])  # alone
    assert np.isnan(result[4, 5])  # missing


def test_coherence_is_0_to_1_and_1_for_an_image_with_itself():
    z, one, _ = pair(np.random.default_rng(3), (40, 40), 1.0)
    result = boxcar_coherence(z, one, one, Neighbourhood(7, 7))
    np.testing.assert_allclose(result, 1, atol=1e-6)
    assert result.max() <= 1


@pytest.mark.parametrize("size", [1, 16])
def test_the_bytes_do_not_depend_on_the_block(size):
    rng = np.random.default_rng(4)
    z, one, two = pair(rng, (48, 300), 0.4)
    z[20, 7] = np.nan
    amplitudes = rng.rayleigh(1.0, (8, 48, 300)).astype(np.float32)
    window = Neighbourhood(9, 5)
    options = SelectionOptions(window)
    boxcar = boxcar_coherence(z, one, two, window)
    adaptive = shp_coherence(z, one, two, select(amplitudes, options))
    for start in range(0, 48, size)[:: 1 if size > 1 else 6]:
        block = slice(max(0, start - window.halo), start + size + window.halo)
        images = z[block], one[block], two[block]
        own = slice(start - block.start, start - block.start + size)
        here = slice(start, start + size)
        assert boxcar_coherence(*images, window)[own].tobytes() == boxcar[here].tobytes()
        chosen = select(amplitudes[:, block], options)
        assert shp_coherence(*images, chosen)[own].tobytes() == adaptive[here].tobytes()


def test_grids_that_differ_are_refused(images):
    z, one, two = images
    amplitudes = np.ones((8, 12, 12), np.float32)
    with pytest.raises(InputError, match="grid of the amplitudes"):
        shp_coherence(z, one, two, select(amplitudes, SelectionOptions(Neighbourhood(3, 3))))
    with pytest.raises(InputError, match="Second intensity: '12 x 12'"):
        boxcar_coherence(z, one, two[:, 1:], Neighbourhood(3, 3))


@pytest.mark.parametrize("looks", [1.5, 2.0, 10.0, 247.0])
def test_expected_sample_coherence_without_coherence_has_a_closed_form(looks):
    expected = gamma(1.5) * np.exp(gammaln(looks) - gammaln(looks + 0.5))
    assert bias.expected_coherence(np.array(0.0), looks) == pytest.approx(expected, rel=1e-9)
    assert bias.expected_coherence(np.array(1.0), looks) == 1.0


@pytest.mark.parametrize("coherence", [0.2, 0.5, 0.9, 0.98])
@pytest.mark.parametrize("looks", [2, 8])
def test_expected_sample_coherence_is_what_simulation_gives(coherence, looks):
    z, one, two = pair(np.random.default_rng(looks), (100000, looks), coherence)
    sample = np.abs(z.sum(axis=1)) / np.sqrt(one.sum(axis=1) * two.sum(axis=1))
    expected = bias.expected_coherence(np.array(coherence), looks)
    assert expected == pytest.approx(sample.mean(), abs=4 * sample.std() / np.sqrt(100000) + 1e-4)


def test_unbiased_undoes_the_bias_and_keeps_gaps():
    truth = np.linspace(0.05, 0.999, 40)
    for looks in (3.0, 20.0, 200.0):
        sample = bias.expected_coherence(truth, looks)
        np.testing.assert_allclose(bias.unbiased(sample, looks), truth, atol=0.01)
    looks = np.array([20.0, 1.0, 20.0, 20.0])
    result = bias.unbiased(np.array([0.05, 0.5, np.nan, 1.0]), looks)
    np.testing.assert_array_equal(result, np.array([0, np.nan, np.nan, 1], np.float32))


def test_noise_of_a_boxcar_has_the_stated_mean_and_loses_it():
    z, one, two = pair(np.random.default_rng(5), (150, 150), 0.0)
    sample = boxcar_coherence(z, one, two, Neighbourhood(5, 5))[2:-2, 2:-2]
    assert sample.mean() == pytest.approx(np.sqrt(np.pi / (4 * 25)), rel=0.03)
    assert np.median(bias.unbiased(sample, 25.0)) < 0.02


def test_independent_fraction_sees_the_oversampling_and_not_the_scene():
    """Speckle smoothed with (1, 2, 1) along rows has r = 2/3, 1/6; texture and daily gains are the scene's."""
    rng = np.random.default_rng(6)
    white = speckle(rng, (12, 100, 120))
    texture = 1 + np.arange(120) // 40
    gains = rng.uniform(0.5, 2, (12, 1, 1))
    assert independent_fraction((np.abs(white) * texture).astype(np.float32)) == pytest.approx(1, abs=0.05)
    smooth = ndimage.convolve1d(white, [1, 2, 1], axis=2)
    amplitudes = (np.abs(smooth) * texture * gains).astype(np.float32)
    amplitudes[3, 10:20, 10:20] = np.nan
    expected = 1 / (1 + 2 * ((2 / 3) ** 2 + (1 / 6) ** 2))
    assert independent_fraction(amplitudes) == pytest.approx(expected, rel=0.05)


def test_independent_fraction_needs_dates_and_room():
    with pytest.raises(InputError, match="two dates"):
        independent_fraction(np.ones((1, 50, 50), np.float32))
    assert independent_fraction(np.ones((3, 50, 50), np.float32)) == 1.0


def test_effective_looks_count_independent_samples_of_averaged_pixels_only():
    count = np.array([0, 18, 19, 246], np.uint16)
    np.testing.assert_allclose(effective_looks(count, fraction=0.5, looks=4.0), [4, 4, 40, 494])
    np.testing.assert_allclose(effective_looks(count, minimum=0, fraction=0.01), [1, 1, 1, 2.47], rtol=1e-6)
