"""The TOPS signal of the simulator: a point by hand, the fast sum against the plain one, speckle's statistics."""

from __future__ import annotations

import numpy as np
import pytest

from groundline.core.simulation.tops_nominal import nominal
from groundline.core.simulation.tops_signal import Targets, beam_doppler, burst_image, plain, response

SPEED = 7590.0


def swath(name: str, samples: int = 200):
    """The first burst of a cut subswath."""
    found = next(one for one in nominal(0, 0.0, 0.0, 0.0, 0.0).swaths if one.name == name)
    return found.cut(slice(0, 1), 9000, samples)


def test_the_beam_climbs_by_kt_and_passes_the_far_field_doppler() -> None:
    """ka ks / (ka - ks), and at the middle of burst and range the Doppler centroid itself."""
    one = swath("IW2")
    burst = one.bursts[0]
    line, sample = 0.5 * one.lines, 0.5 * one.samples
    tau = one.near_time + sample / one.sampling_rate
    ka, fdc = float(burst.fm_rate.at(tau)), float(burst.doppler.at(tau))
    ks = 2 * SPEED * one.steering_rate / one.wavelength
    assert float(beam_doppler(one, burst, SPEED, line, sample)) == pytest.approx(fdc, abs=1e-9)
    later = float(beam_doppler(one, burst, SPEED, line + 100, sample))
    assert (later - fdc) / (100 * one.interval) == pytest.approx(ka * ks / (ka - ks), rel=1e-9)


def test_a_response_has_its_band_and_nothing_beyond() -> None:
    one = swath("IW1")
    times = (np.arange(4096) - 2048) * one.interval
    power = np.abs(np.fft.fft(response(times, one.azimuth_band))) ** 2
    frequency = np.abs(np.fft.fftfreq(4096, one.interval))
    inside = frequency < 0.5 * one.azimuth_band.width
    assert power[inside].sum() > 0.999 * power.sum()
    assert response(np.array([0.0]), one.azimuth_band)[0] == pytest.approx(1.0 + 0.0)


@pytest.mark.parametrize("name", ["IW1", "IW2", "IW3"])
def test_the_fast_sum_is_the_plain_one(name: str) -> None:
    """Targets all over the burst, also just outside it; 0.1 % of the energy, in tails beyond 60 pixels, differs."""
    one = swath(name)
    rng = np.random.default_rng(2)
    lines = np.concatenate([rng.uniform(0, one.lines, 25), [-1.4, one.lines + 0.7, 30.2]])
    samples = np.concatenate([rng.uniform(0, one.samples, 25), [50.3, 20.5, -2.6]])
    targets = Targets(lines, samples, np.exp(2j * np.pi * rng.uniform(size=28)))
    rows, columns = np.arange(one.lines, dtype=float)[:, None], np.arange(one.samples, dtype=float)
    truth = plain(one, one.bursts[0], SPEED, targets, rows, columns)
    fast = burst_image(one, one.bursts[0], SPEED, targets)
    assert np.mean(np.abs(fast - truth) ** 2) < 0.0015 * np.mean(np.abs(truth) ** 2)
    bright = np.abs(truth) > 0.2
    assert np.sqrt(np.mean(np.angle(fast[bright] * truth[bright].conj()) ** 2)) < 0.01


def test_a_peak_has_the_phase_of_the_path_whatever_the_doppler() -> None:
    one = swath("IW1")
    lines, samples = np.array([60.0, 751.0, 1440.0]), np.array([20.0, 48.0, 77.0])
    phases = np.array([0.3, -2.0, 1.7])
    image = burst_image(one, one.bursts[0], SPEED, Targets(lines, samples, np.exp(1j * phases)))
    peaks = image[lines.astype(int), samples.astype(int)]
    np.testing.assert_allclose(np.angle(peaks), phases, atol=5e-3)
    np.testing.assert_allclose(np.abs(peaks), 1.0, atol=5e-3)
