"""Spectral diversity: shifts in the Doppler differences of all three swaths, ambiguity, water, steps, noise."""

from __future__ import annotations

import math

import numpy as np
import pytest

from groundline.core.sentinel1.esd import LOOKS, Looks, OverlapPhases, estimate_shift, overlap_phases

LINE_RATE = 486.486  # lines per second
SWATHS = {"IW1": (4660.0, 4900.0), "IW2": (3910.0, 4110.0), "IW3": (4110.0, 4320.0)}  # Hz, near to far range
SMALL = (20, 112)  # with LOOKS: 35 cells, 2240 pixels, of which about 2000 are coherent
LARGE = (80, 3200)


def circular(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    return (rng.standard_normal(shape) + 1j * rng.standard_normal(shape)) / math.sqrt(2.0)


def overlap(
    shift: float,
    swath: str = "IW2",
    coherence: float = 0.6,
    shape: tuple[int, int] = SMALL,
    seed: int = 1,
    step: float = 0.0,
    motion: float = 3.0,
) -> OverlapPhases:
    """Speckle of two looks at one overlap: motion common to both, the shift's phase in proportion to each Doppler."""
    rng = np.random.default_rng(seed)
    difference = np.linspace(*SWATHS[swath], shape[1])
    common = np.exp(1j * np.linspace(0.0, motion, shape[1]))
    views = []
    for sign, constant in ((0.5, step), (-0.5, 0.0)):
        first = circular(rng, shape)
        second = coherence * first + math.sqrt(1.0 - coherence**2) * circular(rng, shape)
        phase = 2.0 * math.pi * sign * difference * shift / LINE_RATE + constant
        views += [first, second * np.exp(-1j * phase) * common]
    first, second, third, fourth = (view.astype(np.complex64) for view in views)
    return overlap_phases("one", Looks(first, second, third, fourth), difference)


@pytest.mark.parametrize("swath", SWATHS)
@pytest.mark.parametrize("shift", [0.020, -0.013, 0.030])
def test_shifts_are_recovered_to_a_thousandth_of_a_line(swath: str, shift: float) -> None:
    errors = [
        estimate_shift([overlap(shift, swath, seed=seed)], LINE_RATE).lines - shift for seed in range(40)
    ]
    assert np.sqrt(np.mean(np.square(errors))) < 0.001
    assert abs(np.mean(errors)) < 0.0003


def test_the_standard_deviation_is_that_of_the_errors() -> None:
    found = [estimate_shift([overlap(0.02, seed=seed)], LINE_RATE) for seed in range(100)]
    errors = np.std([one.lines for one in found])
    assert np.median([one.deviation for one in found]) == pytest.approx(errors, rel=0.25)


def test_without_noise_the_shift_is_exact_and_zero_stays_zero() -> None:
    for shift in (0.0, 0.0371, -0.0448):
        found = estimate_shift([overlap(shift, coherence=1.0, motion=0.0)], LINE_RATE)
        assert found.lines == pytest.approx(shift, abs=1e-5) and found.usable


def test_the_ambiguity_is_half_a_turn_of_the_largest_difference() -> None:
    found = estimate_shift([overlap(0.01, name) for name in SWATHS], LINE_RATE)
    assert found.ambiguity == pytest.approx(LINE_RATE / (2.0 * 4900.0), rel=0.01)


@pytest.mark.parametrize("shift", [0.080, -0.09, 0.11])
def test_a_shift_beyond_the_ambiguity_is_reported_and_not_used(shift: float) -> None:
    one_swath = [overlap(shift, "IW1", shape=LARGE)]
    three_swaths = [overlap(shift, name, seed=seed) for seed, name in enumerate(SWATHS)]
    for overlaps in (one_swath, three_swaths):
        found = estimate_shift(overlaps, LINE_RATE)
        assert found.ambiguous and not found.usable and "ambiguous" in found.reason
        assert found.other == pytest.approx(shift, abs=0.003)


def test_shifts_within_the_ambiguity_are_never_called_ambiguous() -> None:
    for seed in range(30):
        assert estimate_shift([overlap(0.03, "IW1", seed=seed)], LINE_RATE).usable
    assert estimate_shift([overlap(0.03, "IW1", shape=LARGE)], LINE_RATE).margin > 8.0


def test_water_gives_no_shift_and_tells_the_counts() -> None:
    found = estimate_shift([overlap(0.02, coherence=0.0, shape=(40, 640))], LINE_RATE)
    assert not found.usable and math.isnan(found.lines)
    assert "pixels in the overlaps are coherent" in found.reason and found.pixels == 40 * 640


def test_cells_of_water_that_look_coherent_by_chance_give_no_shift() -> None:
    for seed in range(5):
        rng = np.random.default_rng(seed)
        views = (circular(rng, (80, 3200)).astype(np.complex64) for _ in range(4))
        water = overlap_phases("sea", Looks(*views), np.full(3200, 4000.0), cell=(2, 8))
        assert water.coherent > 1000
        # Less its bias, the coherence of 16 looks is 0 in 1 - 1/e of the cells without any; here the smaller of two.
        assert water.histogram[0] == pytest.approx((1.0 - np.exp(-2.0)) * water.histogram.sum(), rel=0.02)
        found = estimate_shift([water], LINE_RATE)
        assert not found.usable and "do not agree" in found.reason


def test_no_overlap_gives_no_shift() -> None:
    found = estimate_shift([], LINE_RATE)
    assert found.reason == "no two bursts overlap" and found.coherent == 0


def test_a_constant_step_of_a_burst_is_reported_per_border_and_not_absorbed() -> None:
    overlaps = [
        overlap(0.02, shape=LARGE, seed=seed, step=step) for seed, step in enumerate((0.0, 1.5, -1.5))
    ]
    found = estimate_shift(overlaps, LINE_RATE)
    assert found.lines == pytest.approx(0.02, abs=0.001)
    assert [step.phase for step in found.steps] == pytest.approx([0.0, 1.5, -1.5], abs=0.05)


def test_missing_pixels_are_left_out() -> None:
    rng = np.random.default_rng(1)
    first = circular(rng, SMALL).astype(np.complex64)
    holed = first.copy()
    holed[:4, :16], holed[4:8, :16] = np.nan, 0.0
    found = overlap_phases("one", Looks(first, holed, first, first), np.full(SMALL[1], 4000.0))
    assert found.pixels == SMALL[0] * SMALL[1] - 128
    assert found.coherent == found.pixels and np.isfinite(found.phasors).all()
    assert found.histogram.sum() == found.pixels // (LOOKS[0] * LOOKS[1])


def test_views_of_different_shape_are_a_mistake_of_the_caller() -> None:
    view = np.ones(SMALL, np.complex64)
    with pytest.raises(ValueError, match="shape"):
        overlap_phases("one", Looks(view, view, view, view), np.ones(3))
