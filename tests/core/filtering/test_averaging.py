"""Adaptive averages: equal to the plain mean, careful with single scatterers and with gaps."""

from __future__ import annotations

import numpy as np
import pytest
from groundline_tests import plain_filtering as plain

from groundline.core.errors import InputError
from groundline.core.filtering.averaging import average, average_and_coherence
from groundline.core.filtering.coherence import shp_coherence
from groundline.core.filtering.selection import Neighbourhood, SelectionOptions, select

WINDOW = Neighbourhood(5, 7)


def speckle(rng, shape):
    return (rng.standard_normal(shape) + 1j * rng.standard_normal(shape)).astype(np.complex64)


@pytest.fixture(scope="module")
def scene():
    """Amplitudes (12, 14, 17) of two textures and one interferogram with two missing values."""
    rng = np.random.default_rng(1)
    amplitudes = rng.rayleigh(np.where(np.arange(17) > 8, 2.0, 1.0), (12, 14, 17)).astype(np.float32)
    amplitudes[5, 3, 3] = np.nan
    z = speckle(rng, (14, 17))
    z[6, 6] = np.nan
    z[7, 2] = complex(1.0, np.inf)
    return amplitudes, z


@pytest.mark.parametrize("missing", [False, True])
@pytest.mark.parametrize("minimum", [0, 10])
def test_the_plain_mean_of_the_chosen_pixels(scene, minimum, missing):
    amplitudes, z = scene
    if not missing:
        z = np.where(np.isfinite(z), z, 1)
    masks = plain.neighbours(amplitudes, (5, 7), plain.ks_differs(0.05))
    result = average(z, select(amplitudes, SelectionOptions(WINDOW)), minimum)
    averaged = 0
    for row, column in np.ndindex(z.shape):
        values = plain.neighbour_values(z, masks, row, column)
        values = values[np.isfinite(values)]
        if not np.isfinite(z[row, column]) or len(values) - 1 <= minimum:
            assert result[row, column : column + 1].tobytes() == z[row, column : column + 1].tobytes()
        else:
            averaged += 1
            assert result[row, column] == pytest.approx(values.astype(complex).mean(), abs=3e-7)
    assert averaged > 100
    assert result.dtype == np.complex64


def test_a_point_scatterer_survives_bit_for_bit_and_does_not_spread():
    rng = np.random.default_rng(2)
    amplitudes = rng.rayleigh(1.0, (30, 40, 40)).astype(np.float32)
    amplitudes[:, 20, 20] = 25 + rng.normal(0, 1, 30)
    z = speckle(rng, (40, 40))
    z[20, 20] = 600 * np.exp(2j)
    selection = select(amplitudes, SelectionOptions())
    result = average(z, selection)
    assert selection.count[20, 20] == 0
    assert result[20, 20].tobytes() == z[20, 20].tobytes()
    around = np.delete(result[14:27, 14:27].ravel(), 6 * 13 + 6)
    assert np.abs(around).max() < 0.6  # 600 / 247 alone would be more than 2


def test_phase_noise_falls_as_the_square_root_of_the_looks():
    rng = np.random.default_rng(3)
    amplitudes = rng.rayleigh(1.0, (30, 60, 60)).astype(np.float32)
    common = speckle(rng, (60, 60))
    first, second = (np.sqrt(0.5) * (common + speckle(rng, (60, 60))) for _ in range(2))
    selection = select(amplitudes, SelectionOptions())
    result = average((first * second.conj()).astype(np.complex64), selection)[9:-9, 6:-6]
    looks = float(selection.count[9:-9, 6:-6].mean()) + 1
    expected = np.sqrt((1 - 0.25) / 0.25 / (2 * looks))  # coherence 0.5; Rodriguez and Martin 1992
    assert np.angle(result).std() == pytest.approx(expected, rel=0.15)


@pytest.mark.parametrize("size", [3, 20])
def test_the_bytes_do_not_depend_on_the_block(size):
    """Images longer than one call, gaps in some blocks only."""
    rng = np.random.default_rng(4)
    amplitudes = rng.rayleigh(1.0, (9, 131, 121)).astype(np.float32)
    z = speckle(rng, (131, 121))
    z[100:104, 50] = np.nan
    options = SelectionOptions()
    whole = average(z, select(amplitudes, options))
    halo = options.neighbourhood.halo
    for start in range(0, 131, size)[:: 1 if size > 3 else 8]:
        first, last = max(0, start - halo), start + size + halo
        block = average(z[first:last], select(amplitudes[:, first:last], options))
        own = block[start - first : start - first + size]
        assert own.tobytes() == whole[start : start + size].tobytes()


@pytest.mark.parametrize("missing", [False, True])
def test_average_and_coherence_of_one_pass_are_those_of_two(scene, missing):
    amplitudes, z = scene
    if not missing:
        z = np.where(np.isfinite(z), z, 1)
    one, two = np.square(amplitudes[0]), np.square(amplitudes[1])
    selection = select(amplitudes, SelectionOptions(WINDOW))
    mean, coherence = average_and_coherence(z, one, two, selection, 10)
    assert mean.tobytes() == average(z, selection, 10).tobytes()
    np.testing.assert_array_equal(coherence, shp_coherence(z, one, two, selection))
    with pytest.raises(InputError, match="Minimum count"):
        average_and_coherence(z, one, two, selection, -1)


def test_grids_that_differ_phases_and_a_negative_minimum_are_refused(scene):
    amplitudes, z = scene
    selection = select(amplitudes, SelectionOptions(WINDOW))
    with pytest.raises(InputError, match=r"Interferogram: '14 x 16' .* 14 x 17 .* grid of the amplitudes"):
        average(z[:, :-1], selection)
    with pytest.raises(InputError, match=r"complex values. Phases in radians become exp\(i phase\)"):
        average(np.angle(z), selection)
    with pytest.raises(InputError, match="Minimum count"):
        average(z, selection, minimum=-1)
