"""The simulated salt mine as files: they load, hold the truth, and are the same for the same seed."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from groundline.core import los, manifest
from groundline.core.errors import Cancelled, InputError
from groundline.core.formats.importing import import_stack
from groundline.core.formats.params import ImportParams
from groundline.core.mining.subsidence import open_series
from groundline.core.monitor import Monitor
from groundline.core.raster import StackReader, read_geotiff, whole
from groundline.core.simulation.job import run_simulate
from groundline.core.simulation.params import SimulateParams
from groundline.core.simulation.saltmine_job import run_saltmine
from groundline.core.simulation.saltmine_params import SaltMineParams
from groundline.core.vector import read_vector


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*")) if path.is_file()
    }


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mine")
    return folder, run_saltmine(SaltMineParams(folder, size="small"))


def residuals(folder: Path) -> np.ndarray:
    """Phases minus what truth and geometry say, each pair's median taken off, (pairs, rows, cols)."""
    stack = manifest.load(folder / "interferograms")
    reader = StackReader(folder / "interferograms", stack)
    theta = los.incidence(stack, reader, whole(stack.grid)).astype(float)
    truth = open_series(folder / "truth")
    sunk = dict(zip(truth.dates, truth.read()))
    height = read_geotiff(folder / "truth" / "dH.tif")[0].astype(float)
    out = []
    for pair in stack.pairs:
        phase = reader.read(pair.items["phase"]).astype(float)
        factor = 4.0 * np.pi / stack.wavelength
        topography = pair.bperp * height / (stack.metadata["slant_range_m"] * np.sin(theta))
        left = phase - factor * ((sunk[pair.date2] - sunk[pair.date1]) * np.cos(theta) + topography)
        out.append(left - np.median(left))
    return np.array(out)


def test_without_noise_the_phases_are_the_truth(tmp_path):
    run_saltmine(SaltMineParams(tmp_path, columns=40, noise_rad=0.0, decorrelated=0.0))
    assert np.abs(residuals(tmp_path)).max() < 1e-3


def test_gaussian_noise_has_its_standard_deviation_and_lost_pixels_more(scene):
    folder, _ = scene
    stack = manifest.load(folder / "interferograms")
    reader = StackReader(folder / "interferograms", stack)
    coherence = reader.read_many([pair.items["coherence"] for pair in stack.pairs]).mean(axis=0)
    spread = residuals(folder).std(axis=0)
    good = coherence > 0.6
    assert good.mean() == pytest.approx(0.92, abs=0.002)
    assert np.sqrt(np.mean(spread[good] ** 2)) == pytest.approx(0.25, rel=0.02)
    assert np.sqrt(np.mean(spread[~good] ** 2)) == pytest.approx(1.2, rel=0.05)


def test_uniform_noise_is_the_papers(tmp_path):
    run_saltmine(SaltMineParams(tmp_path, columns=60, noise_rad=0.65, noise_kind="uniform", decorrelated=0.0))
    left = residuals(tmp_path)
    assert left.std() == pytest.approx(np.sqrt(0.65 / 12.0), rel=0.01)
    assert left.max() - left.min() < 0.65**0.5 + 0.05


def test_an_import_of_the_files_finds_the_same_stack(scene, tmp_path):
    folder, _ = scene
    own = manifest.load(folder / "interferograms")
    import_stack(ImportParams(str(folder / "interferograms"), str(tmp_path / "imported")))
    found = manifest.load(tmp_path / "imported")
    assert found.family == "licsar"
    assert found.grid == own.grid
    assert [p.name for p in found.pairs] == [p.name for p in own.pairs]
    assert [p.bperp for p in found.pairs] == pytest.approx([p.bperp for p in own.pairs], abs=1e-6)
    for key in ("track", "orbit", "incidence_deg", "heading_deg", "slant_range_m"):
        assert found.metadata[key] == pytest.approx(own.metadata[key])


def test_truth_and_forecast_are_displacement_folders_of_one_history(scene):
    folder, result = scene
    truth, forecast = open_series(folder / "truth"), open_series(folder / "truth" / "forecast")
    assert forecast.origin == truth.dates[0]
    assert forecast.dates[0] > truth.dates[-1]
    last, first = truth.read()[-1], forecast.read()[0]
    assert (first >= last - 1e-6).all()
    assert 1000.0 * last.max() == pytest.approx(result.numbers["largest_subsidence"].value, rel=1e-5)
    plain = read_geotiff(folder / "truth" / "subsidence" / f"{truth.dates[-1]:%Y%m%d}.tif")[0]
    np.testing.assert_allclose(1000.0 * last, plain, rtol=1e-4, atol=1e-3)


def test_volumes_are_those_of_the_funnel_polygons(scene):
    folder, result = scene
    series = open_series(folder / "truth")
    sunk = series.read()[-1]
    layer = read_vector(folder / "funnels.geojson")
    assert [row["funnel"] for row in layer.attributes] == [1, 2, 3, 4, 5, 6]
    masks = [
        replace(layer, wkb=(blob,), attributes=()).mask(series.grid) for blob in layer.wkb
    ]
    assert np.sum(masks, axis=0).max() == 1
    everything = result.tables["volume_m3"][0]
    for number, mask in enumerate(masks, 1):
        assert sunk[mask].sum() * 1600.0 == pytest.approx(everything[f"funnel_{number}"], rel=0.01)
    assert everything["funnel_3"] > result.tables["volume_m3"][2]["funnel_3"]


