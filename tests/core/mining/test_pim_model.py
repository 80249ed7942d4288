"""The forward model: textbook values, derivatives, dip, volume, line of sight, growth."""

from __future__ import annotations

import math

import numpy as np
import pytest

from groundline.core.mining.pim_influence import Rectangle
from groundline.core.mining.pim_model import (
    EAST,
    EXX,
    EXY,
    EYY,
    FULL,
    NORTH,
    WX,
    WXX,
    WXY,
    WY,
    WYY,
    PimModel,
    W,
)
from groundline.core.mining.pim_panels import Panel
from groundline.core.mining.pim_parameters import unknowns

WIDE = Rectangle(2e4, 0.0, 1.0, 0.0, 2e4, 2e4)  # the half-plane x > 0 for all that happens near the origin


def make(*panels: Panel, model="static", growth="", ends=(1.0,), per_panel=False) -> PimModel:
    inclined = any(panel.dip for panel in panels)
    found = unknowns(model, growth, inclined, ends[0] is None, {}, {}, ())
    return PimModel(panels, model, growth, found, (0.0,) * len(panels), ends * len(panels), per_panel)


def test_main_section_of_a_wide_panel() -> None:
    # W = W0 / 2 at the edge, tilt W0 / r, horizontal motion b W0 toward the goaf, strain extreme 1.52 b W0 / r
    # at x = -+ r / sqrt(2 pi) = 0.4 r: the formulas of every mining textbook.
    model = make(Panel("p", WIDE, 200.0, 2.0))
    q, tan_beta, b = 0.7, 2.0, 0.3
    r, w0 = 100.0, 1.4
    x = np.array([0.0, -r / math.sqrt(2 * math.pi), r / math.sqrt(2 * math.pi)])
    fields = model.fields(np.array([q, tan_beta, b, 0.0]), x, np.zeros(3), [1.0], 0.0, FULL)[0]
    assert fields[W, 0] == pytest.approx(w0 / 2)
    assert fields[WX, 0] == pytest.approx(w0 / r)
    assert fields[EAST, 0] == pytest.approx(b * w0)
    assert abs(fields[NORTH]).max() < 1e-12
    extreme = math.sqrt(2 * math.pi / math.e)  # 1.5203
    assert fields[EXX, 1:] == pytest.approx([extreme * b * w0 / r, -extreme * b * w0 / r])
    assert fields[WXX, 1:] == pytest.approx([extreme * w0 / r**2, -extreme * w0 / r**2])


def test_inflection_offset_moves_the_half_value_inward() -> None:
    model = make(Panel("p", WIDE, 200.0, 2.0))
    fields = model.fields(np.array([0.7, 2.0, 0.3, 0.1]), np.array([20.0]), np.zeros(1), [1.0], 0.0)
    assert fields[0, W, 0] == pytest.approx(0.7)


def test_strain_is_the_derivative_of_motion_for_inclined_panels_too() -> None:
    panel = Panel("p", Rectangle(0, 0, 0.8, 0.6, 120, 60), 150.0, 1.0, dip=20.0, dip_azimuth=130.0)
    model = make(panel)
    values = np.array([0.6, 1.7, 0.25, 0.05, 0.7])
    x, y = np.random.default_rng(0).uniform(-250, 250, (2, 60))
    h = 0.01

    def at(dx: float, dy: float) -> np.ndarray:
        return model.fields(values, x + dx, y + dy, [1.0], 0.0, FULL)[0]

    by_x, by_y = (at(h, 0) - at(-h, 0)) / (2 * h), (at(0, h) - at(0, -h)) / (2 * h)
    fields = at(0, 0)
    for row, expected in (
        (WX, by_x[W]), (WY, by_y[W]), (WXX, by_x[WX]), (WXY, by_x[WY]), (WYY, by_y[WY]),
        (EXX, by_x[EAST]), (EYY, by_y[NORTH]), (EXY, 0.5 * (by_y[EAST] + by_x[NORTH])),
    ):  # fmt: skip
        np.testing.assert_allclose(fields[row], expected, atol=1e-9)


