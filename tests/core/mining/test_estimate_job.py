"""From interferograms to kinetics and forecast on a mine whose truth is known."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from groundline.core import manifest
from groundline.core.errors import Cancelled, InputError
from groundline.core.mining.estimate_job import run_wskestimate
from groundline.core.mining.estimate_params import WskEstimateParams, WskPredictParams
from groundline.core.mining.predict_job import run_wskpredict
from groundline.core.mining.subsidence import open_series
from groundline.core.monitor import Monitor
from groundline.core.pointfile import read_points
from groundline.core.raster import read_geotiff
from groundline.core.simulation.saltmine_job import run_saltmine
from groundline.core.simulation.saltmine_params import SaltMineParams
from groundline.core.timeseries.params import SbasParams
from groundline.core.timeseries.sbas import run_sbas
from groundline.core.vector import read_vector


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*")) if path.is_file()
    }


def params_of(mine: Path, output: Path, **other) -> WskEstimateParams:
    truth = json.loads((mine / "result.json").read_text())["numbers"]
    cx = truth["record_mean_cx"]["value"] if "record_mean_cx" in truth else None
    return WskEstimateParams(
        mine / "interferograms",
        output,
        reference=read_vector(mine / "reference_areas.geojson"),
        **{"record_cx": cx, **other},
    )


@pytest.fixture(scope="module")
def mine(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("mine")
    run_saltmine(SaltMineParams(folder, columns=48))
    return folder


@pytest.fixture(scope="module")
def estimated(mine, tmp_path_factory):
    folder = tmp_path_factory.mktemp("wsk") / "out"
    return run_wskestimate(params_of(mine, folder))


def layer(folder: Path, role: str) -> np.ndarray:
    return read_geotiff(folder / f"{role}.tif")[0].astype(float)


def test_maps_agree_with_the_truth_within_their_standard_deviations(mine, estimated):
    chosen = np.isfinite(layer(estimated.folder, "D"))
    assert chosen.sum() == estimated.numbers["pixels"].value > 2000
    sinking = chosen & (layer(mine / "truth", "D") > 3e-9)
    for role, place, low in (("D", sinking, 0.93), ("dH", chosen, 0.93)):
        error = layer(estimated.folder, role) - layer(mine / "truth", role)
        score = error[place] / layer(estimated.folder, f"{role}_std")[place]
        assert np.std(score) == pytest.approx(1.0, abs=0.15), role
        assert np.mean(np.abs(score) < 2.0) > low, role


def test_the_concentration_is_that_of_the_truth(mine, estimated):
    rows = (mine / "truth" / "concentration.csv").read_text().splitlines()[1:]
    true = np.array([float(row.split(",")[3]) for row in rows])
    found = json.loads((estimated.folder / "wsk.json").read_text())["funnels"][0]
    u, std = np.array(found["u"]), np.array(found["u_std"])
    assert np.sqrt(np.mean((u / true - 1.0) ** 2)) < 0.02
    assert (np.abs(u - true) < 4.0 * std + 1e-4).all()
    np.testing.assert_allclose(found["cx"], 48.8 * (1.0 - u))


def test_the_output_is_a_displacement_folder(mine, estimated):
    series = open_series(estimated.folder)
    truth = open_series(mine / "truth")
    assert series.dates == truth.dates
    error = 1000.0 * (series.read() - truth.read())
    known = np.isfinite(error[-1])
    assert np.sqrt(np.mean(error[-1][known] ** 2)) < 2.5
    np.testing.assert_array_equal(error[0][known], 0.0)
    points = read_points(estimated.folder / "points.gpkg")
    assert len(points) == estimated.numbers["pixels"].value
    assert {"velocity", "diffusion", "funnel", "height_error", "los_up", "incidence"} <= set(points.attributes)
    assert points.dates == series.dates
    assert (estimated.folder / "layers.qlr").is_file()
    stack = manifest.load(estimated.folder)
    assert {"D", "D_std", "dH", "dH_std", "funnel", "velocity", "residual_rms"} <= set(stack.products)


def test_residuals_are_the_noise_that_was_put_in(estimated):
    assert estimated.numbers["residual_std"].value == pytest.approx(0.25, rel=0.02)
    table = estimated.tables["residual_std_per_pair_rad"]
    assert len(table) == 79
    assert max(table.values()) < 0.3


@pytest.mark.usefixtures("blank_pictures")
def test_without_a_gauge_subsidence_is_the_same_and_cx_is_not_given(mine, estimated, tmp_path):
    free = run_wskestimate(params_of(mine, tmp_path / "free", record_cx=None))
    assert free.numbers["mean_cx"].value is None
    assert any("only their product is physical" in text for text in free.warnings)
    day = "displacement/20170815.tif"
    ours, theirs = (read_geotiff(folder / day)[0] for folder in (free.folder, estimated.folder))
    np.testing.assert_allclose(ours, theirs, atol=0.01)


@pytest.mark.usefixtures("blank_pictures")
def test_the_published_bound_is_told_with_its_numbers(mine, tmp_path):
    fixed = run_wskestimate(params_of(mine, tmp_path / "fixed", bounds="fixed"))
    text = " ".join(fixed.warnings)
    assert "at most 19.7 mm/yr" in text
    assert "42.7 mm in the 792 days" in text
    assert "the data ask for more than the bounds allow" in text
    assert fixed.numbers["pixels_on_bound"].value > 100
    assert np.nanmax(layer(fixed.folder, "D")) == pytest.approx(1.87e-9, rel=1e-6)


def test_scaled_bounds_still_tell_of_the_published_one(estimated):
    facts = " ".join(estimated.tables["funnels"][0]["facts"])
    assert "The published bound, for comparison: D of at most 1.87e-09" in facts
    assert estimated.numbers["pixels_on_bound"].value == 0
    assert estimated.numbers["kkt"].value < 1e-8


@pytest.mark.usefixtures("blank_pictures")
def test_each_funnel_has_a_concentration_of_its_own(tmp_path):
    run_saltmine(SaltMineParams(tmp_path / "mine", columns=60, own_cx=True, noise_rad=0.1))
    funnels = read_vector(tmp_path / "mine" / "funnels.geojson")
    result = run_wskestimate(params_of(tmp_path / "mine", tmp_path / "out", funnels=funnels))
    assert result.numbers["funnels"].value == 6
    rows = [row.split(",") for row in (tmp_path / "mine/truth/concentration.csv").read_text().splitlines()[1:]]
    for group in json.loads((tmp_path / "out" / "wsk.json").read_text())["funnels"]:
        true = np.array([float(row[3]) for row in rows if int(row[2]) == group["funnel"]])
        u = np.array(group["u"])
        # Without a gauge the shape is known: compare relative to the mean of the record.
        assert np.corrcoef(u, true)[0, 1] > 0.99, group["funnel"]
    solved = np.isfinite(layer(tmp_path / "out", "D"))
    assert set(np.unique(layer(tmp_path / "out", "funnel")[solved])) == set(range(1, 7))


def test_a_second_run_keeps_every_byte_and_other_parameters_replace(mine, tmp_path):
    params = params_of(mine, tmp_path / "out")
    run_wskestimate(params)
    before = digests(tmp_path / "out")
    stamp = (tmp_path / "out" / "D.tif").stat().st_mtime_ns
    run_wskestimate(params)
    assert (tmp_path / "out" / "D.tif").stat().st_mtime_ns == stamp
    run_wskestimate(replace(params, first_dates=20))
    shorter = digests(tmp_path / "out")
    assert len([name for name in shorter if name.startswith("displacement/")]) == 20
    assert len([name for name in shorter if name.startswith("displacement_std/")]) == 20
    run_wskestimate(params)
    assert digests(tmp_path / "out") == before


class StopAt(Monitor):
    def __init__(self, limit: int) -> None:
        self.left = limit

    def cancelled(self) -> bool:
        self.left -= 1
        return self.left < 0


def test_a_cancelled_run_leaves_nothing_or_the_earlier_result(mine, tmp_path):
    for limit in (0, 3, 40, 110):
        with pytest.raises(Cancelled):
            run_wskestimate(params_of(mine, tmp_path / "out"), StopAt(limit))
        assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("blank_pictures")
@pytest.mark.parametrize("other", [{"weights": "interferogram"}, {"weights": "pixel"}, {"u_model": "free"}])
def test_other_ways_find_the_same_ground(mine, estimated, tmp_path, other):
    result = run_wskestimate(params_of(mine, tmp_path / "out", **other))
    ours = open_series(result.folder).read(numbers=[31])[0]
    theirs = open_series(estimated.folder).read(numbers=[31])[0]
    assert np.nanstd(1000.0 * (ours - theirs)) < 1.0


@pytest.mark.usefixtures("blank_pictures")
def test_a_temperature_series_drives_u_and_needs_no_gauge(mine, estimated, tmp_path):
    driven = {"record_cx": None, "u_model": "temperature", "temperatures": mine / "temperature.csv"}
    result = run_wskestimate(params_of(mine, tmp_path / "out", **driven))
    truth = json.loads((mine / "result.json").read_text())["numbers"]["record_mean_cx"]["value"]
    assert result.numbers["mean_cx"].value == pytest.approx(truth, abs=0.05)
    assert np.nanmax(layer(result.folder, "D")) == pytest.approx(np.nanmax(layer(estimated.folder, "D")), rel=0.02)
    short = tmp_path / "short.csv"
    short.write_text("".join((mine / "temperature.csv").read_text().splitlines(keepends=True)[:60]))
    with pytest.raises(InputError, match="TEMPERATURES.*covers"):
        run_wskestimate(params_of(mine, tmp_path / "no", **{**driven, "temperatures": short}))


@pytest.mark.usefixtures("blank_pictures")
def test_a_temperature_file_may_begin_where_the_record_ends(mine, tmp_path):
    """The record's own series is in the estimate; what follows comes from a file of its own."""
    head, *lines = (mine / "temperature.csv").read_text().splitlines(keepends=True)
    record, later = tmp_path / "record.csv", tmp_path / "later.csv"
    record.write_text(head + "".join(line for line in lines if line[:10] <= "2017-08-20"))
    later.write_text(head + "".join(line for line in lines if line[:10] >= "2017-08-15"))
    driven = {"record_cx": None, "u_model": "temperature", "temperatures": record}
    run_wskestimate(params_of(mine, tmp_path / "driven", **driven))
    given = WskPredictParams(tmp_path / "driven", tmp_path / "a", dates="2017-10-01, 2018-03-01", temperatures=later)
    one = run_wskpredict(given)
    other = run_wskpredict(replace(given, output=tmp_path / "b", temperatures=mine / "temperature.csv"))
    np.testing.assert_allclose(open_series(one.folder).read(), open_series(other.folder).read(), rtol=1e-6)
    with pytest.raises(InputError, match="TEMPERATURES.*covers"):
        run_wskpredict(replace(given, output=tmp_path / "c", temperatures=""))


