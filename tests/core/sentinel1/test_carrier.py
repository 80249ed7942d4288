"""The TOPS carrier: its numbers, its phase against the steered beam, and its removal."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from groundline_tests.bursts import beam_doppler, burst
from groundline_tests.real_burst import LAND, doppler_against_time, real_burst

from groundline.core.sentinel1.bursts import RangePolynomial
from groundline.core.sentinel1.carrier import Carrier, deramp, reramp

SPEED = 7590.0


def noise(shape: tuple[int, int]) -> np.ndarray:
    rng = np.random.default_rng(3)
    return (rng.standard_normal(shape) + 1j * rng.standard_normal(shape)).astype(np.complex64)


def test_rate_and_phase_by_hand() -> None:
    """ka = -2000, ks = 6000 give kt = 1500 Hz/s; 0.1 s after the middle that is 7.5 cycles, and fdc = 20 adds 2."""
    wavelength = burst().wavelength
    simple = replace(
        burst(lines=1000),
        azimuth_interval=0.002,
        steering_rate=6000.0 * wavelength / (2.0 * SPEED),
        fm_rate=RangePolynomial(0.0, 0.0, (-2000.0,)),
        doppler=RangePolynomial(0.0, 0.0, (20.0,)),
    )
    carrier = Carrier(simple, SPEED)
    rate, reference, doppler = carrier.rates(17.0)
    assert float(rate) == pytest.approx(1500.0, rel=1e-12)
    assert (float(reference), float(doppler)) == (0.0, 20.0)
    assert float(carrier.centroid(550.0, 17.0)) == pytest.approx(1500.0 * 0.1 + 20.0, rel=1e-12)
    assert float(carrier.cycles(550.0, 17.0)) == pytest.approx(0.5 * 1500.0 * 0.1**2 + 20.0 * 0.1, rel=1e-12)


def test_reference_time_follows_the_doppler_along_range() -> None:
    """fdc(r0)/ka(r0) - fdc(r)/ka(r): 0 in the middle; (10 - 30) / -2000 = 0.01 s where fdc is 30 instead of 10."""
    one = burst(samples=200)
    slope = 20.0 / (100.0 / one.range_sampling_rate)
    simple = replace(
        one,
        fm_rate=RangePolynomial(0.0, 0.0, (-2000.0,)),
        doppler=RangePolynomial(0.0, one.slant_range_time, (-10.0, slope)),
    )
    _, reference, doppler = Carrier(simple, SPEED).rates(np.array([100.0, 200.0]))
    np.testing.assert_allclose(doppler, [10.0, 30.0], atol=1e-9)
    np.testing.assert_allclose(reference, [0.0, 0.01], atol=1e-12)


@pytest.mark.parametrize("swath", ["IW1", "IW2", "IW3"])
def test_the_phase_grows_with_the_doppler_of_the_steered_beam(swath: str) -> None:
    """Slope of the phase, and the centroid, are what the time of the beam's passage gives (plain form)."""
    one = burst(1500, 20000, swath)
    carrier = Carrier(one, SPEED)
    lines, samples = np.meshgrid([0.0, 333.3, 750.0, 1499.0], [0.0, 5000.5, 19999.0], indexing="ij")
    beam = beam_doppler(one, SPEED, lines, samples)
    np.testing.assert_allclose(carrier.centroid(lines, samples), beam, atol=1e-6)
    step = 0.01
    slope = carrier.cycles(lines + step, samples) - carrier.cycles(lines - step, samples)
    np.testing.assert_allclose(slope / (2 * step * one.azimuth_interval), beam, atol=1e-4)


@pytest.mark.parametrize(
    ("swath", "low", "high"), [("IW1", 4660, 4900), ("IW2", 3910, 4110), ("IW3", 4110, 4320)]
)
def test_doppler_difference_between_neighbouring_bursts(swath: str, low: float, high: float) -> None:
    """Bursts follow each other every 2.758 s: the difference in an overlap is what methods, section 2, quotes."""
    rate, _, _ = Carrier(burst(1500, 25000, swath), SPEED).rates(np.array([1000.0, 21000.0]))
    difference = rate * 2.758
    assert low - 15 < difference.min() < difference.max() < high + 15


def test_deramping_and_reramping_returns_the_burst() -> None:
    carrier = Carrier(burst(700, 900, "IW1"), SPEED)
    image = noise((700, 900))
    back = reramp(deramp(image, carrier), carrier)
    assert np.abs(np.angle(back * image.conj())).max() < 1e-4
    assert np.abs(deramp(image, carrier) - image).max() > 1.0


def test_a_window_is_deramped_like_the_whole() -> None:
    carrier = Carrier(burst(300, 200), SPEED)
    image = noise((300, 200))
    part = deramp(np.ascontiguousarray(image[70:200, 31:150]), carrier, (70, 31))
    np.testing.assert_allclose(part, deramp(image, carrier)[70:200, 31:150], atol=1e-6)


def test_the_phase_is_that_of_double_precision() -> None:
    """Thousands of cycles at the burst's ends are taken off before float32."""
    carrier = Carrier(burst(1500, 30), SPEED)
    ones = np.ones((1500, 30), np.complex64)
    exact = np.exp(2j * math.pi * carrier.cycles(np.arange(1500)[:, None], np.arange(30)))
    assert np.abs(carrier.cycles(0, 0)) > 1000.0
    assert np.abs(reramp(ones, carrier) - exact).max() < 1e-6


def test_a_real_burst_is_centred_and_straight_after_deramping(shared_data: Path) -> None:
    """Its Doppler climbs with kt = 1.53 kHz/s as it comes; deramped, it stays within 1 % of the band, level."""
    image, origin, carrier = real_burst(shared_data)
    interval = carrier.burst.azimuth_interval
    rate = float(carrier.rates(origin[1] + image.shape[1] / 2)[0])
    before = np.polyfit(*doppler_against_time(image[:LAND], interval), 1)
    after = np.polyfit(*doppler_against_time(deramp(image, carrier, origin)[:LAND], interval), 1)
    assert before[0] == pytest.approx(rate, rel=0.02)
    assert abs(after[0]) < 0.02 * rate
    assert abs(after[1]) < 0.01 / interval
