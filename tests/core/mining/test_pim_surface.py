"""The deviation of a modelled surface is linear in the same derivatives as the fit's covariance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from groundline_tests import mines

from groundline.core.mining.pim_fit import Observations, fit
from groundline.core.mining.pim_model import PimModel, times_of
from groundline.core.mining.pim_panels import read_panels
from groundline.core.mining.pim_parameters import unknowns
from groundline.core.mining.pim_surface import derivatives

PANELS = mines.panels(
    (mines.box(-200, -80, 200, 80), {"name": "L1", "depth": 150, "thickness": 1.2, "start": "2019-06-01"})
)
YEARS = np.linspace(0.0, 2.0, 20)


def mine_that_was_extracted_before() -> tuple[PimModel, Observations, np.ndarray]:
    """A face that took 0.2 years and ended before the record: its duration is all but unknown."""
    days = mines.days(20)
    panels = read_panels(PANELS, mines.UTM)
    starts, ends = times_of(panels, "ct", days[0], days[-1])
    wanted = unknowns("ct", "coordinate", False, True, {"b": 0.0}, {"q": (0.001, 1.5)}, ("b", "s"))
    model = PimModel(panels, "ct", "coordinate", wanted, starts, ends)
    truth = np.array([{"q": 0.6, "tan_beta": 2.0, "rate": 0.8, "duration": 0.2}.get(u.name, 0.0) for u in wanted])
    x, y = mines.centres(mines.grid(12, 14, 80.0))
    los = np.broadcast_to(np.array([[0.0], [0.0], [1.0]]), (3, len(x)))
    moved = model.line_of_sight(truth, x, y, los, YEARS, 0.0)
    noise = 0.004 * np.random.default_rng(2).standard_normal(moved.shape)
    return model, Observations(x, y, los, YEARS, 0.0, moved + noise), truth


def test_steps_stay_inside_the_bounds_however_large_the_deviation() -> None:
    model, data, truth = mine_that_was_extracted_before()
    found = fit(model, data)
    place = [u.name for u in model.columns].index("duration")
    wide = np.diag([1e-4 * u.estimated for u in model.columns])
    wide[place, place] = 6.0**2  # years, of 0.2
    guess = replace(found, values=truth, covariance=wide)
    free, slopes = derivatives(lambda v: np.log(np.where(v == 0.0, 1.0, v)), guess)  # no value below 0
    assert place in free
    np.testing.assert_allclose(np.diag(slopes[:, free]), 1.0 / truth[free], rtol=1e-5)
