"""Homogeneous neighbours: equal to the plain choice, right on known textures, the same in any block."""

from __future__ import annotations

import numpy as np
import pytest
from groundline_tests import plain_filtering as plain

from groundline.core.errors import InputError
from groundline.core.filtering import selection as module
from groundline.core.filtering.selection import Neighbourhood, SelectionOptions, select


def speckle(seed, shape, level=1.0):
    return (np.random.default_rng(seed).rayleigh(1.0, shape) * level).astype(np.float32)


def two_textures(seed, dates, decibels):
    """60 x 60 pixels, the right half stronger, with the side (rows, cols) of each pixel."""
    side = np.broadcast_to(np.arange(60) >= 30, (60, 60))
    return speckle(seed, (dates, 60, 60), np.where(side, 10 ** (decibels / 20), 1.0)), side


@pytest.mark.parametrize("connected", [False, True])
@pytest.mark.parametrize(
    ("test", "dates", "differs"),
    [("ks", 12, plain.ks_differs(0.05)), ("glr", 4, plain.glr_differs(0.05, looks=2.0))],
)
def test_the_plain_choice_pixel_by_pixel(test, dates, differs, connected):
    amplitudes = speckle(1, (dates, 11, 9), np.where(np.indices((11, 9))[1] > 4, 1.8, 1.0))
    amplitudes[3, 2, 3] = np.nan
    amplitudes[0, 7, 8] = 0.0
    amplitudes[1, 0, 0] = np.inf
    options = SelectionOptions(Neighbourhood(5, 7), test=test, connected=connected, looks=2.0)
    chosen = select(amplitudes, options)
    expected = plain.neighbours(amplitudes, (5, 7), differs, connected)
    for (row, column), mask in expected.items():
        np.testing.assert_array_equal(chosen.mask(row, column), mask)
        assert chosen.count[row, column] == max(0, mask.sum() - 1)
    assert np.argwhere(~chosen.tested).tolist() == [[0, 0], [2, 3], [7, 8]]


def test_windows_are_clipped_at_the_edges_even_in_an_image_smaller_than_the_window():
    amplitudes = np.tile(speckle(2, (10, 1, 1)), (1, 4, 5))
    chosen = select(amplitudes, SelectionOptions(Neighbourhood(19, 13)))
    np.testing.assert_array_equal(chosen.count, np.full((4, 5), 19))
    chosen = select(amplitudes, SelectionOptions(Neighbourhood(3, 3)))
    np.testing.assert_array_equal(
        chosen.count, [[3, 5, 5, 5, 3], [5, 8, 8, 8, 5], [5, 8, 8, 8, 5], [3, 5, 5, 5, 3]]
    )


@pytest.mark.parametrize(("dates", "decibels"), [(30, 6.0), (61, 4.0)])
def test_two_textures_are_kept_apart_and_chosen_whole(dates, decibels):
    amplitudes, side = two_textures(3, dates, decibels)
    chosen = select(amplitudes, SelectionOptions())
    right = same = wrong = 0
    for row in range(9, 51):
        for column in range(24, 36):  # the window reaches over the border
            mask = chosen.mask(row, column)
            mask[9, 6] = False
            alike = side[row - 9 : row + 10, column - 6 : column + 7] == side[row, column]
            right += int((mask & alike).sum())
            wrong += int((mask & ~alike).sum())
            same += int(alike.sum()) - 1
    purity, completeness = right / (right + wrong), right / same
    assert purity >= 0.95, purity
    assert completeness >= 0.90, completeness


def test_connected_keeps_a_neighbour_only_with_a_way_to_it():
    """A bright wall one pixel wide cuts the left from the right, and a gap in it opens a way."""
    value = np.sort(speckle(4, (20, 1, 1)), axis=0)
    amplitudes = np.tile(value, (1, 7, 7))
    amplitudes[:, :, 3] *= 100
    options = SelectionOptions(Neighbourhood(7, 7), connected=True)
    assert select(amplitudes, options).count[3, 1] == 20
    amplitudes[:, 3, 3] /= 100
    assert select(amplitudes, options).count[3, 1] == 28  # columns 0, 1, 2 and 4, the gap, not itself