def test_production_sums_to_the_removed_volume(scene):
    folder, result = scene
    with open(folder / "production.csv", newline="") as stream:
        tonnes = sum(float(row["tonnes"]) for row in csv.DictReader(stream))
    assert tonnes == pytest.approx(0.8 * result.numbers["removed_volume"].value, rel=1e-5)
    assert result.numbers["product_rate"].value == pytest.approx(tonnes / (792 / 365.25), rel=1e-5)


def test_benchmarks_stand_in_the_funnels(scene):
    folder, _ = scene
    layer = read_vector(folder / "levelling.geojson")
    assert [row["name"] for row in layer.attributes] == [f"CP{n}" for n in range(1, 7)]
    series = open_series(folder / "truth")
    sunk = series.read()[-1]
    for shape, row in zip(layer.geometries(series.grid.crs), layer.attributes):
        col = int((shape.GetX() - series.grid.transform[0]) / series.grid.transform[1])
        line = int((shape.GetY() - series.grid.transform[3]) / series.grid.transform[5])
        around = 1000.0 * sunk[line - 1 : line + 2, col - 1 : col + 2]
        assert around.min() - 4.0 <= -row["D20170815"] <= around.max() + 4.0
        assert row["D20150615"] == 0.0


def test_concentration_table_gives_the_interval_means(scene):
    folder, result = scene
    with open(folder / "truth" / "concentration.csv", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 31
    days = np.array([(np.datetime64(r["to"]) - np.datetime64(r["from"])).astype(int) for r in rows])
    cx = np.array([float(r["cx_g_per_100g"]) for r in rows])
    assert (cx * days).sum() / days.sum() == pytest.approx(result.numbers["record_mean_cx"].value, abs=1e-3)


def test_other_makes_have_no_diffusion(tmp_path):
    run_saltmine(SaltMineParams(tmp_path, columns=40, make="pim"))
    assert not (tmp_path / "truth" / "D.tif").exists()
    assert not (tmp_path / "truth" / "concentration.csv").exists()
    assert "Weibull" in (tmp_path / "README.md").read_text()


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(scene, tmp_path):
    again = run_simulate(SimulateParams(tmp_path / "again", scenario="saltmine", size="small"))
    assert digests(again.folder) == digests(scene[0])
    run_saltmine(SaltMineParams(tmp_path / "other", size="small", seed=2))
    changed = digests(tmp_path / "other")
    assert changed["truth/D.tif"] == digests(scene[0])["truth/D.tif"]
    assert changed["truth/dH.tif"] != digests(scene[0])["truth/dH.tif"]


class StopAt(Monitor):
    def __init__(self, limit: int) -> None:
        self.left = limit

    def cancelled(self) -> bool:
        self.left -= 1
        return self.left < 0


def test_a_cancelled_run_keeps_the_earlier_scene_and_goes_on_later(tmp_path):
    run_saltmine(SaltMineParams(tmp_path / "out", columns=40))
    before = digests(tmp_path / "out")
    with pytest.raises(Cancelled):
        run_saltmine(SaltMineParams(tmp_path / "out", columns=44), StopAt(60))
    visible = {k: v for k, v in digests(tmp_path / "out").items() if not k.startswith(".unfinished-")}
    assert visible == before
    run_saltmine(SaltMineParams(tmp_path / "out", columns=44))
    run_saltmine(SaltMineParams(tmp_path / "fresh", columns=44))
    assert digests(tmp_path / "out") == digests(tmp_path / "fresh")


@pytest.mark.parametrize(
    ("wrong", "name"),
    [({"seed": -1}, "SEED"), ({"size": "huge"}, "SIZE"), ({"columns": 5}, "COLUMNS"), ({"make": "coal"}, "MAKE"),
     ({"noise_kind": "pink"}, "NOISE_KIND"), ({"noise_rad": -1.0}, "NOISE_LEVEL"),
     ({"noise_rad": float("nan")}, "NOISE_LEVEL"), ({"height_error_m": -1.0}, "HEIGHT_ERROR"),
     ({"atmosphere_mm": -1.0}, "ATMOSPHERE"), ({"decorrelated": 0.9}, "DECORRELATED"),
     ({"make": "pim", "own_cx": True}, "OWN_CX")],
)  # fmt: skip
def test_senseless_parameters_are_refused(tmp_path, wrong, name):
    with pytest.raises(InputError, match=name):
        run_saltmine(replace(SaltMineParams(tmp_path / "out"), **wrong))
    assert not (tmp_path / "out").exists()


def test_the_corridors_own_settings_do_not_pass_for_the_mine(tmp_path):
    with pytest.raises(InputError, match="gap_days"):
        run_simulate(SimulateParams(tmp_path / "out", scenario="saltmine", gap_days=120))


def test_the_mines_own_options_do_not_pass_for_the_corridor(tmp_path):
    mine = SaltMineParams(tmp_path / "out", make="pim")
    with pytest.raises(InputError, match="MAKE.*pim"):
        run_simulate(SimulateParams(tmp_path / "out", mine=mine))
    SimulateParams(tmp_path / "out", mine=SaltMineParams(tmp_path / "out")).validate()


def test_options_reach_the_mine_by_way_of_the_request_for_any_scene(tmp_path):
    options = {"make": "mixture", "noise_kind": "uniform", "noise_rad": 0.65, "atmosphere_mm": 2.0}
    mine = SaltMineParams("", **options)
    run_simulate(SimulateParams(tmp_path / "any", scenario="saltmine", seed=3, columns=40, mine=mine))
    run_saltmine(SaltMineParams(tmp_path / "own", seed=3, columns=40, **options))
    assert digests(tmp_path / "any") == digests(tmp_path / "own")
