"""Funnels with gauges of their own, funnels that tell nothing, and what a run says and leaves behind."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from groundline.core.errors import InputError
from groundline.core.mining import estimate_fit, estimate_job
from groundline.core.mining.estimate_gauge import gauges_of
from groundline.core.mining.estimate_job import run_wskestimate
from groundline.core.mining.estimate_params import WskEstimateParams
from groundline.core.mining.kinetics import PRESETS
from groundline.core.mining.wsk_gauge import MEAN_CX, Gauge
from groundline.core.mining.wsk_time import UModel
from groundline.core.monitor import Monitor
from groundline.core.raster import read_geotiff
from groundline.core.simulation.saltmine_job import run_saltmine
from groundline.core.simulation.saltmine_params import SaltMineParams
from groundline.core.vector import VectorInput, read_vector


class Log(Monitor):
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.warnings: list[str] = []

    def info(self, text: str) -> None:
        self.lines.append(text)

    def warn(self, text: str) -> None:
        self.warnings.append(text)


def with_field(layer: VectorInput, values: dict[int, object]) -> VectorInput:
    """The funnels with a field `cx`."""
    rows = tuple({**row, "cx": values.get(int(row["funnel"]))} for row in layer.attributes)
    return replace(layer, attributes=rows)


@pytest.fixture(scope="module")
def mine(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("mine")
    run_saltmine(SaltMineParams(folder, columns=40, noise_rad=0.1))
    return folder


@pytest.fixture(scope="module")
def record_cx(mine) -> float:
    return json.loads((mine / "result.json").read_text())["numbers"]["record_mean_cx"]["value"]


@pytest.fixture(scope="module")
def params(mine, tmp_path_factory, record_cx) -> WskEstimateParams:
    return WskEstimateParams(
        mine / "interferograms",
        tmp_path_factory.mktemp("wsk") / "out",
        reference=read_vector(mine / "reference_areas.geojson"),
        funnels=with_field(
            read_vector(mine / "funnels.geojson"), {1: record_cx, 2: record_cx - 2.0, 3: record_cx, 4: record_cx}
        ),
        record_cx_field="cx",
        residuals=True,
    )


@pytest.fixture(scope="module")
def run(params):
    """One run with a gauge for four of six funnels, of which one holds nothing but noise."""
    log, fit = Log(), estimate_fit.fit_all

    def spoiled(given, scene, monitor):
        rng = np.random.default_rng(0)
        nothing = scene.labels == 4
        scene.phase[:, nothing] = rng.normal(0.0, 0.1, (len(scene.phase), int(nothing.sum())))
        return fit(given, scene, monitor)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(estimate_job, "fit_all", spoiled)
        result = run_wskestimate(params, log)
    return result, log


def layer(folder: Path, name: str) -> np.ndarray:
    return read_geotiff(folder / f"{name}.tif")[0].astype(float)


def test_each_funnel_has_the_mean_of_cx_that_the_field_gives(run, record_cx):
    result, _ = run
    rows = {row["funnel"]: row for row in json.loads((result.folder / "wsk.json").read_text())["funnels"]}
    days = np.diff(rows[1]["model"]["days"])
    for funnel, expected in ((1, record_cx), (2, record_cx - 2.0), (3, record_cx)):
        assert rows[funnel]["physical"]
        assert np.average(rows[funnel]["cx"], weights=days) == pytest.approx(expected, abs=1e-6)
    for funnel in (5, 6):
        assert not rows[funnel]["physical"] and rows[funnel]["cx"] is None
        assert np.average(rows[funnel]["u"], weights=days) == pytest.approx(1.0)
        assert "only their product is physical" in rows[funnel]["gauge"]


def test_funnels_without_a_gauge_are_named(run):
    result, log = run
    text = next(text for text in result.warnings if "No mean of Cx" in text)
    assert "for funnels 5, 6:" in text and text in log.warnings


def test_a_weak_funnel_is_left_out_by_name_and_the_others_stand(run):
    result, log = run
    assert result.numbers["funnels"].value == 5 and result.numbers["funnels_left_out"].value == 1
    (weak,) = result.tables["funnels_left_out"]
    assert weak["funnel"] == 4 and "without a subsiding pixel" in weak["reason"]
    assert any(text.startswith("Funnel 4 (") and "left out" in text for text in log.warnings)
    assert "Funnel left out" in (result.folder / "report.html").read_text()
    funnel, known = layer(result.folder, "funnel"), np.isfinite(layer(result.folder, "D"))
    assert set(np.unique(funnel[known])) == {1, 2, 3, 5, 6}
    assert result.numbers["pixels"].value == known.sum()


def test_when_every_funnel_is_weak_the_run_is_refused(params, mine, tmp_path):
    here = read_vector(mine / "reference_areas.geojson")
    still = replace(here, attributes=tuple({"funnel": n + 1} for n in range(len(here.wkb))))
    with pytest.raises(InputError, match="Funnel [0-9]+: Phase.*without a subsiding pixel"):
        run_wskestimate(replace(params, funnels=still, record_cx_field="", output=tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_the_five_limits_are_in_the_log_with_the_numbers_of_each_funnel(run):
    _, log = run
    for funnel in (1, 5):
        told = [line for line in log.lines if line.startswith(f"Funnel {funnel}, ")]
        for start, words in (
            ("scale: ", "mean u" if funnel == 1 else "only D u is physical"),
            ("baselines: ", "% of their variance"),
            ("bounds: ", "19.7 mm/yr" if funnel == 1 else "none on D"),
            ("reference: ", "would rise against it"),
            ("concentration: ", "Cs = 48.8"),
        ):
            assert any(line.startswith(f"Funnel {funnel}, {start}") and words in line for line in told), start
            assert all(len(line) < 220 for line in told)


def test_residual_phases_add_up_to_the_stated_size(run, params):
    result, _ = run
    files = sorted((result.folder / "residual").glob("*.tif"))
    assert len(files) == result.numbers["pairs"].value
    first = read_geotiff(files[0])[0]
    stated = result.tables["residual_std_per_pair_rad"]
    assert np.nanstd(first) == pytest.approx(stated[next(iter(stated))], rel=1e-3)
    rms = layer(result.folder, "residual_rms")
    known = np.isfinite(rms)
    values = np.array([read_geotiff(file)[0].astype(float)[known] for file in files])
    np.testing.assert_allclose(np.sqrt(np.mean(values**2, axis=0)), rms[known], rtol=1e-4)


def test_the_correlation_of_d_and_dh_is_written(run):
    result, _ = run
    correlation = layer(result.folder, "D_dH_correlation")
    known = np.isfinite(layer(result.folder, "D"))
    assert np.isfinite(correlation[known]).all() and np.abs(correlation[known]).max() <= 1.0


@pytest.mark.usefixtures("blank_pictures")
def test_one_gauge_for_several_funnels_is_warned_of_and_no_residuals_stay(run, params, record_cx, tmp_path):
    log = Log()
    plain = replace(params, record_cx_field="", record_cx=record_cx, residuals=False)
    result = run_wskestimate(plain, log)
    text = next(text for text in log.warnings if "serves the funnels" in text)
    assert f"RECORD_CX ({record_cx:g}) serves the funnels 1, 2, 3, 4, 5, 6" in text
    assert not list((result.folder / "residual").glob("*.tif"))
    assert result.numbers["mean_cx"].value == pytest.approx(record_cx, abs=1e-6)


@pytest.mark.parametrize(
    ("values", "other", "match"),
    [
        ({1: -1.0}, {}, "RECORD_CX_FIELD.*0 g/100 g or more"),
        ({1: "much"}, {}, "RECORD_CX_FIELD.*much"),
        ({1: 48.8}, {}, "Funnel 1: RECORD_CX.*between 0 and 1"),
        ({1: 30.0}, {"record_cx_field": "nothing"}, "RECORD_CX_FIELD.*It has cx, funnel"),
        ({1: 30.0}, {"funnels": None}, "RECORD_CX_FIELD.*FUNNELS"),
        ({1: 30.0}, {"u_model": "temperature", "temperatures": __file__}, "RECORD_CX_FIELD.*temperature series"),
    ],
)
def test_gauges_of_funnels_that_cannot_be_used(params, mine, values, other, match):
    layer = with_field(read_vector(mine / "funnels.geojson"), values)
    layer = replace(layer, attributes=tuple({k: row[k] for k in ("funnel", "cx")} for row in layer.attributes))
    given = replace(params, **{"funnels": layer, **other})
    with pytest.raises(InputError, match=match):
        given.validate()
        gauges_of(given, (1, 2), PRESETS["xinhua"], UModel())


def test_polygons_of_one_funnel_share_its_gauge(params, mine):
    layer = with_field(read_vector(mine / "funnels.geojson"), {1: 30.0})
    rows = ({"funnel": 1, "cx": 30.0}, {"funnel": 1, "cx": None}, {"funnel": 2, "cx": 31.0})
    given = replace(params, funnels=replace(layer, attributes=rows), record_cx=35.0)
    found = gauges_of(given, (1, 2, 3), PRESETS["xinhua"], UModel())
    assert found == {1: Gauge(MEAN_CX, 30.0), 2: Gauge(MEAN_CX, 31.0), 3: Gauge(MEAN_CX, 35.0)}
    rows = ({"funnel": 1, "cx": 30.0}, {"funnel": 1, "cx": 31.0})
    with pytest.raises(InputError, match="30 and 31 for funnel 1"):
        gauges_of(replace(given, funnels=replace(layer, attributes=rows)), (1,), PRESETS["xinhua"], UModel())


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"preset": "own", "cs": 0.0}, "CS"),
        ({"preset": "own", "cs": -1.0}, "CS"),
        ({"preset": "own", "delta": 0.0}, "DELTA"),
        ({"preset": "own", "delta": -3.0}, "DELTA"),
        ({"start": "2017-08-15"}, "START|END|dates"),
        ({"first_dates": 1}, "FIRST_DATES"),
        ({"bounds": "fixed", "max_d": 1e-14}, "MAX_D.*pixels are on a bound"),
    ],
)
def test_bad_input_is_refused_before_anything_is_written(params, record_cx, tmp_path, wrong, match):
    plain = replace(params, funnels=None, record_cx_field="", record_cx=record_cx, output=tmp_path / "out")
    with pytest.raises(InputError, match=match):
        run_wskestimate(replace(plain, **wrong))
    assert not (tmp_path / "out").exists()


def test_overlapping_funnels_are_refused(params, mine, tmp_path):
    funnels = read_vector(mine / "funnels.geojson")
    rows = tuple({"funnel": number + 1} for number in range(2))
    twice = replace(funnels, wkb=(funnels.wkb[0], funnels.wkb[0]), attributes=rows)
    with pytest.raises(InputError, match="overlapping funnels 1 and 2"):
        run_wskestimate(replace(params, funnels=twice, record_cx_field="", output=tmp_path / "out"))
