"""Resampling of TOPS bursts: weights, exactness for points, agreement with the plain sum, edges."""

from __future__ import annotations

import numpy as np
import pytest
from groundline_tests.bursts import burst, point

from groundline.core.sentinel1.carrier import Carrier, deramp
from groundline.core.sentinel1.resample import TILE_ROWS, Secondary, resample
from groundline.core.sentinel1.resample_kernel import LONG, SHORT, Kernel, Sinc, kernel_of, weights

SPEED = 7590.0


def grid(shape: tuple[int, int], down: float = 0.0, along: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Positions of a grid's pixels moved by offsets."""
    rows, columns = np.indices(shape, np.float64)
    return rows + down, columns + along


def noise(shape: tuple[int, int]) -> np.ndarray:
    rng = np.random.default_rng(5)
    return (rng.standard_normal(shape) + 1j * rng.standard_normal(shape)).astype(np.complex64)


def plain(
    image: np.ndarray, carrier: Carrier, lines: np.ndarray, samples: np.ndarray, kernel: Kernel
) -> np.ndarray:
    """The same sum pixel by pixel in double precision, with exact weights and positions."""
    flat = deramp(image, carrier).astype(np.complex128)

    def row(sinc: Sinc, position: float) -> tuple[np.ndarray, np.ndarray]:
        places = int(np.floor(position)) - sinc.taps // 2 + 1 + np.arange(sinc.taps)
        distance = position - places
        value = np.sinc(distance) * np.i0(
            sinc.beta * np.sqrt(np.clip(1 - (2 * distance / sinc.taps) ** 2, 0, None))
        )
        return places, value / value.sum()

    out = np.empty(lines.shape, complex)
    for index in np.ndindex(*lines.shape):
        rows, down = row(kernel.azimuth, lines[index])
        columns, along = row(kernel.range, samples[index])
        out[index] = down @ flat[np.ix_(rows, columns)] @ along
    return out * np.exp(2j * np.pi * carrier.cycles(lines, samples))


def relative(values: np.ndarray, truth: np.ndarray) -> float:
    """RMS of the difference over the RMS of the truth."""
    return float(np.sqrt(np.mean(np.abs(values - truth) ** 2) / np.mean(np.abs(truth) ** 2)))


@pytest.mark.parametrize("span", [0, 2])
@pytest.mark.parametrize("sinc", [SHORT, LONG])
def test_weights_sum_to_one_and_keep_the_samples(sinc: Sinc, span: int) -> None:
    table = weights(sinc, span)
    np.testing.assert_allclose(table.sum(axis=0), 1.0, atol=1e-6)
    for whole in range(span + 2):
        column = np.zeros(sinc.taps + span)
        column[sinc.before + whole] = 1.0
        np.testing.assert_allclose(table[:, whole * 1024], column, atol=1e-7)


def test_iw1_takes_sixteen_taps_along_range() -> None:
    assert (kernel_of("IW1").range.taps, kernel_of("IW1").azimuth.taps) == (16, 8)
    assert [(kernel_of(s).range.taps, kernel_of(s).azimuth.taps) for s in ("IW2", "IW3")] == [(8, 8), (8, 8)]


def test_no_shift_returns_the_burst() -> None:
    carrier = Carrier(burst(150, 700, "IW1"), SPEED)
    image = noise((150, 700))
    same = resample(Secondary(image, (0, 0), carrier), *grid(image.shape))
    inner = (slice(4, -5), slice(8, -9))
    assert np.abs(np.angle(same[inner] * image[inner].conj())).max() < 1e-4
    np.testing.assert_allclose(np.abs(same[inner]), np.abs(image[inner]), rtol=1e-4)


@pytest.mark.parametrize("swath", ["IW1", "IW2", "IW3"])
@pytest.mark.parametrize(("down", "along"), [(1.0, 0.0), (0.37, 0.0), (0.37, 0.42), (-2.81, 1.5)])
def test_points_moved_equal_the_analytic_answer(swath: str, down: float, along: float) -> None:
    """Chirped targets early, in the middle and late in the burst, in the band of the swath: 0.03 rad rms."""
    one = burst(1500, 64, swath)
    carrier = Carrier(one, SPEED)
    lines, samples = grid((1500, 64))
    places = [(60.3, 30.0), (700.0, 31.6), (1440.7, 33.2)]
    image = sum(point(one, SPEED, place, lines, samples) for place in places)
    truth = sum(point(one, SPEED, place, lines + down, samples + along) for place in places)
    moved = resample(Secondary(image.astype(np.complex64), (0, 0), carrier), lines + down, samples + along)
    bright = (np.abs(truth) > 0.05) & np.isfinite(moved)
    assert bright.sum() > 20
    error = np.angle(moved[bright] * truth[bright].conj())
    assert np.sqrt(np.mean(error**2)) < 0.03
    assert relative(moved[bright], truth[bright]) < 0.02


def test_without_the_carrier_the_answer_would_be_wrong() -> None:
    """The same points interpolated as they are: the test above sees a carrier that is left in."""
    one = burst(1500, 64)
    still = Carrier(burst(1500, 64, doppler=0.0), 0.0)
    lines, samples = grid((1500, 64))
    image = point(one, SPEED, (60.3, 30.0), lines, samples).astype(np.complex64)
    truth = point(one, SPEED, (60.3, 30.0), lines + 0.37, samples)
    moved = resample(Secondary(image, (0, 0), still), lines + 0.37, samples)
    bright = (np.abs(truth) > 0.05) & np.isfinite(moved)
    assert np.sqrt(np.mean(np.angle(moved[bright] * truth[bright].conj()) ** 2)) > 0.3


@pytest.mark.parametrize("swath", ["IW1", "IW2"])
def test_tiles_equal_the_plain_sum(swath: str) -> None:
    """Offsets that vary along both axes, through whole samples, over a border of tiles, in a window of the burst."""
    one = burst(400, 900, swath)
    carrier = Carrier(one, SPEED)
    white = np.fft.fft2(noise((160, 620)))
    keep = [np.abs(np.fft.fftfreq(count)) < share for count, share in zip((160, 620), (0.33, 0.36))]
    smooth = np.fft.ifft2(white * keep[0][:, None] * keep[1]).astype(np.complex64)
    cycles = carrier.cycles(np.arange(40, 200)[:, None], np.arange(200, 820))
    image = (smooth * np.exp(2j * np.pi * cycles)).astype(np.complex64)
    rows, columns = np.indices((100, 560), np.float64)
    lines = rows + 60.2 + 0.4 * columns / 560
    samples = columns + 220.7 + 0.9 * columns / 560 + 0.03 * np.sin(rows / 9.0) * np.cos(columns / 20.0)
    moved = resample(Secondary(image, (40, 200), carrier), lines, samples)
    pick = (slice(3, None, 12), slice(2, None, 23))
    local = _at(carrier, image, (40, 200), lines[pick], samples[pick])
    assert relative(moved[pick], local) < 2e-3


def _at(
    carrier: Carrier, image: np.ndarray, origin: tuple[int, int], lines: np.ndarray, samples: np.ndarray
) -> np.ndarray:
    """The plain sum from a whole burst that is 0 outside the window."""
    whole = np.zeros((carrier.burst.lines, carrier.burst.samples), np.complex64)
    whole[origin[0] : origin[0] + image.shape[0], origin[1] : origin[1] + image.shape[1]] = image
    return plain(whole, carrier, lines, samples, kernel_of(carrier.burst.swath))


def test_missing_where_the_kernel_leaves_the_image() -> None:
    carrier = Carrier(burst(60, 80), SPEED)
    image = noise((40, 50))
    lines, samples = grid((60, 80), 0.5, 0.5)
    lines[20, 30] = np.nan
    moved = resample(Secondary(image, (10, 20), carrier), lines, samples)
    expected = np.zeros((60, 80), bool)
    expected[13:45, 23:65] = True  # line 13.5 uses 10 to 17, line 45.5 would use 42 to 49, which is the last
    expected[45, 23:66] = expected[13:46, 65] = True
    expected[20, 30] = False
    np.testing.assert_array_equal(np.isfinite(moved), expected)


def test_nothing_in_reach_is_all_missing() -> None:
    carrier = Carrier(burst(60, 80), SPEED)
    moved = resample(Secondary(noise((20, 20)), (0, 0), carrier), *grid((30, 30), 500.0))
    assert np.isnan(moved).all()


def test_missing_neighbours_do_not_change_a_value() -> None:
    carrier = Carrier(burst(100, 100), SPEED)
    secondary = Secondary(noise((100, 100)), (0, 0), carrier)
    lines, samples = grid((60, 60), 10.3, 12.4)
    whole = resample(secondary, lines, samples)
    lines[::2] = np.nan
    np.testing.assert_allclose(resample(secondary, lines, samples)[1::2], whole[1::2], atol=1e-6)


def test_a_position_far_off_its_neighbours_is_missing_and_harms_none() -> None:
    carrier = Carrier(burst(100, 400), SPEED)
    secondary = Secondary(noise((100, 400)), (0, 0), carrier)
    lines, samples = grid((60, 300), 10.3, 12.4)
    whole = resample(secondary, lines, samples)
    samples[20, 30] += 70.0
    whole[20, 30] = np.nan
    np.testing.assert_allclose(resample(secondary, lines, samples), whole, atol=1e-6)


def test_row_blocks_of_whole_tiles_give_the_same_bytes() -> None:
    carrier = Carrier(burst(300, 90), SPEED)
    secondary = Secondary(noise((300, 90)), (0, 0), carrier)
    lines, samples = grid((200, 60), 20.3, 12.4)
    samples += 0.2 * np.sin(lines / 30.0)
    whole = resample(secondary, lines, samples)
    blocks = [slice(row, row + TILE_ROWS) for row in range(0, 200, TILE_ROWS)]
    parts = [resample(secondary, lines[rows], samples[rows]) for rows in blocks]
    assert np.concatenate(parts).tobytes() == whole.tobytes()


def test_positions_of_differing_shape_are_refused() -> None:
    secondary = Secondary(noise((20, 20)), (0, 0), Carrier(burst(60, 80), SPEED))
    with pytest.raises(ValueError, match="one shape"):
        resample(secondary, np.zeros((3, 3)), np.zeros((3, 4)))