def test_dip_moves_the_trough_down_and_the_ground_up_the_dip() -> None:
    # k = 1: influence rises at right angles to the seam; W0 = m q cos(dip), shift = depth tan(dip), u = W tan(dip).
    panel = Panel("p", Rectangle(0, 0, 1, 0, 50, 50), 100.0, 1.0, dip=30.0, dip_azimuth=90.0)
    values = np.array([0.5, 2.0, 0.0, 0.0, 1.0])
    x = np.linspace(-200, 300, 1001)
    fields = make(panel).fields(values, x, np.zeros(1001), [1.0], 0.0)[0]
    deepest = int(np.argmax(fields[W]))
    assert x[deepest] == pytest.approx(100.0 * math.tan(math.radians(30.0)), abs=0.5)
    assert fields[EAST, deepest] == pytest.approx(-fields[W, deepest] * math.tan(math.radians(30.0)))
    flat = make(Panel("p", Rectangle(0, 0, 1, 0, 50, 50), 100.0, 1.0))
    highest = flat.fields(values[:4], np.zeros(1), np.zeros(1), [1.0], 0.0)[0, W, 0]
    assert fields[W].max() == pytest.approx(highest * math.cos(math.radians(30.0)), rel=1e-4)


@pytest.mark.parametrize("growth", ["coordinate", "weibull", "knothe"])
@pytest.mark.parametrize("advance", [None, 90.0])
def test_volume_is_the_sum_of_subsidence(growth: str, advance: float | None) -> None:
    panel = Panel("p", Rectangle(0, 0, 1, 0, 80, 50), 100.0, 1.2, advance=advance)
    model = make(panel, model="ct", growth=growth, ends=(None,))
    values = model.start
    axis = np.arange(-400.0, 401.0, 8.0)
    x, y = (v.ravel() for v in np.meshgrid(axis, axis))
    subsidence = model.fields(values, x, y, [0.9], 0.2)[0, W]
    assert subsidence.sum() * 64.0 == pytest.approx(model.volume(values, 0.9, 0.2), rel=1e-8)


def test_after_the_end_every_growth_reaches_the_same_trough() -> None:
    panel = Panel("p", Rectangle(0, 0, 1, 0, 80, 50), 100.0, 1.2, advance=90.0)
    x, y = np.random.default_rng(1).uniform(-150, 150, (2, 30))
    still = make(panel).fields(np.array([0.6, 2.0, 0.3, 0.0]), x, y, [1.0], -1.0)
    for growth, times in (("coordinate", [9.0]), ("weibull", [0.5, 1.5]), ("knothe", [9.0])):
        model = make(panel, model="ct", growth=growth, ends=(1.0,))
        values = np.array([0.6, 2.0, 0.3, 0.0, *times])
        np.testing.assert_allclose(model.fields(values, x, y, [60.0], -1.0), still, atol=1e-10)


def test_the_face_brings_subsidence_to_its_side_first() -> None:
    panel = Panel("p", Rectangle(0, 0, 1, 0, 400, 50), 100.0, 1.0, advance=90.0)
    model = make(panel, model="ct", growth="coordinate", ends=(1.0,))
    values = np.array([0.6, 2.0, 0.3, 0.0, 30.0])
    rear, front = model.fields(values, np.array([-300.0, 300.0]), np.zeros(2), [0.5, 5.0], 0.0)[:, W]
    assert rear[0] > 0.25 > 1e-3 > rear[1]  # halfway through, the far side has not moved
    assert front[0] == pytest.approx(front[1], rel=1e-6)


def test_line_of_sight_is_the_projection_of_all_three_components() -> None:
    panel = Panel("p", Rectangle(0, 0, 1, 0, 80, 50), 100.0, 1.2)
    model = make(panel)
    x, y = np.random.default_rng(1).uniform(-150, 150, (2, 30))
    los = np.array([-0.6, 0.1, 0.79])[:, None] * np.ones(30)
    values = model.start
    w, east, north = model.fields(values, x, y, [1.0], 0.0)[0]
    expected = -0.6 * east + 0.1 * north - 0.79 * w
    np.testing.assert_allclose(model.line_of_sight(values, x, y, los, [1.0], 0.0)[0], expected, atol=1e-15)


def test_panels_add_up_and_may_have_their_own_q() -> None:
    one = Panel("a", Rectangle(0, 0, 1, 0, 80, 50), 100.0, 1.2)
    two = Panel("b", Rectangle(120, 30, 1, 0, 40, 60), 140.0, 0.8)
    x, y = np.random.default_rng(2).uniform(-150, 250, (2, 30))
    both = make(one, two, per_panel=True)
    assert [u.name for u in both.columns[:3]] == ["q_a", "q_b", "tan_beta"]
    sum_ = make(one).fields(np.array([0.5, 2.0, 0.3, 0.0]), x, y, [1.0], 0.0)
    sum_ = sum_ + make(two).fields(np.array([0.9, 2.0, 0.3, 0.0]), x, y, [1.0], 0.0)
    np.testing.assert_allclose(
        both.fields(np.array([0.5, 0.9, 2.0, 0.3, 0.0]), x, y, [1.0], 0.0), sum_, atol=1e-15
    )
