"""The whole job: truth recovered from a folder, files, numbers, resume, cancel, hold-out, levelling, mistakes."""

from __future__ import annotations

import csv
import json
import pickle
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from groundline_tests import mines
from groundline_tests.stacks import hashes

from groundline.core import manifest
from groundline.core.blocks import Compute
from groundline.core.errors import Cancelled, InputError
from groundline.core.mining.pim_fit import fit
from groundline.core.mining.pim_job import read, read_inputs, run_pim
from groundline.core.mining.pim_model import EAST, FULL, NORTH, PimModel, W, times_of
from groundline.core.mining.pim_panels import read_panels
from groundline.core.mining.pim_parameters import unknowns
from groundline.core.mining.pim_params import PimParams
from groundline.core.mining.pim_surface import ROLES, Task, block
from groundline.core.mining.subsidence import open_series
from groundline.core.mining.surveyor import parse_limits
from groundline.core.monitor import Monitor
from groundline.core.pointfile import PointSet
from groundline.core.raster import Window, read_geotiff, write_geotiff
from groundline.core.vector import VectorInput, read_vector

LAYER = mines.panels(
    (mines.box(-200, -80, 200, 80), {"name": "L1", "depth": 150, "thickness": 1.2, "start": "2019-12-20"}),
)
TRUTH = np.array([0.6, 1.9, 0.3, 0.04, 2.5])
LAST = date(2020, 11, 8)  # of 14 dates every 24 days


def model_of(layer: VectorInput = LAYER, growth: str = "knothe") -> PimModel:
    panels = read_panels(layer, mines.UTM)
    found = unknowns("ct", growth, False, True, {}, {}, ())
    starts, ends = times_of(panels, "ct", mines.FIRST, LAST)
    return PimModel(panels, "ct", growth, found, starts, ends)


def motion(x, y, los, years) -> np.ndarray:
    return model_of().line_of_sight(TRUTH, x, y, los, years, 0.0)


@pytest.fixture(scope="module")
def mine(tmp_path_factory) -> mines.Mine:
    return mines.write_displacement(tmp_path_factory.mktemp("mine") / "in", motion, noise=0.002)


@pytest.fixture
def params(mine, tmp_path) -> PimParams:
    return PimParams(
        LAYER, tmp_path / "out", mine.folder, growth="knothe", end="2021-03-31", step=60, max_points=900
    )


@pytest.fixture(scope="module")
def done(mine, tmp_path_factory):
    out = tmp_path_factory.mktemp("done") / "out"
    return run_pim(
        PimParams(LAYER, out, mine.folder, growth="knothe", end="2021-03-31", step=60, max_points=900)
    )


def value(result, key: str) -> Any:
    return result.numbers[key].value


def test_parameters_are_recovered(done) -> None:
    for name, truth in zip(("q", "tan_beta", "b", "s", "rate"), TRUTH):
        assert value(done, name) == pytest.approx(truth, abs=4.0 * value(done, f"{name}_std"))
        assert 0 < value(done, f"{name}_std") < 0.05 * max(truth, 0.2)
    assert value(done, "residual_rms") == pytest.approx(2.0, rel=0.1)


def test_layers_equal_the_model_of_the_truth(done, mine) -> None:
    years = (date(2021, 3, 8) - mines.FIRST).days / 365.25
    fields = model_of().fields(TRUTH, mine.x, mine.y, [years], 0.0, FULL)[0]
    for role, row, sign, tolerance in (
        ("vertical", W, -1, 4.0),
        ("east", EAST, 1, 2.0),
        ("north", NORTH, 1, 2.0),
    ):
        found, grid = read_geotiff(done.files[role])
        assert grid.shape == mines.grid().shape
        np.testing.assert_allclose(found.ravel(), sign * 1e3 * fields[row], atol=tolerance)
    tilt, _ = read_geotiff(done.files["tilt"])
    np.testing.assert_allclose(tilt.ravel(), 1e3 * np.hypot(fields[3], fields[4]), atol=0.05)
    assert value(done, "max_subsidence") == pytest.approx(1e3 * fields[W].max(), rel=0.01)


