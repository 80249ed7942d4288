"""What is said about bounds, reference and concentration, and which data are refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from groundline_tests import wsk

from groundline.core.errors import InputError
from groundline.core.mining.wsk_estimate import estimate_wsk
from groundline.core.mining.wsk_experiment import options_for, simulate
from groundline.core.mining.wsk_gauge import MEAN_CX, Gauge
from groundline.core.mining.wsk_options import FREE_BOUNDS, Bounds, Options
from groundline.core.mining.wsk_time import UModel


@pytest.fixture(scope="module")
def published():
    """The simulated experiment of 225 mm under the bounds as published."""
    problem, truth = simulate(1, 0.25)
    return problem, truth, estimate_wsk(problem, Options(gauge=options_for(truth).gauge))


def test_published_bounds_against_the_published_deformation(published):
    _, _, found = published
    text = next(text for text in found.messages if "mm/yr" in text)
    assert (
        "D of at most 1.87e-09 m2/s and delta = 3 m allow at most 19.7 mm/yr, 42.7 mm in the 792 days" in text
    )
    assert f"{found.on_high:,} of 3,600 pixels are on the bound of D" in text
    assert found.on_high > 3000
    assert "the data ask for more than the bounds allow" in text
    assert f"Bounds of D <= {found.offered.diffusion_high:.2g} m2/s" in text


def test_offered_bounds_hold_the_data(published):
    problem, truth, found = published
    gauge = options_for(truth).gauge
    again = estimate_wsk(problem, Options(gauge=gauge, bounds=found.offered))
    assert again.on_high == again.on_height == 0
    scaled = estimate_wsk(problem, Options(gauge=gauge, scale_bounds=True))
    np.testing.assert_array_equal(scaled.diffusion, again.diffusion)
    assert scaled.bounds == found.offered
    assert found.offered.diffusion_high == pytest.approx(1.5 * truth.diffusion.max(), rel=0.1)


def test_bounds_that_suffice_are_not_widened():
    mine = wsk.mine(spread=1.0)
    wide = Bounds(diffusion_high=1e-6)
    found = estimate_wsk(mine.problem, Options(gauge=Gauge(MEAN_CX, 36.0), bounds=wide, scale_bounds=True))
    assert found.bounds == wide
    assert any("No pixel is on an upper bound" in text for text in found.messages)


def test_cx_is_capped_at_saturation_unless_asked():
    mine = wsk.mine(noise=0.0)
    mine.coefficients[:] = [0.1, 0.12, 0.0]  # u falls below 0: the ground would rise
    basis = mine.problem.record.bind(UModel(), "rate", 40.8)
    from groundline.core.mining.wsk_model import forward

    phase = forward(mine.problem, basis, mine.diffusion, mine.coefficients, mine.height)
    problem = replace(mine.problem, phase=phase)
    gauge = Gauge(MEAN_CX, 40.8 * (1 - float(basis.mean_row() @ mine.coefficients)))
    bounds = Bounds(diffusion_high=1e-6, height=100.0, cx_high=60.0)
    capped = estimate_wsk(problem, Options(gauge=gauge, bounds=bounds))
    assert capped.u.min() >= -1e-12 and capped.cx.max() <= 40.8 + 1e-9 and capped.u_on_bound > 0
    assert any("is capped there" in text for text in capped.messages)
    asked = estimate_wsk(problem, Options(gauge=gauge, bounds=replace(bounds, above_saturation=True)))
    assert asked.cx.max() > 41.0
    np.testing.assert_allclose(asked.diffusion, mine.diffusion, rtol=1e-6)
    assert any("the ground may rise" in text for text in asked.messages)


def test_rising_pixels_are_counted_and_not_hidden():
    mine = wsk.mine(pixels=40, noise=0.02)
    phase = mine.problem.phase.copy()
    phase[:, :3] -= 0.5 * phase[:, 37:]
    problem = replace(mine.problem, phase=phase)
    gauge = Gauge(MEAN_CX, mine.mean_cx)
    held = estimate_wsk(problem, Options(gauge=gauge, bounds=Bounds(diffusion_high=1e-6, height=100.0)))
    assert held.on_low == 3 and np.all(held.diffusion[:3] == 0) and np.all(held.unbounded[:3] < 0)
    assert any("3 pixels would have D < 0" in text and "3 are held" in text for text in held.messages)
    free = estimate_wsk(problem, Options(gauge=gauge, bounds=FREE_BOUNDS))
    assert np.all(free.diffusion[:3] < 0)
    assert any("left as they are" in text for text in free.messages)


def test_short_record_warns_of_the_annual_wave():
    mine = wsk.mine(net=wsk.record(dates=9, step=24))
    found = estimate_wsk(mine.problem, Options(bounds=FREE_BOUNDS))
    assert any("The record spans 0.53 years" in text for text in found.messages)


def test_local_optimum_is_said():
    mine = wsk.mine()
    closed = estimate_wsk(mine.problem, Options(bounds=FREE_BOUNDS))
    tight = estimate_wsk(
        mine.problem, Options(gauge=Gauge(MEAN_CX, mine.mean_cx), bounds=Bounds(diffusion_high=8e-8))
    )
    assert not any("local optimum" in text for text in closed.messages)
    assert any("local optimum" in text for text in tight.messages)


@pytest.mark.parametrize("weights", ["none", "interferogram", "pixel"])
@pytest.mark.parametrize("gaps", [0.0, 0.2])
@pytest.mark.parametrize("kind", ["harmonic", "free", "temperature"])
@pytest.mark.parametrize("bounds", [Bounds(diffusion_high=1e-6), FREE_BOUNDS])
def test_noise_alone_is_refused(bounds, kind, gaps, weights):
    mine = wsk.mine(pixels=200)
    rng = np.random.default_rng(1)
    noise = rng.normal(0.0, 0.3, mine.problem.phase.shape)
    noise[rng.random(noise.shape) < gaps] = np.nan
    given = {"none": None, "interferogram": np.linspace(0.5, 2.0, len(noise))}
    given["pixel"] = rng.uniform(0.5, 2.0, noise.shape)
    model, gauge = UModel(kind), Gauge(MEAN_CX, 36.0)
    if kind == "temperature":
        last = mine.problem.record.dates[-1]
        model, gauge = UModel(kind, days=(mine.problem.record.dates[0], last), celsius=(10.0, 12.0)), Gauge()
    with pytest.raises(InputError, match="without a subsiding pixel"):
        estimate_wsk(replace(mine.problem, phase=noise, weights=given[weights]), Options(model, gauge, bounds))


@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize("options", [{"scale_bounds": True}, {"bounds": FREE_BOUNDS}])
def test_wrong_sign_is_refused(options, gaps):
    mine = wsk.mine(pixels=400)
    phase = -mine.problem.phase
    if gaps:
        phase[np.random.default_rng(0).random(phase.shape) < 0.1] = np.nan
    with pytest.raises(InputError, match="without a subsiding pixel") as caught:
        estimate_wsk(replace(mine.problem, phase=phase), Options(gauge=Gauge(MEAN_CX, 36.0), **options))
    assert "sign of the phases" in caught.value.remedy


def test_zero_phases_are_refused():
    mine = wsk.mine()
    with pytest.raises(InputError, match="without a subsiding pixel"):
        estimate_wsk(replace(mine.problem, phase=0.0 * mine.problem.phase))


def test_all_pixels_on_a_bound_is_refused_with_what_would_reach():
    mine = wsk.mine()
    with pytest.raises(InputError, match="all 40 pixels are on a bound") as caught:
        estimate_wsk(
            mine.problem, Options(gauge=Gauge(MEAN_CX, mine.mean_cx), bounds=Bounds(diffusion_high=1e-10))
        )
    assert "allow at most" in caught.value.remedy and "about 1.6e-07" in caught.value.allowed


@pytest.mark.parametrize(
    "change",
    [
        {"phase": np.zeros((3, 4))},
        {"phase": np.zeros((39 - 3, 0))},
        {"wavelength": 0.0},
        {"incidence": np.asarray(2.0)},
        {"slant_range": np.array([1.0, 2.0])},
        {"weights": np.full(36, -1.0)},
        {"weights": np.ones(7)},
    ],
)
def test_unusable_observations_are_refused(change):
    with pytest.raises(InputError):
        estimate_wsk(replace(wsk.mine().problem, **change))


@pytest.mark.parametrize(
    "options",
    [
        Options(form="relative"),
        Options(bounds=Bounds(diffusion_high=0.0)),
        Options(bounds=Bounds(cx_low=50.0)),
        Options(bounds=Bounds(height=-1.0)),
        Options(noise=0.0),
        Options(tolerance=0.0),
        Options(max_iterations=0),
    ],
)
def test_unusable_options_are_refused(options):
    with pytest.raises(InputError):
        options.validate(wsk.GEOLOGY)


def test_two_dates_cannot_tell_a_wave():
    net = wsk.record(dates=3, lags=(1, 2))
    with pytest.raises(InputError, match="tells 3 coefficients of u and dH apart"):
        estimate_wsk(wsk.mine(net=net).problem)


def test_pixels_with_too_few_phases_are_left_out():
    mine = wsk.mine(noise=0.05)
    phase = mine.problem.phase.copy()
    phase[2:, 5] = np.nan
    phase[:, 6] = np.nan
    found = estimate_wsk(replace(mine.problem, phase=phase), Options(bounds=FREE_BOUNDS))
    assert np.flatnonzero(np.isnan(found.diffusion)).tolist() == [5, 6]
    assert np.isnan(found.subsidence()[0][:, 5:7]).all()
    assert found.messages[-1].startswith("2 pixels")
    with pytest.raises(InputError, match="no pixel with enough phases"):
        estimate_wsk(replace(mine.problem, phase=np.full_like(phase, np.nan)))
