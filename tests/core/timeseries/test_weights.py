"""Phase variance from coherence and looks, against the published density and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from groundline.core.errors import InputError
from groundline.core.timeseries import weights


def published_density(phase, g, looks):
    """Lee et al. (1994), eq. 18: the density of the multilooked phase."""
    from scipy.special import gamma, hyp2f1

    b = g * np.cos(phase)
    first = gamma(looks + 0.5) * (1 - g * g) ** looks * b
    first /= 2 * math.sqrt(math.pi) * gamma(looks) * (1 - b * b) ** (looks + 0.5)
    return first + (1 - g * g) ** looks / (2 * math.pi) * hyp2f1(looks, 1, 0.5, b * b)


@pytest.mark.parametrize("looks", [1.0, 2.0, 4.5, 20.0, 80.0])
@pytest.mark.parametrize("g", [0.05, 0.3, 0.7, 0.95])
def test_density_and_variance_are_the_published_ones(g, looks):
    from scipy.integrate import quad

    phase = np.linspace(-3.0, 3.0, 7)
    ratio = weights.phase_density(phase, g, looks) / published_density(phase, g, looks)
    # Beyond a right angle the two published terms cancel, and lose digits where the density is small.
    likely = published_density(phase, g, looks) > 1e-4
    np.testing.assert_allclose(ratio[likely], ratio[likely][0], rtol=1e-8)

    points = [0.02, 0.1, 0.5, 1.5]
    variance = 2 * quad(lambda x: x * x * published_density(x, g, looks), 0, math.pi, points=points)[0]
    assert weights.phase_variance(g, looks) == pytest.approx(variance, rel=1e-7)


def test_variance_of_one_look_has_a_closed_form():
    # Bamler & Hartl (1998): pi^2/3 - pi asin(g) + asin(g)^2 - Li2(g^2)/2.
    g = 0.6
    dilogarithm = sum(g ** (2 * k) / k**2 for k in range(1, 60))
    expected = math.pi**2 / 3 - math.pi * math.asin(g) + math.asin(g) ** 2 - dilogarithm / 2
    assert weights.phase_variance(g, 1.0) == pytest.approx(expected, rel=1e-12)


def test_variance_of_simulated_looks():
    rng = np.random.default_rng(3)
    g, looks, draws = 0.5, 8, 200_000
    first = rng.normal(size=(2, looks, draws))
    second = rng.normal(size=(2, looks, draws))
    z1 = first[0] + 1j * first[1]
    z2 = g * z1 + math.sqrt(1 - g * g) * (second[0] + 1j * second[1])
    simulated = np.var(np.angle(np.sum(z1 * z2.conj(), axis=0)))
    assert weights.phase_variance(g, float(looks)) == pytest.approx(simulated, rel=0.01)


def test_no_coherence_is_a_uniform_phase():
    for looks in (1.0, 10.0, 500.0):
        assert weights.phase_variance(0.0, looks) == pytest.approx(math.pi**2 / 3)
        assert weights.from_coherence(np.zeros(1, np.float32), looks)[0] == pytest.approx(3 / math.pi**2)


@pytest.mark.parametrize("looks", [200.0, 1000.0])
def test_many_looks_tend_to_the_cramer_rao_bound(looks):
    for g in (0.5, 0.9):
        bound = weights.cramer_rao_variance(g, looks)
        assert weights.phase_variance(g, looks) == pytest.approx(bound, rel=5 / looks / g**2)
        assert weights.phase_variance(g, looks) > bound


@pytest.mark.parametrize("looks", [1.0, 3.7, 60.0])
def test_table_follows_the_quadrature(looks):
    coherence = np.array([0.013, 0.21, 0.444, 0.8, 0.95, 0.99], np.float32)
    expected = [1.0 / weights.phase_variance(float(g), looks) for g in coherence]
    np.testing.assert_allclose(weights.from_coherence(coherence, looks), expected, rtol=2e-3)


def test_weights_rise_with_coherence_and_stay_finite():
    weight = weights.from_coherence(np.linspace(-0.1, 1.2, 500).astype(np.float32), 12.0)
    assert np.all(np.diff(weight) >= 0.0)
    top = 1.0 / weights.phase_variance(weights.MAX_COHERENCE, 12.0)
    assert weight[-1] == pytest.approx(top, rel=1e-6)


def test_unknown_coherence_has_no_weight():
    weight = weights.from_coherence(np.array([[np.nan, 0.5]], np.float32), 4.0)
    assert weight[0, 0] == 0.0
    assert weight[0, 1] > 0.0


@pytest.mark.parametrize("looks", [0.5, float("nan")])
def test_fewer_than_one_look_is_refused(looks):
    with pytest.raises(InputError, match="Looks"):
        weights.from_coherence(np.ones(1, np.float32), looks)
