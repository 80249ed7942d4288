"""The ground over the simulated mine: kinetics, probability integral, growth, climate."""

from __future__ import annotations

import math

import numpy as np
import pytest

from groundline.core.simulation import saltmine, saltmine_calendar
from groundline.core.simulation.saltmine_params import MAKES, MIXTURE, PIM, WSK

SPAN = saltmine.SPAN_DAYS / 365.25


def grid(step: float = 40.0):
    axis = np.arange(-1180.0, 1200.0, step)
    return np.meshgrid(axis, axis)


def test_dissolved_is_the_integral_of_u():
    t = np.linspace(0.0, SPAN, 20_001)
    u = saltmine.undersaturation(t)
    trapezoids = np.sum(0.5 * (u[1:] + u[:-1]) * np.diff(t)) * 365.25 * 86_400
    assert float(saltmine.dissolved(np.array(SPAN))) == pytest.approx(trapezoids, rel=1e-8)
    assert float(saltmine.dissolved(np.array(0.0))) == 0.0


def test_the_temperature_dissolves_what_u_asks_for():
    # s(T) = Cs u with the paper's table: at the peak u = .25 * 1.5 and Cs u = 18.3 g, between 10 (9.0) and 20 C (19.4).
    peak = float(saltmine.temperature(np.array(saltmine.PEAK)))
    assert peak == pytest.approx(10.0 + 10.0 * (48.8 * 0.375 - 9.0) / 10.4, rel=1e-9)


def test_the_wsk_mine_subsides_by_d_over_delta_times_dissolved():
    x, y = grid()
    sunk = saltmine.subsidence(WSK, x, y, SPAN)
    expected = saltmine.diffusion(x, y) / 3.0 * float(saltmine.dissolved(np.array(SPAN)))
    np.testing.assert_allclose(sunk, expected, rtol=1e-12)
    assert 0.28 < sunk.max() < 0.31


def test_warm_seasons_are_faster_than_cold_ones():
    place = (np.array(375.0), np.array(170.0))
    at = [float(saltmine.subsidence(WSK, *place, t)) for t in (0.0, 1 / 3, 1 / 2, 5 / 6)]
    summer, winter = at[1] - at[0], at[3] - at[2]
    assert summer > 2.0 * winter > 0.0


@pytest.mark.parametrize("make", MAKES)
def test_every_make_starts_at_zero_only_sinks_and_leaves_the_reference_alone(make):
    x, y = grid()
    stable = np.zeros(x.shape, bool)
    for east, north in saltmine.STABLE:
        stable |= np.hypot(x - east, y - north) < saltmine.STABLE_RADIUS
    before = saltmine.subsidence(make, x, y, 0.0)
    assert not before.any()
    for t in np.linspace(0.1, 3.0, 12):
        now = saltmine.subsidence(make, x, y, t)
        assert (now >= before - 1e-12).all()
        before = now
    assert stable.sum() > 50
    assert before[stable].max() < 1e-5


def test_the_funnels_are_six_and_interconnected():
    x, y = grid(20.0)
    sunk = saltmine.subsidence(WSK, x, y, SPAN)
    inner = sunk[1:-1, 1:-1]
    peaks = (inner > 0.02) & np.all(
        [
            inner >= sunk[1 + a : sunk.shape[0] - 1 + a, 1 + b : sunk.shape[1] - 1 + b]
            for a in (-1, 0, 1) for b in (-1, 0, 1) if (a, b) != (0, 0)
        ],
        axis=0,
    )
    assert peaks.sum() == 6
    wells = saltmine.FUNNELS
    for one, two in zip(wells[:2], wells[1:3]):
        middle = saltmine.subsidence(
            WSK, np.array(0.5 * (one.x + two.x)), np.array(0.5 * (one.y + two.y)), SPAN
        )
        assert float(middle) > 0.05


def test_a_panel_is_the_probability_integral_over_its_rectangle():
    funnel = saltmine.FUNNELS[0]
    r = saltmine.DEPTH / saltmine.TAN_BETA
    a, b = 1.1 * funnel.along, 0.9 * funnel.across
    u, v = np.meshgrid(np.linspace(-a, a, 801), np.linspace(-b, b, 801), indexing="ij")
    kernel = np.exp(-math.pi * ((u - 60.0) ** 2 + (v + 45.0) ** 2) / r**2) / r**2
    weight = np.ones(801)
    weight[[0, -1]] = 0.5
    total = (kernel * weight[:, None] * weight[None, :]).sum() * (2 * a / 800) * (2 * b / 800)
    turn = math.radians(funnel.angle)
    x = funnel.x + 60.0 * math.cos(turn) + 45.0 * math.sin(turn)
    y = funnel.y + 60.0 * math.sin(turn) - 45.0 * math.cos(turn)
    assert float(saltmine._panel(funnel, np.array(x), np.array(y))) == pytest.approx(total, rel=1e-5)


def test_the_mixture_is_the_mean_of_the_two():
    x, y = grid()
    both = 0.5 * (saltmine.subsidence(WSK, x, y, 1.3) + saltmine.subsidence(PIM, x, y, 1.3))
    np.testing.assert_array_equal(saltmine.subsidence(MIXTURE, x, y, 1.3), both)


def test_funnels_of_their_own_follow_their_own_season():
    x, y = np.array([f.x for f in saltmine.FUNNELS]), np.array([f.y for f in saltmine.FUNNELS])
    whole = saltmine.subsidence(WSK, x, y, 1.0)
    own = saltmine.subsidence(WSK, x, y, 1.0, own_cx=True)
    ratio = [float(saltmine.dissolved(np.array(1.0), f) / saltmine.dissolved(np.array(1.0))) for f in saltmine.FUNNELS]
    np.testing.assert_allclose(own / whole, ratio, rtol=1e-12)
    assert max(ratio) / min(ratio) > 1.3


def test_the_record_is_the_papers():
    dates = saltmine_calendar.record()
    assert len(dates) == 32
    assert (dates[0].isoformat(), dates[23].isoformat(), dates[24].isoformat(), dates[-1].isoformat()) == (
        "2015-06-15", "2017-01-11", "2017-02-16", "2017-08-15",
    )  # fmt: skip


def test_pairs_are_short_and_connect_every_image():
    dates = saltmine_calendar.record()
    for seed in range(8):
        bperp = saltmine_calendar.orbits(dates, seed)
        links = saltmine_calendar.pairs(dates, bperp)
        matrix = np.zeros((len(links), len(dates)))
        for row, (first, second) in enumerate(links):
            matrix[row, [first, second]] = -1.0, 1.0
            assert (dates[second] - dates[first]).days <= 84
            assert abs(bperp[second] - bperp[first]) <= 150.0
        assert np.linalg.matrix_rank(matrix) == 31
        assert np.abs(matrix).sum(axis=0).min() >= 2