def test_ground_that_does_not_sink_is_said(mine, tmp_path):
    corner = read_vector(mine / "reference_areas.geojson")
    with pytest.raises(InputError, match="subsid"):
        run_wskestimate(params_of(mine, tmp_path / "out", mask=corner))
    assert not (tmp_path / "out").exists()


def test_a_forecast_meets_the_year_that_followed(mine, estimated, tmp_path):
    result = run_wskpredict(WskPredictParams(estimated.folder, tmp_path / "fc", truth=mine / "truth" / "forecast"))
    assert result.numbers["dates_scored"].value == 12
    assert result.numbers["score_rmse"].value < 3.0
    series = open_series(result.folder)
    assert series.origin == date(2015, 6, 15)
    assert series.dates == open_series(mine / "truth" / "forecast").dates
    error = series.read()[-1] - open_series(mine / "truth" / "forecast").read()[-1]
    std = layer(result.folder, "displacement_std/20180810") / 1000.0 / np.cos(np.radians(38.9))
    sinking = np.isfinite(error) & (open_series(mine / "truth").read(numbers=[31])[0] > 0.05)
    assert np.std((error / std)[sinking]) == pytest.approx(1.0, abs=0.3)
    assert "2018-08-10" in (tmp_path / "fc" / "report.html").read_text()
    assert (tmp_path / "fc" / "layers.qlr").is_file()


