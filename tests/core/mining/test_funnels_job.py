"""The funnel job: files, numbers that stay, events, profile, feature points, resume, bad input."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from groundline_tests.mine import EAST, NORTH, boxes, metric_grid, points, write_subsidence
from groundline_tests.stacks import hashes
from osgeo import gdal, ogr

from groundline.core.errors import Cancelled, InputError
from groundline.core.mining.brine_job import run_brine
from groundline.core.mining.brine_params import BrineParams
from groundline.core.mining.funnel_params import FunnelParams
from groundline.core.mining.funnels_job import run_funnels
from groundline.core.monitor import Monitor
from groundline.core.vector import VectorInput, read_vector

GRID = metric_grid(40, 70, 10.0)
DAYS = tuple(date(2015, 6, 15) + timedelta(days=24 * n) for n in range(34))
CENTRES = ((20, 15, 0.30), (20, 33, 0.22), (20, 52, 0.14))


def mine() -> np.ndarray:
    """S (34, 40, 70) [m]: three bowls that sink faster in summer, 300, 220 and 140 mm deep at the end."""
    y, x = np.mgrid[0:40, 0:70]
    parts = [d * np.exp(-((y - r) ** 2 + (x - c) ** 2) / (2 * 6.0**2)) for r, c, d in CENTRES]
    t = np.array([(day - DAYS[0]).days for day in DAYS]) / 365.25
    year = np.array([(day - date(2015, 7, 15)).days for day in DAYS]) / 365.25
    growth = t + 0.12 * (np.sin(2 * np.pi * year) - np.sin(2 * np.pi * year[0]))
    return (growth / growth[-1])[:, None, None] * np.max(parts, axis=0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return write_subsidence(tmp_path_factory.mktemp("mine") / "in", mine(), DAYS, GRID)


@pytest.fixture
def params(folder, tmp_path) -> FunnelParams:
    return FunnelParams(folder, tmp_path / "out")


def line() -> VectorInput:
    text = f"LINESTRING({EAST + 1} {NORTH - 205}, {EAST + 699} {NORTH - 205})"
    return VectorInput((bytes(ogr.CreateGeometryFromWkt(text).ExportToWkb()),), GRID.crs, name="AA'")


def value(result, name: str) -> float:
    return result.numbers[name].value


def rows(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_three_bowls_are_three_funnels_that_brine_takes_unchanged(params, tmp_path) -> None:
    result = run_funnels(params)
    layer = read_vector(result.files["funnels"])
    assert [row["funnel"] for row in layer.attributes] == [1, 2, 3]
    assert [row["deepest_mm"] for row in layer.attributes] == pytest.approx([300.0, 220.0, 140.0], abs=0.5)
    assert layer.attributes[0]["x"] == pytest.approx(EAST + 155.0)
    brine = run_brine(BrineParams(params.input, tmp_path / "brine", layer))
    truth = mine()[-1]
    assert value(brine, "funnel_count") == 3
    assert value(brine, "volume") == pytest.approx(100.0 * truth[truth > 0.01].sum(), rel=0.02)


def test_boundaries_carry_dates_for_the_time_controller(params) -> None:
    result = run_funnels(params)
    source = gdal.OpenEx(str(result.files["boundaries"]), gdal.OF_VECTOR)
    layer = source.GetLayer(0)
    definition = layer.GetLayerDefn()
    kinds = {definition.GetFieldDefn(n).GetName(): definition.GetFieldDefn(n).GetType() for n in range(6)}
    assert kinds["date"] == kinds["until"] == ogr.OFTDate
    last = [
        feature for feature in layer if feature.GetField("date").replace("/", "-") == DAYS[-1].isoformat()
    ]
    truth = mine()[-1]
    assert sum(feature.GetField("area") for feature in last) == pytest.approx(100.0 * (truth > 0.12).sum())
    assert sum(feature.GetGeometryRef().GetArea() for feature in last) == pytest.approx(
        100.0 * (truth > 0.12).sum()
    )
    assert value(result, "boundary_area") == pytest.approx(100.0 * (truth > 0.12).sum())


def test_funnels_that_grow_together_are_a_merging_event(params) -> None:
    result = run_funnels(replace(params, boundary=60.0))
    truth = mine()
    # the sill between the first two bowls is the shallowest point on the line between their centres
    sill = truth[:, 20, 15:34].min(axis=1)
    first = DAYS[int(np.argmax(sill > 0.060))]
    events = [row for row in result.tables["events"] if row["event"] == "merges"]
    assert events[0]["funnels"] == [1, 2]
    assert abs((date.fromisoformat(events[0]["date"]) - first).days) <= 24
    assert value(result, "merging_events") == len(events)


def test_areas_of_a_steadily_sinking_mine_grow(params) -> None:
    result = run_funnels(params)
    areas = [float(row["area_m2"]) for row in rows(result.files["areas"]) if row["funnel"] == "1"]
    assert areas[0] == 0.0
    assert (np.diff(areas) >= 0).all()
    assert len(areas) == 34


def test_wells_give_their_numbers(params) -> None:
    wells = points(GRID, (20, 52), (20, 15), (20, 33), (39, 69), funnel=[11, 5, 8, 2])
    result = run_funnels(replace(params, wells=wells, max_distance=150.0))
    found = {row["funnel"]: row["deepest_mm"] for row in result.tables["funnels"]}
    assert found[11] == pytest.approx(140.0, abs=0.5) and found[5] == pytest.approx(300.0, abs=0.5)
    plain = run_funnels(replace(params, wells=points(GRID, (20, 52), (20, 15)), output=params.output / "b"))
    assert [row["funnel"] for row in plain.tables["funnels"]] == [1, 2]


def test_a_well_without_subsiding_ground_is_named(params) -> None:
    wells = points(GRID, (20, 15), (0, 0))
    result = run_funnels(replace(params, wells=wells, edge=100.0))
    assert any(text.endswith("nearest to the wells 2.") for text in result.warnings)


def test_numbers_of_an_earlier_run_are_kept(params) -> None:
    early = run_funnels(replace(params, day=DAYS[16].isoformat(), edge=40.0, prominence=5.0))
    before = read_vector(early.files["funnels"])
    turned = replace(before, attributes=tuple({"funnel": 10 - row["funnel"]} for row in before.attributes))
    late = run_funnels(replace(params, previous=turned, output=params.output / "late"))
    assert {row["funnel"]: round(row["deepest_mm"]) for row in late.tables["funnels"]} == {
        9: 300,
        8: 220,
        7: 140,
    }


def test_profile_has_the_three_peaks_and_the_stable_ends(params) -> None:
    result = run_funnels(replace(params, profile=line(), edge=20.0))
    assert [round(row["subsidence_mm"]) for row in result.tables["peaks"]] == [300, 220, 140]
    assert [row["kind"] for row in result.tables["sections"]] == ["stable", "solution", "stable"]
    table = rows(result.files["profile"])
    assert len(table) == 70
    truth = mine()[-1, 20]
    assert float(table[33][f"D{DAYS[-1]:%Y%m%d}"]) == pytest.approx(1000.0 * truth[33], abs=1e-3)
    assert sum(int(row["solution"]) for row in table) == (truth > 0.020).sum()


def test_feature_points_sink_faster_in_the_warm_season(params, tmp_path) -> None:
    days = [DAYS[0] + timedelta(days=n) for n in range(793)]
    temperature = tmp_path / "t.csv"
    temperature.write_text(
        "date,temperature\n"
        + "".join(
            f"{d},{17 + 11 * np.cos(2 * np.pi * (d - date(2015, 7, 15)).days / 365.25):.2f}\n" for d in days
        )
    )
    rain = tmp_path / "r.csv"
    rng = np.random.default_rng(2)
    rain.write_text(
        "date,rain\n" + "".join(f"{d},{v:.1f}\n" for d, v in zip(days, rng.gamma(0.4, 9.0, len(days))))
    )
    places = points(GRID, (20, 15), (20, 33), name="features", name_=["F1", "F2"])
    result = run_funnels(replace(params, points=places, temperature=temperature, rain=rain, radius=15.0))
    assert value(result, "warm_rate") > 1.5 * value(result, "cold_rate")
    assert value(result, "feature_points") == 2
    table = rows(result.files["points"])
    assert len(table) == 34 and "F1_mm" in table[0] and "F1_spread_mm" in table[0]
    assert [row["stage"] for row in result.tables["stages"][:3]] == ["warm", "cold", "warm"]
    calendar = run_funnels(replace(params, points=places, output=params.output / "c"))
    assert value(calendar, "warm_rate") == pytest.approx(value(result, "warm_rate"), rel=0.1)


def test_files_are_complete_and_repeat_byte_for_byte(params) -> None:
    full = replace(params, profile=line(), points=points(GRID, (20, 15)))
    first, second = run_funnels(full), run_funnels(replace(full, output=params.output / "again"))
    names = {
        "funnels.gpkg",
        "boundaries.gpkg",
        "areas.csv",
        "events.csv",
        "profile.csv",
        "points.csv",
        "stages.csv",
    }
    names |= {"funnels.png", "areas.png", "profile.png", "points.png", "report.html", "result.json"}
    assert set(hashes(second.folder)) == names
    assert {name: first_hash for name, first_hash in hashes(first.folder).items() if name in names} == hashes(
        second.folder
    )
    document = json.loads(first.files["result"].read_text())
    assert document["numbers"]["funnel_area"]["unit"] == "m2"
    assert "http" not in first.files["report"].read_text(encoding="utf-8")


def test_a_second_run_is_read(params) -> None:
    run_funnels(params)
    before = (params.output / "areas.csv").stat().st_mtime_ns
    assert value(run_funnels(params), "funnel_count") == 3
    assert (params.output / "areas.csv").stat().st_mtime_ns == before


class Stop(Monitor):
    def __init__(self, after: int) -> None:
        self.left = after

    def cancelled(self) -> bool:
        self.left -= 1
        return self.left < 0


def test_a_cancelled_run_leaves_nothing(params) -> None:
    for after in (0, 5, 36):
        with pytest.raises(Cancelled):
            run_funnels(params, Stop(after))
        assert not params.output.exists()


def test_bad_input_is_explained(params, tmp_path) -> None:
    cases = (
        ({"edge": 400.0, "boundary": 500.0}, "largest subsidence, 29"),
        ({"edge": 200.0}, "BOUNDARY"),
        ({"day": "2015-06-16"}, "nearest is 2015-06-15"),
        ({"day": "June"}, "YYYY-MM-DD"),
        ({"min_area": 1e9}, "MIN_AREA"),
        ({"warm_from": "3"}, "MM-DD"),
        ({"smoothing": -1.0}, "SMOOTHING"),
        ({"rain": tmp_path / "no.csv"}, "RAIN"),
        ({"wells": boxes(GRID, (0, 2, 0, 2))}, "layer of points"),
        ({"wells": points(GRID, (1, 1), funnel=["A"])}, "whole numbers"),
        ({"previous": boxes(GRID, (0, 9, 0, 9), (5, 9, 5, 9))}, "overlapping funnels 1 and 2"),
    )
    for wrong, reason in cases:
        with pytest.raises(InputError, match=reason):
            run_funnels(replace(params, **wrong))
    for name, subsidence, dates, reason in (
        ("one", mine()[-1:], DAYS[-1:], "at least 2 dates"),
        ("still", 0.0 * mine(), DAYS, "largest subsidence, 0.0 mm"),
        ("empty", np.nan * mine(), DAYS, "pixels with a value"),
    ):
        with pytest.raises(InputError, match=reason):
            run_funnels(replace(params, input=write_subsidence(tmp_path / name, subsidence, dates, GRID)))
    early = tmp_path / "early.csv"
    early.write_text("date,rain\n2001-01-01,4\n")
    with pytest.raises(InputError, match="dates of the record"):
        run_funnels(replace(params, points=points(GRID, (20, 15)), rain=early))
    assert not params.output.exists()


def test_a_boundary_that_is_never_reached_is_said(params) -> None:
    result = run_funnels(replace(params, boundary=500.0))
    assert any("No funnel reaches the boundary of 500 mm" in text for text in result.warnings)
    assert value(result, "first_boundary") is None


def test_funnels_have_no_holes_where_pixels_lack_a_value(params, tmp_path) -> None:
    s = mine()
    lost = np.random.default_rng(3).random(s.shape[1:]) < 0.1
    lost[19:22, 14:17] = True  # the deepest point of the first
    s[:, lost] = np.nan
    torn = write_subsidence(tmp_path / "torn", s, DAYS, GRID)
    whole = run_funnels(params)
    filled = run_funnels(replace(params, input=torn, output=tmp_path / "fill"))
    left = run_funnels(replace(params, input=torn, output=tmp_path / "leave", gaps="leave"))
    for name, close in (("funnel_area", 0.01), ("boundary_area", 0.02), ("max_subsidence", 0.02)):
        assert value(filled, name) == pytest.approx(value(whole, name), rel=close)
    assert value(filled, "missing_area") == pytest.approx(0.1 * value(whole, "funnel_area"), rel=0.25)
    assert value(left, "funnel_area") < 0.93 * value(whole, "funnel_area")
    assert value(left, "missing_area") == value(whole, "missing_area") == 0.0
    with pytest.raises(InputError, match="GAPS"):
        run_funnels(replace(params, gaps="guess"))


@pytest.mark.usefixtures("blank_pictures")
def test_funnels_with_holes_from_gaps_lose_no_brine(params, tmp_path) -> None:
    s = mine()
    s[:, 15:26:5, 10:60:7] = np.nan
    torn = write_subsidence(tmp_path / "torn", s, DAYS, GRID)
    volumes = []
    for gaps in ("fill", "leave"):
        layer = run_funnels(replace(params, input=torn, output=tmp_path / gaps, gaps=gaps)).files["funnels"]
        result = run_brine(BrineParams(torn, tmp_path / f"b_{gaps}", read_vector(layer)))
        volumes.append(value(result, "volume"))
    assert volumes[1] == pytest.approx(volumes[0], rel=0.005)
