"""The fit: truth recovered within its own standard deviations, from displacements, phases and levelling."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from groundline.core.errors import Cancelled, InputError
from groundline.core.mining.pim_fit import Observations, fit
from groundline.core.mining.pim_influence import Polygon, Rectangle
from groundline.core.mining.pim_model import PimModel
from groundline.core.mining.pim_panels import Panel
from groundline.core.mining.pim_parameters import unknowns
from groundline.core.monitor import Monitor

PANELS = (
    Panel("a", Rectangle(0.0, 0.0, 1.0, 0.0, 250.0, 120.0), 300.0, 2.0, advance=90.0),
    Panel("b", Polygon((np.array([[500.0, 300.0], [800, 350], [700, 600], [450, 500]]),)), 350.0, 1.5),
)
LOS = np.array([-0.62, -0.13, 0.774])
SPACE = [0.7, 1.8, 0.32, 0.05]
TRUTH = {
    "static": SPACE,
    "knothe": [*SPACE, 1.5],
    "weibull": [*SPACE, 1.1, 1.7],
    "coordinate": [*SPACE, 3.0, 1.6],
}


def make(growth: str, fixed=(), bounds=None, per_panel=False, panels=PANELS) -> PimModel:
    static = growth == "static"
    found = unknowns("static" if static else "ct", growth, False, True, {}, bounds or {}, fixed)
    ends = (2.0,) * len(panels) if static else (None,) * len(panels)
    return PimModel(
        panels, "static" if static else "ct", growth, found, (0.0,) * len(panels), ends, per_panel
    )


def record(
    model: PimModel, truth, noise: float = 0.004, spacing: float = 60.0, seed: int = 1, dates: int = 12
):
    x, y = (v.ravel() for v in np.meshgrid(np.arange(-700, 1200, spacing), np.arange(-600, 1000, spacing)))
    los = LOS[:, None] * np.ones(len(x))
    years = np.array([2.0]) if model.model == "static" else np.linspace(0.15, 2.0, dates)
    moved = model.line_of_sight(np.asarray(truth, float), x, y, los, years, 0.0)
    return Observations(
        x, y, los, years, 0.0, moved + noise * np.random.default_rng(seed).standard_normal(moved.shape)
    )


@pytest.mark.parametrize("growth", list(TRUTH))
def test_truth_lies_within_the_standard_deviations(growth: str) -> None:
    model = make(growth)
    data = record(model, TRUTH[growth])
    if growth == "static":
        data = replace(data, groups=np.arange(len(data.x)))
    found = fit(model, data)
    assert found.on_bound == ()
    assert np.all(found.std > 0)
    np.testing.assert_array_less(np.abs(found.values - TRUTH[growth]) / found.std, 4.0)
    np.testing.assert_allclose(found.values, TRUTH[growth], rtol=0.04)
    assert found.rms == pytest.approx(0.004, rel=0.05)


def test_exact_data_give_the_exact_truth() -> None:
    model = make("coordinate")
    found = fit(model, record(model, TRUTH["coordinate"], noise=0.0))
    np.testing.assert_allclose(found.values, TRUTH["coordinate"], rtol=1e-5)


def test_standard_deviation_is_the_spread_over_repetitions() -> None:
    model = make("static")
    fits = [fit(model, record(model, SPACE, seed=seed, spacing=110.0)) for seed in range(1000, 1050)]
    spread = np.std([found.values for found in fits], axis=0)
    said = np.mean([found.std for found in fits], axis=0)
    np.testing.assert_allclose(said, spread, rtol=0.35)


def test_errors_shared_by_a_date_are_seen_by_groups_and_not_by_residuals_alone() -> None:
    model = make("knothe")
    clean = record(model, TRUTH["knothe"], noise=0.002, dates=30)
    generator = np.random.default_rng(3)
    # A plane of its own at every date, like the atmosphere.
    tilt = generator.normal(0, 0.01, (30, 2)) @ np.stack([clean.x, clean.y]) / 700.0
    found = fit(model, replace(clean, values=clean.values + tilt))
    plain = np.sqrt(np.diag(found.covariance_residual))
    assert found.std[2] > 1.5 * plain[2]  # a plane looks like horizontal motion, so b suffers most
    assert np.all(found.std >= plain * (1.0 - 1e-9))  # equal but for rounding where the groups say less
    np.testing.assert_array_less(np.abs(found.values - TRUTH["knothe"]) / found.std, 4.0)


def test_phases_with_constants_and_height_errors_give_the_same_parameters() -> None:
    model = make("knothe")
    plain = record(model, TRUTH["knothe"], noise=0.0)
    pairs = np.array([(i, j) for i in range(12) for j in range(i + 1, min(i + 4, 12))])
    generator = np.random.default_rng(4)
    baselines = generator.normal(0, 60, 12)
    across = baselines[pairs[:, 1]] - baselines[pairs[:, 0]]
    values = plain.values[pairs[:, 1]] - plain.values[pairs[:, 0]]
    values = (
        values
        + across[:, None] * generator.normal(0, 1e-5, len(plain.x))
        + generator.normal(0, 1, (len(pairs), 1))
    )
    found = fit(model, replace(plain, values=values, pairs=pairs, centred=True, baselines=across))
    np.testing.assert_allclose(found.values, TRUTH["knothe"], rtol=1e-5)
    assert np.nanmax(np.abs(found.residuals)) < 1e-6


def test_missing_values_are_left_out() -> None:
    model = make("knothe")
    data = record(model, TRUTH["knothe"], noise=0.0)
    values = data.values.copy()
    values[np.random.default_rng(5).uniform(size=values.shape) < 0.3] = np.nan
    found = fit(model, replace(data, values=values))
    np.testing.assert_allclose(found.values, TRUTH["knothe"], rtol=1e-5)
    assert np.array_equal(np.isnan(found.residuals), np.isnan(values))


def test_every_panel_may_have_its_own_q() -> None:
    model = make("static", per_panel=True)
    truth = [0.5, 0.9, 1.8, 0.32, 0.05]
    found = fit(model, record(model, truth, noise=0.002))
    np.testing.assert_allclose(found.values, truth, rtol=0.05)


def test_a_parameter_on_its_bound_is_named_and_has_no_deviation() -> None:
    model = make("static", bounds={"q": (0.1, 0.5)})
    found = fit(model, record(model, SPACE))
    assert found.on_bound == ("q",)
    assert found.std[0] == 0.0
    assert found.values[0] == pytest.approx(0.5, abs=1e-3)


def test_fixed_parameters_stay() -> None:
    model = make("static", fixed=("b", "s"))
    found = fit(model, record(model, [0.7, 1.8, 0.3, 0.0]))
    assert found.values[2:].tolist() == [0.3, 0.0]
    assert found.std[2:].tolist() == [0.0, 0.0]
    assert np.isnan(found.correlation[2]).all()
    with pytest.raises(InputError, match="at least one parameter"):
        fit(make("static", fixed=("q", "tan_beta", "b", "s")), record(model, SPACE))


def test_parameters_that_the_data_cannot_tell_apart_are_named() -> None:
    # A panel far smaller than r: only the product of its acting area and q shows.
    small = (Panel("w", Rectangle(0.0, 0.0, 1.0, 0.0, 30.0, 30.0), 500.0, 5.0),)
    model = make("static", fixed=("b",), panels=small, bounds={"s": (-0.03, 0.03)})
    found = fit(model, record(model, [0.8, 1.8, 0.3, 0.0], noise=1e-5))
    assert any({"q", "s"} <= set(names) for names in found.confounded()) or "s" in found.on_bound


def test_too_few_values_are_refused() -> None:
    model = make("static")
    data = record(model, SPACE)
    few = replace(data, x=data.x[:3], y=data.y[:3], los=data.los[:, :3], values=data.values[:, :3])
    with pytest.raises(InputError, match="3 values for 4 unknowns"):
        fit(model, few)


def test_cancel_is_honoured() -> None:
    class Stop(Monitor):
        def cancelled(self) -> bool:
            return True

    model = make("static")
    with pytest.raises(Cancelled):
        fit(model, record(model, SPACE), Stop())