@pytest.mark.usefixtures("blank_pictures")
def test_hold_out_scores_the_dates_that_were_left_out_against_sbas(mine, tmp_path):
    reference = read_vector(mine / "reference_areas.geojson")
    run_sbas(SbasParams(mine / "interferograms", tmp_path / "sbas", reference=reference, dem_error=True))
    run_wskestimate(params_of(mine, tmp_path / "wsk", first_dates=24))
    result = run_wskpredict(WskPredictParams(tmp_path / "wsk", tmp_path / "fc", truth=tmp_path / "sbas"))
    assert [row["date"] for row in result.tables["scores"]][::7] == ["2017-02-16", "2017-08-15"]
    for row in result.tables["scores"]:
        assert row["rmse_mm"] < 6.0
        assert row["lowest_mm"] < 0.0 < row["highest_mm"]


@pytest.mark.usefixtures("blank_pictures")
def test_dates_come_as_a_list_or_in_steps(mine, estimated, tmp_path):
    listed = run_wskpredict(WskPredictParams(estimated.folder, tmp_path / "a", dates="2017-02-16, 2018-01-01"))
    assert [day.isoformat() for day in open_series(listed.folder).dates] == ["2017-02-16", "2018-01-01"]
    stepped = run_wskpredict(WskPredictParams(estimated.folder, tmp_path / "b", end="2017-11-20", step=40))
    assert [day.isoformat() for day in open_series(stepped.folder).dates] == [
        "2017-09-24", "2017-11-03", "2017-11-20",
    ]  # fmt: skip
    inside = open_series(estimated.folder)
    number = inside.dates.index(date(2017, 2, 16))
    np.testing.assert_allclose(
        open_series(listed.folder).read(numbers=[0]), inside.read(numbers=[number]), atol=1e-6
    )


