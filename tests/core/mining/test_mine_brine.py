"""The whole chain on a simulated mine: brine from noisy interferograms against what the simulator removed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from groundline_tests import pictures

from groundline.core.mining.brine_job import run_brine
from groundline.core.mining.brine_params import BrineParams
from groundline.core.mining.estimate_job import run_wskestimate
from groundline.core.mining.estimate_params import WskEstimateParams, WskPredictParams
from groundline.core.mining.predict_job import run_wskpredict
from groundline.core.simulation.saltmine_job import run_saltmine
from groundline.core.simulation.saltmine_params import SaltMineParams
from groundline.core.vector import read_vector

THRESHOLD = 10.0  # mm


@pytest.fixture(scope="module", autouse=True)
def blank_pictures() -> Iterator[None]:
    """Numbers alone are looked at."""
    with pictures.blank():
        yield


@pytest.fixture(scope="module", params=["default", "none decorrelated"])
def mine(request, tmp_path_factory) -> Path:
    """Noise of 0.25 rad; by default 8 % of the pixels are decorrelated in patches, and get no value."""
    folder = tmp_path_factory.mktemp("mine")
    other = {} if request.param == "default" else {"decorrelated": 0.0}
    params = SaltMineParams(folder, size="small", **other)
    assert params.noise_rad == 0.25 and (other or params.decorrelated == 0.08)
    run_saltmine(params)
    return folder


@pytest.fixture(scope="module")
def kinetics(mine, tmp_path_factory) -> Path:
    numbers = json.loads((mine / "result.json").read_text())["numbers"]
    reference = read_vector(mine / "reference_areas.geojson")
    return run_wskestimate(
        WskEstimateParams(
            mine / "interferograms",
            tmp_path_factory.mktemp("wsk") / "out",
            reference=reference,
            record_cx=numbers["record_mean_cx"]["value"],
        )
    ).folder


def brine(mine: Path, folder: Path, output: Path, **other) -> dict[str, float]:
    funnels = read_vector(mine / "funnels.geojson")
    result = run_brine(BrineParams(folder, output, funnels=funnels, threshold=THRESHOLD, **other))
    return {key: number.value for key, number in result.numbers.items()}


def test_the_yearly_rate_is_within_five_per_cent_of_what_was_removed(mine, kinetics, tmp_path):
    found = brine(mine, kinetics, tmp_path / "found", records=mine / "production.csv")
    truth = brine(mine, mine / "truth", tmp_path / "truth")
    assert found["annual_rate"] == pytest.approx(truth["annual_rate"], rel=0.05)
    assert abs(found["annual_rate"] - truth["annual_rate"]) < 2.0 * found["annual_rate_std"]
    assert found["filling_std"] < 0.01 * found["product"]
    # The record holds everything, the estimate what sank beyond the threshold: 2 % less.
    assert found["records_ratio"] == pytest.approx(1.0, abs=0.05)


def test_the_forecast_of_the_brine_meets_the_year_that_followed(mine, kinetics, tmp_path):
    run_wskpredict(WskPredictParams(kinetics, tmp_path / "forecast", truth=mine / "truth" / "forecast"))
    found = brine(mine, tmp_path / "forecast", tmp_path / "found")
    truth = brine(mine, mine / "truth" / "forecast", tmp_path / "truth")
    assert found["product"] == pytest.approx(truth["product"], rel=0.05)