def test_rasters_of_deformation_are_derivatives_of_the_rasters_of_motion(done) -> None:
    vertical, _ = read_geotiff(done.files["vertical"])
    south, east = np.gradient(vertical.astype(float), 20.0)
    tilt, _ = read_geotiff(done.files["tilt"])
    np.testing.assert_allclose(
        tilt[2:-2, 2:-2], np.hypot(south, east)[2:-2, 2:-2], atol=0.6
    )  # of 8 mm/m, in steps of r/4
    move, _ = read_geotiff(done.files["east"])
    strain_east = np.gradient(move.astype(float), 20.0, axis=1)
    middle = np.abs(np.gradient(read_geotiff(done.files["north"])[0].astype(float), 20.0, axis=1)) < 0.02
    strain, _ = read_geotiff(done.files["strain"])
    assert np.abs(strain[middle]).max() >= 0.9 * np.abs(strain_east[middle]).max()


def test_output_is_a_displacement_folder_that_other_steps_read(done) -> None:
    series = open_series(done.folder)
    assert series.dates[0] == mines.FIRST
    assert series.dates[-1] == date(2021, 3, 8)
    assert len(series.dates) == 16
    assert np.abs(series.read(numbers=[0])).max() == 0.0
    # Read as vertical it shows what `vertical_bias` says it gets wrong.
    taken = 1e3 * series.read(numbers=[15])[0]
    vertical, bias = (read_geotiff(done.files[role])[0] for role in ("vertical", "vertical_bias"))
    np.testing.assert_allclose(taken + vertical, bias, atol=0.01)
    assert value(done, "max_bias") == pytest.approx(np.abs(bias).max())
    assert any("falsifies" in text for text in done.warnings)
    velocity, _ = read_geotiff(done.files["velocity"])
    years = np.array([(day - mines.FIRST).days / 365.25 for day in series.dates])
    motions = np.stack(
        [read_geotiff(done.folder / f"displacement/{day:%Y%m%d}.tif")[0] for day in series.dates]
    )
    row, col = np.unravel_index(np.argmin(velocity), velocity.shape)
    assert velocity[row, col] == pytest.approx(np.polyfit(years, motions[:, row, col], 1)[0], rel=1e-4)


def test_all_files_are_there_and_hold_numbers_with_units(done) -> None:
    assert {path.name for path in done.folder.iterdir()} == {
        *ROLES, "displacement", "velocity.tif", "isolines.gpkg", "isolines.dxf", "isolines.csv", "surface.csv",
        "pim.json", "layers.qlr", "report.html", "result.json", "stack.json",
    }  # fmt: skip
    assert sorted(path.name for path in (done.folder / "damage").iterdir()) == [
        "20210107.tif",
        "20210308.tif",
    ]
    document = json.loads((done.folder / "result.json").read_text(encoding="utf-8"))
    assert document["numbers"]["volume"]["unit"] == "m3"
    model = json.loads((done.folder / "pim.json").read_text(encoding="utf-8"))
    assert [entry["name"] for entry in model["parameters"]] == ["q", "tan_beta", "b", "s", "rate"]
    assert np.shape(model["covariance"]) == (5, 5)
    page = (done.folder / "report.html").read_text(encoding="utf-8")
    assert page.count("<img") == 5
    assert "http" not in page.replace("http-equiv", "")
    stack = manifest.load(done.folder)
    assert set(stack.acquisitions[-1].items) == {"displacement", *ROLES}
    assert set(stack.acquisitions[0].items) == {"displacement"}