@pytest.mark.usefixtures("blank_pictures")
def test_what_cannot_be_predicted_is_refused(mine, estimated, tmp_path):
    with pytest.raises(InputError, match="DATES.*2015-06-15"):
        run_wskpredict(WskPredictParams(estimated.folder, tmp_path / "a", dates="2014-01-01"))
    with pytest.raises(InputError, match="END.*after 2017-08-15"):
        run_wskpredict(WskPredictParams(estimated.folder, tmp_path / "a", end="2017-01-01"))
    with pytest.raises(InputError, match="wsk.json"):
        run_wskpredict(WskPredictParams(mine / "truth", tmp_path / "a", end="2019-01-01"))
    run_wskestimate(params_of(mine, tmp_path / "free", u_model="free"))
    with pytest.raises(InputError, match="U_MODEL.*free"):
        run_wskpredict(WskPredictParams(tmp_path / "free", tmp_path / "a", end="2018-01-01"))
    driven = {"record_cx": None, "u_model": "temperature", "temperatures": mine / "temperature.csv"}
    run_wskestimate(params_of(mine, tmp_path / "driven", **driven))
    with pytest.raises(InputError, match="TEMPERATURES.*covers"):
        run_wskpredict(WskPredictParams(tmp_path / "driven", tmp_path / "a", end="2022-01-01"))
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize(
    ("wrong", "name"),
    [({"end": ""}, "END"), ({"step": 0}, "STEP"), ({"dates": "soon"}, "DATES"), ({"truth": "/nowhere"}, "TRUTH"),
     ({"output": ""}, "OUTPUT")],
)  # fmt: skip
def test_senseless_predictions_are_refused(tmp_path, wrong, name):
    with pytest.raises(InputError, match=name):
        replace(WskPredictParams(tmp_path / "in", tmp_path / "out", end="2018-01-01"), **wrong).validate()
