"""The comparison on a simulated mine: who fits, who predicts, levelling, files, resume, mistakes."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from groundline_tests.stacks import hashes

from groundline.core import crs, manifest
from groundline.core.errors import InputError
from groundline.core.mining.compare_job import run_comparemodels
from groundline.core.mining.compare_params import CompareParams
from groundline.core.raster import read_geotiff, write_geotiff
from groundline.core.result import Result
from groundline.core.simulation.saltmine_job import run_saltmine
from groundline.core.simulation.saltmine_params import PIM, WSK, SaltMineParams
from groundline.core.vector import read_vector

FIT_END = "2017-02-01"  # leaves 8 of 32 dates
QUICK = ("wsk", "linear", "seasonal", "polynomial")
FILES = {
    "models.csv",
    "interferograms.csv",
    "predictions.csv",
    "levelling.csv",
    "residuals.png",
    "levelling.png",
    "deviations.png",
    "distribution.png",
    "report.html",
    "result.json",
}


def scene(folder: Path, make: str) -> Path:
    run_saltmine(SaltMineParams(folder, seed=3, columns=40, make=make, decorrelated=0.0))
    return folder


def params_of(mine: Path, output: Path) -> CompareParams:
    return CompareParams(
        mine / "interferograms",
        output,
        models=QUICK,
        reference=read_vector(mine / "reference_areas.geojson"),
        fit_end=FIT_END,
        measured=mine / "truth",
        levelling_csv=mine / "levelling.csv",
    )


@pytest.fixture(scope="module")
def mine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return scene(tmp_path_factory.mktemp("wsk") / "mine", WSK)


@pytest.fixture(scope="module")
def compared(mine: Path, tmp_path_factory: pytest.TempPathFactory) -> Result:
    return run_comparemodels(params_of(mine, tmp_path_factory.mktemp("out") / "compared"))


def models(result: Result) -> dict[str, dict]:
    return {row["model"]: row for row in result.tables["models"]}


def value(result: Result, name: str) -> float:
    number = result.numbers[name].value
    assert number is not None
    return number


def test_the_model_that_made_the_mine_leaves_the_noise(compared: Result) -> None:
    # Gaussian noise of 0.25 rad; two of its degrees of freedom per pixel are spent on D and dH.
    rows = models(compared)
    assert rows["wsk"]["residual_std_rad"] == pytest.approx(0.25, abs=0.01)
    assert rows["wsk"]["residual_std_rad"] < rows["linear"]["residual_std_rad"]
    assert rows["wsk"]["aic"] < min(
        rows[name]["aic"] for name in ("linear", "seasonal", "polynomial", "sbas")
    )
    assert rows["linear"]["probability_beside_wsk"] == 0.0


def test_no_model_is_below_the_lower_bound(compared: Result) -> None:
    rows = models(compared)
    assert all(rows["sbas"]["residual_std_rad"] < rows[name]["residual_std_rad"] for name in QUICK)


def test_it_predicts_best_too(compared: Result) -> None:
    rows = models(compared)
    assert rows["wsk"]["prediction_std_mm"] < min(rows[name]["prediction_std_mm"] for name in QUICK[1:])
    gain = rows["linear"]["wsk_improves_prediction"]
    a, b = (rows[name]["prediction_std_mm"] for name in ("linear", "wsk"))
    assert gain == pytest.approx((a - b) / a)
    assert rows["sbas"]["prediction_std_mm"] is None


def test_errors_of_each_predicted_date_are_against_the_measured_folder(compared: Result) -> None:
    rows = [row for row in compared.tables["predictions"] if row["model"] == "wsk"]
    assert len(rows) == 8 + 1
    assert all(row["values"] == value(compared, "pixels") for row in rows[:-1])
    assert rows[-1]["largest_mm"] == pytest.approx(max(row["largest_mm"] for row in rows[:-1]))
    assert compared.tables["measured"] == "truth"


def test_levelling_is_met_by_the_model_that_made_the_mine(compared: Result) -> None:
    # Levelled to 1 mm; pixels of 60 m on funnels of 120 m add their own error, which is the same for all models.
    rows = models(compared)
    assert rows["wsk"]["levelling_rmse_mm"] < rows["linear"]["levelling_rmse_mm"]
    first = [row for row in compared.tables["levelling"] if row["date"] == "2015-06-15"]
    assert len(first) == 6
    assert all(row["levelled_mm"] == row["wsk_mm"] == 0.0 for row in first)


def test_files_and_tables_agree(compared: Result) -> None:
    assert {path.name for path in compared.folder.iterdir()} == FILES
    with open(compared.files["models"], encoding="utf-8", newline="") as stream:
        rows = {row["model"]: row for row in csv.DictReader(stream)}
    assert float(rows["wsk"]["aic"]) == pytest.approx(models(compared)["wsk"]["aic"])
    with open(compared.files["interferograms"], encoding="utf-8", newline="") as stream:
        each = list(csv.DictReader(stream))
    assert len(each) == value(compared, "pairs")
    document = json.loads(compared.files["result"].read_text(encoding="utf-8"))
    assert document["numbers"]["residual_std_wsk"]["unit"] == "rad"
    text = compared.files["report"].read_text(encoding="utf-8")
    assert "39.9 %" in text and "lower bound" in text


def test_the_same_again_keeps_the_files_and_other_parameters_do_not(mine: Path, compared: Result) -> None:
    before = hashes(compared.folder)
    again = run_comparemodels(params_of(mine, compared.folder))
    assert hashes(compared.folder) == before
    assert value(again, "aic_wsk") == value(compared, "aic_wsk")


def test_the_same_bytes_elsewhere(mine: Path, compared: Result, tmp_path: Path) -> None:
    other = run_comparemodels(params_of(mine, tmp_path / "other"))
    assert hashes(other.folder) == hashes(compared.folder)


@pytest.mark.usefixtures("blank_pictures")
def test_without_measured_the_free_inversion_of_the_whole_stack_scores(mine: Path, tmp_path: Path) -> None:
    given = replace(params_of(mine, tmp_path / "o"), measured="", levelling_csv="", models=("linear",))
    result = run_comparemodels(given)
    assert result.tables["measured"] == "SBAS of the whole stack"
    assert value(result, "dates_predicted") == 8
    assert result.tables["levelling"] == []


def test_without_fit_end_there_is_a_fit_and_no_prediction(mine: Path, tmp_path: Path) -> None:
    given = replace(params_of(mine, tmp_path / "o"), fit_end="", measured="", models=("linear", "static_pim"))
    result = run_comparemodels(given)
    assert value(result, "dates_predicted") == 0
    assert result.tables["predictions"] == []
    assert any("PANELS" in text for text in result.warnings)
    assert "static_pim" not in models(result)
    assert not (tmp_path / "o" / "deviations.png").exists()


@pytest.mark.usefixtures("blank_pictures")
def test_forecast_beyond_the_record(mine: Path, tmp_path: Path) -> None:
    given = replace(
        params_of(mine, tmp_path / "o"),
        fit_end="",
        measured=mine / "truth" / "forecast",
        models=("wsk", "linear"),
    )
    result = run_comparemodels(given)
    assert value(result, "dates_predicted") == 12
    assert value(result, "prediction_std_wsk") < value(result, "prediction_std_linear")


@pytest.mark.usefixtures("blank_pictures")
def test_the_probability_integral_fits_the_mine_that_it_made(tmp_path: Path) -> None:
    mine = scene(tmp_path / "mine", PIM)
    given = replace(
        params_of(mine, tmp_path / "o"),
        models=("linear", "static_pim"),
        panels=read_vector(mine / "panels.geojson"),
        fixed="b, s",
        start_values="b=0, s=0",
        pim_points=300,
    )
    result = run_comparemodels(given)
    rows = models(result)
    pixels = int(value(result, "pixels"))
    assert rows["static_pim"]["parameters"] == pixels + 6 + 1  # heights, q of each panel, tan beta
    assert rows["static_pim"]["residual_std_rad"] < rows["linear"]["residual_std_rad"] * 1.2
    found = dict(part.split(" = ") for part in rows["static_pim"]["fitted"].split(", "))
    assert float(found["tan_beta"]) == pytest.approx(1.9, rel=0.05)  # of the simulator


@pytest.mark.usefixtures("blank_pictures")
def test_funnels_with_histories_of_their_own_are_met_by_a_u_for_each(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    run_saltmine(SaltMineParams(folder, columns=40, own_cx=True, decorrelated=0.0))
    layer = read_vector(folder / "funnels.geojson")
    given = replace(params_of(folder, tmp_path / "one"), models=("wsk",), funnels=layer)
    each = models(run_comparemodels(given))["wsk"]
    # One number for all polygons: the same pixels as one funnel.
    merged = replace(layer, attributes=tuple({"funnel": 1} for _ in layer.wkb))
    single = models(run_comparemodels(replace(given, funnels=merged, output=tmp_path / "all")))["wsk"]
    assert each["parameters"] == single["parameters"] + 5 * 2  # two coefficients of u more per funnel
    assert each["residual_std_rad"] < single["residual_std_rad"]
    assert each["residual_std_rad"] == pytest.approx(0.25, abs=0.01)
    assert each["prediction_std_mm"] < single["prediction_std_mm"]


@pytest.mark.usefixtures("blank_pictures")
def test_a_funnel_that_tells_nothing_is_left_out_of_every_model(mine: Path, tmp_path: Path) -> None:
    layer, still = read_vector(mine / "funnels.geojson"), read_vector(mine / "reference_areas.geojson")
    more = replace(
        layer, wkb=(*layer.wkb, still.wkb[0]), attributes=(*layer.attributes, {"funnel": 99})
    )  # ground that stands still
    given = replace(params_of(mine, tmp_path / "o"), models=("wsk", "linear"), funnels=more)
    found = run_comparemodels(given)
    plain = run_comparemodels(replace(given, funnels=layer, output=tmp_path / "plain"))
    (text,) = [text for text in found.warnings if "left out" in text]
    assert text.startswith("Funnel 99 (") and text.endswith("No model is compared there.")
    assert models(found) == models(plain)
    assert found.tables["predictions"] == plain.tables["predictions"]
    with pytest.raises(InputError, match="^Phase: .*without a subsiding pixel"):
        run_comparemodels(replace(given, funnels=replace(more, wkb=more.wkb[-1:], attributes=({"funnel": 99},))))


@pytest.mark.usefixtures("blank_pictures")
def test_a_free_u_fits_and_predicts_nothing(mine: Path, tmp_path: Path) -> None:
    result = run_comparemodels(
        replace(params_of(mine, tmp_path / "o"), models=("wsk", "linear"), u_model="free")
    )
    rows = models(result)
    assert rows["wsk"]["prediction_std_mm"] is None
    assert rows["linear"]["prediction_std_mm"] is not None
    assert any("free u(t)" in text for text in result.warnings)


@pytest.mark.usefixtures("blank_pictures")
def test_a_temperature_series_drives_u(mine: Path, tmp_path: Path) -> None:
    given = replace(params_of(mine, tmp_path / "o"), models=("wsk",), u_model="temperature")
    row = models(run_comparemodels(replace(given, temperatures=mine / "temperature.csv")))["wsk"]
    assert row["residual_std_rad"] == pytest.approx(0.25, abs=0.01)
    assert row["parameters"] == 2 * 1600


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"fit_end": "2015-07-20"}, "FIT_END"),
        ({"models": ("best",)}, "MODELS"),
        ({"models": ("static_pim",)}, "PANELS"),
        ({"degree": 1}, "DEGREE"),
        ({"measured": "/nowhere"}, "MEASURED"),
        ({"fit_end": "", "models": ("linear",)}, "MEASURED"),  # the folder has no later dates
        ({"levelling_csv": "/nowhere.csv"}, "LEVELLING_CSV"),
        ({"max_pixels": 3}, "MAX_PIXELS"),
    ],
)
def test_mistakes_are_explained(mine: Path, tmp_path: Path, change: dict, part: str) -> None:
    with pytest.raises(InputError, match=part):
        run_comparemodels(replace(params_of(mine, tmp_path / "o"), **change))
    assert not (tmp_path / "o" / "result.json").exists()


def test_layers_and_series_that_do_not_fit_are_explained(mine: Path, tmp_path: Path) -> None:
    panels, funnels = read_vector(mine / "panels.geojson"), read_vector(mine / "funnels.geojson")
    short = tmp_path / "short.csv"
    short.write_text("date,temperature_c\n2015-07-01,20\n2016-01-01,5\n")
    fitted_only = tmp_path / "fitted.csv"
    fitted_only.write_text("date,temperature_c\n2015-06-01,20\n2017-02-01,5\n")
    late = tuple({**row, "start": "2030-01-01"} for row in panels.attributes)
    driven = {"models": ("wsk",), "u_model": "temperature"}
    for wrong, reason in (
        ({**driven, "temperatures": short}, "covers 2015-06-15"),
        ({**driven, "temperatures": fitted_only}, "covers .* to 2017-08-15"),  # the predicted dates too
        ({"funnels": replace(funnels, wkb=funnels.wkb[:1] * 2 + funnels.wkb[2:])}, "overlapping funnels 1 and 2"),
        ({"models": ("static_pim",), "panels": replace(panels, attributes=late)}, "starts before 2017-01-11"),
        ({"models": ("ct_pim",), "panels": replace(panels, crs=crs.parse("EPSG:32648").ExportToWkt())}, "under the"),
        ({"mean_coherence": 1.0}, "no pixel left"),
        ({"start": "2017-01-01", "end": "2017-01-05", "fit_end": "", "measured": ""}, "at least one kept pair"),
    ):
        with pytest.raises(InputError, match=reason):
            run_comparemodels(replace(params_of(mine, tmp_path / "o"), **wrong))
    assert not (tmp_path / "o" / "result.json").exists()


def test_a_folder_of_another_grid_is_refused(mine: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    run_saltmine(SaltMineParams(other, columns=41))
    with pytest.raises(InputError, match="grid"):
        run_comparemodels(replace(params_of(mine, tmp_path / "o"), measured=other / "truth"))


@pytest.mark.usefixtures("blank_pictures")
def test_fewer_pixels_when_asked(mine: Path, tmp_path: Path) -> None:
    result = run_comparemodels(replace(params_of(mine, tmp_path / "o"), max_pixels=200, models=("linear",)))
    assert value(result, "pixels") == 200
    assert any("evenly spread" in text for text in result.warnings)
    assert np.isfinite(value(result, "aic_linear"))
    assert manifest.load(mine / "interferograms").grid.width == 40


@pytest.mark.usefixtures("blank_pictures")
def test_predictions_know_nothing_of_the_dates_that_they_are_scored_on(mine: Path, tmp_path: Path) -> None:
    # Every interferogram that touches a later date is spoilt, reference areas and coherence included.
    other = tmp_path / "mine"
    shutil.copytree(mine, other)
    rng = np.random.default_rng(7)
    late = [p for p in manifest.load(other / "interferograms").pairs if p.date2.isoformat() > FIT_END]
    assert len(late) > 20
    for pair in late:
        for item, low, high in ((pair.items["phase"], -9.0, 9.0), (pair.items["coherence"], 0.0, 0.5)):
            path = other / "interferograms" / item.path
            values, grid = read_geotiff(path)
            write_geotiff(path, rng.uniform(low, high, values.shape), grid)
    settings = {"models": ("wsk", "seasonal", "static_pim"), "pim_points": 300, "start_values": "b=0", "fixed": "b, s"}
    panels = read_vector(mine / "panels.geojson")
    first, second = (
        run_comparemodels(replace(params_of(place, tmp_path / name), panels=panels, **settings))
        for place, name in ((mine, "whole"), (other, "spoilt"))
    )
    assert first.tables["predictions"] == second.tables["predictions"]
    assert models(first) == {**models(second), "sbas": models(first)["sbas"]}