def test_surface_table_and_isolines_agree_with_the_raster(done) -> None:
    with open(done.files["surface"], encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    deepest = max(float(row["subsidence_mm"]) for row in rows)
    assert deepest == pytest.approx(value(done, "max_subsidence"), abs=0.01)
    assert min(float(row["subsidence_mm"]) for row in rows) > 10.0
    levels = {row["subsidence"] for row in read_vector(done.files["isolines"]).attributes}
    assert max(levels) <= deepest
    assert len(levels) >= 7


@pytest.mark.usefixtures("blank_pictures")
def test_volume_of_the_model_and_as_measured(done, params, mine, tmp_path) -> None:
    # W0 times acting area times growth: the volume in closed form.
    area = (400 - 2 * 0.04 * 150) * (160 - 2 * 0.04 * 150)
    start, years = -12 / 365.25, np.array([0.0, (date(2021, 3, 8) - mines.FIRST).days / 365.25])
    share = np.diff(1 - np.exp(-2.5 * (years - start)))[0]
    truth = 1.2 * 0.6 * area * share
    assert value(done, "volume") == pytest.approx(truth, abs=4 * value(done, "volume_std"))
    assert value(done, "volume_on_grid") == pytest.approx(value(done, "volume"), rel=1e-4)
    assert value(done, "volume_measured") is None
    result = run_pim(replace(params, volume_from="2020-01-25", volume_to=LAST.isoformat()))
    measured, std = value(result, "volume_measured"), value(result, "volume_measured_std")
    # Horizontal motion cancels over the trough; the 10 mm line leaves its rim out.
    assert measured == pytest.approx(value(result, "volume"), rel=0.03)
    assert 0 < std < 0.01 * measured
    assert value(result, "volume_missing_pixels") == 0
    # Set by 4 pixels with 2 mm of noise along the line of sight, all pixels share half of that.
    given = replace(params, volume_from="2020-01-25", volume_to=LAST.isoformat(), input=tmp_path / "in")
    shutil.copytree(mine.folder, given.input)
    area = {"name": "rock", "pixels": 4, "weight": 1.0, "spans": [[2, 2, 2], [3, 2, 2]]}
    stack = manifest.load(given.input)
    manifest.save(given.input, replace(stack, reference={"statistic": "mean", "areas": [area]}))
    wider = value(run_pim(replace(given, output=tmp_path / "set")), "volume_measured_std")
    at = [(day - mines.FIRST).days / 365.25 for day in (LAST, date(2020, 1, 25))]
    sunk = model_of().fields(TRUTH, mine.x, mine.y, [at[0]], at[1])[0, W]
    shared = np.sqrt(2.0) * 0.002 / np.cos(np.radians(39.0)) / 2.0 * 400.0 * (sunk > 0.010).sum()  # two dates, m3
    assert np.sqrt(wider**2 - std**2) == pytest.approx(shared, rel=0.1)


@pytest.mark.usefixtures("blank_pictures")
def test_pixels_without_a_value_count_by_their_surroundings_in_the_measured_volume(params, tmp_path) -> None:
    whole = mines.write_displacement(tmp_path / "whole", motion, noise=0.002).folder
    torn = tmp_path / "torn"
    shutil.copytree(whole, torn)
    path = torn / "displacement" / f"{LAST:%Y%m%d}.tif"
    values, grid = read_geotiff(path)
    values.ravel()[np.argmin(values)] = np.nan  # where it has sunk most
    values[np.random.default_rng(5).random(values.shape) < 0.15] = np.nan
    write_geotiff(path, values, grid, unit="mm")
    found = {}
    for name, folder, gaps in (("whole", whole, "fill"), ("fill", torn, "fill"), ("leave", torn, "leave")):
        found[name] = run_pim(
            replace(
                params,
                input=folder,
                output=tmp_path / f"out_{name}",
                end="",
                volume_from="2020-01-25",
                volume_to=LAST.isoformat(),
                gaps=gaps,
            )
        )
    truth = value(found["whole"], "volume_measured")
    error = value(found["fill"], "volume_measured") - truth
    assert abs(error) < 0.005 * truth
    assert abs(error) < 3.0 * value(found["fill"], "volume_filling_std")
    assert value(found["fill"], "volume_measured_std") > value(found["whole"], "volume_measured_std")
    assert value(found["fill"], "volume_filled") > 0.1 * truth
    assert value(found["leave"], "volume_measured") < 0.9 * truth
    assert value(found["leave"], "volume_missing_share") == pytest.approx(16.0, abs=4.0)
    assert any("add nothing to the measured volume" in text for text in found["leave"].warnings)
    assert not any("measured volume" in text for text in found["fill"].warnings)


@pytest.mark.usefixtures("blank_pictures")
def test_held_out_dates_are_scored_at_the_noise(params) -> None:
    result = run_pim(replace(params, fit_end="2020-08-31"))
    rows = result.tables["held_out"]
    assert [row["date"] for row in rows] == ["2020-09-21", "2020-10-15", "2020-11-08"]
    assert all(1.7 < row["rmse"] < 2.6 for row in rows)
    assert value(result, "held_out_rmse") < 2.6


@pytest.mark.usefixtures("blank_pictures")
def test_static_fit_uses_the_last_date_and_coordinate_growth_runs(params) -> None:
    static = run_pim(replace(params, model="static", end="", output=params.output / "static"))
    assert len(static.tables["fit"]) == 1
    assert value(static, "tan_beta") == pytest.approx(1.9, rel=0.02)
    share = 1 - np.exp(-2.5 * ((LAST - mines.FIRST).days + 12) / 365.25) - (1 - np.exp(-2.5 * 12 / 365.25))
    assert value(static, "q") == pytest.approx(
        0.6 * share / (312 / 324), rel=0.02
    )  # extracted since 20 December
    grown = run_pim(
        replace(params, growth="coordinate", end="", output=params.output / "coordinate", max_points=300)
    )
    assert value(grown, "residual_rms") < 10.0
    assert any("rings around the middle" in text for text in grown.warnings)


@pytest.mark.usefixtures("blank_pictures")
def test_interferograms_give_the_same_parameters(params, tmp_path) -> None:
    pairs = mines.write_interferograms(tmp_path / "pairs", motion, noise=0.05)
    result = run_pim(replace(params, input=pairs.folder, end=""))
    for name, truth in zip(("q", "tan_beta", "b", "s", "rate"), TRUTH):
        assert value(result, name) == pytest.approx(truth, rel=0.03, abs=0.004)
    assert len(result.tables["fit"]) == 36
    assert result.tables["held_out"] == []


def levelling(noise: float = 0.0005) -> PointSet:
    x, y = (v.ravel() for v in np.meshgrid(np.linspace(-350, 350, 15), np.linspace(-250, 250, 11)))
    x, y = x + mines.EAST, y + mines.NORTH
    days = (mines.FIRST, date(2020, 4, 1), date(2020, 7, 1), date(2020, 10, 1))
    years = np.array([(day - mines.FIRST).days / 365.25 for day in days])
    up = -1e3 * model_of().fields(TRUTH, x, y, years, 0.0)[:, W]
    up = up + 1e3 * noise * np.random.default_rng(9).standard_normal(up.shape)
    up[0] = 0.0
    return PointSet(x, y, mines.UTM, {}, days, up.T.astype(np.float32), "benchmarks")


@pytest.mark.usefixtures("blank_pictures")
def test_levelling_checks_the_result(params) -> None:
    result = run_pim(replace(params, levelling=levelling(), end=""))
    assert value(result, "levelling_rmse") < 1.5
    assert [row["date"] for row in result.tables["levelling"]] == [
        "2020-04-01",
        "2020-07-01",
        "2020-10-01",
        "all",
    ]


@pytest.mark.usefixtures("blank_pictures")
def test_levelling_alone_is_fitted_on_a_grid_of_its_own(tmp_path) -> None:
    result = run_pim(
        PimParams(
            LAYER, tmp_path / "out", levelling=levelling(), growth="knothe", spacing=25.0, dates="2021-01-01"
        )
    )
    assert value(result, "q") == pytest.approx(0.6, rel=0.03)
    assert value(result, "tan_beta") == pytest.approx(1.9, rel=0.03)
    assert value(result, "b") == 0.3
    assert any("b keeps its start value" in text for text in result.warnings)
    series = open_series(result.folder)
    assert series.grid.transform[1] == 25.0
    vertical, _ = read_geotiff(result.files["vertical"])
    np.testing.assert_allclose(1e3 * series.read(numbers=[4])[0], -vertical, atol=1e-3)


def test_same_bytes_whatever_the_blocks(params, tmp_path) -> None:
    first = run_pim(params)
    again = run_pim(replace(params, output=tmp_path / "again"), compute=Compute(memory=64 * 2**20, workers=2))
    assert hashes(first.folder) == hashes(again.folder)


def test_a_block_can_go_to_another_process(params) -> None:
    inputs = read_inputs(params)
    record = read(params, inputs, Monitor())
    estimate = fit(model_of(), record.data)
    days = list(inputs.source.dates)
    task = Task(inputs.source, estimate, inputs.source.years(days), (3,), parse_limits(params.limits))
    window = Window(10, 0, 5, 70)
    for here, there in zip(block(task, window), block(pickle.loads(pickle.dumps(task)), window)):
        assert here.shape[-2:] == (5, 70)
        assert np.array_equal(here, there)


@pytest.mark.usefixtures("blank_pictures")
def test_rerun_keeps_what_is_finished_and_a_change_replaces_it(params) -> None:
    first = run_pim(params)
    stamp = first.files["vertical"].stat().st_mtime_ns
    again = run_pim(params)
    assert (again.numbers, again.files, again.warnings) == (first.numbers, first.files, first.warnings)
    assert first.files["vertical"].stat().st_mtime_ns == stamp
    run_pim(replace(params, end="", dates="2021-01-01"))
    assert [path.name for path in (first.folder / "vertical").iterdir()] == ["20210101.tif"]
    assert not (first.folder / "displacement" / "20210308.tif").exists()


class Stopper(Monitor):
    """Cancels at one of the callbacks."""

    def __init__(self, after: int) -> None:
        self.left = after

    def cancelled(self) -> bool:
        self.left -= 1
        return self.left < 0


@pytest.mark.usefixtures("blank_pictures")
def test_cancel_leaves_the_earlier_result(params) -> None:
    params = replace(params, max_points=100, end="")
    before = hashes(run_pim(params).folder)
    changed = replace(params, isolines=50.0)
    calls = Stopper(10**9)
    run_pim(replace(changed, output=Path(params.output).with_name("count")), calls)
    total = 10**9 - calls.left
    for after in {0, 1, 2, 5, *range(10, total, max(1, total // 12)), total - 1}:
        with pytest.raises(Cancelled):
            run_pim(changed, Stopper(after))
        assert hashes(Path(params.output)) == before
    run_pim(changed)
    assert hashes(Path(params.output)) != before


def change(**values: Any) -> Callable[[PimParams], PimParams]:
    return lambda params: replace(params, **values)


AWAY = mines.panels((mines.box(90_000, 0, 90_100, 100), {"depth": 100, "thickness": 1}))
STILL = mines.panels((mines.box(400, 350, 440, 390), {"depth": 30, "thickness": 1}))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (change(input=""), "INPUT"),
        (change(model="dynamic"), "static or ct"),
        (change(growth="linear"), "coordinate or weibull or knothe"),
        (change(bounds="q=1:0.5"), "lower bound below"),
        (change(bounds="tan_beta=-1:2"), "bounds of at least"),
        (change(start_values="p=3"), "START_VALUES"),
        (change(fixed="slope"), "FIXED"),
        (change(limits="strain 1"), "LIMITS"),
        (change(dates="2019-01-01"), "where the record begins"),
        (change(dates="tomorrow"), "DATES"),
        (change(end="2020-02-01"), "a date after the record"),
        (change(step=0), "STEP"),
        (change(isolines=-5.0), "ISOLINES"),
        (change(isolines=0.01), "ISOLINES"),
        (change(fit_end="2019-12-31"), "FIT_END"),
        (change(volume_from="2021-01-01", volume_to="2020-06-01"), "VOLUME_FROM"),
        (change(export_crs="EPSG:0"), "CRS"),
        (change(panels=AWAY), "panels that lie on the data"),
        (change(panels=STILL), "the ground above the panels sinks"),
        (change(panels=VectorInput((), mines.UTM)), "at least one polygon"),
        (change(panels=replace(LAYER, crs="")), "a layer with a CRS"),
        (change(input="nowhere"), "nowhere"),
    ],
)
def test_mistakes_are_named_and_nothing_is_written(params, spoil, message) -> None:
    with pytest.raises(InputError, match=message):
        run_pim(spoil(params))
    assert not Path(params.output).exists()


@pytest.mark.parametrize("model", ["static", "ct"])
def test_records_without_subsidence_are_refused(params, mine, tmp_path, model: str) -> None:
    still = mines.write_displacement(tmp_path / "still", lambda x, y, los, years: np.zeros((len(years), len(x))))
    single = mines.write_displacement(tmp_path / "single", motion, count=1)
    for folder, reason in ((still.folder, "above the panels sinks"), (single.folder, "at least 2 dates")):
        with pytest.raises(InputError, match=reason):
            run_pim(replace(params, input=folder, model=model))
    assert not Path(params.output).exists()


def test_panels_that_are_all_extracted_later_are_refused(params) -> None:
    later = mines.panels(
        (mines.box(-200, -80, 200, 80), {"depth": 150, "thickness": 1.2, "start": "2030-01-01"})
    )
    with pytest.raises(InputError, match="starts before"):
        run_pim(replace(params, panels=later))


@pytest.mark.usefixtures("blank_pictures")
def test_a_folder_without_a_heading_fits_without_horizontal_motion(params, mine, tmp_path) -> None:
    shutil.copytree(mine.folder, tmp_path / "blind")
    stack = manifest.load(tmp_path / "blind")
    metadata = {key: entry for key, entry in stack.metadata.items() if key != "heading_deg"}
    manifest.save(tmp_path / "blind", replace(stack, metadata=metadata))
    result = run_pim(replace(params, input=tmp_path / "blind", end=""))
    assert value(result, "b") == 0.3
    assert value(result, "b_std") == 0.0
    assert any("horizontal line of sight is unknown" in text for text in result.warnings)
