"""The brine job: totals against the truth, both routes, records, thresholds, uncertainty, resume, bad input."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from groundline_tests.mine import boxes, metric_grid, write_subsidence
from groundline_tests.recorder import Recorder
from groundline_tests.stacks import hashes

from groundline.core import manifest
from groundline.core.blocks import Compute
from groundline.core.errors import Cancelled, InputError
from groundline.core.mining.brine import PRESETS, Deposit, channel_diameter
from groundline.core.mining.brine_job import run_brine
from groundline.core.mining.brine_params import BrineParams
from groundline.core.monitor import Monitor
from groundline.core.vector import read_vector

DAYS = [date(2015, 6, 15) + timedelta(days=66 * n) for n in range(13)]  # 792 days
GRID = metric_grid(60, 80, 10.0)
FILES = {"brine.csv", "brine.gpkg", "brine.png", "thresholds.png", "report.html", "result.json"}


def two_bowls(depth: float = 0.225) -> np.ndarray:
    """S (13, 60, 80) [m]: bowls of 225 and 112 mm that grow with sqrt-free, even steps."""
    y, x = np.mgrid[0:60, 0:80]
    one = depth * np.exp(-((y - 30) ** 2 + (x - 20) ** 2) / (2 * 5.0**2))
    two = depth / 2 * np.exp(-((y - 30) ** 2 + (x - 58) ** 2) / (2 * 5.0**2))
    return np.linspace(0.0, 1.0, 13)[:, None, None] * (one + two)


@pytest.fixture
def params(tmp_path) -> BrineParams:
    folder = write_subsidence(tmp_path / "in", two_bowls(), DAYS, GRID)
    return BrineParams(folder, tmp_path / "out", boxes(GRID, (0, 60, 0, 40), (0, 60, 40, 40)))


def rows(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def value(result, name: str) -> float:
    return result.numbers[name].value


def test_totals_are_those_of_the_truth_with_the_same_threshold(params) -> None:
    result = run_brine(params)
    last = two_bowls()[-1]
    volume = 100.0 * last[last > 0.010].sum()  # m3: 100 m2 pixels
    assert value(result, "volume") == pytest.approx(volume, rel=1e-5)
    assert value(result, "brine_mass") == pytest.approx(volume * 1.0, rel=1e-5)  # t at 1 t/m3
    assert value(result, "product") == pytest.approx(volume * 0.8, rel=1e-5)  # t
    assert value(result, "annual_rate") == pytest.approx(volume * 0.8 / (792 / 365.25), rel=1e-5)  # t/yr
    assert value(result, "area") == pytest.approx(100.0 * (last > 0.010).sum())
    # a reference wrong by 1 mm: counted m2 * 0.001 m * 1 t/m3 * 0.8
    assert value(result, "product_per_mm") == pytest.approx(100.0 * (last > 0.010).sum() * 0.001 * 0.8)


def test_each_funnel_has_its_own_row_per_date(params) -> None:
    result = run_brine(params)
    table = rows(result.files["table"])
    assert len(table) == 2 * 13
    last = two_bowls()[-1][:, 40:]
    found = table[-1]
    volume = 100.0 * last[last > 0.010].sum()
    assert (found["funnel"], found["date"]) == ("2", DAYS[-1].isoformat())
    assert float(found["product_t"]) == pytest.approx(0.8 * volume, rel=1e-5)
    assert float(found["dissolution_area_m2"]) == pytest.approx(0.8 * volume / 3.354, rel=1e-5)
    assert float(found["diameter_m"]) == pytest.approx(
        float(channel_diameter(0.8 * volume / 3.354, 56.4)), abs=1e-3
    )
    area = 100.0 * (last > 0.010).sum()
    assert float(found["product_by_area_t"]) == pytest.approx(area * 3.354, rel=1e-6)
    assert float(found["diameter_by_area_m"]) == pytest.approx(float(channel_diameter(area, 56.4)), abs=1e-3)
    rates = [float(row["interval_rate_t_yr"]) for row in table[14:]]
    assert rates == pytest.approx([0.8 * volume / (792 / 365.25)] * 12, rel=1e-3)
    layer = read_vector(result.files["layer"])
    assert [row["funnel"] for row in layer.attributes] == [1, 2]
    assert layer.attributes[1]["product_t"] == pytest.approx(0.8 * volume, rel=1e-5)
    assert layer.geometries()[1].GetArea() == pytest.approx(area)


def test_growing_selection_of_pixels_starts_later_and_ends_alike(params) -> None:
    fixed, growing = (
        run_brine(params),
        run_brine(replace(params, selection="each", output=params.output / "each")),
    )
    assert value(fixed, "product") == value(growing, "product")
    early = [float(rows(result.files["table"])[1]["product_t"]) for result in (fixed, growing)]
    assert early[1] < 0.9 * early[0]


def test_the_effect_of_the_threshold_is_reported(params) -> None:
    result = run_brine(replace(params, threshold=12.5))
    table = {row["threshold_mm"]: row for row in result.tables["thresholds"]}
    last = two_bowls()[-1]
    share = 1 - last[last > 0.020].sum() / last.sum()
    assert table[20.0]["lost_share"] == pytest.approx(share, abs=1e-5)
    assert table[None]["volume_m3"] == pytest.approx(100.0 * last.sum(), rel=1e-5)
    assert value(result, "threshold_loss") == pytest.approx(
        100 * (1 - last[last > 0.0125].sum() / last.sum()), abs=1e-3
    )


@pytest.mark.usefixtures("blank_pictures")
def test_seam_thickness_of_the_other_mine_changes_the_cavity_and_not_the_brine(params) -> None:
    thin, thick = (
        run_brine(params),
        run_brine(replace(params, deposit=PRESETS["huaian"], output=params.output / "h")),
    )
    assert value(thin, "product") == value(thick, "product")
    ratio = [
        row["product_t"] / row["diameter_m"]
        for result in (thin, thick)
        for row in result.tables["funnels"][:1]
    ]
    assert ratio[1] > ratio[0]
    dense = run_brine(replace(params, deposit=Deposit(density=1.2), output=params.output / "d"))
    assert value(dense, "brine_mass") == pytest.approx(1.2 * value(thin, "brine_mass"))


def test_production_records_are_compared_period_by_period(params, tmp_path) -> None:
    truth = value(run_brine(params), "product")
    whole = tmp_path / "records.csv"
    whole.write_text(
        "from,to,tonnes,funnel\n"
        f"{DAYS[0]},{DAYS[6]},{truth / 2},\n"
        f"{DAYS[6]},{DAYS[12]},{truth / 4},\n"
        f"2014-01-01,{DAYS[3]},5,\n"
        f"{DAYS[0]},{DAYS[12]},5,9\n"
    )
    result = run_brine(replace(params, records=whole, output=tmp_path / "with"))
    first, second = result.tables["records"]
    assert first["ratio"] == pytest.approx(1.0, abs=1e-5)
    assert second["ratio"] == pytest.approx(2.0, abs=1e-5)
    assert value(result, "records_ratio") == pytest.approx(4 / 3, abs=1e-5)
    assert sum("was not compared" in text for text in result.warnings) == 2
    assert (tmp_path / "with" / "records.png").is_file()


def test_calendar_years_add_up_to_the_total(params) -> None:
    result = run_brine(params)
    years = result.tables["years"]
    assert [row["year"] for row in years] == [2015, 2016, 2017]
    assert sum(row["days"] for row in years) == 792
    assert sum(row["total_t"] for row in years) == pytest.approx(value(result, "product"))


@pytest.mark.usefixtures("blank_pictures")
def test_uncertainty_is_the_spread_over_noisy_mines(tmp_path) -> None:
    rng = np.random.default_rng(11)
    products, stds = [], []
    funnels = boxes(GRID, (15, 30, 5, 30))
    for run in range(14):
        s = two_bowls()[[0, -1]]
        s[:, :, 40:] = 0.0
        s[1] += rng.normal(0.0, 0.002, s[1].shape)
        folder = write_subsidence(tmp_path / f"in{run}", s, [DAYS[0], DAYS[-1]], GRID)
        result = run_brine(BrineParams(folder, tmp_path / f"out{run}", funnels))
        products.append(value(result, "product"))
        stds.append(value(result, "product_std"))
    assert np.std(products, ddof=1) == pytest.approx(np.mean(stds), rel=0.45)
    assert np.ptp(stds) < 0.5 * np.mean(stds)


@pytest.mark.usefixtures("blank_pictures")
def test_the_noise_of_the_reference_is_in_the_uncertainty(tmp_path) -> None:
    # 16 pixels with 2 mm of noise set the reference: 0.5 mm that all pixels share
    rng = np.random.default_rng(5)
    place = (slice(2, 6), slice(50, 54))
    area = {"name": "rock", "pixels": 16, "weight": 1.0, "spans": [[row, 50, 4] for row in range(2, 6)]}
    record = {"statistic": "mean", "areas": [area]}
    products, alone, stds = [], [], []
    for run in range(14):
        s = two_bowls()[[0, -1]]
        s[:, :, 40:] = 0.0
        s[1] += rng.normal(0.0, 0.002, s[1].shape)
        s[1] -= s[1][place].mean()
        folder = write_subsidence(tmp_path / f"in{run}", s, [DAYS[0], DAYS[-1]], GRID)
        given = BrineParams(folder, tmp_path / f"out{run}", boxes(GRID, (15, 30, 5, 30)))
        alone.append(value(run_brine(given), "product_std"))
        manifest.save(folder, replace(manifest.load(folder), reference=record))
        result = run_brine(given)
        products.append(value(result, "product"))
        stds.append(value(result, "product_std"))
    # 1 mm more adds 1 mm to every pixel that counts, and the 10 mm of each pixel that it lifts over the threshold
    bowl = 1000.0 * two_bowls()[-1, 15:45, 5:35]
    moved = (bowl > 10.0).sum() + 10.0 * (np.sum(bowl > 9.0) - np.sum(bowl > 11.0)) / 2.0  # pixels
    shared = 0.8 * 1.0 * 100.0 * moved * 0.0005  # t: share g, t/m3, m2 of a pixel, pixels, m
    # the skirt of the bowl outside the funnel counts as noise too, so that a little more is stated
    assert np.mean(stds) == pytest.approx(np.hypot(np.mean(alone), shared), rel=0.15)
    assert np.std(products, ddof=1) == pytest.approx(np.mean(stds), rel=0.4)


def test_without_funnels_the_whole_map_is_one_and_said(params) -> None:
    result = run_brine(replace(params, funnels=None))
    assert value(result, "funnel_count") == 1
    assert any("Without FUNNELS" in text for text in result.warnings)


def test_funnels_without_subsidence_and_subsidence_without_funnel_are_said(params) -> None:
    layer = boxes(GRID, (0, 60, 40, 40), (0, 5, 0, 5))
    texts = run_brine(replace(params, funnels=layer)).warnings
    assert any(text.startswith("Funnel 2 has no pixel") for text in texts)
    assert any("pixels outside the funnels" in text for text in texts)


def test_files_are_complete_and_bytes_do_not_depend_on_the_blocks(params) -> None:
    result = run_brine(params)
    first = hashes(params.output)
    assert set(first) == FILES
    page = result.files["report"].read_text(encoding="utf-8")
    assert "The two routes" in page and "http" not in page
    document = json.loads(result.files["result"].read_text())
    assert document["numbers"]["annual_rate"]["unit"] == "t/yr"
    again = run_brine(replace(params, output=params.output.parent / "again"), compute=Compute(memory=10**6))
    assert hashes(again.folder) == first


def test_a_second_run_is_read_and_another_density_is_computed(params) -> None:
    run_brine(params)
    before = (params.output / "brine.csv").stat().st_mtime_ns
    assert value(run_brine(params), "funnel_count") == 2
    assert (params.output / "brine.csv").stat().st_mtime_ns == before
    run_brine(replace(params, deposit=Deposit(density=1.1)))
    assert (params.output / "brine.csv").stat().st_mtime_ns != before


class Stop(Monitor):
    def __init__(self, after: int) -> None:
        self.left = after

    def cancelled(self) -> bool:
        self.left -= 1
        return self.left < 0


def test_a_cancelled_run_leaves_the_earlier_result(params) -> None:
    run_brine(params)
    before = hashes(params.output)
    for after in (0, 3, 12):
        with pytest.raises(Cancelled):
            run_brine(replace(params, threshold=20.0), Stop(after))
        assert hashes(params.output) == before


def test_bad_input_is_explained(params, tmp_path) -> None:
    with pytest.raises(InputError, match="largest subsidence in the funnels, 22"):
        run_brine(replace(params, threshold=300.0))
    with pytest.raises(InputError, match="overlapping funnels 1 and 2"):
        run_brine(replace(params, funnels=boxes(GRID, (0, 60, 0, 45), (0, 60, 40, 40))))
    with pytest.raises(InputError, match="DENSITY"):
        run_brine(replace(params, deposit=Deposit(density=-1.0)))
    with pytest.raises(InputError, match="THRESHOLD"):
        run_brine(replace(params, threshold=-1.0))
    with pytest.raises(InputError, match="GAPS"):
        run_brine(replace(params, gaps="guess"))
    with pytest.raises(InputError, match="SELECTION"):
        run_brine(replace(params, selection="some"))
    for name, subsidence, dates, reason in (
        ("one", two_bowls()[-1:], DAYS[-1:], "at least 2 dates"),
        ("still", 0.0 * two_bowls(), DAYS, "largest subsidence in the funnels, 0.0 mm"),
        ("empty", np.nan * two_bowls(), DAYS, "pixels with a value"),
    ):
        with pytest.raises(InputError, match=reason):
            run_brine(replace(params, input=write_subsidence(tmp_path / name, subsidence, dates, GRID)))
    bad = tmp_path / "bad.csv"
    for text, reason in (
        ("from,to\n2015-01-01,2016-01-01\n", "tonnes"),
        ("from,to,tonnes\n2016-01-01,2015-01-01,4\n", "ends after it begins"),
        ("from,to,tonnes\n2016-01-01,x,4\n", "YYYY-MM-DD"),
        ("from,to,tonnes\n2015-01-01,2016-01-01,-4\n", "0 or more"),
        ("from,to,tonnes\n", "at least one period"),
    ):
        bad.write_text(text)
        with pytest.raises(InputError, match=reason):
            run_brine(replace(params, records=bad))
    assert not params.output.exists()


def test_a_reference_that_moves_is_noticed(params, tmp_path) -> None:
    s = two_bowls()
    s[1:] += 0.004
    folder = write_subsidence(tmp_path / "shifted", s, DAYS, GRID)
    layer = boxes(GRID, (15, 30, 5, 30), (15, 30, 45, 30))
    result = run_brine(replace(params, input=folder, funnels=layer))
    assert value(result, "stable_mean") == pytest.approx(4.0, abs=0.6)
    assert any("change the reference" in text for text in result.warnings)
    still = run_brine(replace(params, funnels=layer, output=tmp_path / "still"))
    assert not any("change the reference" in text for text in still.warnings)


def test_a_stated_uncertainty_is_common_to_all_pixels(params, tmp_path) -> None:
    from groundline.core import manifest
    from groundline.core.raster import write_geotiff
    from groundline.core.stack import Item

    folder = write_subsidence(
        tmp_path / "model", two_bowls()[[0, 12]], [DAYS[0], DAYS[12]], GRID, incidence=0.0
    )
    write_geotiff(folder / "std.tif", np.full(GRID.shape, 3.0), GRID)
    stack = manifest.load(folder)
    days = tuple(
        replace(a, items={**a.items, "displacement_std": Item("here", "std.tif", factor=0.001)})
        for a in stack.acquisitions
    )
    manifest.save(folder, replace(stack, acquisitions=days))
    result = run_brine(replace(params, input=folder, funnels=boxes(GRID, (10, 40, 0, 40), (10, 40, 40, 40))))
    counted = 100.0 * (two_bowls()[-1] > 0.010).sum()  # m2
    assert value(result, "product_std") == pytest.approx(0.8 * counted * 0.003, rel=0.02)


def torn(folder: Path, share: float = 0.15) -> np.ndarray:
    """The two bowls without single pixels and without the middle of the second."""
    s = two_bowls()
    s[:, np.random.default_rng(6).random(s.shape[1:]) < share] = np.nan
    s[:, 29:32, 57:60] = np.nan
    write_subsidence(folder, s, DAYS, GRID)
    return s


def test_gaps_are_filled_counted_and_reported(params, tmp_path) -> None:
    s = torn(tmp_path / "torn")
    whole, result = run_brine(params), run_brine(replace(params, input=tmp_path / "torn", output=tmp_path / "o"))
    assert value(result, "product") == pytest.approx(value(whole, "product"), rel=0.005)
    gap = np.isnan(s[-1])
    assert value(result, "missing_pixels") == gap.sum()
    assert value(result, "missing_area_share") == pytest.approx(100.0 * gap.mean())
    one, two = result.tables["funnels"]
    assert (one["missing_pixels"], two["missing_pixels"]) == (gap[:, :40].sum(), gap[:, 40:].sum())
    assert (one["unfilled_pixels"], one["wide_gap"], one["middle_missing"]) == (0, 0, 0)
    assert two["middle_missing"] == 1
    filled = two_bowls()[-1][:, :40][gap[:, :40]]
    assert one["filled_volume_m3"] == pytest.approx(100.0 * filled[filled > 0.010].sum(), rel=0.02)
    assert value(result, "filled_volume") == pytest.approx(one["filled_volume_m3"] + two["filled_volume_m3"])
    assert rows(result.files["table"])[12]["filled_volume_m3"] == f"{one['filled_volume_m3']:.3f}".rstrip("0")
    assert any("deepest point of funnel 2" in text for text in result.warnings)
    assert "Pixels without a value at the last date" in result.files["report"].read_text(encoding="utf-8")
    assert read_vector(result.files["layer"]).attributes[1]["middle_missing"] == 1


def test_gaps_that_are_left_add_nothing_and_that_is_said(params, tmp_path) -> None:
    torn(tmp_path / "torn")
    whole = value(run_brine(params), "volume")
    recorder = Recorder()
    result = run_brine(replace(params, input=tmp_path / "torn", output=tmp_path / "o", gaps="leave"), recorder)
    lost = 100.0 * (1.0 - value(result, "volume") / whole)
    assert lost > 12.0 and value(result, "filled_volume") == 0.0
    assert any(f"too small by about {lost:.0f} %" in text for text in result.warnings)
    assert any("no value at the last date and add nothing" in text for text in recorder.lines)


def test_much_volume_from_filled_pixels_is_a_warning(params, tmp_path) -> None:
    torn(tmp_path / "torn", 0.4)
    result = run_brine(replace(params, input=tmp_path / "torn", output=tmp_path / "o"))
    assert any("of the volume of funnel 1 comes from" in text for text in result.warnings)


@pytest.mark.usefixtures("blank_pictures")
def test_filling_widens_the_deviation(params, tmp_path) -> None:
    noise = 0.003 * np.random.default_rng(7).standard_normal(two_bowls().shape)
    s = two_bowls() + noise
    stds = []
    for name in ("whole", "torn"):
        if name == "torn":
            s[:, 22:30, 14:22] = np.nan
        write_subsidence(tmp_path / name, s, DAYS, GRID)
        result = run_brine(replace(params, input=tmp_path / name, output=tmp_path / f"o_{name}"))
        stds.append((value(result, "product_std"), value(result, "filling_std")))
    assert stds[0][1] == 0.0
    assert stds[1][0] == pytest.approx(np.hypot(stds[0][0], stds[1][1]), rel=0.02)
    assert stds[1][0] > 1.05 * stds[0][0]
