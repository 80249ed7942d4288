"""The Goldstein filter: what it must leave alone, what it must take away, and that blocks do not show."""

from __future__ import annotations

import numpy as np
import pytest

from groundline.core.errors import InputError
from groundline.core.filtering.goldstein import GoldsteinOptions, goldstein, unit_phasor

SHAPE = (90, 110)


def fringes(noise: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """True phase [rad] and a complex64 interferogram with complex noise of that standard deviation."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]]
    truth = 0.25 * x + 2.0 * np.sin(y / 20.0)
    error = rng.standard_normal(SHAPE) + 1j * rng.standard_normal(SHAPE)
    return truth, (np.exp(1j * truth) + noise / np.sqrt(2) * error).astype(np.complex64)


def deviation(interferogram: np.ndarray, truth: np.ndarray) -> float:
    """Root mean square of the wrapped difference [rad]."""
    return float(np.sqrt(np.nanmean(np.angle(interferogram * np.exp(-1j * truth)) ** 2)))


def plain(data: np.ndarray, options: GoldsteinOptions) -> np.ndarray:
    """Patch by patch in double precision, as the equation is written."""
    size, step = options.window, options.step
    rows, cols = data.shape
    out, weights = np.zeros((2, rows, cols), complex)
    ramp = np.minimum(np.arange(size), np.arange(size)[::-1]) + 0.5
    for top in range(step - size, rows, step):
        for left in range(step - size, cols, step):
            patch = np.zeros((size, size), complex)
            ys, xs = np.arange(top, top + size), np.arange(left, left + size)
            inside = np.ix_((ys >= 0) & (ys < rows), (xs >= 0) & (xs < cols))
            place = np.ix_(ys[(ys >= 0) & (ys < rows)], xs[(xs >= 0) & (xs < cols)])
            patch[inside] = data[place]
            spectrum = np.fft.fft2(patch)
            magnitude = np.abs(spectrum)
            relative = magnitude / (np.sqrt(np.mean(magnitude**2)) or 1.0)
            half = options.smoothing // 2
            shifts = range(-half, half + 1)
            smooth = sum(np.roll(relative, (dy, dx), (0, 1)) for dy in shifts for dx in shifts)
            shaped = np.fft.ifft2(spectrum * (smooth / options.smoothing**2) ** options.alpha)
            out[place] += (np.outer(ramp, ramp) * shaped)[inside]
            weights[place] += np.outer(ramp, ramp)[inside]
    return out / weights


@pytest.mark.parametrize(
    "options",
    [
        GoldsteinOptions(0.6, 16, 0.5),
        GoldsteinOptions(0.9, 32, 0.75, smoothing=3),
        GoldsteinOptions(0.4, 16, 0.875, smoothing=5),
    ],
)
def test_fast_equals_plain(options: GoldsteinOptions) -> None:
    _, data = fringes(0.8)
    np.testing.assert_allclose(goldstein(data, options), plain(data, options), atol=2e-5)


@pytest.mark.parametrize("overlap", [0.5, 0.75, 0.875])
def test_alpha_0_is_the_identity(overlap: float) -> None:
    _, data = fringes(0.8)
    phase = np.angle(data)
    options = GoldsteinOptions(0.0, 32, overlap)
    np.testing.assert_allclose(goldstein(data, options), data, atol=1e-5)
    difference = np.angle(np.exp(1j * (goldstein(phase, options) - phase)))
    np.testing.assert_allclose(difference, 0.0, atol=1e-5)


def test_noise_falls_as_alpha_grows_and_fringes_stay() -> None:
    truth, data = fringes(0.9)
    left = [deviation(goldstein(data, GoldsteinOptions(alpha)), truth) for alpha in (0.0, 0.3, 0.6, 1.0)]
    assert left == sorted(left, reverse=True)
    assert left[0] > 0.75 and left[2] < 0.3
    clean = np.exp(1j * truth).astype(np.complex64)
    assert deviation(goldstein(clean, GoldsteinOptions(0.8)), truth) < 0.12


def test_phase_in_phase_out_as_with_unit_magnitudes() -> None:
    _, data = fringes(0.7)
    phase = np.angle(data).astype(np.float32)
    filtered = goldstein(phase)
    assert filtered.dtype == np.float32
    expected = goldstein(unit_phasor(phase))
    assert expected.dtype == np.complex64
    np.testing.assert_allclose(np.angle(np.exp(1j * (filtered - np.angle(expected)))), 0.0, atol=1e-6)


def test_no_unit_is_known() -> None:
    _, data = fringes(0.5)
    np.testing.assert_allclose(goldstein(1000 * data), 1000 * goldstein(data), rtol=1e-4, atol=0.05)


def test_missing_values_stay_missing_and_spoil_nothing() -> None:
    truth, data = fringes(0.6)
    holes = data.copy()
    holes[20:40, 30:70] = np.nan
    holes[60:70, :] = 0
    filtered = goldstein(holes)
    gone = ~np.isfinite(holes) | (holes == 0)
    np.testing.assert_array_equal(np.isnan(filtered), gone)
    assert deviation(filtered, truth) < 1.15 * deviation(goldstein(data), truth)
    far = np.zeros(SHAPE, bool)
    far[:, 102:] = True  # no patch of 32 that covers these reaches the first hole
    far[28:] = False
    np.testing.assert_array_equal(filtered[far], goldstein(data)[far])
    assert np.isnan(goldstein(np.full(SHAPE, np.nan, np.float32))).all()


def test_borders_have_no_more_than_their_share_of_noise() -> None:
    truth, data = fringes(0.6)
    error = np.angle(goldstein(data) * np.exp(-1j * truth))
    rim = np.ones(SHAPE, bool)
    rim[4:-4, 4:-4] = False
    assert np.sqrt(np.mean(error[rim] ** 2)) < 2.0 * np.sqrt(np.mean(error[~rim] ** 2))


def test_alpha_from_coherence() -> None:
    """Full coherence leaves the phase alone, none filters with alpha 1, and a patch takes the mean of what is known."""
    _, data = fringes(0.8)
    options = GoldsteinOptions(None)

    def with_coherence(value: float) -> np.ndarray:
        return goldstein(data, options, np.full(SHAPE, value, np.float32))

    np.testing.assert_allclose(with_coherence(1.0), data, atol=1e-5)
    np.testing.assert_allclose(with_coherence(0.0), goldstein(data, GoldsteinOptions(1.0)), atol=2e-5)
    np.testing.assert_allclose(with_coherence(0.3), goldstein(data, GoldsteinOptions(0.7)), atol=2e-5)
    np.testing.assert_allclose(with_coherence(np.nan), data, atol=1e-5)
    mixed = np.full(SHAPE, 0.2, np.float32)
    mixed[::2] = 0.6
    mixed[:, ::2] = np.nan
    inner = (slice(32, 58), slice(32, 78))
    np.testing.assert_allclose(
        goldstein(data, options, mixed)[inner], goldstein(data, GoldsteinOptions(0.6))[inner], atol=2e-5
    )


@pytest.mark.parametrize(
    "options",
    [GoldsteinOptions(0.5), GoldsteinOptions(None, 16, 0.75, 3)],
)
@pytest.mark.parametrize("rows", [5, 32])
def test_blocks_do_not_show(options: GoldsteinOptions, rows: int) -> None:
    _, data = fringes(0.9)
    coherence = np.random.default_rng(2).uniform(0, 1, SHAPE).astype(np.float32)
    coherence[10:30, 40:80] = np.nan
    whole = goldstein(data, options, coherence)
    for first in range(0, SHAPE[0], rows):
        last = min(first + rows, SHAPE[0])
        above, below = max(0, first - options.halo), min(SHAPE[0], last + options.halo)
        part = goldstein(data[above:below], options, coherence[above:below], first_row=above)
        assert part[first - above : last - above].tobytes() == whole[first:last].tobytes()


@pytest.mark.parametrize(
    ("options", "field"),
    [
        (GoldsteinOptions(1.2), "ALPHA"),
        (GoldsteinOptions(-0.1), "ALPHA"),
        (GoldsteinOptions(float("nan")), "ALPHA"),
        (GoldsteinOptions(window=20), "WINDOW"),
        (GoldsteinOptions(overlap=0.6), "OVERLAP"),
        (GoldsteinOptions(smoothing=2), "SMOOTHING"),
        (GoldsteinOptions(window=8, smoothing=9), "SMOOTHING"),
    ],
)
def test_bad_options_are_named(options: GoldsteinOptions, field: str) -> None:
    with pytest.raises(InputError, match=field):
        options.validate()


def test_the_window_must_fit_the_image() -> None:
    with pytest.raises(InputError, match="at most the image's smaller side \\(20 pixels\\)"):
        GoldsteinOptions(window=32).validate_for(20, 500)
    GoldsteinOptions(window=16).validate_for(16, 16)