@pytest.mark.parametrize(
    "options",
    [SelectionOptions(), SelectionOptions(connected=True), SelectionOptions(test="glr")],
    ids=["ks", "connected", "glr"],
)
@pytest.mark.parametrize("size", [1, 7, 64])
def test_a_block_with_its_halo_chooses_what_the_image_chooses(options, size):
    amplitudes, _ = two_textures(6, 12, 6.0)
    amplitudes[2, 20:24, 7] = np.nan
    whole = select(amplitudes, options)
    halo = options.neighbourhood.halo
    for start in range(0, 60, size):
        first, last = max(0, start - halo), min(60, start + size + halo)
        block = select(amplitudes[:, first:last], options)
        inside = slice(start - first, start - first + size)
        np.testing.assert_array_equal(block.count[inside], whole.count[start : start + size])
        np.testing.assert_array_equal(block.mask(start - first, 31)[:, ::2], whole.mask(start, 31)[:, ::2])


def test_the_length_of_a_call_and_the_threads_change_nothing(monkeypatch):
    amplitudes, _ = two_textures(7, 15, 3.0)
    once = select(amplitudes, SelectionOptions(), threads=1)
    monkeypatch.setattr(module, "SEGMENT", 104)
    for threads in (1, 2, 5):
        np.testing.assert_array_equal(select(amplitudes, SelectionOptions(), threads).bits, once.bits)


def test_the_order_of_dates_and_a_common_factor_change_nothing():
    amplitudes, _ = two_textures(8, 15, 3.0)
    once = select(amplitudes, SelectionOptions())
    again = select(amplitudes[::-1] * np.float32(0.25), SelectionOptions())
    np.testing.assert_array_equal(again.bits, once.bits)


def test_the_amplitudes_stay_as_they_are():
    amplitudes, _ = two_textures(9, 9, 3.0)
    before = amplitudes.copy()
    select(amplitudes, SelectionOptions(Neighbourhood(3, 3)))
    np.testing.assert_array_equal(amplitudes, before)


@pytest.mark.parametrize(
    ("options", "field"),
    [
        (SelectionOptions(Neighbourhood(18, 13)), "Window rows"),
        (SelectionOptions(Neighbourhood(19, 0)), "Window columns"),
        (SelectionOptions(Neighbourhood(1, 101)), "Window columns"),
        (SelectionOptions(Neighbourhood(1, 1)), "Window"),
        (SelectionOptions(alpha=0.0), "Alpha"),
        (SelectionOptions(alpha=1.0), "Alpha"),
        (SelectionOptions(alpha=float("nan")), "Alpha"),
        (SelectionOptions(test="anderson"), "Test"),
        (SelectionOptions(looks=0.5), "Looks"),
    ],
)
def test_options_out_of_range_name_themselves(options, field):
    with pytest.raises(InputError) as error:
        select(speckle(1, (10, 20, 20)), options)
    assert error.value.field == field


def test_too_few_dates_say_what_is_possible_instead():
    with pytest.raises(InputError, match=r"at least 8 .* likelihood-ratio test \(glr\), which works from 2"):
        select(speckle(1, (7, 20, 20)), SelectionOptions())
    with pytest.raises(InputError, match="at least 2 .* Add dates"):
        select(speckle(1, (1, 20, 20)), SelectionOptions(test="glr"))
    with pytest.raises(InputError, match="a level that 8 dates can reach"):
        select(speckle(1, (8, 20, 20)), SelectionOptions(alpha=1e-5))


def test_a_window_larger_than_the_image_is_refused_before_the_work():
    SelectionOptions().validate_for(8, 19, 13)
    with pytest.raises(InputError, match="at most the image, 19 x 12"):
        SelectionOptions().validate_for(8, 19, 12)
    with pytest.raises(InputError, match="at least 8"):
        SelectionOptions().validate_for(7, 19, 13)


def test_the_memory_estimate_covers_the_peak():
    import tracemalloc

    amplitudes = speckle(1, (30, 200, 300))
    for options in (SelectionOptions(), SelectionOptions(connected=True)):
        tracemalloc.start()
        select(amplitudes, options)
        peak = tracemalloc.get_traced_memory()[1] + amplitudes.nbytes
        tracemalloc.stop()
        promised = module.bytes_per_pixel(30, options.neighbourhood) * amplitudes[0].size
        assert 0.5 * promised < peak - 8 * 2**20 < promised  # calls of fixed length take some MiB
