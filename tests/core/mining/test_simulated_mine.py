"""Funnels and brine of the simulated salt mine against what the simulator removed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from groundline_tests import pictures

from groundline.core.mining.brine import Deposit
from groundline.core.mining.brine_job import run_brine
from groundline.core.mining.brine_params import BrineParams
from groundline.core.mining.funnel_params import FunnelParams
from groundline.core.mining.funnels_job import run_funnels
from groundline.core.result import Result
from groundline.core.simulation.saltmine_job import run_saltmine
from groundline.core.simulation.saltmine_params import SaltMineParams
from groundline.core.timeseries.params import SbasParams
from groundline.core.timeseries.sbas import run_sbas
from groundline.core.vector import read_vector


@pytest.fixture(scope="module", autouse=True)
def blank_pictures() -> Iterator[None]:
    """Numbers alone are looked at."""
    with pictures.blank():
        yield


@pytest.fixture(scope="module")
def mine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The mine with noise of 0.25 rad."""
    folder = tmp_path_factory.mktemp("mine") / "scene"
    run_saltmine(SaltMineParams(folder, size="small", noise_rad=0.25))
    return folder


@pytest.fixture(scope="module")
def measured(mine: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Subsidence as SBAS finds it in the noisy interferograms."""
    out = tmp_path_factory.mktemp("sbas") / "out"
    areas = read_vector(mine / "reference_areas.geojson")
    run_sbas(SbasParams(str(mine / "interferograms"), str(out), reference=areas))
    return out


def brine(folder: Path, mine: Path, out: Path, **changes: Any) -> Result:
    funnels = read_vector(mine / "funnels.geojson")
    return run_brine(BrineParams(folder, out, funnels, Deposit(), **changes))


def number(result: Result, name: str) -> float:
    value = result.numbers[name].value
    assert value is not None
    return value


def test_yearly_rate_is_within_five_percent_of_the_mass_that_was_removed(mine, measured, tmp_path) -> None:
    truth = brine(mine / "truth", mine, tmp_path / "truth")
    found = brine(measured, mine, tmp_path / "measured")
    assert number(found, "annual_rate") == pytest.approx(number(truth, "annual_rate"), rel=0.05)
    for mine_, mine_truth in zip(found.tables["funnels"], truth.tables["funnels"]):
        assert mine_["product_t"] == pytest.approx(mine_truth["product_t"], rel=0.08)


def test_production_record_of_the_simulator_is_met(mine, measured, tmp_path) -> None:
    exact = brine(mine / "truth", mine, tmp_path / "truth", records=mine / "production.csv", threshold=0.0)
    assert number(exact, "records_ratio") == pytest.approx(1.0, abs=0.01)
    found = brine(measured, mine, tmp_path / "measured", records=mine / "production.csv")
    assert number(found, "records_ratio") == pytest.approx(1.0, abs=0.05)


def test_watershed_and_wells_find_the_six_funnels(mine, measured, tmp_path) -> None:
    wells = read_vector(mine / "wells.geojson")
    by_depth = run_funnels(FunnelParams(measured, tmp_path / "watershed"))
    assert number(by_depth, "funnel_count") == 6
    by_well = run_funnels(FunnelParams(measured, tmp_path / "wells", wells=wells, boundary=60.0))
    assert number(by_well, "funnel_count") == len(wells.wkb)
